// SVG with one pixel a unit, so that text keeps its size on a phone; colours come from lab.css.

import { cut, near, scaler } from "./geometry.js";
import { pixels, svg, tell, write } from "./writing.js";

/** How many pixels beyond its panel a line is still made of, under the clip. */
const MARGIN = 20;
/** The same for a dot, as a share of its panel. */
const EDGE = 0.05;
/** Pixels that nobody sees. */
const TOO_CLOSE = 0.4;
/** Into how many round steps a range is divided before its ends are moved to the next of them. */
const ROUNDED_PARTS = 20;
/** @type {[number, number]} a segment that needs no cutting */ const WHOLE = [0, 1];

/** Ticks at 1, 2 or 5 times a power of ten, about `count` of them.
 * @param {number} low @param {number} high @param {number} count */
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? 10 * power;
  const all = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) all.push(i * step);
  return all;
}

/** @param {number} x @param {number} [digits] */
export function format(x, digits = 3) {
  if (!Number.isFinite(x)) return "not finite";
  if (x === 0) return "0";
  const size = Math.abs(x);
  const text = size < 1e-3 || size >= 1e5 ? x.toExponential(digits - 1) : String(Number(x.toPrecision(digits)));
  return text.replace("-", "\u2212");
}

/** A power of ten as one writes it: 10 with a raised exponent, plain where that is shorter. @param {number} x */
export function powerOfTen(x) {
  const exponent = Math.round(Math.log10(x));
  if (Math.abs(exponent) <= 2) return format(x);
  return `10${[...String(exponent)].map((c) => (c === "-" ? "\u207b" : "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[Number(c)])).join("")}`;
}

/** Call `make` again only when one of the things it depends on has changed.
 * @template T @param {() => unknown[]} inputs @param {() => T} make @returns {() => T} */
export function remembered(inputs, make) {
  /** @type {unknown[] | undefined} */ let known;
  /** @type {T} */ let made;
  return () => {
    const now = inputs();
    const before = known;
    if (!before || now.some((each, i) => each !== before[i])) {
      made = make();
      known = now;
    }
    return made;
  };
}

/** A range around values, a little wider, up to round numbers: while a reader drags, the axes seldom change.
 * @param {number[]} values @returns {[number, number]} */
export function widened(values) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  const margin = 0.03 * (high - low) || 1;
  const [first, second] = ticks(low - margin, high + margin, ROUNDED_PARTS);
  const step = second - first;
  return [step * Math.floor((low - margin) / step), step * Math.ceil((high + margin) / step)];
}

/** The powers of ten around a range. @param {number} low @param {number} high @returns {[number, number]} */
export function decades(low, high) {
  return [10 ** Math.floor(Math.log10(low) + 1e-9), 10 ** Math.ceil(Math.log10(high) - 1e-9)];
}

/** What stands in each legend. @type {WeakMap<Element, string>} */
const named = new WeakMap();

/** Name the lines of a panel in its upper right corner. @param {SVGElement} legend @param {Panel} panel
 * @param {[string, string][]} entries pairs of words and class @param {string} [band] the class of areas below the lines */
export function name(legend, panel, entries, band) {
  const { left, top, width } = panel.box;
  const now = JSON.stringify([left, top, width, entries]);
  if (named.get(legend) === now) return;
  named.set(legend, now);
  legend.replaceChildren();
  const widest = 8 * Math.max(...entries.map(([words]) => words.length));
  entries.forEach(([words, style], i) => {
    const [x, y] = [left + width - widest - 30, top + 6 + 15 * i];
    if (band) svg("rect", { class: `${band} ${style}`, x, y, width: 24, height: 7 }, legend);
    svg("line", { class: `lab-curve ${style}`, x1: x, x2: x + 24, y1: y, y2: y }, legend);
    svg("text", { class: "lab-label", x: x + 30, y: y + 4 }, legend).textContent = words;
  });
}

/**
 * One panel with axes. Data beyond its box is cut off at the box, never drawn over the page.
 */
export class Panel {
  #box = { left: 54, top: 8, width: 100, height: 100 };
  #drawn = "";
  #across = scaler([0, 1], false);
  #up = scaler([0, 1], false);
  #clip;
  #rules;
  /** @type {SVGElement[]} */ #words = [];

  /** @param {SVGElement} parent @param {{xLabel: string, yLabel: string, xLog?: boolean, yLog?: boolean, yLeast?: number}} look
   * `yLeast`: there is no tick below it */
  constructor(parent, look) {
    this.look = look;
    this.root = svg("g", { class: "lab-panel" }, parent);
    this.axes = svg("g", { class: "lab-axes" }, this.root);
    this.#rules = svg("path", {}, this.axes);
    const id = `lab-clip-${Panel.made++}`;
    this.#clip = svg("rect", {}, svg("clipPath", { id }, this.root));
    // What a click on the panel meets where nothing is drawn.
    this.surface = svg("rect", { class: "lab-surface" }, this.root);
    this.data = svg("g", { "clip-path": `url(#${id})` }, this.root);
    /** @type {[number, number]} */ this.x = [0, 1];
    /** @type {[number, number]} */ this.y = [0, 1];
  }

  static made = 0;

  /** Where the panel stands in the drawing, in pixels. @param {number} left @param {number} top
   * @param {number} width @param {number} height */
  place(left, top, width, height) {
    this.#box = { left: left + 54, top: top + 8, width: Math.max(20, width - 66), height: Math.max(20, height - 46) };
    const { left: x, top: y, width: w, height: h } = this.#box;
    for (const [name, each] of Object.entries({ x, y, width: w, height: h }))
      for (const rect of [this.#clip, this.surface]) tell(rect, name, each);
  }

  get box() {
    return this.#box;
  }

  /** Set the ranges, and draw the axes if they have changed. @param {[number, number]} x @param {[number, number]} y */
  range(x, y) {
    const { left, top, width, height } = this.#box;
    const { xLog, yLog, yLeast = -Infinity, xLabel, yLabel } = this.look;
    [this.x, this.y] = [x, y];
    [this.#across, this.#up] = [scaler(x, xLog), scaler(y, yLog)];
    const drawn = JSON.stringify([x, y, this.#box, this.look]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const bottom = top + height;
    let lines = `M${left} ${top}V${bottom}H${left + width}`;
    const words = [
      { text: xLabel, x: left + width / 2, y: bottom + 33, look: "lab-axis-label", anchor: "middle", turned: "" },
      { text: yLabel, x: 0, y: 0, look: "lab-axis-label", anchor: "middle", turned: `translate(${left - 43} ${top + height / 2}) rotate(-90)` },
    ];
    for (const tick of this.#ticks(y, yLog, height / 40)) {
      if (tick < yLeast) continue;
      const at = this.toY(tick);
      lines += `M${left} ${pixels(at)}h-4`;
      words.push({ text: (yLog ? powerOfTen : format)(tick), x: left - 7, y: at + 4, look: "lab-tick", anchor: "end", turned: "" });
    }
    for (const tick of this.#ticks(x, xLog, width / 70)) {
      const at = this.toX(tick);
      lines += `M${pixels(at)} ${bottom}v4`;
      words.push({ text: (xLog ? powerOfTen : format)(tick), x: at, y: bottom + 16, look: "lab-tick", anchor: "middle", turned: "" });
    }
    tell(this.#rules, "d", lines);
    words.forEach(({ text, x, y, look, anchor, turned }, i) => {
      const element = (this.#words[i] ??= svg("text", { class: look }));
      if (!element.parentNode) this.axes.append(element);
      tell(element, "text-anchor", anchor);
      tell(element, "x", pixels(x));
      tell(element, "y", pixels(y));
      if (turned) tell(element, "transform", turned);
      write(element, text);
    });
    for (const surplus of this.#words.slice(words.length)) surplus.remove();
  }

  /** @param {[number, number]} range @param {boolean | undefined} log @param {number} count */
  #ticks([low, high], log, count) {
    if (!log) return ticks(low, high, Math.max(2, count));
    const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const every = Math.max(1, Math.ceil((last - first) / Math.max(1, count)));
    const all = [];
    for (let e = first; e <= last; e += every) all.push(10 ** e);
    return all;
  }

  /** @param {number} x */
  toX(x) {
    const { left, width } = this.#box;
    return left + width * near(this.#across(x));
  }

  /** @param {number} y */
  toY(y) {
    const { top, height } = this.#box;
    return top + height * (1 - near(this.#up(y)));
  }

  /** The data under a pixel of the drawing. @param {number} px @param {number} py @returns {[number, number]} */
  fromPixel(px, py) {
    const { left, top, width, height } = this.#box;
    const inverse = (/** @type {number} */ f, /** @type {[number, number]} */ [low, high], /** @type {boolean | undefined} */ log) =>
      log ? low * (high / low) ** f : low + (high - low) * f;
    const f = (/** @type {number} */ t) => Math.min(1, Math.max(0, t));
    return [
      inverse(f((px - left) / width), this.x, this.look.xLog),
      inverse(f(1 - (py - top) / height), this.y, this.look.yLog),
    ];
  }

  /** The `d` of a line through data points. It ends at the first that is not finite, and is cut where it
   * leaves the panel, so that its direction there is right and nothing far away has to be drawn.
   * @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {number} [from] @param {number} [to] */
  line(xs, ys, from = 0, to = xs.length) {
    const { left, top, width, height } = this.#box;
    const [low, high, above, below] = [left - MARGIN, left + width + MARGIN, top - MARGIN, top + height + MARGIN];
    const [f, g] = [this.#across, this.#up];
    let d = "";
    // Whether the pen is where the last point is, and whether that point lies within the bounds.
    let [drawing, inside] = [false, false];
    let [x0, y0] = [0, 0];
    for (let i = from; i < to; i++) {
      if (!Number.isFinite(xs[i]) || !Number.isFinite(ys[i])) break;
      const x = left + width * f(xs[i]);
      const y = top + height * (1 - g(ys[i]));
      // What moves by less than can be seen adds nothing: a run that has settled stands still.
      if (i > from && i < to - 1 && Math.abs(x - x0) < TOO_CLOSE && Math.abs(y - y0) < TOO_CLOSE) continue;
      const within = x >= low && x <= high && y >= above && y <= below;
      if (i > from) {
        const [t0, t1] = inside && within ? WHOLE : cut(x0, y0, x - x0, y - y0, [low, high, above, below]);
        if (t0 <= t1) {
          if (!drawing || t0 > 0) d += `M${pixels(x0 + t0 * (x - x0))} ${pixels(y0 + t0 * (y - y0))}`;
          d += `L${pixels(x0 + t1 * (x - x0))} ${pixels(y0 + t1 * (y - y0))}`;
        }
        drawing = t0 <= t1 && t1 === 1;
      }
      inside = within;
      x0 = x;
      y0 = y;
    }
    return d;
  }

  /** The `d` of the area between two lines, up to the first value that is not finite.
   * @param {ArrayLike<number>} xs @param {ArrayLike<number>} lower @param {ArrayLike<number>} upper */
  area(xs, lower, upper) {
    let [there, back] = ["", ""];
    for (let i = 0; i < xs.length && Number.isFinite(lower[i]) && Number.isFinite(upper[i]); i++) {
      const x = pixels(this.toX(xs[i]));
      there += `${i ? "L" : "M"}${x} ${pixels(this.toY(upper[i]))}`;
      back = `L${x} ${pixels(this.toY(lower[i]))}${back}`;
    }
    return there ? `${there}${back}Z` : "";
  }

  /** The `d` of separate dots: draw it with round line ends. One that would hide the dot before it is left out.
   * @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {number} [to] */
  dots(xs, ys, to = xs.length) {
    const { left, top, width, height } = this.#box;
    const [f, g] = [this.#across, this.#up];
    let d = "";
    let [x0, y0] = [NaN, NaN];
    for (let i = 0; i < to; i++) {
      const [across, up] = [f(xs[i]), g(ys[i])];
      if (!(across > -EDGE && across < 1 + EDGE && up > -EDGE && up < 1 + EDGE)) continue;
      const [x, y] = [left + width * across, top + height * (1 - up)];
      if (Math.abs(x - x0) < TOO_CLOSE && Math.abs(y - y0) < TOO_CLOSE) continue;
      d += `M${pixels(x)} ${pixels(y)}h0`;
      [x0, y0] = [x, y];
    }
    return d;
  }

  /** Whether a data point lies in the panel or at most just outside. @param {number} x @param {number} y */
  holds(x, y) {
    const [f, g] = [this.#across(x), this.#up(y)];
    return f > -EDGE && f < 1 + EDGE && g > -EDGE && g < 1 + EDGE;
  }
}
