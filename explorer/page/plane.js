// The plane of codes: points in the colours of their labels, what the decoder makes of every place behind them, and above them
// the marks: the place that is decoded, where a drawing lies, a path. Three canvases, so that a pointer redraws the marks alone.
//
// Mouse: moving decodes, a click stays, dragging moves the plane, the wheel zooms. Finger: one decodes, two move and zoom.
// Keys: arrows walk, + and - zoom, 0 shows all.
class Plane {
  // decode(x, y) gives the picture at a place; on_place(x, y, stays) is told of the pointer.
  constructor(box, {decode, on_place, size}) {
    this.box = box, this.decode = decode, this.on_place = on_place, this.size = size;
    [this.grid, this.dots, this.marks] = ["grid", "dots", "marks"].map(name => box.appendChild(make("canvas", {class: name})));
    this.places = new Float32Array(0), this.labels = new Uint8Array(0);
    this.middle = [0, 0], this.span = 8;  // units from the left to the right
    this.show_dots = true, this.show_grid = true, this.only = -1;
    this.here = null, this.spread = null, this.path = null, this.moved = false;
    this.dirty = {}, this.frames = [];
    this.pointers = new Map();
    this.listen();
    new ResizeObserver(() => this.resize()).observe(box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw("dots", "marks"));
    this.resize();
  }

  // ---- places and pixels
  get scale() { return this.width / this.span; }
  to_pixels([x, y]) { return [this.width / 2 + (x - this.middle[0]) * this.scale, this.height / 2 - (y - this.middle[1]) * this.scale]; }
  to_place([px, py]) { return [this.middle[0] + (px - this.width / 2) / this.scale, this.middle[1] - (py - this.height / 2) / this.scale]; }
  resize() {
    const {width, height} = this.box.getBoundingClientRect();
    if (!width) return;
    this.ratio = devicePixelRatio || 1, this.width = width, this.height = height;
    for (const canvas of [this.grid, this.dots, this.marks])
      canvas.width = Math.round(width * this.ratio), canvas.height = Math.round(height * this.ratio);
    this.draw("grid", "dots", "marks");
  }
  // The part of the plane in which nearly all points lie.
  show_all() {
    const count = this.places.length / 2;
    if (!count) return;
    const range = offset => {
      const sorted = Float32Array.from({length: count}, (_, n) => this.places[2 * n + offset]).sort();
      return [sorted[Math.floor(count * 0.003)], sorted[Math.ceil(count * 0.997) - 1]];
    };
    const [left, right] = range(0), [bottom, top] = range(1);
    this.middle = [(left + right) / 2, (bottom + top) / 2];
    this.span = 1.12 * Math.max(right - left, top - bottom, 1e-3);
    this.draw("grid", "dots", "marks");
  }
  zoom(factor, at = [this.width / 2, this.height / 2]) {
    const before = this.to_place(at);
    this.span = between(this.span * factor, 1e-4, 1e5);
    const after = this.to_place(at);
    this.middle = [this.middle[0] + before[0] - after[0], this.middle[1] + before[1] - after[1]];
    this.moved = true;
    this.draw("grid", "dots", "marks");
  }
  move(dx, dy) {
    this.middle = [this.middle[0] - dx / this.scale, this.middle[1] + dy / this.scale];
    this.moved = true;
    this.draw("grid", "dots", "marks");
  }

  // ---- what it shows
  set_points(places, labels) { this.places = places, this.labels = labels; this.draw("dots"); }
  add_points(first, places) {
    this.places.set(places, 2 * first);
    this.draw("dots");
  }
  // The point nearest to a place on the screen, not more than some pixels away; -1 if there is none.
  nearest(px, py, within = 5) {
    let best = -1, least = within * within;
    for (let n = 0; n < this.labels.length; ++n) {
      const [x, y] = this.to_pixels([this.places[2 * n], this.places[2 * n + 1]]), d = (x - px) ** 2 + (y - py) ** 2;
      if (d < least) best = n, least = d;
    }
    return best;
  }

  // Draws some of the canvases in the next frame.
  draw(...which) {
    if (which.includes("grid")) this.next_cell = 0;
    for (const canvas of which) this.dirty[canvas] = true;
    this.awake ??= requestAnimationFrame(() => this.frame());
  }
  go_on() {
    this.dirty.grid = true;
    this.awake ??= requestAnimationFrame(() => this.frame());
  }
  frame() {
    const start = performance.now(), dirty = this.dirty;
    this.awake = null, this.dirty = {};
    if (!this.width) return;
    if (dirty.dots) this.draw_dots();
    if (dirty.marks) this.draw_marks();
    if (dirty.dots) this.frames = [...this.frames.slice(-59), performance.now() - start];
    if (dirty.grid) this.draw_cells(start + 9);
  }

  // Straight into the pixels: ten thousand circles by the canvas's own means take far longer.
  draw_dots() {
    const {width, height} = this.dots, context = this.dots.getContext("2d");
    const image = context.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
    const radius = between(1.5 * this.ratio * Math.sqrt(3000 / Math.max(this.labels.length, 300)) + 0.4, 1.2, 3 * this.ratio);
    const reach = Math.ceil(radius), stamp = [];
    for (let y = -reach; y <= reach; ++y)
      for (let x = -reach; x <= reach; ++x)
        if (x * x + y * y <= radius * radius) stamp.push([x, y]);
    const colours = label_colours().map(colour => {
      const [r, g, b] = colour.match(/\w\w/g).map(part => parseInt(part, 16));
      return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
    });
    if (this.show_dots)
      for (let n = 0; n < this.labels.length; ++n) {
        if (this.only >= 0 && this.labels[n] !== this.only) continue;
        const px = Math.round((this.width / 2 + (this.places[2 * n] - this.middle[0]) * this.scale) * this.ratio);
        const py = Math.round((this.height / 2 - (this.places[2 * n + 1] - this.middle[1]) * this.scale) * this.ratio);
        if (!(px >= reach && py >= reach && px < width - reach && py < height - reach)) continue;  // NaN: not yet known
        const colour = colours[this.labels[n] % colours.length];
        for (const [x, y] of stamp) pixels[(py + y) * width + px + x] = colour;
      }
    context.putImageData(image, 0, 0);
  }

  // The pictures behind the points, as many as there is time for; the others in the frames to come. Coarse ones first.
  draw_cells(until) {
    const context = this.grid.getContext("2d"), wanted = 30, columns = Math.max(1, Math.round(this.width / wanted));
    const side = this.grid.width / columns, rows = Math.ceil(this.grid.height / side);
    if (!this.show_grid || !this.decode) { context.clearRect(0, 0, this.grid.width, this.grid.height); return; }
    // 4 x 4 cells at once, then 2 x 2, then each by itself.
    for (; this.next_cell < 3 * columns * rows; ++this.next_cell) {
      const pass = Math.floor(this.next_cell / (columns * rows)), cell = this.next_cell % (columns * rows), step = 4 >> pass;
      const column = cell % columns, row = Math.floor(cell / columns);
      if (column % step || row % step) continue;
      if (performance.now() > until) { this.go_on(); return; }
      const x = (column + step / 2) * side, y = (row + step / 2) * side;
      const picture = this.decode(...this.to_place([x / this.ratio, y / this.ratio]));
      if (!picture) return;
      show_picture(context, picture, this.size, Math.floor(column * side), Math.floor(row * side), Math.ceil(step * side), Math.ceil(step * side));
    }
  }

  draw_marks() {
    const context = this.marks.getContext("2d"), {width, height} = this;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const stroke = (draw, colour = "#fff", line = 2) => {  // with a dark rim, to be seen on anything
      context.beginPath();
      draw();
      context.lineWidth = line + 2.5, context.strokeStyle = "#000c", context.stroke();
      context.lineWidth = line, context.strokeStyle = colour, context.stroke();
    };
    this.draw_scale(context);
    if (this.path) {
      const [a, b] = this.path.ends.map(end => this.to_pixels(end));
      stroke(() => { context.moveTo(...a); context.lineTo(...b); }, "#ffd166");
      for (const end of [a, b]) stroke(() => context.arc(...end, 5, 0, 7), "#ffd166");
    }
    if (this.spread) {  // one and two standard deviations
      const {at, across, up} = this.spread;
      for (const deviations of [1, 2])
        stroke(() => {
          for (let k = 0; k <= 60; ++k) {
            const s = Math.sin(k * Math.PI / 30) * deviations, c = Math.cos(k * Math.PI / 30) * deviations;
            context.lineTo(...this.to_pixels([at[0] + c * across[0] + s * up[0], at[1] + c * across[1] + s * up[1]]));
          }
        }, "#5ef0ff", 1.6);
    }
    if (this.here) {
      const [x, y] = this.to_pixels(this.here);
      stroke(() => {
        context.moveTo(x - 11, y), context.lineTo(x - 4, y), context.moveTo(x + 4, y), context.lineTo(x + 11, y);
        context.moveTo(x, y - 11), context.lineTo(x, y - 4), context.moveTo(x, y + 4), context.lineTo(x, y + 11);
      });
    }
  }
  draw_scale(context) {
    const unit = 10 ** Math.floor(Math.log10(this.span / 4)), step = unit * (this.span / unit > 20 ? 5 : this.span / unit > 8 ? 2 : 1);
    const words = value => String(Number(value.toPrecision(6)));
    context.font = "11px system-ui, sans-serif", context.textBaseline = "middle";
    const write = (text, x, y, align) => {
      context.textAlign = align;
      context.lineWidth = 3, context.strokeStyle = "#000b", context.strokeText(text, x, y);
      context.fillStyle = "#fff", context.fillText(text, x, y);
    };
    const [left, top] = this.to_place([0, 0]), [right, bottom] = this.to_place([this.width, this.height]);
    for (let v = Math.ceil(left / step) * step; v < right; v += step) {
      const [x] = this.to_pixels([v, 0]);
      if (x > 30 && x < this.width - 12) write(words(v), x, this.height - 9, "center");
    }
    for (let v = Math.ceil(bottom / step) * step; v < top; v += step) {
      const [, y] = this.to_pixels([0, v]);
      if (y > 10 && y < this.height - 22) write(words(v), 5, y, "left");
    }
  }

  // ---- pointers and keys
  listen() {
    const at = event => { const {left, top} = this.box.getBoundingClientRect(); return [event.clientX - left, event.clientY - top]; };
    const tell = (point, stays) => this.on_place(...this.to_place(point), stays, this.nearest(...point));
    this.box.addEventListener("pointerdown", event => {
      this.box.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, at(event));
      this.drag = {start: at(event), far: false};
      if (event.pointerType === "touch" && this.pointers.size === 1) tell(at(event), false);
    });
    this.box.addEventListener("pointermove", event => {
      const now = at(event), before = this.pointers.get(event.pointerId);
      if (!before) { if (event.pointerType === "mouse") tell(now, false); return; }
      if (Math.hypot(now[0] - this.drag.start[0], now[1] - this.drag.start[1]) > 4) this.drag.far = true;
      if (this.pointers.size === 2) {
        const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
        const length = point => Math.hypot(point[0] - other[0], point[1] - other[1]);
        this.move((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
        if (length(now) > 10) this.zoom(length(before) / length(now), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
      } else if (event.pointerType === "touch") {
        tell(now, false);
      } else if (this.drag.far) {
        this.move(now[0] - before[0], now[1] - before[1]);
      }
      this.pointers.set(event.pointerId, now);
    });
    const up = event => {
      if (!this.pointers.delete(event.pointerId)) return;
      if (event.type === "pointerup" && this.pointers.size === 0 && (!this.drag.far || event.pointerType === "touch")) tell(at(event), true);
    };
    this.box.addEventListener("pointerup", up);
    this.box.addEventListener("pointercancel", up);
    this.box.addEventListener("pointerleave", () => this.on_place(null));
    this.box.addEventListener("wheel", event => {
      event.preventDefault();
      this.zoom(Math.exp(between(event.deltaY, -120, 120) * 0.002), at(event));
    }, {passive: false});
    this.box.addEventListener("keydown", event => {
      const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
      if (step && this.here) this.on_place(this.here[0] + step[0] * this.span / 80, this.here[1] + step[1] * this.span / 80, true, -1);
      else if (event.key === "+") this.zoom(0.8);
      else if (event.key === "-") this.zoom(1.25);
      else if (event.key === "0") this.show_all();
      else return;
      event.preventDefault();
    });
  }
}

// Ten colours that are told apart on dark pictures and by most people who see few colours (M. Okabe and K. Ito; P. Tol).
const label_colours = () => ["#56b4e9", "#e69f00", "#009e73", "#f0e442", "#d55e00", "#cc79a7", "#b2df8a", "#aa88ff", "#ff9da7", "#c8c8c8"];
