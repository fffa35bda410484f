// The terrain: map and surface side by side, a start to drag, optimisers to choose and to watch.

import { calm, h, replace } from "../../views/browser/dom.js";
import { Hand, Mistake } from "../../views/browser/hand.js";
import { inLanguage } from "../../views/browser/language.js";
import { shown } from "../../views/browser/numbers.js";
import { Relief, paintMap, paintTicks, sized } from "../../views/browser/relief.js";
import { SHAPES, Walker, liftWay, stamp, strokeWay } from "../../views/browser/ways.js";

const NAMES = {
  run: { zh: "本次运行的损失", en: "this run's loss" },
  own: { zh: "自己的公式", en: "a formula of your own" },
  beale: { zh: "Beale 函数", en: "Beale" },
  rosenbrock: { zh: "Rosenbrock 香蕉谷", en: "Rosenbrock" },
  himmelblau: { zh: "Himmelblau 四谷", en: "Himmelblau" },
  ravine: { zh: "峡谷", en: "ravine" },
  saddle: { zh: "鞍面", en: "saddle" },
};
const SECONDS = 6; // of a whole walk

export default {
  title: { zh: "地形：拖动起点，看谁走到谷底", en: "Terrain: drag the start, see who gets down" },
  create(context) {
    const panel = new Terrain(context);
    return { element: panel.element, update: (frame) => panel.update(frame) };
  },
};

class Terrain {
  constructor(context) {
    this.context = context;
    this.frame = null;
    this.at = Infinity; // steps walked of those drawn
    this.hand = new Hand(context.act);
    this.relief = new Relief();
    this.rows = new Map();
    this.build();
  }

  build() {
    const button = (words, onclick) => h("button", { type: "button", onclick }, words);
    this.choice = h("select", { "aria-label": { zh: "地形", en: "surface" } });
    this.choice.addEventListener("change", () => {
      if (this.choice.value === "own") this.formula.focus();
      else this.send("surface", { surface: this.choice.value });
    });
    this.formula = h("input", { type: "text", class: "formula", spellcheck: "false", autocomplete: "off", "aria-label": { zh: "高度的公式，含 x 和 y", en: "formula of the height in x and y" } });
    this.formula.addEventListener("change", () => this.send("text", { text: this.formula.value }));
    this.steps = h("input", { type: "number", min: 1, max: 1000, step: 1, "aria-label": { zh: "走几步", en: "steps to walk" } });
    this.steps.addEventListener("change", () => this.steps.value && this.send("steps", { steps: Number(this.steps.value) }));
    this.problem = new Mistake();
    this.map = h("canvas", { class: "terrain-map", role: "img" });
    this.handle = h("button", { type: "button", class: "terrain-start" });
    this.space = h("canvas", { class: "terrain-space", role: "img", "aria-label": { zh: "同一地形的三维图", en: "The same surface in space" } });
    this.azimuth = h("input", { type: "range", min: -180, max: 180, step: 1, value: "-34", "aria-label": { zh: "转动", en: "turn" } });
    this.azimuth.addEventListener("input", () => this.turn((Number(this.azimuth.value) * Math.PI) / 180));
    this.reading = h("output", { class: "note terrain-reading", "aria-live": "off" });
    this.log = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.send("log", { log: !this.frame.logarithmic }) }, { zh: "高度取对数", en: "log height" });
    this.play = button({ zh: "走起来", en: "Walk" }, () => this.toggle());
    this.scrub = h("input", { type: "range", min: 0, max: 1, step: 1, value: "1", "aria-label": { zh: "走到第几步", en: "steps walked" } });
    this.scrub.addEventListener("input", () => this.stand(Number(this.scrub.value)));
    this.counter = h("output", { class: "counter", "aria-live": "off" });
    this.walkers = h("ul", { class: "plain-list" });
    this.runs = h("p", { class: "legend" });
    this.element = h(
      "div",
      { class: "terrain" },
      h("div", { class: "hands" }, this.choice, this.formula, h("label", {}, { zh: "步数 ", en: "steps " }, this.steps)),
      this.problem.element,
      h(
        "div",
        { class: "grid-of" },
        h(
          "div",
          {},
          h("div", { class: "terrain-box" }, this.map, this.handle),
          h("div", { class: "hands" }, button({ zh: "放大", en: "Nearer" }, () => this.send("zoom", { zoom: 0.6 })), button({ zh: "缩小", en: "Farther" }, () => this.send("zoom", { zoom: 1.6 })), button({ zh: "看全路线", en: "All ways" }, () => this.send("zoom", { zoom: "ways" })), this.log),
        ),
        h("div", {}, this.space, h("div", { class: "hands" }, h("span", { class: "note" }, { zh: "转动", en: "turn" }), this.azimuth)),
      ),
      this.reading,
      h("div", { class: "hands" }, this.play, button({ zh: "走一步", en: "Walk one step" }, () => this.stand(this.at >= this.last() ? 0 : this.at + 1)), this.scrub, this.counter),
      this.runs,
      this.walkers,
      h("p", { class: "note" }, { zh: "学习率起初取自一个网格：在那里走完后最低的一个。路线都由 tidu.optim 走出，不改动训练。", en: "Rates begin with the one of a grid that ends lowest from there. All ways are walked by tidu.optim; the training is left alone." }),
    );
    this.steer();
    inLanguage(this.map, () => this.frame && this.describe());
    new ResizeObserver(() => this.frame && this.draw()).observe(this.element);
    const theme = window.matchMedia("(prefers-color-scheme: dark)");
    theme.addEventListener("change", () => this.frame && this.draw());
    new MutationObserver(() => this.frame && this.draw()).observe(document.body, { attributeFilter: ["data-theme"] });
  }

  send(kind, message, then = null) {
    this.hand.send(kind, message, then);
  }

  // ── pointer and keys ───────────────────────────────────────────────────────────────────────────

  steer() {
    const place = (event) => {
      const box = this.map.getBoundingClientRect();
      const share = (v) => Math.max(0, Math.min(1, v));
      return this.fromShares(share((event.clientX - box.left) / box.width), share(1 - (event.clientY - box.top) / box.height));
    };
    for (const element of [this.map, this.handle]) {
      element.addEventListener("pointerdown", (event) => {
        element.setPointerCapture(event.pointerId);
        this.dragging = true;
        this.move(place(event));
      });
      element.addEventListener("pointermove", (event) => {
        if (this.dragging) this.move(place(event));
        else this.send("probe", { probe: place(event) }, (reply) => reply.told && this.read(reply.told));
      });
      for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => (this.dragging = false));
    }
    this.map.addEventListener("pointerleave", () => {
      this.hand.waiting.delete("probe");
      this.read(null);
    });
    this.handle.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!way) return;
      event.preventDefault();
      const [left, right, bottom, top] = this.frame.view;
      const size = event.shiftKey ? 0.005 : 0.025;
      const from = this.moving ?? this.frame.start.place;
      this.move([from[0] + way[0] * size * (right - left), from[1] + way[1] * size * (top - bottom)]);
    });
    let before = null;
    this.space.addEventListener("pointerdown", (event) => {
      this.space.setPointerCapture(event.pointerId);
      before = [event.clientX, event.clientY];
    });
    this.space.addEventListener("pointermove", (event) => {
      if (!before) return;
      this.turning = true;
      this.relief.tilt = Math.max(0.15, Math.min(1.45, this.relief.tilt + (event.clientY - before[1]) * 0.008));
      this.turn(this.relief.turn - (event.clientX - before[0]) * 0.01);
      before = [event.clientX, event.clientY];
    });
    const rest = () => {
      before = null;
      this.turning = false;
      this.turn(this.relief.turn);
    };
    for (const end of ["pointerup", "pointercancel"]) this.space.addEventListener(end, rest);
  }

  turn(angle) {
    this.relief.turn = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
    this.azimuth.value = String(Math.round((this.relief.turn * 180) / Math.PI));
    this.spaceKey = "";
    if (this.frame) this.drawSpace();
  }

  move(place) {
    this.moving = place;
    this.put(place);
    this.send("start", { start: place }, () => {
      if (!this.hand.waiting.has("start")) this.moving = null;
    });
  }

  put(place) {
    const [across, up] = this.toShares(place);
    this.handle.style.left = `${100 * across}%`;
    this.handle.style.top = `${100 * (1 - up)}%`;
    this.handle.hidden = across < 0 || across > 1 || up < 0 || up > 1;
  }

  toShares([x, y]) {
    const [left, right, bottom, top] = this.frame.view;
    return [(x - left) / (right - left), (y - bottom) / (top - bottom)];
  }

  fromShares(across, up) {
    const [left, right, bottom, top] = this.frame.view;
    return [left + across * (right - left), bottom + up * (top - bottom)];
  }

  // ── walking ────────────────────────────────────────────────────────────────────────────────────

  last() {
    return this.frame.steps;
  }

  toggle() {
    this.walking = !this.walking;
    replace(this.play, this.walking ? { zh: "停", en: "Halt" } : { zh: "走起来", en: "Walk" });
    if (!this.walking) return;
    let clock = performance.now();
    let exact = this.at >= this.last() ? 0 : this.at;
    const turn = (now) => {
      if (!this.walking) return;
      exact += ((now - clock) / 1000) * (this.last() / SECONDS);
      clock = now;
      const there = Math.min(Math.floor(exact), this.last());
      if (there !== this.at) this.stand(there, true);
      if (there >= this.last()) this.toggle();
      else if (calm()) setTimeout(() => turn(performance.now()), 500);
      else requestAnimationFrame(turn);
    };
    turn(clock);
  }

  stand(step, walking = false) {
    if (!walking && this.walking) this.toggle();
    this.at = step;
    this.draw();
  }

  // ── what a frame changes ───────────────────────────────────────────────────────────────────────

  update(frame) {
    const fresh = !this.frame || frame.version !== this.frame.version;
    if (!fresh && !frame.runs.length) return;
    const other = !this.frame || this.frame.surface !== frame.surface || this.frame.steps !== frame.steps;
    this.frame = frame;
    if (other && !this.walking) this.at = frame.steps;
    if (fresh) this.takeFrame();
    this.draw();
  }

  takeFrame() {
    const frame = this.frame;
    this.relief.take(frame.shade, frame.colours);
    const options = frame.surfaces.join();
    if (options !== this.options) {
      this.options = options;
      replace(this.choice, frame.surfaces.map((name) => {
        const option = h("option", { value: name });
        inLanguage(option, (l) => (option.textContent = NAMES[name] ? NAMES[name][l] : name));
        return option;
      }));
    }
    this.choice.value = frame.surface;
    if (document.activeElement !== this.formula || !frame.problem) this.formula.value = frame.text;
    this.formula.readOnly = frame.surface === "run";
    if (document.activeElement !== this.steps) this.steps.value = String(frame.steps);
    this.scrub.max = String(frame.steps);
    this.log.setAttribute("aria-pressed", String(frame.logarithmic));
    this.problem.update(frame.problem);
    if (!this.moving) this.put(frame.start.place);
    frame.walkers.forEach((walker, k) => {
      if (!this.rows.has(walker.name)) {
        this.rows.set(walker.name, new Walker(walker, k, this));
        this.walkers.append(this.rows.get(walker.name).element);
      }
      this.rows.get(walker.name).update(walker);
    });
    this.read(null);
    this.describe();
  }

  read(told) {
    const { place, height, gradient } = told ?? this.frame.start;
    const names = this.frame.axes;
    const where = names.map((name, k) => `${name} = ${shown(place[k], 4)}`).join(", ");
    const slope = gradient ? `(${gradient.map((v) => shown(v, 4)).join(", ")})` : "–";
    const value = height === null ? "–" : shown(height, 6);
    replace(
      this.reading,
      told ? { zh: "指针处 ", en: "Under the pointer " } : { zh: "起点 ", en: "Start " },
      h("span", { class: "number" }, where),
      { zh: `：高度 ${value}，梯度 ${slope}`, en: `: height ${value}, gradient ${slope}` },
    );
  }

  describe() {
    const { start, view, walkers, axes } = this.frame;
    const place = start.place.map((v, k) => `${axes[k]} ${shown(v, 3)}`).join(", ");
    const told = walkers.filter((w) => w.walks).map((w) => `${w.title} ${shown(w.way[3 * this.last() + 2], 3)}`);
    const range = view.map((v) => shown(v, 3));
    const said = {
      zh: `等高线图，${axes[0]} 从 ${range[0]} 到 ${range[1]}，${axes[1]} 从 ${range[2]} 到 ${range[3]}；终点高度：${told.join("，")}`,
      en: `Contour map, ${axes[0]} from ${range[0]} to ${range[1]}, ${axes[1]} from ${range[2]} to ${range[3]}; heights in the end: ${told.join(", ")}`,
    };
    const l = this.context.language();
    this.map.setAttribute("aria-label", said[l]);
    this.handle.setAttribute("aria-label", { zh: `起点 ${place}，方向键移动`, en: `Start ${place}, move it with the arrow keys` }[l]);
  }

  draw() {
    this.at = Math.min(this.at, this.last());
    this.scrub.value = String(this.at);
    replace(this.counter, `${this.at} / ${this.last()}`);
    for (const walker of this.frame.walkers) this.rows.get(walker.name).stand(walker, this.at);
    replace(this.runs, this.frame.runs.map((run) => h("span", { class: `key v${run.variant}` }, { zh: "本次运行，此刻高度 ", en: "this run, height now " }, shown(run.height, 5))));
    this.drawMap();
    this.drawSpace();
  }

  ways() {
    const style = getComputedStyle(this.element);
    const runs = this.frame.runs.map((run) => ({ way: run.way, colour: style.getPropertyValue(`--v${run.variant}`), shape: "circle", till: run.way.shape[0] - 1, dashed: true }));
    const walkers = this.frame.walkers.map((w, k) => ({ ...w, shape: SHAPES[k], till: this.at })).filter((w) => w.walks);
    return [...runs, ...walkers];
  }

  drawMap() {
    const { pen, width, height } = sized(this.map);
    const key = `${this.frame.ground} ${width} ${height}`;
    if (key !== this.mapKey) {
      this.mapKey = key;
      this.ground = document.createElement("canvas");
      this.ground.width = this.map.width;
      this.ground.height = this.map.height;
      const under = this.ground.getContext("2d");
      under.scale(this.map.width / width, this.map.height / height);
      paintMap(under, width, height, this.frame.shade, this.frame.colours, this.frame.levels.map(([share]) => share));
    }
    pen.drawImage(this.ground, 0, 0, width, height);
    paintTicks(pen, width, height, this.frame.view, this.frame.axes);
    const to = (x, y) => {
      const [across, up] = this.toShares([x, y]);
      return [across * width, (1 - up) * height];
    };
    for (const one of this.ways()) {
      const points = [];
      for (let k = 0; k <= one.till; k++) {
        const [x, y] = [one.way[3 * k], one.way[3 * k + 1]];
        if (!(Math.abs(x) < 1e9 && Math.abs(y) < 1e9)) break;
        points.push(to(x, y));
      }
      strokeWay(pen, points, one);
      if (points.length) stamp(pen, points[points.length - 1], one.shape, one.colour, 6);
    }
  }

  drawSpace() {
    const { pen, width, height } = sized(this.space);
    const colour = getComputedStyle(this.element).getPropertyValue("--soft");
    const key = `${this.frame.ground} ${width} ${height} ${colour}`;
    if (key !== this.spaceKey) {
      this.spaceKey = key;
      this.block = document.createElement("canvas");
      this.block.width = this.space.width;
      this.block.height = this.space.height;
      const under = this.block.getContext("2d");
      under.scale(this.space.width / width, this.space.height / height);
      this.relief.paint(under, width, height, this.turning ? 2 : 1);
      under.globalCompositeOperation = "destination-over";
      this.relief.paintFloor(under, colour);
      this.relief.paintCorners(under, colour, this.frame.view, this.frame.axes);
    }
    pen.drawImage(this.block, 0, 0, width, height);
    for (const one of this.ways()) liftWay(pen, this.relief, one, (place) => this.toShares(place));
  }
}
