// The setting of a bench as a form: preset, seeds, every field, and a second run to compare.

import { h, replace } from "./dom.js";

export class Form {
  // apply(setting): begin again with it
  constructor(apply) {
    this.apply = apply;
    this.body = h("form", { class: "setting", onsubmit: (event) => this.submit(event) });
    this.element = h("details", { class: "setting-box" }, h("summary", {}, { zh: "设置", en: "Setting" }), this.body);
  }

  update(form) {
    this.form = form;
    const own = form.setting;
    const [field, ...value] = (own.compare || "").split(":");
    const preset = select("preset", form.presets, own.preset);
    preset.addEventListener("change", () => this.apply({ preset: preset.value }));
    replace(
      this.body,
      row({ zh: "预设", en: "preset" }, preset),
      row({ zh: "种子", en: "first seed" }, number("seed", own.seed ?? 0)),
      row({ zh: "几个种子", en: "seeds" }, number("seeds", own.seeds ?? 1, 1, 32)),
      form.fields.map((f) => row(f.name, f.choices.length ? select(f.name, f.choices, f.value) : text(f.name, f.value), f.help)),
      h(
        "fieldset",
        { class: "compare" },
        h("legend", {}, { zh: "旁边再练一个，只改一处", en: "A second run beside it, one field changed" }),
        select("compare-field", ["", ...form.fields.map((f) => f.name)], field, { zh: "要改的字段", en: "field to change" }),
        text("compare-value", value.join(":"), { zh: "它的取值", en: "its value" }),
      ),
      h("button", { type: "submit" }, { zh: "照此重来", en: "Begin again with this" }),
    );
  }

  submit(event) {
    event.preventDefault();
    const told = Object.fromEntries(new FormData(this.body));
    const setting = { preset: told.preset, seed: told.seed, seeds: told.seeds };
    for (const { name, value } of this.form.preset_fields) if (told[name] !== value) setting[name] = told[name];
    if (this.form.setting.own) setting.own = this.form.setting.own;
    if (told["compare-field"]) setting.compare = `${told["compare-field"]}:${told["compare-value"]}`;
    this.apply(setting);
  }
}

const row = (name, input, help = "") =>
  h("label", { title: help }, h("span", {}, typeof name === "string" ? h("code", {}, name) : name), input);

const text = (name, value, label = null) => h("input", { name, value, type: "text", autocomplete: "off", spellcheck: "false", "aria-label": label });

const number = (name, value, min = 0, max = 4294967263) => h("input", { name, value: String(value), type: "number", min, max, step: 1 });

function select(name, choices, value, label = null) {
  const options = choices.map((c) => h("option", { value: c }, c || "–"));
  const found = h("select", { name, "aria-label": label }, options);
  found.value = value ?? "";
  return found;
}
