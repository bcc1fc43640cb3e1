// The part of the page that trains: its buttons and sliders, what the worker says, and the curve of the loss.
class Training {
  constructor(worker, network, on_weights) {
    this.worker = worker, this.network = network, this.on_weights = on_weights;
    this.on = false, this.curve = [[], []], this.rate = 0;
    const draws_codes = network.spread >= 0;
    $("#beta-row").hidden = !draws_codes;
    $("#train-loss").textContent = `${network.loss}${draws_codes ? ", summed over the pixels, and beta times the divergence" : ""}`;
    $("#train-noise").value = draws_codes ? 0 : 0.3;
    $("#start").addEventListener("click", () => this.on ? this.stop() : this.start());
    $("#fresh").addEventListener("click", () => this.reset(true));
    $("#again").addEventListener("click", () => this.reset(false));
    for (const id of ["train-noise", "rate", "beta", "batch"])
      $("#" + id).addEventListener("input", () => {
        this.say_options();
        worker.postMessage({kind: "options", options: this.options});
      });
    this.say_options();
    new ResizeObserver(() => { if (this.chart) this.draw(); }).observe($("#loss"));
  }
  get options() {
    return {noise: Number($("#train-noise").value), rate: 10 ** Number($("#rate").value),
            beta: Number($("#beta").value), batch: Number($("#batch").value)};
  }
  say_options() {
    const {noise, rate, beta} = this.options;
    $("#train-noise-is").textContent = noise.toFixed(2), $("#rate-is").textContent = rate.toPrecision(2), $("#beta-is").textContent = beta.toFixed(2);
  }
  start() {
    this.on = true, $("#start").textContent = "Stop";
    $("#train-says").textContent = "training …";
    this.worker.postMessage({kind: "train", options: this.options});
  }
  stop() {
    this.on = false, $("#start").textContent = "Train";
    this.worker.postMessage({kind: "stop"});
  }
  reset(fresh) {
    this.on = false, $("#start").textContent = "Train";
    this.curve = [[], []], this.draw();
    $("#train-says").textContent = fresh ? "new weights, that have learnt nothing yet" : "the weights of the file";
    this.worker.postMessage({kind: "reset", fresh});
  }
  failed(why) {
    this.on = false, $("#start").textContent = "Train";
    $("#train-says").textContent = `The training has stopped: ${/unreachable|no longer/.test(why) ? "the loss is no longer a number. Choose a smaller learning rate, then new weights or those of the file." : why}`;
  }
  progress({steps, loss, divergence, rate, weights}) {
    this.on_weights(weights);
    if (loss === undefined) return;
    this.rate = rate || this.rate;
    this.curve[0].push(steps), this.curve[1].push(loss);
    if (this.curve[0].length > 400) this.curve = this.curve.map(list => list.filter((_, i) => i % 2 === 1));
    $("#train-says").textContent = `step ${steps.toLocaleString("en")} · loss ${digits_of(loss, 4)}` +
      (this.network.spread >= 0 ? `, of which the divergence ${digits_of(divergence, 3)}` : "") + ` · ${Math.round(this.rate).toLocaleString("en")} images/s`;
    this.draw();
  }
  draw() {
    const box = $("#loss"), style = getComputedStyle(document.body), width = box.clientWidth || 300;
    const colour = name => style.getPropertyValue(name).trim();
    if (this.chart && this.chart.width === width) { this.chart.setData(this.curve); return; }
    this.chart?.destroy();
    const axis = {stroke: colour("--soft"), grid: {stroke: colour("--grid"), width: 1}, ticks: {show: false}};
    this.chart = new uPlot({width, height: 180, legend: {show: false}, cursor: {y: false}, scales: {x: {time: false}},
      axes: [{...axis, label: "step", labelSize: 18, labelGap: 0}, {...axis, size: 55}],
      series: [{}, {stroke: colour("--series-0"), width: 2, points: {show: false}}]}, this.curve, box);
  }
}
