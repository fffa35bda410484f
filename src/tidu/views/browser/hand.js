// What a hand does, on its way to Python: one message at a time, of each kind only the newest.

import { h, replace } from "./dom.js";

export class Hand {
  // act(message): a promise of the answer
  constructor(act) {
    this.act = act;
    this.waiting = new Map();
  }

  send(kind, message, then = null) {
    this.waiting.set(kind, [message, then]);
    if (!this.sending) this.sending = this.pump().finally(() => (this.sending = null));
  }

  async pump() {
    while (this.waiting.size) {
      const [kind, [message, then]] = this.waiting.entries().next().value;
      this.waiting.delete(kind);
      const reply = await this.act(message);
      if (then) then(reply);
    }
  }
}

// What Python says of a mistake, with the wrong part of what was typed marked.
export class Mistake {
  constructor() {
    this.element = h("div", { class: "mistake", role: "status", hidden: true });
  }

  update(problem) {
    this.element.hidden = !problem;
    if (!problem) return replace(this.element);
    const [start, end] = problem.place ?? [];
    const typed = problem.place
      ? h("p", {}, h("code", {}, problem.text.slice(0, start), h("mark", {}, problem.text.slice(start, end) || "␣"), problem.text.slice(end)))
      : null;
    return replace(this.element, typed, h("p", { class: "status wrong" }, h("strong", {}, problem.message), " ", problem.hint));
  }
}
