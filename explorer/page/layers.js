// What each layer gives for the picture, and what it has learnt. Drawn when its part of the page is opened, and again when the
// picture or the weights change.
class Layers {
  constructor(box, network) {
    this.box = box, this.network = network, this.image = null, this.label = 0;
    network.values.forEach((value, v) => {
      if (v < network.inputs && v !== 0) return;
      const facts = `${value.type}${value.activation && value.activation !== "linear" ? ", " + value.activation : ""} · ${value.shape.join(" × ")}`;
      const details = make("details", {"data-value": v},
        make("summary", {}, make("b", {}, value.name), ` ${facts}${v === network.code ? " · the code" : ""}`),
        make("div", {class: "sheets"}));
      details.addEventListener("toggle", () => this.draw(details));
      box.append(details);
    });
  }
  show(image, label) {
    this.image = image, this.label = label;
    this.waiting ??= setTimeout(() => { this.waiting = null; this.draw_all(); }, 60);
  }
  draw_all() { for (const details of this.box.querySelectorAll("details[open]")) this.draw(details); }

  draw(details) {
    if (!details.open || !this.image) return;
    const v = Number(details.dataset.value), {network} = this, value = network.values[v];
    const numbers = network.tour(this.image, this.label)[v];
    const sheets = [this.activations(value, numbers)];
    for (const parameter of network.parameters)
      if (parameter.name.slice(0, parameter.name.lastIndexOf("/")) === value.name)
        sheets.push(this.weights(parameter, network.floats(parameter.at, product(parameter.shape)), value, v));
    details.querySelector(".sheets").replaceChildren(...sheets.filter(Boolean));
  }

  // A picture for each channel; a strip for a row of numbers.
  activations(value, numbers) {
    const least = numbers.reduce((a, b) => Math.min(a, b), 0), most = numbers.reduce((a, b) => Math.max(a, b), 1e-9);
    const words = `for this picture: ${digits_of(least)} (black) to ${digits_of(most)} (white)`;
    if (value.shape.length === 3 && value.shape[2] > 3) {
      const [height, width, channels] = value.shape;
      return sheet(words, channels, height, width, (context, c, x, y, w, h) =>
        show_picture(context, numbers.filter((_, i) => i % channels === c), [height, width, 1], x, y, w, h, least, most));
    }
    const size = picture_size(value.shape);
    if (size && value.shape.length === 3 || numbers.length === this.network.sizes[0] && size)
      return sheet(words, 1, size[0], size[1], (context, c, x, y, w, h) => show_picture(context, numbers, size, x, y, w, h, least, most));
    const columns = Math.min(numbers.length, 64), rows = Math.ceil(numbers.length / columns);
    const figure = sheet(words, 1, rows, columns, (context, c, x, y, w, h) =>
      show_picture(context, Float32Array.from({length: rows * columns}, (_, i) => numbers[i] ?? least), [rows, columns, 1], x, y, w, h, least, most), 10);
    if (numbers.length <= 16) figure.append(make("code", {}, [...numbers].map(z => digits_of(z, 4)).join("  ")));
    return figure;
  }

  // Filters: a small picture for each input channel and each filter. Dense: for each unit its weights, as a picture where that
  // is what it reads or writes.
  weights({name, shape}, numbers, value) {
    const most = largest_of(numbers), what = name.slice(name.lastIndexOf("/") + 1);
    const words = `${what} ${shape.join(" × ")}, ±${digits_of(most)}: blue is negative, orange positive`;
    if (shape.length === 4) {
      const [height, width, a, b] = shape, transposed = /Transpose/.test(value.type);
      const filters = transposed ? a : b, channels = transposed ? b : a, shown = Math.min(filters, 32), rows = Math.min(channels, 16);
      return sheet(words + (shown < filters || rows < channels ? `; ${shown} of ${filters} filters, ${rows} of ${channels} channels` : "; a column for each filter, a row for each channel"),
        shown * rows, height, width, (context, k, x, y, w, h) => {
          const filter = k % shown, channel = Math.floor(k / shown);
          const at = (row, column) => ((row * width + column) * a + (transposed ? filter : channel)) * b + (transposed ? channel : filter);
          show_signed(context, Float32Array.from({length: height * width}, (_, i) => numbers[at(Math.floor(i / width), i % width)]), [height, width], x, y, w, h, most);
        }, rows < 4 ? 12 : 6, shown);
    }
    if (shape.length === 2) {
      const [rows, columns] = shape, reads = picture_size([rows]), writes = picture_size([columns]);
      const as_input = reads && rows >= 64, as_output = !as_input && writes && columns >= 64, units = Math.min(as_output ? rows : columns, 64);
      if (as_input || as_output)
        return sheet(`${words}; what each of ${units} units ${as_input ? "looks for" : "draws"}`, units, ...(as_input ? reads : writes).slice(0, 2),
          (context, u, x, y, w, h) => show_signed(context, as_input ? Float32Array.from({length: rows}, (_, i) => numbers[i * columns + u]) : numbers.slice(u * columns, (u + 1) * columns),
            as_input ? reads : writes, x, y, w, h, most), 2);
      return sheet(words, 1, Math.min(rows, 512), Math.min(columns, 512), (context, c, x, y, w, h) => {
        const part = Float32Array.from({length: Math.min(rows, 512) * Math.min(columns, 512)}, (_, i) => numbers[Math.floor(i / Math.min(columns, 512)) * columns + i % Math.min(columns, 512)]);
        show_signed(context, part, [Math.min(rows, 512), Math.min(columns, 512)], x, y, w, h, most);
      }, rows * columns < 2000 ? 8 : 1);
    }
    return sheet(words, 1, 1, numbers.length, (context, c, x, y, w, h) => show_signed(context, numbers, [1, numbers.length], x, y, w, h, most), 10);
  }
}

// A figure with `count` pictures of height x width, side by side.
const sheet = (words, count, height, width, draw, pixel = 0, columns = 0) => {
  const side = pixel || Math.max(1, Math.min(8, Math.round(84 / Math.max(height, width)))), gap = 3;
  const w = width * side, h = height * side;
  columns ||= Math.min(count, Math.max(1, Math.floor(1000 / (w + gap))));
  const canvas = make("canvas", {width: columns * (w + gap) - gap, height: Math.ceil(count / columns) * (h + gap) - gap, role: "img", "aria-label": words});
  const context = canvas.getContext("2d");
  for (let k = 0; k < count; ++k) draw(context, k, (k % columns) * (w + gap), Math.floor(k / columns) * (h + gap), w, h);
  return make("figure", {}, make("div", {class: "scroll", tabindex: "0"}, canvas), make("figcaption", {}, words));
};
