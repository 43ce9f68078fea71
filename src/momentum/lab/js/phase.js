// PhaseLab: what momentum does on a parabola, as a map of a = lr * curvature and mu.

import { descend, regime, spectralRadius, velocityStep } from "./numerics.js";
import { Panel, format, remembered } from "./drawing.js";
import { html, put, stand, svg, tell, write } from "./writing.js";
import { button, clickable, draggable, slider } from "./controls.js";
import { Shell } from "./shell.js";

/** @type {Record<string, string>} */
const REGIME_FATES = {
  monotone: "creeps to the minimum from one side",
  oscillating: "swings around the minimum",
  alternating: "jumps across the minimum at every step",
  marginal: "neither converges nor diverges",
  divergent: "runs away",
};
const MAP_MU = Array.from({ length: 201 }, (_, i) => i / 200);
const KEY_STEP = 0.01;
const LARGEST_W = 10;
const LEFT_W = 30;

/** The corners (a, mu) of the region where the spectral radius is at most `radius`: a trapezoid, exactly.
 * @param {number} radius @returns {[number, number][]} */
export function levelRegion(radius) {
  const top = radius ** 2;
  return [[1 - radius, 0], [1 + radius, 0], [(1 + radius) ** 2, top], [(1 - radius) ** 2, top]];
}

/** The best (a, mu) for a condition number. @param {number} kappa @returns {[number, number]} */
export function tunedPoint(kappa) {
  const root = Math.sqrt(kappa);
  return [kappa * (2 / (root + 1)) ** 2, ((root - 1) / (root + 1)) ** 2];
}

/** The factor c of the bound c * rho^k that a run from rest touches in the long run; not finite at a double root.
 * @param {number} a @param {number} mu */
export function envelopeSize(a, mu) {
  const trace = 1 + mu - a;
  const discriminant = trace * trace - 4 * mu;
  const half = Math.sqrt(Math.abs(discriminant)) / 2;
  const ratio = half ? (1 - a - trace / 2) / half : Infinity;
  return discriminant < 0 ? Math.sqrt(1 + ratio ** 2) : Math.abs(1 + (trace >= 0 ? ratio : -ratio)) / 2;
}

/** @param {{model: import("./controls.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const [lowest, highest] = model.get("bounds");
  const at = () => /** @type {[number, number]} */ ([model.get("a"), model.get("mu")]);
  const run = remembered(
    () => [...at(), model.get("steps")],
    () => {
      const [a, mu] = at();
      const path = descend(model.get("ground"), velocityStep, [1], a, mu, model.get("steps"));
      const w = path.w.map((point) => point[0]);
      const [size, rho] = [envelopeSize(a, mu), spectralRadius(a, mu)];
      const bound = w.map((_, k) => size * rho ** k);
      const largest = w.reduce((most, x) => (Math.abs(x) > most ? Math.abs(x) : most), 1);
      // A run that has left the picture would only cross it up and down.
      const away = w.findIndex((x) => !(Math.abs(x) <= LEFT_W));
      const until = away < 0 ? w.length : away + 1;
      return { w, v: w.map((x, k) => (k ? x - w[k - 1] : 0)), bound, until, limit: 1.1 * Math.min(largest, LARGEST_W) };
    },
  );

  const shell = new Shell({ model, el }, {
    title: "A map of momentum", traits: ["a", "mu", "condition", "steps"], aspect: 0.6, narrowAspect: 2.2, draw, describe,
  });
  const map = new Panel(shell.svg, { xLabel: "a = learning rate \u00d7 curvature", yLabel: "momentum \u03bc" });
  const bands = /** @type {number[]} */ (model.get("levels")).map(() =>
    svg("path", { fill: "var(--lab-sgd)", "fill-opacity": 0.075 }, map.data),
  );
  const borders = {
    energy: svg("path", { class: "lab-curve lab-accumulator" }, map.data),
    slow: svg("path", { class: "lab-curve lab-averaged" }, map.data),
    fast: svg("path", { class: "lab-curve lab-averaged" }, map.data),
    best: svg("path", { class: "lab-curve lab-theory" }, map.data),
    stable: svg("path", { class: "lab-curve lab-ink" }, map.data),
  };
  const tuned = svg("path", { class: "lab-start" }, map.data);
  const span = svg("path", { class: "lab-curve lab-velocity" }, map.data);
  const point = svg("circle", { class: "lab-velocity", r: 7, fill: "var(--lab-velocity)" }, map.data);
  const handle = svg("circle", { class: "lab-handle", r: 18 }, map.data);
  const key = svg("g", {}, shell.svg);
  const series = new Panel(shell.svg, { xLabel: "step k", yLabel: "position w" });
  const bounds = [1, -1].map(() => svg("path", { class: "lab-curve lab-theory" }, series.data));
  const line = svg("path", { class: "lab-curve lab-velocity" }, series.data);
  const dots = svg("path", { class: "lab-dots lab-dots-small lab-velocity" }, series.data);
  const named = svg("text", { class: "lab-label", "text-anchor": "end" }, shell.svg);
  const phase = new Panel(shell.svg, { xLabel: "position w", yLabel: "velocity v" });
  const orbit = svg("path", { class: "lab-rest lab-velocity" }, phase.data);
  const points = svg("path", { class: "lab-dots lab-dots-small lab-velocity" }, phase.data);
  const first = svg("circle", { class: "lab-start", r: 7 }, phase.data);

  // Controls: two sliders, and the map itself by pointer or by arrow keys.

  slider(model, "a", { label: "a = \u03b7 \u00d7 \u03bb", min: lowest, max: highest, scale: "log" }, shell.controls);
  slider(model, "mu", { label: "momentum \u03bc", min: 0, max: 0.999, scale: "one-minus-log" }, shell.controls);
  slider(model, "condition", { label: "condition \u03ba", min: 1, max: 10000, scale: "log" }, shell.controls);
  slider(model, "steps", { label: "steps shown", min: 10, max: 400, whole: true }, shell.controls);
  button("Best for this condition", shell.buttons, () => move(...tunedPoint(model.get("condition")), 6));
  const focus = html("div", {
    class: "lab-focus", tabindex: "0", role: "application",
    "aria-label": "Map of momentum: the arrow keys move the point, with shift ten times as far",
  });
  shell.svg.after(focus);

  /** @param {number} a @param {number} mu @param {number} [digits] */
  function move(a, mu, digits = 4) {
    const within = (/** @type {number} */ x, /** @type {number} */ low, /** @type {number} */ high) =>
      Number(Math.min(high, Math.max(low, x)).toPrecision(digits));
    model.set("a", within(a, lowest, highest));
    model.set("mu", within(mu, 0, 0.999));
    model.save_changes();
  }
  const pointed = (/** @type {number} */ x, /** @type {number} */ y) => {
    focus.focus({ preventScroll: true });
    const [a, mu] = map.fromPixel(x, y);
    move(a, Math.round(1000 * mu) / 1000);
  };
  draggable(handle, pointed);
  clickable(map.surface, pointed);
  // A mouse may drag from anywhere; a finger that starts beside the point scrolls the page.
  for (const each of [...bands, ...Object.values(borders), tuned, span]) each.style.pointerEvents = "none";
  map.surface.addEventListener("pointermove", (event) => {
    const frame = shell.svg.getBoundingClientRect();
    if (event.pointerType === "mouse" && event.buttons === 1) pointed(event.clientX - frame.left, event.clientY - frame.top);
  });
  focus.addEventListener("keydown", (event) => {
    const far = KEY_STEP * (event.shiftKey ? 10 : 1);
    const [a, mu] = at();
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    // Whole steps of the map: not what is left of a number that was chosen to many digits.
    const even = (/** @type {number} */ x) => Math.round(x / KEY_STEP) * KEY_STEP;
    move(way[0] ? even(a + way[0]) : a, way[1] ? even(mu + way[1]) : mu, 6);
  });

  const layout = remembered(
    () => [shell.width, shell.height],
    () => {
      const { width, height, narrow } = shell;
      const wide = narrow ? width : Math.round(width * 0.56);
      const tall = narrow ? Math.round(height * 0.44) : height;
      const rest = narrow ? (height - tall) / 2 : height / 2;
      map.place(0, 0, wide, tall);
      series.place(narrow ? 0 : wide, narrow ? tall : 0, narrow ? width : width - wide, rest);
      phase.place(narrow ? 0 : wide, narrow ? tall + rest : rest, narrow ? width : width - wide, rest);
      map.range([0, highest], [0, 1]);
      bands.forEach((band, i) => {
        const corners = levelRegion(model.get("levels")[i]);
        tell(band, "d", `M${corners.map(([a, mu]) => `${map.toX(a).toFixed(1)} ${map.toY(mu).toFixed(1)}`).join("L")}Z`);
      });
      const draw = (/** @type {SVGElement} */ path, /** @type {(mu: number) => number} */ a) =>
        tell(path, "d", map.line(MAP_MU.map(a), MAP_MU));
      draw(borders.stable, (mu) => 2 * (1 + mu));
      draw(borders.energy, (mu) => 2 * (1 - mu));
      draw(borders.slow, (mu) => (1 - Math.sqrt(mu)) ** 2);
      draw(borders.fast, (mu) => (1 + Math.sqrt(mu)) ** 2);
      const { left, top, width: w, height: h } = map.box;
      focus.style.cssText = `left:${left}px;top:${top}px;width:${w}px;height:${h}px`;
      // The region that diverges is empty, and holds the key.
      key.replaceChildren();
      const entries = [["best for \u03ba", "lab-theory"], ["stability", "lab-ink"], ["energy bound", "lab-accumulator"], ["critical damping", "lab-averaged"]];
      entries.forEach(([words, style], i) => {
        const y = top + h - 12 - 17 * (entries.length - 1 - i);
        svg("text", { class: "lab-label", x: left + w - 28, y: y + 4, "text-anchor": "end" }, key).textContent = words;
        svg("line", { class: `lab-curve ${style}`, x1: left + w - 22, x2: left + w, y1: y, y2: y }, key);
      });
      svg("text", { class: "lab-label", x: map.toX(3.6), y: map.toY(0.56), "text-anchor": "middle" }, key).textContent = "diverges";
      for (const [rho, a] of [[0.9, 1.4], [0.7, 0.62], [0.5, 0.75], [0.3, 1]])
        svg("text", { class: "lab-label", x: map.toX(a), y: map.toY(rho * rho) + 14, "text-anchor": "middle" }, key).textContent = `\u03c1 \u2264 ${rho}`;
      key.style.pointerEvents = "none";
      return {};
    },
  );

  const aims = remembered(
    () => [layout(), model.get("condition")],
    () => {
      const kappa = model.get("condition");
      // A straight line.
      const ends = [0, 1];
      tell(borders.best, "d", map.line(ends.map((each) => (2 * (1 + each)) / (1 + 1 / kappa)), ends));
      const [tunedA, tunedMu] = tunedPoint(kappa);
      const [tx, ty] = [map.toX(tunedA), map.toY(tunedMu)];
      tell(tuned, "d", `M${tx} ${ty - 7}l7 7l-7 7l-7 -7z`);
    },
  );
  const curves = remembered(
    () => [layout(), run()],
    () => {
      const [a, mu] = at();
      const { w, v, bound, until, limit } = run();
      const steps = w.map((_, k) => k);
      series.range([0, w.length - 1], [-limit, limit]);
      tell(line, "d", series.line(steps, w, 0, until));
      tell(dots, "d", w.length <= 121 ? series.dots(steps, w, until) : "");
      bounds.forEach((each, i) => tell(each, "d", series.line(steps, i ? bound.map((b) => -b) : bound)));
      const { left, top, width } = series.box;
      stand(named, left + width, top + 10);
      write(named, Number.isFinite(bound[0]) ? `dashed: \u00b1${bound[0].toFixed(2) === "1.00" ? "" : `${format(bound[0])} `}\u03c1\u1d4f, \u03c1 = ${format(spectralRadius(a, mu), 4)}` : "");
      // A velocity is at most the sum of two positions.
      const swing = v.reduce((most, x) => (Math.abs(x) > most && Math.abs(x) <= 2 * limit ? Math.abs(x) : most), 0);
      phase.range([-limit, limit], [-1.1 * (swing || 1), 1.1 * (swing || 1)]);
      tell(orbit, "d", phase.line(w, v, 0, until));
      tell(points, "d", phase.dots(w, v, until));
      put(first, phase.toX(1), phase.toY(0));
    },
  );

  function draw() {
    aims();
    curves();
    const [a, mu] = at();
    tell(span, "d", map.line([a / model.get("condition"), a], [mu, mu]));
    for (const each of [point, handle]) put(each, map.toX(a), map.toY(mu));
  }

  function describe() {
    const [a, mu] = at();
    const kappa = model.get("condition");
    const kind = regime(a, mu);
    const rho = spectralRadius(a, mu);
    const words = `At learning rate \u00d7 curvature ${format(a, 4)} and \u03bc ${format(mu, 4)} the ball ${REGIME_FATES[kind]}; in the long run each step multiplies its distance by ${format(rho)}.`;
    if (kind === "divergent" || kind === "marginal") return words;
    const energy = a <= 2 * (1 - mu) ? "Its energy never rises." : "This lies above the energy bound: the energy may rise on the way.";
    if (kappa === 1) return `${words} ${energy}`;
    const worst = Math.max(rho, spectralRadius(a / kappa, mu));
    const best = Math.sqrt(tunedPoint(kappa)[1]);
    return `${words} ${energy} With curvatures down to 1/${format(kappa, 4)} of this one the slowest factor is ${format(worst)}; the best possible is ${format(best)}.`;
  }

  return shell.start();
}

export default { render };
