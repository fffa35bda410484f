// What flows through any module: a table of its layers, and the activations of one of them.

import { CodePane } from "./code.js";
import { h, replace } from "./dom.js";
import { shown } from "./numbers.js";
import { Wire } from "./wire.js";

const PARTS = { value: { zh: "激活值", en: "activation" }, gradient: { zh: "梯度", en: "gradient" } };
const CELL = 96; // pixels of a small picture

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
    const pick = h("input", { type: "range", min: 0, max: reply.rows - 1, value: String(row), "aria-label": { zh: "批里的第几个", en: "row of the batch" } });
    pick.addEventListener("change", () => this.look(place, Number(pick.value)));
    replace(
      this.detail,
      h("h3", {}, h("code", {}, place.name || "·"), " ", place.shape.join(" × ")),
      reply.rows > 1 ? h("label", { class: "hands" }, { zh: "批里的第几个", en: "row of the batch" }, pick, h("output", {}, String(row))) : null,
      Object.entries(reply.parts).map(([kind, { maps, reach }]) =>
        h("figure", {}, h("figcaption", {}, PARTS[kind], ` ±${shown(reach, 3)}`), h("div", { class: "maps" }, pictures(maps, reach, kind))),
      ),
    );
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

// Orange for what is above zero, purple for what is below, white for zero: told apart by all eyes.
function* pictures(maps, reach, kind) {
  const [count, height, width] = maps.shape;
  for (let m = 0; m < count; m++) {
    const canvas = h("canvas", { width, height, role: "img", "aria-label": `${kind} ${m}` });
    const size = Math.max(1, Math.floor(CELL / Math.max(width, height)));
    canvas.style.width = `${Math.max(width * size, count === 1 ? 256 : 24)}px`;
    canvas.style.height = `${Math.max(height * size, 12)}px`;
    canvas.style.imageRendering = "pixelated";
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      const [r, g, b] = signed(maps[m * width * height + i] / (reach || 1));
      image.data.set([r, g, b, 255], i * 4);
    }
    pen.putImageData(image, 0, 0);
    yield canvas;
  }
}

export function signed(share) {
  if (!Number.isFinite(share)) return [0, 0, 0];
  const t = Math.max(-1, Math.min(1, share));
  const end = t > 0 ? [179, 88, 6] : [84, 39, 136];
  return end.map((c) => Math.round(255 + (c - 255) * Math.abs(t)));
}
