// The desk: one card at a time, to turn over and to judge.

import { dayOf, due, judged, wait } from "./schedule.js";

/** @typedef {{id: string, front: Element, back: Element}} Card */
/** @typedef {{title: string, cards: Card[]}} Deck */
/** @typedef {import("./memory.js").Memory} Memory */

const SWIPE = 50;
const KEYS = "Keys: space turns the card, 1 again, 2 good, the arrows go from card to card.";

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Partial<Record<string, string>>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value ?? "");
  element.append(...children);
  return element;
}

/**
 * A copy of what stands on a card; an id stays with the original.
 * @param {Element} side
 */
function copied(side) {
  const copy = /** @type {Element} */ (side.cloneNode(true));
  for (const element of [copy, ...copy.querySelectorAll("[id]")]) element.removeAttribute("id");
  return copy;
}

/** @param {number} count */
const cards = (count) => `${count} ${count === 1 ? "card" : "cards"}`;
/** @param {number} count */
const days = (count) => (count === 0 ? "today" : count === 1 ? "tomorrow" : `in ${count} days`);

export class Desk {
  /** @type {Deck[]} */
  #decks;
  /** @type {Memory} */
  #memory;
  /** @type {string[]} the cards that are still to be judged, and those only looked at */
  #queue = [];
  #at = 0;
  #turned = false;
  #sure = false;
  /** @type {{x: number, y: number} | null} */
  #touch = null;
  #swiped = false;

  #choice = make("select", { class: "flashcards-choice" });
  #count = make("p", { class: "flashcards-count" });
  #said = make("p", { class: "flashcards-said", role: "status" });
  #stage = make("div", { class: "flashcards-stage", tabindex: "0", role: "group", "aria-label": "Card" });
  #start = make("button", { type: "button", class: "flashcards-start" });
  #turn = make("button", { type: "button" }, "Show the answer");
  #again = make("button", { type: "button", "aria-keyshortcuts": "1" }, "Again");
  #good = make("button", { type: "button", "aria-keyshortcuts": "2" }, "Good");
  #back = make("button", { type: "button", "aria-label": "Previous card" }, "\u2190");
  #next = make("button", { type: "button", "aria-label": "Next card" }, "\u2192");
  #forget = make("button", { type: "button", class: "flashcards-forget" });
  #judging = make("div", { class: "flashcards-row" }, this.#back, this.#turn, this.#again, this.#good, this.#next);

  /**
   * @param {Element} place
   * @param {Deck[]} decks
   * @param {Memory} memory
   */
  constructor(place, decks, memory) {
    this.#decks = decks;
    this.#memory = memory;
    const label = make("label", { class: "flashcards-label" }, make("span", {}, "Deck"), this.#choice);
    const keys = make("p", { class: "flashcards-keys" }, KEYS);
    place.append(label, this.#count, this.#stage, this.#start, this.#judging, this.#said, keys, this.#forget);
    this.#listen(/** @type {HTMLElement} */ (place));
    this.#close("");
  }

  /** @param {HTMLElement} place */
  #listen(place) {
    this.#choice.addEventListener("change", () => this.#close(""));
    this.#start.addEventListener("click", () => this.#open());
    this.#turn.addEventListener("click", () => this.#flip());
    this.#again.addEventListener("click", () => this.#judge(false));
    this.#good.addEventListener("click", () => this.#judge(true));
    this.#back.addEventListener("click", () => this.#go(-1));
    this.#next.addEventListener("click", () => this.#go(1));
    this.#forget.addEventListener("click", () => this.#forgetAll());
    this.#forget.addEventListener("blur", () => this.#doubt(false));
    place.addEventListener("keydown", (event) => this.#key(event));
    this.#stage.addEventListener("pointerdown", () => (this.#swiped = false));
    this.#stage.addEventListener("click", (event) => {
      const link = event.target instanceof Element && event.target.closest("a");
      if (!link && !this.#swiped && !String(getSelection())) this.#flip();
    });
    this.#stage.addEventListener("touchstart", ({ touches: [{ clientX: x, clientY: y }] }) => {
      this.#touch = { x, y };
    }, { passive: true });
    this.#stage.addEventListener("touchend", ({ changedTouches: [{ clientX, clientY }] }) => {
      const [x, y] = [clientX - (this.#touch?.x ?? clientX), clientY - (this.#touch?.y ?? clientY)];
      this.#swiped = Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y);
      if (this.#swiped) this.#go(x < 0 ? 1 : -1);
    }, { passive: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey || target.closest("select, a")) return;
    const button = target.closest("button");
    /** @type {Record<string, () => void>} */
    const acts = {
      1: () => this.#judge(false),
      2: () => this.#judge(true),
      ArrowLeft: () => this.#go(-1),
      ArrowRight: () => this.#go(1),
    };
    // A button that has the focus takes these two for itself.
    if (!button) acts[" "] = acts.Enter = () => (this.#card ? this.#flip() : this.#open());
    if (!(event.key in acts) || event.repeat) return;
    event.preventDefault();
    acts[event.key]();
  }

  get #today() {
    return dayOf(new Date());
  }

  get #chosen() {
    const deck = this.#decks[Number(this.#choice.value) - 1];
    return deck ? [deck] : this.#decks;
  }

  get #ids() {
    return this.#chosen.flatMap((deck) => deck.cards.map((card) => card.id));
  }

  /** The card on the desk, and the deck it is of. */
  get #card() {
    for (const deck of this.#decks)
      for (const card of deck.cards) if (card.id === this.#queue[this.#at]) return { deck, card };
    return null;
  }

  #open() {
    this.#queue = due(this.#ids, this.#memory.read(), this.#today);
    if (!this.#queue.length) this.#queue = this.#ids;
    this.#show(0);
  }

  /** @param {string} said */
  #close(said) {
    this.#queue = [];
    this.#draw();
    this.#said.textContent = said;
  }

  /** @param {number} at */
  #show(at) {
    this.#at = at;
    this.#turned = false;
    this.#draw();
    const found = this.#card;
    if (!found) return;
    this.#said.textContent = `Card ${at + 1} of ${this.#queue.length}`;
    this.#stage.focus({ preventScroll: true });
  }

  #flip() {
    if (!this.#card) return;
    this.#turned = !this.#turned;
    this.#draw();
    this.#said.textContent = this.#turned ? "The answer is shown. Judge yourself: again, or good." : "The answer is hidden.";
    this.#stage.focus({ preventScroll: true });
  }

  /** @param {number} step */
  #go(step) {
    if (this.#queue.length) this.#show((this.#at + step + this.#queue.length) % this.#queue.length);
  }

  /** @param {boolean} good */
  #judge(good) {
    const found = this.#card;
    if (!found || !this.#turned) return;
    const id = found.card.id;
    const place = judged(this.#memory.read()[id], good, this.#today);
    this.#memory.keep(id, place);
    this.#queue.splice(this.#at, 1);
    if (!good) this.#queue.push(id);
    const told = good ? `Good: it comes back ${days(place.due - this.#today)}.` : "Again: it comes back in this round.";
    if (!this.#queue.length) {
      this.#close(`${told} This round is done.`);
      this.#start.focus();
      return;
    }
    this.#show(this.#at % this.#queue.length);
    this.#said.textContent = `${told} ${this.#said.textContent}`;
  }

  /** @param {boolean} sure whether one more press forgets */
  #doubt(sure) {
    this.#sure = sure;
    this.#forget.textContent = sure ? "Press again to forget everything" : "Forget what I know";
  }

  #forgetAll() {
    if (!this.#sure) {
      this.#doubt(true);
      return;
    }
    this.#memory.forget();
    this.#close("Everything is forgotten: all cards are new.");
  }

  #draw() {
    const progress = this.#memory.read();
    const found = this.#card;
    this.#options(progress);
    const left = due(this.#ids, progress, this.#today).length;
    const next = wait(this.#ids, progress, this.#today);
    const later = left || next === null ? "" : ` The next one is due ${days(next)}.`;
    const kept = this.#memory.lasting ? "" : " This browser keeps nothing: it is forgotten with the page.";
    this.#count.textContent = `${left} of ${cards(this.#ids.length)} ${left === 1 ? "is" : "are"} due.${later}${kept}`;
    this.#stage.hidden = !found;
    this.#judging.hidden = !found;
    this.#start.hidden = Boolean(found);
    this.#start.textContent = left ? `Begin: ${cards(left)}` : "Go through the deck again";
    this.#turn.hidden = this.#turned;
    this.#again.hidden = this.#good.hidden = !this.#turned;
    this.#forget.disabled = !Object.keys(progress).length;
    this.#doubt(false);
    this.#stage.classList.toggle("flashcards-turned", this.#turned);
    if (!found) this.#stage.replaceChildren();
    else {
      const title = make("p", { class: "flashcards-theme" }, found.deck.title);
      const back = this.#turned ? [make("hr"), copied(found.card.back)] : [];
      this.#stage.replaceChildren(title, copied(found.card.front), ...back);
    }
  }

  /** @param {import("./schedule.js").Progress} progress */
  #options(progress) {
    const decks = [{ title: "All decks", cards: this.#decks.flatMap((deck) => deck.cards) }, ...this.#decks];
    const kept = this.#choice.value || "0";
    const options = decks.map((deck, number) => {
      const left = due(deck.cards.map((card) => card.id), progress, this.#today).length;
      return make("option", { value: String(number) }, `${deck.title} (${left} due)`);
    });
    this.#choice.replaceChildren(...options);
    this.#choice.value = kept;
  }
}
