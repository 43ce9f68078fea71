// BallLab: a ball on a hill, the same motion as a run of form A.

import { descend, gradient, slopeAt, toBall, value, velocityStep } from "./numerics.js";
import { Panel, format, name, remembered } from "./drawing.js";
import { hide, html, pixels, put, show, stand, svg, tell, write } from "./writing.js";
import { choice, clickable, draggable, slider } from "./controls.js";
import { Shell } from "./shell.js";

const UPDATES_A_SECOND = 12;
const LONGEST_SUBSTEP = 0.08;
const RADIUS = 8;
/** The parts of the energy from the bottom up, and in whose line style the upper edge is drawn.
 * @type {["lost" | "kinetic" | "potential", string, string][]} */
const BANDS = [["lost", "lost to drag", "accumulator"], ["kinetic", "kinetic", "averaged"], ["potential", "potential", "sgd"]];

/** The continuous ball of mass 1 at the times of the updates, by the classical Runge-Kutta method.
 * @param {import("./numerics.js").LandscapeData} hill @param {number} start @param {number} drag
 * @param {number} timeStep @param {number} steps */
function continuousBall(hill, start, drag, timeStep, steps) {
  const substeps = Math.ceil(timeStep / LONGEST_SUBSTEP);
  const h = timeStep / substeps;
  const push = (/** @type {number} */ x, /** @type {number} */ v) => -drag * v - slopeAt(hill, x);
  let [x, v1] = [start, 0];
  const positions = [x];
  for (let k = 1; k <= steps * substeps; k++) {
    const p1 = push(x, v1);
    const v2 = v1 + (h / 2) * p1;
    const p2 = push(x + (h / 2) * v1, v2);
    const v3 = v1 + (h / 2) * p2;
    const p3 = push(x + (h / 2) * v2, v3);
    const v4 = v1 + h * p3;
    const p4 = push(x + h * v3, v4);
    x += (h / 6) * (v1 + 2 * v2 + 2 * v3 + v4);
    v1 += (h / 6) * (p1 + 2 * p2 + 2 * p3 + p4);
    if (k % substeps === 0) positions.push(x);
  }
  return positions;
}

/** @param {{model: import("./controls.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const hill = () => model.get("hills")[model.get("hill")];
  const steps = model.get("steps");
  const ks = Array.from({ length: steps + 1 }, (_, k) => k);
  const lowestOf = remembered(() => [hill()], () => Math.min(...domainOf(hill()).map((x) => value(hill(), [x]))));
  /** The run, made anew only when what it depends on has changed. */
  const run = remembered(
    () => [model.get("hill"), model.get("start"), model.get("lr"), model.get("mu")],
    () => {
      const [lr, mu] = [model.get("lr"), model.get("mu")];
      const path = descend(hill(), velocityStep, [model.get("start")], lr, mu, steps);
      const w = path.w.map((point) => point[0]);
      const v = w.map((x, k) => (k ? x - w[k - 1] : 0));
      const ground = hill();
      const loss = path.w.map((point) => value(ground, point));
      const kinetic = v.map((each) => (mu / (2 * lr)) * each * each);
      // Heights count from the lowest point of the hill or of the run, so that none is below zero.
      const lowest = Math.min(lowestOf(), ...loss.filter(Number.isFinite));
      const potential = loss.map((each) => each - lowest);
      const lost = loss.map((each, k) => loss[0] + kinetic[0] - (each + kinetic[k]));
      const { drag, timeStep } = toBall(lr, mu);
      const ghost = continuousBall(hill(), model.get("start"), drag, timeStep, steps);
      return { w, v, loss, lost, kinetic, potential, ghost, divergedAt: path.divergedAt };
    },
  );

  const shell = new Shell({ model, el }, {
    title: "A ball on a hill", traits: ["hill", "control", "lr", "mu", "mass", "drag", "start", "step"], aspect: 0.46, narrowAspect: 1.25, draw, describe,
  });
  const place = new Panel(shell.svg, { xLabel: "position w", yLabel: "loss f(w)" });
  const ground = svg("path", { class: "lab-ground" }, place.data);
  const trace = svg("path", { class: "lab-dots lab-velocity" }, place.data);
  const ghost = svg("circle", { class: "lab-ball", r: 8, fill: "none", "stroke-width": 2 }, place.data);
  const ball = svg("circle", { r: 8, fill: "var(--lab-velocity)" }, place.data);
  const arrows = {
    velocity: svg("path", { class: "lab-curve lab-velocity" }, place.data),
    force: svg("path", { class: "lab-curve lab-theory" }, place.data),
  };
  const labels = Object.fromEntries(["velocity", "force", "continuous ball"].map((words) => {
    const label = svg("text", { class: "lab-arrow-name" }, place.root);
    label.textContent = words;
    return [words, label];
  }));
  const handle = svg("circle", { class: "lab-handle", r: 20 }, place.data);
  const energies = new Panel(shell.svg, { xLabel: "step k", yLabel: "energy" });
  const bands = BANDS.map(([part, , style]) => ({
    part,
    area: svg("path", { class: `lab-band lab-${style}` }, energies.data),
    edge: svg("path", { class: `lab-curve lab-${style}` }, energies.data),
  }));
  const cursor = svg("path", { class: "lab-ground lab-cursor" }, energies.data);
  const legend = svg("g", {}, shell.svg);

  choice(model, "hill", "hill", Object.keys(model.get("hills")).map((name) => [name, name]), shell.controls);
  slider(model, "start", { label: "start w\u2080", min: model.get("bounds")[0], max: model.get("bounds")[1] }, shell.controls);
  choice(model, "control", "set", [["optimizer", "learning rate and mu"], ["ball", "mass and drag"]], shell.controls);
  const rows = {
    optimizer: [
      row(() => slider(model, "lr", { label: "learning rate \u03b7", min: 1e-4, max: 1, scale: "log" }, shell.controls)),
      row(() => slider(model, "mu", { label: "momentum \u03bc", min: 0, max: 0.999, scale: "one-minus-log" }, shell.controls)),
    ],
    ball: [
      row(() => slider(model, "mass", { label: "mass m", min: 0.04, max: 400, scale: "log" }, shell.controls)),
      row(() => slider(model, "drag", { label: "drag c", min: 1e-3, max: 5, scale: "log" }, shell.controls)),
    ],
  };
  slider(model, "step", { label: "step k", min: 0, max: steps, whole: true }, shell.controls);
  const note = html("p", { class: "lab-note" });
  shell.buttons.before(note);
  shell.player("Roll", "step", steps, UPDATES_A_SECOND);

  const letGo = (/** @type {number} */ x) => {
    shell.stop();
    const [low, high] = model.get("bounds");
    model.set("start", within(Number(place.fromPixel(x, 0)[0].toPrecision(3)), low, high));
    model.set("step", 0);
    model.save_changes();
  };
  draggable(handle, letGo);
  clickable(place.surface, letGo);

  // Either pair says it all, at a fixed time step: the pair that is not set follows.
  const h = model.get("time_step");
  const follow = () => {
    if (model.get("control") === "optimizer") {
      model.set("mass", within((h * h) / model.get("lr"), 0.04, 400));
      model.set("drag", within(((1 - model.get("mu")) * h) / model.get("lr"), 1e-4, 2000));
    } else {
      model.set("lr", within((h * h) / model.get("mass"), 1e-4, 1));
      model.set("mu", within(1 - (model.get("drag") * h) / model.get("mass"), 0, 0.999));
    }
    const said = { optimizer: ["mass", "drag"], ball: ["lr", "mu"] }[/** @type {"optimizer" | "ball"} */ (model.get("control"))];
    const [first, second] = said.map((trait) => format(model.get(trait)));
    write(note, model.get("control") === "optimizer"
      ? `The same ball: mass ${first}, drag ${second}, seen every ${h} time units.`
      : `The same optimizer: learning rate ${first}, momentum ${second}.`);
    for (const [name, each] of Object.entries(rows)) for (const one of each) hide(one, name !== model.get("control"));
  };
  for (const trait of ["control", "lr", "mu", "mass", "drag"]) model.on(`change:${trait}`, follow);
  follow();

  /** @param {() => unknown} make @returns {HTMLElement} */
  function row(make) {
    make();
    return /** @type {HTMLElement} */ (shell.controls.lastElementChild);
  }

  /** The part of the hill that is drawn: on the slope, which has no end, as far as the run goes.
   * @returns {[number, number]} */
  const extent = () => {
    const { w } = run();
    const [low, high] = hill().domain[0];
    const far = hill().name === "slope" ? w.filter(Number.isFinite) : [];
    return [Math.min(low, model.get("start") - 0.2, ...far), Math.max(high, model.get("start") + 0.2)];
  };
  const layout = remembered(
    () => [shell.width, shell.height, model.get("hill"), ...extent()],
    () => {
      const [half, split] = shell.narrow ? [shell.height / 2, shell.width] : [shell.height, shell.width * 0.56];
      const xs = samples(...extent());
      const ys = xs.map((x) => value(hill(), [x]));
      const [low, high] = [Math.min(...ys), Math.max(...ys)];
      place.place(0, 0, split, half);
      energies.place(shell.narrow ? 0 : split, shell.narrow ? half : 0, shell.narrow ? split : shell.width - split, half);
      place.range(extent(), [low - 0.16 * (high - low), high + 0.12 * (high - low)]);
      tell(ground, "d", place.line(xs, ys));
      return {};
    },
  );
  const curves = remembered(
    () => [run(), layout()],
    () => {
      const { lost, kinetic, potential } = run();
      const atStart = kinetic[0] + potential[0];
      // Energy that is won, not lost, at too large a learning rate: the lowest band then lies below zero.
      const won = lost.some((each) => each < -1e-9 * atStart);
      energies.range([0, steps], [won ? -atStart : 0, 1.35 * atStart || 1]);
      let floor = ks.map(() => 0);
      for (const { part, area, edge } of bands) {
        const own = run()[part];
        const top = floor.map((each, k) => each + own[k]);
        tell(area, "d", energies.area(ks, floor, top));
        tell(edge, "d", energies.line(ks, top));
        floor = top;
      }
      name(legend, energies, [...BANDS].reverse().map(([, words, style]) => [words, `lab-${style}`]), "lab-band");
      return {};
    },
  );

  function draw() {
    curves();
    const { w, v, loss, ghost: smooth } = run();
    const k = Math.min(steps, Math.floor(model.get("step")));
    const x = Number.isFinite(w[k]) ? w[k] : model.get("start");
    const [cx, cy] = resting(place, hill(), x);
    tell(trace, "d", place.dots(w, loss, k + 1));
    for (const circle of [ball, handle]) put(circle, cx, cy);
    const [gx, gy] = resting(place, hill(), smooth[k]);
    put(ghost, gx, gy);
    const moved = place.toX(x + 4 * v[k]) - place.toX(x);
    const pushed = place.toX(x - 0.4 * gradient(hill(), [x])[0]) - place.toX(x);
    tell(arrows.velocity, "d", arrow(cx, cy, moved));
    tell(arrows.force, "d", arrow(cx, cy - 2 * RADIUS, pushed));
    // A name stands at the tip of its arrow; an arrow too short to see has none.
    say(labels.velocity, cx + capped(moved), cy + 4, capped(moved));
    say(labels.force, cx + capped(pushed), cy - 2 * RADIUS + 4, capped(pushed));
    const { left, width } = place.box;
    const below = value(hill(), [smooth[k]]);
    const named = labels["continuous ball"];
    show(named, place.holds(smooth[k], below));
    tell(named, "text-anchor", "middle");
    stand(named, Math.min(left + width - 46, Math.max(left + 48, gx)), place.toY(below) + 20);
    tell(cursor, "d", energies.line([k, k], energies.y));
  }

  function describe() {
    const { w, lost, kinetic, potential, divergedAt } = run();
    const k = Math.min(steps, Math.floor(model.get("step")));
    if (divergedAt >= 0 && divergedAt <= k) return `The run diverged at step ${divergedAt}: the learning rate is too large for this hill.`;
    const parts = `${format(potential[k])} is potential, ${format(kinetic[k])} kinetic, ${format(lost[k])} lost to drag`;
    return `After ${k} updates the ball is at ${format(w[k])}. Of the energy ${format(potential[0] + kinetic[0])} at the start, ${parts}.`;
  }

  return shell.start();
}

/** @param {number} value @param {number} low @param {number} high */
function within(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/** @param {number} low @param {number} high */
function samples(low, high) {
  return Array.from({ length: 161 }, (_, i) => low + ((high - low) * i) / 160);
}

/** @param {import("./numerics.js").LandscapeData} hill */
function domainOf(hill) {
  return samples(...hill.domain[0]);
}

/** Where a ball stands that touches the hill at x, in pixels.
 * @param {Panel} place @param {import("./numerics.js").LandscapeData} hill @param {number} x @returns {[number, number]} */
function resting(place, hill, x) {
  const [px, py] = [place.toX(x), place.toY(value(hill, [x]))];
  const { box, x: across, y: up } = place;
  const steepness = (-gradient(hill, [x])[0] * (box.height / (up[1] - up[0]))) / (box.width / (across[1] - across[0]));
  const length = Math.hypot(1, steepness);
  return [px + (RADIUS * steepness) / length, py - RADIUS / length];
}

/** @param {SVGElement} label @param {number} x @param {number} y @param {number} length of the arrow */
function say(label, x, y, length) {
  const shown = Math.abs(length) > 8;
  show(label, shown);
  if (!shown) return;
  tell(label, "text-anchor", length > 0 ? "start" : "end");
  stand(label, x + 5 * Math.sign(length), y);
}

/** The length of an arrow in pixels, at most 90. @param {number} length */
function capped(length) {
  return within(length, -90, 90);
}

/** An arrow to the right or the left. @param {number} x @param {number} y @param {number} length */
function arrow(x, y, length) {
  const l = capped(length);
  if (!(Math.abs(l) > 2)) return "";
  const tip = 5 * Math.sign(l);
  return `M${pixels(x)} ${pixels(y)}h${pixels(l)}m${-tip} -4l${tip} 4l${-tip} 4`;
}

export default { render };
