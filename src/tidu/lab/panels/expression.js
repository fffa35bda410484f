// The graph of an expression: its boxes one at a time, forward and backward, and what a box knows.

import { calm, h, replace } from "../../views/browser/dom.js";
import { Hand, Mistake } from "../../views/browser/hand.js";
import { inLanguage } from "../../views/browser/language.js";
import { shown } from "../../views/browser/numbers.js";

export default {
  title: { zh: "表达式：一格一格地求导", en: "An expression, differentiated box by box" },
  create(context) {
    const panel = new Graph(context);
    return { element: panel.element, update: (frame) => panel.update(frame) };
  },
};

class Graph {
  constructor(context) {
    this.context = context;
    this.hand = new Hand(context.act);
    this.values = new Map();
    this.frame = null;
    this.at = 0;
    this.picked = null;
    this.build();
  }

  build() {
    const button = (words, onclick) => h("button", { type: "button", onclick }, words);
    this.formula = h("input", { type: "text", class: "formula", spellcheck: "false", autocomplete: "off", "aria-label": { zh: "表达式", en: "expression" } });
    this.formula.addEventListener("change", () => this.hand.send("text", { text: this.formula.value }));
    this.formula.addEventListener("keydown", (event) => event.key === "Enter" && this.hand.send("text", { text: this.formula.value }));
    this.mistake = new Mistake();
    this.valueBox = h("div", { class: "knobs" });
    this.picture = h("div", { class: "graph-live" });
    this.scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": { zh: "计算图", en: "The graph" } }, this.picture);
    this.says = h("p", { class: "graph-words", "aria-live": "polite" });
    this.scrub = h("input", { type: "range", min: 0, max: 1, step: 1, value: "0", "aria-label": { zh: "走到图的第几格", en: "boxes done" } });
    this.scrub.addEventListener("input", () => this.stand(Number(this.scrub.value)));
    this.counter = h("output", { class: "counter", "aria-live": "off" });
    this.details = h("div", { class: "graph-details" });
    this.rows = h("tbody");
    this.width = h("input", { type: "range", min: -14, max: 0, step: 0.25, value: "-5", "aria-label": { zh: "差分的步长，对数", en: "step of the difference, logarithmic" } });
    this.width.addEventListener("input", () => this.hand.send("width", { width: 10 ** Number(this.width.value) }));
    this.widthSaid = h("output", { class: "number", "aria-live": "off" });
    this.kind = h("select", { "aria-label": { zh: "哪种差分", en: "kind of difference" } });
    for (const [value, words] of [["central", { zh: "中心差分", en: "central" }], ["forward", { zh: "前向差分", en: "forward" }]]) {
      const option = h("option", { value });
      inLanguage(option, (l) => (option.textContent = words[l]));
      this.kind.append(option);
    }
    this.kind.addEventListener("change", () => this.hand.send("difference", { difference: this.kind.value }));
    const heads = [{ zh: "变量", en: "name" }, { zh: "反向传播", en: "backpropagation" }, { zh: "有限差分", en: "differences" }, { zh: "相对误差", en: "relative error" }];
    this.element = h(
      "div",
      { class: "graph-panel" },
      h("div", { class: "hands" }, this.formula),
      this.mistake.element,
      this.valueBox,
      this.scroll,
      this.says,
      h("div", { class: "hands" }, button({ zh: "退一格", en: "One box back" }, () => this.stand(this.at - 1)), button({ zh: "进一格", en: "One box on" }, () => this.stand(this.at + 1)), this.scrub, this.counter),
      this.details,
      h("h4", {}, { zh: "与有限差分对照", en: "Held against finite differences" }),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": { zh: "梯度与差分对照表", en: "Gradient and differences" } }, h("table", { class: "graph-check" }, h("thead", {}, h("tr", {}, heads.map((words) => h("th", { scope: "col" }, words)))), this.rows)),
      h("div", { class: "hands" }, this.kind, h("span", { class: "note" }, { zh: "步长 h = ", en: "step h = " }, this.widthSaid), this.width, button({ zh: "最好的步长", en: "best step" }, () => this.hand.send("width", { width: null }))),
    );
    inLanguage(this.scrub, () => this.frame && this.draw());
  }

  update(frame) {
    if (this.frame && frame.version === this.frame.version) return;
    const before = this.frame;
    this.frame = frame;
    if (!before || before.text !== frame.text) {
      this.at = frame.forward;
      this.picked = null;
    }
    this.at = Math.min(this.at, frame.moves.length);
    if (document.activeElement !== this.formula || !frame.problem) this.formula.value = frame.text;
    this.mistake.update(frame.problem);
    this.takeValues();
    this.takePicture();
    this.takeCheck();
    this.draw();
  }

  takeValues() {
    const names = this.frame.check.map((row) => row.name);
    if (names.join() !== [...this.values.keys()].join()) {
      this.values = new Map(names.map((name) => [name, new Named(name, (value) => this.hand.send(`value ${name}`, { values: { [name]: value } }))]));
      replace(this.valueBox, [...this.values.values()].map((one) => one.element));
    }
    for (const row of this.frame.check) this.values.get(row.name).update(row.value);
  }

  takePicture() {
    const parsed = new DOMParser().parseFromString(this.frame.svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '), "image/svg+xml");
    const svg = document.importNode(parsed.documentElement, true);
    svg.setAttribute("role", "group");
    svg.removeAttribute("fill");
    svg.removeAttribute("aria-label"); // its region has one, in both languages
    const focused = document.activeElement?.dataset?.node;
    replace(this.picture, svg);
    this.boxes = this.frame.nodes.map((node, i) => {
      const box = svg.querySelector(`[data-node="${i}"]`);
      box.setAttribute("class", `box ${node.kind}`);
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      box.addEventListener("click", () => this.pick(i, box));
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        this.pick(i, box);
      });
      return box;
    });
    if (focused !== undefined && this.boxes[focused]) this.boxes[focused].focus({ preventScroll: true });
    this.scrub.max = String(this.frame.moves.length);
  }

  takeCheck() {
    const { check, width, difference } = this.frame;
    replace(this.rows, check.map((row) => h("tr", { "data-check": row.name }, h("th", { scope: "row" }, h("code", {}, row.name)), [row.gradient, row.difference].map((v) => h("td", { class: "number" }, shown(v, 8))), h("td", { class: "number" }, shown(row.error, 3)))));
    replace(this.widthSaid, width === null ? { zh: "自动", en: "automatic" } : shown(width, 3));
    if (width !== null && document.activeElement !== this.width) this.width.value = String(Math.log10(width));
    this.kind.value = difference;
  }

  pick(i, box) {
    this.picked = i;
    this.draw();
    this.context.code(this.frame.nodes[i].code, box);
  }

  stand(step) {
    this.at = Math.max(0, Math.min(this.frame.moves.length, step));
    this.draw();
    const move = this.frame.moves[this.at - 1];
    if (move) this.show(this.boxes[move.node]);
  }

  // Scrolls the box into sight inside its region, and nothing else.
  show(box) {
    const [inner, outer] = [box.getBoundingClientRect(), this.scroll.getBoundingClientRect()];
    const how = calm() ? "auto" : "smooth";
    if (inner.left < outer.left || inner.right > outer.right) this.scroll.scrollBy({ left: inner.left - outer.left - outer.width / 3, behavior: how });
    if (inner.top < outer.top || inner.bottom > outer.bottom) this.scroll.scrollBy({ top: inner.top - outer.top - outer.height / 3, behavior: how });
  }

  // The state after `at` moves: numbers of the boxes done, gradients so far, what arrows carry.
  draw() {
    const { moves, nodes } = this.frame;
    const svg = this.picture.firstChild;
    for (const text of svg.querySelectorAll("[data-part], [data-gradient]")) text.textContent = "";
    for (const lit of svg.querySelectorAll(".lit")) lit.classList.remove("lit");
    const done = new Set(nodes.flatMap((node, i) => (node.kind === "result" ? [] : [i])));
    moves.slice(0, this.at).forEach((move, k) => {
      if (move.forward) done.add(move.node);
      const now = k + 1 === this.at;
      for (const [node, words] of move.got) this.boxes[node].querySelector("[data-gradient]").textContent = `∂ ${words}`;
      for (const [key, words] of move.parts) {
        const text = svg.querySelector(`[data-part="${key}"]`);
        if (text) text.textContent = words;
        if (!now) continue;
        svg.querySelector(`[data-arrow="${key}"]`).classList.add("lit");
        if (text) text.classList.add("lit");
      }
      if (!now) return;
      this.boxes[move.node].classList.add("lit");
      if (move.forward) for (const arrow of svg.querySelectorAll(`[data-arrow^="${move.node}-"]`)) arrow.classList.add("lit");
    });
    this.boxes.forEach((box, i) => {
      box.querySelector("[data-number]").textContent = done.has(i) ? nodes[i].value : "?";
      box.classList.toggle("picked", i === this.picked);
      const gradient = box.querySelector("[data-gradient]").textContent;
      box.setAttribute("aria-label", `${nodes[i].words} = ${done.has(i) ? nodes[i].value : "?"} ${gradient}`);
    });
    this.scrub.value = String(this.at);
    replace(this.counter, `${this.at} / ${moves.length}`);
    const move = moves[this.at - 1];
    const way = move && move.forward ? { zh: "前向：", en: "Forward: " } : { zh: "反向：", en: "Backward: " };
    const start = { zh: "变量和常数有了数值，还什么都没算。", en: "Variables and constants have their numbers; nothing is computed yet." };
    replace(this.says, move ? [h("strong", {}, way), move.says] : start);
    this.drawDetails();
  }

  drawDetails() {
    const node = this.picked === null ? null : this.frame.nodes[this.picked];
    if (!node) return replace(this.details, h("p", { class: "note" }, { zh: "点一个框：它的张量、公式和算出它的那行代码。", en: "Click a box: its tensor, its formula, and the line that computed it." }));
    const link = (words, code) => {
      const made = h("button", { type: "button", class: "link", onclick: () => this.context.code(code, made) }, words);
      return made;
    };
    const last = this.frame.nodes[this.frame.nodes.length - 1].words;
    const line = (name, ...said) => h("div", {}, h("dt", {}, name), h("dd", {}, ...said));
    return replace(
      this.details,
      h(
        "dl",
        {},
        line({ zh: "张量", en: "tensor" }, h("code", {}, node.words), " = ", node.value, " ", link({ zh: "算出它的代码", en: "the code that computed it" }, node.code)),
        node.gradient === null ? null : line({ zh: "梯度", en: "gradient" }, h("code", {}, `∂(${last})/∂(${node.words})`), " = ", node.gradient, " ", link({ zh: "传回来的代码", en: "the code that brought it" }, node.back)),
        node.slopes.length ? line({ zh: "局部导数", en: "local derivatives" }, node.slopes.map((one) => h("div", {}, h("code", {}, `∂(${node.words})/∂(${one.by})`), ` = ${one.slope}`))) : null,
        node.rule ? line({ zh: "规则", en: "rule" }, node.rule) : null,
      ),
    );
  }
}

class Named {
  constructor(name, tell) {
    const id = `value-${Math.random().toString(36).slice(2)}`;
    this.number = h("input", { id, type: "number", step: "any", "data-value-of": name });
    this.slide = h("input", { type: "range", min: -5, max: 5, step: 0.05, "aria-label": { zh: `${name} 的数值`, en: `value of ${name}` } });
    this.number.addEventListener("change", () => this.number.value !== "" && tell(Number(this.number.value)));
    this.slide.addEventListener("input", () => {
      this.number.value = this.slide.value;
      tell(Number(this.slide.value));
    });
    this.element = h("div", { class: "knob" }, h("label", { for: id }, h("code", {}, name)), this.slide, this.number);
  }

  update(value) {
    if (document.activeElement !== this.number) this.number.value = String(value);
    if (document.activeElement !== this.slide) this.slide.value = String(value);
  }
}
