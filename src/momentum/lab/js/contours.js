// Contour lines of a landscape by marching squares, and the levels worth drawing.

/**
 * @typedef {object} Grid values on a grid of points
 * @property {number[]} xs
 * @property {number[]} ys
 * @property {Float64Array} values row by row: values[j * xs.length + i] is the value at (xs[i], ys[j])
 */

/** @param {(x: number, y: number) => number} f @param {[number, number]} xRange @param {[number, number]} yRange
 * @param {number} count points along each axis @returns {Grid} */
export function sampled(f, [xLow, xHigh], [yLow, yHigh], count) {
  const xs = Array.from({ length: count }, (_, i) => xLow + ((xHigh - xLow) * i) / (count - 1));
  const ys = Array.from({ length: count }, (_, j) => yLow + ((yHigh - yLow) * j) / (count - 1));
  const values = new Float64Array(count * count);
  for (let j = 0; j < count; j++) for (let i = 0; i < count; i++) values[j * count + i] = f(xs[i], ys[j]);
  return { xs, ys, values };
}

/** Levels at the quantiles of (1/(n+1))^2, (2/(n+1))^2, ...: a steep wall does not take them all, and the
 * valley keeps its shape. The same as in momentum/plotting.py.
 * @param {Float64Array} values @param {number} count */
export function quantileLevels(values, count) {
  const sorted = values.slice().sort();
  return Array.from({ length: count }, (_, n) => {
    const place = ((n + 1) / (count + 1)) ** 2 * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  });
}

/** Which edges of a cell a contour line joins, by the corners that lie above its level: corner k counts 2**k,
 * and edge e lies between the corners e and e + 1. Five and ten are passes: the first entry is for one whose
 * middle lies on the side of corner 0.
 * @type {[number, number][][]} */
const JOINS = [
  [], [[3, 0]], [[0, 1]], [[3, 1]], [[1, 2]], [[0, 1], [2, 3]], [[0, 2]], [[3, 2]],
  [[2, 3]], [[2, 0]], [[0, 1], [2, 3]], [[2, 1]], [[1, 3]], [[1, 0]], [[0, 3]], [],
];
/** @type {[number, number][]} */ const ACROSS = [[1, 2], [3, 0]];

/** Call `segment(x0, y0, x1, y1)` for each piece of each contour line: in a cell of the grid whose corners
 * lie on both sides of a level, the line joins the edges that it crosses. Nothing is allocated on the way.
 * @param {Grid} grid @param {number[]} levels increasing
 * @param {(x0: number, y0: number, x1: number, y1: number) => void} segment */
export function marchingSquares({ xs, ys, values }, levels, segment) {
  const n = xs.length;
  let [i, j, level, a, b, c, d] = [0, 0, 0, 0, 0, 0, 0];
  const between = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ v, /** @type {number} */ w) =>
    from + ((level - v) / (w - v)) * (to - from);
  const x = (/** @type {number} */ edge) =>
    edge === 0 ? between(xs[i], xs[i + 1], a, b) : edge === 1 ? xs[i + 1] : edge === 2 ? between(xs[i + 1], xs[i], c, d) : xs[i];
  const y = (/** @type {number} */ edge) =>
    edge === 0 ? ys[j] : edge === 1 ? between(ys[j], ys[j + 1], b, c) : edge === 2 ? ys[j + 1] : between(ys[j + 1], ys[j], d, a);
  for (j = 0; j + 1 < ys.length; j++) {
    for (i = 0; i + 1 < n; i++) {
      // The corners in a ring.
      const at = j * n + i;
      [a, b, c, d] = [values[at], values[at + 1], values[at + n + 1], values[at + n]];
      const [low, high] = [Math.min(a, b, c, d), Math.max(a, b, c, d)];
      for (level of levels) {
        if (level < low) continue;
        if (!(level < high)) break;
        const above = (a > level ? 1 : 0) + (b > level ? 2 : 0) + (c > level ? 4 : 0) + (d > level ? 8 : 0);
        const pass = above === 5 || above === 10;
        // At a pass all four edges are crossed: the height in the middle says which two belong together.
        const joins = pass && (a + b + c + d) / 4 > level !== a > level ? ACROSS : JOINS[above];
        for (const [from, to] of joins) segment(x(from), y(from), x(to), y(to));
      }
    }
  }
}
