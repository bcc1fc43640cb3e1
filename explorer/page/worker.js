// Beside the page, so that it never waits: finds the places of all images in the plane of codes, and trains.
// Every 30 ms it looks for messages.
let network, images, labels, weights_of_file;
let axes = null;         // of the plane: {mean, across, up}, two directions in the space of codes
let encoding = -1;       // the next image to be encoded; -1: all are
let sample_codes = [];   // of the first images, for the axes
let training = null;     // {batch, noise, rate, beta} while it trains
let steps = 0, seen = 0, seconds = 0, told = 0;
const slice = 30, for_axes = 600;

const floats_of = bytes => Float32Array.from(bytes, byte => byte / 255);
const pixels = () => network.sizes[0];
const dot = (a, b) => { let sum = 0; for (let i = 0; i < a.length; ++i) sum += a[i] * b[i]; return sum; };

// The two directions in which codes differ most: principal components, by orthogonal iteration (G. Golub, C. Van Loan,
// "Matrix computations", section 8.2.4). Of a code of two numbers these two themselves.
const find_axes = codes => {
  const size = codes[0].length, mean = new Float32Array(size);
  if (size <= 2) return {mean, across: Float32Array.of(1, 0).slice(0, size), up: Float32Array.of(0, 1).slice(0, size)};
  for (const code of codes) code.forEach((z, i) => { mean[i] += z / codes.length; });
  const centred = codes.map(code => code.map((z, i) => z - mean[i]));
  // The same start for the same data, and the axes of before where there are some: the plane does not turn around.
  let both = axes ? [axes.across, axes.up] : [centred[0], centred[1]];
  const orthonormal = ([a, b]) => {
    const length = Math.sqrt(dot(a, a)) || 1, first = a.map(x => x / length), share = dot(first, b);
    const rest = b.map((x, i) => x - share * first[i]), other = Math.sqrt(dot(rest, rest)) || 1;
    return [first, rest.map(x => x / other)];
  };
  both = orthonormal(both);
  for (let round = 0; round < 12; ++round) {
    const sums = both.map(() => new Float32Array(size));
    for (const code of centred)
      both.forEach((axis, k) => { const along = dot(axis, code), sum = sums[k]; for (let i = 0; i < size; ++i) sum[i] += along * code[i]; });
    both = orthonormal(sums);
  }
  return {mean, across: both[0], up: both[1]};
};
const place = (code, {mean, across, up}) => {
  let x = 0, y = 0;
  for (let i = 0; i < code.length; ++i) x += (code[i] - mean[i]) * across[i], y += (code[i] - mean[i]) * (up[i] ?? 0);
  return [x, y];
};

const encode_from = (first, count) => {
  const {mean} = network.encode(floats_of(images.subarray(first * pixels(), (first + count) * pixels())), labels.subarray(first, first + count));
  const size = network.sizes[network.code];
  return Array.from({length: count}, (_, n) => mean.subarray(n * size, (n + 1) * size));
};
const tell_points = (first, codes) => {
  const places = new Float32Array(2 * codes.length);
  codes.forEach((code, n) => places.set(place(code, axes), 2 * n));
  postMessage({kind: "points", first, places}, [places.buffer]);
};
// Encodes for so many milliseconds.
const encode_some = milliseconds => {
  const end = performance.now() + milliseconds, count = labels.length;
  while (encoding >= 0 && performance.now() < end) {
    const few = Math.min(network.most, count - encoding), codes = encode_from(encoding, few);
    const first = encoding;
    encoding = encoding + few < count ? encoding + few : -1;
    if (sample_codes) {
      sample_codes.push(...codes);
      if (sample_codes.length < Math.min(for_axes, count)) continue;
      axes = find_axes(sample_codes);
      postMessage({kind: "axes", axes});
      tell_points(0, sample_codes);
      sample_codes = null;
    } else {
      tell_points(first, codes);
    }
  }
  if (encoding < 0) postMessage({kind: "encoded"});
};
const encode_all = () => { encoding = labels.length ? 0 : -1, sample_codes = []; };

const tell_progress = last => {
  postMessage({kind: "progress", steps, ...last, rate: seconds > 0 ? seen / seconds : 0, weights: network.weights});
  told = performance.now(), seen = seconds = 0;
};
const train_some = milliseconds => {
  const start = performance.now();
  let last = {}, now = start;
  do {
    last = network.step(training);
    steps += 1, seen += Math.min(training.batch, labels.length);
    now = performance.now();
  } while (now - start < milliseconds);
  seconds += (now - start) / 1000;
  if (!Number.isFinite(last.loss)) throw new Error("the loss is no longer a number");
  if (now - told > 250) {
    network.calls.prepare();
    tell_progress(last);
    if (encoding < 0) encode_all();
  }
};

let running = false;
const work = () => {
  running = true;
  try {
    if (training) train_some(slice);
    if (encoding >= 0) {
      if (training) network.calls.prepare();
      encode_some(training ? slice / 3 : slice);
    }
  } catch (error) {
    training = null, encoding = -1;
    postMessage({kind: "failed", why: String(error.message)});
  }
  running = training !== null || encoding >= 0;
  if (running) setTimeout(work, 0);
};
const begin_network = async weights => {
  network = await Network.from(module);
  if (weights) network.weights = weights;
  if (network.trains) network.give(images, labels);
  steps = 0;
};

let module;
const answers = {
  async begin(message) {
    module = await WebAssembly.compile(message.wasm);
    ({images, labels} = message);
    weights_of_file = message.weights;
    await begin_network(weights_of_file);
    encode_all();
  },
  train({options}) { training = options; told = performance.now(), seen = seconds = 0; },
  options({options}) { if (training) training = options; },
  stop() { training = null; network.calls.prepare(); encode_all(); },
  // The weights of the file again, or new ones.
  async reset({fresh}) {
    training = null;
    await begin_network(fresh ? null : weights_of_file);
    postMessage({kind: "progress", steps: 0, weights: network.weights});
    encode_all();
  },
};
let turn = Promise.resolve();
onmessage = ({data}) => {
  turn = turn.then(() => answers[data.kind](data)).then(() => { if (!running) work(); })
    .catch(error => postMessage({kind: "failed", why: String(error.message)}));
};
