(() => {
  for (const root of document.querySelectorAll(".graph:not([data-ready])")) {
    root.dataset.ready = "yes";
    const told = JSON.parse(root.querySelector("script").textContent);
    const [button, slider, output, says] = ["button", "input", "output", ".graph-says"]
      .map((name) => root.querySelector(name));
    const part = (key) => root.querySelector(`[data-part="${key}"]`);
    const arrow = (key) => root.querySelector(`[data-arrow="${key}"]`);
    const box = (node) => root.querySelector(`[data-node="${node}"]`);
    const last = told.steps.length;

    function show(count) {
      for (const text of root.querySelectorAll("[data-part], [data-gradient]")) {
        text.textContent = "";
      }
      for (const lit of root.querySelectorAll(".lit")) lit.classList.remove("lit");
      told.steps.slice(0, count).forEach((step, i) => {
        const now = i === count - 1;
        for (const [node, words] of step.got) {
          box(node).querySelector("[data-gradient]").textContent = "∂ " + words;
        }
        for (const [key, words] of step.parts) {
          const text = part(key); // long graphs have no room for it
          if (text) text.textContent = words;
          if (now) arrow(key).classList.add("lit");
          if (now && text) text.classList.add("lit");
        }
        if (now) box(step.node).classList.add("lit");
      });
      says.textContent = count ? told.steps[count - 1].says : told.start;
      output.textContent = count + " / " + last;
      slider.value = count;
      slider.setAttribute("aria-valuetext", says.textContent);
      button.textContent = count < last ? told.step : told.again;
    }

    button.addEventListener("click", () => {
      const now = Number(slider.value);
      show(now < last ? now + 1 : 0);
    });
    slider.addEventListener("input", () => show(Number(slider.value)));
    show(0);
  }
})();
