// EigenLab: the loss by eigen-direction, and the rate of each direction for every learning rate.

import { spectralRadius } from "./numerics.js";
import { NEAR_ONE, bestPair, bestRate, between, eigenErrors, eigenLosses, fitted, sampledRates, shownRange, stepsByRate, stepsCounted, summedLoss } from "./directions.js";
import { Panel, format, remembered } from "./drawing.js";
import { hide, html, pixels, put, show, stand, svg, tell, write } from "./writing.js";
import { button, clickable, draggable, slider } from "./controls.js";
import { Shell } from "./shell.js";

const DIRECTION_STYLES = ["sgd", "velocity", "accumulator", "averaged", "heavy_ball", "nesterov"];
const [FEWEST_DIRECTIONS, MOST_DIRECTIONS] = [2, DIRECTION_STYLES.length];
/** @type {[number, number]} */ const RATE_AXIS = [0, 1.2];
/** How many powers of ten the losses fall through; how many they rise through, if they do. */
const [DECADES_BELOW, DECADES_ABOVE] = [15, 6];
/** Rates that differ by less, as a part, count as equal. */
const EQUAL_RATES = 1e-6;
const EIGEN_STEPS_A_SECOND = 20;
const SUBSCRIPTS = "\u2081\u2082\u2083\u2084\u2085\u2086";

/** @param {{model: import("./controls.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  /** @type {[number, number]} */ const [steps, most] = [model.get("steps"), model.get("most")];
  /** @type {number[]} */ const ends = model.get("ends");
  /** @returns {number[]} */ const curvatures = () => model.get("curvatures");
  /** @returns {[number, number]} */ const at = () => [model.get("lr"), model.get("mu")];
  const range = remembered(() => [curvatures(), model.get("lr")], () => shownRange(curvatures(), model.get("lr"), ends));
  const limit = () => (2 * (1 + model.get("mu"))) / Math.max(...curvatures());
  const run = remembered(
    () => [curvatures(), model.get("start"), ...at()],
    () => {
      const [lr, mu] = at();
      const start = model.get("start");
      const losses = eigenLosses(curvatures(), eigenErrors(curvatures(), start, lr, mu, steps));
      const radii = curvatures().map((each) => spectralRadius(lr * each, mu));
      const rate = Math.max(...radii);
      const limiting = curvatures().map((_, i) => i).filter((i) => radii[i] >= rate * (1 - EQUAL_RATES));
      return { losses, total: summedLoss(losses), radii, rate, limiting };
    },
  );
  const counted = remembered(() => [run()], () => stepsCounted(curvatures(), model.get("start"), ...at(), most));
  const ks = Array.from({ length: steps + 1 }, (_, k) => k);
  const lambda = (/** @type {number} */ i) => `\u03bb${SUBSCRIPTS[i]} = ${format(curvatures()[i])}`;

  const shell = new Shell({ model, el }, {
    title: "The loss by eigen-direction", traits: ["curvatures", "start", "lr", "mu", "step"],
    aspect: 0.46, narrowAspect: 1.5, draw, describe,
  });
  const loss = new Panel(shell.svg, { xLabel: "step k", yLabel: "loss", yLog: true });
  const cursor = svg("path", { class: "lab-ground lab-cursor" }, loss.data);
  const total = svg("path", { class: "lab-curve lab-ink lab-over-1" }, loss.data);
  const rates = new Panel(shell.svg, { xLabel: "learning rate \u03b7", yLabel: "rate \u03c1 of a step", xLog: true });
  const beyond = svg("path", { fill: "var(--lab-ink)", "fill-opacity": 0.1 }, rates.data);
  const border = svg("path", { class: "lab-ground lab-cursor" }, rates.data);
  const slowest = svg("path", { class: "lab-curve lab-ink lab-over-0" }, rates.data);
  const lines = DIRECTION_STYLES.map((each, i) => {
    const words = svg("text", { class: "lab-arrow-name" }, loss.data);
    words.textContent = `\u03bb${SUBSCRIPTS[i]}`;
    const [ofLoss, ofRate] = [loss, rates].map((panel) => svg("path", { class: `lab-curve lab-${each}` }, panel.data));
    return { ofLoss, ofRate, words };
  });
  const theory = svg("path", { class: "lab-curve lab-theory" }, loss.data);
  const reached = svg("circle", { class: "lab-marker lab-ink", r: 4.5 }, loss.data);
  for (const { words } of lines) loss.data.append(words);
  const dashed = svg("text", { class: "lab-arrow-name", "text-anchor": "end" }, shell.svg);
  dashed.textContent = "dashed: \u03c1\u00b2\u1d4f of the slowest";
  const marks = [["best", "lab-curve lab-theory lab-over-2"], ["limit", "lab-ground"]].map(([words, look]) => {
    const [line, label] = [svg("path", { class: look }, rates.data), svg("text", { class: "lab-arrow-name" }, rates.data)];
    label.textContent = words;
    return { line, label };
  });
  const chosen = svg("path", { class: "lab-curve lab-ink lab-over-2" }, rates.data);
  const knob = svg("circle", { r: 7, fill: "var(--lab-ink)" }, rates.data);
  const said = svg("text", { class: "lab-arrow-name" }, rates.data);
  for (const each of rates.data.children) each.setAttribute("pointer-events", "none");
  const handle = svg("circle", { class: "lab-handle", r: 20 }, rates.data);

  // The learning rate on the graph of the rates: by pointer, or by keys.

  const setRate = (/** @type {number} */ lr, /** @type {number} */ digits) => {
    const [low, high] = range();
    model.set("lr", Math.min(high, Math.max(low, Number(lr.toPrecision(digits)))));
    model.save_changes();
  };
  const focus = html("div", {
    class: "lab-focus", tabindex: "0", role: "slider",
    "aria-label": "Learning rate on the graph of the rates: the arrow keys move it, with shift ten times as far",
  });
  shell.svg.after(focus);
  focus.addEventListener("keydown", (event) => {
    /** @type {Record<string, number>} */
    const ways = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -3000, End: 3000 };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    setRate(model.get("lr") * 1.01 ** (event.shiftKey ? 10 * way : way), 4);
  });
  const pointed = (/** @type {number} */ x) => {
    focus.focus({ preventScroll: true });
    setRate(rates.fromPixel(x, 0)[0], 3);
  };
  draggable(handle, pointed);
  clickable(rates.surface, pointed);
  // A mouse may drag from anywhere; a finger that starts beside the point scrolls the page.
  rates.surface.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && event.buttons === 1) pointed(event.clientX - shell.svg.getBoundingClientRect().left);
  });

  // Controls

  slider(model, "lr", { label: "learning rate \u03b7", min: ends[0], max: ends[ends.length - 1], scale: "log", limits: range, after: ["curvatures"] }, shell.controls);
  slider(model, "mu", { label: "momentum \u03bc", min: 0, max: 0.999, scale: "one-minus-log" }, shell.controls);
  slider(model, "step", { label: "step k", min: 0, max: steps, whole: true }, shell.controls);
  // So that each curvature has its first error beside it.
  html("div", {}, shell.controls);
  const rows = lines.map((_, index) => [
    ["curvatures", `curvature \u03bb${SUBSCRIPTS[index]}`, 0.01],
    ["start", `first error e${SUBSCRIPTS[index]}`, 1e-4],
  ].map(([trait, label, min]) => {
    slider(model, String(trait), { label: String(label), min: Number(min), max: 10, scale: "log", index }, shell.controls);
    return /** @type {HTMLElement} */ (shell.controls.lastElementChild);
  }));
  shell.player("Play", "step", steps, EIGEN_STEPS_A_SECOND);
  const tune = (/** @type {number} */ lr, /** @type {number} */ mu) => {
    // Not rounded: the directions are equally slow only at the number itself.
    model.set("mu", Math.min(0.999, mu));
    model.set("lr", lr);
    model.save_changes();
  };
  button("Best \u03b7 for this \u03bc", shell.buttons, () => tune(bestRate(curvatures(), model.get("mu")), model.get("mu")));
  button("Best \u03b7 and \u03bc", shell.buttons, () => tune(...bestPair(curvatures())));
  const change = (/** @type {number[]} */ to) => (model.set("curvatures", to), model.save_changes());
  const more = button("Add a direction", shell.buttons, () => {
    if (curvatures().length < MOST_DIRECTIONS) change([...curvatures(), between(curvatures())]);
  });
  const fewer = button("Remove the last", shell.buttons, () => {
    if (curvatures().length > FEWEST_DIRECTIONS) change(curvatures().slice(0, -1));
  });
  const table = html("table", { class: "lab-table" });
  const top = html("tr", {}, html("thead", {}, table));
  const headings = ["direction", "rate \u03c1", "", "share"].map((words) => html("th", { scope: "col" }, top, words));
  const body = html("tbody", {}, table);
  const cells = [...DIRECTION_STYLES.map((each) => `lab-${each}`), "lab-ink lab-over-1"].map((look) => {
    const row = html("tr", {}, body);
    const first = html("th", { scope: "row" }, row);
    svg("line", { class: `lab-curve ${look}`, x1: 0, x2: 28, y1: 5, y2: 5 }, svg("svg", { width: 34, height: 10, "aria-hidden": "true" }, first));
    return { row, texts: [html("span", {}, first), ...[0, 1, 2].map(() => html("td", {}, row))] };
  });
  shell.words.before(table);

  // There is one first error for each curvature.
  const follow = () => {
    const count = curvatures().length;
    if (model.get("start").length !== count) model.set("start", fitted(model.get("start"), count));
    rows.forEach((pair, i) => pair.forEach((row) => hide(row, i >= count)));
    tell(more, "aria-disabled", String(count >= MOST_DIRECTIONS));
    tell(fewer, "aria-disabled", String(count <= FEWEST_DIRECTIONS));
  };
  for (const trait of ["curvatures", "start"]) model.on(`change:${trait}`, follow);
  follow();

  // Drawing

  const layout = remembered(
    () => [shell.width, shell.height],
    () => {
      const { width, height, narrow } = shell;
      const wide = narrow ? width : Math.round(width * 0.5);
      const tall = narrow ? Math.round(height / 2) : height;
      loss.place(0, 0, wide, tall);
      rates.place(narrow ? 0 : wide, narrow ? tall : 0, narrow ? width : width - wide, narrow ? height - tall : tall);
      stand(dashed, loss.box.left + loss.box.width, loss.box.top + 10);
      const { left, top, width: w, height: h } = rates.box;
      focus.style.cssText = `left:${left}px;top:${top}px;width:${w}px;height:${h}px`;
      return {};
    },
  );
  /** The powers of ten that the losses lie between: they stay while the learning rate moves. @returns {[number, number]} */
  const lossRange = () => {
    const { total: sum, rate } = run();
    const first = Math.ceil(Math.log10(sum[0]));
    return [10 ** (first - DECADES_BELOW), 10 ** (first + (rate > 1 ? DECADES_ABOVE : 1))];
  };
  const lossAxes = remembered(() => [layout(), ...lossRange()], () => {
    loss.range([0, steps], lossRange());
    return {};
  });
  const rateCurves = remembered(
    () => [layout(), curvatures(), model.get("mu"), ...range()],
    () => {
      const mu = model.get("mu");
      rates.range(range(), RATE_AXIS);
      const lrs = sampledRates(curvatures(), mu, range());
      const ofEach = curvatures().map((each) => lrs.map((lr) => spectralRadius(lr * each, mu)));
      lines.forEach(({ ofRate }, i) => tell(ofRate, "d", i < ofEach.length ? rates.line(lrs, ofEach[i]) : ""));
      tell(slowest, "d", rates.line(lrs, lrs.map((_, k) => ofEach.reduce((most, each) => Math.max(most, each[k]), 0))));
      tell(border, "d", rates.line(range(), [1, 1]));
      const { left, top, width, height } = rates.box;
      const edge = Math.min(left + width, rates.toX(limit()));
      tell(beyond, "d", `M${pixels(edge)} ${top}H${left + width}V${top + height}H${pixels(edge)}Z`);
      [bestRate(curvatures(), mu), limit()].forEach((lr, i) => {
        const { line, label } = marks[i];
        tell(line, "d", rates.line([lr, lr], RATE_AXIS));
        // At the edge there is no room beside the limit: its name goes above that of the best.
        const beside = i === 1 && rates.toX(lr) < left + width - 34;
        tell(label, "text-anchor", beside ? "start" : "end");
        stand(label, rates.toX(lr) + (beside ? 5 : -5), top + height - (i && !beside ? 20 : 6));
      });
      return {};
    },
  );

  const lossCurves = remembered(
    () => [lossAxes(), run()],
    () => {
      const { losses, total: sum, rate, limiting } = run();
      /** @type {[number, number][]} */ const placed = [];
      lines.forEach(({ ofLoss, words }, i) => {
        const shown = losses[i];
        show(words, Boolean(shown));
        tell(ofLoss, "d", shown ? loss.line(ks, shown) : "");
        if (shown) label(words, loss, shown, placed);
      });
      tell(total, "d", loss.line(ks, sum));
      const first = Math.max(...limiting.map((i) => losses[i][0]));
      tell(theory, "d", loss.line(ks, ks.map((each) => first * rate ** (2 * each))));
      // At a rate that needs twenty times as many steps, no start is near enough: there is no need to count.
      const done = (stepsByRate(rate) ?? Infinity) <= 20 * steps ? counted() : -1;
      put(reached, done < 0 || done > steps ? -99 : loss.toX(done), loss.toY(sum[done] ?? 1));
    },
  );

  function draw() {
    lossCurves();
    rateCurves();
    const lr = model.get("lr");
    const { losses, total: sum, radii, rate } = run();
    const k = model.get("step");
    tell(cursor, "d", loss.line([k, k], loss.y));
    const [x, y] = [rates.toX(lr), rates.toY(Math.min(rate, RATE_AXIS[1] - 0.05))];
    const { left, top, width, height } = rates.box;
    tell(chosen, "d", `M${pixels(x)} ${top}v${height}`);
    for (const each of [knob, handle]) put(each, x, y);
    const right = x > left + width / 2;
    tell(said, "text-anchor", right ? "end" : "start");
    stand(said, x + (right ? -12 : 12), Math.min(top + height - 24, y + 26));
    write(said, rate < 100 ? `\u03c1 = ${format(rate)}` : "\u03c1 > 100");
    for (const [key, each] of Object.entries({ valuemin: range()[0], valuemax: range()[1], valuenow: lr, valuetext: `${format(lr, 4)}, rate ${format(rate)}` }))
      tell(focus, `aria-${key}`, each);
    write(headings[2], `loss at step ${k}`);
    const number = (/** @type {number} */ each, digits = 3) => (Number.isFinite(each) ? format(each, digits) : "\u2013");
    cells.forEach(({ row, texts }, i) => {
      const whole = i === DIRECTION_STYLES.length;
      hide(row, !whole && i >= radii.length);
      if (row.hidden) return;
      const here = whole ? sum[k] : losses[i][k];
      const share = Math.round((100 * here) / sum[k]);
      const words = [whole ? "all" : lambda(i), number(whole ? rate : radii[i], 4), number(here), Number.isFinite(share) ? `${share} %` : "\u2013"];
      words.forEach((each, j) => write(texts[j], each));
    });
  }

  function describe() {
    const [lr, mu] = at();
    const { rate, limiting, total: sum } = run();
    const [several, all] = [limiting.length > 1, limiting.length === curvatures().length];
    const which = all ? "all directions" : `the direction${several ? "s" : ""} ${limiting.map(lambda).join(" and ")}`;
    const where = `At \u03b7 = ${format(lr, 4)} and \u03bc = ${format(mu, 4)}`;
    const stable = `the limit is \u03b7 = ${format(limit(), 4)}`;
    if (Math.abs(rate - 1) <= NEAR_ONE) return `${where} the error in ${which} neither shrinks nor grows: ${stable}.`;
    if (rate > 1) return `${where} the loss diverges: each step multiplies the error in ${which} by ${format(rate)}; ${stable}.`;
    const k = model.get("step");
    const by = `${stepsByRate(rate)} by the rate alone`;
    const done = counted() >= 0 ? `falls to a millionth in ${counted()} steps, ${by}` : `is not down to a millionth after ${most} steps; it takes ${by}`;
    const best = bestRate(curvatures(), mu);
    const least = Math.max(...curvatures().map((each) => spectralRadius(best * each, mu)));
    return `${where} ${which} ${all ? "are equally slow" : several ? "are the slowest" : "is the slowest"}: each step multiplies the error there by ${format(rate, 4)}. After ${k} steps the loss is ${format(sum[k])}. The distance to the minimum ${done}. The best \u03b7 for this \u03bc is ${format(best, 4)}, with ${format(least, 4)}.`;
  }

  const dispose = shell.start();
  return () => {
    for (const trait of ["curvatures", "start"]) model.off(`change:${trait}`, follow);
    dispose();
  };
}

/** Put the name of a line at its end, above the names that stand there.
 * @param {SVGElement} words @param {Panel} panel @param {Float64Array} losses @param {[number, number][]} placed */
function label(words, panel, losses, placed) {
  const last = losses.findLastIndex((each) => each >= panel.y[0] && each <= panel.y[1]);
  const { left, top, width } = panel.box;
  const x = Math.min(left + width - 18, panel.toX(last) + 3);
  let y = Math.max(top + 22, panel.toY(losses[last]) - 5);
  while (placed.some(([a, b]) => Math.abs(a - x) < 18 && Math.abs(b - y) < 13)) y -= 13;
  placed.push([x, y]);
  stand(words, x, y);
}

export default { render };
