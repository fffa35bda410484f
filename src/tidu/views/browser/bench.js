// The live bench: play, pause, step, scrub, change while it trains, two runs side by side.

import { Chart } from "./chart.js";
import { CodePane } from "./code.js";
import { calm, h, replace } from "./dom.js";
import { Form } from "./form.js";
import { inLanguage, languages } from "./language.js";
import { shown } from "./numbers.js";
import { Wire } from "./wire.js";

export const panels = {}; // by name: { title: {zh, en}, create(context) -> { element, update(frame, reply) } }

const PHASES = {
  busy: { zh: "准备数据……", en: "preparing the data ..." },
  waiting: { zh: "", en: "" },
  over: { zh: "训练完毕", en: "done" },
  failed: { zh: "停下了", en: "stopped" },
};

export class Bench {
  // channel: see Wire; options: { onSetting(setting) }
  constructor(channel, options = {}) {
    this.wire = new Wire(channel);
    this.options = options;
    this.playing = false;
    this.seen = [];
    this.lines = [];
    this.charts = new Map();
    this.panels = new Map();
    this.labels = () => this.variantNames();
    this.build();
    this.queue = Promise.resolve();
    this.ready = this.begin();
  }

  // The first frame that shows something: loading the data may take a while.
  async begin() {
    const first = await this.ask({ kind: "open" });
    let reply = first;
    while (reply.kind === "frame" && this.lanes.some((lane) => lane.phase === "busy")) reply = await this.look();
    return first;
  }

  // Waits on the Python side, a second at most.
  look() {
    return this.ask({ kind: "look" });
  }

  build() {
    const button = (words, onclick, extra = {}) => h("button", { type: "button", onclick, ...extra }, words);
    this.playButton = button({ zh: "播放", en: "Play" }, () => this.toggle(), { class: "main" });
    this.speed = h(
      "select",
      { "aria-label": { zh: "每帧几步", en: "steps a frame" } },
      [["auto", { zh: "尽快", en: "fast" }], ...["1", "10", "100"].map((n) => [n, { zh: `每帧 ${n} 步`, en: `${n} a frame` }])].map(
        ([value, words]) => {
          const option = h("option", { value });
          inLanguage(option, (l) => (option.textContent = words[l]));
          return option;
        },
      ),
    );
    this.scrub = h("input", { type: "range", min: 0, max: 0, value: "0", step: 1, "aria-label": { zh: "回到第几步", en: "go to step" } });
    this.scrub.addEventListener("input", () => this.goto(Number(this.scrub.value)));
    this.counter = h("output", { class: "counter", "aria-live": "off" });
    this.pace = h("output", { class: "pace soft", "aria-live": "off" });
    this.status = h("p", { class: "status", role: "status" });
    this.loops = h("div", { class: "loops" });
    this.knobs = h("div", { class: "knobs" });
    this.legend = h("p", { class: "legend" });
    this.chartBox = h("div", { class: "charts" });
    this.metrics = h("div", { class: "metrics" });
    this.panelBox = h("div", { class: "panels" });
    this.commands = h("div", { class: "commands-same" });
    this.code = new CodePane(this.wire);
    this.script = h("section", { class: "script", hidden: true });
    this.form = new Form((setting) => this.set(setting));
    this.element = h(
      "div",
      { class: "bench" },
      h(
        "div",
        { class: "controls", role: "group", "aria-label": { zh: "训练控制", en: "Training controls" } },
        this.playButton,
        button({ zh: "一步", en: "One step" }, () => this.step()),
        button({ zh: "重来", en: "Reset" }, () => this.reset()),
        this.speed,
        this.counter,
        this.pace,
      ),
      h("div", { class: "scrub-row" }, this.scrub),
      this.status,
      this.knobs,
      this.legend,
      this.panelBox,
      h("div", { class: "side" }, this.metrics, this.chartBox),
      this.code.element,
      this.form.element,
      h(
        "div",
        { class: "keep" },
        button({ zh: "转成代码", en: "As code" }, () => this.asCode()),
        button({ zh: "存为运行", en: "Save as run" }, () => this.save()),
        this.commands,
      ),
      this.script,
    );
  }

  // One message at a time: the next is sent when the answer to the last has been drawn.
  ask(message) {
    const next = this.queue.then(async () => {
      const reply = await this.wire.ask({ ...message, seen: this.seen });
      if (reply.kind === "frame") this.draw(reply);
      else if (reply.kind === "error") this.complain(reply);
      return reply;
    });
    this.queue = next.catch((problem) => this.complain({ message: String(problem), hint: "" }));
    return next;
  }

  complain({ message, hint }) {
    this.pause();
    replace(this.status, h("strong", {}, message), " ", hint);
    this.status.classList.add("wrong");
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  pause() {
    this.playing = false;
    replace(this.playButton, { zh: "播放", en: "Play" });
  }

  async play() {
    this.playing = true;
    replace(this.playButton, { zh: "暂停", en: "Pause" });
    let before = performance.now();
    while (this.playing) {
      const wanted = this.speed.value;
      const start = this.lanes[0].step;
      const steps = wanted === "auto" ? 100000 : Number(wanted);
      await this.ask({ kind: "next", steps, seconds: wanted === "auto" ? 0.06 : 0.5 });
      if (this.lanes.every((lane) => lane.phase === "over" || lane.phase === "failed")) this.pause();
      await new Promise((done) => (document.hidden ? setTimeout(done, 200) : requestAnimationFrame(done)));
      if (calm()) await new Promise((done) => setTimeout(done, 300));
      const now = performance.now();
      const rate = ((this.lanes[0].step - start) / (now - before)) * 1000;
      before = now;
      if (rate > 0) {
        this.smooth = this.smooth ? this.smooth * 0.8 + rate * 0.2 : rate;
        replace(this.pace, { zh: `每秒 ${shown(this.smooth, 2)} 步`, en: `${shown(this.smooth, 2)} steps/s` });
      }
    }
  }

  step() {
    this.pause();
    return this.ask({ kind: "next", steps: 1, seconds: 10 });
  }

  async reset() {
    this.pause();
    this.seen = [];
    await this.ask({ kind: "reset" });
    while (this.lanes.some((lane) => lane.phase === "busy")) await this.look();
  }

  goto(step) {
    this.pause();
    this.wanted = step;
    if (this.going) return this.going;
    this.going = this.ask({ kind: "goto", step }).then(() => {
      this.going = null;
      if (this.wanted !== step) return this.goto(this.wanted);
      return null;
    });
    return this.going;
  }

  async set(setting) {
    this.pause();
    this.seen = [];
    const reply = await this.ask({ kind: "set", setting });
    while (this.lanes.some((lane) => lane.phase === "busy")) await this.look();
    return reply;
  }

  // ── what a frame changes ─────────────────────────────────────────────────────────────────────

  draw(reply) {
    this.lanes = reply.lanes;
    reply.lanes.forEach((lane, i) => {
      this.seen[i] = lane.version;
      if (lane.lines) this.lines[i] = lane.lines;
    });
    this.seen.length = this.lines.length = reply.lanes.length;
    if (reply.form) this.takeForm(reply.form);
    const first = this.lanes[0];
    this.scrub.max = first.total;
    if (document.activeElement !== this.scrub || !this.going) this.scrub.value = first.step;
    replace(this.counter, `${first.step} / ${first.total}`);
    this.element.dataset.step = first.step;
    this.element.dataset.phase = first.phase;
    this.drawStatus();
    this.drawKnobs();
    this.drawCharts();
    this.drawMetrics();
    this.drawPanels(reply);
    if (this.options.onFrame) this.options.onFrame(reply);
  }

  takeForm(form) {
    const compared = form.setting.compare;
    this.names = compared ? { 0: this.nameOf(form, compared, false), 1: this.nameOf(form, compared, true) } : { 0: "" };
    for (const chart of this.charts.values()) chart.element.remove();
    this.charts.clear();
    this.knobKey = "";
    this.form.update(form);
    replace(
      this.legend,
      compared ? Object.entries(this.names).map(([v, words]) => h("span", { class: `key v${v}` }, words)) : [],
    );
    replace(this.commands, form.commands.map((command) => h("code", { class: "command" }, command)));
    if (this.options.onSetting) this.options.onSetting(form.setting);
  }

  nameOf(form, compared, second) {
    const [field, ...value] = compared.split(":");
    return `${field} = ${second ? value.join(":") : form.fields.find((f) => f.name === field)?.value}`;
  }

  variantNames() {
    return this.names ?? {};
  }

  drawStatus() {
    const failed = this.lanes.find((lane) => lane.failure);
    this.status.classList.toggle("wrong", Boolean(failed));
    const key = failed ? failed.failure.message : this.lanes.map((l) => `${l.phase} ${l.loop}`).join();
    if (key === this.statusKey && !this.status.querySelector("strong")) return;
    this.statusKey = key;
    if (failed) replace(this.status, h("strong", {}, failed.failure.message), " ", failed.failure.hint);
    else {
      const loop = this.lanes[0].loop;
      const words = PHASES[this.lanes[0].phase];
      replace(this.status, loop && loop !== "train" ? h("code", {}, loop) : null, " ", words);
    }
  }

  drawKnobs() {
    const variants = [...new Set(this.lanes.map((l) => l.variant))];
    const key = JSON.stringify(variants.map((v) => Object.keys(this.lanes.find((l) => l.variant === v).knobs)));
    if (key === this.knobKey) return;
    this.knobKey = key;
    replace(
      this.knobs,
      variants.map((variant) =>
        Object.entries(this.lanes.find((l) => l.variant === variant).knobs).map(([field, value]) =>
          this.knob(variant, field, value, variants.length > 1),
        ),
      ),
    );
  }

  knob(variant, field, value, several) {
    const id = `knob-${variant}-${field}-${Math.random().toString(36).slice(2)}`;
    const input = h("input", { id, type: "number", value: String(value), step: "any", min: 0, "data-knob": field });
    const slide = h("input", { type: "range", min: -3, max: 3, step: 0.01, value: "0", "aria-label": field });
    const own = value;
    const tell = () => this.ask({ kind: "knob", variant, field, value: Number(input.value) });
    const fraction = field === "dropout" || field === "momentum";
    if (fraction) Object.assign(slide, { min: 0, max: 0.99, value: String(own) });
    slide.addEventListener("input", () => {
      const there = Number(slide.value);
      input.value = fraction ? String(there) : shown((own || 0.01) * 10 ** there, 3);
      tell();
    });
    input.addEventListener("change", () => {
      if (input.value !== "" && Number(input.value) >= 0) tell();
    });
    return h("div", { class: several ? `knob v${variant}` : "knob" }, h("label", { for: id }, h("code", {}, field)), slide, input);
  }

  drawCharts() {
    const loop = this.lanes[0].loop;
    const names = [...new Set(this.lines.flat().filter((l) => l && l.loop === loop).flatMap((l) => Object.keys(l.values)))].slice(0, 12);
    for (const [name, chart] of this.charts) {
      if (!names.includes(name)) {
        chart.element.remove();
        this.charts.delete(name);
      }
    }
    for (const name of names) {
      if (!this.charts.has(name)) {
        this.charts.set(name, new Chart(name, this.labels));
        this.chartBox.append(this.charts.get(name).element);
      }
      const variants = [...new Set(this.lanes.map((l) => l.variant))];
      const series = variants.map((variant) => ({ variant, points: this.points(name, loop, variant) }));
      this.charts.get(name).update(series, this.lanes[0].total, this.lanes[0].step);
    }
  }

  // The values of all seeds of a variant at each step that was logged.
  points(name, loop, variant) {
    const found = new Map();
    this.lanes.forEach((lane, i) => {
      if (lane.variant !== variant) return;
      for (const line of this.lines[i] ?? []) {
        if (line.loop !== loop || !(name in line.values)) continue;
        if (!found.has(line.step)) found.set(line.step, []);
        found.get(line.step).push(...line.values[name].map(Number));
      }
    });
    return [...found].sort((a, b) => a[0] - b[0]);
  }

  drawMetrics() {
    const done = this.lanes.filter((lane) => lane.metrics);
    const key = done.map((lane) => lane.version).join();
    if (key === this.metricsKey) return;
    this.metricsKey = key;
    if (!done.length) return replace(this.metrics);
    const variants = [...new Set(done.map((l) => l.variant))];
    const names = Object.keys(done[0].metrics);
    const value = (name, v) => done.filter((l) => l.variant === v).flatMap((l) => (l.metrics[name] ?? []).map(Number));
    replace(
      this.metrics,
      h(
        "table",
        {},
        h("caption", {}, { zh: "结果", en: "Result" }),
        h("tbody", {}, names.map((name) =>
          h("tr", {}, h("th", { scope: "row" }, h("code", {}, name)), variants.map((v) => {
            const all = value(name, v);
            const middle = all.reduce((a, b) => a + b, 0) / all.length;
            return h("td", { class: variants.length > 1 ? `v${v}` : "", "data-metric": name, "data-value": all.join(" ") }, shown(middle));
          })),
        )),
      ),
    );
    return null;
  }

  drawPanels(reply) {
    for (const [name, frame] of Object.entries(reply.panels)) {
      if (!panels[name]) continue;
      if (!this.panels.has(name)) this.panels.set(name, this.newPanel(name));
      this.panels.get(name).update(frame, reply);
    }
  }

  newPanel(name) {
    const context = {
      act: (message) => this.ask({ kind: "panel", panel: name, ...message }),
      code: (told, from) => this.code.open(told, from),
      bench: this,
      names: () => this.variantNames(),
      language: () => languages.current,
    };
    const made = panels[name].create(context);
    const title = h("h3", {}, panels[name].title);
    this.panelBox.append(h("section", { class: `panel panel-${name}`, "data-panel": name }, title, made.element));
    return made;
  }

  async asCode() {
    const reply = await this.ask({ kind: "code" });
    if (reply.kind !== "code") return;
    const text = h("textarea", { readonly: true, rows: 18, spellcheck: "false", "aria-label": { zh: "脚本", en: "The script" } });
    text.value = reply.script;
    const file = h("a", { download: reply.file, href: URL.createObjectURL(new Blob([reply.script], { type: "text/x-python" })) }, reply.file);
    const copy = h("button", { type: "button", onclick: () => copied(text) }, { zh: "复制", en: "Copy" });
    replace(this.script, h("p", {}, { zh: "只用 PyTorch 的脚本，得到同样的数：", en: "A script of plain PyTorch that reaches the same numbers: " }, file, " ", copy), text);
    this.script.hidden = false;
    text.focus();
  }

  async save() {
    const reply = await this.ask({ kind: "save" });
    if (reply.kind !== "saved") return;
    replace(this.script, h("p", { role: "status" }, { zh: `已存为运行 ${reply.run}。`, en: `Saved as the run ${reply.run}. ` }, h("code", {}, reply.command)));
    this.script.hidden = false;
  }
}

function copied(text) {
  text.select();
  if (navigator.clipboard) navigator.clipboard.writeText(text.value);
}
