// What EigenLab reckons: runs along the eigen-directions as in momentum/lab/eigen.py, with the same operations
// in the same order, and the closed forms of their rates.

import { spectralRadius, velocityStep } from "./numerics.js";

const MILLIONTH = 1e-6;
const RATE_SAMPLES = 161;
/** A rate that is closer to one is taken for one: rounding decides on which side of it it lies. */
export const NEAR_ONE = 1e-12;

/** The error in each direction after each step: form A where the gradient is curvature * w.
 * @param {number[]} curvatures @param {number[]} start @param {number} lr @param {number} mu @param {number} steps */
export function eigenErrors(curvatures, start, lr, mu, steps) {
  return curvatures.map((curvature, i) => {
    const errors = new Float64Array(steps + 1);
    let [w, v] = [start[i], 0];
    errors[0] = w;
    for (let k = 1; k <= steps; k++) {
      [w, v] = velocityStep(w, v, curvature * w, lr, mu);
      errors[k] = w;
    }
    return errors;
  });
}

/** What each direction adds to the loss. @param {number[]} curvatures @param {Float64Array[]} errors */
export function eigenLosses(curvatures, errors) {
  return errors.map((each, i) => each.map((w) => (curvatures[i] / 2) * w * w));
}

/** The loss: the sum over the directions, one after the other. @param {Float64Array[]} losses */
export function summedLoss(losses) {
  const sum = losses[0].slice();
  for (const each of losses.slice(1)) for (let k = 0; k < sum.length; k++) sum[k] += each[k];
  return sum;
}

/** The best learning rate for a mu: there the fastest and the slowest of the curvatures are equally slow.
 * @param {number[]} curvatures @param {number} mu */
export function bestRate(curvatures, mu) {
  return (2 * (1 + mu)) / (Math.max(...curvatures) + Math.min(...curvatures));
}

/** The best learning rate and mu. @param {number[]} curvatures @returns {[number, number]} */
export function bestPair(curvatures) {
  const [large, small] = [Math.sqrt(Math.max(...curvatures)), Math.sqrt(Math.min(...curvatures))];
  return [(2 / (large + small)) ** 2, ((large - small) / (large + small)) ** 2];
}

/** The steps to a millionth of the distance by the rate alone; nothing where it does not fall. @param {number} rate */
export function stepsByRate(rate) {
  return rate < 1 - NEAR_ONE ? Math.max(1, Math.ceil(Math.log(MILLIONTH) / Math.log(rate))) : undefined;
}

/** The step from which on the distance to the minimum is at most a millionth of what it was, -1 if there is none.
 * @param {number[]} curvatures @param {number[]} start @param {number} lr @param {number} mu @param {number} most */
export function stepsCounted(curvatures, start, lr, mu, most) {
  const byRate = stepsByRate(Math.max(...curvatures.map((each) => spectralRadius(lr * each, mu))));
  if (byRate === undefined) return -1;
  // Four times as many bring it to 1e-24: what comes then is far below.
  const steps = Math.min(most, 4 * byRate + 200);
  const square = new Float64Array(steps + 1);
  for (let i = 0; i < start.length; i++) {
    const curvature = curvatures[i];
    let [w, v] = [start[i], 0];
    square[0] += w * w;
    for (let k = 1; k <= steps; k++) {
      // `velocityStep`, the same operations in the same order: it is many steps for one frame.
      v = mu * v - lr * (curvature * w);
      w += v;
      square[k] += w * w;
    }
  }
  const enough = MILLIONTH * MILLIONTH * square[0];
  const last = square.findLastIndex((each) => !(each <= enough));
  return last < steps ? last + 1 : -1;
}

/** The range of learning rates that the figure shows: from the first to the last of `ends` that it needs.
 * @param {number[]} curvatures @param {number} lr @param {number[]} ends @returns {[number, number]} */
export function shownRange(curvatures, lr, ends) {
  const largest = Math.max(...curvatures);
  const [low, high] = [Math.min(lr, 0.05 / largest), Math.max(lr, 5 / largest)];
  return [ends.findLast((each) => each <= low) ?? ends[0], ends.find((each) => each >= high) ?? ends[ends.length - 1]];
}

/** Learning rates in even steps of the logarithm, and those at which a rate has a corner.
 * @param {number[]} curvatures @param {number} mu @param {[number, number]} range */
export function sampledRates(curvatures, mu, [low, high]) {
  const even = Array.from({ length: RATE_SAMPLES }, (_, i) => low * (high / low) ** (i / (RATE_SAMPLES - 1)));
  const root = Math.sqrt(mu);
  const corners = curvatures.flatMap((each) => [(1 - root) ** 2 / each, (1 + root) ** 2 / each]);
  const inside = [...corners, bestRate(curvatures, mu)].filter((each) => each > low && each < high);
  return [...even, ...inside].sort((a, b) => a - b);
}

/** As many entries as there are curvatures: ones are added, or the last are left out.
 * @param {number[]} start @param {number} count */
export function fitted(start, count) {
  return Array.from({ length: count }, (_, i) => start[i] ?? 1);
}

/** A curvature between the two that are farthest apart in size. @param {number[]} curvatures */
export function between(curvatures) {
  const sorted = [...curvatures].sort((a, b) => a - b);
  const ratios = sorted.slice(1).map((each, i) => each / sorted[i]);
  const widest = ratios.indexOf(Math.max(...ratios));
  return Number(Math.sqrt(sorted[widest] * sorted[widest + 1]).toPrecision(2));
}
