// A table of numbers as a heat map: amounts from paper to ink, signed numbers to two colours.

import { h } from "./dom.js";
import { inLanguage } from "./language.js";

export class HeatMap {
  // options: { signed, power, label() -> {zh, en}, onpoint(row, column), onpick(row, column) }
  constructor(options = {}) {
    this.options = options;
    this.canvas = h("canvas", { class: "heat", role: "img" });
    this.row = h("div", { class: "heat-row", hidden: true });
    this.element = h("div", { class: "heat-box" }, this.canvas, this.row);
    inLanguage(this.canvas, (language) => this.describe(language));
    const act = (name) => (event) => {
      const place = this.at(event);
      if (place && this.options[name]) this.options[name](...place);
    };
    this.canvas.addEventListener("pointermove", act("onpoint"));
    this.canvas.addEventListener("click", act("onpick"));
  }

  // values: row by row; hidden: where 0, nothing is drawn; reach: the number of the full colour
  update(values, rows, columns, { hidden = null, reach = 1 } = {}) {
    Object.assign(this, { values, rows, columns, hidden, reach });
    this.paint();
    this.describe();
  }

  paint() {
    const { canvas, rows, columns, values, hidden, reach } = this;
    if (!values || !rows || !columns) return;
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(columns, rows);
    const colours = this.colours();
    const power = this.options.power ?? 1;
    for (let i = 0; i < rows * columns; i++) {
      if (hidden && !hidden[i]) continue;
      const size = Math.min(1, Math.abs(values[i]) / reach) ** power;
      const end = values[i] < 0 ? colours.below : colours.above;
      for (let k = 0; k < 3; k++) image.data[4 * i + k] = colours.paper[k] + size * (end[k] - colours.paper[k]);
      image.data[4 * i + 3] = 255;
    }
    pen.putImageData(image, 0, 0);
  }

  // The theme may have changed since the last time.
  colours() {
    const style = getComputedStyle(this.element);
    const colour = (name) => rgbOf(style.getPropertyValue(name).trim() || "#000000");
    return { paper: colour("--paper"), above: colour(this.options.signed ? "--v1" : "--heat"), below: colour("--v0") };
  }

  // Frames a row, a column, or nothing.
  lit(row, column = null) {
    this.row.hidden = row === null && column === null;
    const across = row !== null ? [0, 100] : [(column / this.columns) * 100, 100 / this.columns];
    const down = row !== null ? [(row / this.rows) * 100, 100 / this.rows] : [0, 100];
    [this.row.style.left, this.row.style.width, this.row.style.top, this.row.style.height] = [...across, ...down].map((n) => `${n}%`);
  }

  at(event) {
    if (!this.rows) return null;
    const box = this.canvas.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * this.rows);
    const column = Math.floor(((event.clientX - box.left) / box.width) * this.columns);
    if (row < 0 || column < 0 || row >= this.rows || column >= this.columns) return null;
    return [row, column];
  }

  describe(language = this.language ?? "en") {
    this.language = language;
    const words = this.options.label ? this.options.label() : null;
    if (words) this.canvas.setAttribute("aria-label", words[language]);
  }
}

// How strong a colour is: a strip with numbers under it.
export function heatLegend(numbers, power, words) {
  const places = numbers.map((n) => h("span", { style: `left: ${(n ** power) * 100}%` }, String(n)));
  return h("div", { class: "heat-legend" }, h("span", {}, words), h("span", { class: "heat-scale" }, h("span", { class: "heat-strip" }), h("span", { class: "heat-numbers", "aria-hidden": "true" }, places)));
}

// The red, green and blue of "#rrggbb".
export function rgbOf(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
