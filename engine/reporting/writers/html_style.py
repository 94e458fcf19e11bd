"""The look of the summary page: the program's colours, light, dark and on paper."""

from __future__ import annotations

LIGHT = {
    "bg": "#F3F5F7",
    "surface": "#FFFFFF",
    "sunken": "#F7F9FA",
    "line": "#DFE5EA",
    "line2": "#C2CCD5",
    "ctrl": "#8795A3",
    "ink": "#17212B",
    "ink2": "#46555F",
    "ink3": "#5F6E7B",
    "accent": "#0B6A8F",
    "accentL": "#A8CEDD",
    "ok": "#0A6E58",
    "okT": "#DEF3EC",
    "warn": "#8A5A00",
    "warnT": "#FFF2D2",
    "bad": "#B3263A",
    "badT": "#FCE9EB",
    "gline": "#2F7EA3",
    "gthin": "#7B97AA",
}
"""Colour roles as the window has them."""

DARK = {
    "bg": "#10161B",
    "surface": "#182027",
    "sunken": "#141B21",
    "line": "#2A353F",
    "line2": "#3F4D59",
    "ctrl": "#7C8B99",
    "ink": "#E8EDF1",
    "ink2": "#B4C0CA",
    "ink3": "#92A0AC",
    "accent": "#5AB4D6",
    "accentL": "#2C6077",
    "ok": "#54CDB0",
    "okT": "#12302B",
    "warn": "#EBBB58",
    "warnT": "#352A12",
    "bad": "#F58A97",
    "badT": "#3A1D22",
    "gline": "#4FA3C4",
    "gthin": "#6B8797",
}

_RULES = """
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); line-height: 1.5;
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 60rem; margin: 2rem auto; padding: 2rem 2.5rem 2.5rem;
  background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
h1 { font-size: 1.7rem; font-weight: 600; margin: 0; line-height: 1.25; }
h2 { font-size: 1.3rem; font-weight: 600; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.08rem; font-weight: 600; margin: 1.75rem 0 .4rem; }
h1, h2, h3, p, li, figcaption, td, th { overflow-wrap: break-word; }
p { margin: .5rem 0; }
.words p { max-width: 46rem; }
code { font-family: ui-monospace, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .92em; }
.formula { color: var(--ink2); margin: .35rem 0 .75rem; }
.facts { display: flex; flex-wrap: wrap; gap: .35rem 1rem; margin: 0; padding: 0;
  list-style: none; color: var(--ink2); font-size: .93rem; }
.chip { border-radius: 1em; padding: 0 .7em; font-weight: 600; }
.ok { color: var(--ok); background: var(--okT); }
.warn { color: var(--warn); background: var(--warnT); }
.bad { color: var(--bad); background: var(--badT); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums;
  border-top: 1.5px solid var(--ink2); border-bottom: 1.5px solid var(--ink2); }
th, td { padding: .32rem .6rem; text-align: left; vertical-align: top;
  font-weight: 400; }
th:first-child, td:first-child { padding-left: .1rem; }
th:last-child, td:last-child { padding-right: .1rem; }
thead th { font-weight: 600; color: var(--ink2); vertical-align: bottom;
  border-bottom: 1px solid var(--line2); }
.number { text-align: right; white-space: nowrap; }
thead .number { white-space: normal; }
.foot, .cited { color: var(--ink2); font-size: .87rem; margin: .35rem 0 0; }
.bar { display: flex; height: 1.6rem; border-radius: 4px; overflow: hidden;
  margin: .5rem 0 .75rem; gap: 1px; }
.bar span { min-width: 1px; }
.swatch { display: inline-block; width: .7em; height: .7em; border-radius: 2px;
  margin-right: .5em; }
.s0 { background: var(--accent); } .s1 { background: var(--accentL); }
.s2 { background: var(--gthin); } .s3 { background: var(--gline); }
.rest { background: var(--line2); }
.pictures { display: flex; flex-wrap: wrap; gap: 1.5rem; margin: 1rem 0; }
figure { margin: 0; max-width: 100%; }
figure img { display: block; max-width: 100%; height: auto; background: #FFFFFF;
  border: 1px solid var(--line); border-radius: 6px; }
figcaption { color: var(--ink2); font-size: .93rem; margin-top: .5rem; }
figcaption strong { color: var(--ink); font-weight: 600; }
footer { margin-top: 2.5rem; padding-top: .75rem; border-top: 1px solid var(--line);
  color: var(--ink3); font-size: .87rem; }
@media (max-width: 45rem) { main { margin: 0; padding: 1rem; border: 0; } }
@media print {
  @page { margin: 16mm; }
  body { background: none; font-size: 10pt; }
  main { margin: 0; padding: 0; border: 0; max-width: none; }
  h2, h3 { break-after: avoid; }
  tr, figure, .bar { break-inside: avoid; }
  .table { overflow: visible; font-size: 8.5pt; }
  .foot, .cited, footer { font-size: 8pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""


def style_sheet() -> str:
    """Rules of the page; dark on screens that ask for it, always light on paper."""
    dark = f"@media screen and (prefers-color-scheme: dark) {{ {_root(DARK)} }}"
    return f"{_root(LIGHT)}\n{dark}{_RULES}"


def _root(colors: dict[str, str]) -> str:
    roles = " ".join(f"--{role}: {value};" for role, value in colors.items())
    return f":root {{ {roles} }}"
