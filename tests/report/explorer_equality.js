// Whether the network in a page computes what the native program does: node explorer_equality.js EXPLORER.html INPUTS OUTPUTS LABELS
// The three files hold floats; LABELS one for each sample. Both modules of the page are tried, with vectors and without.
const fs = require("fs"), path = require("path"), zlib = require("zlib");
require(path.join(__dirname, "../../explorer/page/network.js"));

const [page, inputs, outputs, labels] = process.argv.slice(2).map(file => fs.readFileSync(file));
const block = id => page.toString("latin1").match(new RegExp(`id="data-${id}">([^<]*)<`))[1];
const unpacked = id => new Uint8Array(zlib.inflateSync(Buffer.from(block(id), "base64")));
const floats = bytes => new Float32Array(new Uint8Array(bytes).buffer);
const difference = (a, b) => a.length === b.length ? a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]) || (x === b[i] ? 0 : Infinity)), 0) : Infinity;

const numbers = floats(unpacked("weights")), weights = {};
let begin = 0;
for (const {name, count} of JSON.parse(block("facts")).parameters) weights[name] = numbers.subarray(begin, begin += count);

(async () => {
  for (const kind of ["simd", "plain"]) {
    const network = await Network.from(await WebAssembly.compile(unpacked(kind)));
    network.weights = weights;
    const x = floats(inputs), y = floats(outputs), told = Array.from(floats(labels));
    const whole = difference(network.predict(x, told), y);
    const codes = network.encode(x, told).mean, apart = difference(network.decode(codes, told), y);
    console.log(`${kind}: ${told.length} inputs, largest difference ${whole.toExponential(1)}; by way of the codes ${apart.toExponential(1)}`);
    if (!(whole <= 1e-5 && apart <= 1e-5)) process.exitCode = 1;
    // It learns: the loss on the same digits falls.
    const pixels = network.sizes[0], count = 64, images = Uint8Array.from({length: count * pixels}, (_, i) => (i % pixels) % 97 < 30 ? 255 : 0);
    network.give(images, Uint8Array.from({length: count}, (_, n) => n % 10));
    const losses = Array.from({length: 12}, () => network.step({batch: 32, noise: 0.2, rate: 3e-3, beta: 1}).loss);
    if (!(losses.at(-1) < 0.9 * losses[0])) { console.log(`${kind}: losses ${losses}`); process.exitCode = 1; }
  }
})();
