// Many small maps of numbers on one canvas: above zero in one colour, below in another, what is no
// number left out. A cell is pointed at, walked to by the arrow keys, and framed.

import { h, replace } from "./dom.js";
import { rgbOf } from "./heat.js";

export class Maps {
  // options: { label: {zh, en}, size: pixels of a cell, ink: amounts in the colour of the text,
  //            onlook(cell), onpick(cell), onleave() }; a cell is [map, row, column]
  constructor(options) {
    this.options = options;
    this.canvas = h("canvas", { tabindex: options.onlook ? "0" : null, role: options.onlook ? "application" : "img", "aria-label": options.label });
    this.frames = h("svg", { class: "frames", "aria-hidden": "true" });
    this.element = h("div", { class: "maps-box" }, this.canvas, this.frames);
    if (options.onlook) this.listen();
  }

  listen() {
    const { onlook, onpick, onleave } = this.options;
    this.canvas.addEventListener("pointermove", (event) => {
      const cell = this.at(event);
      if (cell && String(cell) !== String(this.cell)) onlook((this.cell = cell));
    });
    this.canvas.addEventListener("pointerleave", () => {
      if (onleave) onleave();
    });
    this.canvas.addEventListener("click", (event) => {
      const cell = this.at(event);
      if (cell && onpick) onpick((this.cell = cell), this.canvas);
    });
    this.canvas.addEventListener("focus", () => {
      if (this.canvas.matches(":focus-visible") && this.shape) onlook((this.cell = this.cell ?? [0, this.shape[1] >> 1, this.shape[2] >> 1]));
    });
    this.canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (step) {
        const cell = this.walked(...step);
        if (cell) onlook((this.cell = cell));
      } else if (event.key === "Enter" && this.cell && onpick) onpick(this.cell, this.canvas);
      else return;
      event.preventDefault();
    });
  }

  // width: pixels there are; values: map by map, row by row; reach: the number of the full colour
  update(values, shape, reach, width) {
    Object.assign(this, { values, shape, reach, width });
    const [maps, rows, columns] = shape;
    this.gap = rows * columns === 1 ? 0 : 1;
    const one = Math.floor((width + this.gap) / (maps * (columns + this.gap))); // that all stand in one row
    const size = Math.min(Math.max(this.options.size, Math.min(one, 2 * this.options.size)), Math.max(1, width / columns));
    this.across = Math.max(1, Math.min(maps, Math.floor((width / size + this.gap) / (columns + this.gap))));
    const down = Math.ceil(maps / this.across);
    this.wide = this.across * (columns + this.gap) - this.gap;
    this.high = down * (rows + this.gap) - this.gap;
    if (this.canvas.width !== this.wide || this.canvas.height !== this.high) Object.assign(this.canvas, { width: this.wide, height: this.high });
    this.element.style.width = `${this.wide * size}px`;
    this.frames.setAttribute("viewBox", `0 0 ${this.wide} ${this.high}`);
    this.paint();
  }

  paint() {
    if (!this.values) return;
    const [maps, rows, columns] = this.shape;
    const style = getComputedStyle(this.element);
    const colour = (name) => rgbOf(style.getPropertyValue(name).trim() || "#000000");
    const none = colour("--shade");
    const above = colour(this.options.ink ? "--ink" : "--v1");
    const below = colour("--v0");
    const pen = this.canvas.getContext("2d");
    const image = pen.createImageData(this.wide, this.high);
    const reach = this.reach || 1;
    let from = 0;
    for (let m = 0; m < maps; m++) {
      const [left, top] = this.corner(m);
      for (let i = 0; i < rows; i++) {
        let to = ((top + i) * this.wide + left) * 4;
        for (let j = 0; j < columns; j++, from++, to += 4) {
          const share = Math.max(-1, Math.min(1, this.values[from] / reach));
          if (Number.isNaN(share)) continue;
          const end = share < 0 ? below : above;
          const much = Math.abs(share);
          for (let k = 0; k < 3; k++) image.data[to + k] = none[k] + (end[k] - none[k]) * much;
          image.data[to + 3] = 255;
        }
      }
    }
    pen.putImageData(image, 0, 0);
  }

  corner(map) {
    const [, rows, columns] = this.shape;
    return [(map % this.across) * (columns + this.gap), Math.floor(map / this.across) * (rows + this.gap)];
  }

  // boxes: { map, top, left, rows, columns, kind }; what lies outside a map is cut off
  frame(boxes) {
    replace(this.frames, boxes.map((box) => {
      const [x, y] = this.corner(box.map);
      const top = Math.max(0, box.top);
      const left = Math.max(0, box.left);
      const height = Math.min(this.shape[1], box.top + box.rows) - top;
      const width = Math.min(this.shape[2], box.left + box.columns) - left;
      if (height <= 0 || width <= 0) return null;
      const at = { x: x + left, y: y + top, width, height };
      return [h("rect", { class: "halo", ...at }), h("rect", { class: box.kind, ...at })];
    }));
  }

  at(event) {
    if (!this.shape) return null;
    const box = this.canvas.getBoundingClientRect();
    return this.cellOf(Math.floor(((event.clientX - box.left) / box.width) * this.wide), Math.floor(((event.clientY - box.top) / box.height) * this.high));
  }

  cellOf(x, y) {
    const [maps, rows, columns] = this.shape;
    const map = Math.floor(y / (rows + this.gap)) * this.across + Math.floor(x / (columns + this.gap));
    const [row, column] = [y % (rows + this.gap), x % (columns + this.gap)];
    return x < 0 || y < 0 || x >= this.wide || map >= maps || row >= rows || column >= columns ? null : [map, row, column];
  }

  // The next cell that way, over the gaps between the maps.
  walked(dx, dy) {
    if (!this.cell) return this.shape ? [0, 0, 0] : null;
    const [left, top] = this.corner(this.cell[0]);
    const [x, y] = [left + this.cell[2], top + this.cell[1]];
    return this.cellOf(x + dx, y + dy) ?? this.cellOf(x + 2 * dx, y + 2 * dy);
  }
}
