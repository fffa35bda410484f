// CartPole: watch the present policy, and steer a cart of your own from the same start.

import { calm, h, replace } from "../../views/browser/dom.js";
import { Hand, Mistake } from "../../views/browser/hand.js";
import { inLanguage } from "../../views/browser/language.js";
import { shown } from "../../views/browser/numbers.js";
import { sized } from "../../views/browser/relief.js";

const PACE = 50; // steps of CartPole a second
const ENDS = {
  fell: { zh: "杆倒了", en: "the pole fell" },
  left: { zh: "小车出界了", en: "the cart left the track" },
  stood: { zh: "撑满全程", en: "stood to the end" },
};

export default {
  title: { zh: "小车与杆：看策略平衡，或自己来", en: "The cart and its pole: watch the policy, or steer yourself" },
  create(context) {
    const panel = new Carts(context);
    return { element: panel.element, update: (frame) => panel.update(frame) };
  },
};

class Carts {
  constructor(context) {
    this.context = context;
    this.hand = new Hand(context.act);
    this.carts = new Map();
    this.push = null; // the visitor's hand: 0 to the left, 1 to the right
    this.build();
  }

  build() {
    const button = (words, onclick, extra = {}) => h("button", { type: "button", onclick, ...extra }, words);
    this.watchButton = button({ zh: "看它走", en: "Watch" }, () => this.toggle());
    this.seed = h("input", { type: "number", min: 0, step: 1, value: "0", "aria-label": { zh: "回合的种子", en: "seed of the episode" } });
    this.seed.addEventListener("change", () => this.restart());
    this.speed = h("select", { "aria-label": { zh: "快慢", en: "speed" } });
    for (const [value, words] of [["1", { zh: "实时", en: "real time" }], ["0.5", { zh: "半速", en: "half speed" }], ["0.2", { zh: "五分之一速", en: "a fifth" }]]) {
      const option = h("option", { value });
      inLanguage(option, (l) => (option.textContent = words[l]));
      this.speed.append(option);
    }
    this.speed.addEventListener("change", () => (this.chosen = true));
    this.sampled = h("input", { type: "checkbox" });
    this.sampled.addEventListener("change", () => this.hand.send("sampled", { sampled: this.sampled.checked }));
    this.mistake = new Mistake();
    this.box = h("div", { class: "grid-of" });
    const push = (side, words, label) => {
      const made = button(words, null, { class: "cart-push", "aria-label": label });
      made.addEventListener("pointerdown", () => this.steer(side));
      made.addEventListener("click", (event) => event.detail === 0 && this.steer(side)); // by keyboard
      return made;
    };
    this.hands = h(
      "div",
      { class: "cart-hands" },
      push(0, "←", { zh: "向左推", en: "push left" }),
      push(1, "→", { zh: "向右推", en: "push right" }),
    );
    this.element = h(
      "div",
      { class: "cart-panel" },
      h("div", { class: "hands" }, this.watchButton, button({ zh: "走一步", en: "One push" }, () => this.once()), button({ zh: "从头开始", en: "Start over" }, () => this.restart()), h("label", {}, { zh: "种子 ", en: "seed " }, this.seed), this.speed, h("label", {}, this.sampled, { zh: " 按概率抽动作", en: " draw the actions" })),
      this.mistake.element,
      this.box,
    );
    this.element.addEventListener("keydown", (event) => {
      const side = { ArrowLeft: 0, ArrowRight: 1 }[event.key];
      if (side === undefined || /INPUT|SELECT/.test(event.target.tagName)) return;
      event.preventDefault();
      this.steer(side);
    });
    new ResizeObserver(() => this.frame && this.draw()).observe(this.element);
    new MutationObserver(() => this.frame && this.draw()).observe(document.body, { attributeFilter: ["data-theme"] });
  }

  // ── the clock ──────────────────────────────────────────────────────────────────────────────────

  toggle() {
    if (this.running) return this.halt();
    if (!this.chosen) this.speed.value = "1";
    return this.run();
  }

  halt() {
    this.running = false;
    replace(this.watchButton, { zh: "看它走", en: "Watch" });
  }

  async run() {
    this.running = true;
    replace(this.watchButton, { zh: "停", en: "Halt" });
    let clock = performance.now();
    let due = 0;
    while (this.running) {
      await new Promise((done) => (document.hidden || calm() ? setTimeout(done, 250) : requestAnimationFrame(done)));
      const now = performance.now();
      due = Math.min(due + ((now - clock) / 1000) * PACE * Number(this.speed.value), 20);
      clock = now;
      const steps = Math.floor(due);
      if (!steps || !this.running) continue;
      due -= steps;
      await this.context.act({ steps, push: this.push });
      if (this.all().every((cart) => cart.end)) this.halt();
    }
  }

  // Those who are still to be waited for: the visitor only once they steer.
  all() {
    return this.frame.carts.filter((cart) => cart.variant >= 0 || this.push !== null);
  }

  once() {
    this.halt();
    this.hand.send("once", { steps: 1, push: this.push });
  }

  steer(side) {
    const own = this.frame.carts.find((cart) => cart.variant < 0);
    if (own.end) return;
    if (this.push === null && own.steps === 0 && this.frame.carts.some((cart) => cart.steps)) this.restart(); // both from the start
    this.push = side;
    if (!this.chosen) this.speed.value = "0.2"; // a hand is slower than a policy
    if (!this.running) this.run();
  }

  restart() {
    this.halt();
    this.push = null;
    if (this.seed.value !== "") this.hand.send("restart", { restart: Number(this.seed.value) });
  }

  // ── what a frame changes ───────────────────────────────────────────────────────────────────────

  update(frame) {
    this.frame = frame;
    this.mistake.update(frame.problem);
    this.sampled.checked = frame.sampled;
    const variants = frame.carts.map((cart) => cart.variant);
    if (variants.join() !== [...this.carts.keys()].join()) {
      this.carts = new Map(variants.map((v) => [v, new CartPicture(v, variants.length > 2, this)]));
      replace(this.box, [...this.carts.values()].map((cart) => cart.element));
    }
    this.draw();
  }

  draw() {
    for (const cart of this.frame.carts) this.carts.get(cart.variant).draw(cart, this.frame.limits);
  }
}

class CartPicture {
  constructor(variant, several, panel) {
    this.variant = variant;
    const own = variant < 0;
    const name = own ? { zh: "你", en: "you" } : { zh: "策略", en: "the policy" };
    this.canvas = h("canvas", { class: "cart-canvas", role: "img", tabindex: own ? "0" : null });
    this.steps = h("output", { class: "number", "aria-live": "off", "data-steps": own ? "you" : `policy-${variant}` });
    this.best = h("span", { class: "soft" });
    this.end = h("span", { class: "status", role: "status" });
    const code = (key) => () => panel.context.code(this.cart[key], this.element.querySelector("button.link"));
    this.numbers = h("button", { type: "button", class: "link cart-state", onclick: code("state_code") });
    const bar = (words) => {
      const fill = h("span", { class: "cart-fill" });
      const said = h("span", { class: "number" });
      return { fill, said, row: h("div", { class: "cart-bar" }, h("span", {}, words), h("span", { class: "cart-track" }, fill), said) };
    };
    this.bars = own ? [] : [bar({ zh: "← 左", en: "← left" }), bar({ zh: "右 →", en: "right →" })];
    this.value = h("button", { type: "button", class: "link", onclick: code("value_code"), hidden: true });
    const known = panel.context.names()[variant];
    this.element = h(
      "div",
      { class: several && !own ? `cart v${variant}` : "cart" },
      h("p", { class: "cart-head" }, h("strong", {}, name, several && known ? ` ${known}` : null), h("span", {}, { zh: "步数 ", en: "steps " }, this.steps), this.best, this.end),
      this.canvas,
      own ? panel.hands : h("div", { class: "cart-bars" }, this.bars.map((one) => one.row), h("div", { class: "hands" }, h("button", { type: "button", class: "link", onclick: code("code") }, { zh: "动作的概率：代码", en: "chances of the pushes: code" }), this.value)),
      own ? h("p", { class: "note" }, { zh: "用左右方向键或上面的按钮；松手也不停，一直朝最后选的方向推小车。", en: "Use the arrow keys or the buttons; the cart is pushed on in the direction chosen last." }) : null,
      this.numbers,
    );
  }

  draw(cart, limits) {
    this.cart = cart;
    replace(this.steps, `${cart.steps} / ${limits.steps}`);
    replace(this.best, cart.best ? { zh: `最好 ${cart.best}`, en: `best ${cart.best}` } : null);
    if (this.ended !== cart.end) {
      this.ended = cart.end;
      replace(this.end, cart.end ? ENDS[cart.end] : null);
    }
    const [x, v, angle, spin] = cart.state.map((number) => shown(number, 3));
    replace(this.numbers, { zh: `位置 ${x}，速度 ${v}，杆角 ${angle} 弧度，角速度 ${spin}`, en: `position ${x}, speed ${v}, angle ${angle} rad, turning ${spin}` });
    this.canvas.setAttribute("aria-label", `x ${x}, θ ${angle}`);
    this.bars.forEach((one, k) => {
      one.fill.style.width = `${100 * cart.chances[k]}%`;
      one.fill.classList.toggle("picked", cart.push === k);
      replace(one.said, shown(cart.chances[k], 3));
    });
    if (!this.bars.length) return this.paint(cart, limits);
    this.value.hidden = cart.value === null;
    if (cart.value !== null) replace(this.value, { zh: `价值网络的估计 ${shown(cart.value, 4)}`, en: `estimate of the value network ${shown(cart.value, 4)}` });
    return this.paint(cart, limits);
  }

  paint(cart, limits) {
    const { pen, width, height } = sized(this.canvas);
    const style = getComputedStyle(this.element);
    const colour = (name) => style.getPropertyValue(name).trim();
    const unit = width / (2 * limits.edge + 0.9);
    const ground = height * 0.82;
    const [x, , angle] = cart.state;
    const place = width / 2 + x * unit;
    pen.strokeStyle = colour("--soft");
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(0, ground);
    pen.lineTo(width, ground);
    pen.stroke();
    pen.setLineDash([4, 4]);
    for (const side of [-1, 1]) {
      pen.beginPath();
      pen.moveTo(width / 2 + side * limits.edge * unit, ground + 12);
      pen.lineTo(width / 2 + side * limits.edge * unit, ground - 1.6 * unit);
      pen.stroke();
    }
    pen.setLineDash([]);
    const [wide, high] = [0.5 * unit, 0.28 * unit];
    const top = ground - high;
    pen.fillStyle = colour("--line"); // within this wedge the pole counts as standing
    pen.beginPath();
    pen.moveTo(place, top);
    pen.arc(place, top, 1.15 * unit, -Math.PI / 2 - limits.tilt, -Math.PI / 2 + limits.tilt);
    pen.closePath();
    pen.fill();
    pen.fillStyle = cart.variant < 0 ? colour("--ink") : colour(`--v${cart.variant}`);
    pen.fillRect(place - wide / 2, top, wide, high);
    pen.strokeStyle = cart.end && cart.end !== "stood" ? colour("--bad") : colour("--v1");
    pen.lineWidth = Math.max(4, 0.08 * unit);
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(place, top);
    pen.lineTo(place + unit * Math.sin(angle), top - unit * Math.cos(angle));
    pen.stroke();
    if (cart.push === null || cart.end) return;
    const side = cart.push ? 1 : -1;
    const tip = place + side * (wide / 2 + 0.4 * unit);
    pen.strokeStyle = pen.fillStyle = colour("--ink");
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.moveTo(place + side * (wide / 2 + 0.08 * unit), top + high / 2);
    pen.lineTo(tip - side * 6, top + high / 2);
    pen.stroke();
    pen.beginPath();
    pen.moveTo(tip, top + high / 2);
    pen.lineTo(tip - side * 9, top + high / 2 - 5);
    pen.lineTo(tip - side * 9, top + high / 2 + 5);
    pen.closePath();
    pen.fill();
  }
}
