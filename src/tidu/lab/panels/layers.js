// The layers: every weight with its spread and gradient; a click shows where it is used.

import { h, replace } from "../../views/browser/dom.js";
import { shown } from "../../views/browser/numbers.js";

const WIDTH = 124;
const HEIGHT = 26;

export default {
  title: { zh: "权重", en: "Weights" },
  create(context) {
    const body = h("tbody");
    const element = h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": { zh: "权重表", en: "Table of weights" } },
      h(
        "table",
        { class: "layers" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            [
              { zh: "名称", en: "name" },
              { zh: "形状", en: "shape" },
              { zh: "分布", en: "spread" },
              { zh: "大小", en: "norm" },
              { zh: "梯度", en: "gradient" },
            ].map((words) => h("th", { scope: "col" }, words)),
          ),
        ),
        body,
      ),
    );
    let rows = [];
    return {
      element,
      update(frame) {
        const all = frame.lanes[0] ?? [];
        if (rows.map((r) => r.name).join() !== all.map((w) => w.name).join()) {
          rows = all.map((weight) => new Row(weight.name, context));
          replace(body, rows.map((row) => row.element));
        }
        rows.forEach((row, i) => row.update(frame.lanes.map((lane) => lane[i]).filter(Boolean)));
      },
    };
  },
};

class Row {
  constructor(name, context) {
    this.name = name;
    this.button = h("button", { type: "button", class: "link", onclick: () => context.code(this.code, this.button) }, h("code", {}, name));
    this.bars = h("svg", { class: "spread", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, "aria-hidden": "true" });
    this.shape = h("td");
    this.norm = h("td", { class: "number" });
    this.gradient = h("td", { class: "number" });
    this.element = h("tr", {}, h("th", { scope: "row" }, this.button), this.shape, h("td", {}, this.bars), this.norm, this.gradient);
  }

  update(weights) {
    this.code = weights[0].code;
    this.shape.textContent = weights[0].code.shape.join(" × ");
    replace(this.norm, weights.map((w, v) => h("div", { class: weights.length > 1 ? `v${v}` : "" }, shown(w.norm, 3))));
    replace(this.gradient, weights.map((w, v) => h("div", { class: weights.length > 1 ? `v${v}` : "" }, w.gradient === null ? "–" : shown(w.gradient, 3))));
    replace(this.bars, weights.map((w, v) => outline(w.histogram, v)));
  }
}

function outline(counts, variant) {
  const top = Math.max(...counts, 1);
  const wide = WIDTH / counts.length;
  const points = [`0,${HEIGHT}`];
  counts.forEach((count, i) => {
    const y = HEIGHT - (count / top) * (HEIGHT - 2);
    points.push(`${(i * wide).toFixed(1)},${y.toFixed(1)}`, `${((i + 1) * wide).toFixed(1)},${y.toFixed(1)}`);
  });
  points.push(`${WIDTH},${HEIGHT}`);
  return h("polygon", { class: `spread-bars v${variant}`, points: points.join(" ") });
}
