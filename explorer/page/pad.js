// A pad to draw a digit on, and what a picture is made of it: white on black, as large as the network wants it.
class Pad {
  constructor(canvas, size, on_change) {
    this.canvas = canvas, this.size = size, this.on_change = on_change;
    this.context = canvas.getContext("2d", {willReadFrequently: true});
    this.empty = true, this.centred = true;
    this.clear(false);
    let last = null;
    const at = event => {
      const {left, top, width, height} = canvas.getBoundingClientRect();
      return [(event.clientX - left) / width * canvas.width, (event.clientY - top) / height * canvas.height];
    };
    const line = (from, to) => {
      const {context} = this;
      context.lineCap = context.lineJoin = "round";
      context.lineWidth = canvas.width / 13, context.strokeStyle = "#fff";
      context.beginPath(), context.moveTo(...from), context.lineTo(to[0] + 0.01, to[1]), context.stroke();
    };
    canvas.addEventListener("pointerdown", event => {
      canvas.setPointerCapture(event.pointerId);
      if (this.picture) this.clear(false);  // what lay there was a picture: a drawing takes its place
      last = at(event), line(last, last), this.empty = false;
      this.changed();
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", event => {
      if (!last) return;
      const points = event.getCoalescedEvents?.() ?? [];
      for (const point of points.length ? points : [event]) { const now = at(point); line(last, now), last = now; }
      this.changed();
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { last = null; });
  }
  changed() {
    this.waiting ??= requestAnimationFrame(() => { this.waiting = null; this.on_change(this.numbers(), null); });
  }
  clear(tell = true) {
    this.context.fillStyle = "#000", this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.empty = true, this.picture = null;
    if (tell) this.changed();
  }
  // A picture of the data, as it is.
  show(numbers, label) {
    this.picture = numbers, this.empty = false;
    fill_canvas(this.canvas, numbers, this.size);
    this.on_change(numbers, label);
  }

  // What is drawn, as numbers from 0 to 1. Centred as MNIST's digits are: in a box of 20/28 of the picture, its centre of mass
  // in the middle (http://yann.lecun.com/exdb/mnist/).
  numbers() {
    if (this.picture) return this.picture;
    const [height, width, channels] = this.size, from = this.canvas;
    const small = make("canvas", {width, height}), context = small.getContext("2d", {willReadFrequently: true});
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    const box = this.centred ? this.box() : null;
    if (box) {
      const scale = 20 / 28 * width / Math.max(box.width, box.height);
      const x = width / 2 - box.mass[0] * scale, y = height / 2 - box.mass[1] * scale;
      halved(from, scale, (half, rest) => context.drawImage(half, x, y, half.width * rest, half.height * rest));
    } else {
      halved(from, width / from.width, half => context.drawImage(half, 0, 0, width, height));
    }
    const {data} = context.getImageData(0, 0, width, height), numbers = new Float32Array(width * height * channels);
    for (let i = 0; i < width * height; ++i)
      for (let c = 0; c < channels; ++c) numbers[channels * i + c] = data[4 * i + c] / 255;
    return numbers;
  }
  // Where something is drawn, and its centre of mass.
  box() {
    const {width, height} = this.canvas, {data} = this.context.getImageData(0, 0, width, height);
    let left = width, right = -1, top = height, bottom = -1, sum = 0, mx = 0, my = 0;
    for (let y = 0; y < height; ++y)
      for (let x = 0; x < width; ++x) {
        const ink = data[4 * (y * width + x)];
        if (ink < 40) continue;
        left = Math.min(left, x), right = Math.max(right, x), top = Math.min(top, y), bottom = Math.max(bottom, y);
        sum += ink, mx += ink * x, my += ink * y;
      }
    return right < 0 ? null : {width: right - left + 1, height: bottom - top + 1, mass: [mx / sum, my / sum]};
  }

  // A picture from a file: grey, white on black, as a whole.
  async open(file) {
    const bitmap = await createImageBitmap(file), [height, width, channels] = this.size;
    const canvas = make("canvas", {width: 280, height: 280}), context = canvas.getContext("2d", {willReadFrequently: true});
    const scale = Math.min(280 / bitmap.width, 280 / bitmap.height);
    context.fillStyle = "#fff", context.fillRect(0, 0, 280, 280);
    context.drawImage(bitmap, 140 - bitmap.width * scale / 2, 140 - bitmap.height * scale / 2, bitmap.width * scale, bitmap.height * scale);
    const image = context.getImageData(0, 0, 280, 280), {data} = image;
    let border = 0, count = 0;
    for (let k = 0; k < 280; ++k)
      for (const at of [k, 279 * 280 + k, 280 * k, 280 * k + 279]) border += data[4 * at] + data[4 * at + 1] + data[4 * at + 2], count += 3;
    const paper = border / count > 127;  // dark on light: the other way round
    for (let i = 0; i < data.length; i += 4) {
      const grey = (data[i] + data[i + 1] + data[i + 2]) / 3;
      for (let c = 0; c < 3; ++c) {
        const value = channels === 1 ? grey : data[i + c];
        data[i + c] = paper && channels === 1 ? 255 - value : value;
      }
    }
    this.clear(false);
    context.putImageData(image, 0, 0);
    this.context.drawImage(canvas, 0, 0, this.canvas.width, this.canvas.height);
    this.empty = false;
    this.changed();
  }
}
// Makes a canvas smaller in steps of a half: browsers skip pixels when they take larger ones.
const halved = (canvas, scale, use) => {
  let rest = scale;
  while (rest <= 0.5) {
    const half = make("canvas", {width: Math.ceil(canvas.width / 2), height: Math.ceil(canvas.height / 2)});
    half.getContext("2d").drawImage(canvas, 0, 0, canvas.width / 2, canvas.height / 2);
    canvas = half, rest *= 2;
  }
  use(canvas, rest);
};
