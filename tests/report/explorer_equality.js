// Whether the networks in pages compute what the native program does: node explorer_equality.js FOLDER NAME ...
// FOLDER has explorer_NAME.html, and explorer_NAME.safetensors with inputs and what the native program made of them. Both modules of a
// page are tried, with vectors and without.
const fs = require("fs"), path = require("path"), zlib = require("zlib");
require(path.join(__dirname, "../../explorer/page/network.js"));

const [folder, ...names] = process.argv.slice(2);
const TRAINED = ["mnist_autoencoder", "conditional_vae"];  // a few steps of the others take long without vectors
const floats = bytes => new Float32Array(new Uint8Array(bytes).buffer);
const difference = (a, b) => a.length === b.length ? a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]) || (x === b[i] ? 0 : Infinity)), 0) : Infinity;

// The tensors of a safetensors file, by name.
const tensors_of = file => {
  const size = Number(file.readBigUInt64LE(0)), header = JSON.parse(file.toString("utf8", 8, 8 + size));
  const at = offset => 8 + size + offset;
  return name => header[name] && floats(file.subarray(at(header[name].data_offsets[0]), at(header[name].data_offsets[1])));
};

const try_network = async name => {
  const page = fs.readFileSync(path.join(folder, `explorer_${name}.html`), "latin1");
  const block = id => page.match(new RegExp(`id="data-${id}">([^<]*)<`))[1];
  const unpacked = id => new Uint8Array(zlib.inflateSync(Buffer.from(block(id), "base64")));
  const tensor = tensors_of(fs.readFileSync(path.join(folder, `explorer_${name}.safetensors`)));
  const x = tensor("verify/input/0"), y = tensor("verify/output/0"), rows = tensor("verify/input/1");

  const numbers = floats(unpacked("weights")), weights = {};
  let begin = 0;
  for (const {name, count} of JSON.parse(block("facts")).parameters) weights[name] = numbers.subarray(begin, begin += count);
  for (const kind of ["simd", "plain"]) {
    const network = await Network.from(await WebAssembly.compile(unpacked(kind)));
    network.weights = weights;
    const count = x.length / network.sizes[0];
    const told = Array.from({length: count}, (_, n) => rows ? rows.subarray(n * network.classes, (n + 1) * network.classes).indexOf(1) : 0);
    const whole = difference(network.predict(x, told), y);
    const codes = network.encode(x, told).mean, apart = difference(network.decode(codes, told), y);
    console.log(`${name}, ${kind}: ${count} inputs, largest difference ${whole.toExponential(1)}; by way of the codes ${apart.toExponential(1)}`);
    if (!(whole <= 1e-5 && apart <= 1e-5)) process.exitCode = 1;
    if (!TRAINED.includes(name)) continue;
    // It learns: the loss on the same digits falls.
    const pixels = network.sizes[0], digits = 64, images = Uint8Array.from({length: digits * pixels}, (_, i) => (i % pixels) % 97 < 30 ? 255 : 0);
    network.give(images, Uint8Array.from({length: digits}, (_, n) => n % 10));
    const losses = Array.from({length: 12}, () => network.step({batch: 32, noise: 0.2, rate: 3e-3, beta: 1}).loss);
    if (!(losses.at(-1) < 0.9 * losses[0])) { console.log(`${name}, ${kind}: losses ${losses}`); process.exitCode = 1; }
  }
};

(async () => {
  for (const name of names) await try_network(name);
})();
