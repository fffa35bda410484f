// Ways over a surface: how they are drawn, and the row that stands for whoever walks one.

import { h, replace } from "./dom.js";
import { shown } from "./numbers.js";

export const SHAPES = ["circle", "square", "triangle", "diamond", "wedge", "plus", "cross"];

// `dashed` ways belong to a run; steps stand as dots where there are not too many.
export function strokeWay(pen, points, { colour, dashed, way }) {
  const stroke = (width, style) => {
    pen.lineWidth = width;
    pen.strokeStyle = style;
    pen.beginPath();
    points.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  };
  pen.lineJoin = pen.lineCap = "round";
  stroke(4, "rgba(255, 255, 255, 0.9)");
  pen.setLineDash(dashed ? [6, 4] : []);
  stroke(2, colour);
  pen.setLineDash([]);
  if (way.shape[0] > 301) return;
  pen.fillStyle = colour;
  for (const [x, y] of points) {
    pen.beginPath();
    pen.arc(x, y, 2, 0, 7);
    pen.fill();
  }
}

// A way on a relief: what a ridge hides is faint. `sharesOf` turns a place into shares of the grid.
export function liftWay(pen, relief, one, sharesOf) {
  let before = null;
  const pieces = [];
  let end = null;
  for (let k = 0; k <= one.till; k++) {
    const here = sharesOf([one.way[3 * k], one.way[3 * k + 1]]);
    const inside = here.every((v) => v >= 0 && v <= 1);
    if (!here.every((v) => Math.abs(v) < 50)) break;
    const parts = before ? Math.max(1, Math.ceil(Math.hypot(here[0] - before[0], here[1] - before[1]) / 0.03)) : 1;
    for (let n = 1; n <= parts; n++) {
      const [a, b] = before ? [0, 1].map((d) => before[d] + ((here[d] - before[d]) * n) / parts) : here;
      if (a < 0 || a > 1 || b < 0 || b > 1) {
        end = null;
        continue;
      }
      const share = relief.at(a, b) + 0.012;
      const there = { at: relief.place(a, b, share), hidden: relief.hidden(a, b, share) };
      if (end) pieces.push([end.at, there.at, there.hidden && end.hidden]);
      end = there;
    }
    before = here;
    if (!inside) end = null;
  }
  pen.lineJoin = pen.lineCap = "round";
  for (const [width, colour] of [[4, "#ffffff"], [2, one.colour]]) {
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    for (const [from, to, hidden] of pieces) {
      if (hidden && width === 4) continue;
      pen.globalAlpha = hidden ? 0.45 : 1;
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
    }
  }
  pen.globalAlpha = end && end.hidden ? 0.4 : 1;
  if (end) stamp(pen, end.at, one.shape, one.colour, 5);
  pen.globalAlpha = 1;
}

export function stamp(pen, [x, y], shape, colour, size) {
  const around = (count, turn) => Array.from({ length: count }, (_, k) => [x + size * 1.2 * Math.sin((2 * Math.PI * k) / count + turn), y - size * 1.2 * Math.cos((2 * Math.PI * k) / count + turn)]);
  pen.beginPath();
  if (shape === "plus" || shape === "cross") {
    const thin = size * 0.4;
    const corners = [[-thin, -size], [thin, -size], [thin, -thin], [size, -thin], [size, thin], [thin, thin], [thin, size], [-thin, size], [-thin, thin], [-size, thin], [-size, -thin], [-thin, -thin]];
    const turn = shape === "cross" ? Math.SQRT1_2 : 1;
    const other = shape === "cross" ? Math.SQRT1_2 : 0;
    corners.forEach(([a, b], k) => pen[k ? "lineTo" : "moveTo"](x + 1.1 * (a * turn - b * other), y + 1.1 * (a * other + b * turn)));
  } else {
    const corners = { circle: around(24, 0), square: around(4, Math.PI / 4), triangle: around(3, 0), diamond: around(4, 0), wedge: around(3, Math.PI) }[shape];
    corners.forEach(([a, b], k) => pen[k ? "lineTo" : "moveTo"](a, b));
  }
  pen.closePath();
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.strokeStyle = "#ffffff";
  pen.stroke();
  pen.fillStyle = colour;
  pen.fill();
}

export class Walker {
  constructor(walker, index, panel) {
    const { name, title } = walker;
    this.check = h("input", { type: "checkbox", "aria-label": title });
    this.check.addEventListener("change", () => panel.send(`walk ${name}`, { walk: { [name]: this.check.checked } }));
    const picture = h("canvas", { class: "terrain-key", width: 36, height: 36, "aria-hidden": "true" });
    const pen = picture.getContext("2d");
    pen.scale(2, 2);
    stamp(pen, [9, 9], SHAPES[index], walker.colour, 6);
    this.name = h("button", { type: "button", class: "link", onclick: () => panel.context.code(walker.code, this.name) }, title);
    this.slide = h("input", { type: "range", min: -5, max: 1.5, step: 0.02, "aria-label": { zh: `${title} 的学习率，对数`, en: `learning rate of ${title}, logarithmic` } });
    this.rate = h("input", { type: "number", min: 0, step: "any", "aria-label": { zh: `${title} 的学习率`, en: `learning rate of ${title}` } });
    const tell = (rate) => panel.send(`rate ${name}`, { rate: { [name]: rate } });
    this.slide.addEventListener("input", () => {
      this.rate.value = shown(10 ** Number(this.slide.value), 3);
      tell(Number(this.rate.value));
    });
    this.rate.addEventListener("change", () => Number(this.rate.value) > 0 && tell(Number(this.rate.value)));
    this.best = h("button", { type: "button", class: "quiet", "aria-label": { zh: `${title} 的最好学习率`, en: `best rate of ${title}` }, onclick: () => panel.send(`best ${name}`, { best: name }) }, { zh: "最好", en: "best" });
    this.height = h("output", { class: "number", "aria-live": "off", "data-height": name });
    this.fate = h("span", { class: "status wrong" });
    this.hands = h("span", { class: "terrain-rate" }, this.slide, this.rate, this.best);
    this.element = h("li", { class: "terrain-walker" }, h("span", { class: "terrain-who" }, this.check, picture, this.name), this.hands, h("span", { class: "terrain-height" }, { zh: "高度 ", en: "height " }, this.height), this.fate);
  }

  update(walker) {
    this.check.checked = walker.walks;
    this.element.classList.toggle("off", !walker.walks);
    for (const part of [this.slide, this.rate, this.best]) part.disabled = !walker.walks;
    if (walker.walks) {
      if (document.activeElement !== this.rate) this.rate.value = String(walker.rate);
      if (document.activeElement !== this.slide) this.slide.value = String(Math.log10(walker.rate));
    }
    const away = walker.walks && walker.outside && walker.diverged === null;
    if (walker.walks && walker.diverged !== null && walker.diverged !== undefined) replace(this.fate, { zh: `第 ${walker.diverged} 步起发散`, en: `diverges from step ${walker.diverged}` });
    else replace(this.fate, away ? { zh: "走出了图外", en: "left the map" } : null);
  }

  stand(walker, step) {
    replace(this.height, walker.walks ? shown(walker.way[3 * step + 2], 5) : "–");
  }
}
