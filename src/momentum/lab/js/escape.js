// EscapeLab: in which valley the ball comes to rest, for every momentum coefficient.

import { descend, value, velocityStep } from "./numerics.js";
import { Panel, format, remembered, widened } from "./drawing.js";
import { put, show, stand, svg, tell, write } from "./writing.js";
import { draggable, slider } from "./controls.js";
import { Shell } from "./shell.js";

/** @typedef {import("./numerics.js").LandscapeData} HillData */
/** @typedef {"global" | "local" | "diverged" | "unsettled"} Outcome */

/** Milliseconds of a frame that the map may take. */
const FRAME_BUDGET = 2;
const FIRST_STRIDE = 16;
/** Pixels below the panels, for the map. */
const BELOW = 122;
const HALVINGS = 12;
const MOST_SWITCHES = 12;
const MU_TICKS = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
const ESCAPE_STEPS_A_SECOND = 60;
/** @type {Outcome[]} */
const SHOWN_OUTCOMES = ["global", "local", "diverged"];

/** The double well with another tilt. @param {HillData} data @param {number} tilt @returns {HillData} */
export function withTilt(data, tilt) {
  const [[constant, , ...rest]] = data.value;
  return { ...data, value: [[constant, [tilt], ...rest]], gradient: [[[[tilt], ...data.gradient[0][0].slice(1)]]] };
}

/** Where the top of the barrier is, by Newton's method. @param {number} tilt */
export function barrierOf(tilt) {
  let w = tilt;
  for (let i = 0; i < 50; i++) w -= (w * w * w - w + tilt) / (3 * w * w - 1);
  return w;
}

/** Where a ball ends: caught for good when its energy is below the top of the barrier.
 * @param {HillData} hill @param {number} tilt @param {number} start @param {number} lr @param {number} mu
 * @param {number} steps @returns {Outcome} */
export function outcomeOf(hill, tilt, start, lr, mu, steps) {
  const top = barrierOf(tilt);
  let [w, v] = [start, 0];
  for (let k = 0; k < steps; k++) {
    // `gradient` and then `velocityStep`, the same operations in the same order: millions of them make a map.
    const nextV = mu * v - lr * ((w * w - 1) * w + tilt);
    const nextW = w + nextV;
    // What stands still to the last bit stays so, and what has overflowed does too.
    const over = (nextW === w && nextV === v) || !Number.isFinite(nextW);
    w = nextW;
    v = nextV;
    if (over) break;
  }
  if (!Number.isFinite(w)) return "diverged";
  if (!(value(hill, [w]) + (mu / (2 * lr)) * v * v < value(hill, [top]))) return "unsettled";
  return w < top ? "global" : "local";
}

/** @typedef {{cells: (Outcome | undefined)[], switches: number[], coarse: boolean, done: boolean}} EscapeMap */

/** Fill a map, coarse first, one run at a time: it yields after each, so that no frame has to wait.
 * @param {EscapeMap} map @param {number[]} grid @param {(mu: number) => Outcome} outcome */
export function* mapping(map, grid, outcome) {
  for (let stride = FIRST_STRIDE; stride >= 1; stride /= 2) {
    for (let i = 0; i < grid.length; i += stride)
      if (map.cells[i] === undefined) {
        map.cells[i] = outcome(grid[i]);
        yield;
      }
    map.coarse = true;
  }
  for (let i = 0; i + 1 < grid.length && map.switches.length < MOST_SWITCHES; i++) {
    if (map.cells[i] === map.cells[i + 1]) continue;
    let [low, high] = [grid[i], grid[i + 1]];
    for (let k = 0; k < HALVINGS; k++) {
      const middle = (low + high) / 2;
      if (outcome(middle) === map.cells[i]) low = middle;
      else high = middle;
      yield;
    }
    map.switches.push(high);
  }
  map.done = true;
}

/** @param {{model: import("./controls.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const [steps, settle] = [model.get("steps"), model.get("settle")];
  /** @type {number[]} */ const grid = model.get("grid");
  const ks = Array.from({ length: steps + 1 }, (_, k) => k);
  const hill = remembered(() => [model.get("tilt")], () => withTilt(model.get("well"), model.get("tilt")));
  const run = remembered(
    () => [hill(), model.get("start"), model.get("lr"), model.get("mu")],
    () => {
      const data = hill();
      const path = descend(data, velocityStep, [model.get("start")], model.get("lr"), model.get("mu"), steps);
      return { w: path.w.map((point) => point[0]), loss: path.w.map((point) => value(data, point)), divergedAt: path.divergedAt };
    },
  );
  const outcomeAt = (/** @type {number} */ mu) => outcomeOf(hill(), model.get("tilt"), model.get("start"), model.get("lr"), mu, settle);
  const outcome = remembered(() => [run()], () => outcomeAt(model.get("mu")));
  const work = remembered(
    () => [hill(), model.get("start"), model.get("lr")],
    () => {
      /** @type {EscapeMap} */ const map = { cells: Array.from(grid, () => undefined), switches: [], coarse: false, done: false };
      return { map, tasks: mapping(map, grid, outcomeAt) };
    },
  );
  /** @type {Record<Outcome, string>} */
  const places = {
    global: "comes to rest in the global minimum",
    local: "comes to rest in the local minimum",
    diverged: "diverges",
    unsettled: `has not settled after ${settle} updates`,
  };

  const shell = new Shell({ model, el }, {
    title: "Two valleys, and where the ball ends", traits: ["tilt", "start", "lr", "mu", "step"],
    aspect: 0.54, narrowAspect: 1.58, draw, describe,
  });
  const place = new Panel(shell.svg, { xLabel: "position w", yLabel: "loss f(w)" });
  const ground = svg("path", { class: "lab-ground" }, place.data);
  const trace = svg("path", { class: "lab-dots lab-dots-small lab-velocity", "stroke-opacity": 0.6 }, place.data);
  const ring = svg("circle", { class: "lab-start", r: 9 }, place.data);
  const handle = svg("circle", { class: "lab-handle", r: 20 }, place.data);
  const ball = svg("circle", { r: 7, fill: "var(--lab-velocity)" }, place.data);
  ball.style.pointerEvents = "none";
  const series = new Panel(shell.svg, { xLabel: "step k", yLabel: "position w" });
  const ridge = svg("path", { class: "lab-curve lab-theory" }, series.data);
  const rest = svg("path", { class: "lab-rest lab-velocity" }, series.data);
  const line = svg("path", { class: "lab-curve lab-velocity" }, series.data);
  const ridgeWords = svg("text", { class: "lab-label", "text-anchor": "end" }, shell.svg);
  ridgeWords.textContent = "barrier";
  const band = svg("g", {}, shell.svg);
  const look = fills(svg("defs", {}, band));
  const area = svg("rect", { class: "lab-surface" }, band);
  const cells = Object.fromEntries(SHOWN_OUTCOMES.map((each) => [each, svg("path", { fill: look[each] }, band)]));
  const scale = svg("g", { class: "lab-axes" }, band);
  const marks = svg("g", { class: "lab-axes" }, band);
  const borders = svg("path", {}, marks);
  const names = Array.from({ length: MOST_SWITCHES }, () => svg("text", { "text-anchor": "middle" }, marks));
  const chosen = svg("path", { class: "lab-curve lab-ink" }, band);
  for (const each of [...Object.values(cells), scale, marks, chosen]) each.style.pointerEvents = "none";

  slider(model, "mu", { label: "momentum \u03bc", min: 0, max: 0.999, scale: "one-minus-log", digits: 4 }, shell.controls);
  slider(model, "lr", { label: "learning rate \u03b7", min: 0.001, max: 0.5, scale: "log" }, shell.controls);
  slider(model, "start", { label: "start w\u2080", min: -2.5, max: 2.5 }, shell.controls);
  slider(model, "tilt", { label: "tilt", min: 0.01, max: 0.38 }, shell.controls);
  slider(model, "step", { label: "step k", min: 0, max: steps, whole: true }, shell.controls);
  shell.player("Roll", "step", steps, ESCAPE_STEPS_A_SECOND);

  draggable(handle, (x) => {
    shell.stop();
    model.set("start", Number(Math.min(2.5, Math.max(-2.5, place.fromPixel(x, 0)[0])).toPrecision(3)));
    model.save_changes();
  });
  let bar = { left: 0, top: 0, width: 1, height: 1 };
  const last = grid[grid.length - 1];
  const toX = (/** @type {number} */ mu) => bar.left + (bar.width * Math.log(1 - mu)) / Math.log(1 - last);
  draggable(area, (x) => {
    const f = Math.min(1, Math.max(0, (x - bar.left) / bar.width));
    model.set("mu", Number((f < 1 ? 1 - (1 - last) ** f : last).toPrecision(4)));
    model.save_changes();
  });

  const layout = remembered(
    () => [shell.width, shell.height, hill()],
    () => {
      const { width, height, narrow } = shell;
      const tall = narrow ? (height - BELOW) / 2 : height - BELOW;
      const wide = narrow ? width : Math.round(width * 0.54);
      place.place(0, 0, wide, tall);
      series.place(narrow ? 0 : wide, narrow ? tall : 0, narrow ? width : width - wide, tall);
      const xs = Array.from({ length: 151 }, (_, i) => -2.6 + (5.2 * i) / 150);
      const ys = xs.map((x) => value(hill(), [x]));
      place.range([-2.6, 2.6], widened([...ys.filter((y) => y < 3), 3]));
      tell(ground, "d", place.line(xs, ys));
      series.range([0, steps], [-2.6, 2.6]);
      const top = barrierOf(model.get("tilt"));
      tell(ridge, "d", series.line([0, steps], [top, top]));
      stand(ridgeWords, series.box.left + series.box.width, series.toY(top) - 5);
      return {};
    },
  );
  const scales = remembered(
    () => [shell.width, shell.height],
    () => {
      const { width, height, narrow } = shell;
      bar = { left: 54, top: height - BELOW + 46, width: width - 74, height: 34 };
      for (const [key, each] of Object.entries(bar)) tell(area, key === "left" ? "x" : key === "top" ? "y" : key, each);
      scale.replaceChildren();
      const bottom = bar.top + bar.height;
      svg("line", { x1: bar.left, x2: bar.left + bar.width, y1: bottom, y2: bottom }, scale);
      for (const mu of MU_TICKS) {
        svg("line", { x1: toX(mu), x2: toX(mu), y1: bottom, y2: bottom + 4 }, scale);
        if (!narrow || ![0.98, 0.995].includes(mu))
          svg("text", { x: toX(mu), y: bottom + 16, "text-anchor": "middle" }, scale).textContent = String(mu);
      }
      svg("text", { class: "lab-axis-label", x: bar.left + bar.width / 2, y: bottom + 33, "text-anchor": "middle" }, scale).textContent = "momentum \u03bc";
      // What the patterns mean, on one line over the strip.
      let x = bar.left;
      for (const each of SHOWN_OUTCOMES) {
        svg("rect", { x, y: bar.top - 32, width: 16, height: 11, fill: look[each], stroke: "var(--lab-line)" }, scale);
        svg("text", { x: x + 21, y: bar.top - 22 }, scale).textContent = `${{ global: "global", local: "local", diverged: "diverges", unsettled: "" }[each]}${narrow || each === "diverged" ? "" : " minimum"}`;
        x += narrow ? 88 : 140;
      }
      return {};
    },
  );
  const curves = remembered(
    () => [layout(), run()],
    () => {
      tell(rest, "d", series.line(ks, run().w));
      const [x, y] = [place.toX(model.get("start")), place.toY(value(hill(), [model.get("start")]))];
      for (const each of [ring, handle]) put(each, x, y);
      return {};
    },
  );
  const progress = remembered(
    () => [curves(), model.get("step")],
    () => {
      const { w, loss, divergedAt } = run();
      const k = model.get("step");
      tell(trace, "d", place.dots(w, loss, k + 1));
      tell(line, "d", series.line(ks, w, 0, k + 1));
      if (divergedAt < 0 || k < divergedAt) put(ball, place.toX(w[k]), place.toY(loss[k]));
      else put(ball, -99, -99);
    },
  );
  /** The strip, from what is known of the map. @param {EscapeMap} map */
  function drawMap(map) {
    // A cell reaches half way to its neighbours; one that is not known yet looks like the last known before it.
    const edge = (/** @type {number} */ i) => bar.left + (bar.width * Math.min(grid.length - 1, Math.max(0, i - 0.5))) / (grid.length - 1);
    const known = map.cells.map((_, i) => map.cells[i] ?? map.cells[i - (i % 2)] ?? map.cells[i - (i % 4)] ?? map.cells[i - (i % 8)] ?? map.cells[i - (i % 16)]);
    /** @type {Record<string, string>} */ const outlines = { global: "", local: "", diverged: "", unsettled: "" };
    for (let from = 0, to = 0; from < grid.length; from = to) {
      while (to < grid.length && known[to] === known[from]) to++;
      outlines[known[from] ?? "unsettled"] += `M${edge(from)} ${bar.top}H${edge(to)}v${bar.height}H${edge(from)}z`;
    }
    for (const each of SHOWN_OUTCOMES) tell(cells[each], "d", outlines[each]);
    tell(borders, "d", map.switches.map((mu) => `M${toX(mu)} ${bar.top - 4}v${bar.height + 4}`).join(""));
    let free = -Infinity;
    names.forEach((words, i) => {
      const mu = map.switches[i];
      const x = mu === undefined ? -Infinity : toX(mu);
      show(words, x - free >= 44);
      if (!(x - free >= 44)) return;
      stand(words, x, bar.top - 7);
      write(words, mu.toFixed(mu < 0.99 ? 3 : 4));
      free = x;
    });
  }

  const strip = remembered(() => [work(), scales()], () => ({ whole: false }));
  function draw() {
    progress();
    const [{ map, tasks }, shown] = [work(), strip()];
    // Until there is a first, coarse map of a new state, the one before it stays.
    if (map.coarse && !shown.whole) drawMap(map);
    shown.whole = map.done;
    if (!map.done)
      shell.afterwards(() => {
        const until = performance.now() + FRAME_BUDGET;
        while (performance.now() < until && !tasks.next().done);
        shell.redraw();
      });
    const x = toX(model.get("mu"));
    tell(chosen, "d", `M${x} ${bar.top - 3}V${bar.top + bar.height + 3}M${x - 5} ${bar.top - 4}h10l-5 7z`);
  }

  function describe() {
    const words = `With \u03bc = ${format(model.get("mu"), 4)} a ball let go at ${format(model.get("start"))} ${places[outcome()]}.`;
    const { map } = work();
    if (!map.done) return `${words} The map is being computed.`;
    const changes = grid.flatMap((_, i) => (i + 1 < grid.length && map.cells[i] !== map.cells[i + 1] ? [map.cells[i + 1]] : []));
    if (!changes.length) return `${words} So it does for every \u03bc of the strip.`;
    const parts = changes.slice(0, Math.min(3, map.switches.length)).map((kind, i) => `${kind} from ${map.switches[i].toFixed(4)}`);
    // The strip may step over changes: it shows that there are more, and not how many.
    const more = changes.length > 3 ? ", then more changes" : "";
    return `${words} Over \u03bc: ${map.cells[0]} below ${map.switches[0].toFixed(4)}, ${parts.join(", ")}${more}.`;
  }

  return shell.start();
}

let fillsMade = 0;

/** How each outcome looks, by colour and by pattern. @param {SVGElement} patterns @returns {Record<string, string>} */
function fills(patterns) {
  const id = ++fillsMade;
  const hatch = svg("pattern", { id: `lab-hatch-${id}`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, patterns);
  svg("rect", { width: 3, height: 6, fill: "var(--lab-velocity)" }, hatch);
  const dots = svg("pattern", { id: `lab-spots-${id}`, width: 7, height: 7, patternUnits: "userSpaceOnUse" }, patterns);
  svg("circle", { cx: 3.5, cy: 3.5, r: 1.8, fill: "var(--lab-ink)" }, dots);
  return { global: "var(--lab-accumulator)", local: `url(#lab-hatch-${id})`, diverged: `url(#lab-spots-${id})` };
}

export default { render };
