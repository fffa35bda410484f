(() => {
  const pages = [...document.querySelectorAll("main[data-page]")];
  const switches = [...document.querySelectorAll("[data-language]")];

  function show(language) {
    for (const page of pages) page.hidden = page.dataset.page !== language;
    for (const s of switches) s.setAttribute("aria-pressed", s.dataset.language === language);
    document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
    document.title = document.body.dataset[language === "zh" ? "titleZh" : "titleEn"] + " · tidu";
    drawSurfaces();
  }

  async function unpack(name) {
    const packed = atob(document.getElementById("file-" + name).textContent);
    const bytes = Uint8Array.from(packed, (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).blob();
  }

  let plotly = null;
  function loadPlotly() {
    plotly = plotly || unpack("plotly").then((blob) => new Promise((done) => {
      const script = document.createElement("script");
      script.src = URL.createObjectURL(blob);
      script.onload = done;
      document.head.append(script);
    }));
    return plotly;
  }

  function inkOf(element) { return getComputedStyle(element).color; }

  async function drawSurface(place) {
    if (place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    await loadPlotly();
    const told = JSON.parse(place.querySelector("script").textContent);
    told.layout.font = { color: inkOf(place) };
    const drawn = document.createElement("div");
    place.append(drawn);
    window.Plotly.newPlot(drawn, told.data, told.layout, {
      displaylogo: false, responsive: true, locale: "en",
    });
  }

  const near = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) drawSurface(one.target);
  }, { rootMargin: "400px" });

  function drawSurfaces() {
    for (const place of document.querySelectorAll(".plotly-figure")) near.observe(place);
  }

  for (const button of document.querySelectorAll("[data-file]")) {
    button.addEventListener("click", async () => {
      const link = document.createElement("a");
      const blob = await unpack(button.dataset.file);
      link.href = URL.createObjectURL(new Blob([blob], { type: button.dataset.kind }));
      link.download = button.dataset.file;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  }

  for (const s of switches) s.addEventListener("click", () => show(s.dataset.language));
  const asked = location.hash.slice(1);
  const own = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
  show(["zh", "en"].includes(asked) ? asked : own);
})();
