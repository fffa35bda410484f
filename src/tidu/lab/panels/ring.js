// The GAN on points: both clouds over the expert's belief, arrows that push forgeries, turns by hand.

import { h, replace } from "../../views/browser/dom.js";
import { inLanguage, languages } from "../../views/browser/language.js";
import { shown } from "../../views/browser/numbers.js";

const PIXELS = 640;
const ARROW = 0.16; // of the square: the longest arrow

export default {
  title: { zh: "造假者与鉴定师", en: "Forger and expert" },
  create: (context) => new Ring(context),
};

class Ring {
  constructor(context) {
    this.context = context;
    this.games = [];
    const box = (checked, words) => {
      const input = h("input", { type: "checkbox", checked, onchange: () => this.redraw() });
      return [input, h("label", { class: "plane-hold" }, input, words)];
    };
    const [arrows, arrowLabel] = box(true, { zh: "箭头", en: "arrows" });
    const [real, realLabel] = box(true, { zh: "真点", en: "real points" });
    const [belief, beliefLabel] = box(true, { zh: "鉴定师的看法", en: "the expert's belief" });
    Object.assign(this, { arrows, real, belief });
    this.player = h("select", { "aria-label": { zh: "看哪个生成器", en: "which generator" }, onchange: () => context.act({ do: "look", player: this.player.value }) });
    for (const [value, words] of [
      ["generator", { zh: "生成器此刻", en: "the generator as it is" }],
      ["average", { zh: "权重的平均（最后用它）", en: "the average of its weights (used in the end)" }],
    ]) {
      const option = h("option", { value });
      inLanguage(option, (l) => (option.textContent = words[l]));
      this.player.append(option);
    }
    this.box = h("div", { class: "grid-of ring-games" });
    this.element = h(
      "div",
      { class: "plane" },
      h("div", { class: "hands" }, this.player, arrowLabel, realLabel, beliefLabel),
      this.box,
      h("p", { class: "note" }, {
        zh: "＋ 是真点，圆点是造出来的点。橙色处鉴定师当真，蓝色处当假。箭头是负梯度：点往那边走，就更像真的。圈是模态，实线的已有好样本。",
        en: "+ is a real point, a dot a generated one. Where it is orange the expert believes, where it is blue it doubts. An arrow is minus the gradient: that way a point would look more real. Circles are modes, solid where a good sample lies.",
      }),
      h("p", { class: "note" }, {
        zh: "单走一方的步数记在它发生的那一步上：往回拖就收回，再往前又重走。",
        en: "Turns taken by hand belong to the step before which they were taken: going back undoes them, going on takes them again.",
      }),
    );
    new MutationObserver(() => this.redraw()).observe(document.body, { attributes: true, attributeFilter: ["data-theme", "class"] });
  }

  update(frame) {
    this.frame = frame;
    this.player.value = frame.player;
    const key = JSON.stringify([frame.lanes.length, this.context.names()]);
    if (key !== this.key) {
      this.key = key;
      this.games = frame.lanes.map((_, variant) => new Game(this, variant, frame.lanes.length > 1));
      replace(this.box, this.games.map((game) => game.element));
    }
    this.redraw();
  }

  redraw() {
    if (!this.frame) return;
    const style = getComputedStyle(this.element);
    const text = (name) => style.getPropertyValue(name).trim() || "#000000";
    const rgb = (name) => [1, 3, 5].map((at) => parseInt(text(name).slice(at, at + 2), 16));
    this.colours = { paper: rgb("--paper"), above: rgb("--class-1"), below: rgb("--class-0"), text: { paper: text("--paper"), ink: text("--ink"), soft: text("--soft"), fake: text("--class-2") } };
    this.frame.lanes.forEach((lane, i) => this.games[i].draw(lane));
  }
}

class Game {
  constructor(panel, variant, several) {
    Object.assign(this, { panel, variant });
    const { context } = panel;
    this.canvas = h("canvas", { width: PIXELS, height: PIXELS, role: "img" });
    this.cells = document.createElement("canvas");
    const turn = (player, turns, words) =>
      h("button", { type: "button", "data-turn": `${player} ${turns}`, onclick: () => this.turn(player, turns) }, words);
    this.buttons = [
      turn("generator", 1, { zh: "生成器走 1 步", en: "Generator: 1 turn" }),
      turn("generator", 10, { zh: "走 10 步", en: "10 turns" }),
      turn("discriminator", 1, { zh: "判别器走 1 步", en: "Discriminator: 1 turn" }),
      turn("discriminator", 10, { zh: "走 10 步", en: "10 turns" }),
    ];
    this.taken = h("p", { class: "note", role: "status" });
    this.figures = h("p", { class: "ring-figures" });
    this.bars = h("svg", { class: "ring-bars", viewBox: "0 0 200 44", preserveAspectRatio: "xMinYMax", role: "img" });
    const code = (name, words) => {
      const button = h("button", { type: "button", class: "link", onclick: () => context.code(this.lane.code[name], button) }, words);
      return button;
    };
    this.element = h(
      "figure",
      { class: "ring-game" },
      several ? h("figcaption", { class: `v${variant}` }, context.names()[variant] ?? "") : null,
      this.canvas,
      this.figures,
      this.bars,
      h("div", { class: "hands", role: "group", "aria-label": { zh: "生成器单走", en: "The generator alone" } }, this.buttons.slice(0, 2)),
      h("div", { class: "hands", role: "group", "aria-label": { zh: "判别器单走", en: "The discriminator alone" } }, this.buttons.slice(2)),
      this.taken,
      h(
        "p",
        { class: "hands note" },
        h("span", {}, { zh: "代码：", en: "Code:" }),
        code("fake", { zh: "生成", en: "generate" }),
        code("belief", { zh: "看法", en: "belief" }),
        code("pushes", { zh: "箭头", en: "arrows" }),
        code("modes", { zh: "模态", en: "modes" }),
      ),
    );
    inLanguage(this.canvas, () => this.describe());
    this.canvas.addEventListener("click", () => context.code(this.lane.code.belief, this.canvas));
  }

  turn(player, turns) {
    this.panel.context.bench.pause();
    return this.panel.context.act({ do: player, turns, variant: this.variant });
  }

  draw(lane) {
    this.lane = lane;
    const pen = this.canvas.getContext("2d");
    pen.setLineDash([]);
    pen.fillStyle = this.panel.colours.text.paper;
    pen.fillRect(0, 0, PIXELS, PIXELS);
    if (this.panel.belief.checked) this.drawBelief(pen);
    this.drawModes(pen);
    if (this.panel.real.checked) this.drawReal(pen);
    if (this.panel.arrows.checked) this.drawArrows(pen);
    this.drawFake(pen);
    this.drawFigures();
    this.describe();
  }

  pixel(x, y) {
    const { reach } = this.lane;
    return [((x + reach) / (2 * reach)) * PIXELS, ((reach - y) / (2 * reach)) * PIXELS];
  }

  drawBelief(pen) {
    const { belief } = this.lane;
    const { colours } = this.panel;
    const [rows, columns] = belief.shape;
    this.cells.width = columns;
    this.cells.height = rows;
    const to = this.cells.getContext("2d");
    const image = to.createImageData(columns, rows);
    for (let i = 0; i < belief.length; i++) {
      const share = belief[i] / 127.5 - 1;
      const end = share < 0 ? colours.below : colours.above;
      for (let k = 0; k < 3; k++) image.data[4 * i + k] = colours.paper[k] + 0.6 * Math.abs(share) * (end[k] - colours.paper[k]);
      image.data[4 * i + 3] = 255;
    }
    to.putImageData(image, 0, 0);
    pen.drawImage(this.cells, 0, 0, PIXELS, PIXELS);
  }

  drawModes(pen) {
    const { centres, counts, radius, reach } = this.lane;
    pen.strokeStyle = this.panel.colours.text.ink;
    pen.lineWidth = 2;
    centres.forEach(([x, y], i) => {
      pen.setLineDash(counts[i] ? [] : [4, 5]);
      pen.beginPath();
      pen.arc(...this.pixel(x, y), Math.max(15, (radius / (2 * reach)) * PIXELS), 0, 2 * Math.PI);
      pen.stroke();
    });
    pen.setLineDash([]);
  }

  drawReal(pen) {
    const { real } = this.lane;
    pen.strokeStyle = this.panel.colours.text.soft;
    pen.lineWidth = 1.2;
    pen.beginPath();
    for (let i = 0; i < real.length; i += 2) {
      const [x, y] = this.pixel(real[i], real[i + 1]);
      pen.moveTo(x - 4, y);
      pen.lineTo(x + 4, y);
      pen.moveTo(x, y - 4);
      pen.lineTo(x, y + 4);
    }
    pen.stroke();
  }

  drawArrows(pen) {
    const { fake, pushes, longest } = this.lane;
    if (!(longest > 0)) return;
    pen.strokeStyle = this.panel.colours.text.ink;
    pen.lineWidth = 1.4;
    pen.globalAlpha = 0.75;
    pen.beginPath();
    for (let i = 0; i < pushes.length; i += 2) {
      const [x, y] = this.pixel(fake[i], fake[i + 1]);
      const [dx, dy] = [(pushes[i] / longest) * ARROW * PIXELS, (-pushes[i + 1] / longest) * ARROW * PIXELS];
      const size = Math.hypot(dx, dy);
      if (size < 2) continue;
      pen.moveTo(x, y);
      pen.lineTo(x + dx, y + dy);
      const [ux, uy] = [dx / size, dy / size];
      const head = Math.min(7, size / 2);
      for (const side of [-1, 1]) {
        pen.moveTo(x + dx, y + dy);
        pen.lineTo(x + dx - head * (ux + side * 0.55 * uy), y + dy - head * (uy - side * 0.55 * ux));
      }
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  drawFake(pen) {
    const { fake } = this.lane;
    pen.fillStyle = this.panel.colours.text.fake;
    pen.strokeStyle = this.panel.colours.text.paper;
    pen.lineWidth = 1;
    for (let i = 0; i < fake.length; i += 2) {
      pen.beginPath();
      pen.arc(...this.pixel(fake[i], fake[i + 1]), 4, 0, 2 * Math.PI);
      pen.fill();
      pen.stroke();
    }
  }

  drawFigures() {
    const { lane } = this;
    const share = shown(lane.good_share * 100, 3);
    const gone = lane.outside ? { zh: `${lane.outside} 个在画面之外。`, en: ` ${lane.outside} lie outside the picture.` } : { zh: "", en: "" };
    replace(this.figures, {
      zh: `${lane.judged} 个点：盖住 ${lane.modes} / ${lane.counts.length} 个模态，${share}% 是好样本；最长的箭头 ${shown(lane.longest, 3)}。${gone.zh}`,
      en: `${lane.judged} points: ${lane.modes} of ${lane.counts.length} modes covered, ${share} % good; the longest arrow is ${shown(lane.longest, 3)}.${gone.en}`,
    });
    this.element.dataset.modes = lane.modes;
    this.element.dataset.goodShare = lane.good_share;
    this.element.dataset.turns = `${lane.turns.generator} ${lane.turns.discriminator}`;
    const top = Math.max(...lane.counts, 1);
    const wide = 200 / lane.counts.length;
    replace(
      this.bars,
      h("line", { class: "grid", x1: 0, x2: 200, y1: 43, y2: 43 }),
      lane.counts.map((count, i) => h("rect", { x: i * wide + 0.15 * wide, y: 43 - (40 * count) / top, width: 0.7 * wide, height: (40 * count) / top })),
    );
    const { generator, discriminator } = lane.turns;
    replace(this.taken, generator + discriminator ? { zh: `在这一步之前，手动走了：生成器 ${generator} 步，判别器 ${discriminator} 步。`, en: `By hand before this step: ${generator} turns of the generator, ${discriminator} of the discriminator.` } : []);
    for (const button of this.buttons) button.disabled = !lane.can;
  }

  describe() {
    if (!this.lane) return;
    const { modes, counts, good_share: good } = this.lane;
    const share = shown(good * 100, 3);
    const words = {
      zh: `真点与造出的点：盖住 ${modes} / ${counts.length} 个模态，${share}% 是好样本`,
      en: `Real and generated points: ${modes} of ${counts.length} modes covered, ${share} % good`,
    };
    this.canvas.setAttribute("aria-label", words[languages.current]);
    const bars = { zh: `各模态的好样本数：${counts.join("，")}`, en: `Good samples at each mode: ${counts.join(", ")}` };
    this.bars.setAttribute("aria-label", bars[languages.current]);
  }
}
