// From an element to the code that made it: names the tensor and opens the file at its line.

import { h, replace } from "./dom.js";

export class CodePane {
  constructor(wire) {
    this.wire = wire;
    this.known = new Map();
    this.head = h("div", { class: "code-head" });
    this.lines = h("pre", { class: "code-lines", tabindex: "0", "aria-label": { zh: "源代码", en: "Source code" } });
    this.element = h(
      "section",
      { class: "code-pane", hidden: true, "aria-label": { zh: "图背后的代码", en: "The code behind the picture" } },
      h("button", { type: "button", class: "quiet close", onclick: () => this.close(), "aria-label": { zh: "关闭代码", en: "Close the code" } }, "×"),
      this.head,
      this.lines,
    );
  }

  close() {
    this.element.hidden = true;
    if (this.from && this.from.isConnected && this.from.focus) this.from.focus();
  }

  // told: { tensor, shape, formula, module, line }
  async open(told, from) {
    this.from = from;
    if (!this.known.has(told.module)) {
      const reply = await this.wire.ask({ kind: "source", module: told.module });
      this.known.set(told.module, reply.source ?? reply.message);
    }
    const shape = told.shape.length ? ` (${told.shape.join(" × ")})` : "";
    replace(
      this.head,
      told.tensor ? h("p", {}, h("code", { class: "tensor" }, told.tensor), h("span", { class: "soft" }, shape)) : null,
      told.formula ? h("pre", { class: "formula" }, told.formula) : null,
      h("p", { class: "soft" }, h("code", {}, `${told.module}:${told.line}`)),
    );
    const text = this.known.get(told.module).split("\n");
    replace(
      this.lines,
      text.map((words, i) =>
        h("span", { class: i + 1 === told.line ? "line lit" : "line", "data-line": i + 1 }, words, "\n"),
      ),
    );
    this.element.hidden = false;
    const lit = this.lines.querySelector(".lit");
    if (lit) this.lines.scrollTop = lit.offsetTop - this.lines.clientHeight / 3;
    this.element.scrollIntoView({ block: "nearest" });
  }
}
