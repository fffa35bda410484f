// The terrain: map and surface side by side, a start to drag, optimisers to choose and to watch.

import { calm, h, replace } from "../../views/browser/dom.js";
import { Hand, Mistake } from "../../views/browser/hand.js";
import { inLanguage } from "../../views/browser/language.js";
import { shown, ticks } from "../../views/browser/numbers.js";
import { Relief, paintMap, sized } from "../../views/browser/relief.js";

const NAMES = {
  run: { zh: "本次运行的损失", en: "this run's loss" },
  own: { zh: "自己的公式", en: "a formula of your own" },
  beale: { zh: "Beale 函数", en: "Beale" },
  rosenbrock: { zh: "Rosenbrock 香蕉谷", en: "Rosenbrock" },
  himmelblau: { zh: "Himmelblau 四谷", en: "Himmelblau" },
  ravine: { zh: "峡谷", en: "ravine" },
  saddle: { zh: "鞍面", en: "saddle" },
};
const SHAPES = ["circle", "square", "triangle", "diamond", "wedge", "plus", "cross"];
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
      this.relief.tilt = Math.max(0.15, Math.min(1.45, this.relief.tilt + (event.clientY - before[1]) * 0.008));
      this.turn(this.relief.turn - (event.clientX - before[0]) * 0.01);
      before = [event.clientX, event.clientY];
    });
    for (const end of ["pointerup", "pointercancel"]) this.space.addEventListener(end, () => (before = null));
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
    this.drawTicks(pen, width, height);
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
      line(pen, points, one);
      if (points.length) mark(pen, points[points.length - 1], one.shape, one.colour, 6);
    }
  }

  drawTicks(pen, width, height) {
    const [left, right, bottom, top] = this.frame.view;
    pen.font = "11px system-ui, sans-serif";
    const write = (words, x, y, align) => {
      pen.textAlign = align;
      pen.lineWidth = 3;
      pen.strokeStyle = "rgba(0, 0, 0, 0.65)";
      pen.strokeText(words, x, y);
      pen.fillStyle = "#ffffff";
      pen.fillText(words, x, y);
    };
    for (const tick of ticks(left, right, 5).filter((t) => t > left && t < right)) write(shown(tick, 3), ((tick - left) / (right - left)) * width, height - 5, "center");
    for (const tick of ticks(bottom, top, 5).filter((t) => t > bottom + 0.06 * (top - bottom) && t < top)) write(shown(tick, 3), 4, height - ((tick - bottom) / (top - bottom)) * height + 4, "left");
    write(this.frame.axes[0], width - 5, height - 5, "right");
    write(this.frame.axes[1], 4, 13, "left");
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
      this.relief.paint(under, width, height);
      under.globalCompositeOperation = "destination-over";
      this.relief.paintFloor(under, colour);
      this.drawCorners(under, colour);
    }
    pen.drawImage(this.block, 0, 0, width, height);
    for (const one of this.ways()) this.drawLifted(pen, one);
  }

  drawCorners(pen, colour) {
    const [left, right, bottom, top] = this.frame.view;
    const [x, y] = this.frame.axes;
    pen.fillStyle = colour;
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "center";
    for (const [across, up, words] of [[0.5, -0.14, x], [0, -0.1, shown(left, 3)], [1, -0.1, shown(right, 3)], [1.14, 0.5, y], [1.12, 0.04, shown(bottom, 3)], [1.12, 1, shown(top, 3)]]) {
      const [a, b] = this.relief.place(across, up, 0);
      pen.fillText(words, a, b + 4);
    }
  }

  // A way on the surface: what a ridge hides is faint.
  drawLifted(pen, one) {
    let before = null;
    const pieces = [];
    let end = null;
    for (let k = 0; k <= one.till; k++) {
      const here = this.toShares([one.way[3 * k], one.way[3 * k + 1]]);
      const inside = here.every((v) => v >= 0 && v <= 1);
      if (!here.every((v) => Math.abs(v) < 50)) break;
      const parts = before ? Math.max(1, Math.ceil(Math.hypot(here[0] - before[0], here[1] - before[1]) / 0.03)) : 1;
      for (let n = 1; n <= parts; n++) {
        const [a, b] = before ? [0, 1].map((d) => before[d] + ((here[d] - before[d]) * n) / parts) : here;
        if (a < 0 || a > 1 || b < 0 || b > 1) {
          end = null;
          continue;
        }
        const share = this.relief.at(a, b) + 0.012;
        const there = { at: this.relief.place(a, b, share), hidden: this.relief.hidden(a, b, share) };
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
    if (end) mark(pen, end.at, one.shape, one.colour, 5);
    pen.globalAlpha = 1;
  }
}

class Walker {
  constructor(walker, index, panel) {
    const { name, title } = walker;
    this.check = h("input", { type: "checkbox", "aria-label": title });
    this.check.addEventListener("change", () => panel.send(`walk ${name}`, { walk: { [name]: this.check.checked } }));
    const picture = h("canvas", { class: "terrain-key", width: 36, height: 36, "aria-hidden": "true" });
    const pen = picture.getContext("2d");
    pen.scale(2, 2);
    mark(pen, [9, 9], SHAPES[index], walker.colour, 6);
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

function line(pen, points, { colour, dashed, way }) {
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

function mark(pen, [x, y], shape, colour, size) {
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
