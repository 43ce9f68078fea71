// What every lab has: a drawing that fits its column, controls, the result in words, reset, a link to
// the state, and an animation that knows when to stop.

import { button } from "./controls.js";
import { html, svg, write } from "./writing.js";

/** @typedef {import("./controls.js").Model} Model */

/**
 * @typedef {object} Parts what a lab hands over
 * @property {string} title
 * @property {string[]} traits the traits that make up the state, in the order of the link
 * @property {number} aspect height of the drawing over its width, on a wide column
 * @property {number} narrowAspect the same on a phone, where panels stand below each other
 * @property {(shell: Shell) => void} draw draws everything from the model; called at most once a frame
 * @property {(shell: Shell) => string} describe the result in words
 */

export class Shell {
  /** @type {(() => void)[]} */ #undo = [];
  #frame = 0;
  #quiet = 0;
  #later = 0;
  #animation = 0;
  #seen = true;
  #parts;

  /** @param {{model: Model, el: HTMLElement, signal?: AbortSignal}} context @param {Parts} parts */
  constructor({ model, el }, parts) {
    this.model = model;
    this.#parts = parts;
    /** @type {Record<string, any>} */
    this.initial = Object.fromEntries(parts.traits.map((trait) => [trait, model.get(trait)]));
    this.root = html("div", { class: "lab", role: "group", "aria-label": parts.title }, el);
    this.svg = svg("svg", { class: "lab-drawing", "aria-hidden": "true" }, undefined);
    this.root.append(this.svg);
    this.controls = html("div", { class: "lab-controls" }, this.root);
    this.buttons = html("div", { class: "lab-buttons" }, this.root);
    this.words = html("p", { class: "lab-words", role: "status", "aria-live": "polite" }, this.root);
    this.width = 0;
    this.height = 0;
  }

  /** Start: after the lab has added its panels and controls. */
  start() {
    const { model } = this;
    button("Reset", this.buttons, () => this.reset());
    if (this.root.closest("[data-widget-state]")) button("Link to this state", this.buttons, () => this.#link());
    // JupyterLab's shortcuts would take the arrow keys from a slider, and Enter from a button.
    for (const each of this.root.querySelectorAll("input, select, button, [tabindex]"))
      each.setAttribute("data-lm-suppress-shortcuts", "true");
    for (const trait of this.#parts.traits) {
      const changed = () => this.redraw();
      model.on(`change:${trait}`, changed);
      this.#undo.push(() => model.off(`change:${trait}`, changed));
    }
    const resized = new ResizeObserver(() => this.#fit());
    resized.observe(this.root);
    const watched = new IntersectionObserver((entries) => {
      this.#seen = entries[entries.length - 1].isIntersecting;
      if (this.#seen) this.redraw();
      else this.stop();
    });
    watched.observe(this.root);
    const hidden = () => document.hidden && this.stop();
    document.addEventListener("visibilitychange", hidden);
    this.#undo.push(() => resized.disconnect(), () => watched.disconnect());
    this.#undo.push(() => document.removeEventListener("visibilitychange", hidden));
    this.#restore();
    this.#fit();
    write(this.words, this.#parts.describe(this));
    return () => this.dispose();
  }


  dispose() {
    this.stop();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#quiet);
    clearTimeout(this.#later);
    for (const undo of this.#undo) undo();
    this.root.remove();
  }

  /** Draw before the next frame is painted, however many traits change until then. */
  redraw() {
    if (!this.#frame)
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        if (this.width) this.#parts.draw(this);
      });
    // A screen reader hears the end of a movement, not each step of it.
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      write(this.words, this.#parts.describe(this));
    }, 1000);
  }

  /** Work that no frame shall wait for: asked for by `draw`, it begins when the frame is painted.
   * @param {() => void} task */
  afterwards(task) {
    clearTimeout(this.#later);
    this.#later = setTimeout(task);
  }

  #fit() {
    const width = Math.round(this.root.clientWidth);
    if (!width || width === this.width) return;
    this.width = width;
    const { aspect, narrowAspect } = this.#parts;
    this.height = Math.round(width * (this.narrow ? narrowAspect : aspect));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("height", String(this.height));
    this.#parts.draw(this);
  }

  get narrow() {
    return this.width < 480;
  }

  // Animation

  get calm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  get moving() {
    return this.#animation !== 0;
  }

  /** Call `tick` with the seconds since the last frame until it returns false or the lab is out of sight.
   * @param {(seconds: number) => boolean} tick @param {() => void} [ended] */
  animate(tick, ended) {
    this.stop();
    this.ended = ended;
    let last = performance.now();
    const step = (/** @type {number} */ now) => {
      // A frame may have begun before the press that asked for it: time does not run backwards.
      const goes = tick(Math.min(0.1, Math.max(0, (now - last) / 1000)));
      last = now;
      this.#parts.draw(this);
      if (goes) this.#animation = requestAnimationFrame(step);
      else this.stop();
    };
    this.#animation = requestAnimationFrame(step);
  }

  /** @type {(() => void) | undefined} */ ended;

  stop() {
    if (!this.#animation) return;
    cancelAnimationFrame(this.#animation);
    this.#animation = 0;
    const { ended } = this;
    this.ended = undefined;
    ended?.();
    this.redraw();
  }

  /** A button that counts a trait up, update by update, and pauses.
   * @param {string} words @param {string} trait @param {number} last @param {number} rate updates a second */
  player(words, trait, last, rate) {
    const { model } = this;
    const press = button(words, this.buttons, () => {
      if (this.moving) return this.stop();
      // With reduced motion nothing moves: it stands at the end at once.
      let clock = this.calm ? last : model.get(trait) >= last ? 0 : model.get(trait);
      press.textContent = "Pause";
      const tick = (/** @type {number} */ seconds) => {
        clock = Math.min(last, clock + seconds * rate);
        model.set(trait, Math.floor(clock));
        return clock < last;
      };
      this.animate(tick, () => {
        press.textContent = words;
        model.save_changes();
      });
    });
    button("One update", this.buttons, () => {
      this.stop();
      model.set(trait, Math.min(last, model.get(trait) + 1));
      model.save_changes();
    });
  }

  // State

  reset() {
    this.stop();
    for (const [trait, value] of Object.entries(this.initial)) this.model.set(trait, value);
    this.model.save_changes();
    this.redraw();
  }

  /** The part of the address that names this lab. */
  get #key() {
    return `lab-${this.model.get("name")}`;
  }

  #link() {
    const state = this.#parts.traits.map(
      (trait) => `${trait}=${encodeURIComponent(JSON.stringify(this.model.get(trait)))}`,
    );
    history.replaceState(null, "", `#${this.#key}?${state.join("&")}`);
    navigator.clipboard?.writeText(location.href).catch(() => {});
    // Said again when it is asked for again.
    write(this.words, "");
    write(this.words, "The address of this page now holds the state; it was copied where the browser allows.");
  }

  #restore() {
    const [key, query] = location.hash.slice(1).split("?");
    if (key !== this.#key || !query) return;
    for (const pair of query.split("&")) {
      const [trait, text] = pair.split("=");
      if (!this.#parts.traits.includes(trait)) continue;
      try {
        const value = JSON.parse(decodeURIComponent(text));
        // A state that somebody mistyped must not break the lab: only what the trait may be counts.
        if (fits(value, this.model.get("allowed")[trait])) this.model.set(trait, value);
      } catch {
        continue;
      }
    }
    this.model.save_changes();
    this.root.scrollIntoView({ block: "center" });
  }
}

/**
 * @typedef {object} Allowed what a trait may be, as momentum/lab/base.py tells
 * @property {unknown[]} [options] one of these
 * @property {boolean} [whole] else a number, whole or not,
 * @property {number} [min]
 * @property {number} [max]
 * @property {Allowed} [each] else a list of such
 * @property {number} [least]
 * @property {number} [most]
 */

/** Whether a trait may have a value. @param {any} value @param {Allowed} allowed @returns {boolean} */
function fits(value, { options, each, least = 0, most = Infinity, whole, min = -Infinity, max = Infinity }) {
  if (options) return options.includes(value);
  if (each)
    return Array.isArray(value) && value.length >= least && value.length <= most && value.every((one) => fits(one, each));
  return Number.isFinite(value) && (!whole || Number.isInteger(value)) && value >= min && value <= max;
}
