// Recurrent nets: gates and cells over a sequence, unit by unit and on average; gradient against lag.

import { Chart } from "../../views/browser/chart.js";
import { h, replace } from "../../views/browser/dom.js";
import { HeatMap } from "../../views/browser/heat.js";
import { shown } from "../../views/browser/numbers.js";

const NAMES = {
  input: { zh: "输入门 i", en: "input gate i" },
  forget: { zh: "遗忘门 f", en: "forget gate f" },
  output: { zh: "输出门 o", en: "output gate o" },
  candidate: { zh: "候选值 g", en: "candidate g" },
  cell: { zh: "记忆单元 c", en: "cell c" },
  hidden: { zh: "输出 h", en: "output h" },
};
const GATES = ["input", "forget", "output"];
const STATES = ["cell", "hidden"];
const WITH_RESPECT_TO = { input: { zh: "对输入 x_t", en: "by the input x_t" }, hidden: { zh: "对状态 h_t", en: "by the state h_t" }, cell: { zh: "对记忆单元 c_t（LSTM）", en: "by the cell c_t (LSTM)" } };
const HELP = {
  adding: { zh: "每一步写成“数值,标记”，标记为 1 的恰好两个；网络要说出这两个数的和。", en: "Write value,marker for every step, two of them marked with 1; the net says the sum of these two." },
  copy: { zh: "写下要记住的符号（0 到 7）；空白过后网络要照样说一遍。", en: "Write the symbols to remember, 0 to 7; after the blanks the net repeats them." },
  text: { zh: "随便打一段字；最后一个字符要靠前面的来猜。", en: "Type any text; the last token is to be foretold from those before it." },
};
const visible = (token) => token.replaceAll(" ", "␣").replaceAll("\n", "↵");

export default {
  title: { zh: "门与梯度", en: "Gates, and how far the gradient reaches" },
  create(context) {
    return new Gates(context);
  },
};

class Gates {
  constructor(context) {
    this.context = context;
    this.picked = null; // a step; null: the last
    this.maps = new Map();
    this.build();
  }

  build() {
    this.text = h("textarea", { rows: 2, spellcheck: "false", autocomplete: "off", "data-sequence": "1", "aria-label": { zh: "要读的序列", en: "The sequence to read" } });
    this.text.addEventListener("input", () => (this.edited = true));
    this.help = h("p", { class: "note" });
    this.words = h("p", { class: "note", role: "status" });
    this.nets = h("table", { class: "nets" });
    this.lag = h("select", { "aria-label": { zh: "间隔", en: "lag" } });
    this.lag.addEventListener("change", () => this.act({ do: "lag", lag: Number(this.lag.value) }));
    this.lagBox = h("label", {}, { zh: "训练时的间隔 ", en: "trained at lag " }, this.lag);
    this.layer = h("select", { "aria-label": { zh: "层", en: "layer" } });
    this.layer.addEventListener("change", () => this.act({ do: "layer", layer: Number(this.layer.value) }));
    this.layerBox = h("label", {}, { zh: "层 ", en: "layer " }, this.layer);
    this.steps = h("div", { class: "tokens", "aria-hidden": "true" });
    const over = (event) => {
      const step = event.target.closest("[data-step]");
      if (step) this.pick(Number(step.dataset.step));
    };
    this.steps.addEventListener("pointermove", over);
    this.steps.addEventListener("pointerdown", over);
    this.slide = h("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": { zh: "第几步", en: "which step" } });
    this.slide.addEventListener("input", () => this.pick(Number(this.slide.value)));
    this.readout = h("output", { class: "note", "aria-live": "off" });
    this.grid = h("div", { class: "grid-of gate-maps" });
    this.none = h("p", { class: "note", hidden: true }, { zh: "RNN 没有门，只有状态；等轮到 LSTM，或在设置里把 cells 改成 lstm。", en: "An RNN has no gates, only its state; wait for the LSTM's turn, or set cells to lstm." });
    this.gateMeans = this.chart("i f o", GATES);
    this.stateMeans = this.chart("c h", STATES);
    this.wrt = h("select", { "aria-label": { zh: "对什么求导", en: "derivative by what" } }, Object.entries(WITH_RESPECT_TO).map(([value, words]) => h("option", { value }, this.option(words))));
    this.wrt.addEventListener("change", () => this.drawReach());
    this.reach = new Chart("‖d loss / d ·‖", () => Object.fromEntries((this.frame?.nets ?? []).map((net) => [this.lineOf(net), net.name[this.context.language()]])));
    this.reachKey = h("p", { class: "legend" });
    this.element = h(
      "div",
      { class: "gates" },
      this.text,
      this.help,
      h(
        "div",
        { class: "hands" },
        h("button", { type: "button", onclick: () => this.read() }, { zh: "读这一条", en: "Read this" }),
        h("button", { type: "button", onclick: () => this.example() }, { zh: "换回例子", en: "The example again" }),
        this.lagBox,
        this.layerBox,
        this.words,
      ),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": { zh: "各个网络", en: "The nets" } }, this.nets),
      h("div", { class: "token-row" }, this.steps, h("div", { class: "hands" }, this.slide, this.readout)),
      this.none,
      this.grid,
      h("div", { class: "charts" }, this.gateMeans.box, this.stateMeans.box),
      h(
        "div",
        { class: "reach" },
        h("div", { class: "hands" }, h("button", { type: "button", class: "link", onclick: (event) => this.context.code(this.frame.code_of_reach, event.currentTarget) }, h("strong", {}, { zh: "最后一步的损失对往回数第几步的梯度", en: "Gradient of the loss at the last step, against the lag" })), this.wrt),
        this.reachKey,
        this.reach.element,
      ),
    );
  }

  option(words) {
    return words[this.context.language()];
  }

  chart(name, parts) {
    const chart = new Chart(name, () => parts.map((part) => this.option(NAMES[part])));
    const keys = parts.map((part, v) => h("span", { class: `key v${v}`, "data-part": part }, NAMES[part]));
    return { chart, keys, box: h("div", {}, h("p", { class: "legend" }, h("span", { class: "note" }, { zh: "各单元平均", en: "mean over units" }), keys), chart.element) };
  }

  act(message) {
    return this.context.act(message);
  }

  async read() {
    this.edited = false;
    const reply = await this.act({ do: "sequence", task: this.frame.task, text: this.text.value });
    if (reply.kind === "error") this.edited = true;
  }

  example() {
    this.edited = false;
    return this.act({ do: "example" });
  }

  update(frame) {
    this.frame = frame;
    const section = this.element.closest("[data-panel]");
    if (section) section.hidden = !frame.nets.length;
    if (!frame.nets.length) return;
    if (!this.edited && this.text.value !== frame.text) this.text.value = frame.text;
    this.once("task", frame.task, () => replace(this.help, HELP[frame.task]));
    this.once("unknown", frame.unknown.join(""), () => replace(this.words, frame.unknown.length ? { zh: `词表里没有：${frame.unknown.join(" ")}`, en: `Not in the vocabulary: ${frame.unknown.join(" ")}` } : null));
    this.lagBox.hidden = frame.lags.length < 2;
    this.once("lags", frame.lags.join(), () => replace(this.lag, frame.lags.map((lag) => h("option", { value: lag }, lag))));
    this.lag.value = String(frame.lag);
    this.layerBox.hidden = frame.layers < 2;
    this.once("layers", frame.layers, () => replace(this.layer, [...Array(frame.layers).keys()].map((i) => h("option", { value: i }, i + 1))));
    this.layer.value = String(frame.layer);
    this.once("language", this.context.language(), () => [...this.wrt.options].forEach((option) => (option.textContent = this.option(WITH_RESPECT_TO[option.value]))));
    this.drawNets();
    this.drawSteps();
    this.drawMaps();
    this.drawReach();
    this.show();
  }

  once(name, key, draw) {
    this.keys ??= {};
    if (this.keys[name] === key) return;
    this.keys[name] = key;
    draw();
  }

  nameOf(net) {
    const variant = this.context.names()[net.variant];
    return variant ? { zh: `${net.name.zh} · ${variant}`, en: `${net.name.en} · ${variant}` } : net.name;
  }

  // Colour and dashes by cell; the second run's lines are thicker.
  lineOf(net) {
    const own = this.frame.nets.filter((one) => one.variant === net.variant);
    return 4 * net.variant + (own.indexOf(net) % 4);
  }

  drawNets() {
    const { nets, shown: key, task } = this.frame;
    const said = task === "text" ? visible : String;
    replace(
      this.nets,
      h("thead", {}, h("tr", {}, [{ zh: "网络", en: "net" }, { zh: "它说", en: "it says" }, { zh: "应为", en: "right" }, { zh: "最后一步的损失", en: "loss at the last step" }].map((words) => h("th", { scope: "col" }, words)))),
      h(
        "tbody",
        {},
        nets.map((net) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, h("button", { type: "button", "data-net": net.key, "aria-pressed": String(net.key === key), class: "quiet", onclick: () => this.act({ do: "show", key: net.key }) }, h("span", { class: `key v${this.lineOf(net)}` }, this.nameOf(net))), net.present ? h("span", { class: "note" }, " ", { zh: "正在练", en: "training" }) : null),
            h("td", {}, said(net.says)),
            h("td", {}, said(net.right)),
            h("td", { class: "number", "data-loss": net.loss }, shown(net.loss, 3)),
          ),
        ),
      ),
    );
  }

  drawSteps() {
    const { labels, events } = this.frame;
    this.slide.max = labels.length - 1;
    if (this.picked !== null) this.picked = Math.min(this.picked, labels.length - 1);
    this.once("steps", JSON.stringify([labels, events]), () => {
      this.steps.classList.toggle("spaced", this.frame.task !== "text");
      replace(this.steps, labels.map((label, i) => h("span", { "data-step": i, class: events.includes(i) ? "event" : "" }, visible(label))));
    });
  }

  drawMaps() {
    const { parts, labels } = this.frame;
    this.once("maps", parts.map((part) => part.name).join(), () => {
      this.maps = new Map(parts.map((part) => [part.name, new Part(this, part)]));
      replace(this.grid, [...this.maps.values()].map((part) => part.element));
    });
    const byName = Object.fromEntries(parts.map((part) => [part.name, part]));
    for (const part of parts) this.maps.get(part.name).update(part);
    this.none.hidden = Boolean(byName.forget);
    this.gateMeans.box.hidden = !byName.forget;
    for (const [{ chart, keys }, names] of [[this.gateMeans, GATES], [this.stateMeans, STATES]]) {
      keys.forEach((key) => (key.hidden = !byName[key.dataset.part]));
      const series = names.map((name, variant) => ({ variant, points: byName[name] ? [...byName[name].mean].map((value, step) => [step, [value]]) : [] }));
      chart.update(series, labels.length - 1, this.step);
    }
  }

  drawReach() {
    const { nets } = this.frame;
    const wrt = this.wrt.value;
    const series = nets.map((net) => ({ variant: this.lineOf(net), points: (net.reach[wrt] ?? []).map((norm, lag) => [lag, [norm]]).filter(([, [norm]]) => norm > 0) }));
    replace(this.reachKey, nets.map((net) => (net.reach[wrt] ? h("span", { class: `key v${this.lineOf(net)}`, "data-reach": net.key, "data-values": net.reach[wrt].join(" ") }, this.nameOf(net)) : null)));
    this.reach.update(series, Math.max(...nets.map((net) => net.reach.input.length - 1)), this.frame.labels.length - 1 - this.step);
  }

  get step() {
    return this.picked ?? this.frame.labels.length - 1;
  }

  pick(step) {
    this.picked = step === this.frame.labels.length - 1 ? null : step;
    this.drawMaps();
    this.drawReach();
    this.show();
  }

  show() {
    const { labels, events } = this.frame;
    const step = this.step;
    this.slide.value = String(step);
    this.slide.setAttribute("aria-valuetext", `${step + 1}: ${visible(labels[step])}`);
    [...this.steps.children].forEach((one, i) => one.classList.toggle("picked", i === step));
    const marked = events.includes(step);
    replace(this.readout, { zh: `第 ${step + 1} 步：${visible(labels[step])}${marked ? "，要记住" : ""}；往回 ${labels.length - 1 - step} 步`, en: `step ${step + 1}: ${visible(labels[step])}${marked ? ", to remember" : ""}; lag ${labels.length - 1 - step}` });
    for (const part of this.maps.values()) part.show(step);
  }
}

class Part {
  constructor(panel, { name, signed }) {
    this.panel = panel;
    this.name = name;
    this.map = new HeatMap({
      signed,
      label: () => this.said(),
      onpoint: (unit, step) => {
        this.unit = unit;
        if (step !== panel.step) panel.pick(step);
        else this.show(step);
      },
      onpick: (unit, step) => this.open(unit, step),
    });
    this.title = h("button", { type: "button", class: "link", onclick: () => this.open(":", ":") }, NAMES[name]);
    this.range = h("span", { class: "note" });
    this.cell = h("div", { class: "note cell" });
    this.marks = h("div", { class: "event-marks", "aria-hidden": "true" });
    this.element = h("div", {}, h("div", { class: "head-name" }, this.title, this.range), this.marks, this.map.element, this.cell);
  }

  update(part) {
    this.part = part;
    const [units, time] = part.values.shape;
    this.map.update(part.values, units, time, { reach: part.reach });
    this.range.textContent = part.signed ? `−${shown(part.reach, 2)} … ${shown(part.reach, 2)}` : "0 … 1";
    const { events } = this.panel.frame;
    replace(this.marks, events.map((step) => h("span", { style: `left: ${((step + 0.5) / time) * 100}%` }, "▾")));
  }

  show(step) {
    this.step = step;
    this.map.lit(null, step);
    const [units, time] = this.part.values.shape;
    const mean = shown(this.part.mean[step], 3);
    const language = this.panel.context.language();
    const one = this.unit === undefined || this.unit >= units ? "" : `${language === "zh" ? `单元 ${this.unit}` : `unit ${this.unit}`}: ${shown(this.part.values[this.unit * time + step], 3)} · `;
    this.cell.textContent = `${one}${language === "zh" ? "平均" : "mean"} ${mean}`;
    this.cell.dataset.mean = this.part.mean[step];
    this.map.describe(language);
  }

  said() {
    const name = NAMES[this.name];
    if (!this.part || this.step === undefined) return name;
    const mean = shown(this.part.mean[this.step], 3);
    return { zh: `${name.zh}：第 ${this.step + 1} 步平均 ${mean}`, en: `${name.en}: mean ${mean} at step ${this.step + 1}` };
  }

  open(unit, step) {
    const told = this.part.code;
    this.panel.context.code({ ...told, tensor: told.tensor.replace("{unit}", unit).replace("{step}", step) }, this.title);
  }
}
