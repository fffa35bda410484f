// Elements without a framework.

import { inLanguage } from "./language.js";

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "g", "path", "line", "rect", "circle", "polyline", "polygon", "text", "title"]);

// h("button", { onclick, "aria-label": {zh, en} }, "text", {zh, en}, child, ...)
export function h(tag, attributes = {}, ...children) {
  const element = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.setAttribute("class", value);
  else if (value && value.zh !== undefined) inLanguage(element, (l) => element.setAttribute(name, value[l]));
  else if (name === "value" || name === "checked" || name === "disabled") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

// Children in any nesting of lists and generators; what is null is left out.
function nodes(children) {
  if (children === null || children === undefined) return [];
  if (typeof children === "object" && children[Symbol.iterator] && !(children instanceof Node)) return [...children].flatMap(nodes);
  return [asNode(children)];
}

function asNode(child) {
  if (child instanceof Node) return child;
  return child && child.zh !== undefined ? say(child) : document.createTextNode(String(child));
}

// A text in both languages; styles show one of them.
export function say({ zh, en }) {
  const both = document.createElement("span");
  both.className = "both";
  for (const [lang, words] of [["zh-Hans", zh], ["en", en]]) {
    const one = document.createElement("span");
    one.lang = lang;
    one.textContent = words;
    both.append(one);
  }
  return both;
}

export function replace(element, ...children) {
  element.replaceChildren(...nodes(children));
}

export const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
