// FormsLab: forms A, B and E of momentum over one schedule of the learning rate.

import { RULES, descend, gapAfterLrChange } from "./numerics.js";
import { Panel, format, remembered, widened } from "./drawing.js";
import { hide, pixels, put, show, stand, svg, tell } from "./writing.js";
import { choice, draggable, several, slider, toggle } from "./controls.js";
import { Shell } from "./shell.js";

/** @type {Record<string, string>} */
const FORM_NAMES = { velocity: "form A", accumulator: "form B", averaged: "form E" };
const KNOT_COUNT = 5;
/** @type {[number, number]} */ const RATE_RANGE = [1e-4, 1];
/** Two runs whose distance stays below this fraction of the way agree but for rounding. */
const ROUNDING = 1e-12;
const SMALLEST_GAP = 1e-17;
const FORM_STEPS_A_SECOND = 15;

/** A learning rate for each step: as momentum/lab/schedules.py, with the same operations in the same order.
 * @param {string} kind @param {number} lr @param {number} lrEnd @param {number} when @param {number[]} knots
 * @param {number[]} cosine half a cosine wave from 1 to 0, one value a step, made by Python */
export function learningRates(kind, lr, lrEnd, when, knots, cosine) {
  const last = knots.length - 1;
  return cosine.map((shape, k) => {
    if (kind === "step") return k < when ? lr : lrEnd;
    if (kind === "cosine") return lrEnd + (lr - lrEnd) * shape;
    if (kind === "warm-up") return k < when ? lr + (lrEnd - lr) * (k / when) : lrEnd;
    if (kind === "drawn") {
      const x = (k * last) / (cosine.length - 1);
      const left = Math.min(Math.floor(x), last - 1);
      return knots[left] + (knots[left + 1] - knots[left]) * (x - left);
    }
    return lr;
  });
}

/** @param {{model: import("./controls.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  /** @type {number} */ const steps = model.get("steps");
  const ks = Array.from({ length: steps + 1 }, (_, k) => k);
  const edges = Array.from({ length: steps }, (_, k) => [k, k + 1]).flat();
  const get = (/** @type {string[]} */ ...traits) => traits.map((trait) => model.get(trait));
  const rates = remembered(
    () => get("schedule", "lr", "lr_end", "when", "knots"),
    () => learningRates(model.get("schedule"), model.get("lr"), model.get("lr_end"), model.get("when"), model.get("knots"), model.get("cosine")),
  );
  const run = remembered(
    () => [rates(), ...get("landscape", "mu", "rescale")],
    () => {
      const ground = model.get("grounds")[model.get("landscape")];
      const mu = model.get("mu");
      const one = (/** @type {string} */ form) => {
        const lr = form === "averaged" ? rates().map((each) => each / (1 - mu)) : rates();
        const rescale = form === "velocity" && model.get("rescale");
        const path = descend(ground, RULES[form], [ground.suits.start], lr, mu, steps, { rescale });
        return { w: path.w.map((point) => point[0]), divergedAt: path.divergedAt };
      };
      const runs = Object.fromEntries(Object.keys(FORM_NAMES).map((form) => [form, one(form)]));
      const b = runs.accumulator.w;
      const gap = runs.velocity.w.map((x, k) => Math.abs(x - b[k]));
      const way = Math.max(1, ...b.filter((x) => !Number.isNaN(x)).map((x) => Math.abs(x - ground.suits.start)));
      return { runs, gap, partedAt: gap.findIndex((each) => !(each <= ROUNDING * way)) - 1 };
    },
  );
  const shown = () => Object.keys(FORM_NAMES).filter((form) => model.get("forms").includes(form));
  /** The gap in the end by the formula, where it holds: on the slope, after one drop. */
  const predicted = () => {
    const [ground, kind, rescale, lr, lrEnd, when, mu] = get("landscape", "schedule", "rescale", "lr", "lr_end", "when", "mu");
    if (ground !== "slope" || kind !== "step" || rescale) return undefined;
    return Math.abs(gapAfterLrChange(lr, lrEnd, (1 - mu ** when) / (1 - mu), mu));
  };

  const shell = new Shell({ model, el }, {
    title: "The forms of momentum under a changing learning rate",
    traits: ["landscape", "schedule", "lr", "lr_end", "when", "knots", "mu", "forms", "rescale", "step"],
    aspect: 0.58, narrowAspect: 2.2, draw, describe,
  });
  const place = new Panel(shell.svg, { xLabel: "step k", yLabel: "position w" });
  const schedule = new Panel(shell.svg, { xLabel: "step k", yLabel: "learning rate \u03b7", yLog: true });
  const gaps = new Panel(shell.svg, { xLabel: "step k", yLabel: "distance of A and B", yLog: true });
  const panels = [place, schedule, gaps];
  const cursors = panels.map((panel) => svg("path", { class: "lab-ground lab-cursor" }, panel.data));
  const ways = Object.fromEntries(
    Object.keys(FORM_NAMES).map((form, i) => [form, {
      // Where the forms agree, each stays visible on the wider one beneath it.
      line: svg("path", { class: `lab-curve lab-over-${i} lab-${form}` }, place.data),
      here: svg("circle", { r: 7.5 - 2 * i, fill: `var(--lab-${form})` }, place.data),
    }]),
  );
  const rateLine = svg("path", { class: "lab-curve lab-ink" }, schedule.data);
  const gapLine = svg("path", { class: "lab-curve lab-ink" }, gaps.data);
  const formula = svg("path", { class: "lab-curve lab-theory" }, gaps.data);
  const formulaName = svg("text", { class: "lab-label" }, gaps.data);
  formulaName.textContent = "formula";

  // The points of the schedule that a reader can drag, for each kind of schedule.

  /** @typedef {{k: number, rate: number, move: (k: number, rate: number) => void}} Handle */
  /** @returns {Handle[]} */
  function handles() {
    const [kind, lr, lrEnd, when, knots] = get("schedule", "lr", "lr_end", "when", "knots");
    const first = { k: 0, rate: lr, move: (/** @type {number} */ _, /** @type {number} */ rate) => model.set("lr", rate) };
    const final = { k: steps, rate: lrEnd, move: (/** @type {number} */ _, /** @type {number} */ rate) => model.set("lr_end", rate) };
    const setWhen = (/** @type {number} */ k) => model.set("when", Math.min(steps - 1, Math.max(1, Math.round(k))));
    if (kind === "constant") return [first];
    if (kind === "cosine") return [first, final];
    if (kind === "step") return [first, { k: when, rate: Math.sqrt(lr * lrEnd), move: setWhen }, final];
    if (kind === "warm-up") return [first, { k: when, rate: lrEnd, move: (k, rate) => (setWhen(k), final.move(k, rate)) }];
    return knots.map((/** @type {number} */ rate, /** @type {number} */ i) => ({
      k: (i * steps) / (KNOT_COUNT - 1), rate, move: (/** @type {number} */ _, /** @type {number} */ to) => model.set("knots", model.get("knots").with(i, to)),
    }));
  }
  const grips = Array.from({ length: KNOT_COUNT }, (_, i) => {
    const dot = svg("circle", { class: "lab-knot", r: 6 }, schedule.root);
    const grip = svg("circle", { class: "lab-handle", r: 16 }, schedule.root);
    draggable(grip, (x, y) => {
      const [k, rate] = schedule.fromPixel(x, y);
      handles()[i]?.move(k, Math.min(RATE_RANGE[1], Math.max(RATE_RANGE[0], Number(rate.toPrecision(2)))));
      model.save_changes();
    });
    return [dot, grip];
  });

  // Controls

  const row = () => /** @type {HTMLElement} */ (shell.controls.lastElementChild);
  choice(model, "landscape", "landscape", Object.keys(model.get("grounds")).map((each) => [each, each]), shell.controls, () => {
    const { suits } = model.get("grounds")[model.get("landscape")];
    for (const trait of ["lr", "lr_end", "when"]) model.set(trait, suits[trait]);
  });
  choice(model, "schedule", "schedule", ["constant", "step", "cosine", "warm-up", "drawn"].map((each) => [each, each]), shell.controls, () => {
    // A drawn schedule begins as the one before it; a warm-up goes up, the others go down.
    const kind = model.get("schedule");
    const [low, high] = get("lr", "lr_end").sort((a, b) => a - b);
    if (kind === "drawn") model.set("knots", Array.from({ length: KNOT_COUNT }, (_, i) => before[Math.round((i * (steps - 1)) / (KNOT_COUNT - 1))]));
    else for (const [trait, each] of Object.entries(kind === "warm-up" ? { lr: low, lr_end: high } : { lr: high, lr_end: low })) model.set(trait, each);
  });
  let before = rates();
  const rateLook = { min: RATE_RANGE[0], max: RATE_RANGE[1], scale: /** @type {const} */ ("log") };
  /** @type {[HTMLElement, string[]][]} which controls belong to which schedules */
  const rows = [];
  slider(model, "lr", { label: "\u03b7 at the start", ...rateLook }, shell.controls);
  rows.push([row(), ["constant", "step", "cosine", "warm-up"]]);
  slider(model, "lr_end", { label: "\u03b7 at the end", ...rateLook }, shell.controls);
  rows.push([row(), ["step", "cosine", "warm-up"]]);
  slider(model, "when", { label: "changes at step", min: 1, max: steps - 1, whole: true }, shell.controls);
  rows.push([row(), ["step", "warm-up"]]);
  for (let index = 0; index < KNOT_COUNT; index++) {
    slider(model, "knots", { label: `\u03b7 at step ${(index * steps) / (KNOT_COUNT - 1)}`, ...rateLook, index }, shell.controls);
    rows.push([row(), ["drawn"]]);
  }
  slider(model, "mu", { label: "momentum \u03bc", min: 0, max: 0.999, scale: "one-minus-log" }, shell.controls);
  slider(model, "step", { label: "step k", min: 0, max: steps, whole: true }, shell.controls);
  several(model, "forms", "forms", [["velocity", "A"], ["accumulator", "B"], ["averaged", "E, with \u03b7/(1\u2212\u03bc)"]], shell.controls);
  toggle(model, "rescale", "rescale A\u2019s velocity when \u03b7 changes (momentum correction)", shell.controls);
  shell.player("Play", "step", steps, FORM_STEPS_A_SECOND);

  // Drawing

  const layout = remembered(
    () => [shell.width, shell.height],
    () => {
      const { width, height, narrow } = shell;
      const split = narrow ? width : width * 0.54;
      place.place(0, 0, split, narrow ? height * 0.38 : height);
      schedule.place(narrow ? 0 : split, narrow ? height * 0.38 : 0, narrow ? width : width - split, height * (narrow ? 0.29 : 0.45));
      gaps.place(narrow ? 0 : split, height * (narrow ? 0.67 : 0.45), narrow ? width : width - split, height * (narrow ? 0.33 : 0.55));
      schedule.range([0, steps], RATE_RANGE);
      return {};
    },
  );
  const stairs = remembered(
    () => [layout(), rates()],
    () => tell(rateLine, "d", schedule.line(edges, rates().flatMap((each) => [each, each]))),
  );
  const curves = remembered(
    () => [layout(), run(), model.get("forms")],
    () => {
      const { runs, gap } = run();
      const [low, high] = model.get("landscape") === "slope" ? [-Infinity, Infinity] : [-5, 5];
      place.range([0, steps], widened(shown().flatMap((form) => runs[form].w.filter((x) => x >= low && x <= high))));
      for (const [form, { line, here }] of Object.entries(ways)) {
        const visible = model.get("forms").includes(form);
        for (const mark of [line, here]) show(mark, visible);
        tell(line, "d", visible ? place.line(ks, runs[form].w) : "");
      }
      const most = Math.max(1, ...gap.filter(Number.isFinite), predicted() ?? 0);
      gaps.range([0, steps], [SMALLEST_GAP, 100 * Math.min(most, 1e8)]);
      tell(gapLine, "d", gaps.line(ks, gap.map((each) => (each < 2 * SMALLEST_GAP ? 2 * SMALLEST_GAP : each))));
      const limit = predicted();
      tell(formula, "d", limit ? gaps.line([0, steps], [limit, limit]) : "");
      show(formulaName, Boolean(limit));
      stand(formulaName, gaps.box.left + 6, gaps.toY(limit ?? 1) - 5);
      const held = handles();
      grips.forEach((pair, i) => {
        for (const circle of pair) {
          show(circle, Boolean(held[i]));
          if (held[i]) put(circle, schedule.toX(held[i].k), schedule.toY(held[i].rate));
        }
      });
      for (const [one, kinds] of rows) hide(one, !kinds.includes(model.get("schedule")));
      before = rates();
      return {};
    },
  );

  function draw() {
    stairs();
    curves();
    const k = model.get("step");
    panels.forEach((panel, i) => tell(cursors[i], "d", panel.line([k, k], panel.y)));
    for (const form of shown()) {
      const x = run().runs[form].w[k];
      tell(ways[form].here, "cx", place.holds(k, x) ? pixels(place.toX(k)) : -99);
      tell(ways[form].here, "cy", pixels(place.toY(x)));
    }
  }

  function describe() {
    const { runs, gap, partedAt } = run();
    const lost = Object.keys(runs).find((form) => runs[form].divergedAt >= 0);
    if (lost) return `${FORM_NAMES[lost].replace("f", "F")} diverged at step ${runs[lost].divergedAt}.`;
    if (partedAt < 0) return "Forms A and B agree to rounding.";
    const [k, limit] = [model.get("step"), predicted()];
    const words = `Forms A and B part at step ${partedAt}, by up to ${format(Math.max(...gap))}; at step ${k} they are ${format(gap[k])} apart.`;
    return limit === undefined ? words : `${words} The formula says ${format(limit)} in the end.`;
  }

  return shell.start();
}

export default { render };
