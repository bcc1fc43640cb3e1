// Numbers as pictures.
const $ = selector => document.querySelector(selector);
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const between = (value, least, most) => Math.min(most, Math.max(least, value));
const digits_of = (value, digits = 3) => Number.isFinite(value) ? value.toPrecision(digits) : "–";

// Height, width and channels of a picture of that shape; a row of 784 numbers is one of 28 x 28. Null if it is none.
const picture_size = shape => {
  if (shape.length === 3 && (shape[2] === 1 || shape[2] === 3)) return shape;
  const side = Math.sqrt(shape[0]);
  return shape.length === 1 && Number.isInteger(side) && side > 1 ? [side, side, 1] : null;
};

const scratch = document.createElement("canvas");
// Puts a picture of numbers from `least` to `most` into a canvas, as large as that is.
const show_picture = (context, numbers, [height, width, channels], x, y, w, h, least = 0, most = 1) => {
  const image = new ImageData(width, height), scale = 255 / (most - least || 1);
  for (let i = 0; i < width * height; ++i) {
    for (let c = 0; c < 3; ++c) image.data[4 * i + c] = (numbers[channels * i + (channels === 3 ? c : 0)] - least) * scale;
    image.data[4 * i + 3] = 255;
  }
  scratch.width = width, scratch.height = height;
  scratch.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, 0, 0, width, height, x, y, w, h);
};
const fill_canvas = (canvas, numbers, size, least = 0, most = 1) =>
  show_picture(canvas.getContext("2d"), numbers, size, 0, 0, canvas.width, canvas.height, least, most);

// Negative numbers blue, positive ones orange, 0 as the page. For weights, whose signs matter.
const show_signed = (context, numbers, [height, width], x, y, w, h, most) => {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; ++i) {
    const share = between(numbers[i] / (most || 1), -1, 1), rest = 1 - Math.abs(share);
    const [red, green, blue] = share < 0 ? [0, 98, 178] : [213, 94, 0];
    image.data.set([red + (245 - red) * rest, green + (245 - green) * rest, blue + (245 - blue) * rest, 255], 4 * i);
  }
  scratch.width = width, scratch.height = height;
  scratch.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, 0, 0, width, height, x, y, w, h);
};
const largest_of = numbers => numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
