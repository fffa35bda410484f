// Pruning by hand: a slider of sparsity, and at once accuracy, size, what goes and what stays.

import { h, replace } from "../../views/browser/dom.js";
import { Maps } from "../../views/browser/maps.js";
import { shown } from "../../views/browser/numbers.js";

const WIDTH = 460;
const HEIGHT = 230;
const EDGE = { left: 42, right: 12, top: 10, bottom: 34 };
const BARS = { width: 300, height: 74 };
const TICKS = [0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999];
const LAST = 0.999;
const SCOPES = {
  global: { zh: "全网一起比大小", en: "smallest of the whole net" },
  layer: { zh: "每层各剪同样多", en: "the same share of each layer" },
};
const percent = (share, digits = 1) => `${(share * 100).toFixed(digits)} %`;
const bytes = (count) => `${count.toLocaleString("en")} B`;
// Towards 100 % every step is as wide as the one before: half of what is left.
const across = (sparsity) => EDGE.left + (Math.log(1 - Math.min(sparsity, LAST)) / Math.log(1 - LAST)) * (WIDTH - EDGE.left - EDGE.right);

export default {
  title: { zh: "剪到多稀，还认得出？", en: "How sparse can it get?" },
  create(context) {
    return new Sparsity(context);
  },
};

class Sparsity {
  constructor(context) {
    this.context = context;
    this.layers = new Map(); // by name
    const label = { zh: "稀疏度：剪掉多少", en: "Sparsity: the share that is cut" };
    this.slide = h("input", { type: "range", min: 0, max: 0, step: 1, value: "0", "data-sparsity": "1", "aria-label": label });
    this.slide.addEventListener("input", () => this.go(this.frame.levels[Number(this.slide.value)]));
    this.number = h("input", { type: "number", min: 0, max: 100, step: 0.1, "aria-label": { zh: "稀疏度，百分数", en: "sparsity in percent" } });
    this.number.addEventListener("change", () => {
      const value = Number(this.number.value) / 100;
      if (this.number.value !== "" && value >= 0 && value <= 1) this.go(value);
    });
    const group = `scope-${Math.random().toString(36).slice(2)}`;
    this.scopes = Object.entries(SCOPES).map(([scope, words]) => {
      const input = h("input", { type: "radio", name: group, value: scope, onchange: () => this.tell("scope", { scope }) });
      return { scope, input, label: h("label", {}, input, " ", words) };
    });
    this.which = h("select", { hidden: true, "aria-label": { zh: "剪哪一个网络", en: "which network" } });
    this.which.addEventListener("change", () => this.tell("variant", { variant: Number(this.which.value) }));
    this.cut = h("button", { type: "button", onclick: () => this.tell("cut") }, { zh: "真的剪掉，接着训练", en: "Cut it for real, and train on" });
    this.figures = h("div", { class: "sparse-figures" });
    this.chart = h("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": { zh: "准确率随稀疏度的曲线", en: "Accuracy over sparsity" } });
    this.chart.addEventListener("click", (event) => this.point(event));
    this.note = h("p", { class: "note" });
    this.rows = h("div", { class: "sparse-layers" });
    this.element = h(
      "div",
      { class: "sparse" },
      h("div", { class: "sparse-slide" }, h("label", {}, h("span", {}, label), this.slide), this.number, h("span", { "aria-hidden": "true" }, "%")),
      h("div", { class: "hands", role: "radiogroup", "aria-label": { zh: "怎么选", en: "How they are chosen" } }, this.scopes.map((one) => one.label), this.which, this.cut),
      h("div", { class: "sparse-top" }, this.figures, h("figure", {}, this.chart, h("figcaption", {}, this.note))),
      this.rows,
    );
    new ResizeObserver(() => this.drawLayers()).observe(this.rows);
    new MutationObserver(() => this.drawLayers()).observe(document.body, { attributes: true, attributeFilter: ["data-theme"] });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.drawLayers());
  }

  go(value) {
    this.tell("sparsity", { value });
  }

  // One message on its way, and the latest that waits.
  tell(what, told = {}) {
    this.next = { do: what, ...told };
    this.sending ??= this.sendAll().finally(() => {
      this.sending = null;
      this.goOn();
    });
  }

  async sendAll() {
    while (this.next) {
      const message = this.next;
      this.next = null;
      await this.context.act(message);
    }
  }

  // While nothing else asks for frames, ask for the rest of the curve.
  goOn() {
    if (this.asking || !this.frame || this.frame.filled) return;
    this.asking = setTimeout(() => {
      this.asking = null;
      if (!this.element.isConnected || document.hidden) return this.goOn();
      if (!this.context.bench.playing && !this.sending && !this.frame.filled) this.tell("more");
      return null;
    }, document.hidden ? 1000 : 30);
  }

  point(event) {
    const box = this.chart.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const nearest = this.frame.levels.reduce((a, b) => (Math.abs(across(b) - x) < Math.abs(across(a) - x) ? b : a));
    this.go(nearest);
  }

  update(frame) {
    if (!frame.ready) return;
    this.frame = frame;
    this.drawHands();
    this.drawFigures();
    this.drawChart();
    this.drawLayers();
    this.goOn();
  }

  drawHands() {
    const { levels, sparsity, scope, variant, curves, may_cut } = this.frame;
    this.slide.max = levels.length - 1;
    const nearest = levels.reduce((best, level, i) => (Math.abs(level - sparsity) < Math.abs(levels[best] - sparsity) ? i : best), 0);
    if (!this.sending || document.activeElement !== this.slide) this.slide.value = String(nearest);
    this.slide.setAttribute("aria-valuetext", percent(sparsity));
    if (document.activeElement !== this.number) this.number.value = String(Number((sparsity * 100).toFixed(2)));
    for (const one of this.scopes) one.input.checked = one.scope === scope;
    this.cut.disabled = !may_cut[variant];
    const names = Object.values(this.context.names()).join("\n");
    if (this.which.dataset.names === names) return;
    this.which.dataset.names = names;
    this.which.hidden = curves.length < 2;
    replace(this.which, Object.entries(this.context.names()).map(([v, words]) => h("option", { value: v }, words)));
    this.which.value = String(variant);
  }

  drawFigures() {
    const { accuracy, dense_accuracy, bytes: size, smaller, left, weights, zeros, code } = this.frame;
    if (!this.figureParts) {
      const part = (words, what, name) => {
        const value = h("b", { "data-figure": name });
        const note = h("span", { class: "soft" });
        const button = h("button", { type: "button", class: "link", onclick: () => this.context.code(this.frame.code[what], button) }, words);
        return { value, note, element: h("div", { class: "figure-of" }, button, value, note) };
      };
      this.figureParts = [part({ zh: "准确率", en: "Accuracy" }, "accuracy", "accuracy"), part({ zh: "大小", en: "Size" }, "size", "size"), part({ zh: "剩下的权重", en: "Weights left" }, "size", "left")];
      this.sizeBar = h("div", { class: "size-bar", "aria-hidden": "true" }, h("i"));
      replace(this.figures, this.figureParts.map((one) => one.element), this.sizeBar);
    }
    if (!code) return;
    const [first, second, third] = this.figureParts;
    first.value.textContent = percent(accuracy);
    first.value.dataset.value = accuracy;
    replace(first.note, { zh: `不剪是 ${percent(dense_accuracy)}`, en: `uncut ${percent(dense_accuracy)}` });
    second.value.textContent = bytes(size.sparse);
    second.value.dataset.value = size.sparse;
    replace(second.note, { zh: `稠密存放 ${bytes(size.dense)}，小 ${shown(smaller, 3)} 倍`, en: `dense ${bytes(size.dense)}: ${shown(smaller, 3)} times smaller` });
    third.value.textContent = left.toLocaleString("en");
    third.value.dataset.value = left;
    replace(third.note, { zh: `共 ${weights.toLocaleString("en")}，${percent(zeros)} 是零`, en: `of ${weights.toLocaleString("en")}; ${percent(zeros)} are zero` });
    this.sizeBar.firstChild.style.width = `${(size.sparse / size.dense) * 100}%`;
  }

  drawChart() {
    const { curves, sparsity, images, levels, scope } = this.frame;
    const down = (accuracy) => EDGE.top + (1 - accuracy) * (HEIGHT - EDGE.top - EDGE.bottom);
    const marks = [];
    for (const accuracy of [0, 0.25, 0.5, 0.75, 1]) {
      marks.push(h("line", { class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: down(accuracy), y2: down(accuracy) }));
      marks.push(h("text", { x: EDGE.left - 5, y: down(accuracy) + 4, "text-anchor": "end" }, `${accuracy * 100}`));
    }
    for (const tick of TICKS) {
      marks.push(h("line", { class: "grid", x1: across(tick), x2: across(tick), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
      marks.push(h("text", { x: across(tick), y: HEIGHT - EDGE.bottom + 14, "text-anchor": "middle" }, `${Number((tick * 100).toFixed(1))}`));
    }
    const words = (lang, text) => h("text", { lang, x: (WIDTH + EDGE.left) / 2, y: HEIGHT - 5, "text-anchor": "middle" }, text);
    marks.push(h("g", { class: "both" }, words("zh-Hans", "稀疏度（%）"), words("en", "sparsity (%)")));
    curves.forEach((curve, v) => {
      const at = (point) => `${across(point.sparsity).toFixed(1)},${down(point.accuracy).toFixed(1)}`;
      marks.push(h("polyline", { class: `curve v${v}`, points: curve.map(at).join(" ") }));
      for (const point of curve) {
        const [cx, cy] = at(point).split(",");
        marks.push(h("circle", { class: `${point.new ? "dot" : "old"} v${v}`, cx, cy, r: 2.6, "data-sparsity": point.sparsity, "data-accuracy": point.accuracy }));
      }
    });
    marks.push(h("line", { class: "now", x1: across(sparsity), x2: across(sparsity), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
    marks.push(h("circle", { class: "hand", cx: across(sparsity), cy: down(this.frame.accuracy), r: 5 }));
    replace(this.chart, marks);
    const fresh = Math.min(...curves.map((curve) => curve.filter((point) => point.new).length));
    const key = [images, fresh, scope].join();
    if (key === this.noteKey) return;
    this.noteKey = key;
    replace(this.note, {
      zh: `纵轴：${images} 张测试图上的准确率（%）。${levels.length} 个点里 ${fresh} 个是现在这个网络的；空心的点是它先前的样子。点图可选。`,
      en: `Upwards: accuracy in % on ${images} test images. ${fresh} of ${levels.length} points are of the network as it is; hollow ones of an earlier state. Click to choose.`,
    });
  }

  drawLayers() {
    const width = this.rows.clientWidth;
    if (!this.frame || !width) return;
    const { layers } = this.frame;
    const key = layers.map((layer) => layer.name + layer.shape).join();
    if (key !== this.layersKey) {
      this.layersKey = key;
      this.layers = layers.map((layer) => new Layer(layer, this.context));
      replace(this.rows, this.layers.map((one) => one.element));
    }
    layers.forEach((layer, i) => this.layers[i].update(layer, width));
  }
}

// What the picture of a layer shows of it.
function caption({ shape, maps, inputs }) {
  const [shown, rows] = maps.shape;
  const [count, of, zh, en] = inputs ? [shown, shape[0], "个神经元的输入权重", "neurons' weights"] : shape.length === 4 ? [shown, shape[0] * shape[1], "个卷积核", "kernels"] : [rows, shape[0], "行", "rows"];
  return count === of ? { zh: `全部 ${of} ${zh}`, en: `all ${of} ${en}` } : { zh: `${of} ${zh}里的前 ${count}`, en: `the first ${count} of ${of} ${en}` };
}

class Layer {
  constructor(layer, context) {
    this.button = h("button", { type: "button", class: "link", onclick: () => context.code(this.code, this.button) }, h("code", {}, layer.name));
    this.count = h("span", { class: "soft" });
    this.bars = h("svg", { class: "weight-bars", viewBox: `0 0 ${BARS.width} ${BARS.height}`, role: "img", "aria-label": { zh: `${layer.name} 的权重分布，阈值两侧`, en: `${layer.name}: its weights on both sides of the threshold` } });
    this.threshold = h("p", { class: "note" });
    const side = layer.maps.shape[2];
    const size = side > 60 ? Math.max(1, 3 - Math.floor(side / 300)) : side >= 20 ? 2 : 4;
    this.maps = new Maps({ label: { zh: `${layer.name}：留下的权重，灰底是剪掉的`, en: `${layer.name}: the weights that stay; plain where cut` }, size });
    this.inputs = layer.inputs ? new Maps({ label: { zh: "每个像素还连着多少神经元", en: "how many neurons each pixel still reaches" }, size: 5, ink: true }) : null;
    this.element = h(
      "section",
      { class: "sparse-layer", "data-layer": layer.name },
      h("p", {}, this.button, " ", this.count),
      h(
        "div",
        { class: "sparse-parts" },
        h("div", {}, this.bars, this.threshold),
        this.inputs ? h("figure", {}, this.inputs.element, h("figcaption", { class: "note" }, { zh: "每个像素还剩的连线", en: "connections left, by pixel" })) : null,
      ),
      h("figure", {}, this.maps.element, h("figcaption", { class: "note" }, caption(layer))),
    );
  }

  update(layer, width) {
    this.code = layer.code;
    replace(this.count, { zh: `${layer.shape.join(" × ")}，剩 ${layer.left.toLocaleString("en")} / ${layer.weights.toLocaleString("en")}`, en: `${layer.shape.join(" × ")}; ${layer.left.toLocaleString("en")} of ${layer.weights.toLocaleString("en")} left` });
    this.drawBars(layer);
    replace(this.threshold, { zh: `阈值 |w| = ${shown(layer.threshold, 3)}；横轴 ±${shown(layer.reach, 3)}；条高取根号`, en: `threshold |w| = ${shown(layer.threshold, 3)}; axis ±${shown(layer.reach, 3)}; heights by square root` });
    // code 0 stands for what is cut, 1 to 255 for -reach to reach
    const shares = Float32Array.from(layer.maps, (code) => (code === 0 ? 0 : (code - 128) / 127));
    this.maps.update(shares, layer.maps.shape, 1, width);
    if (this.inputs) this.inputs.update(layer.inputs, layer.inputs.shape, Math.max(...layer.inputs, 1e-9), width);
  }

  drawBars({ kept, cut, threshold, reach }) {
    const { width, height } = BARS;
    const top = Math.max(...kept.map((n, i) => n + cut[i]), 1);
    const wide = width / kept.length;
    const high = (count) => Math.sqrt(count / top) * (height - 4);
    const bars = [];
    kept.forEach((count, i) => {
      const whole = high(count + cut[i]);
      const gone = cut[i] ? (whole * cut[i]) / (count + cut[i]) : 0;
      if (gone) bars.push(h("rect", { class: "gone", x: i * wide, y: height - gone, width: wide - 0.6, height: gone }));
      if (count) bars.push(h("rect", { class: "stays", x: i * wide, y: height - whole, width: wide - 0.6, height: whole - gone }));
    });
    for (const sign of threshold ? [-1, 1] : []) {
      const x = ((sign * threshold) / reach + 1) * (width / 2);
      bars.push(h("line", { class: "threshold", x1: x, x2: x, y1: 0, y2: height }));
    }
    bars.push(h("line", { class: "grid", x1: 0, x2: width, y1: height, y2: height }));
    replace(this.bars, bars);
  }
}
