// Real form controls, each bound to one trait of the model: drag it, type it, or use the keys.

import { html } from "./drawing.js";

/** @typedef {{get: (name: string) => any, set: (name: string, value: any) => void, save_changes: () => void,
 *   on: (names: string, call: () => void) => void, off: (names: string, call: () => void) => void}} Model */

/**
 * @typedef {object} SliderLook
 * @property {string} label what a screen reader says, with the symbol
 * @property {number} min
 * @property {number} max
 * @property {"linear" | "log" | "one-minus-log"} [scale] one-minus-log: even steps of log(1 - value)
 * @property {string} [unit]
 * @property {number} [digits] significant digits of what is shown
 */

let made = 0;

const STOPS = 400;

/** @param {SliderLook} look */
export function scaleOf({ min, max, scale = "linear" }) {
  const low = scale === "one-minus-log" ? Math.log(1 - max) : scale === "log" ? Math.log(min) : min;
  const high = scale === "one-minus-log" ? Math.log(1 - min) : scale === "log" ? Math.log(max) : max;
  return {
    /** @param {number} value */
    toStop(value) {
      const x = scale === "one-minus-log" ? Math.log(1 - value) : scale === "log" ? Math.log(value) : value;
      const f = (x - low) / (high - low);
      return Math.round(STOPS * (scale === "one-minus-log" ? 1 - f : f));
    },
    /** @param {number} stop */
    fromStop(stop) {
      const f = scale === "one-minus-log" ? 1 - stop / STOPS : stop / STOPS;
      const x = low + (high - low) * f;
      if (stop <= 0) return min;
      if (stop >= STOPS) return max;
      return scale === "one-minus-log" ? 1 - Math.exp(x) : scale === "log" ? Math.exp(x) : x;
    },
  };
}

/** @param {number} x @param {number} digits */
const rounded = (x, digits) => Number(x.toPrecision(digits));

/** A slider with a box for typing the value. @param {Model} model @param {string} trait @param {SliderLook} look
 * @param {Element} parent */
export function slider(model, trait, look, parent) {
  const { label, min, max, unit = "", digits = 3 } = look;
  const { toStop, fromStop } = scaleOf(look);
  const id = `lab-control-${++made}`;
  const row = html("div", { class: "lab-row" }, parent);
  html("label", { for: id }, row, label);
  const range = /** @type {HTMLInputElement} */ (
    html("input", { type: "range", id, min: "0", max: String(STOPS), step: "1", "data-trait": trait }, row)
  );
  const box = /** @type {HTMLInputElement} */ (
    html("input", {
      type: "number", step: "any", min: String(min), max: String(max), "aria-label": `${label}, typed`, "data-trait": trait,
    }, row)
  );
  const show = () => {
    const value = model.get(trait);
    const shown = rounded(value, digits);
    range.value = String(toStop(value));
    range.setAttribute("aria-valuetext", `${shown}${unit ? ` ${unit}` : ""}`);
    if (document.activeElement !== box) box.value = String(shown);
  };
  const write = (/** @type {number} */ value) => {
    model.set(trait, value);
    model.save_changes();
  };
  range.addEventListener("input", () => write(rounded(fromStop(Number(range.value)), digits)));
  box.addEventListener("change", () => {
    const typed = Number(box.value);
    const fits = box.value !== "" && Number.isFinite(typed) && typed >= min && typed <= max;
    box.setCustomValidity(fits ? "" : `between ${min} and ${max}`);
    box.reportValidity();
    if (fits) write(typed);
  });
  box.addEventListener("blur", show);
  model.on(`change:${trait}`, show);
  show();
  return () => model.off(`change:${trait}`, show);
}

/** One of several, by name. @param {Model} model @param {string} trait @param {string} label
 * @param {[string, string][]} options pairs of value and words @param {Element} parent */
export function choice(model, trait, label, options, parent) {
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
 * @param {SVGElement} area @param {(x: number, y: number) => void} moved */
export function draggable(area, moved) {
  area.classList.add("lab-draggable");
  const tell = (/** @type {PointerEvent} */ event) => {
    const frame = (area.ownerSVGElement ?? area).getBoundingClientRect();
    moved(event.clientX - frame.left, event.clientY - frame.top);
  };
  area.addEventListener("pointerdown", (event) => {
    area.setPointerCapture(event.pointerId);
    event.preventDefault();
    tell(event);
  });
  area.addEventListener("pointermove", (event) => {
    if (area.hasPointerCapture(event.pointerId)) tell(event);
  });
}
