/// How a report looks: on a screen, light or dark, on a phone, on paper.
#pragma once

namespace latent::report {

inline constexpr char style[] = R"css(
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f6f7f9; --ink: #1b1f24; --soft: #57606a; --line: #d6dae0; --link: #0860a8; --focus: #d55e00;
  --good: #1a7f4b; --bad: #b3261e; --busy: #0860a8; --grid: #e4e7eb;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #009e73; --series-3: #b8548e; --series-4: #a87400;
  --series-5: #3a93c4; --series-6: #4d4d4d;
  --conv: #dcebf8; --dense: #fdebd3; --size: #ddf1e6; --norm: #e9eaed; --join: #f0e2f3; --chance: #fbe0de;
  --edge: #7b8490; --keyword: #8250a8; --string: #0a6b4a; --comment: #6a737d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --panel: #1d2127; --ink: #e4e7eb; --soft: #9da7b3; --line: #353b44; --link: #6cb6f5; --focus: #ffa657;
    --good: #56d08c; --bad: #ff8b82; --busy: #6cb6f5; --grid: #2a3038;
    --series-0: #58b0f0; --series-1: #ff9350; --series-2: #3fcf9d; --series-3: #e795c4; --series-4: #e6b84a;
    --series-5: #9ad4f5; --series-6: #c9ced6;
    --conv: #1d3650; --dense: #4a3517; --size: #1b4030; --norm: #333942; --join: #432d4a; --chance: #502d2a;
    --edge: #8b96a3; --keyword: #d2a8ff; --string: #7ee0b1; --comment: #8b949e;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 3.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Devanagari", sans-serif;
}
main, header.top { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header.top { padding-top: 2rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; margin: 0 0 .9rem; line-height: 1.3; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
.lead { font-size: 1.1rem; color: var(--soft); margin: 0 0 .9rem; max-width: 46rem; }
section { padding: 1.9rem 0 1.2rem; border-top: 1px solid var(--line); }
section:first-of-type { border-top: 0; padding-top: 1.2rem; }
p, ul, ol, dl { max-width: 46rem; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px;
}
code, pre, .mono { font-family: ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
code { font-size: .92em; background: var(--panel); padding: .08em .3em; border-radius: 4px; white-space: nowrap; }
pre { font-size: .8rem; line-height: 1.35; background: var(--panel); padding: .9rem 1rem; border-radius: 8px; overflow-x: auto; margin: .6rem 0; }
pre code { background: none; padding: 0; font-size: 1em; white-space: inherit; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .4rem .8rem; z-index: 9; }

.status { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; margin: .6rem 0 1rem; color: var(--soft); font-size: .95rem; }
.pill { font-weight: 600; padding: .12rem .7rem; border-radius: 99px; border: 1.5px solid currentColor; }
.pill.running { color: var(--busy); } .pill.finished { color: var(--good); }
.pill.interrupted, .pill.failed { color: var(--bad); }
progress { width: 12rem; height: .7rem; accent-color: var(--busy); }
.follow { margin-left: auto; }

nav.contents { position: sticky; top: 0; z-index: 5; background: var(--paper); border-bottom: 1px solid var(--line); }
nav.contents ul { max-width: 72rem; margin: 0 auto; padding: .45rem 1.25rem; display: flex; gap: .2rem 1.1rem; list-style: none; overflow-x: auto; white-space: nowrap; }
nav.contents a { text-decoration: none; font-size: .92rem; }
nav.contents a:hover { text-decoration: underline; }

.cards { display: flex; flex-wrap: wrap; gap: .7rem; margin: 0 0 1rem; padding: 0; list-style: none; max-width: none; }
.cards li { background: var(--panel); border-radius: 8px; padding: .55rem .9rem; min-width: 8.5rem; }
.cards b { display: block; font-size: 1.3rem; font-variant-numeric: tabular-nums; line-height: 1.3; }
.cards span { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }

@media (min-width: 62rem) {
  #about { columns: 2; column-gap: 3rem; }
  #about h2 { column-span: all; }
  #about .look, #about ol, #about pre { break-inside: avoid; }
  #about p:has(+ .look) { break-after: avoid; }
}
.look { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .35rem 1.1rem; margin: .4rem 0 1rem; }
.look dt { margin: 0; } .look dd { margin: 0; }
.questions li { margin: .25rem 0; }

.scroll { overflow-x: auto; margin: .4rem 0 1rem; max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
caption { text-align: left; color: var(--soft); padding: .2rem 0 .4rem; font-size: .88rem; }
th, td { padding: .32rem .8rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--line); white-space: nowrap; position: relative; }
td.n, th.n { text-align: right; white-space: nowrap; }
tbody tr:hover { background: var(--panel); }
th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
th button::after { content: "\2195"; color: var(--soft); font-weight: 400; padding-left: .35em; opacity: .65; }
th[aria-sort=ascending] button::after { content: "\2191"; opacity: 1; }
th[aria-sort=descending] button::after { content: "\2193"; opacity: 1; }
table.facts th { font-weight: 600; color: var(--soft); white-space: nowrap; }
table.facts td { overflow-wrap: anywhere; }
details { margin: .6rem 0; }
summary { cursor: pointer; color: var(--link); }

.tools { display: flex; flex-wrap: wrap; gap: .5rem 1.1rem; align-items: center; margin: 0 0 .9rem; font-size: .92rem; }
.tools button, .film button, .frame button { font: inherit; font-size: .9rem; padding: .2rem .75rem; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); color: var(--ink); cursor: pointer; }
.tools button:hover, .film button:hover, .frame button:hover { border-color: var(--soft); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1.6rem 1.8rem; }
.chart { min-width: 0; margin: 0; }
.chart:first-child { grid-column: 1 / -1; }
.chart figcaption { max-width: none; display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: center; font-weight: 600; margin: 0 0 .35rem; }
.chart .plot { position: relative; }
.chart .zoom { margin-left: auto; display: flex; gap: .3rem; }
.chart .zoom button { font: inherit; font-size: .85rem; min-width: 2rem; padding: .05rem .5rem; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); color: var(--ink); cursor: pointer; }
.legend { display: flex; flex-wrap: wrap; gap: .15rem 1.2rem; margin: .25rem 0 0; padding: 0; list-style: none; font-size: .88rem; max-width: none; font-variant-numeric: tabular-nums; }
.legend li { display: inline-flex; align-items: center; gap: .35rem; }
.legend label { cursor: pointer; display: inline-flex; align-items: center; gap: .35rem; }
.legend i { display: inline-block; width: 1.5rem; height: 0; border-top: 3px solid; }
.legend i.dashed { border-top-style: dashed; }
.legend output { font-weight: 600; min-width: 4.2em; }
.legend .at { color: var(--soft); min-width: 5.5em; }
.u-select { background: color-mix(in srgb, var(--link) 16%, transparent); }
.u-hz .u-cursor-x, .u-vt .u-cursor-y { border-color: var(--soft); }

.film img { display: none; max-width: 100%; height: auto; border-radius: 6px; background: #fff; }
.film img.on { display: block; }
.film { margin: 0 0 1.6rem; }
.film .controls { display: flex; gap: .8rem; align-items: center; margin-top: .5rem; max-width: 46rem; }
.film input[type=range] { flex: 1; min-width: 6rem; accent-color: var(--link); }
.film output { min-width: 9.5em; font-variant-numeric: tabular-nums; }

.gallery { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 1.6rem; align-items: start; }
.gallery figure { margin: 0; min-width: 0; }
.gallery .wide { grid-column: 1 / -1; }
.enlarge { display: block; width: 100%; padding: 0; border: 1px solid var(--line); border-radius: 6px; background: #fff; cursor: zoom-in; overflow: hidden; }
.enlarge img { display: block; width: auto; max-width: 100%; max-height: 34rem; height: auto; margin: 0 auto; }
img.pixelated { image-rendering: pixelated; }
figcaption { margin-top: .45rem; font-size: .93rem; max-width: 46rem; }
figcaption .file { color: var(--soft); font-size: .88em; }
.frame { border: 0; padding: 0; width: 100vw; height: 100dvh; max-width: none; max-height: none; background: var(--paper); color: var(--ink); }
.frame::backdrop { background: var(--paper); }
.frame[open] { display: grid; grid-template-rows: auto minmax(0, 1fr); }
.frame .bar { display: flex; gap: .6rem; align-items: center; padding: .5rem .9rem; border-bottom: 1px solid var(--line); }
.frame .bar p { margin: 0; flex: 1; min-width: 0; max-width: none; font-size: .92rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.frame .view { overflow: auto; display: grid; place-items: safe center; padding: .8rem; }
.frame .view img { background: #fff; }
.frame .view.fit img { max-width: 100%; max-height: 100%; }

.graph { margin: 0 0 1rem; }
.graph svg { display: block; max-width: 100%; height: auto; margin: 0; font: 13px system-ui, sans-serif; }
.graph .box { stroke: var(--line); stroke-width: 1; fill: var(--norm); }
.graph .conv .box { fill: var(--conv); } .graph .dense .box { fill: var(--dense); } .graph .size .box { fill: var(--size); }
.graph .join .box { fill: var(--join); } .graph .chance .box { fill: var(--chance); }
.graph .input .box { fill: var(--paper); stroke: var(--soft); stroke-dasharray: 4 3; }
.graph .again .box { stroke: var(--soft); stroke-dasharray: 4 3; }
.graph text { fill: var(--ink); } .graph .name { font-weight: 600; } .graph .quiet { fill: var(--soft); font-size: 12px; }
.graph .tag { fill: var(--link); font-size: 11px; font-weight: 600; }
.graph path.edge { fill: none; stroke: var(--edge); stroke-width: 1.6; }
.graph path.skip { stroke: var(--series-3); stroke-width: 2; }
.graph .tip { fill: var(--edge); } .graph .skip-tip { fill: var(--series-3); }
.networks { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: .5rem 2rem; align-items: start; }

.source, .printed { max-height: 34rem; overflow: auto; }
p.file { color: var(--soft); font-size: .88rem; margin: 0 0 .5rem; }
.source .k { color: var(--keyword); } .source .s { color: var(--string); } .source .c { color: var(--comment); }
.thumb img { display: block; width: 7.5rem; height: auto; max-height: 5rem; object-fit: contain; background: #fff; border-radius: 4px; }
footer { max-width: 72rem; margin: 0 auto; padding: 1.4rem 1.25rem 2.4rem; color: var(--soft); font-size: .88rem; border-top: 1px solid var(--line); }

@media (max-width: 40rem) {
  body { font-size: 15px; }
  h1 { font-size: 1.55rem; }
  .look { grid-template-columns: 1fr; gap: .1rem; } .look dd { margin-bottom: .6rem; }
  th, td { padding: .3rem .5rem; }
  .film .controls { flex-wrap: wrap; }
  .follow { margin-left: 0; }
  table.facts th { white-space: normal; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --panel: #fff; --ink: #000; --soft: #444; --line: #bbb; --link: #000; --grid: #ddd;
    --good: #1a7f4b; --bad: #b3261e; --busy: #0860a8;
    --series-0: #0072b2; --series-1: #d55e00; --series-2: #009e73; --series-3: #b8548e; --series-4: #a87400;
    --series-5: #3a93c4; --series-6: #4d4d4d;
    --conv: #dcebf8; --dense: #fdebd3; --size: #ddf1e6; --norm: #eee; --join: #f0e2f3; --chance: #fbe0de; --edge: #666;
    --keyword: #8250a8; --string: #0a6b4a; --comment: #555;
  }
  body { font-size: 10.5pt; }
  nav.contents, .tools, .zoom, .controls, .follow, .skip, dialog, th button::after { display: none !important; }
  section { break-inside: auto; padding: .8rem 0; } h2, h3, .networks p { break-after: avoid; }
  figure, .chart, tr, .cards li { break-inside: avoid; }
  .gallery, .charts, .networks { display: block; } table { font-size: 9pt; } th, td { padding: .15rem .5rem; } .gallery figure, .chart { margin-bottom: 1.2rem; }
  .enlarge { border: 0; } .enlarge img { max-height: 20cm; }
  pre, .source, .printed { max-height: none; white-space: pre-wrap; overflow: visible; font-size: 7.5pt; padding: 0; }
  .scroll { overflow: visible; }
  a { text-decoration: none; color: inherit; }
  .graph svg { max-height: 23cm; width: auto; }
}
)css";

}  // namespace latent::report
