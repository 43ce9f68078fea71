// What the reader knows, kept in this browser and nowhere else.

/** @typedef {import("./schedule.js").Progress} Progress */

/**
 * Read what was kept; what is no progress counts as nothing.
 * @param {string | null} text
 * @returns {Progress}
 */
export function parse(text) {
  /** @type {Progress} */
  const found = {};
  try {
    for (const [card, place] of Object.entries(JSON.parse(text ?? "{}")))
      if (Number.isInteger(place?.box) && place.box >= 0 && Number.isInteger(place?.due)) found[card] = place;
  } catch {
    return {};
  }
  return found;
}

/** The progress under one name. Where a browser keeps nothing, it lasts as long as the page. */
export class Memory {
  /** @type {Progress} */
  #progress = {};
  #key;
  /** Whether the browser keeps it. */
  lasting = true;

  /** @param {string} name */
  constructor(name) {
    this.#key = `flashcards:${name}`;
    this.read();
  }

  /** @returns {Progress} what is kept now, also by another tab */
  read() {
    try {
      if (this.lasting) this.#progress = parse(localStorage.getItem(this.#key));
    } catch {
      this.lasting = false;
    }
    return this.#progress;
  }

  /**
   * @param {string} card
   * @param {import("./schedule.js").Place} place
   */
  keep(card, place) {
    this.#progress = { ...this.read(), [card]: place };
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.#progress));
    } catch {
      this.lasting = false;
    }
  }

  forget() {
    this.#progress = {};
    try {
      localStorage.removeItem(this.#key);
    } catch {
      this.lasting = false;
    }
  }
}
