// BallLab: a ball on a hill, the same motion as a run of form A.

import { gradient, descend, toBall, value, velocityStep } from "./numerics.js";
import { Panel, format, name, remembered, svg, widened } from "./drawing.js";
import { button, choice, draggable, slider } from "./controls.js";
import { Shell } from "./shell.js";

const UPDATES_A_SECOND = 12;
const SUBSTEPS = 8;

/** The continuous ball of mass 1 at the times of the updates, by the classical Runge-Kutta method.
 * @param {import("./numerics.js").LandscapeData} hill @param {number} start @param {number} drag
 * @param {number} timeStep @param {number} steps */
function continuousBall(hill, start, drag, timeStep, steps) {
  const h = timeStep / SUBSTEPS;
  const push = (/** @type {number} */ x, /** @type {number} */ v) => -drag * v - gradient(hill, [x])[0];
  let [x, v] = [start, 0];
  const positions = [x];
  for (let k = 1; k <= steps * SUBSTEPS; k++) {
    const [v1, p1] = [v, push(x, v)];
    const [v2, p2] = [v + (h / 2) * p1, push(x + (h / 2) * v1, v + (h / 2) * p1)];
    const [v3, p3] = [v + (h / 2) * p2, push(x + (h / 2) * v2, v + (h / 2) * p2)];
    const [v4, p4] = [v + h * p3, push(x + h * v3, v + h * p3)];
    x += (h / 6) * (v1 + 2 * v2 + 2 * v3 + v4);
    v += (h / 6) * (p1 + 2 * p2 + 2 * p3 + p4);
    if (k % SUBSTEPS === 0) positions.push(x);
  }
  return positions;
}

/** @param {{model: import("./controls.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const hill = () => model.get("hills")[model.get("hill")];
  const steps = model.get("steps");
  /** The run, made anew only when what it depends on has changed. */
  const run = remembered(
    () => [model.get("hill"), model.get("start"), model.get("lr"), model.get("mu")],
    () => {
      const [lr, mu] = [model.get("lr"), model.get("mu")];
      const path = descend(hill(), velocityStep, [model.get("start")], lr, mu, steps);
      const w = path.w.map((point) => point[0]);
      const v = w.map((x, k) => (k ? x - w[k - 1] : 0));
      const potential = w.map((x) => value(hill(), [x]));
      const kinetic = v.map((each) => (mu / (2 * lr)) * each * each);
      const { drag, timeStep } = toBall(lr, mu);
      const ghost = continuousBall(hill(), model.get("start"), drag, timeStep, steps);
      return { w, v, potential, kinetic, total: w.map((_, k) => potential[k] + kinetic[k]), ghost, divergedAt: path.divergedAt };
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
  const velocity = svg("path", { class: "lab-curve lab-velocity" }, place.data);
  const force = svg("path", { class: "lab-curve lab-theory" }, place.data);
  const energies = new Panel(shell.svg, { xLabel: "step k", yLabel: "energy" });
  const lines = {
    potential: svg("path", { class: "lab-curve lab-sgd" }, energies.data),
    kinetic: svg("path", { class: "lab-curve lab-averaged" }, energies.data),
    total: svg("path", { class: "lab-curve lab-velocity" }, energies.data),
  };
  const cursor = svg("path", { class: "lab-ground" }, energies.data);
  const legend = svg("g", {}, shell.svg);

  choice(model, "hill", "hill", Object.keys(model.get("hills")).map((name) => [name, name]), shell.controls);
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
  slider(model, "start", { label: "start w\u2080", min: model.get("bounds")[0], max: model.get("bounds")[1] }, shell.controls);
  slider(model, "step", { label: "step k", min: 0, max: steps, digits: 4 }, shell.controls);

  const roll = button("Roll", shell.buttons, () => {
    if (shell.moving) return shell.stop();
    if (model.get("step") >= steps) model.set("step", 0);
    let clock = model.get("step");
    roll.textContent = "Pause";
    // With reduced motion the ball does not roll: it stands at the end of its way.
    if (shell.calm) clock = steps;
    shell.animate((seconds) => {
      clock = Math.min(steps, clock + seconds * UPDATES_A_SECOND);
      model.set("step", Math.floor(clock));
      return clock < steps;
    }, () => {
      roll.textContent = "Roll";
      model.save_changes();
    });
  });
  button("One update", shell.buttons, () => {
    shell.stop();
    model.set("step", Math.min(steps, Math.floor(model.get("step")) + 1));
    model.save_changes();
  });
  draggable(place.root, (x) => {
    shell.stop();
    model.set("start", Number(place.fromPixel(x, 0)[0].toPrecision(4)));
    model.set("step", 0);
    model.save_changes();
  });

  // Either pair says it all, at a fixed time step: the pair that is not set follows.
  const h = model.get("time_step");
  const follow = () => {
    if (model.get("control") === "optimizer") {
      model.set("mass", (h * h) / model.get("lr"));
      model.set("drag", ((1 - model.get("mu")) * h) / model.get("lr"));
    } else {
      model.set("lr", (h * h) / model.get("mass"));
      model.set("mu", Math.max(0, 1 - (model.get("drag") * h) / model.get("mass")));
    }
    for (const [name, each] of Object.entries(rows)) for (const one of each) one.hidden = name !== model.get("control");
  };
  for (const trait of ["control", "lr", "mu", "mass", "drag"]) model.on(`change:${trait}`, follow);
  follow();

  /** @param {() => unknown} make @returns {HTMLElement} */
  function row(make) {
    make();
    return /** @type {HTMLElement} */ (shell.controls.lastElementChild);
  }

  const layout = remembered(
    () => [shell.width, shell.height, model.get("hill"), model.get("start")],
    () => {
      const half = shell.narrow ? shell.height / 2 : shell.height;
      const [low, high] = hill().domain[0];
      const range = /** @type {[number, number]} */ ([Math.min(low, model.get("start") - 0.2), Math.max(high, model.get("start") + 0.2)]);
      const xs = Array.from({ length: 161 }, (_, i) => range[0] + ((range[1] - range[0]) * i) / 160);
      const ys = xs.map((x) => value(hill(), [x]));
      place.place(0, 0, shell.narrow ? shell.width : shell.width * 0.58, half);
      energies.place(shell.narrow ? 0 : shell.width * 0.58, shell.narrow ? half : 0, shell.width * (shell.narrow ? 1 : 0.42), half);
      place.range(range, widened(ys));
      ground.setAttribute("d", place.line(xs, ys));
    },
  );
  const curves = remembered(
    () => [run(), shell.width, shell.height],
    () => {
      const { potential, kinetic, total, w } = run();
      const ks = w.map((_, k) => k);
      energies.range([0, steps], widened([0, ...potential, ...kinetic, ...total].filter((each) => Math.abs(each) < 1e3)));
      lines.potential.setAttribute("d", energies.line(ks, potential));
      lines.kinetic.setAttribute("d", energies.line(ks, kinetic));
      lines.total.setAttribute("d", energies.line(ks, total));
      name(legend, energies, [["potential", "lab-sgd"], ["kinetic", "lab-averaged"], ["total", "lab-velocity"]]);
    },
  );

  function draw() {
    layout();
    curves();
    const { w, v, ghost: smooth } = run();
    const k = Math.min(steps, Math.floor(model.get("step")));
    const x = Number.isFinite(w[k]) ? w[k] : model.get("start");
    const at = [place.toX(x), place.toY(value(hill(), [x]))];
    const far = w.slice(0, k + 1);
    trace.setAttribute("d", place.dots(far, far.map((each) => value(hill(), [each]))));
    ball.setAttribute("cx", at[0].toFixed(1));
    ball.setAttribute("cy", (at[1] - 8).toFixed(1));
    ghost.setAttribute("cx", place.toX(smooth[k]).toFixed(1));
    ghost.setAttribute("cy", (place.toY(value(hill(), [smooth[k]])) - 8).toFixed(1));
    velocity.setAttribute("d", arrow(at[0], at[1] - 8, place.toX(x + 4 * v[k]) - at[0]));
    force.setAttribute("d", arrow(at[0], at[1] - 22, place.toX(x - 0.4 * gradient(hill(), [x])[0]) - at[0]));
    cursor.setAttribute("d", energies.line([k, k], energies.y));
  }

  function describe() {
    const { w, total, divergedAt } = run();
    const k = Math.min(steps, Math.floor(model.get("step")));
    if (divergedAt >= 0 && divergedAt <= k) return `The run diverged at step ${divergedAt}: the learning rate is too large for this hill.`;
    const lost = total[0] - total[k];
    return `After ${k} updates the ball is at ${format(w[k])}; of its energy at the start, ${format(lost)} is lost to drag.`;
  }

  return shell.start();
}

/** An arrow to the right or the left, at most 90 pixels long. @param {number} x @param {number} y @param {number} length */
function arrow(x, y, length) {
  const l = Math.max(-90, Math.min(90, length));
  if (!(Math.abs(l) > 2)) return "";
  const tip = 5 * Math.sign(l);
  return `M${x.toFixed(1)} ${y.toFixed(1)}h${l.toFixed(1)}m${-tip} -4l${tip} 4l${-tip} 4`;
}

export default { render };
