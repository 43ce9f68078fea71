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

/** Call `segment(x0, y0, x1, y1)` for each piece of each contour line: in a cell of the grid whose corners
 * lie on both sides of a level, the line joins the edges that it crosses.
 * @param {Grid} grid @param {number[]} levels increasing
 * @param {(x0: number, y0: number, x1: number, y1: number) => void} segment */
export function marchingSquares({ xs, ys, values }, levels, segment) {
  const n = xs.length;
  for (let j = 0; j + 1 < ys.length; j++) {
    for (let i = 0; i + 1 < n; i++) {
      const at = j * n + i;
      const [low, high] = [
        Math.min(values[at], values[at + 1], values[at + n], values[at + n + 1]),
        Math.max(values[at], values[at + 1], values[at + n], values[at + n + 1]),
      ];
      if (!(levels[0] < high && levels[levels.length - 1] >= low)) continue;
      // The corners in a ring, so that edge e lies between corners e and e + 1.
      const corner = [values[at], values[at + 1], values[at + n + 1], values[at + n]];
      const cornerX = [xs[i], xs[i + 1], xs[i + 1], xs[i]];
      const cornerY = [ys[j], ys[j], ys[j + 1], ys[j + 1]];
      for (const level of levels) {
        if (level < low) continue;
        if (level >= high) break;
        /** @type {[number, number][]} */ const crossings = [];
        for (let e = 0; e < 4; e++) {
          const next = (e + 1) % 4;
          if (corner[e] > level === corner[next] > level) continue;
          const t = (level - corner[e]) / (corner[next] - corner[e]);
          crossings.push([cornerX[e] + t * (cornerX[next] - cornerX[e]), cornerY[e] + t * (cornerY[next] - cornerY[e])]);
        }
        // At a pass all four edges are crossed: the height in the middle says which two belong together.
        const centre = (corner[0] + corner[1] + corner[2] + corner[3]) / 4;
        if (crossings.length === 4 && centre > level !== corner[0] > level) crossings.push(/** @type {[number, number]} */ (crossings.shift()));
        for (let c = 0; c + 1 < crossings.length; c += 2) segment(...crossings[c], ...crossings[c + 1]);
      }
    }
  }
}
