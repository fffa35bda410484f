// A digit that one draws, every layer's maps of it, and the arithmetic of the cell one looks at.

import { h, replace } from "../../views/browser/dom.js";
import { inLanguage } from "../../views/browser/language.js";
import { Maps } from "../../views/browser/maps.js";
import { shown } from "../../views/browser/numbers.js";

const SIZE = 28;
const CELLS = [[20, 3], [10, 4], [6, 5], [2, 7], [1, 9]]; // pixels of a cell by the side of its map
const KINDS = {
  average: { zh: "四格平均", en: "mean of four" },
  convolution: { zh: "卷积", en: "convolution" },
  pooling: { zh: "池化，再激活", en: "pooling, then activation" },
  activation: { zh: "激活", en: "activation" },
  hidden: { zh: "全连接", en: "fully connected" },
  logits: { zh: "各类得分", en: "one score a class" },
};
const fixed = (value, digits = 2) => (Object.is(Math.round(value * 10 ** digits), -0) ? 0 : value).toFixed(digits).replace("-", "−");
const exact = (value) => shown(value, 6).replace("-", "−");

export default {
  title: { zh: "写一个数字，看它逐层变成什么", en: "Draw a digit and watch every layer" },
  create(context) {
    return new Convolution(context);
  },
};

class Convolution {
  constructor(context) {
    this.context = context;
    this.stages = new Map(); // by name: { maps, head, element }
    this.pinned = false;
    this.part = null; // the map below whose products are shown; null: the strongest
    this.field = new Field((pixels) => this.tell("draw", { pixels }), (by) => this.pick((this.frame?.picked ?? 0) + by), () => this.tell("clear"));
    this.number = h("input", { type: "number", min: 0, step: 1, "data-pick": "1", "aria-label": { zh: "第几张测试图", en: "test image number" } });
    this.number.addEventListener("change", () => this.pick(Number(this.number.value)));
    const button = (words, onclick) => h("button", { type: "button", onclick }, words);
    this.truth = h("p", { class: "note" });
    this.which = h("select", { hidden: true, "aria-label": { zh: "看哪一个网络", en: "which network" } });
    this.which.addEventListener("change", () => this.tell("variant", { variant: Number(this.which.value) }));
    this.bars = h("table", { class: "conv-bars" });
    this.maps = h("div", { class: "conv-stages" });
    this.closing = h("button", { type: "button", class: "quiet close", onclick: () => this.forget(), "aria-label": { zh: "收起算式", en: "Put the arithmetic away" } }, "×");
    this.sum = h("div", { class: "conv-sum", role: "region", tabindex: "0", "aria-label": { zh: "这一格怎么算", en: "How this cell is computed" } });
    this.imageButton = h("button", { type: "button", class: "link", onclick: () => this.context.code(this.frame.stages[0].code, this.imageButton) }, h("code", {}, "image"));
    this.element = h(
      "div",
      { class: "conv" },
      h(
        "div",
        { class: "conv-top" },
        h("div", { class: "conv-field" }, h("p", {}, this.imageButton, " ", h("span", { class: "soft" }, `${SIZE} × ${SIZE}`)), this.field.element, h("p", { class: "note" }, { zh: "在格里写；也可用左右键换测试图，Delete 清空。", en: "Draw in here; or arrow keys for a test image, Delete to clear." })),
        h(
          "div",
          { class: "conv-hands" },
          h("div", { class: "hands" }, h("label", {}, { zh: "测试图 ", en: "Test image " }, this.number), button({ zh: "上一张", en: "Previous" }, () => this.pick((this.frame?.picked ?? 0) - 1)), button({ zh: "下一张", en: "Next" }, () => this.pick((this.frame?.picked ?? -1) + 1))),
          h("div", { class: "hands" }, button({ zh: "清空", en: "Clear" }, () => this.tell("clear")), button({ zh: "摆正：放到 20×20 里，重心居中", en: "Centre as MNIST does" }, () => this.tell("centre")), this.which),
          this.truth,
        ),
        this.bars,
      ),
      this.maps,
      this.sum,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.release();
    });
    new ResizeObserver(() => this.draw()).observe(this.maps);
    watchTheme(() => this.draw());
  }

  // One message on its way, and the latest that waits: a fast hand does not flood the other side.
  tell(what, told = {}) {
    this.next = { do: what, ...told };
    this.sending ??= this.sendAll().finally(() => (this.sending = null));
    return this.sending;
  }

  async sendAll() {
    while (this.next) {
      const message = this.next;
      this.next = null;
      await this.context.act(message);
    }
  }

  pick(index) {
    if (Number.isInteger(index)) this.tell("pick", { index });
  }

  look(stage, cell) {
    this.part = null;
    this.tell("cell", { stage, cell });
  }

  // A click holds the cell while the pointer goes elsewhere, and shows the code.
  hold(name, cell, canvas) {
    const held = this.frame.cell;
    if (this.pinned && held && this.frame.stages[held.stage].name === name && String(held.cell) === String(cell)) return this.release();
    this.pinned = true;
    this.look(name, cell);
    const code = this.frame.stages.find((stage) => stage.name === name).code;
    const place = code.shape.length === 1 ? cell.slice(0, 1) : cell;
    return this.context.code({ ...code, tensor: `${code.tensor}[${place.join(", ")}]` }, canvas);
  }

  forget() {
    this.pinned = false;
    return this.tell("cell");
  }

  release() {
    this.pinned = false;
    this.draw();
  }

  update(frame) {
    if (!frame.ready) return;
    this.frame = frame;
    this.draw();
  }

  draw() {
    const { frame } = this;
    if (!frame || !this.maps.clientWidth) return;
    this.field.update(frame.stages[0].value);
    if (document.activeElement !== this.number) this.number.value = frame.picked === null ? "" : String(frame.picked);
    this.number.max = frame.tests - 1;
    this.drawTruth();
    this.drawBars();
    this.drawStages();
    this.drawSum();
  }

  drawTruth() {
    const { picked, label, classes, readings, variant, variants } = this.frame;
    const said = classes[readings[variant].said];
    const key = `${picked} ${said}`;
    if (key !== this.truthKey) {
      this.truthKey = key;
      const right = classes[label] === said;
      replace(
        this.truth,
        picked === null
          ? { zh: `网络读作 ${said}。`, en: `The network reads ${said}.` }
          : { zh: `网络读作 ${said}；${right ? "✓ 对" : `✗ 应是 ${classes[label]}`}。`, en: `The network reads ${said}; ${right ? "✓ right" : `✗ it is ${classes[label]}`}.` },
      );
    }
    const names = Object.values(this.context.names()).join("\n");
    if (this.which.dataset.names === names) return;
    this.which.dataset.names = names;
    this.which.hidden = variants < 2;
    replace(this.which, Object.entries(this.context.names()).map(([v, words]) => h("option", { value: v }, words)));
    this.which.value = String(variant);
  }

  drawBars() {
    const { classes, readings, variant } = this.frame;
    const key = [classes.length, readings.length].join();
    if (this.barsKey !== key) {
      this.barsKey = key;
      this.rows = classes.map((name, i) => {
        const button = h("button", { type: "button", class: "link", "aria-label": { zh: `${name} 的得分怎么算`, en: `how the score of ${name} is computed` } }, name);
        button.addEventListener("click", () => this.hold("logits", [i, 0, 0], button));
        const cells = readings.map((_, v) => h("span", { class: `conv-bar v${v}` }, h("i"), h("b")));
        const logit = h("td", { class: "number soft" });
        const row = h("tr", { "data-class": i }, h("th", { scope: "row" }, button), h("td", {}, cells), logit);
        row.addEventListener("pointerenter", () => {
          if (!this.pinned) this.look("logits", [i, 0, 0]);
        });
        return { row, cells, logit };
      });
      replace(
        this.bars,
        h("caption", {}, h("span", { class: "both-columns" }, { zh: "概率（softmax）", en: "Probability (softmax)" }), h("span", { class: "soft" }, "logits")),
        h("tbody", {}, this.rows.map(({ row }) => row)),
      );
    }
    this.rows.forEach(({ row, cells, logit }, i) => {
      readings.forEach((reading, v) => {
        const chance = reading ? reading.chance[i] : 0;
        cells[v].firstChild.style.width = `${chance * 100}%`;
        cells[v].lastChild.textContent = `${fixed(chance * 100, 1)} %`;
      });
      logit.textContent = fixed(readings[variant].logits[i]);
      logit.dataset.value = readings[variant].logits[i];
      row.classList.toggle("said", i === readings[variant].said);
    });
  }

  drawStages() {
    const { stages } = this.frame;
    const key = stages.map((stage) => stage.name).join();
    if (key !== this.stagesKey) {
      this.stagesKey = key;
      this.stages.clear();
      for (const stage of stages.slice(1)) this.stages.set(stage.name, this.newStage(stage));
      replace(this.maps, [...this.stages.values()].map((one) => one.element));
      this.stages.set(stages[0].name, { maps: this.field.maps });
    }
    this.field.maps.frame([]);
    for (const stage of stages.slice(1)) {
      const one = this.stages.get(stage.name);
      one.code = stage.code;
      one.reach.textContent = `±${shown(stage.reach, 3)}`;
      one.maps.update(stage.value, stage.value.shape, stage.reach, this.maps.clientWidth);
      one.maps.frame([]);
    }
    this.frameCells();
  }

  newStage({ name, kind, value, code }) {
    const words = KINDS[kind];
    const shape = code.shape.join(" × ");
    const maps = new Maps({
      label: { zh: `${name}，${words.zh}，${shape}；方向键移动`, en: `${name}, ${words.en}, ${shape}; arrow keys move` },
      size: CELLS.find(([side]) => value.shape[1] >= side)[1],
      onlook: (cell) => {
        if (!this.pinned || maps.canvas.matches(":focus-visible")) this.look(name, cell);
      },
      onpick: (cell, canvas) => this.hold(name, cell, canvas),
    });
    const reach = h("span", { class: "soft number" });
    const one = { maps, reach };
    const button = h("button", { type: "button", class: "link", onclick: () => this.context.code(one.code, button) }, h("code", {}, name));
    one.element = h("div", { class: "conv-stage", "data-stage": name }, h("p", {}, button, " ", h("span", { class: "soft" }, shape, " · ", words), " ", reach), maps.element);
    return one;
  }

  // The cell, and in the stage before it what it was made from.
  frameCells() {
    const { cell, stages } = this.frame;
    if (!cell) return;
    const [map, row, column] = cell.cell;
    const stage = stages[cell.stage];
    if (cell.stage === 0) return;
    this.stages.get(stage.name).maps.frame([{ map, top: row, left: column, rows: 1, columns: 1, kind: "here" }]);
    const below = stages[cell.stage - 1];
    let boxes = [];
    if (cell.strongest) boxes = cell.strongest.map(({ from: [m, i, j] }) => ({ map: m, top: i, left: j, rows: 1, columns: 1, kind: "from" }));
    else if (cell.region) {
      const [top, left, rows, columns] = cell.region;
      const some = cell.channel === undefined ? [...Array(below.value.shape[0]).keys()] : [cell.channel];
      boxes = some.map((m) => ({ map: m, top, left, rows, columns, kind: "from" }));
    }
    this.stages.get(below.name).maps.frame(boxes);
  }

  // ── the arithmetic ───────────────────────────────────────────────────────────────────────────

  drawSum() {
    const { cell, stages } = this.frame;
    if (!cell) {
      if (!this.empty) replace(this.sum, h("p", { class: "note" }, { zh: "把指针放到任何一格上，或用 Tab 和方向键走过去：这里列出它的算式。点一下把它定住，并打开代码。", en: "Point at any cell, or walk there with Tab and the arrow keys: its arithmetic stands here. A click holds it and opens the code." }));
      this.empty = true;
      return;
    }
    this.empty = false;
    const stage = stages[cell.stage];
    const below = stages[Math.max(0, cell.stage - 1)];
    const place = stage.code.shape.length === 1 ? cell.cell.slice(0, 1) : cell.cell;
    const name = `${stage.name}[${place.join(", ")}]`;
    const key = `${name} ${cell.kind} ${this.part}`;
    const focused = this.sum.contains(document.activeElement) ? document.activeElement.dataset.part : undefined;
    replace(
      this.sum,
      h("p", { "aria-live": key === this.sumKey ? "off" : "polite" }, h("code", {}, name), this.pinned ? h("span", { class: "note" }, " ", { zh: "已定住，Esc 放开", en: "held; Esc lets go" }) : null, this.closing),
      cell.kind === "convolution" ? this.window(cell, below) : null,
      cell.numbers ? this.four(cell, below) : null,
      cell.strongest ? this.strongest(cell, below) : null,
      cell.kind === "activation" ? h("p", {}, h("code", {}, below.name), ` = ${exact(cell.sum)}`) : null,
      this.ends(cell, stage),
    );
    this.sumKey = key;
    if (focused !== undefined) this.sum.querySelector(`[data-part="${focused}"]`)?.focus();
  }

  window(cell, below) {
    const [maps, rows, columns] = cell.pixels.shape;
    const strongest = [...cell.sums.keys()].reduce((a, b) => (Math.abs(cell.sums[b]) > Math.abs(cell.sums[a]) ? b : a), 0);
    const part = this.part ?? strongest;
    const most = Math.max(...cell.products.map(Math.abs), 1e-9);
    const at = (i, j) => (part * rows + i) * columns + j;
    const [top, left] = cell.region;
    const grid = h(
      "table",
      { class: "products" },
      h("caption", {}, h("code", {}, `${below.name}[${part}, ${top}:${top + rows}, ${left}:${left + columns}]`), { zh: " × 卷积核", en: " × kernel" }),
      h("tbody", {}, [...Array(rows).keys()].map((i) => h("tr", {}, [...Array(columns).keys()].map((j) => {
        const n = at(i, j);
        return h("td", { style: tint(cell.products[n] / most) }, h("span", {}, fixed(cell.pixels[n])), h("span", {}, `× ${fixed(cell.weights[n])}`), h("b", {}, fixed(cell.products[n])));
      })))),
    );
    if (maps === 1) return grid;
    const widest = Math.max(...cell.sums.map(Math.abs), 1e-9);
    const parts = [...cell.sums].map((sum, m) => {
      const button = h("button", { type: "button", class: "part", style: tint(sum / widest), "data-part": m, "aria-pressed": String(m === part), title: `${below.name}[${m}]: ${exact(sum)}`, "aria-label": `${below.name}[${m}]: ${exact(sum)}` }, String(m));
      button.addEventListener("click", () => {
        this.part = m;
        this.draw();
      });
      return button;
    });
    return [grid, h("p", {}, { zh: `下面 ${maps} 张图各自的和：`, en: `The sum of each of the ${maps} maps below: ` }), h("div", { class: "parts" }, parts), line({ zh: `第 ${part} 张图的和`, en: `sum of map ${part}` }, exact(cell.sums[part]))];
  }

  four(cell, below) {
    const rows = cell.numbers.shape[1] ?? 2;
    const largest = Math.max(...cell.numbers);
    const table = h("tbody", {}, [...Array(cell.numbers.shape[0]).keys()].map((i) => h("tr", {}, [...Array(rows).keys()].map((j) => {
      const value = cell.numbers[i * rows + j];
      const wins = cell.kind === "pooling" && value === largest;
      return h("td", { class: wins ? "largest" : "" }, h("b", {}, fixed(value, 3)), wins ? h("span", {}, "max") : null);
    }))));
    const [top, left] = cell.region;
    return [
      h("table", { class: "products" }, h("caption", {}, h("code", {}, `${below.name}[${cell.channel}, ${top}:${top + 2}, ${left}:${left + 2}]`)), table),
      line(cell.kind === "pooling" ? { zh: "最大的", en: "largest" } : { zh: "平均", en: "mean" }, exact(cell.sum)),
    ];
  }

  strongest(cell, below) {
    const flat = below.code.shape.length === 1;
    return h(
      "table",
      { class: "terms" },
      h("caption", {}, { zh: "最大的几项", en: "the largest terms" }),
      h("tbody", {}, cell.strongest.map((term) =>
        h("tr", {}, h("th", { scope: "row" }, h("code", {}, `${below.name}[${(flat ? term.from.slice(0, 1) : term.from).join(", ")}]`)), h("td", {}, `${fixed(term.input)} × ${fixed(term.weight)}`), h("td", {}, fixed(term.product, 3))),
      ), cell.others ? h("tr", {}, h("th", { scope: "row", colspan: 2 }, { zh: `其余 ${cell.others} 项`, en: `${cell.others} others` }), h("td", {}, fixed(cell.rest, 3))) : null),
    );
  }

  ends(cell, stage) {
    const lines = [];
    if (cell.bias !== undefined) {
      if (cell.kind === "convolution") lines.push(line({ zh: `全部 ${cell.products.length} 项的和`, en: `sum of all ${cell.products.length}` }, exact(cell.sum - cell.bias)));
      lines.push(line({ zh: "+ 偏置", en: "+ bias" }, exact(cell.bias)), line({ zh: "= 总和", en: "= sum" }, exact(cell.sum)));
    }
    if (cell.activation) lines.push(h("p", { class: "line-of" }, h("span", {}, `${cell.activation}(${exact(cell.sum)})`), h("b", {}, exact(cell.value))));
    if (stage.kind === "convolution") lines.push(h("p", { class: "note" }, { zh: "激活在后一层。", en: "The activation comes with the next stage." }));
    if (stage.kind === "logits") lines.push(h("p", { class: "line-of" }, h("span", {}, { zh: "softmax 后的概率", en: "softmax of it" }), h("b", {}, exact(this.frame.readings[this.frame.variant].chance[cell.cell[0]]))));
    lines.push(h("p", { class: "line-of own" }, h("span", {}, { zh: "网络自己算出的", en: "the network's own" }), h("b", { "data-value": cell.value, "data-sum": cell.sum }, exact(cell.value))));
    return h("div", { class: "lines" }, lines);
  }
}

// Where one draws: 28 x 28 pixels under a soft brush.
class Field {
  constructor(ondraw, onwalk, onclear) {
    this.pixels = new Float32Array(SIZE * SIZE);
    this.ondraw = ondraw;
    this.maps = new Maps({ label: null, size: 8, ink: true });
    this.element = this.maps.element;
    const { canvas } = this.maps;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("data-field", "1");
    inLanguage(canvas, (l) => canvas.setAttribute("aria-label", { zh: "手写的格子；左右键换测试图，Delete 清空", en: "Field to draw a digit in; left and right arrows pick a test image, Delete clears" }[l]));
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.last = this.at(event);
      this.drawing = true;
      this.stroke(this.last);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.drawing) for (const one of event.getCoalescedEvents?.() ?? [event]) this.stroke(this.at(one));
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.drawing = false));
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") onwalk(event.key === "ArrowLeft" ? -1 : 1);
      else if (event.key === "Delete" || event.key === "Backspace") onclear();
      else return;
      event.preventDefault();
    });
  }

  update(values) {
    if (this.drawing) return;
    this.pixels.set(values);
    this.paint();
  }

  paint() {
    this.maps.update(this.pixels, [1, SIZE, SIZE], 1, 8 * SIZE);
  }

  at(event) {
    const box = this.maps.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIZE, ((event.clientY - box.top) / box.height) * SIZE];
  }

  stroke([x, y]) {
    const [fromX, fromY] = this.last;
    const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) * 3));
    for (let s = 0; s <= steps; s++) this.dab(fromX + ((x - fromX) * s) / steps, fromY + ((y - fromY) * s) / steps);
    this.last = [x, y];
    this.paint();
    this.ondraw(Array.from(this.pixels, (v) => Math.round(v * 255)));
  }

  dab(x, y) {
    for (let i = Math.max(0, Math.floor(y - 2)); i < Math.min(SIZE, y + 2); i++) {
      for (let j = Math.max(0, Math.floor(x - 2)); j < Math.min(SIZE, x + 2); j++) {
        const ink = Math.max(0, Math.min(1, 1.75 - Math.hypot(j + 0.5 - x, i + 0.5 - y)));
        this.pixels[i * SIZE + j] = Math.max(this.pixels[i * SIZE + j], ink);
      }
    }
  }
}

const line = (words, number) => h("p", { class: "line-of" }, h("span", {}, words), h("b", {}, number));

const tint = (share) => `background: color-mix(in srgb, var(${share < 0 ? "--v0" : "--v1"}) ${Math.round(Math.abs(share) * 40)}%, transparent)`;

function watchTheme(redraw) {
  new MutationObserver(redraw).observe(document.body, { attributes: true, attributeFilter: ["data-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
