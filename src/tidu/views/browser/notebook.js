// What a notebook calls: a bench or an inspector in the cell, over the widget's own channel.

import { Bench } from "./bench.js";
import { h } from "./dom.js";
import { Inspector } from "./inspect.js";
import { setLanguage } from "./language.js";

const WORDS = { zh: "中文", en: "English" };

function render({ model, el }) {
  const channel = {
    send: (message) => model.send(message),
    receive: (callback) => model.on("msg:custom", (reply, buffers) => callback(reply, buffers)),
  };
  const root = h("div", { class: "tidu notebook" });
  const speak = (language) => {
    root.dataset.language = language;
    setLanguage(language);
  };
  const choices = Object.entries(WORDS).map(([language, words]) =>
    h("button", { type: "button", class: "quiet", lang: language === "zh" ? "zh-Hans" : "en", onclick: () => speak(language) }, words),
  );
  speak(model.get("language"));
  const shown = model.get("kind") === "inspect" ? new Inspector(channel) : new Bench(channel);
  root.append(h("div", { class: "notebook-bar" }, choices), shown.element);
  el.append(root);
  return () => shown.pause && shown.pause();
}
