// Real form controls, each bound to one trait of the model: drag it, type it, or use the keys.

import { html, tell } from "./writing.js";

/** @typedef {{get: (name: string) => any, set: (name: string, value: any) => void, save_changes: () => void,
 *   on: (names: string, call: () => void) => void, off: (names: string, call: () => void) => void}} Model */

/**
 * @typedef {object} SliderLook
 * @property {string} label what a screen reader says, with the symbol
 * @property {number} min
 * @property {number} max
 * @property {"linear" | "log" | "one-minus-log"} [scale] one-minus-log: even steps of log(1 - value)
 * @property {string} [unit]
 * @property {number} [digits] significant digits that a drag asks for
 * @property {number} [index] which entry, where the trait is a list
 * @property {boolean} [whole] whole numbers only
 * @property {() => [number, number]} [limits] the range, where it depends on the state
 * @property {string[]} [after] the traits that `limits` depends on
 */

let made = 0;

const STOPS = 400;

/** @param {SliderLook} look */
export function scaleOf({ min, max, scale = "linear", whole = false }) {
  const low = scale === "one-minus-log" ? Math.log(1 - max) : scale === "log" ? Math.log(min) : min;
  const high = scale === "one-minus-log" ? Math.log(1 - min) : scale === "log" ? Math.log(max) : max;
  const stops = whole ? max - min : STOPS;
  return {
    stops,
    /** @param {number} value */
    toStop(value) {
      const x = scale === "one-minus-log" ? Math.log(1 - value) : scale === "log" ? Math.log(value) : value;
      const f = (x - low) / (high - low);
      return Math.round(stops * (scale === "one-minus-log" ? 1 - f : f));
    },
    /** @param {number} stop */
    fromStop(stop) {
      const f = scale === "one-minus-log" ? 1 - stop / stops : stop / stops;
      const x = low + (high - low) * f;
      if (stop <= 0) return min;
      if (stop >= stops) return max;
      if (whole) return min + stop;
      return scale === "one-minus-log" ? 1 - Math.exp(x) : scale === "log" ? Math.exp(x) : x;
    },
    /** A short number at this stop: one that falls back to the stop before it would hold the arrow keys there.
     * @param {number} stop @param {number} digits */
    neat(stop, digits) {
      const exact = this.fromStop(stop);
      for (let d = digits; d < 12; d++) if (this.toStop(rounded(exact, d)) === stop) return rounded(exact, d);
      return exact;
    },
  };
}

/** @param {number} x @param {number} digits */
const rounded = (x, digits) => Number(x.toPrecision(digits));

/** A slider with a box for typing the value. @param {Model} model @param {string} trait @param {SliderLook} look
 * @param {Element} parent */
export function slider(model, trait, look, parent) {
  const { label, unit = "", digits = 3, index, whole = false, after = [] } = look;
  /** @type {() => [number, number]} */ const limits = look.limits ?? (() => [look.min, look.max]);
  const scale = () => {
    const [min, max] = limits();
    return { min, max, ...scaleOf({ ...look, min, max }) };
  };
  const id = `lab-control-${++made}`;
  const row = html("div", { class: "lab-row" }, parent);
  html("label", { for: id }, row, label);
  const range = /** @type {HTMLInputElement} */ (
    html("input", { type: "range", id, min: "0", step: "1", "data-trait": trait }, row)
  );
  const box = /** @type {HTMLInputElement} */ (
    html("input", { type: "number", step: "any", "aria-label": `${label}, typed`, "data-trait": trait }, row)
  );
  /** @type {[number, number, number] | undefined} what stands there */ let shown;
  const show = () => {
    const value = index === undefined ? model.get(trait) : model.get(trait)[index];
    // A list may have become shorter: then the lab hides the slider.
    if (value === undefined) return;
    const [least, most] = limits();
    // Of a list only one number has changed, most often.
    if (shown && shown[0] === value && shown[1] === least && shown[2] === most) return;
    shown = [value, least, most];
    const { min, max, stops, toStop } = scale();
    const text = String(rounded(value, Math.max(digits, 5)));
    tell(range, "max", stops);
    const stop = String(toStop(value));
    if (range.value !== stop) range.value = stop;
    tell(range, "aria-valuetext", `${text}${unit ? ` ${unit}` : ""}`);
    tell(box, "min", min);
    tell(box, "max", max);
    if (document.activeElement === box) shown = undefined;
    else if (box.value !== text) box.value = text;
  };
  const write = (/** @type {number} */ value) => {
    model.set(trait, index === undefined ? value : model.get(trait).with(index, value));
    model.save_changes();
  };
  range.addEventListener("input", () => write(scale().neat(Number(range.value), digits)));
  box.addEventListener("change", () => {
    const { min, max } = scale();
    const typed = Number(box.value);
    const fits = box.value !== "" && Number.isFinite(typed) && typed >= min && typed <= max && !(whole && typed % 1);
    box.setCustomValidity(fits ? "" : `a ${whole ? "whole " : ""}number between ${min} and ${max}`);
    box.reportValidity();
    if (fits) write(typed);
  });
  box.addEventListener("blur", () => {
    shown = undefined;
    show();
  });
  for (const each of [trait, ...after]) model.on(`change:${each}`, show);
  show();
  return () => {
    for (const each of [trait, ...after]) model.off(`change:${each}`, show);
  };
}

/** One of several, by name. @param {Model} model @param {string} trait @param {string} label
 * @param {[string, string][]} options pairs of value and words @param {Element} parent
 * @param {() => void} [chosen] sets what goes with a reader's choice, before all of it is told */
export function choice(model, trait, label, options, parent, chosen) {
  const id = `lab-control-${++made}`;
  const row = html("div", { class: "lab-row lab-row-choice" }, parent);
  html("label", { for: id }, row, label);
  const select = /** @type {HTMLSelectElement} */ (html("select", { id, "data-trait": trait }, row));
  for (const [value, words] of options) html("option", { value }, select, words);
  const show = () => {
    select.value = model.get(trait);
  };
  select.addEventListener("change", () => {
    model.set(trait, select.value);
    chosen?.();
    model.save_changes();
  });
  model.on(`change:${trait}`, show);
  show();
  return () => model.off(`change:${trait}`, show);
}

/** Some of several: the trait is the list of those that are on, in the order of the options.
 * @param {Model} model @param {string} trait @param {string} label
 * @param {[string, string][]} options pairs of value and words @param {Element} parent */
export function several(model, trait, label, options, parent) {
  const group = html("fieldset", { class: "lab-several" }, parent);
  html("legend", {}, group, label);
  const boxes = options.map(([value, words]) => {
    const line = html("label", { class: `lab-method lab-method-${value}` }, group);
    const box = /** @type {HTMLInputElement} */ (html("input", { type: "checkbox", value, "data-trait": trait }, line));
    line.append(words);
    box.addEventListener("change", () => {
      model.set(trait, boxes.filter((each) => each.checked).map((each) => each.value));
      model.save_changes();
    });
    return box;
  });
  const show = () => {
    for (const box of boxes) box.checked = model.get(trait).includes(box.value);
  };
  model.on(`change:${trait}`, show);
  show();
  return () => model.off(`change:${trait}`, show);
}

/** On or off. @param {Model} model @param {string} trait @param {string} label @param {Element} parent */
export function toggle(model, trait, label, parent) {
  const line = html("label", { class: "lab-toggle" }, parent);
  const box = /** @type {HTMLInputElement} */ (html("input", { type: "checkbox", "data-trait": trait }, line));
  line.append(label);
  const show = () => {
    box.checked = model.get(trait);
  };
  box.addEventListener("change", () => {
    model.set(trait, box.checked);
    model.save_changes();
  });
  model.on(`change:${trait}`, show);
  show();
  return () => model.off(`change:${trait}`, show);
}

/** @param {string} words @param {Element} parent @param {() => void} press */
export function button(words, parent, press) {
  const element = /** @type {HTMLButtonElement} */ (html("button", { type: "button" }, parent, words));
  element.addEventListener("click", press);
  return element;
}

/** Let a pointer move something on the drawing: `moved` gets pixels of the drawing.
 * @param {SVGElement} area @param {(x: number, y: number) => void} moved
 * @param {(x: number, y: number) => void} [began] told first, where the pointer goes down */
export function draggable(area, moved, began) {
  area.classList.add("lab-draggable");
  const tell = (/** @type {MouseEvent} */ event, call = moved) => {
    const frame = (area.ownerSVGElement ?? area).getBoundingClientRect();
    call(event.clientX - frame.left, event.clientY - frame.top);
  };
  area.addEventListener("pointerdown", (event) => {
    area.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (began) tell(event, began);
    tell(event);
  });
  area.addEventListener("pointermove", (event) => {
    if (area.hasPointerCapture(event.pointerId)) tell(event);
  });
  // The style `touch-action` does not keep the page from scrolling under a finger on a mark of a drawing.
  area.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
}

/** Tell where a panel is clicked or tapped. Unlike a drag, that leaves a finger free to scroll the page.
 * @param {SVGElement} area @param {(x: number, y: number) => void} chosen */
export function clickable(area, chosen) {
  area.addEventListener("click", (event) => {
    const frame = (area.ownerSVGElement ?? area).getBoundingClientRect();
    chosen(event.clientX - frame.left, event.clientY - frame.top);
  });
}
