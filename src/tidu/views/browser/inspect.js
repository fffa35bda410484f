// What flows through any module: a table of its layers, and the activations of one of them.

import { CodePane } from "./code.js";
import { h, replace } from "./dom.js";
import { Maps } from "./maps.js";
import { shown } from "./numbers.js";
import { Wire } from "./wire.js";

const PARTS = { value: { zh: "激活值", en: "activation" }, gradient: { zh: "梯度", en: "gradient" } };
const WIDEST = 620; // pixels of a row of small maps

export class Inspector {
  constructor(channel) {
    this.wire = new Wire(channel);
    this.code = new CodePane(this.wire);
    this.body = h("tbody");
    this.head = h("p", { role: "status" }, { zh: "正在看……", en: "Looking ..." });
    this.detail = h("div", { class: "inspect-detail" });
    const heads = [
      { zh: "层", en: "layer" },
      { zh: "输出形状", en: "output shape" },
      { zh: "参数", en: "parameters" },
      { zh: "激活值", en: "activation" },
      { zh: "梯度", en: "gradient" },
    ];
    this.element = h(
      "div",
      { class: "bench inspect" },
      this.head,
      h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": { zh: "各层", en: "Layers" } },
        h("table", { class: "layers" }, h("thead", {}, h("tr", {}, heads.map((w) => h("th", { scope: "col" }, w)))), this.body),
      ),
      this.detail,
      this.code.element,
    );
    this.ready = this.wire.ask({ kind: "open" }).then((reply) => this.show(reply));
  }

  show(reply) {
    const count = reply.total.toLocaleString("en");
    replace(this.head, {
      zh: `共 ${count} 个参数；求导的数是 ${shown(reply.objective)}。`,
      en: `${count} parameters; what was differentiated is ${shown(reply.objective)}.`,
    });
    replace(this.body, reply.layers.flatMap((layer) => this.rows(layer)));
    const first = reply.layers.find((layer) => layer.places.length && layer.name) ?? reply.layers.find((l) => l.places.length);
    if (first) this.look(first.places[0], 0);
  }

  *rows(layer) {
    const places = layer.places.length ? layer.places : [null];
    const depth = layer.name ? layer.name.split(".").length : 0;
    for (const place of places) {
      const name = place && place.name !== layer.name ? place.name : layer.name || "·";
      const button = h("button", { type: "button", class: "link", onclick: () => this.open(layer, place, button) }, h("code", {}, name));
      yield h(
        "tr",
        { class: "layer" },
        h("th", { scope: "row", style: `padding-left:${depth}rem` }, button, " ", h("span", { class: "soft" }, layer.kind)),
        h("td", {}, place ? place.shape.join(" × ") || "1" : "–"),
        h("td", { class: "number" }, layer.parameters ? layer.parameters.toLocaleString("en") : ""),
        h("td", {}, place ? spread(place.value) : "–"),
        h("td", {}, place && place.gradient ? spread(place.gradient) : "–"),
      );
    }
    for (const weight of layer.weights) {
      yield h(
        "tr",
        { class: "weight soft" },
        h("th", { scope: "row", style: `padding-left:${depth + 1}rem` }, h("code", {}, weight.name), weight.trained ? null : { zh: "（不训练）", en: " (fixed)" }),
        h("td", {}, weight.shape.join(" × ")),
        h("td"),
        h("td", {}, spread(weight.value)),
        h("td", {}, weight.gradient ? spread(weight.gradient) : "–"),
      );
    }
  }

  open(layer, place, from) {
    if (place) this.look(place, 0);
    if (layer.code) this.code.open(layer.code, from);
  }

  async look(place, row) {
    const reply = await this.wire.ask({ kind: "place", name: place.name, row });
    if (reply.kind !== "place") return;
    const drawn = Object.fromEntries(Object.keys(reply.parts).map((kind) => [kind, new Maps({ label: PARTS[kind], size: 6 })]));
    const pick = h("input", { type: "range", min: 0, max: reply.rows - 1, value: String(row), "aria-label": { zh: "批里的第几个", en: "row of the batch" } });
    pick.addEventListener("change", () => this.look(place, Number(pick.value)));
    replace(
      this.detail,
      h("h3", {}, h("code", {}, place.name || "·"), " ", place.shape.join(" × ")),
      reply.rows > 1 ? h("label", { class: "hands" }, { zh: "批里的第几个", en: "row of the batch" }, pick, h("output", {}, String(row))) : null,
      Object.entries(reply.parts).map(([kind, { reach }]) =>
        h("figure", { class: "maps" }, h("figcaption", {}, PARTS[kind], ` ±${shown(reach, 3)}`), drawn[kind].element),
      ),
    );
    for (const [kind, { maps, reach }] of Object.entries(reply.parts)) drawn[kind].update(maps, maps.shape, reach, WIDEST);
  }
}

function spread(about) {
  const width = 96;
  const height = 20;
  const top = Math.max(...about.histogram, 1);
  const wide = width / about.histogram.length;
  const points = [`0,${height}`];
  about.histogram.forEach((count, i) => {
    const y = (height - (count / top) * (height - 2)).toFixed(1);
    points.push(`${(i * wide).toFixed(1)},${y}`, `${((i + 1) * wide).toFixed(1)},${y}`);
  });
  points.push(`${width},${height}`);
  const broken = about.broken ? h("strong", { class: "missed" }, { zh: ` ${about.broken} 个不是数`, en: ` ${about.broken} not finite` }) : null;
  return h(
    "span",
    { class: "spread-cell" },
    h("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" }, h("polygon", { class: "spread-bars v0", points: points.join(" ") })),
    " ",
    `${shown(about.mean, 2)} ± ${shown(about.std, 2)}`,
    broken,
  );
}
