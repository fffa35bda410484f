// Curves over steps: one line for each variant, a band over its seeds, a mark at the present step.

import { h, replace } from "./dom.js";
import { inLanguage } from "./language.js";
import { mean, shown, ticks } from "./numbers.js";

const WIDTH = 340;
const HEIGHT = 190;
const LEFT = 50;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 26;

export class Chart {
  // name: a metric; labels: how to tell the variants
  constructor(name, labels) {
    this.labels = labels;
    this.log = /loss/.test(name);
    this.picture = h("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    this.readout = h("output", { class: "chart-readout", "aria-live": "off" });
    this.scale = h(
      "button",
      { type: "button", class: "quiet", "aria-pressed": String(this.log), onclick: () => this.toggle() },
      { zh: "对数", en: "log" },
    );
    this.element = h(
      "figure",
      { class: "chart-box" },
      h("figcaption", {}, h("code", {}, name), this.readout, this.scale),
      this.picture,
    );
    this.name = name;
    this.series = [];
    this.summary = "";
    inLanguage(this.picture, () => this.describe());
    this.picture.addEventListener("pointermove", (event) => this.point(event));
    this.picture.addEventListener("pointerleave", () => this.unpoint());
  }

  toggle() {
    this.log = !this.log;
    this.scale.setAttribute("aria-pressed", String(this.log));
    this.draw();
  }

  // series: [{ variant, points: [[step, [values of the seeds]]] }], total: steps of the loop
  update(series, total, now) {
    this.series = series;
    this.total = total;
    this.now = now;
    this.draw();
  }

  draw() {
    const every = this.series.flatMap((s) => s.points.flatMap(([, values]) => values)).filter(Number.isFinite);
    const log = this.log && every.every((v) => v > 0);
    const turn = log ? Math.log10 : (v) => v;
    let low = Math.min(...every.map(turn));
    let high = Math.max(...every.map(turn));
    if (!Number.isFinite(low)) [low, high] = [0, 1];
    if (high - low < 1e-12) [low, high] = [low - 0.5, high + 0.5];
    const last = Math.max(this.total, 1);
    this.x = (step) => LEFT + ((WIDTH - LEFT - RIGHT) * step) / last;
    this.y = (v) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - turn(v))) / (high - low);
    const parts = [...this.axes(low, high, log, last)];
    for (const { variant, points } of this.series) parts.push(...this.curve(variant, points));
    const at = this.x(Math.min(this.now, last));
    parts.push(h("line", { class: "now", x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM }));
    this.cross = h("line", { class: "cross", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden" });
    replace(this.picture, parts, this.cross);
    this.unpoint();
    this.describe();
  }

  *axes(low, high, log, last) {
    for (const tick of ticks(low, high)) {
      if (log && !Number.isInteger(tick) && high - low > 1.5) continue;
      const at = TOP + ((HEIGHT - TOP - BOTTOM) * (high - tick)) / (high - low);
      yield h("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at });
      yield h("text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, shown(log ? 10 ** tick : tick, 3));
    }
    for (const tick of ticks(0, last, 3)) {
      const anchor = this.x(tick) > WIDTH - RIGHT - 14 ? "end" : "middle";
      yield h("text", { x: this.x(tick), y: HEIGHT - 8, "text-anchor": anchor }, shown(tick, 3));
    }
  }

  *curve(variant, points) {
    if (!points.length) return;
    const place = ([step, value]) => `${this.x(step).toFixed(1)},${this.y(value).toFixed(1)}`;
    const whole = points.map(([step, values]) => [step, values.filter((v) => Number.isFinite(v) && (!this.log || v > 0))]);
    const some = whole.filter(([, values]) => values.length);
    if (some.some(([, values]) => values.length > 1)) {
      const upper = some.map(([step, values]) => place([step, Math.max(...values)]));
      const lower = some.map(([step, values]) => place([step, Math.min(...values)])).reverse();
      yield h("polygon", { class: `band v${variant}`, points: [...upper, ...lower].join(" ") });
    }
    const middle = some.map(([step, values]) => [step, mean(values)]);
    if (middle.length === 1) {
      yield h("circle", { class: `dot v${variant}`, cx: this.x(middle[0][0]), cy: this.y(middle[0][1]), r: 2.5 });
    }
    yield h("polyline", { class: `curve v${variant}`, points: middle.map(place).join(" ") });
  }

  point(event) {
    const box = this.picture.getBoundingClientRect();
    const step = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / ((WIDTH - LEFT - RIGHT) / Math.max(this.total, 1));
    const near = this.series.map(({ variant, points }) => ({ variant, point: nearest(points, step) }));
    const first = near.find((one) => one.point);
    if (!first) return;
    this.cross.setAttribute("x1", this.x(first.point[0]));
    this.cross.setAttribute("x2", this.x(first.point[0]));
    this.cross.setAttribute("visibility", "visible");
    this.read(near, first.point[0]);
  }

  unpoint() {
    if (this.cross) this.cross.setAttribute("visibility", "hidden");
    this.read(this.series.map(({ variant, points }) => ({ variant, point: points[points.length - 1] })));
  }

  read(found, step) {
    const words = found
      .filter((one) => one.point)
      .map(({ variant, point }) => h("span", { class: `v${variant}` }, shown(mean(point[1]))));
    replace(this.readout, step === undefined ? null : `${step}: `, words);
  }

  describe() {
    const words = this.series
      .filter((s) => s.points.length)
      .map(({ variant, points }) => `${this.labels()[variant] ?? ""} ${shown(mean(points[points.length - 1][1]))}`.trim());
    this.picture.setAttribute("aria-label", `${this.name}: ${words.join("; ")}`);
  }
}

function nearest(points, step) {
  let best = null;
  for (const point of points) if (!best || Math.abs(point[0] - step) < Math.abs(best[0] - step)) best = point;
  return best;
}
