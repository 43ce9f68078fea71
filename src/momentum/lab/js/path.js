// PathLab: gradient descent, momentum and Nesterov's method on a map, from one start.

import { RULES, descend, value } from "./numerics.js";
import { marchingSquares, quantileLevels, sampled } from "./contours.js";
import { Panel, decades, format, remembered } from "./drawing.js";
import { hide, html, pixels, put, show, svg, tell, write } from "./writing.js";
import { choice, clickable, draggable, several, slider } from "./controls.js";
import { Shell } from "./shell.js";

/** @typedef {import("./numerics.js").LandscapeData & {minimum: number | null, suits: {start: number[], lr: number}}} MapData */

/** @type {Record<string, string>} */
const METHOD_NAMES = { sgd: "gradient descent", velocity: "momentum", nesterov: "Nesterov" };
const CONTOUR_LEVELS = 14;
const BELOW_TOLERANCE = 1e-3;
const STEPS_A_SECOND = 30;

/** The ravine's tables with another condition number: f = (x^2 + kappa y^2) / 2.
 * @template {import("./numerics.js").LandscapeData} T @param {T} data @param {number} kappa @returns {T} */
export function withCondition(data, kappa) {
  return { ...data, value: [[[0, 0, kappa / 2], [], [0.5]]], gradient: [[[[], [1]]], [[[0, kappa]]]] };
}

/** From which step on all losses stay within `tolerance` of `minimum`, -1 if they do not.
 * @param {number[]} losses @param {number} minimum @param {number} tolerance */
export function stepsTo(losses, minimum, tolerance) {
  let done = losses.length;
  while (done > 0 && losses[done - 1] - minimum <= tolerance) done--;
  return done < losses.length ? done : -1;
}

/** The first step outside the map, -1 if there is none. @param {number[][]} w @param {[number, number][]} domain */
export function leftAt(w, domain) {
  return w.findIndex((point) => !point.every((x, i) => x >= domain[i][0] && x <= domain[i][1]));
}

/** The step from which on a run is off the map, -1 if it ends on it.
 * @param {number[][]} w @param {[number, number][]} domain */
export function offFrom(w, domain) {
  const on = w.findLastIndex((point) => point.every((x, i) => x >= domain[i][0] && x <= domain[i][1]));
  return on === w.length - 1 ? -1 : on + 1;
}

/** @param {{model: import("./controls.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const steps = model.get("steps");
  const ks = Array.from({ length: steps + 1 }, (_, k) => k);
  /** @type {() => string[]} */
  const methods = () => Object.keys(METHOD_NAMES).filter((method) => model.get("methods").includes(method));
  const surface = remembered(
    () => [model.get("landscape"), model.get("condition")],
    () => {
      /** @type {MapData} */ const data = model.get("maps")[model.get("landscape")];
      return data.name === "ravine" ? withCondition(data, model.get("condition")) : data;
    },
  );
  const runs = remembered(
    () => [surface(), model.get("start"), model.get("lr"), model.get("mu"), model.get("methods")],
    () => {
      const [data, lr, mu] = [surface(), model.get("lr"), model.get("mu")];
      return methods().map((method) => {
        const path = descend(data, RULES[method], model.get("start"), lr, mu, steps);
        const loss = path.w.map((point) => value(data, point));
        // A run that ends off the map is drawn up to where it leaves it for good.
        const off = offFrom(path.w, data.domain);
        const drawn = off < 0 ? path.w.length : off + 1;
        return { method, ...path, off, drawn, xs: path.w.map((point) => point[0]), ys: path.w.map((point) => point[1]), loss };
      });
    },
  );
  /** After how many steps each run is done, -1 if it is not. */
  const counts = remembered(
    () => [runs(), model.get("tolerance")],
    () => {
      const { minimum, domain } = surface();
      return new Map(runs().map((run) => [run.method, minimum === null ? leftAt(run.w, domain) : stepsTo(run.loss, minimum, model.get("tolerance"))]));
    },
  );
  const needed = (/** @type {{method: string}} */ { method }) => counts().get(method) ?? -1;

  const shell = new Shell({ model, el }, {
    title: "Three ways down a landscape",
    traits: ["landscape", "condition", "start", "lr", "mu", "methods", "tolerance", "step"],
    aspect: 0.5, narrowAspect: 1.75, draw, describe,
  });
  const place = new Panel(shell.svg, { xLabel: "w\u2081", yLabel: "w\u2082" });
  const contours = svg("path", { class: "lab-contour" }, place.data);
  const losses = new Panel(shell.svg, { xLabel: "step k", yLabel: "", yLog: true });
  const cursor = svg("path", { class: "lab-ground" }, losses.data);
  const target = svg("path", { class: "lab-curve lab-theory", "stroke-width": 1 }, losses.data);
  const marks = Object.fromEntries(
    Object.keys(METHOD_NAMES).map((method) => [method, {
      rest: svg("path", { class: `lab-rest lab-${method}` }, place.data),
      past: svg("path", { class: `lab-curve lab-${method}` }, place.data),
      dots: svg("path", { class: `lab-dots lab-dots-small lab-${method}` }, place.data),
      loss: svg("path", { class: `lab-curve lab-${method}` }, losses.data),
      done: svg("circle", { class: `lab-marker lab-${method}`, r: 4.5 }, losses.data),
      here: svg("circle", { r: 5.5, fill: `var(--lab-${method})` }, place.data),
    }]),
  );
  const ring = svg("circle", { class: "lab-start", r: 8 }, place.data);
  const handle = svg("circle", { class: "lab-handle", r: 18 }, place.data);

  // Controls

  const maps = Object.keys(model.get("maps"));
  choice(model, "landscape", "landscape", maps.map((each) => [each, each[0].toUpperCase() + each.slice(1)]), shell.controls, () => {
    const { suits } = surface();
    model.set("start", suits.start);
    model.set("lr", suits.lr);
  });
  slider(model, "condition", { label: "condition \u03ba", min: 1, max: 1000, scale: "log" }, shell.controls);
  const conditionRow = /** @type {HTMLElement} */ (shell.controls.lastElementChild);
  several(model, "methods", "methods", Object.entries(METHOD_NAMES), shell.controls);
  slider(model, "lr", { label: "learning rate \u03b7", min: 1e-5, max: 1, scale: "log" }, shell.controls);
  slider(model, "mu", { label: "momentum \u03bc", min: 0, max: 0.999, scale: "one-minus-log" }, shell.controls);
  for (const index of [0, 1]) {
    const limits = () => surface().domain[index];
    slider(model, "start", { label: `start w${"\u2081\u2082"[index]}`, min: -5, max: 5, index, limits, after: ["landscape"] }, shell.controls);
  }
  slider(model, "tolerance", { label: "tolerance", min: 1e-8, max: 1, scale: "log", digits: 2 }, shell.controls);
  const toleranceRow = /** @type {HTMLElement} */ (shell.controls.lastElementChild);
  slider(model, "step", { label: "step k", min: 0, max: steps, whole: true }, shell.controls);
  shell.player("Play", "step", steps, STEPS_A_SECOND);
  const table = html("table", { class: "lab-table" });
  shell.words.before(table);

  const start = (/** @type {number} */ x, /** @type {number} */ y) => {
    const clamp = (/** @type {number} */ each) => Math.min(5, Math.max(-5, Number(each.toPrecision(3))));
    model.set("start", place.fromPixel(x, y).map(clamp));
    model.save_changes();
  };
  draggable(handle, start);
  clickable(place.surface, start);

  // Drawing

  const layout = remembered(
    () => [shell.width, shell.height, surface(), ...beyond(surface().domain, model.get("start"))],
    () => {
      const { width, narrow } = shell;
      const split = narrow ? shell.height * 0.56 : shell.height;
      place.place(0, 0, narrow ? width : width * 0.54, split);
      losses.place(narrow ? 0 : width * 0.54, narrow ? split : 0, narrow ? width : width * 0.46, narrow ? shell.height - split : split);
      const [xRange, yRange] = squared(beyond(surface().domain, model.get("start")), place.box.width, place.box.height);
      place.range(xRange, yRange);
      const data = surface();
      const grid = sampled((x, y) => value(data, [x, y]), xRange, yRange, data.name === "ravine" ? 57 : 97);
      let lines = "";
      const { left, top, width: across, height: up } = place.box;
      const [kx, ky] = [across / (xRange[1] - xRange[0]), up / (yRange[1] - yRange[0])];
      const [x0, y0] = [left - kx * xRange[0], top + ky * yRange[1]];
      marchingSquares(grid, quantileLevels(grid.values, CONTOUR_LEVELS), (a, b, c, d) => {
        lines += `M${pixels(x0 + kx * a)} ${pixels(y0 - ky * b)}L${pixels(x0 + kx * c)} ${pixels(y0 - ky * d)}`;
      });
      tell(contours, "d", lines);
      hide(conditionRow, surface().name !== "ravine");
      hide(toleranceRow, surface().minimum === null);
      return {};
    },
  );
  const curves = remembered(
    () => [layout(), runs(), model.get("tolerance")],
    () => {
      const { minimum, domain } = surface();
      const above = runs().map(({ loss }) => (minimum === null ? loss : loss.map((each) => each - minimum)));
      losses.look = minimum === null
        ? { xLabel: "step k", yLabel: "loss f(w)" }
        : { xLabel: "step k", yLabel: "loss above the minimum", yLog: true };
      losses.range([0, steps], minimum === null ? [-domain[1][1], domain[1][1]] : lossRange(above, model.get("tolerance")));
      tell(target, "d", minimum === null ? "" : losses.line([0, steps], [model.get("tolerance"), model.get("tolerance")]));
      for (const [method, { done, ...others }] of Object.entries(marks)) {
        const i = runs().findIndex((run) => run.method === method);
        for (const mark of Object.values(others)) show(mark, i >= 0);
        const at = i < 0 ? -1 : needed(runs()[i]);
        show(done, at >= 0);
        if (i < 0) continue;
        const run = runs()[i];
        tell(others.rest, "d", place.line(run.xs, run.ys, 0, run.drawn));
        tell(others.loss, "d", losses.line(ks, above[i]));
        if (at >= 0) put(done, losses.toX(at), losses.toY(minimum === null ? run.loss[at] : model.get("tolerance")));
      }
      return {};
    },
  );

  const progress = remembered(
    () => [layout(), runs(), model.get("step")],
    () => {
      const k = model.get("step");
      for (const { method, xs, ys, drawn } of runs()) {
        const { past, dots, here } = marks[method];
        tell(past, "d", place.line(xs, ys, 0, Math.min(k + 1, drawn)));
        tell(dots, "d", place.dots(xs, ys, Math.min(k + 1, drawn)));
        if (place.holds(xs[k], ys[k])) put(here, place.toX(xs[k]), place.toY(ys[k]));
        else put(here, -99, -99);
      }
    },
  );

  function draw() {
    curves();
    progress();
    const k = model.get("step");
    const [x, y] = model.get("start");
    for (const each of [ring, handle]) put(each, place.toX(x), place.toY(y));
    tell(cursor, "d", losses.line([k, k], losses.y));
    const goal = surface().minimum === null ? "on the map" : `within ${format(model.get("tolerance"))}`;
    fill(table, ["method", `loss at step ${k}`, goal], runs().map((run) => {
      const here = Number.isFinite(run.loss[k]) ? format(run.loss[k]) : "\u2013";
      return [METHOD_NAMES[run.method], here, fate(run)];
    }));
  }

  /** What becomes of a run, in a few words. @param {ReturnType<typeof runs>[number]} run */
  function fate(run) {
    const at = needed(run);
    if (surface().minimum === null) return at >= 0 ? `until step ${at}` : `for all ${steps} steps`;
    if (run.divergedAt >= 0) return `diverged at step ${run.divergedAt}`;
    if (at >= 0) return `from step ${at} on`;
    return run.off >= 0 ? `diverging, off the map from step ${run.off} on` : `not in ${steps} steps`;
  }

  function describe() {
    if (!runs().length) return "No method is switched on.";
    const k = model.get("step");
    const { minimum } = surface();
    const parts = runs().map((run) => {
      const loss = Number.isFinite(run.loss[k]) ? ` ${format(run.loss[k])},` : "";
      const goal = minimum === null ? "on the map " : needed(run) >= 0 ? `within ${format(model.get("tolerance"))} ` : "";
      const missed = minimum !== null && run.off < 0 && needed(run) < 0 ? `not within ${format(model.get("tolerance"))} in ${steps} steps` : "";
      return `${METHOD_NAMES[run.method]}${loss} ${missed || goal + fate(run)}`;
    });
    return `Loss at step ${k}: ${parts.join("; ")}.`;
  }

  return shell.start();
}

/** The domain, widened to hold the start. @param {[number, number][]} domain @param {number[]} start */
function beyond(domain, start) {
  return domain.flatMap(([low, high], i) => [Math.min(low, start[i]), Math.max(high, start[i])]);
}

/** Widen one of two ranges so that both have one scale: then a gradient stands upright on a contour.
 * @param {number[]} ranges @param {number} width @param {number} height @returns {[[number, number], [number, number]]} */
function squared([xLow, xHigh, yLow, yHigh], width, height) {
  const scale = Math.max((xHigh - xLow) / width, (yHigh - yLow) / height);
  const [x, y, dx, dy] = [(xLow + xHigh) / 2, (yLow + yHigh) / 2, (scale * width) / 2, (scale * height) / 2];
  return [[x - dx, x + dx], [y - dy, y + dy]];
}

/** From the tolerance or the smallest loss up to the start's, in whole powers of ten, so that the axis seldom
 * changes while a reader drags; what diverges leaves the panel.
 * @param {number[][]} losses @param {number} tolerance @returns {[number, number]} */
function lossRange(losses, tolerance) {
  const lowest = Math.min(tolerance, ...losses.map((each) => Math.min(...each.filter((x) => x >= 0))));
  const first = Math.max(tolerance, ...losses.map((each) => each[0]));
  return decades(Math.max(tolerance * BELOW_TOLERANCE, lowest / 3), 3 * first);
}

/** Write a table, changing only the cells that differ.
 * @param {HTMLElement} table @param {string[]} headings @param {string[][]} rows */
function fill(table, headings, rows) {
  if (table.querySelectorAll("tbody tr").length !== rows.length || !table.firstChild) {
    table.replaceChildren();
    const top = html("tr", {}, html("thead", {}, table));
    for (const _ of headings) html("th", { scope: "col" }, top);
    const body = html("tbody", {}, table);
    for (const row of rows) {
      const line = html("tr", {}, body);
      row.forEach((_, i) => html(i ? "td" : "th", i ? {} : { scope: "row" }, line));
    }
  }
  const cells = table.querySelectorAll("th, td");
  [...headings, ...rows.flat()].forEach((words, i) => write(cells[i], words));
}

export default { render };
