// Puts the page together: unpacks what is in it, and lets its parts know of each other.
const text_of = id => document.getElementById("data-" + id).textContent;
const unpacked = async id => {
  const bytes = Uint8Array.from(atob(text_of(id)), letter => letter.charCodeAt(0));
  const {readable, writable} = new DecompressionStream("deflate"), writer = writable.getWriter();
  writer.write(bytes), writer.close();
  return new Uint8Array(await new Response(readable).arrayBuffer());
};
// A function with one instruction on vectors (i8x16.splat, i8x16.popcnt): does this browser take it?
const has_vectors = () => WebAssembly.validate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11));

const start = async () => {
  if (!globalThis.WebAssembly || !globalThis.DecompressionStream) throw new Error("this page needs a browser of 2023 or newer");
  const facts = JSON.parse(text_of("facts")), vectors = has_vectors();
  const wasm = await unpacked(vectors ? "simd" : "plain");
  const network = await Network.from(await WebAssembly.compile(wasm));
  const numbers = new Float32Array((await unpacked("weights")).buffer), weights = {};
  let begin = 0;
  for (const {name, count} of facts.parameters) weights[name] = numbers.subarray(begin, begin + count), begin += count;
  network.weights = weights;
  const images = await unpacked("images"), labels = await unpacked("labels");
  const size = picture_size(network.values[0].shape), made_size = picture_size(network.values[network.output].shape);
  if (!size || !made_size) throw new Error(`the network's input and output are no pictures: ${network.values[0].shape.join(" × ")}, ${network.values[network.output].shape.join(" × ")}`);
  const pixels = network.sizes[0], code_size = network.sizes[network.code], draws_codes = network.spread >= 0;
  const image_of = n => Float32Array.from(images.subarray(n * pixels, (n + 1) * pixels), byte => byte / 255);

  // ---- words
  $("#title").textContent = facts.title;
  const parameters = numbers.length.toLocaleString("en"), code = network.values[network.code];
  $("#lead").textContent = `${facts.weights}: ${parameters} parameters; its code is ` +
    (code_size === 2 ? "two numbers, and this is the plane of all codes." :
      `${code.shape.join(" × ")} numbers (${code.name}), shown in the plane in which codes differ most.`);
  if (facts.report) $("#report").hidden = false, $("#report a").href = facts.report;
  $("#foot").textContent = `${facts.images}. The network runs in this page, compiled to WebAssembly ${vectors ? "with vectors" : "without vectors: this browser has none"} (${wasm.length.toLocaleString("en")} bytes). Curves by uPlot (MIT licence).`;

  // ---- where we are: a code, and its place in the plane through it
  const zeros = new Float32Array(code_size);
  let axes = {mean: zeros, across: zeros.map((_, i) => Number(i === 0)), up: zeros.map((_, i) => Number(i === 1))};
  let pin = zeros.slice(), label = 0, spread = null, times = [];
  const along = (code, axis) => code.reduce((sum, z, i) => sum + (z - axes.mean[i]) * axis[i], 0);
  const place_of = code => [along(code, axes.across), along(code, axes.up)];
  let pin_place = place_of(pin);
  const code_at = (x, y) => pin.map((z, i) => z + (x - pin_place[0]) * axes.across[i] + (y - pin_place[1]) * axes.up[i]);
  const decode = code => network.decode(code, [label]);

  const plane = new Plane($("#plane"), {
    decode: network.decodes ? (x, y) => decode(code_at(x, y)) : null,
    on_place: (x, y, stays, nearest) => {
      if (x === null) { show_code(pin, pin_place); return; }
      const code = code_at(x, y);
      if (!stays) { show_code(code, [x, y], nearest); return; }
      if (nearest >= 0) { pad.show(image_of(nearest), labels[nearest]); return; }
      stay(code);
      spread = null, plane.spread = null;
    },
    size: made_size,
  });
  const show_code = (code, place, nearest = -1) => {
    plane.here = place, plane.draw("marks");
    $("#place").textContent = code_size === 2 ? `(${code[0].toFixed(2)}, ${code[1].toFixed(2)})` : `(${place[0].toFixed(2)}, ${place[1].toFixed(2)} in the plane)`;
    if (nearest >= 0) $("#place").textContent += `, beside a ${labels[nearest]}`;
    say_sliders(code);
    if (!network.decodes) return;
    const begin = performance.now(), picture = decode(code);
    times = [...times.slice(-49), performance.now() - begin];
    fill_canvas($("#here"), picture, made_size);
    const median = [...times].sort((a, b) => a - b)[times.length >> 1];
    $("#speed").textContent = `decoded in ${median < 0.1 ? "less than 0.1" : median.toFixed(1)} ms`;
  };
  const stay = code => {
    const moved_plane = code_size > 2;
    pin = Float32Array.from(code), pin_place = place_of(pin);
    show_code(pin, pin_place);
    if (moved_plane) plane.draw("grid");
  };

  // ---- sliders, for a few numbers
  const sliders = [];
  if (code_size > 1 && code_size <= 32 && network.decodes && code_size !== 2) {
    $("#sliders").hidden = false;
    for (let i = 0; i < code_size; ++i) {
      const id = `z-${i}`, input = make("input", {type: "range", id, min: -4, max: 4, step: 0.01, value: 0}), output = make("output", {});
      $("#sliders").append(make("div", {class: "slider"}, make("label", {for: id}, `z[${i}]`), input, output));
      input.addEventListener("input", () => { const code = pin.slice(); code[i] = Number(input.value); spread = plane.spread = null; stay(code); });
      sliders.push({input, output});
    }
  }
  const say_sliders = code => sliders.forEach(({input, output}, i) => {
    const reach = Math.max(Number(input.max), Math.ceil(Math.abs(code[i])));
    input.min = -reach, input.max = reach, input.value = code[i], output.textContent = code[i].toFixed(2);
  });

  // ---- the label that encoder and decoder are told
  if (network.classes > 0) {
    $("#labels").hidden = false;
    for (let digit = 0; digit < network.classes; ++digit) {
      const button = make("button", {"aria-pressed": digit === label}, String(digit));
      button.addEventListener("click", () => { set_label(digit); use_drawing(); });
      $("#labels .choices").append(button);
    }
  }
  const set_label = digit => {
    if (network.classes === 0) return;
    label = digit;
    [...$("#labels .choices").children].forEach((button, k) => button.setAttribute("aria-pressed", k === digit));
    plane.draw("grid"), show_code(pin, pin_place), show_path();
  };

  // ---- a legend that shows one label alone
  const known = [...new Set(labels)].sort((a, b) => a - b);
  for (const digit of known.length > 1 && known.length <= 10 ? known : []) {
    const button = make("button", {"aria-pressed": "false", title: `only ${digit}`}, make("i", {style: `background:${label_colours()[digit % 10]}`}), String(digit));
    button.addEventListener("click", () => {
      plane.only = plane.only === digit ? -1 : digit;
      [...$("#legend").children].forEach((other, k) => other.setAttribute("aria-pressed", plane.only === known[k]));
      plane.draw("dots");
    });
    $("#legend").append(button);
  }
  for (const [id, what, canvas] of [["dots", "show_dots", "dots"], ["grid", "show_grid", "grid"]])
    $("#" + id).addEventListener("input", event => { plane[what] = event.target.checked; plane.draw(canvas); });
  $("#all").addEventListener("click", () => { plane.show_all(); plane.moved = false; });
  $("#nearer").addEventListener("click", () => plane.zoom(0.7));
  $("#farther").addEventListener("click", () => plane.zoom(1 / 0.7));
  if (!network.decodes) {
    for (const id of ["path-part", "here"]) document.getElementById(id).hidden = true;
    $("#speed").textContent = "this network looks past its code (skip connections), so that no code can be decoded alone";
    $("#grid").parentElement.hidden = true;
  }

  // ---- a path between two codes, as a morph
  const path = {from: null, to: null};
  const way = t => path.from.map((z, i) => z + t * (path.to[i] - z));
  const show_path = () => {
    if (!path.from || !path.to || !network.decodes) return;
    plane.path = {ends: [place_of(path.from), place_of(path.to)]}, plane.draw("marks");
    const context = $("#morph").getContext("2d");
    for (let k = 0; k < 9; ++k) show_picture(context, decode(way(k / 8)), made_size, 28 * k, 0, 28, 28);
  };
  const set_end = (end, code) => { path[end] = Float32Array.from(code); show_path(); };
  $("#from").addEventListener("click", () => set_end("from", pin));
  $("#to").addEventListener("click", () => set_end("to", pin));
  let playing = null;
  $("#play").addEventListener("click", () => {
    if (playing) { cancelAnimationFrame(playing), playing = null, $("#play").textContent = "Play"; return; }
    if (!path.from || !path.to) return;
    const begin = performance.now();
    $("#play").textContent = "Stop";
    const frame = now => {
      const t = (1 - Math.cos((now - begin) / 1500 * Math.PI)) / 2;  // there and back, slowly at the ends
      const code = way(t);
      show_code(code, place_of(code));
      playing = requestAnimationFrame(frame);
    };
    playing = requestAnimationFrame(frame);
  });

  // ---- a drawing
  const layers = new Layers($("#layers"), network);
  let drawn = new Float32Array(pixels), noise_seed = 1;
  const use_drawing = () => {
    const noise = Number($("#noise").value), given = network.noisy(drawn, noise, noise_seed), made = network.predict(given, [label]);
    $("#noise-is").textContent = noise.toFixed(2);
    fill_canvas($("#given"), given, size), fill_canvas($("#made"), made, made_size);
    const squared = other => other.length === drawn.length ? other.reduce((sum, value, i) => sum + (value - drawn[i]) ** 2, 0) / drawn.length : NaN;
    $("#errors").textContent = `squared error ${digits_of(squared(made))}` + (noise > 0 ? `, before ${digits_of(squared(given))}` : "");
    const {mean, log_variance} = network.encode(given, [label]);
    spread = log_variance?.map(value => Math.exp(value / 2)) ?? null;
    show_spread(mean);
    stay(mean);
    $("#code-says").textContent = code_size > 8 ? "" : `code ${[...mean].map(z => z.toFixed(2)).join(", ")}` + (spread ? `; deviation ${[...spread].map(z => z.toFixed(2)).join(", ")}` : "");
    layers.show(given, label);
  };
  // The shadow of the distribution on the plane: an ellipse, from the covariance of its two coordinates.
  const show_spread = mean => {
    plane.spread = null;
    if (!spread) return;
    let xx = 0, xy = 0, yy = 0;
    spread.forEach((s, i) => { xx += (s * axes.across[i]) ** 2, xy += s * s * axes.across[i] * axes.up[i], yy += (s * axes.up[i]) ** 2; });
    const a = Math.sqrt(xx) || 1e-9;  // Cholesky
    plane.spread = {at: place_of(mean), across: [a, xy / a], up: [0, Math.sqrt(Math.max(0, yy - (xy / a) ** 2))]};
  };
  const pad = new Pad($("#pad"), size, (numbers, its_label) => {
    drawn = numbers;
    if (its_label !== null) set_label(its_label);
    use_drawing();
  });
  $("#clear").addEventListener("click", () => pad.clear());
  let turn = 0;
  const another = () => { if (labels.length) pad.show(image_of(turn % labels.length), labels[turn % labels.length]), turn += 1 + Math.floor(Math.random() * 97); };
  $("#any").addEventListener("click", another);
  $("#any").hidden = labels.length === 0;
  $("#centred").addEventListener("input", event => { pad.centred = event.target.checked; pad.changed(); });
  $("#noise").addEventListener("input", () => { noise_seed += 1; use_drawing(); });
  const open = file => pad.open(file).then(() => { $("#status").textContent = ""; }, () => { $("#status").textContent = `${file.name} is no picture that this browser reads`; });
  $("#file").addEventListener("change", event => { if (event.target.files[0]) open(event.target.files[0]); event.target.value = ""; });
  addEventListener("dragover", event => { event.preventDefault(); document.body.classList.add("dropping"); });
  addEventListener("dragleave", () => document.body.classList.remove("dropping"));
  addEventListener("drop", event => {
    event.preventDefault(), document.body.classList.remove("dropping");
    if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
  });

  // ---- beside the page: places of all points, and training
  const worker = new Worker(URL.createObjectURL(new Blob([text_of("worker")], {type: "text/javascript"})));
  const training = new Training(worker, network, now => {
    network.weights = now;
    use_drawing(), show_path();
    plane.draw("grid");
  });
  $("#train-part").hidden = !network.trains || labels.length === 0;
  plane.set_points(new Float32Array(2 * labels.length).fill(NaN), labels);
  let shown = false;
  const answers = {
    axes(message) {
      axes = message.axes;
      for (const end of ["from", "to"]) if (path[end]) path[end] = path[end].slice();
      stay(pin), show_path();
      if (spread) show_spread(pin);
    },
    points({first, places}) { plane.add_points(first, places); },
    encoded() {
      if (!plane.moved) plane.show_all();
      if (!shown) {  // a path to begin with: from a 1 to an 8, or whatever there is
        shown = true;
        const of = digit => Math.max(0, labels.indexOf(digit));
        const code_of = n => network.encode(image_of(n), [labels[n]]).mean;
        if (labels.length) set_end("from", code_of(of(1))), set_end("to", code_of(of(8)));
      }
      $("#status").textContent = "";
    },
    progress: message => training.progress(message),
    failed({why}) {
      if (training.on) training.failed(why);
      else $("#status").textContent = `The network has failed: ${why}`;
    },
  };
  worker.onmessage = ({data}) => answers[data.kind](data);
  worker.onerror = event => answers.failed({why: event.message});
  worker.postMessage({kind: "begin", wasm, images, labels, weights});
  $("#status").textContent = labels.length ? `encoding ${labels.length.toLocaleString("en")} pictures …` : "";
  if (labels.length) another(); else use_drawing();

  // For tests, and for whoever wants to know: the network, and what the parts of the page take.
  globalThis.explorer = {
    network, plane, pad, training, labels, image_of,
    get ready() { return shown || labels.length === 0; },
    get decoding_ms() { return [...times].sort((a, b) => a - b)[times.length >> 1]; },
    get drawing_ms() { return [...plane.frames].sort((a, b) => a - b)[plane.frames.length >> 1]; },
  };
};

start().catch(error => {
  $("#status").textContent = `The explorer does not work here: ${error.message}`, $("#status").classList.add("bad");
  console.error(error);
});
