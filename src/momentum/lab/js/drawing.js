// SVG with one pixel a unit, so that text keeps its size on a phone; colours come from lab.css.

const NS = "http://www.w3.org/2000/svg";
/** How many pixels beyond its panel a line is still made of, under the clip. */
const MARGIN = 20;

/** @param {string} tag @param {Record<string, string | number>} attributes @param {Element} [parent]
 * @returns {SVGElement} */
export function svg(tag, attributes = {}, parent) {
  const element = /** @type {SVGElement} */ (document.createElementNS(NS, tag));
  for (const [name, text] of Object.entries(attributes)) element.setAttribute(name, String(text));
  parent?.append(element);
  return element;
}

/** @param {string} tag @param {Record<string, string>} attributes @param {Element} [parent] @param {string} [text]
 * @returns {HTMLElement} */
export function html(tag, attributes = {}, parent, text) {
  const element = document.createElement(tag);
  for (const [name, each] of Object.entries(attributes)) element.setAttribute(name, each);
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
}

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

/** A range around values, a little wider. @param {number[]} values @returns {[number, number]} */
export function widened(values) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  const margin = 0.06 * (high - low) || 1;
  return [low - margin, high + margin];
}

/** Move a circle. @param {SVGElement} circle @param {number} x @param {number} y */
export function put(circle, x, y) {
  circle.setAttribute("cx", x.toFixed(1));
  circle.setAttribute("cy", y.toFixed(1));
}

/** Name the lines of a panel in its upper right corner. @param {SVGElement} legend @param {Panel} panel
 * @param {[string, string][]} entries pairs of words and class @param {string} [band] the class of areas below the lines */
export function name(legend, panel, entries, band) {
  legend.replaceChildren();
  const { left, top, width } = panel.box;
  const widest = 8 * Math.max(...entries.map(([words]) => words.length));
  entries.forEach(([words, style], i) => {
    const [x, y] = [left + width - widest - 30, top + 6 + 15 * i];
    if (band) svg("rect", { class: `${band} ${style}`, x, y, width: 24, height: 7 }, legend);
    svg("line", { class: `lab-curve ${style}`, x1: x, x2: x + 24, y1: y, y2: y }, legend);
    svg("text", { class: "lab-label", x: x + 30, y: y + 4 }, legend).textContent = words;
  });
}

/** A place far outside becomes one just outside: SVG loses its way beyond some thousand pixels.
 * @param {number} f */
const near = (f) => Math.min(3, Math.max(-2, f));

/**
 * One panel with axes. Data beyond its box is cut off at the box, never drawn over the page.
 */
export class Panel {
  #box = { left: 54, top: 8, width: 100, height: 100 };
  #clip;

  /** @param {SVGElement} parent @param {{xLabel: string, yLabel: string, xLog?: boolean, yLog?: boolean}} look */
  constructor(parent, look) {
    this.look = look;
    this.root = svg("g", { class: "lab-panel" }, parent);
    this.axes = svg("g", { class: "lab-axes" }, this.root);
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
      for (const rect of [this.#clip, this.surface]) rect.setAttribute(name, String(each));
  }

  get box() {
    return this.#box;
  }

  /** Set the ranges and draw the axes. @param {[number, number]} x @param {[number, number]} y */
  range(x, y) {
    this.x = x;
    this.y = y;
    const { left, top, width, height } = this.#box;
    this.axes.replaceChildren();
    const line = (/** @type {Record<string, number>} */ at) => svg("line", at, this.axes);
    const text = (/** @type {string} */ words, /** @type {Record<string, string | number>} */ at) => {
      svg("text", at, this.axes).textContent = words;
    };
    line({ x1: left, x2: left + width, y1: top + height, y2: top + height });
    line({ x1: left, x2: left, y1: top, y2: top + height });
    for (const tick of this.#ticks(x, this.look.xLog, width / 70)) {
      const at = this.toX(tick);
      line({ x1: at, x2: at, y1: top + height, y2: top + height + 4 });
      text((this.look.xLog ? powerOfTen : format)(tick), { x: at, y: top + height + 16, "text-anchor": "middle" });
    }
    for (const tick of this.#ticks(y, this.look.yLog, height / 40)) {
      const at = this.toY(tick);
      line({ x1: left - 4, x2: left, y1: at, y2: at });
      text((this.look.yLog ? powerOfTen : format)(tick), { x: left - 7, y: at + 4, "text-anchor": "end" });
    }
    text(this.look.xLabel, { x: left + width / 2, y: top + height + 33, "text-anchor": "middle", class: "lab-axis-label" });
    text(this.look.yLabel, {
      x: 0, y: 0, "text-anchor": "middle", class: "lab-axis-label",
      transform: `translate(${left - 43} ${top + height / 2}) rotate(-90)`,
    });
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
    return left + width * near(Panel.#fraction(x, this.x, this.look.xLog));
  }

  /** @param {number} y */
  toY(y) {
    const { top, height } = this.#box;
    return top + height * (1 - near(Panel.#fraction(y, this.y, this.look.yLog)));
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

  /** @param {number} value @param {[number, number]} range @param {boolean | undefined} log */
  static #fraction(value, [low, high], log) {
    const f = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    // Nothing, and what has no logarithm, lies far below; no number gets too large to reckon with.
    return Number.isNaN(f) ? -1e6 : Math.min(1e6, Math.max(-1e6, f));
  }

  /** The `d` of a line through data points. It ends at the first that is not finite, and is cut where it
   * leaves the panel, so that its direction there is right and nothing far away has to be drawn.
   * @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {number} [from] @param {number} [to] */
  line(xs, ys, from = 0, to = xs.length) {
    const { left, top, width, height } = this.#box;
    const bounds = [left - MARGIN, left + width + MARGIN, top - MARGIN, top + height + MARGIN];
    let d = "";
    let drawing = false;
    let [x0, y0] = [0, 0];
    for (let i = from; i < to; i++) {
      if (!Number.isFinite(xs[i]) || !Number.isFinite(ys[i])) break;
      const x = left + width * Panel.#fraction(xs[i], this.x, this.look.xLog);
      const y = top + height * (1 - Panel.#fraction(ys[i], this.y, this.look.yLog));
      if (i > from) {
        const [t0, t1] = cut(x0, y0, x - x0, y - y0, bounds);
        if (t0 <= t1) {
          if (!drawing || t0 > 0) d += `M${tenth(x0 + t0 * (x - x0))} ${tenth(y0 + t0 * (y - y0))}`;
          d += `L${tenth(x0 + t1 * (x - x0))} ${tenth(y0 + t1 * (y - y0))}`;
        }
        drawing = t0 <= t1 && t1 === 1;
      }
      [x0, y0] = [x, y];
    }
    return d;
  }

  /** The `d` of the area between two lines, up to the first value that is not finite.
   * @param {ArrayLike<number>} xs @param {ArrayLike<number>} lower @param {ArrayLike<number>} upper */
  area(xs, lower, upper) {
    let [there, back] = ["", ""];
    for (let i = 0; i < xs.length && Number.isFinite(lower[i]) && Number.isFinite(upper[i]); i++) {
      const x = tenth(this.toX(xs[i]));
      there += `${i ? "L" : "M"}${x} ${tenth(this.toY(upper[i]))}`;
      back = `L${x} ${tenth(this.toY(lower[i]))}${back}`;
    }
    return there ? `${there}${back}Z` : "";
  }

  /** The `d` of separate dots: draw it with round line ends.
   * @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {number} [to] */
  dots(xs, ys, to = xs.length) {
    let d = "";
    for (let i = 0; i < to; i++) if (this.holds(xs[i], ys[i])) d += `M${tenth(this.toX(xs[i]))} ${tenth(this.toY(ys[i]))}h0`;
    return d;
  }

  /** Whether a data point lies in the panel or at most just outside. @param {number} x @param {number} y */
  holds(x, y) {
    const [f, g] = [Panel.#fraction(x, this.x, this.look.xLog), Panel.#fraction(y, this.y, this.look.yLog)];
    return f > -0.05 && f < 1.05 && g > -0.05 && g < 1.05;
  }
}

/** The part [t0, t1] of a segment that lies within bounds, by Liang and Barsky; t0 > t1 if none does.
 * @param {number} x @param {number} y @param {number} dx @param {number} dy @param {number[]} bounds
 * @returns {[number, number]} */
function cut(x, y, dx, dy, [left, right, top, bottom]) {
  let [t0, t1] = [0, 1];
  for (const [step, room] of [[-dx, x - left], [dx, right - x], [-dy, y - top], [dy, bottom - y]]) {
    if (step === 0 && room < 0) return [1, 0];
    if (step < 0) t0 = Math.max(t0, room / step);
    if (step > 0) t1 = Math.min(t1, room / step);
  }
  return [t0, t1];
}

/** @param {number} x */
const tenth = (x) => Math.round(x * 10) / 10;
