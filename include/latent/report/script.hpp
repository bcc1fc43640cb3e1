/// The script of a report: curves, sorting, enlarging, playing, and reloading while the program runs. The page is complete
/// without it. The curves are drawn from the tables of class "history", so those of other reports can be added.
#pragma once

namespace latent::report {

inline constexpr char script[] = R"js("use strict";
(() => {
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value === true) node.setAttribute(name, ""); else if (value !== false && value != null) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const memory = {  // the reader's choices survive a reload
  key: "latent " + location.pathname,
  read() { try { return JSON.parse(sessionStorage.getItem(this.key)) || {}; } catch { return {}; } },
  set(name, value) { try { sessionStorage.setItem(this.key, JSON.stringify({...this.read(), [name]: value})); } catch { } },
};

// ---- tables: a click on a heading sorts, a second one reverses the order
const value_of = cell => {
  const given = cell.dataset.v ?? cell.textContent.trim();
  const number = Number(given.replaceAll(",", ""));
  return given === "" ? null : Number.isNaN(number) ? given : number;
};
const in_order = value => value === "inf" ? Infinity : value === "-inf" ? -Infinity : value === "nan" ? null : value;
const sort_by = (table, column, ascending) => {
  const compare = (a, b) => a === null ? 1 : b === null ? -1 :
    (typeof a === "number" && typeof b === "number" ? (a > b) - (a < b) : String(a).localeCompare(String(b), undefined, {numeric: true})) * (ascending ? 1 : -1);
  const body = table.tBodies[0];
  const rows = [...body.rows].map(row => [in_order(value_of(row.cells[column])), row]);
  body.append(...rows.sort((a, b) => compare(a[0], b[0])).map(row => row[1]));
  [...table.tHead.rows[0].cells].forEach((cell, i) => {
    if (i === column) cell.setAttribute("aria-sort", ascending ? "ascending" : "descending"); else cell.removeAttribute("aria-sort");
  });
};
const make_sortable = table => [...table.tHead.rows[0].cells].forEach((cell, column) => {
  const button = make("button", {type: "button"}, ...cell.childNodes);
  button.addEventListener("click", () => sort_by(table, column, cell.getAttribute("aria-sort") !== "ascending"));
  cell.append(button);
});

// ---- curves
const number = value => value == null ? "–" : value === 0 ? "0" : Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3 ? value.toExponential(3) : String(Number(value.toPrecision(5)));
const histories_of = (page, prefix) => $$("table.history", page).map(table => {
  const names = [...table.tHead.rows[0].cells].slice(1).map(cell => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map(row => [...row.cells].map(value_of)).sort((a, b) => a[0] - b[0]);
  return {name: prefix + (table.dataset.name || ""), epochs: rows.map(row => row[0]),
          series: Object.fromEntries(names.map((name, i) => [name, rows.map(row => row[i + 1])]))};
});
const history_of_csv = (name, text) => {
  const rows = text.trim().split(/\r?\n/).map(line => line.split(","));
  const heads = rows.shift();
  if (heads[0] !== "epoch") throw new Error("its first column is not \"epoch\"");
  return {name, epochs: rows.map(row => Number(row[0])),
          series: Object.fromEntries(heads.slice(1).map((head, i) => [head, rows.map(row => row[i + 1] === "" ? null : Number(row[i + 1]))]))};
};

let runs = [], charts = [], log = false;
const hidden = new Set(memory.read().hidden || []);
const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/// For each quantity, its curves: those of the training and of the validation, of every run.
const quantities = () => {
  const found = new Map();
  for (const [r, run] of runs.entries())
    for (const name of Object.keys(run.series)) {
      const quantity = name.replace(/^val_/, "");
      if (!found.has(quantity)) found.set(quantity, []);
      found.get(quantity).push({run: r, validation: name !== quantity, epochs: run.epochs, values: run.series[name]});
    }
  const order = name => name === "loss" ? 0 : name.endsWith("loss") ? 1 : 2;
  return [...found].sort((a, b) => order(a[0]) - order(b[0]));
};

const draw_chart = (quantity, curves) => {
  const x = [...new Set(curves.flatMap(curve => curve.epochs))].sort((a, b) => a - b);
  const several = runs.length > 1, own = {};
  const label = curve => (several ? runs[curve.run].name + ", " : "") + (curve.validation ? "validation" : "training");
  const figure = make("figure", {class: "chart", "data-quantity": quantity});
  const plot = make("div", {class: "plot", tabindex: 0, role: "group",
    "aria-label": `Curve of ${quantity}. Arrow keys move from epoch to epoch, plus and minus zoom, 0 shows all. The table below has all numbers.`});
  const legend = make("ul", {class: "legend"});
  const at = make("li", {class: "at"});
  const buttons = [["–", "zoom out", () => zoom(2)], ["+", "zoom in", () => zoom(.5)], ["all", "show all epochs", () => reset()]].map(([sign, words, act]) => {
    const button = make("button", {type: "button", title: words, "aria-label": `${quantity}: ${words}`}, sign);
    button.addEventListener("click", act);
    return button;
  });
  figure.append(make("figcaption", {}, make("span", {}, quantity), make("span", {class: "zoom"}, ...buttons)), plot, legend);
  $("#charts").append(figure);

  const data = [x], series = [{}], outputs = [];
  for (const curve of curves) {
    const of = new Map(curve.epochs.map((epoch, i) => [epoch, curve.values[i]]));
    data.push(x.map(epoch => { const v = of.get(epoch); return v == null || !Number.isFinite(v) || (log && v <= 0) ? null : v; }));
    const name = label(curve), ink = `--series-${(several ? curve.run : curve.validation ? 1 : 0) % 7}`, key = quantity + "|" + name;
    series.push({label: name, stroke: () => color(ink), width: curve.validation || !several ? 2.2 : 1.4, dash: several && !curve.validation ? [6, 4] : undefined,
                 spanGaps: true, show: !hidden.has(key), points: {show: x.length <= 40, size: 6, fill: () => color("--paper")}});
    const output = make("output"), box = make("input", {type: "checkbox", checked: !hidden.has(key)}), place = series.length - 1;
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(key); else hidden.add(key);
      memory.set("hidden", [...hidden]);
      own.chart.setSeries(place, {show: box.checked});
    });
    outputs.push(output);
    legend.append(make("li", {}, make("label", {}, box, make("i", {class: several && !curve.validation ? "dashed" : "", style: `border-color: var(${ink})`}), make("span", {}, name)), output));
  }
  legend.prepend(at);
  const tell = index => {
    const last = index == null ? x.length - 1 : index;
    at.textContent = `epoch ${x[last]}`;
    outputs.forEach((output, i) => { output.textContent = number(data[i + 1][last]); });
  };
  const axis = {stroke: () => color("--soft"), grid: {stroke: () => color("--grid"), width: 1}, ticks: {stroke: () => color("--grid"), width: 1}, font: "12px system-ui, sans-serif"};
  const whole = () => x.length > 1 ? [x[0] - .02 * (x.at(-1) - x[0]), x.at(-1) + .02 * (x.at(-1) - x[0])] : [x[0] - 1, x[0] + 1];
  const height = () => figure === figure.parentNode.firstChild ? 320 : 230;
  const chart = own.chart = new uPlot({
    width: Math.max(200, plot.clientWidth), height: height(), legend: {show: false}, series, padding: [10, 14, 0, 0],
    cursor: {drag: {x: true, y: false}, focus: {prox: 24}, points: {size: 8}},
    focus: {alpha: .45},
    scales: {x: {time: false, range: (_, low, high) => low === x[0] && high === x.at(-1) ? whole() : [low, high]},
             y: log ? {distr: 3, log: 10} : {}},
    axes: [{...axis, label: "epoch", labelSize: 20, labelGap: 0, labelFont: axis.font, size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000], space: 36},
           {...axis, size: 64, values: (_, ticks) => ticks.map(tick => tick == null ? "" : number(tick))}],
    hooks: {setCursor: [u => tell(u.cursor.idx)], setScale: [(u, key) => { if (key === "x") plot.dataset.low = u.scales.x.min, plot.dataset.high = u.scales.x.max; }]},
  }, data, plot);
  $("canvas", plot).setAttribute("aria-hidden", "true");
  const zoom = factor => {
    const {min, max} = chart.scales.x, middle = chart.cursor.idx == null ? (min + max) / 2 : x[chart.cursor.idx];
    const [low, high] = whole(), half = (max - min) * factor / 2;
    const from = Math.max(low, middle - half), to = Math.min(high, middle + half);
    if (to - from >= Math.min(1, high - low)) chart.setScale("x", {min: from, max: to});
  };
  const reset = () => { const [min, max] = whole(); chart.setScale("x", {min, max}); };
  plot.addEventListener("keydown", event => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key], now = chart.cursor.idx ?? x.length - 1;
    if (step || event.key === "Home" || event.key === "End") {
      const next = event.key === "Home" ? 0 : event.key === "End" ? x.length - 1 : Math.min(x.length - 1, Math.max(0, now + step));
      chart.setCursor({left: chart.valToPos(x[next], "x"), top: chart.over.clientHeight / 2});
      at.setAttribute("aria-live", "polite");
    } else if (event.key === "+") zoom(.5); else if (event.key === "-") zoom(2); else if (event.key === "0") reset();
    else return;
    event.preventDefault();
  });
  tell(null);
  charts.push({chart, resize: () => chart.setSize({width: Math.max(200, plot.clientWidth), height: height()})});
};

const draw_charts = () => {
  if (!$("#charts") || !runs.length) return;
  charts.forEach(({chart}) => chart.destroy());
  charts = [];
  $("#charts").replaceChildren();
  for (const [quantity, curves] of quantities()) draw_chart(quantity, curves);
};

const start_charts = () => {
  if (!$("#charts")) return;
  runs = histories_of(document, "");
  log = memory.read().log || false;
  $("#log").checked = log;
  $("#log").addEventListener("change", event => { log = event.target.checked; memory.set("log", log); draw_charts(); });
  $("#compare").addEventListener("change", async event => {
    const said = [];
    for (const file of event.target.files)
      try {
        const text = await file.text();
        let others;
        if (file.name.endsWith(".csv")) others = [history_of_csv(file.name, text)];
        else {
          const page = new DOMParser().parseFromString(text, "text/html");
          others = histories_of(page, ($("h1", page)?.textContent.trim() || file.name) + " ");
        }
        if (!others.length) throw new Error("there is no history in it");
        if (runs.length === 1 && !runs[0].shown) runs[0] = {...runs[0], name: "this run", shown: true};
        runs.push(...others);
      } catch (error) { said.push(`${file.name}: ${error.message}`); }
    $("#compared").textContent = said.join("; ");
    draw_charts();
  });
  draw_charts();
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) width = innerWidth, charts.forEach(({resize}) => resize()); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw_charts);
  matchMedia("print").addEventListener("change", draw_charts);
};

// ---- films
const start_film = film => {
  const frames = $$("img", film), range = $("input", film), output = $("output", film), button = $("button", film);
  let timer = null;
  const show = index => {
    frames.forEach((frame, i) => frame.classList.toggle("on", i === index));
    range.value = index;
    output.textContent = frames[index].dataset.label;
    range.setAttribute("aria-valuetext", frames[index].dataset.label);
  };
  const stop = () => { clearInterval(timer); timer = null; button.textContent = "Play"; };
  range.addEventListener("input", () => { stop(); show(Number(range.value)); });
  button.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(range.value) === frames.length - 1) show(0);
    button.textContent = "Stop";
    timer = setInterval(() => { const next = Number(range.value) + 1; if (next >= frames.length) stop(); else show(next); }, 350);
  });
  show(frames.length - 1);
};

// ---- pictures: pixelated unless they are scaled down; a click shows one in the whole window
const sharpen = () => $$(".enlarge img, .film img").forEach(image => image.classList.toggle("pixelated", image.clientWidth >= image.naturalWidth));
const start_gallery = () => {
  const images = $$(".enlarge img");
  if (!images.length) return;
  const picture = make("img"), view = make("div", {class: "view fit", tabindex: 0, "aria-label": "picture"}), words = make("p");
  const button = (name, act, label = name) => { const b = make("button", {type: "button", "aria-label": label}, name); b.addEventListener("click", act); return b; };
  let now = 0;
  const show = index => {
    now = (index + images.length) % images.length;
    const {src, alt, naturalWidth, naturalHeight} = images[now];
    picture.src = src, picture.alt = alt;
    const times = Math.min((innerWidth - 30) / naturalWidth, (innerHeight - 80) / naturalHeight);
    picture.className = times >= 1 || !view.classList.contains("fit") ? "pixelated" : "";
    picture.style.width = view.classList.contains("fit") ? (times >= 2 ? Math.floor(times) : Math.min(times, times >= 1 ? times : 1)) * naturalWidth + "px" : naturalWidth * Math.max(1, Math.ceil(times)) + "px";
    words.textContent = `${now + 1}/${images.length}  ${alt}`;
  };
  const size = button("Full size", () => { size.textContent = view.classList.toggle("fit") ? "Full size" : "Fit"; show(now); });
  view.append(picture);
  const frame = make("dialog", {class: "frame", "aria-label": "Picture, enlarged"},
    make("div", {class: "bar"}, words, button("‹", () => show(now - 1), "picture before"), button("›", () => show(now + 1), "next picture"), size, button("Close", () => frame.close())), view);
  frame.addEventListener("keydown", event => {
    if (event.key === "ArrowLeft") show(now - 1); else if (event.key === "ArrowRight") show(now + 1);
  });
  frame.addEventListener("close", () => images[now].closest("button").focus());
  document.body.append(frame);
  images.forEach((image, i) => image.closest("button").addEventListener("click", () => { frame.showModal(); show(i); }));
  sharpen();
  addEventListener("resize", sharpen);
  addEventListener("load", sharpen);
};

// ---- the source, with a little colour
const color_source = code => {
  const pattern = /(\/\/.*)|("(?:\\.|[^"\\\n])*")|\b(alignas|auto|bool|break|case|catch|class|const|constexpr|continue|double|else|enum|false|float|for|if|inline|int|long|namespace|new|private|public|return|static|struct|switch|template|throw|true|try|typename|using|void|while)\b/g;
  const text = code.textContent, parts = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(end, match.index), make("span", {class: match[1] ? "c" : match[2] ? "s" : "k"}, match[0]));
    end = match.index + match[0].length;
  }
  code.replaceChildren(...parts, text.slice(end));
};

// ---- while the program runs, the page reloads itself
const follow = () => {
  if (document.body.dataset.status !== "running") return;
  const box = $("#follow"), age = Date.now() / 1000 - Number(document.body.dataset.written);
  box.checked = memory.read().follow ?? true;
  box.addEventListener("change", () => memory.set("follow", box.checked));
  if (age > 600) $("#news").textContent = `no update for ${Math.round(age / 60)} minutes; the program may have been stopped`;
  const busy = () => document.hidden || !box.checked || $("dialog[open]") || $("#compare")?.files.length || document.activeElement?.matches("input[type=range]") ||
    String(getSelection()) !== "" || charts.some(({chart}) => chart.cursor.idx != null);
  const again = () => { if (busy()) setTimeout(again, 1000); else memory.set("focus", document.activeElement?.id || ""), location.reload(); };
  setTimeout(again, age > 600 ? 30000 : 3000);
  const focus = memory.read().focus;
  if (focus) document.getElementById(focus)?.focus({preventScroll: true});
};

const open = new Set(memory.read().open || []);
$$("details[id]").forEach(details => {
  if (open.has(details.id)) details.open = true;
  details.addEventListener("toggle", () => { details.open ? open.add(details.id) : open.delete(details.id); memory.set("open", [...open]); });
});
let closed = [];
addEventListener("beforeprint", () => { closed = $$("details:not([open])"); closed.forEach(details => { details.open = true; }); });
addEventListener("afterprint", () => closed.forEach(details => { details.open = false; }));
$$("table.sortable").forEach(make_sortable);
start_charts();
$$(".film").forEach(start_film);
start_gallery();
$$("code.cpp").forEach(color_source);
follow();
})();
)js";

}  // namespace latent::report
