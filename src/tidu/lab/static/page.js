// The pages of the lab: language and theme, live benches over a socket, pictures on demand.

import { Bench } from "../../views/browser/bench.js";
import { h, replace } from "../../views/browser/dom.js";
import { setLanguage } from "../../views/browser/language.js";
import { opened } from "../../views/browser/wire.js";

const body = document.body;
const remember = (name, value) => (document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`);
const remembered = (name) => (document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`)) ?? [])[1];

function speak(language) {
  body.dataset.language = language;
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  document.title = `${body.dataset[language === "zh" ? "titleZh" : "titleEn"]} · tidu`;
  for (const button of document.querySelectorAll("[data-set-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setLanguage === language));
  }
  setLanguage(language);
}

for (const button of document.querySelectorAll("[data-set-language]")) {
  button.addEventListener("click", () => {
    remember("tidu-language", button.dataset.setLanguage);
    const address = new URL(location.href);
    address.searchParams.delete("lang");
    history.replaceState(null, "", address);
    speak(button.dataset.setLanguage);
  });
}
speak(body.dataset.language);

const THEMES = ["auto", "light", "dark"];
function dress(theme) {
  if (theme === "auto") delete body.dataset.theme;
  else body.dataset.theme = theme;
  document.documentElement.dataset.theme = theme;
}
dress(new URLSearchParams(location.search).get("theme") || remembered("tidu-theme") || "auto");
document.querySelector("[data-theme-switch]").addEventListener("click", () => {
  const now = body.dataset.theme || "auto";
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  remember("tidu-theme", next);
  dress(next);
});

// A socket as a channel; it opens again when the server was away.
function socketChannel(system, onState) {
  const query = location.search;
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live/${system}${query}`);
  socket.binaryType = "arraybuffer";
  const early = [];
  socket.addEventListener("open", () => {
    for (const text of early.splice(0)) socket.send(text);
  });
  socket.addEventListener("close", () => onState("closed"));
  return {
    send(message) {
      const text = JSON.stringify(message);
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
      else if (socket.readyState === WebSocket.CONNECTING) early.push(text);
      else onState("closed");
    },
    receive(callback) {
      socket.addEventListener("message", (event) => callback(...opened(event.data)));
    },
  };
}

for (const place of document.querySelectorAll("[data-bench]")) {
  const start = () => {
    const channel = socketChannel(place.dataset.bench, () => {
      bench.complain({
        message: body.dataset.language === "zh" ? "与实验室的连接断了。" : "The connection to the lab is gone.",
        hint: body.dataset.language === "zh" ? "重新打开 tidu lab，再刷新本页；地址里存着设置。" : "Start tidu lab again and reload; the address keeps the setting.",
      });
    });
    const bench = new Bench(channel, {
      onSetting(setting) {
        const address = new URL(location.href);
        const kept = ["lang", "theme"].filter((k) => address.searchParams.has(k)).map((k) => [k, address.searchParams.get(k)]);
        address.search = new URLSearchParams([...Object.entries(setting), ...kept]).toString();
        history.replaceState(null, "", address);
      },
    });
    bench.ready.then((reply) => {
      replace(place, bench.element);
      if (reply.notice) bench.complain(reply.notice);
      place.dataset.ready = "1";
    });
    window.bench = bench;
  };
  start();
}

// Pictures are drawn when they come into sight.
for (const place of document.querySelectorAll("[data-pictures]")) {
  const watch = new IntersectionObserver(async (seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    const reply = await (await fetch(`/pictures/${place.dataset.pictures}`)).json();
    if (reply.error) {
      replace(place, h("p", { class: "status wrong", role: "status" }, reply.error, " ", reply.hint));
      return;
    }
    const source = reply.own ? { zh: `来自运行 ${reply.run}`, en: `From the run ${reply.run}` } : { zh: `预设 ${reply.preset}`, en: `Preset ${reply.preset}` };
    replace(
      place,
      h("p", { class: "soft" }, source),
      reply.pictures.map((picture) =>
        h(
          "figure",
          { class: "drawn" },
          ["zh", "en"].map((l) =>
            h("img", { class: `only-${l}`, lang: l === "zh" ? "zh-Hans" : "en", loading: "lazy", src: `/picture/${reply.run}/${picture.name}.${l}.png`, alt: picture.alt[l] }),
          ),
        ),
      ),
    );
    place.dataset.ready = "1";
  });
  watch.observe(place);
}
