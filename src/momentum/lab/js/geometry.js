// The arithmetic of lines: from a value to its place along an axis, and from a segment to what of it is seen.

/** Panels away: far enough to be out of sight, near enough to reckon with. */
const FAR = 1e6;

/** How far a value lies along a range, 0 at its lower end and 1 at its upper.
 * @param {[number, number]} range @param {boolean | undefined} log */
export function scaler([low, high], log) {
  const from = log ? Math.log(low) : low;
  const span = (log ? Math.log(high) : high) - from;
  return (/** @type {number} */ value) => {
    const f = ((log ? Math.log(value) : value) - from) / span;
    // Nothing, and what has no logarithm, lies far below; no number gets too large to reckon with.
    return f >= -FAR ? Math.min(f, FAR) : -FAR;
  };
}

/** The part [t0, t1] of a segment that lies within bounds, by Liang and Barsky; t0 > t1 if none does.
 * @param {number} x @param {number} y @param {number} dx @param {number} dy @param {number[]} bounds
 * @returns {[number, number]} */
export function cut(x, y, dx, dy, [left, right, top, bottom]) {
  let [t0, t1] = [0, 1];
  for (const [step, room] of [[-dx, x - left], [dx, right - x], [-dy, y - top], [dy, bottom - y]]) {
    if (step === 0 && room < 0) return [1, 0];
    if (step < 0) t0 = Math.max(t0, room / step);
    if (step > 0) t1 = Math.min(t1, room / step);
  }
  return [t0, t1];
}

/** A place far outside becomes one just outside: SVG loses its way beyond some thousand pixels.
 * @param {number} f */
export const near = (f) => Math.min(3, Math.max(-2, f));
