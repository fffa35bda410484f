// Attention: a text one types, where every head looks, heads switched off, what comes next.

import { HeatMap, heatLegend } from "../../views/browser/heat.js";
import { h, replace } from "../../views/browser/dom.js";
import { shown } from "../../views/browser/numbers.js";

const POWER = 0.5; // of colour over weight: small weights are seen too
const VISIBLE = { " ": "␣", "\n": "↵", "\t": "⇥", "": "∅" };
const visible = (token) => (token in VISIBLE ? VISIBLE[token] : token.replaceAll(" ", "␣").replaceAll("\n", "↵"));

export default {
  title: { zh: "打一段字，看它看哪里、猜什么", en: "Type a text: where it looks, what it expects" },
  create(context) {
    return new Attention(context);
  },
};

class Attention {
  constructor(context) {
    this.context = context;
    this.off = new Set();
    this.variant = 0;
    this.picked = null; // counted from the end, so that it stays at the end of a growing text
    this.heads = [];
    this.build();
  }

  build() {
    this.text = h("textarea", { rows: 2, maxlength: 2000, spellcheck: "false", autocomplete: "off", "data-text": "1", "aria-label": { zh: "要读的文字", en: "The text to read" } });
    this.text.addEventListener("input", () => this.send("text"));
    this.words = h("p", { class: "note", role: "status" });
    this.which = h("select", { "aria-label": { zh: "看哪一个网络", en: "which network" }, hidden: true });
    this.which.addEventListener("change", () => {
      this.variant = Number(this.which.value);
      this.draw();
    });
    const write = (tokens, words) => h("button", { type: "button", onclick: () => this.write(tokens) }, words);
    this.tokens = h("div", { class: "tokens", "aria-hidden": "true" });
    this.tokens.addEventListener("pointermove", (event) => this.overToken(event));
    this.tokens.addEventListener("pointerdown", (event) => this.overToken(event));
    this.slide = h("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": { zh: "第几个字符", en: "which token" } });
    this.slide.addEventListener("input", () => this.pick(Number(this.slide.value)));
    this.readout = h("output", { class: "note", "aria-live": "off" });
    this.grid = h("div", { class: "heads" });
    this.legend = h(
      "div",
      { class: "hands" },
      heatLegend([0, 0.05, 0.25, 0.5, 1], POWER, { zh: "权重", en: "weight" }),
      h("button", { type: "button", class: "quiet", onclick: (event) => this.code("mask", event.currentTarget) }, h("span", { class: "hatched" }), " ", { zh: "掩码：后面的字还看不见", en: "mask: later tokens are out of sight" }),
      h("button", { type: "button", class: "quiet", onclick: () => this.all(true) }, { zh: "全部打开", en: "all heads on" }),
      h("button", { type: "button", class: "quiet", onclick: () => this.all(false) }, { zh: "全部关掉", en: "all heads off" }),
      h("span", { class: "note" }, { zh: "行：正在看的字；列：被看的字", en: "rows: the token that looks; columns: where to" }),
    );
    this.losses = h("table", { class: "losses" });
    this.bars = h("table", { class: "bars" });
    this.temperature = h("input", { type: "range", min: 0, max: 2, step: 0.05, value: "1", "aria-label": { zh: "温度", en: "temperature" } });
    this.top = h("input", { type: "range", min: 1, max: 1, step: 1, value: "1", "aria-label": "top-k" });
    for (const input of [this.temperature, this.top]) input.addEventListener("input", () => this.send("sampling"));
    this.told = h("output", { class: "note" });
    this.element = h(
      "div",
      { class: "attention" },
      this.which,
      this.text,
      h("div", { class: "hands" }, write(1, { zh: "续写一个", en: "Write one token" }), write(40, { zh: "续写四十个", en: "Write 40 tokens" }), this.words),
      h("div", { class: "token-row" }, this.tokens, h("div", { class: "hands" }, this.slide, this.readout)),
      this.legend,
      this.grid,
      h(
        "div",
        { class: "next" },
        h("div", {}, this.losses, h("div", { class: "hands" }, h("label", {}, { zh: "温度 ", en: "temperature " }, this.temperature), h("label", {}, "top-k ", this.top), this.told)),
        this.bars,
      ),
    );
  }

  // What a hand did goes out one at a time; of what came meanwhile, the last counts.
  async send(what) {
    this.waiting ??= new Set();
    this.waiting.add(what);
    if (this.sending) return;
    this.sending = true;
    while (this.waiting.size) {
      const [next] = this.waiting;
      this.waiting.delete(next);
      await this.context.act(this.message(next));
    }
    this.sending = false;
    if (this.frame) this.draw();
  }

  message(what) {
    if (what === "text") return { do: "text", text: this.text.value };
    if (what === "heads") return { do: "heads", off: [...this.off].map((key) => key.split(",").map(Number)) };
    const top = Number(this.top.value);
    return { do: "sampling", temperature: Number(this.temperature.value), top_k: top >= Number(this.top.max) ? null : top };
  }

  async write(tokens) {
    this.context.bench.pause();
    this.taken = undefined;
    await this.context.act({ do: "write", tokens, variant: this.variant });
  }

  all(on) {
    this.off = new Set(on ? [] : this.heads.map((head) => head.key));
    this.send("heads");
  }

  update(frame) {
    this.frame = frame;
    const busy = this.sending || (this.waiting && this.waiting.size);
    if (!busy) {
      if (frame.text !== this.taken && frame.text !== this.text.value) this.text.value = frame.text;
      this.taken = frame.text;
      this.off = new Set(frame.off.map((pair) => pair.join()));
      this.temperature.value = String(frame.temperature);
    }
    this.variant = Math.min(this.variant, frame.lanes.length - 1);
    const names = JSON.stringify(this.context.names());
    this.which.hidden = frame.lanes.length < 2;
    if (names !== this.namesKey) {
      this.namesKey = names;
      replace(this.which, frame.lanes.map((_, v) => h("option", { value: v }, this.context.names()[v] || String(v))));
      this.which.value = String(this.variant);
    }
    this.draw();
  }

  draw() {
    const lane = this.frame.lanes[this.variant];
    this.lane = lane;
    const size = String(lane.vocabulary);
    if (this.top.max !== size) {
      this.top.max = size;
      this.top.value = String(this.frame.top_k ?? lane.vocabulary);
    }
    this.tell(lane);
    this.drawTokens(lane);
    this.drawHeads(lane);
    this.drawNext(lane);
    this.show();
  }

  tell(lane) {
    const parts = [];
    if (lane.unknown.length) {
      const list = lane.unknown.map(visible).join(" ");
      parts.push(
        lane.stands_in
          ? { zh: `词表里没有：${list}，按 ${lane.stands_in} 来读。`, en: `Not in the vocabulary, read as ${lane.stands_in}: ${list}. ` }
          : { zh: `词表里没有，跳过不读：${list}。`, en: `Not in the vocabulary, left out: ${list}. ` },
      );
    }
    if (lane.start) {
      parts.push({ zh: `窗口只有 ${lane.context} 长，满了就丢掉前一半：现在从第 ${lane.start + 1} 个读起。`, en: `The window holds ${lane.context} and gives up its older half when full: it now reads from token ${lane.start + 1} on. ` });
    }
    if (!lane.tokens.length) parts.push({ zh: "先打几个字。", en: "Type something first." });
    else if (!lane.maps) parts.push({ zh: "LSTM 没有注意力头，它的门在下面。", en: "An LSTM has no heads; its gates are below." });
    const key = JSON.stringify(parts);
    if (key !== this.wordsKey) replace(this.words, parts);
    this.wordsKey = key;
  }

  drawTokens(lane) {
    const key = lane.tokens.join("\u0000");
    this.slide.max = Math.max(0, lane.tokens.length - 1);
    if (key === this.tokensKey) return;
    this.tokensKey = key;
    replace(this.tokens, lane.tokens.map((token, i) => h("span", { "data-token": i }, visible(token))));
    if (this.picked !== null) this.picked = Math.min(this.picked, lane.tokens.length - 1);
    for (const head of this.heads) head.take(lane.tokens);
  }

  drawHeads(lane) {
    const shape = lane.maps ? lane.maps.shape.slice(0, 2).join() : "";
    this.legend.hidden = this.grid.hidden = !lane.maps;
    if (shape !== this.shape) {
      this.shape = shape;
      this.heads = [];
      const [layers, heads] = lane.maps ? lane.maps.shape : [0, 0];
      for (let layer = 0; layer < layers; layer++) for (let head = 0; head < heads; head++) this.heads.push(new Head(this, layer, head));
      this.grid.style.setProperty("--heads", heads);
      for (const head of this.heads) head.take(lane.tokens);
      replace(this.grid, this.heads.map((head) => head.element));
    }
    for (const head of this.heads) head.update(lane, this.off.has(head.key));
  }

  drawNext(lane) {
    const off = lane.loss_off !== null && lane.loss_off !== undefined;
    const line = (words, value, kind, key) =>
      h("tr", {}, h("th", { scope: "row" }, h("span", { class: `key ${kind}` }, words)), h("td", { class: "number", [`data-${key}`]: value }, value === null || value === undefined ? "–" : shown(value, 4)));
    replace(
      this.losses,
      h("caption", {}, h("button", { type: "button", class: "link", onclick: (event) => this.code("code_of_loss", event.currentTarget) }, { zh: "这段文字的交叉熵（纳特／字符）", en: "Cross-entropy on the text, nats per token" })),
      h("tbody", {}, line({ zh: "所有的头", en: "all heads" }, lane.loss, "v0", "loss"), off ? line({ zh: "关掉之后", en: "with heads off" }, lane.loss_off, "v1", "loss-off") : null),
    );
    const bar = (p, kind) => h("div", { class: `bar ${kind}` }, h("span", { style: `width: ${(p * 100).toFixed(2)}%` }), h("b", { "data-prob": p }, shown(p, 3)));
    replace(
      this.bars,
      h("caption", {}, h("button", { type: "button", class: "link", onclick: (event) => this.code("code_of_bars", event.currentTarget) }, { zh: "下一个字符", en: "The next token" })),
      h("tbody", {}, (lane.bars ?? []).map(({ token, probs }) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, visible(token))), h("td", {}, probs.map((p, v) => bar(p, `v${v}`)))))),
    );
    replace(this.told, { zh: `温度 ${shown(this.frame.temperature, 3)}，`, en: `temperature ${shown(this.frame.temperature, 3)}, ` }, this.frame.top_k === null ? { zh: "不限 top-k", en: "all tokens" } : `top-k ${this.frame.top_k}`);
  }

  overToken(event) {
    const token = event.target.closest("[data-token]");
    if (token) this.pick(Number(token.dataset.token));
  }

  pick(index) {
    this.picked = index === this.lane.tokens.length - 1 ? null : index;
    this.show();
  }

  get query() {
    return this.picked ?? this.lane.tokens.length - 1;
  }

  // Where the picked token looks, in every head at once.
  show() {
    const lane = this.lane;
    const query = this.query;
    if (query < 0) return replace(this.readout);
    this.slide.value = String(query);
    [...this.tokens.children].forEach((token, i) => token.classList.toggle("picked", i === query));
    const name = visible(lane.tokens[query]);
    this.slide.setAttribute("aria-valuetext", `${query + 1}: ${name}`);
    for (const head of this.heads) head.show(query);
    const loss = query > 0 ? lane.losses[query - 1] : null;
    const place = `${lane.start + query + 1}`;
    replace(
      this.readout,
      loss === null ? { zh: `第 ${place} 个：${name}`, en: `token ${place}: ${name}` } : { zh: `第 ${place} 个：${name}，出乎意料 ${shown(loss, 3)} 纳特`, en: `token ${place}: ${name}, a surprise of ${shown(loss, 3)} nats` },
    );
    return null;
  }

  code(name, from) {
    const told = this.lane[name] ?? this.lane.codes[name];
    this.context.code({ ...told, tensor: filled(told.tensor, { query: ":", key: ":" }) }, from);
  }
}

const filled = (words, places) => Object.entries(places).reduce((all, [name, place]) => all.replaceAll(`{${name}}`, place), words);

class Head {
  constructor(panel, layer, head) {
    Object.assign(this, { panel, layer, head, key: `${layer},${head}` });
    const names = { zh: `第 ${layer + 1} 层第 ${head + 1} 头`, en: `layer ${layer + 1}, head ${head + 1}` };
    this.names = names;
    this.map = new HeatMap({
      power: POWER,
      label: () => this.said(),
      onpoint: (query, key) => this.point(query, key),
      onpick: (query, key) => this.open(query, key, this.title),
    });
    this.title = h("button", { type: "button", class: "link", onclick: () => this.open(":", ":", this.title) }, names);
    this.on = h("input", { type: "checkbox", checked: true, "data-head": this.key, "aria-label": { zh: `${names.zh}：开`, en: `${names.en}: on` } });
    this.on.addEventListener("change", () => {
      if (this.on.checked) panel.off.delete(this.key);
      else panel.off.add(this.key);
      panel.send("heads");
    });
    this.words = h("div", { class: "tokens small", "aria-hidden": "true" });
    this.cell = h("div", { class: "note cell" });
    this.element = h("div", { class: "head" }, h("div", { class: "head-name" }, this.title, this.on), this.map.element, this.cell, this.words);
  }

  take(tokens) {
    replace(this.words, tokens.map((token) => h("span", {}, visible(token))));
    this.spans = [...this.words.children];
  }

  update(lane, off) {
    const [, heads, time] = lane.maps.shape;
    const size = time * time;
    this.time = time;
    this.weights = lane.maps.subarray((this.layer * heads + this.head) * size, (this.layer * heads + this.head + 1) * size);
    this.map.update(this.weights, time, time, { hidden: lane.mask });
    this.element.classList.toggle("off", off);
    this.on.checked = !off;
  }

  show(query) {
    this.query = query;
    this.map.lit(query);
    const row = this.weights.subarray(query * this.time, (query + 1) * this.time);
    let most = 0;
    row.forEach((weight, key) => {
      if (weight > row[most]) most = key;
      const span = this.spans[key];
      if (span) span.style.setProperty("--weight", `${(45 * Math.min(1, weight) ** POWER).toFixed(1)}%`);
    });
    this.most = most;
    this.tell(query, most);
    this.map.describe();
  }

  point(query, key) {
    if (query !== this.panel.query) this.panel.pick(query);
    this.tell(query, key);
  }

  tell(query, key) {
    const tokens = this.panel.lane.tokens;
    const weight = key > query ? "−∞" : shown(this.weights[query * this.time + key], 3);
    this.cell.textContent = `${visible(tokens[query])} → ${visible(tokens[key])}  ${weight}`;
  }

  said() {
    if (this.query === undefined || !this.weights) return this.names;
    const weight = shown(this.weights[this.query * this.time + this.most], 3);
    const [from, to] = [this.query, this.most].map((i) => i + 1);
    return { zh: `${this.names.zh}：第 ${from} 个最看第 ${to} 个，权重 ${weight}`, en: `${this.names.en}: token ${from} looks most at token ${to}, weight ${weight}` };
  }

  open(query, key, from) {
    const told = this.panel.lane.codes[key > query ? "mask" : "weights"];
    this.panel.context.code({ ...told, tensor: filled(told.tensor, { layer: this.layer, head: this.head, query, key }) }, from);
  }
}
