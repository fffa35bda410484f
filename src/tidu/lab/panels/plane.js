// The plane as a classifier sees it: maps with points to draw, units, weights, and the moving grid.

import { h, replace } from "../../views/browser/dom.js";
import { inLanguage, languages } from "../../views/browser/language.js";
import { shown } from "../../views/browser/numbers.js";

const PIXELS = 560; // of a map's canvas, before the page scales it
const NET_HEIGHT = 340;
const MOST_CLASSES = 8;
const CROWDED = 400; // lines of a layer from which on the thin ones are left out
const SOURCES = [
  ["arms", { zh: "旋臂", en: "Arms" }],
  ["two-spirals", { zh: "双螺旋", en: "Two spirals" }],
  ["rings", { zh: "圆环", en: "Rings" }],
  ["xor", { zh: "异或", en: "XOR" }],
];
const NAMES = {
  mlp: { zh: "多层感知机", en: "MLP" },
  linear: { zh: "线性模型", en: "Linear model" },
  network: { zh: "网络", en: "Network" },
};

export default {
  title: { zh: "平面", en: "The plane" },
  create: (context) => new Plane(context),
};

class Plane {
  constructor(context) {
    this.context = context;
    this.pen = "look";
    this.classes = 2;
    this.mine = null; // points drawn and not yet trained on
    this.maps = [];
    this.units = [];
    this.stage = 0;
    this.weight = { layer: 0, to: 0, from: 0 };
    this.build();
    new MutationObserver(() => this.redraw()).observe(document.body, { attributes: true, attributeFilter: ["data-theme", "class"] });
  }

  build() {
    this.sources = h("div", { class: "hands", role: "group", "aria-label": { zh: "数据", en: "Points to learn" } });
    this.pens = h("div", { class: "hands", role: "group", "aria-label": { zh: "笔", en: "Pen" } });
    this.say = h("p", { class: "note", role: "status" });
    this.mapBox = h("div", { class: "grid-of plane-maps" });
    this.readout = h("output", { class: "note plane-readout", "aria-live": "off" });
    this.inside = h("select", { "aria-label": { zh: "看哪个网络", en: "which network" }, onchange: () => this.lookAt() });
    this.unitBox = h("div", { class: "plane-layers" });
    this.big = h("div", { class: "plane-big", hidden: true });
    this.net = new Net(this);
    this.editor = new Editor(this);
    this.grid = new Grid(this);
    const part = (title, ...inner) => h("section", { class: "plane-part" }, h("h4", {}, title), ...inner);
    this.tools = h("div", { class: "plane-tools" }, this.sources, this.pens, this.byNumbers(), this.say);
    this.unitPart = part({ zh: "每个单元看到的平面", en: "What each unit makes of the plane" }, this.unitBox, this.big);
    this.none = h("p", { class: "note", hidden: true }, { zh: "这个设置学的不是平面上的点。", en: "What is learned here are not points of the plane." });
    this.body = h(
      "div",
      { class: "plane" },
      this.tools,
      this.mapBox,
      this.readout,
      h("p", { class: "hands" }, h("span", {}, { zh: "往里看：", en: "Look into:" }), this.inside),
      this.unitPart,
      part({ zh: "权重：点一条线，改它或按住它", en: "Weights: click a line to change it or hold it" }, this.net.element, this.editor.element),
      part({ zh: "平面怎样被揉弯", en: "How the plane is bent" }, this.grid.element),
    );
    this.element = h("div", {}, this.none, this.body);
  }

  byNumbers() {
    const number = (name) => h("input", { type: "number", step: "0.001", min: -1, max: 1, value: "0", "aria-label": name, "data-own": name });
    const [x, y] = [number("x"), number("y")];
    this.kind = h("select", { "aria-label": { zh: "类别", en: "class" } });
    const add = () => this.commit([...this.points(), [Number(x.value), Number(y.value), Number(this.kind.value)]]);
    const drop = () => this.commit(without(this.points(), Number(x.value), Number(y.value)));
    this.csv = h("a", { href: "#", download: "own-points.csv", hidden: true, onclick: () => this.offer() }, { zh: "存成 CSV", en: "Save as CSV" });
    this.numbers = h(
      "details",
      {},
      h("summary", {}, { zh: "用数字加点", en: "Points by numbers" }),
      h(
        "div",
        { class: "hands" },
        h("label", {}, "x ", x),
        h("label", {}, "y ", y),
        this.kind,
        h("button", { type: "button", onclick: add }, { zh: "加这个点", en: "Add the point" }),
        h("button", { type: "button", onclick: drop }, { zh: "去掉最近的点", en: "Remove the nearest" }),
        this.csv,
      ),
    );
    return this.numbers;
  }

  update(frame) {
    this.frame = frame;
    this.none.hidden = frame.lanes.length > 0;
    this.body.hidden = !this.none.hidden;
    if (!frame.lanes.length) return;
    const first = frame.lanes[0];
    this.classes = Math.max(this.classes, 2, ...first.colours.map((c) => c + 1));
    this.drawTools(first);
    this.drawChoice(frame);
    this.layOutMaps(frame);
    this.layOutUnits(frame.inside);
    this.redraw();
  }

  redraw() {
    if (!this.frame || !this.frame.lanes.length) return;
    this.colours = coloursOf(this.element);
    for (const map of this.maps) map.draw();
    this.drawUnits();
    this.net.draw();
    this.editor.update();
    this.grid.draw();
    if (this.last) this.readAt(...this.last);
  }

  // ── points ───────────────────────────────────────────────────────────────────────────────────

  drawTools(lane) {
    const setting = this.setting();
    const hasSource = lane.source !== "";
    this.sources.hidden = this.numbers.hidden = !hasSource;
    this.pens.hidden = !hasSource;
    if (!hasSource) return;
    const key = `${lane.source} ${this.pen} ${this.classes} ${Boolean(this.mine)}`;
    if (key === this.toolKey) return;
    this.toolKey = key;
    const { own: _, ...rest } = setting;
    replace(
      this.sources,
      SOURCES.map(([name, words]) =>
        h("button", { type: "button", "aria-pressed": String(lane.source === name), onclick: () => this.begin({ ...rest, points: name }) }, words),
      ),
      h("button", { type: "button", "aria-pressed": String(lane.source === "own"), onclick: () => this.commit(this.points()) }, { zh: "自己的点", en: "Own points" }),
    );
    const pen = (name, words, ...mark) =>
      h("button", { type: "button", "aria-pressed": String(this.pen === name), "data-pen": name, onclick: () => this.take(name) }, ...mark, words);
    const kinds = [...Array(this.classes).keys()];
    replace(
      this.pens,
      pen("look", { zh: "看", en: "Look" }),
      kinds.map((k) => pen(String(k), { zh: `第 ${k + 1} 类`, en: `Class ${k + 1}` }, mark(k))),
      this.classes < MOST_CLASSES ? h("button", { type: "button", "aria-label": { zh: "再加一类", en: "One more class" }, onclick: () => this.moreClasses() }, "+") : null,
      pen("erase", { zh: "擦", en: "Erase" }),
      h("button", { type: "button", onclick: () => this.clear() }, { zh: "清空", en: "Clear" }),
    );
    const was = this.kind.value || "0";
    replace(this.kind, kinds.map((k) => h("option", { value: String(k) }, String(k + 1))));
    this.kind.value = was;
    this.csv.hidden = lane.source !== "own";
  }

  take(pen) {
    this.pen = pen;
    this.toolKey = "";
    for (const map of this.maps) map.canvas.classList.toggle("pen", pen !== "look");
    this.drawTools(this.frame.lanes[0]);
    const held = this.pens.querySelector(`[data-pen="${pen}"]`);
    if (held) held.focus();
  }

  moreClasses() {
    this.classes += 1;
    this.take(String(this.classes - 1));
  }

  clear() {
    this.mine = [];
    this.settle({ zh: "画两类以上的点，就从头学它们。", en: "Draw points of two classes or more, and they are learned from the start." });
    if (this.pen === "look" || this.pen === "erase") this.take("0");
    this.redraw();
  }

  settle(words) {
    replace(this.say, words ?? []);
  }

  // What is on the plane now: [x, y, class], in the map's coordinates.
  points() {
    if (this.mine) return this.mine;
    const { points, labels, colours } = this.frame.lanes[0];
    return [...labels].map((label, i) => [points[2 * i], points[2 * i + 1], colours[label]]);
  }

  setting() {
    return this.context.bench.form.form.setting;
  }

  async commit(points) {
    this.mine = points;
    if (new Set(points.map((p) => p[2])).size < 2) {
      this.settle({ zh: "再画一类点：一类没有什么可分的。", en: "Draw a second class: with one there is nothing to tell apart." });
      this.redraw();
      return;
    }
    const reply = await this.context.act({ do: "own", points });
    if (reply.told) await this.begin({ ...this.setting(), own: reply.told.own });
  }

  async begin(setting) {
    const { bench } = this.context;
    const { playing } = bench;
    const reply = await bench.set(setting);
    if (reply.kind === "error") return;
    this.mine = null;
    this.toolKey = "";
    this.settle();
    this.update(this.frame);
    if (playing) bench.play();
  }

  offer() {
    const { points, labels, classes } = this.frame.lanes[0];
    const rows = [...labels].map((label, i) => `${shown(points[2 * i], 5)},${shown(points[2 * i + 1], 5)},${classes[label]}`);
    this.csv.href = URL.createObjectURL(new Blob([["x,y,class", ...rows, ""].join("\n")], { type: "text/csv" }));
  }

  // ── maps ─────────────────────────────────────────────────────────────────────────────────────

  layOutMaps(frame) {
    const wanted = frame.lanes.flatMap((lane, v) => lane.maps.map((map) => [v, map.name]));
    const key = JSON.stringify(wanted);
    if (key !== this.mapKey) {
      this.mapKey = key;
      this.maps = wanted.map(([variant, name]) => new MapOf(this, variant, name, frame.lanes.length > 1));
      this.mapBox.classList.toggle("many", this.maps.length > 2);
      replace(this.mapBox, this.maps.map((map) => map.element));
      for (const map of this.maps) map.canvas.classList.toggle("pen", this.pen !== "look");
    }
    for (const map of this.maps) {
      map.lane = frame.lanes[map.variant];
      map.told = map.lane.maps.find((m) => m.name === map.name);
    }
  }

  readAt(x, y) {
    this.last = [x, y];
    const { lanes } = this.frame;
    const parts = this.maps.map((map) => {
      const { classes } = map.lane;
      const chances = map.at(x, y);
      if (!chances) return null;
      const best = chances.indexOf(Math.max(...chances));
      const words = NAMES[map.name];
      const name = { zh: `${words.zh}：${classes[best]}（${shown(chances[best], 2)}）`, en: `${words.en}: ${classes[best]} (${shown(chances[best], 2)})` };
      return h("span", { class: lanes.length > 1 ? `v${map.variant}` : "" }, name);
    });
    replace(this.readout, h("code", {}, `x ${shown(x, 3)}  y ${shown(y, 3)}`), parts);
  }

  // ── inside ───────────────────────────────────────────────────────────────────────────────────

  drawChoice(frame) {
    const names = this.context.names();
    const key = JSON.stringify([this.mapKey, names, languages.current, frame.lanes.map((l) => l.maps.map((m) => m.name))]);
    if (key !== this.choiceKey) {
      this.choiceKey = key;
      const options = frame.lanes.flatMap((lane, v) =>
        lane.maps.map((map) => {
          const option = h("option", { value: `${v} ${map.name}` });
          inLanguage(option, (l) => (option.textContent = [NAMES[map.name][l], names[v]].filter(Boolean).join(" · ")));
          return option;
        }),
      );
      replace(this.inside, options);
    }
    this.inside.value = `${frame.inside.variant} ${frame.inside.name}`;
  }

  lookAt(unit = null) {
    const [variant, net] = this.inside.value.split(" ");
    return this.context.act({ do: "look", variant: Number(variant), net, unit });
  }

  layOutUnits(inside) {
    this.unitPart.hidden = inside.hidden.length === 0;
    const counts = inside.hidden.map((layer) => layer.maps.shape[0]);
    const key = JSON.stringify(counts);
    if (key === this.unitKey) return;
    this.unitKey = key;
    this.units = counts.map((count, layer) => {
      const buttons = [...Array(count).keys()].map((unit) => {
        const canvas = h("canvas", { width: 1, height: 1, "aria-hidden": "true" });
        const button = h(
          "button",
          {
            type: "button",
            class: "unit",
            tabindex: unit ? -1 : 0,
            "aria-label": { zh: `第 ${layer + 1} 层第 ${unit + 1} 个单元`, en: `layer ${layer + 1}, unit ${unit + 1}` },
            "aria-pressed": "false",
            onclick: () => this.choose(layer, unit),
          },
          canvas,
        );
        return { button, canvas };
      });
      return buttons;
    });
    replace(
      this.unitBox,
      this.units.map((buttons, layer) =>
        h(
          "div",
          { class: "plane-layer" },
          h("span", { class: "note" }, { zh: `第 ${layer + 1} 层`, en: `layer ${layer + 1}` }),
          h(
            "div",
            {
              class: "plane-units",
              role: "group",
              "aria-label": { zh: `第 ${layer + 1} 层的单元，用方向键走`, en: `units of layer ${layer + 1}, arrow keys move` },
              onkeydown: (event) => walk(event, buttons),
            },
            buttons.map((b) => b.button),
          ),
        ),
      ),
    );
  }

  choose(layer, unit) {
    const now = this.frame.inside.unit;
    const same = now && now.layer === layer && now.unit === unit;
    return this.lookAt(same ? null : [layer, unit]);
  }

  drawUnits() {
    const { inside } = this.frame;
    inside.hidden.forEach((layer, i) => {
      const [, rows, columns] = layer.maps.shape;
      const size = rows * columns;
      this.units[i].forEach(({ button, canvas }, unit) => {
        paintSigned(canvas, layer.maps.subarray(unit * size, (unit + 1) * size), rows, columns, this.colours, 128, 127);
        const chosen = Boolean(inside.unit && inside.unit.layer === i && inside.unit.unit === unit);
        button.setAttribute("aria-pressed", String(chosen));
      });
    });
    this.drawBig(inside.unit);
  }

  drawBig(unit) {
    this.big.hidden = !unit;
    if (!unit) return;
    if (!this.bigCanvas) {
      this.bigCanvas = h("canvas", { role: "img", "aria-label": { zh: "放大的单元", en: "The unit enlarged" } });
      this.bigWords = h("p", { class: "note" });
      this.bigCode = h("button", { type: "button", class: "link", onclick: () => this.context.code(this.frame.inside.unit.code, this.bigCode) }, { zh: "看算它的那一行", en: "Show the line that computes it" });
      replace(this.big, this.bigCanvas, h("div", {}, this.bigWords, this.bigCode));
    }
    const [rows, columns] = unit.values.shape;
    paintSigned(this.bigCanvas, unit.values, rows, columns, this.colours, 0, unit.reach);
    const range = `${shown(unit.low, 3)} … ${shown(unit.high, 3)}`;
    replace(this.bigWords, {
      zh: `第 ${unit.layer + 1} 层第 ${unit.unit + 1} 个单元：${range}；橙为正，蓝为负。`,
      en: `Layer ${unit.layer + 1}, unit ${unit.unit + 1}: ${range}; orange is above 0, blue below.`,
    });
    this.big.dataset.low = unit.low;
    this.big.dataset.high = unit.high;
  }
}

// One network's map with the points over it, and the pen.
class MapOf {
  constructor(panel, variant, name, several) {
    Object.assign(this, { panel, variant, name });
    this.canvas = h("canvas", { width: PIXELS, height: PIXELS, role: "img" });
    this.share = h("span", { class: "number" });
    this.code = h("button", { type: "button", class: "link", onclick: () => panel.context.code(this.told.code, this.code) }, NAMES[name]);
    const variantName = several ? h("span", { class: `v${variant}` }, panel.context.names()[variant] ?? "") : null;
    this.element = h("figure", {}, h("figcaption", {}, this.code, variantName, this.share), this.canvas);
    this.cells = document.createElement("canvas");
    this.layer = h("canvas", { width: PIXELS, height: PIXELS });
    inLanguage(this.canvas, () => this.describe());
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    this.canvas.addEventListener("click", () => {
      if (panel.pen === "look") panel.context.code(this.told.code, this.code);
    });
    for (const kind of ["pointerup", "pointercancel"]) this.canvas.addEventListener(kind, () => this.up());
  }

  draw() {
    const { map } = this.told;
    const { colours } = this.panel;
    const [rows, columns, kinds] = map.shape;
    this.cells.width = columns;
    this.cells.height = rows;
    const pen = this.cells.getContext("2d");
    const image = pen.createImageData(columns, rows);
    const mixed = this.lane.colours.map((c) => colours.classes[c]);
    for (let i = 0; i < rows * columns; i++) {
      for (let k = 0; k < 3; k++) {
        let sum = 0;
        for (let c = 0; c < kinds; c++) sum += map[i * kinds + c] * mixed[c][k];
        image.data[4 * i + k] = 0.45 * colours.paper[k] + 0.55 * (sum / 255);
      }
      image.data[4 * i + 3] = 255;
    }
    pen.putImageData(image, 0, 0);
    const to = this.canvas.getContext("2d");
    to.imageSmoothingEnabled = true;
    to.drawImage(this.cells, 0, 0, PIXELS, PIXELS);
    this.drawPoints();
    to.drawImage(this.layer, 0, 0);
    const right = shown(this.told.right * 100, 3);
    replace(this.share, { zh: `分对 ${right}%`, en: `${right} % right` });
    this.element.dataset.right = this.told.right;
    this.describe();
  }

  // The points lie on a layer of their own, drawn anew only when they change.
  drawPoints() {
    const { colours, mine } = this.panel;
    const { points, labels, source } = this.lane;
    const key = [source, labels.length, points[0], points[1], points[points.length - 1], colours.text.paper].join();
    if (!mine && key === this.pointsKey) return;
    this.pointsKey = mine ? "" : key;
    const all = mine ?? this.own();
    const pen = this.layer.getContext("2d");
    pen.clearRect(0, 0, PIXELS, PIXELS);
    const size = all.length > 250 ? 4 : 6;
    pen.lineWidth = 1.2;
    pen.strokeStyle = colours.text.paper;
    for (const [x, y, kind] of all) {
      const [px, py] = this.pixel(x, y);
      pen.fillStyle = colours.text.classes[kind];
      shape(pen, kind, px, py, size);
      pen.fill();
      pen.stroke();
    }
  }

  own() {
    const { points, labels, colours } = this.lane;
    return Array.from(labels, (label, i) => [points[2 * i], points[2 * i + 1], colours[label]]);
  }

  describe() {
    if (!this.told) return;
    const right = shown(this.told.right * 100, 3);
    const words = {
      zh: `${NAMES[this.name].zh}在平面各处的判断，上面是 ${this.lane.labels.length} 个训练点，分对 ${right}%`,
      en: `What the ${NAMES[this.name].en} says at every place, under ${this.lane.labels.length} training points, ${right} % right`,
    };
    this.canvas.setAttribute("aria-label", words[languages.current]);
  }

  pixel(x, y) {
    const { reach } = this.lane;
    return [((x + reach) / (2 * reach)) * PIXELS, ((reach - y) / (2 * reach)) * PIXELS];
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const { reach } = this.lane;
    return [((event.clientX - box.left) / box.width) * 2 * reach - reach, reach - ((event.clientY - box.top) / box.height) * 2 * reach];
  }

  at(x, y) {
    const { map } = this.told;
    const { reach } = this.lane;
    const [rows, columns, kinds] = map.shape;
    const column = Math.round(((x + reach) / (2 * reach)) * (columns - 1));
    const row = Math.round(((reach - y) / (2 * reach)) * (rows - 1));
    if (row < 0 || column < 0 || row >= rows || column >= columns) return null;
    return [...map.subarray((row * columns + column) * kinds, (row * columns + column + 1) * kinds)].map((v) => v / 255);
  }

  down(event) {
    const { pen } = this.panel;
    if (pen === "look") return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.panel.mine = [...this.panel.points()];
    this.lastPoint = null;
    this.put(event);
  }

  move(event) {
    if (this.drawing) this.put(event);
    else this.panel.readAt(...this.place(event));
  }

  put(event) {
    const { panel } = this;
    const { reach } = this.lane;
    const edge = reach / 1.12;
    const [x, y] = this.place(event).map((v) => Math.max(-edge, Math.min(edge, v)));
    if (panel.pen === "erase") {
      panel.mine = panel.mine.filter(([a, b]) => Math.hypot(a - x, b - y) > 0.07 * reach);
    } else if (!this.lastPoint || Math.hypot(this.lastPoint[0] - x, this.lastPoint[1] - y) > 0.07 * reach) {
      this.lastPoint = [x, y];
      panel.mine.push([x, y, Number(panel.pen)]);
    }
    for (const map of panel.maps) map.draw();
  }

  up() {
    if (!this.drawing) return;
    this.drawing = false;
    this.panel.commit(this.panel.mine);
  }
}

// The network as lines: width and colour are the weight.
class Net {
  constructor(panel) {
    this.panel = panel;
    this.canvas = h("canvas", { class: "plane-net", role: "img", "aria-label": { zh: "网络：线的粗细是权重的大小，实线橙为正，虚线蓝为负", en: "The network: the width of a line is the size of a weight, solid orange above 0, dashed blue below" } });
    this.note = h("p", { class: "note" });
    this.element = h("div", {}, this.canvas, this.note);
    this.canvas.addEventListener("click", (event) => this.pick(event));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  draw() {
    const { frame, colours } = this.panel;
    if (!frame || !colours || !this.canvas.clientWidth) return;
    const { inside } = frame;
    const wide = this.canvas.clientWidth;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = wide * scale;
    this.canvas.height = NET_HEIGHT * scale;
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.clearRect(0, 0, wide, NET_HEIGHT);
    const x = (i) => 34 + ((wide - 68) * i) / (inside.sizes.length - 1);
    const y = (unit, size) => (size === 1 ? NET_HEIGHT / 2 : 14 + ((NET_HEIGHT - 28) * (unit + 0.5)) / size);
    this.lines = [];
    const crowded = inside.layers.some((layer) => layer.weight.length > CROWDED);
    const chosen = inside.unit;
    inside.layers.forEach((layer, i) => {
      const [outs, ins] = layer.weight.shape;
      const reach = layer.weight.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-12);
      for (let to = 0; to < outs; to++) {
        for (let from = 0; from < ins; from++) {
          const value = layer.weight[to * ins + from];
          const share = Math.abs(value) / reach;
          const lit = chosen && ((i === chosen.layer && to === chosen.unit) || (i === chosen.layer + 1 && from === chosen.unit));
          const picked = this.isPicked(i, to, from);
          if (!lit && !picked && outs * ins > CROWDED && share < 0.55) continue;
          this.lines.push({ layer: i, to, from, value, share, lit, picked, ends: [x(i), y(from, ins), x(i + 1), y(to, outs)] });
        }
      }
    });
    this.lines.sort((a, b) => Number(a.picked) - Number(b.picked) || Number(a.lit) - Number(b.lit) || a.share - b.share);
    for (const line of this.lines) this.stroke(pen, line, Boolean(chosen));
    inside.sizes.forEach((size, i) => {
      for (let unit = 0; unit < size; unit++) this.node(pen, inside, i, unit, x(i), y(unit, size), size);
    });
    replace(this.note, crowded ? { zh: "实线橙为正，虚线蓝为负；线太多的一层不画细的，点一个单元就画出它的全部线。", en: "Solid orange is above 0, dashed blue below. A crowded layer leaves thin lines out; click a unit to see all of its own." } : { zh: "实线橙为正，虚线蓝为负；点一个单元，只亮出它的线。", en: "Solid orange is above 0, dashed blue below; click a unit to light up its lines alone." });
  }

  isPicked(layer, to, from) {
    const { weight } = this.panel;
    return weight.layer === layer && weight.to === to && weight.from === from;
  }

  stroke(pen, { value, share, lit, picked, ends }, some) {
    const { colours } = this.panel;
    pen.globalAlpha = picked ? 1 : some ? (lit ? 0.95 : 0.07) : 0.2 + 0.75 * share;
    pen.lineWidth = picked ? 3 + 3 * share : 0.4 + 3.6 * share;
    pen.strokeStyle = value < 0 ? colours.text.below : colours.text.above;
    pen.setLineDash(value < 0 ? [5, 3] : []);
    pen.beginPath();
    pen.moveTo(ends[0], ends[1]);
    pen.lineTo(ends[2], ends[3]);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  node(pen, inside, column, unit, x, y, size) {
    const { colours, frame } = this.panel;
    const last = column === inside.sizes.length - 1;
    const r = Math.max(2, Math.min(8, (NET_HEIGHT - 28) / size / 2 - 0.6));
    const chosen = inside.unit && inside.unit.layer === column - 1 && inside.unit.unit === unit;
    pen.fillStyle = last ? colours.text.classes[frame.lanes[0].colours[unit] ?? 0] : colours.text.paper;
    pen.strokeStyle = colours.text.ink;
    pen.lineWidth = chosen ? 3 : 1.2;
    if (last) shape(pen, frame.lanes[0].colours[unit] ?? 0, x, y, r + 1);
    else {
      pen.beginPath();
      pen.arc(x, y, r, 0, 2 * Math.PI);
    }
    pen.fill();
    pen.stroke();
    if (column && !last) return;
    pen.fillStyle = colours.text.ink;
    pen.font = "13px system-ui, sans-serif";
    pen.textBaseline = "middle";
    pen.textAlign = column ? "left" : "right";
    pen.fillText(column ? (frame.lanes[0].classes[unit] ?? "") : "xy"[unit], x + (column ? 13 : -13), y);
  }

  pick(event) {
    const box = this.canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const { inside } = this.panel.frame;
    const wide = box.width;
    for (let i = 1; i < inside.sizes.length - 1; i++) {
      const size = inside.sizes[i];
      if (Math.abs(px - (34 + ((wide - 68) * i) / (inside.sizes.length - 1))) > 10) continue;
      const unit = Math.floor(((py - 14) / (NET_HEIGHT - 28)) * size);
      if (unit >= 0 && unit < size) return void this.panel.choose(i - 1, unit);
    }
    let best = null;
    for (const line of this.lines) {
      if (inside.unit && !line.lit) continue;
      const far = distance(px, py, ...line.ends) - line.share * 3;
      if (far < 9 && (!best || far < best.far)) best = { ...line, far };
    }
    if (best) this.panel.editor.take(best.layer, best.to, best.from);
  }
}

// The weight that was clicked or named: its value, and whether it is held.
class Editor {
  constructor(panel) {
    this.panel = panel;
    const choice = (words, change) => h("select", { "aria-label": words, onchange: change });
    this.layer = choice({ zh: "第几层", en: "layer" }, () => this.take(Number(this.layer.value), 0, 0));
    this.to = choice({ zh: "到哪个单元", en: "to unit" }, () => this.read());
    this.from = choice({ zh: "从哪个单元", en: "from unit" }, () => this.read());
    this.value = h("input", { type: "number", step: "any", "aria-label": { zh: "权重的值", en: "value of the weight" }, onchange: () => this.send() });
    this.slide = h("input", { type: "range", min: -4, max: 4, step: 0.01, "aria-label": { zh: "拖动权重", en: "drag the weight" } });
    this.slide.addEventListener("input", () => {
      this.value.value = this.slide.value;
      this.send();
    });
    this.hold = h("input", { type: "checkbox", onchange: () => this.send() });
    this.code = h("button", { type: "button", class: "link", onclick: () => this.open() }, { zh: "代码", en: "code" });
    this.list = h("div", { class: "hands" });
    this.element = h(
      "div",
      { class: "plane-editor" },
      h(
        "div",
        { class: "hands" },
        h("label", {}, { zh: "层", en: "layer" }, " ", this.layer),
        h("label", {}, { zh: "到", en: "to" }, " ", this.to),
        h("label", {}, { zh: "从", en: "from" }, " ", this.from),
        this.value,
        this.slide,
        h("label", { class: "plane-hold" }, this.hold, { zh: "按住不放", en: "hold it" }),
        this.code,
      ),
      this.list,
      h("p", { class: "note" }, {
        zh: "按住的权重每一步之后都放回原值。往回拖，改动按当时的样子收回；再往前走，又在同一步发生。重来则从头开始。",
        en: "A weight that is held is put back after every step. Going back undoes a change, going on again makes it at the same step; a reset forgets all.",
      }),
    );
  }

  read() {
    this.take(Number(this.layer.value), Number(this.to.value), Number(this.from.value));
  }

  take(layer, to, from) {
    this.panel.weight = { layer, to, from };
    this.panel.net.draw();
    this.update();
  }

  update() {
    const { inside } = this.panel.frame;
    const { weight } = this.panel;
    if (weight.layer >= inside.layers.length) weight.layer = 0;
    const [outs, ins] = inside.layers[weight.layer].weight.shape;
    weight.to = Math.min(weight.to, outs - 1);
    weight.from = Math.min(weight.from, ins - 1);
    this.fill(inside, outs, ins);
    const { layer, to, from } = weight;
    const told = inside.layers[layer];
    const number = from < 0 ? told.bias[to] : told.weight[to * ins + from];
    this.number = number;
    if (document.activeElement !== this.value) this.value.value = shown(number, 4);
    if (document.activeElement !== this.slide) this.slide.value = number;
    const held = inside.held.some((one) => one.layer === layer && one.to === to && one.from === from);
    this.hold.checked = held;
    for (const one of [this.value, this.slide, this.hold]) one.disabled = !inside.edits;
    this.element.dataset.value = number;
    this.element.dataset.held = held;
    this.drawList(inside);
  }

  fill(inside, outs, ins) {
    const { layer, to, from } = this.panel.weight;
    const key = `${inside.layers.length} ${outs} ${ins} ${layer}`;
    if (key !== this.key) {
      this.key = key;
      const options = (count) => [...Array(count).keys()].map((i) => h("option", { value: String(i) }, String(i + 1)));
      replace(this.layer, options(inside.layers.length));
      replace(this.to, options(outs));
      const bias = h("option", { value: "-1" });
      inLanguage(bias, (l) => (bias.textContent = { zh: "偏置", en: "bias" }[l]));
      replace(this.from, options(ins), bias);
      if (layer === 0) ["x", "y"].forEach((name, i) => (this.from.options[i].textContent = name));
    }
    this.layer.value = String(layer);
    this.to.value = String(to);
    this.from.value = String(from);
  }

  drawList(inside) {
    const key = JSON.stringify(inside.held);
    if (key === this.listKey) return;
    this.listKey = key;
    const name = ({ layer, to, from }) => `${layer + 1}: ${from < 0 ? "b" : layer ? from + 1 : "xy"[from]}→${to + 1}`;
    replace(
      this.list,
      inside.held.map((one) =>
        h("button", { type: "button", class: "quiet", "aria-pressed": "true", onclick: () => this.take(one.layer, one.to, one.from) }, `${name(one)} = ${shown(one.value, 3)}`),
      ),
      inside.held.length ? h("button", { type: "button", onclick: () => this.panel.context.act({ do: "release" }) }, { zh: "全部放开", en: "Release all" }) : null,
    );
  }

  send() {
    // What is shown is rounded; a weight held as it is keeps all its digits.
    const value = this.value.value === shown(this.number, 4) ? this.number : Number(this.value.value);
    if (this.value.value === "" || !Number.isFinite(value)) return;
    this.wanted = { do: "weight", ...this.panel.weight, value, held: this.hold.checked };
    if (this.sending) return;
    this.sending = this.flush().finally(() => (this.sending = null));
  }

  async flush() {
    while (this.wanted) {
      const message = this.wanted;
      this.wanted = null;
      await this.panel.context.act(message);
    }
  }

  open() {
    const { layer, to, from } = this.panel.weight;
    const { code } = this.panel.frame.inside.layers[layer];
    const tensor = from < 0 ? `${code.tensor.replace(/weight$/, "bias").replace(/^(.*\.)W(\d+)$/, "$1b$2")}[${to}]` : `${code.tensor}[${to}, ${from}]`;
    this.panel.context.code({ ...code, tensor }, this.code);
  }
}

// The plane on its way through the layers; the slider stands on one or between two.
class Grid {
  constructor(panel) {
    this.panel = panel;
    this.canvas = h("canvas", { width: PIXELS, height: PIXELS, role: "img" });
    this.slide = h("input", { type: "range", min: 0, max: 1, step: 0.05, value: "0", "aria-label": { zh: "走到哪一层", en: "how far through the layers" } });
    this.slide.addEventListener("input", () => {
      panel.stage = Number(this.slide.value);
      this.touched = true;
      this.draw();
    });
    this.words = h("output", { class: "note", "aria-live": "off" });
    this.code = h("button", { type: "button", class: "link", onclick: () => panel.context.code(panel.frame.inside.grid.code, this.code) }, { zh: "代码", en: "code" });
    this.element = h("div", { class: "plane-grid" }, this.canvas, h("div", {}, this.slide, h("div", { class: "hands" }, this.words, this.code), h("p", { class: "note" }, {
      zh: "把滑块从左拖到右，看平面依次经过每一层。宽于二维的层，画点散布最大的两个方向。",
      en: "Drag from left to right: the plane goes through one layer after another. A layer wider than two is shown in the two directions its points spread most.",
    })));
    inLanguage(this.canvas, () => this.describe());
  }

  draw() {
    const { frame, colours } = this.panel;
    if (!frame || !colours) return;
    const { stages } = frame.inside.grid;
    const last = stages.length - 1;
    if (Number(this.slide.max) !== last) {
      this.slide.max = last;
      if (!this.touched || this.panel.stage > last) this.panel.stage = last;
      this.slide.value = String(this.panel.stage);
    }
    const from = Math.min(Math.floor(this.panel.stage), last);
    const to = Math.min(from + 1, last);
    const share = this.panel.stage - from;
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, PIXELS, PIXELS);
    const place = (name, i) => {
      const [a, b] = [stages[from][name], stages[to][name]];
      const at = (k) => (1 - share) * a[2 * i + k] + share * b[2 * i + k];
      return [((at(0) + 1.15) / 2.3) * PIXELS, ((1.15 - at(1)) / 2.3) * PIXELS];
    };
    const [count, beads] = stages[from].lines.shape;
    pen.strokeStyle = colours.text.soft;
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1;
    for (let line = 0; line < count; line++) {
      pen.beginPath();
      for (let bead = 0; bead < beads; bead++) {
        const [x, y] = place("lines", line * beads + bead);
        if (bead) pen.lineTo(x, y);
        else pen.moveTo(x, y);
      }
      pen.stroke();
    }
    pen.globalAlpha = 1;
    const lane = frame.lanes[frame.inside.variant];
    pen.strokeStyle = colours.text.paper;
    pen.lineWidth = 1.2;
    lane.labels.forEach((label, i) => {
      const [x, y] = place("points", i);
      pen.fillStyle = colours.text.classes[lane.colours[label]];
      shape(pen, lane.colours[label], x, y, 4.5);
      pen.fill();
      pen.stroke();
    });
    this.near = stages[Math.round(this.panel.stage)];
    const part = this.near.share < 0.9995 ? shown(this.near.share * 100, 3) : "";
    replace(this.words, { zh: `${this.near.name.zh}${part ? `（${part}% 的方差）` : ""}`, en: `${this.near.name.en}${part ? ` (${part} % of the variance)` : ""}` });
    this.describe();
  }

  describe() {
    if (!this.near) return;
    const words = { zh: `平面的网格与训练点，在“${this.near.name.zh}”处`, en: `The plane's grid and the training points at: ${this.near.name.en}` };
    this.canvas.setAttribute("aria-label", words[languages.current]);
  }
}

// ── drawing ────────────────────────────────────────────────────────────────────────────────────

function coloursOf(element) {
  const style = getComputedStyle(element);
  const text = (name) => style.getPropertyValue(name).trim() || "#000000";
  const rgb = (name) => [1, 3, 5].map((at) => parseInt(text(name).slice(at, at + 2), 16));
  const kinds = [...Array(MOST_CLASSES).keys()].map((k) => `--class-${k}`);
  return {
    paper: rgb("--paper"),
    above: rgb("--class-1"),
    below: rgb("--class-0"),
    classes: kinds.map(rgb),
    text: { paper: text("--paper"), ink: text("--ink"), soft: text("--soft"), above: text("--class-1"), below: text("--class-0"), classes: kinds.map(text) },
  };
}

// Signed numbers as two colours: (value - zero) / reach from -1 to 1.
function paintSigned(canvas, values, rows, columns, colours, zero, reach) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(columns, rows);
  for (let i = 0; i < rows * columns; i++) {
    const share = Math.max(-1, Math.min(1, (values[i] - zero) / reach));
    const end = share < 0 ? colours.below : colours.above;
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = colours.paper[k] + Math.abs(share) * (end[k] - colours.paper[k]);
    image.data[4 * i + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
}

const SHAPES = [null, [[-1, -1], [1, -1], [1, 1], [-1, 1]], [[0, -1.2], [1.15, 0.9], [-1.15, 0.9]], [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]], [[0, 1.2], [1.15, -0.9], [-1.15, -0.9]], [[-0.45, -1.2], [0.45, -1.2], [0.45, -0.45], [1.2, -0.45], [1.2, 0.45], [0.45, 0.45], [0.45, 1.2], [-0.45, 1.2], [-0.45, 0.45], [-1.2, 0.45], [-1.2, -0.45], [-0.45, -0.45]], [[0, -0.5], [0.8, -1.2], [1.2, -0.8], [0.5, 0], [1.2, 0.8], [0.8, 1.2], [0, 0.5], [-0.8, 1.2], [-1.2, 0.8], [-0.5, 0], [-1.2, -0.8], [-0.8, -1.2]], [[0, -1.4], [0.4, -0.4], [1.4, -0.3], [0.6, 0.35], [0.85, 1.3], [0, 0.75], [-0.85, 1.3], [-0.6, 0.35], [-1.4, -0.3], [-0.4, -0.4]]];

// The mark of a class, so that colour is never the only sign.
function shape(pen, kind, x, y, size) {
  pen.beginPath();
  const corners = SHAPES[kind % SHAPES.length];
  if (!corners) pen.arc(x, y, size, 0, 2 * Math.PI);
  else {
    corners.forEach(([dx, dy], i) => (i ? pen.lineTo(x + size * dx, y + size * dy) : pen.moveTo(x + size * dx, y + size * dy)));
    pen.closePath();
  }
}

function mark(kind) {
  const corners = SHAPES[kind];
  const style = `fill: var(--class-${kind})`;
  const inner = corners ? h("polygon", { points: corners.map(([x, y]) => `${6 + 4 * x},${6 + 4 * y}`).join(" "), style }) : h("circle", { cx: 6, cy: 6, r: 4.5, style });
  return h("svg", { class: "plane-mark", viewBox: "0 0 12 12", width: 13, height: 13, "aria-hidden": "true" }, inner);
}

function without(points, x, y) {
  const far = ([a, b]) => Math.hypot(a - x, b - y);
  const nearest = points.reduce((best, p) => (!best || far(p) < far(best) ? p : best), null);
  return points.filter((p) => p !== nearest);
}

function distance(px, py, ax, ay, bx, by) {
  const along = Math.max(0, Math.min(1, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
  return Math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay));
}

// Arrow keys walk among the buttons of a group; one of them is a tab stop.
function walk(event, buttons) {
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const at = buttons.findIndex((b) => b.button === document.activeElement);
  const next = buttons[(at + steps[event.key] + buttons.length) % buttons.length].button;
  for (const { button } of buttons) button.setAttribute("tabindex", button === next ? "0" : "-1");
  next.focus();
}
