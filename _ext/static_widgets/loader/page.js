// The widgets of a page: their models, the links between them, their code and their views.

import { Model } from "./model.js";

/**
 * @typedef {object} Definition a model, as state.py writes it
 * @property {Record<string, any>} state
 * @property {string} [code] the file of its code
 * @property {"row" | "column"} [box] how a box lays out its children
 * @property {string[]} [children] their names
 * @property {{path: (string | number)[], data: string}[]} [buffers] bytes in base64, and where they belong
 */
/** @typedef {{source: [string, string], target: [string, string], both: boolean}} Link */
/** @typedef {{models: Record<string, Definition>, links: Link[]}} Data */
/** @typedef {{initialize?: (props: object) => unknown, render?: (props: object) => unknown}} Widget */
/** @typedef {{widget: Widget, exports: unknown}} Running */
/** @typedef {(element: Element, error: unknown) => void} Report */

/** The widget can run nowhere but in a notebook. */
export class NeedsKernel extends Error {}

/** @param {string} reference as in "anywidget:w1" or "IPY_MODEL_w1" */
function nameIn(reference) {
  return String(reference).replace(/^(IPY_MODEL_|anywidget:)/, "");
}

/**
 * Put the bytes of a definition into its state, as Jupyter does.
 * @param {Definition} definition
 */
function stateOf({ state, buffers = [] }) {
  for (const { path, data } of buffers) {
    /** @type {any} */
    let target = state;
    for (const key of path.slice(0, -1)) target = target[key];
    const view = new DataView(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)).buffer);
    target[/** @type {string | number} */ (path.at(-1))] = view;
  }
  return state;
}

/** What runs the widgets of one page. */
export class Page {
  /** @type {Record<string, Definition>} */
  #definitions;
  /** @type {Map<string, Model>} */
  #models = new Map();
  /** @type {Map<string, Promise<Running>>} */
  #running = new Map();
  /** @type {Map<string, string[]>} */
  #neighbours = new Map();
  #life = new AbortController();
  #folder;
  #report;

  /**
   * @param {Data} data
   * @param {string} folder where the widgets' code lies
   * @param {Report} report told of what a part of a box could not do
   */
  constructor({ models, links }, folder, report) {
    this.#definitions = models;
    this.#folder = folder;
    this.#report = report;
    for (const [name, definition] of Object.entries(models)) {
      this.#models.set(name, new Model(stateOf(definition)));
    }
    for (const { source, target, both } of links) {
      this.#link(source, target);
      if (both) this.#link(target, source, false);
    }
  }

  /**
   * Let one trait follow another.
   * @param {[string, string]} source
   * @param {[string, string]} target
   * @param {boolean} [now] whether it also does so at once
   */
  #link([source, from], [target, to], now = true) {
    const [giver, taker] = [this.#models.get(source), this.#models.get(target)];
    if (!giver || !taker) return;
    const pass = () => taker.set(to, giver.get(from));
    giver.on(`change:${from}`, pass);
    if (now) pass();
    for (const [one, other] of [[source, target], [target, source]]) {
      this.#neighbours.set(one, [...(this.#neighbours.get(one) ?? []), other]);
    }
  }

  /** @param {string} name */
  #model(name) {
    const model = this.#models.get(name);
    if (!model) throw new NeedsKernel(`The page has no state of the widget ${name}.`);
    return model;
  }

  /**
   * Load a widget's code and initialize it, once for all its views.
   * @param {string} name
   * @returns {Promise<Running>}
   */
  run(name) {
    const known = this.#running.get(name);
    if (known) return known;
    const started = this.#start(name);
    this.#running.set(name, started);
    // A linked widget may compute without being shown.
    for (const other of this.#neighbours.get(name) ?? []) {
      this.run(other).catch((error) => error instanceof NeedsKernel || console.error("[static-widgets]", error));
    }
    return started;
  }

  /**
   * @param {string} name
   * @returns {Promise<Running>}
   */
  async #start(name) {
    const model = this.#model(name);
    const { code } = this.#definitions[name];
    if (!code) throw new NeedsKernel(`The widget ${name} has no code that a page could run.`);
    const module = await import(new URL(code, this.#folder).href);
    /** @type {Widget} */
    const widget = typeof module.default === "function" ? await module.default() : (module.default ?? module);
    const signal = this.#life.signal;
    const result = await widget.initialize?.({
      model: model.face(signal, this.#manager(signal)),
      signal,
      experimental: this.#experimental,
    });
    onAbort(signal, result);
    return { widget, exports: typeof result === "object" ? (result ?? undefined) : undefined };
  }

  /**
   * Show a widget in an element, until the signal.
   * @param {string} name
   * @param {HTMLElement} element
   * @param {AbortSignal} signal
   */
  async view(name, element, signal) {
    const model = this.#model(name);
    const { box, children = [], state } = this.#definitions[name];
    element.classList.add(...(state._dom_classes ?? []));
    if (box) return this.#fill(element, box, children, signal);
    const { widget } = await this.run(name);
    signal.throwIfAborted();
    const cleanup = await widget.render?.({
      model: model.face(signal, this.#manager(signal)),
      el: element,
      signal,
      host: this.#host(signal),
      experimental: this.#experimental,
    });
    onAbort(signal, cleanup);
  }

  /**
   * Show the children of a box. One that cannot be shown leaves its reason in its place.
   * @param {HTMLElement} element
   * @param {"row" | "column"} direction
   * @param {string[]} children
   * @param {AbortSignal} signal
   */
  async #fill(element, direction, children, signal) {
    element.classList.add("static-widget-box", `static-widget-${direction}`);
    const parts = children.map((name) => ({ name, part: document.createElement("div") }));
    element.append(...parts.map(({ part }) => part));
    const shown = await Promise.allSettled(parts.map(({ name, part }) => this.view(name, part, signal)));
    const failed = shown.flatMap((one, i) => (one.status === "rejected" ? [{ ...parts[i], ...one }] : []));
    if (failed.length && failed.length === parts.length) throw failed[0].reason;
    for (const { part, reason } of failed) this.#report(part, reason);
  }

  /**
   * What widget code may ask of the other widgets of the page.
   * @param {AbortSignal} signal
   */
  #host(signal) {
    return {
      /** @param {string} reference */
      getModel: async (reference) => this.#model(nameIn(reference)).face(signal, this.#manager(signal)),
      /** @param {string} reference */
      getWidget: async (reference) => {
        const name = nameIn(reference);
        const { exports } = await this.run(name);
        return {
          exports,
          /** @param {{el: HTMLElement, signal?: AbortSignal}} where */
          render: ({ el, signal: own = signal }) => this.view(name, el, own),
        };
      },
    };
  }

  /**
   * @param {AbortSignal} signal
   * @returns {{get_model: (reference: string) => Promise<unknown>}}
   */
  #manager(signal) {
    return { get_model: this.#host(signal).getModel };
  }

  #experimental = {
    invoke: () => Promise.reject(new NeedsKernel("Only a notebook can run Python for a widget.")),
  };

  /** End what runs. */
  close() {
    this.#life.abort();
  }
}

/**
 * Call what a widget returned for its end, if it did; a fault there concerns nobody else.
 * @param {AbortSignal} signal
 * @param {unknown} cleanup
 */
function onAbort(signal, cleanup) {
  if (typeof cleanup !== "function") return;
  const call = async () => cleanup();
  const end = () => call().catch((error) => console.warn("[static-widgets] cleanup:", error));
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
}
