// A widget's state on a page without a kernel: the part of Jupyter's model that widget code may use.

/** @typedef {(...details: any[]) => void} Callback */
/** @typedef {{name: string, callback: Callback, context: unknown}} Listener */

/**
 * Say whether two values are the same, looking into lists, objects and bytes as Jupyter does.
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
export function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (ArrayBuffer.isView(a)) return sameBytes(bytes(a), bytes(b));
  if (a instanceof ArrayBuffer) return sameBytes(new Uint8Array(a), new Uint8Array(b));
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name]));
}

/** @param {ArrayBufferView} view */
function bytes(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** State, and those who want to hear when it changes. */
export class Model {
  /** @type {Record<string, any>} */
  #state;
  /** @type {Listener[]} */
  #listeners = [];
  #depth = 0;
  #changed = false;

  /** @param {Record<string, any>} state */
  constructor(state) {
    this.#state = state;
  }

  /** @param {string} name */
  get(name) {
    return this.#state[name];
  }

  /**
   * Set one value by name, or several, and tell first who listens to each, then who listens to any.
   * @param {string | Record<string, any>} name
   * @param {unknown} [value]
   */
  set(name, value) {
    const values = typeof name === "string" ? { [name]: value } : name;
    const changed = Object.keys(values).filter((key) => !same(this.#state[key], values[key]));
    for (const key of changed) this.#state[key] = values[key];
    this.#changed ||= changed.length > 0;
    this.#depth += 1;
    try {
      for (const key of changed) this.#tell(`change:${key}`, this, this.#state[key]);
      // A listener may have set more: "change" is said when all is settled, by the outermost call.
      while (this.#depth === 1 && this.#changed) {
        this.#changed = false;
        this.#tell("change", this);
      }
    } finally {
      this.#depth -= 1;
    }
  }

  /**
   * @param {string} names one event or several, with spaces between them
   * @param {Callback} callback
   * @param {unknown} [context] whose the listener is
   */
  on(names, callback, context) {
    for (const name of names.split(/\s+/)) this.#listeners.push({ name, callback, context });
  }

  /**
   * Remove the listeners that fit all that is given.
   * @param {string | null} [names]
   * @param {Callback | null} [callback]
   * @param {unknown} [context]
   */
  off(names, callback, context) {
    const wanted = names?.split(/\s+/);
    this.#listeners = this.#listeners.filter(
      (listener) =>
        (wanted && !wanted.includes(listener.name)) ||
        (callback && callback !== listener.callback) ||
        (context && context !== listener.context),
    );
  }

  /**
   * @param {string} name
   * @param {unknown[]} details
   */
  #tell(name, ...details) {
    for (const listener of this.#listeners.filter((one) => one.name === name)) listener.callback(...details);
  }

  /**
   * Return the model as one piece of widget code sees it. Its listeners go when the signal says so.
   * @param {AbortSignal} signal
   * @param {{get_model: (reference: string) => Promise<unknown>}} manager
   */
  face(signal, manager) {
    const context = Symbol("face");
    signal.addEventListener("abort", () => this.off(null, null, context));
    return {
      get: this.get.bind(this),
      set: this.set.bind(this),
      /** @type {(names: string, callback: Callback) => void} */
      on: (names, callback) => this.on(names, callback, context),
      /** @type {(names?: string | null, callback?: Callback | null) => void} */
      off: (names, callback) => this.off(names, callback, context),
      // There is no kernel to tell.
      save_changes() {},
      send() {},
      widget_manager: manager,
    };
  }
}
