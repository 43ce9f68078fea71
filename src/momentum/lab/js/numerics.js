// The package's arithmetic once more, for the browser: the same operations in the same order as
// momentum/updates/rules.py and momentum/landscapes/tables.py, so that a run agrees bit for bit.

/** @typedef {(w: number, state: number, g: number, lr: number, mu: number) => [number, number]} Rule */
/** @typedef {number[][]} Table table[i][j] is the coefficient of x**i * y**j */
/**
 * @typedef {object} LandscapeData
 * @property {string} name
 * @property {number} dim
 * @property {[number, number][]} domain
 * @property {number[]} breaks
 * @property {Table[]} value one table a piece
 * @property {Table[][]} gradient for each variable, one table a piece
 */

/** w <- w - lr*g @type {Rule} */
export function sgdStep(w, state, g, lr, mu) {
  return [w - lr * g, state];
}

/** Form A: v <- mu*v - lr*g ; w <- w + v @type {Rule} */
export function velocityStep(w, state, g, lr, mu) {
  const v = mu * state - lr * g;
  return [w + v, v];
}

/** Form B: b <- mu*b + g ; w <- w - lr*b @type {Rule} */
export function accumulatorStep(w, state, g, lr, mu) {
  const b = mu * state + g;
  return [w - lr * b, b];
}

/** Form E: e <- mu*e + (1-mu)*g ; w <- w - lr*e @type {Rule} */
export function averagedStep(w, state, g, lr, mu) {
  const e = mu * state + (1 - mu) * g;
  return [w - lr * e, e];
}

/** Polyak: w_next = w - lr*g + mu*(w - w_prev); the state is w_prev @type {Rule} */
export function heavyBallStep(w, state, g, lr, mu) {
  return [w - lr * g + mu * (w - state), w];
}

/** Nesterov at the look-ahead point: v <- mu*v - lr*g ; w <- w + mu*v - lr*g @type {Rule} */
export function nesterovStep(w, state, g, lr, mu) {
  const v = mu * state - lr * g;
  return [w + mu * v - lr * g, v];
}

/** @type {Record<string, Rule>} */
export const RULES = {
  sgd: sgdStep,
  velocity: velocityStep,
  accumulator: accumulatorStep,
  averaged: averagedStep,
  heavy_ball: heavyBallStep,
  nesterov: nesterovStep,
};

/** Horner's scheme, highest power first; a coefficient that is exactly zero adds nothing.
 * @param {number[]} coefficients @param {number} x */
function horner(coefficients, x) {
  let total = coefficients[coefficients.length - 1];
  for (let i = coefficients.length - 2; i >= 0; i--) {
    total *= x;
    if (coefficients[i] !== 0) total += coefficients[i];
  }
  return total;
}

/** Rows first, in y, then over the rows, in x; an empty row adds nothing.
 * @param {Table} table @param {number} x @param {number} y */
export function evaluate(table, x, y) {
  if (!table.length) return 0;
  let total = horner(table[table.length - 1], y);
  for (let i = table.length - 2; i >= 0; i--) {
    total *= x;
    if (table[i].length) total += horner(table[i], y);
  }
  return total;
}

/** @param {LandscapeData} data @param {number} x */
function piece(data, x) {
  let index = 0;
  for (const bound of data.breaks) if (x >= bound) index++;
  return index;
}

/** @param {LandscapeData} data @param {number[]} w */
export function value(data, w) {
  return evaluate(data.value[piece(data, w[0])], w[0], w[data.dim - 1]);
}

/** The gradient of a landscape of one variable. @param {LandscapeData} data @param {number} x */
export function slopeAt(data, x) {
  return evaluate(data.gradient[0][piece(data, x)], x, x);
}

/** @param {LandscapeData} data @param {number[]} w */
export function gradient(data, w) {
  const index = piece(data, w[0]);
  return data.gradient.map((tables) => evaluate(tables[index], w[0], w[data.dim - 1]));
}

/**
 * @typedef {object} Path
 * @property {number[][]} w the points, from the start on
 * @property {number[]} state
 * @property {number} divergedAt the first step that is not finite, -1 if none
 */

/** One run. Schedules are arrays, one value a step, made by Python or by the reader.
 * @param {LandscapeData} data @param {Rule} rule @param {number[]} w0
 * @param {number | ArrayLike<number>} lr @param {number | ArrayLike<number>} mu @param {number} steps
 * @param {{noise?: number, random?: () => number, rescale?: boolean}} [options] rescale: momentum correction
 * @returns {Path} */
export function descend(data, rule, w0, lr, mu, steps, options = {}) {
  const at = (/** @type {number | ArrayLike<number>} */ x, /** @type {number} */ k) =>
    typeof x === "number" ? x : x[k];
  const { noise = 0, random, rescale = false } = options;
  let w = [...w0];
  let state = rule === heavyBallStep ? [...w0] : w0.map(() => 0);
  const points = [w];
  let divergedAt = -1;
  for (let k = 0; k < steps; k++) {
    const lrNow = at(lr, k);
    if (rescale && k > 0 && lrNow !== at(lr, k - 1)) {
      const factor = lrNow / at(lr, k - 1);
      state = state.map((v) => v * factor);
    }
    const muNow = at(mu, k);
    let g = gradient(data, w);
    if (noise > 0 && random) g = g.map((each) => each + noise * random());
    const next = w.slice();
    for (let i = 0; i < w.length; i++) [next[i], state[i]] = rule(w[i], state[i], g[i], lrNow, muNow);
    w = next;
    points.push(w);
    if (divergedAt < 0 && !w.every(Number.isFinite)) divergedAt = k + 1;
  }
  return { w: points, state, divergedAt };
}

/** By how much the state of mulberry32 grows from one number to the next. */
export const MULBERRY_STEP = 0x6d2b79f5;

/** The 32 random bits that mulberry32 makes of its state. @param {number} a */
export function scrambled(a) {
  let t = Math.imul(a ^ (a >>> 15), a | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return (t ^ (t >>> 14)) >>> 0;
}

/** mulberry32 (Tommy Ettinger, public domain): a generator of 32 bits of state; uniform in [0, 1).
 * @param {number} seed @returns {() => number} */
export function mulberry32(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + MULBERRY_STEP) >>> 0;
    return scrambled(a) / 4294967296;
  };
}

/** Noise of mean 0 and variance 1: twice the sum of three uniforms less three. Exact in binary, so every machine
 * has the same bits. @param {() => number} uniform @returns {() => number} */
export function unitNoise(uniform) {
  return () => 2 * (uniform() + uniform() + uniform()) - 3;
}

// The closed forms that an overlay needs, as in momentum/theory; a = lr * curvature.

/** @param {number} a @param {number} mu */
export function spectralRadius(a, mu) {
  const trace = 1 + mu - a;
  const discriminant = trace * trace - 4 * mu;
  return discriminant < 0 ? Math.sqrt(mu) : (Math.abs(trace) + Math.sqrt(discriminant)) / 2;
}

/** @param {number} a @param {number} mu */
export function regime(a, mu) {
  const root = Math.sqrt(mu);
  if (a === 0 || a === 2 * (1 + mu)) return "marginal";
  if (a < 0 || a > 2 * (1 + mu)) return "divergent";
  if (a <= (1 - root) ** 2) return "monotone";
  return a < (1 + root) ** 2 ? "oscillating" : "alternating";
}

/** @param {number} lr @param {number} mu @param {number} curvature @param {number} s2 */
export function stationaryVariance(lr, mu, curvature, s2) {
  return (lr * s2 * (1 + mu)) / (curvature * (1 - mu) * (2 * (1 + mu) - lr * curvature));
}

/** @param {number} lr @param {number} mu @param {number} curvature @param {number} s2 */
export function stepVariance(lr, mu, curvature, s2) {
  return (2 * lr ** 2 * s2) / ((1 - mu) * (2 * (1 + mu) - lr * curvature));
}

/** @param {number} lrOld @param {number} lrNew @param {number} b @param {number} mu */
export function gapAfterLrChange(lrOld, lrNew, b, mu) {
  return (-(lrOld - lrNew) * b * mu) / (1 - mu);
}

/** The ball that form A integrates, with mass 1. @param {number} lr @param {number} mu */
export function toBall(lr, mu) {
  const timeStep = Math.sqrt(lr);
  return { drag: (1 - mu) / timeStep, timeStep };
}
