(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  for (const root of document.querySelectorAll(".player:not([data-ready])")) {
    root.dataset.ready = "yes";
    const told = JSON.parse(root.querySelector("script").textContent);
    const [canvas, button, slider, output] = ["canvas", "button", "input", "output"]
      .map((name) => root.querySelector(name));
    const pen = canvas.getContext("2d");
    const [left, right, bottom, top] = told.view;
    const x = (v) => ((v - left) / (right - left)) * canvas.width;
    const y = (v) => ((top - v) / (top - bottom)) * canvas.height;
    const last = told.frames.length - 1;
    told.frames.forEach((frame, i) => {
      const before = told.frames[i - 1] || {};
      frame.points = frame.points || before.points;
      frame.lines = frame.lines || before.lines;
      if (frame.image) {
        frame.picture = new Image();
        frame.picture.onload = () => { if (Math.round(now) === i) draw(); };
        frame.picture.src = frame.image;
      } else frame.picture = before.picture;
    });
    let now = last, playing = false, clock = 0;

    const between = (a, b, share) => a.map((p, i) => [
      p[0] + (b[i][0] - p[0]) * share, p[1] + (b[i][1] - p[1]) * share,
    ]);

    function draw() {
      const at = Math.min(Math.floor(now), last);
      const next = Math.min(at + 1, last);
      const share = told.blend ? now - at : 0;
      const frame = told.frames[at], coming = told.frames[next];
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      if (frame.picture && frame.picture.complete && frame.picture.naturalWidth) {
        pen.drawImage(frame.picture, 0, 0, canvas.width, canvas.height);
      }
      pen.strokeStyle = told.line;
      pen.lineWidth = 1;
      (frame.lines || []).forEach((line, i) => {
        pen.beginPath();
        for (const p of between(line, coming.lines[i], share)) pen.lineTo(x(p[0]), y(p[1]));
        pen.stroke();
      });
      const points = frame.points ? between(frame.points, coming.points, share) : [];
      pen.strokeStyle = "#ffffff";
      points.forEach((p, i) => {
        pen.fillStyle = told.colours[told.labels[i] % told.colours.length];
        pen.beginPath();
        pen.arc(x(p[0]), y(p[1]), 5.5, 0, 2 * Math.PI);
        pen.fill();
        pen.stroke();
      });
      const label = told.frames[Math.round(now)].label;
      output.textContent = label;
      slider.setAttribute("aria-valuetext", label);
    }

    function say() { button.textContent = playing ? told.pause : told.play; }

    function turn(time) {
      if (!playing) return;
      const glide = told.blend && !still.matches;
      const pace = told.blend ? 1.4 : 0.16; // seconds from one frame to the next
      const passed = (time - clock) / 1000 / pace;
      if (glide || passed >= 1) {
        now = Math.min(last, now + (glide ? passed : 1));
        clock = time;
        slider.value = Math.round(now);
        draw();
      }
      if (now >= last) { playing = false; say(); return; }
      requestAnimationFrame(turn);
    }

    button.addEventListener("click", () => {
      playing = !playing;
      if (playing) {
        if (now >= last) now = 0;
        clock = performance.now();
        draw();
        requestAnimationFrame(turn);
      }
      say();
    });
    slider.addEventListener("input", () => {
      playing = false;
      say();
      now = Number(slider.value);
      draw();
    });
    draw();
  }
})();
