// NoiseLab: a cloud of balls on a bowl, shaken by noisy gradients.

import { MULBERRY_STEP, scrambled, spectralRadius, stationaryVariance, stepVariance } from "./numerics.js";
import { Panel, decades, format, name, remembered } from "./drawing.js";
import { hide, html, stand, svg, tell, write } from "./writing.js";
import { choice, slider } from "./controls.js";
import { Shell } from "./shell.js";

const CLOUD_STEPS_A_SECOND = 40;
const LARGEST_SQUARE = 1e9;

/** The noise of every step and ball, one step after the other: `unitNoise` of `mulberry32`, for one frame. The three
 * numbers are added before they are scaled, which changes no bit: their sum has 34.
 * @param {number} seed @param {Float64Array} out */
export function cloudDraws(seed, out) {
  let last = seed | 0;
  for (let i = 0; i < out.length; i++) {
    const first = (last + MULBERRY_STEP) | 0;
    const second = (first + MULBERRY_STEP) | 0;
    last = (second + MULBERRY_STEP) | 0;
    out[i] = (scrambled(first) + scrambled(second) + scrambled(last)) / 2 ** 31 - 3;
  }
}

/**
 * Form A on a bowl for many balls at once, which start at the minimum. The same operations in the same order
 * as `velocityStep` after `gradient`, without an array a step.
 * @param {Float64Array} draws @param {number} balls @param {number} steps @param {number} lr @param {number} mu
 * @param {number} noise @param {number} curvature @param {Float64Array} out all positions, step after step
 */
export function shakenCloud(draws, balls, steps, lr, mu, noise, curvature, out) {
  const v = new Float64Array(balls);
  const squares = { position: new Float64Array(steps + 1), step: new Float64Array(steps + 1) };
  out.fill(0, 0, balls);
  for (let k = 0, at = 0; k < steps; k++) {
    let [ofPosition, ofStep] = [0, 0];
    for (let i = 0; i < balls; i++, at++) {
      const w = out[at];
      const g = curvature * w + noise * draws[at];
      const moved = mu * v[i] - lr * g;
      const next = w + moved;
      v[i] = moved;
      out[at + balls] = next;
      ofPosition += next * next;
      ofStep += (next - w) * (next - w);
    }
    squares.position[k + 1] = ofPosition / balls;
    squares.step[k + 1] = ofStep / balls;
  }
  return squares;
}

/** The mean over the later half of the steps up to k. @param {Float64Array} squares @param {number} k */
export function laterMean(squares, k) {
  const from = Math.floor((k + 1) / 2);
  let total = 0;
  for (let i = from; i <= k; i++) total += squares[i];
  return total / (k + 1 - from);
}

/** @param {{model: import("./controls.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const [steps, balls] = [model.get("steps"), model.get("balls")];
  const positions = new Float64Array((steps + 1) * balls);
  const ks = Array.from({ length: steps + 1 }, (_, k) => k);
  const ys = new Float64Array(balls);
  const draws = new Float64Array(steps * balls);
  const drawn = remembered(() => [model.get("seed")], () => cloudDraws(model.get("seed"), draws));
  const run = remembered(
    () => [model.get("seed"), model.get("lr"), model.get("mu"), model.get("noise"), model.get("curvature")],
    () => {
      drawn();
      return shakenCloud(draws, balls, steps, model.get("lr"), model.get("mu"), model.get("noise"), model.get("curvature"), positions);
    },
  );
  /** The closed forms; nothing where the learning rate is too large. @param {number} lr @param {number} mu */
  const closedForms = (lr, mu) => {
    const [curvature, noise] = [model.get("curvature"), model.get("noise")];
    if (lr * curvature >= 2 * (1 + mu)) return undefined;
    const position = stationaryVariance(lr, mu, curvature, noise * noise);
    return { position, step: stepVariance(lr, mu, curvature, noise * noise), excess: (curvature / 2) * position };
  };
  const expected = () => closedForms(model.get("lr"), model.get("mu"));
  const without = () => closedForms(model.get(model.get("lock") === "lr" ? "lr" : "effective_lr"), 0);
  const measured = () => {
    const { position, step } = run();
    const k = model.get("step");
    const ofPosition = laterMean(position, k);
    return { position: ofPosition, step: laterMean(step, k), excess: (model.get("curvature") / 2) * ofPosition };
  };
  const lockWords = () => (model.get("lock") === "lr" ? "learning rate" : "effective learning rate");

  const shell = new Shell({ model, el }, {
    title: "A cloud of balls under noise",
    traits: ["lock", "lr", "effective_lr", "mu", "noise", "curvature", "seed", "step"],
    aspect: 0.46, narrowAspect: 1.5, draw, describe,
  });
  const place = new Panel(shell.svg, { xLabel: "position w", yLabel: "loss f(w)", yLeast: 0 });
  const bowl = svg("path", { class: "lab-ground" }, place.data);
  const cloud = svg("path", { class: "lab-dots lab-velocity", "stroke-opacity": 0.5 }, place.data);
  const brackets = [["lab-velocity", "measured"], ["lab-theory", "formula"], ["lab-sgd", "formula, \u03bc = 0"]].map(([style, words]) => ({
    line: svg("path", { class: `lab-curve ${style}` }, place.data),
    words: svg("text", { class: "lab-label" }, shell.svg),
    text: words,
  }));
  const count = svg("text", { class: "lab-label", "text-anchor": "end" }, shell.svg);
  const variances = new Panel(shell.svg, { xLabel: "step k", yLabel: "variance over the balls", yLog: true });
  const cursor = svg("path", { class: "lab-ground" }, variances.data);
  const lines = {
    position: svg("path", { class: "lab-curve lab-velocity" }, variances.data),
    step: svg("path", { class: "lab-curve lab-accumulator" }, variances.data),
  };
  const theory = {
    position: svg("path", { class: "lab-curve lab-theory" }, variances.data),
    step: svg("path", { class: "lab-curve lab-theory" }, variances.data),
  };
  const legend = svg("g", {}, shell.svg);

  // Controls

  choice(model, "lock", "\u03bc leaves alone", [["lr", "the learning rate \u03b7"], ["effective lr", "the effective \u03b7 / (1 \u2212 \u03bc)"]], shell.controls);
  slider(model, "mu", { label: "momentum \u03bc", min: 0, max: 0.999, scale: "one-minus-log" }, shell.controls);
  slider(model, "lr", { label: "learning rate \u03b7", min: 0.001, max: 2, scale: "log" }, shell.controls);
  const lrRow = /** @type {HTMLElement} */ (shell.controls.lastElementChild);
  slider(model, "effective_lr", { label: "effective rate", min: 0.01, max: 10, scale: "log" }, shell.controls);
  const effectiveRow = /** @type {HTMLElement} */ (shell.controls.lastElementChild);
  slider(model, "noise", { label: "noise \u03c3", min: 0.01, max: 10, scale: "log" }, shell.controls);
  slider(model, "curvature", { label: "curvature \u03bb", min: 0.1, max: 10, scale: "log" }, shell.controls);
  slider(model, "step", { label: "step k", min: 0, max: steps, whole: true }, shell.controls);
  slider(model, "seed", { label: "seed", min: 0, max: 999, whole: true }, shell.controls);
  shell.player("Roll", "step", steps, CLOUD_STEPS_A_SECOND);
  const table = html("table", { class: "lab-table" });
  const top = html("tr", {}, html("thead", {}, table));
  for (const words of ["variance", "measured", "formula", "at \u03bc = 0"]) html("th", { scope: "col" }, top, words);
  const body = html("tbody", {}, table);
  const cells = [["position", "of the position"], ["step", "of the step"], ["excess", "excess loss"]].map(([key, words]) => {
    const row = html("tr", {}, body);
    html("th", { scope: "row" }, row, words);
    return { key, cells: [0, 1, 2].map(() => html("td", {}, row, "")) };
  });
  shell.words.before(table);
  const note = html("p", { class: "lab-note" });
  note.textContent = "Var w = \u03b7\u03c3\u00b2(1 + \u03bc) / (\u03bb(1 \u2212 \u03bc)(2(1 + \u03bc) \u2212 \u03b7\u03bb));  Var step = 2\u03b7\u00b2\u03c3\u00b2 / ((1 \u2212 \u03bc)(2(1 + \u03bc) \u2212 \u03b7\u03bb));  excess loss = \u03bb/2 \u00b7 Var w.";
  shell.words.before(note);

  // The rate that is not locked follows.
  const follow = () => {
    const locked = model.get("lock") === "lr";
    if (locked) model.set("effective_lr", model.get("lr") / (1 - model.get("mu")));
    else model.set("lr", Math.min(2, Math.max(1e-6, model.get("effective_lr") * (1 - model.get("mu")))));
    hide(lrRow, !locked);
    hide(effectiveRow, locked);
  };
  for (const trait of ["lock", "lr", "effective_lr", "mu"]) model.on(`change:${trait}`, follow);
  follow();

  /** How high each ball hovers, as a share of the bowl's height. */
  const lift = Float64Array.from({ length: balls }, (_, i) => (i * 0.618034) % 1);
  const reach = () => (3 * model.get("noise")) / Math.sqrt(model.get("curvature"));
  const height = () => (model.get("curvature") / 2) * reach() ** 2;

  const layout = remembered(
    () => [shell.width, shell.height, model.get("noise"), model.get("curvature")],
    () => {
      const { width, narrow } = shell;
      const tall = narrow ? Math.round(shell.height * 0.54) : shell.height;
      const wide = narrow ? width : Math.round(width * 0.54);
      place.place(0, 0, wide, tall);
      variances.place(narrow ? 0 : wide, narrow ? tall : 0, narrow ? width : width - wide, narrow ? shell.height - tall : tall);
      place.range([-reach(), reach()], [-0.45 * height(), 1.3 * height()]);
      const xs = Array.from({ length: 121 }, (_, i) => reach() * (i / 60 - 1));
      const half = model.get("curvature") / 2;
      tell(bowl, "d", place.line(xs, xs.map((x) => half * x * x)));
      return {};
    },
  );
  const curves = remembered(
    () => [layout(), run()],
    () => {
      const squares = run();
      const forms = expected();
      let [least, most] = [1, 1e-9];
      for (const known of [squares.position, squares.step, forms ? [forms.position, forms.step] : []])
        for (const x of known) {
          if (x > 0 && x < least) least = x;
          if (x > most && x < LARGEST_SQUARE) most = x;
        }
      variances.range([0, steps], decades(least / 2, most * 8));
      for (const key of /** @type {("position" | "step")[]} */ (["position", "step"])) {
        tell(lines[key], "d", variances.line(ks, squares[key], 1));
        tell(theory[key], "d", forms ? variances.line([0, steps], [forms[key], forms[key]]) : "");
      }
      name(legend, variances, [["of position", "lab-velocity"], ["of step", "lab-accumulator"], ["formula", "lab-theory"]]);
      return {};
    },
  );

  function draw() {
    curves();
    const k = model.get("step");
    const [half, top, edge] = [model.get("curvature") / 2, height(), reach()];
    const now = positions.subarray(k * balls, (k + 1) * balls);
    let outside = 0;
    for (let i = 0; i < balls; i++) {
      ys[i] = half * now[i] * now[i] + 0.3 * top * lift[i];
      if (!(Math.abs(now[i]) <= edge)) outside++;
    }
    tell(cloud, "d", place.dots(now, ys));
    tell(cursor, "d", variances.line([k, k], variances.y));
    const { left, top: above, width } = place.box;
    stand(count, left + width - 4, above + 10);
    write(count, outside ? `${outside} of ${balls} outside` : "");
    const forms = { measured: measured(), formula: expected(), without: without() };
    const columns = [forms.measured, forms.formula, forms.without];
    brackets.forEach(({ line, words, text }, i) => {
      const form = columns[i];
      const deviation = form ? Math.sqrt(form.position) : NaN;
      const y = -(0.1 + 0.13 * i) * top;
      const [x0, x1, py] = [place.toX(-deviation), place.toX(deviation), place.toY(y)];
      const shown = Number.isFinite(deviation) && deviation > 0;
      tell(line, "d", shown ? `M${x0} ${py - 5}v10M${x0} ${py}H${x1}M${x1} ${py - 5}v10` : "");
      stand(words, left + 4, py + 4);
      write(words, text);
    });
    for (const { key, cells: row } of cells)
      columns.forEach((form, i) => {
        write(row[i], form ? format(form[/** @type {"position"} */ (key)]) : "diverges");
      });
  }

  function describe() {
    const forms = expected();
    if (!forms) return "The learning rate is too large: the cloud diverges, no variance is stationary.";
    const { position } = measured();
    const k = model.get("step");
    const settled = spectralRadius(model.get("lr") * model.get("curvature"), model.get("mu")) ** k < 0.05;
    const words = `After ${k} updates the position has the variance ${format(position)}, by the formula ${format(forms.position)}.${settled ? "" : " The cloud has not settled yet."}`;
    const plain = without();
    if (!plain) return `${words} Without momentum the same ${lockWords()} diverges.`;
    return `${words} That is ${format(forms.position / plain.position)} times the variance without momentum at the same ${lockWords()}; for one step it is ${format(forms.step / plain.step)} times.`;
  }

  return shell.start();
}

export default { render };
