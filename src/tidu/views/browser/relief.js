// A height over a grid: as a map with contour lines, and in space, painted from far to near.
// `shade` holds every height's share of what is shown, from 0 to 1, row by row from the bottom.

import { shown, ticks } from "./numbers.js";

// Makes the canvas as fine as the screen; coordinates stay those of the page.
export function sized(canvas) {
  const fine = Math.min(window.devicePixelRatio || 1, 2);
  const width = canvas.clientWidth || 320;
  const height = canvas.clientHeight || 320;
  if (canvas.width !== Math.round(width * fine) || canvas.height !== Math.round(height * fine)) {
    canvas.width = Math.round(width * fine);
    canvas.height = Math.round(height * fine);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(fine, 0, 0, fine, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

export const lookup = (colours, share) => {
  const at = 3 * Math.max(0, Math.min(255, Math.round(share * 255)));
  return [colours[at], colours[at + 1], colours[at + 2]];
};

export function paintMap(pen, width, height, shade, colours, levels) {
  const [rows, columns] = shade.shape;
  const image = new ImageData(columns, rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      image.data.set([...lookup(colours, shade[(rows - 1 - j) * columns + i]), 255], 4 * (j * columns + i));
    }
  }
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  small.getContext("2d").putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(small, 0.5, 0.5, columns - 1, rows - 1, 0, 0, width, height);
  pen.strokeStyle = "rgba(255, 255, 255, 0.55)";
  pen.lineWidth = 0.8;
  pen.beginPath();
  const x = (i) => (i / (columns - 1)) * width;
  const y = (j) => height - (j / (rows - 1)) * height;
  for (const level of levels) {
    for (const [a, b, c, d] of contour(shade, level)) {
      pen.moveTo(x(a), y(b));
      pen.lineTo(x(c), y(d));
    }
  }
  pen.stroke();
}

// The numbers along the map's edges.
export function paintTicks(pen, width, height, view, axes) {
  const [left, right, bottom, top] = view;
  pen.font = "11px system-ui, sans-serif";
  const write = (words, x, y, align) => {
    pen.textAlign = align;
    pen.lineWidth = 3;
    pen.strokeStyle = "rgba(0, 0, 0, 0.65)";
    pen.strokeText(words, x, y);
    pen.fillStyle = "#ffffff";
    pen.fillText(words, x, y);
  };
  for (const tick of ticks(left, right, 5).filter((t) => t > left && t < right)) write(shown(tick, 3), ((tick - left) / (right - left)) * width, height - 5, "center");
  for (const tick of ticks(bottom, top, 5).filter((t) => t > bottom + 0.06 * (top - bottom) && t < top)) write(shown(tick, 3), 4, height - ((tick - bottom) / (top - bottom)) * height + 4, "left");
  write(axes[0], width - 5, height - 5, "right");
  write(axes[1], 4, 13, "left");
}

// Marching squares: pieces [x, y, x, y] of the line of one level, in cells of the grid.
export function contour(shade, level) {
  const [rows, columns] = shade.shape;
  const pieces = [];
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const corners = [
        [i, j, shade[j * columns + i]],
        [i + 1, j, shade[j * columns + i + 1]],
        [i + 1, j + 1, shade[(j + 1) * columns + i + 1]],
        [i, j + 1, shade[(j + 1) * columns + i]],
      ];
      const cuts = [];
      corners.forEach(([x, y, v], k) => {
        const [u, w, t] = corners[(k + 1) % 4];
        if (v < level === t < level) return;
        const part = (level - v) / (t - v);
        cuts.push([x + part * (u - x), y + part * (w - y)]);
      });
      for (let k = 0; k + 1 < cuts.length; k += 2) pieces.push([...cuts[k], ...cuts[k + 1]]);
    }
  }
  return pieces;
}

const TALL = 0.95; // of the block, whose sides are 2 long

export class Relief {
  constructor() {
    this.turn = -0.6;
    this.tilt = 0.6;
  }

  take(shade, colours) {
    this.shade = shade;
    this.colours = colours;
    this.tints = [];
  }

  // From the grid's shares (0 to 1 along each side, and the height's) to the canvas.
  place(across, up, share) {
    const [x, y, z] = [2 * across - 1, 2 * up - 1, TALL * (share - 0.5)];
    const away = x * Math.sin(this.turn) + y * Math.cos(this.turn);
    const aside = x * Math.cos(this.turn) - y * Math.sin(this.turn);
    const rise = z * Math.cos(this.tilt) + away * Math.sin(this.tilt);
    return [this.middle[0] + this.unit * aside, this.middle[1] - this.unit * rise];
  }

  // The height's share between the points of the grid.
  at(across, up) {
    const [rows, columns] = this.shade.shape;
    const x = Math.max(0, Math.min(columns - 1.001, across * (columns - 1)));
    const y = Math.max(0, Math.min(rows - 1.001, up * (rows - 1)));
    const [i, j] = [Math.floor(x), Math.floor(y)];
    const v = (a, b) => this.shade[b * columns + a];
    const low = v(i, j) * (1 - x + i) + v(i + 1, j) * (x - i);
    const high = v(i, j + 1) * (1 - x + i) + v(i + 1, j + 1) * (x - i);
    return low * (1 - y + j) + high * (y - j);
  }

  // Whether something of the surface stands between a point and the eye.
  hidden(across, up, share) {
    const [x, y, z] = [-Math.sin(this.turn), -Math.cos(this.turn), Math.tan(this.tilt)];
    for (let t = 0.02; t < 1; t += 0.02) {
      const [a, b] = [across + t * x, up + t * y];
      if (a < 0 || a > 1 || b < 0 || b > 1) return false;
      if (this.at(a, b) > share + (2 * t * z) / TALL + 0.01) return true;
    }
    return false;
  }

  // Every `every`-th point of the grid, from far to near; few while it turns.
  paint(pen, width, height, every = 1) {
    const [rows, columns] = this.shade.shape;
    this.middle = [width / 2, height * 0.5];
    this.unit = Math.min(width / 3.4, height / 2.5);
    const order = (count, forward) => {
      const starts = Array.from({ length: Math.ceil((count - 1) / every) }, (_, k) => k * every);
      return forward ? starts.reverse() : starts;
    };
    const along = order(columns, Math.sin(this.turn) > 0);
    const upward = order(rows, Math.cos(this.turn) > 0);
    const points = new Map();
    const at = (i, j) => {
      const k = j * columns + i;
      if (!points.has(k)) points.set(k, this.place(i / (columns - 1), j / (rows - 1), this.shade[k]));
      return points.get(k);
    };
    pen.lineWidth = 0.7;
    pen.lineJoin = "round";
    for (const j of upward) {
      for (const i of along) {
        const [right, over] = [Math.min(i + every, columns - 1), Math.min(j + every, rows - 1)];
        const [a, b, c, d] = [this.shade[j * columns + i], this.shade[j * columns + right], this.shade[over * columns + right], this.shade[over * columns + i]];
        // light from the upper left, so that a slope shows even where its colour does not change
        const lean = (((a - b) * 0.8 + (d - a) * 0.6) * columns * 0.12) / every;
        pen.fillStyle = pen.strokeStyle = this.tint((a + b + c + d) / 4, lean);
        pen.beginPath();
        pen.moveTo(...at(i, j));
        pen.lineTo(...at(right, j));
        pen.lineTo(...at(right, over));
        pen.lineTo(...at(i, over));
        pen.closePath();
        pen.fill();
        pen.stroke();
      }
    }
  }

  // A colour of the table, lighter or darker; each is made once.
  tint(share, lean) {
    const light = Math.round(20 * Math.max(-0.22, Math.min(0.18, lean)));
    const place = 256 * (light + 5) + Math.max(0, Math.min(255, Math.round(share * 255)));
    this.tints[place] ??= `rgb(${lookup(this.colours, share).map((v) => Math.min(255, Math.round(v * (1 + light / 20)))).join()})`;
    return this.tints[place];
  }

  // The outline of the floor, behind the surface.
  paintFloor(pen, colour) {
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    pen.beginPath();
    [[0, 0], [1, 0], [1, 1], [0, 1]].forEach(([a, b], k) => (k ? pen.lineTo(...this.place(a, b, 0)) : pen.moveTo(...this.place(a, b, 0))));
    pen.closePath();
    pen.stroke();
  }

  // The numbers at the corners of the floor.
  paintCorners(pen, colour, [left, right, bottom, top], [x, y]) {
    pen.fillStyle = colour;
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "center";
    for (const [across, up, words] of [[0.5, -0.14, x], [0, -0.1, shown(left, 3)], [1, -0.1, shown(right, 3)], [1.14, 0.5, y], [1.12, 0.04, shown(bottom, 3)], [1.12, 1, shown(top, 3)]]) {
      const [a, b] = this.place(across, up, 0);
      pen.fillText(words, a, b + 4);
    }
  }
}
