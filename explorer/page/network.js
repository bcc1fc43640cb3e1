// The compiled network (explorer/module.cpp): puts numbers into its memory, calls its functions, reads what came out.
// Every number that the page shows of a network comes from here. Runs in the page, in its worker, and in node.

// What the module asks of its surroundings: a clock. It writes no files and prints nothing; an error ends it.
const surroundings = memory => ({
  env: {emscripten_notify_memory_growth() {}},
  wasi_snapshot_preview1: {
    clock_time_get(kind, precision, at) {
      new DataView(memory().buffer).setBigUint64(at, BigInt(Math.round(performance.now() * 1e6)), true);
      return 0;
    },
    proc_exit(code) { throw new Error(`the network has ended (${code})`); },
    fd_write: () => 8, fd_close: () => 8, fd_seek: () => 8,
    environ_sizes_get(count, size) {
      new DataView(memory().buffer).setUint32(count, 0, true);
      new DataView(memory().buffer).setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
  },
});

const product = shape => shape.reduce((a, b) => a * b, 1);

class Network {
  // A module of WebAssembly's; each instance has memory, weights and training of its own.
  static async from(module) {
    let instance = null;
    instance = await WebAssembly.instantiate(module, surroundings(() => instance.exports.memory));
    instance.exports._initialize();
    return new Network(instance.exports);
  }

  constructor(calls) {
    this.calls = calls;
    const bytes = new Uint8Array(calls.memory.buffer), at = calls.description();
    Object.assign(this, JSON.parse(new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)))));
    this.sizes = this.values.map(value => product(value.shape));
    this.layers = this.values.length - this.inputs;
    this.output = this.outputs[0];
    Object.assign(this, find_code(this));
    this.label = this.inputs === 2 ? 1 : -1;  // the Input that is told which digit it is
    this.classes = this.label < 0 ? 0 : this.sizes[this.label];
    this.room = calls.allocate(4 * this.most * Math.max(...this.sizes));
  }

  floats(at, count) { return new Float32Array(this.calls.memory.buffer, at, count); }

  // ---- weights, by name: {"conv2d/kernel": Float32Array, ...}
  get weights() {
    return Object.fromEntries(this.parameters.map(({name, shape, at}) => [name, this.floats(at, product(shape)).slice()]));
  }
  set weights(given) {
    for (const {name, shape, at} of this.parameters) {
      if (given[name]?.length !== product(shape)) throw new Error(`the weights lack ${name}`);
      this.floats(at, product(shape)).set(given[name]);
    }
    this.calls.prepare();
  }

  // ---- values: `from` holds `count` samples, one after the other, `most` of them at a time at most
  put(value, from, count) {
    this.floats(this.room, count * this.sizes[value]).set(from);
    this.calls.set_value(value, count, this.room);
  }
  get(value, count) {
    this.calls.get_value(value, count, this.room);
    return this.floats(this.room, count * this.sizes[value]).slice();
  }
  put_labels(labels, count) {
    if (this.label < 0) return;
    const rows = new Float32Array(count * this.classes);
    for (let n = 0; n < count; ++n) rows[n * this.classes + (labels?.[n] ?? 0)] = 1;
    this.put(this.label, rows, count);
  }
  // Takes many samples from value `from` to each of the values `to`.
  pass(from, numbers, labels, to) {
    const size = this.sizes[from], count = numbers.length / size;
    const results = to.map(value => new Float32Array(count * this.sizes[value]));
    for (let n = 0; n < count; n += this.most) {
      const few = Math.min(this.most, count - n);
      this.put(from, numbers.subarray(n * size, (n + few) * size), few);
      this.put_labels(labels?.slice(n, n + few), few);
      this.calls.run(Math.max(0, from - this.inputs + 1), Math.max(...to) - this.inputs + 1, few);
      to.forEach((value, k) => results[k].set(this.get(value, few), n * this.sizes[value]));
    }
    return results;
  }
  predict(images, labels) { return this.pass(0, images, labels, [this.output])[0]; }
  // Codes of images, and where the encoder gives a distribution, the logarithm of its variance.
  encode(images, labels) {
    const [mean, log_variance] = this.pass(0, images, labels, this.spread < 0 ? [this.mean] : [this.mean, this.spread]);
    return {mean, log_variance};
  }
  decode(codes, labels) { return this.pass(this.code, codes, labels, [this.output])[0]; }
  // All values of one image, in order.
  tour(image, label) {
    this.put(0, image, 1);
    this.put_labels([label], 1);
    this.calls.run(0, this.layers, 1);
    return this.values.map((_, value) => this.get(value, 1));
  }

  // The library's noise: N(0, factor^2), cut off at 0 and 1.
  noisy(image, factor, seed) {
    if (!(factor > 0)) return image;
    this.floats(this.room, image.length).set(image);
    this.calls.add_noise(this.room, image.length, factor, seed);
    return this.floats(this.room, image.length).slice();
  }

  // ---- training
  give(images, labels) {  // bytes
    const of_images = this.calls.image_memory(labels.length), of_labels = this.calls.label_memory(labels.length);
    new Uint8Array(this.calls.memory.buffer, of_images, images.length).set(images);  // not before: memory that grows is another one
    new Uint8Array(this.calls.memory.buffer, of_labels, labels.length).set(labels);
  }
  step({batch, noise, rate, beta}) {
    const loss = this.calls.train(batch, noise, rate, beta);
    return {loss, divergence: this.calls.divergence()};
  }
}

// Which of a network's values is its code: what Sampling draws, or a value of that name, or the first one of fewest numbers.
// The code can be decoded if no layer behind it looks past it.
function find_code({values, inputs, outputs, sizes}) {
  const sampling = values.findIndex(value => value.type === "Sampling");
  let code = sampling;
  if (code < 0) code = values.findIndex(value => /^(code|encoded|latent|z)$/.test(value.name));
  if (code < 0)
    for (let v = inputs; v < outputs[0]; ++v)
      if (code < 0 || sizes[v] < sizes[code]) code = v;
  if (code < 0) code = outputs[0];
  const [mean, spread] = sampling < 0 ? [code, -1] : values[code].reads;
  const decodes = code < outputs[0] &&
    values.slice(code + 1).every(({reads}) => reads.every(read => read >= code || (read > 0 && read < inputs)));
  return {code, mean, spread, decodes};
}

globalThis.Network = Network;
