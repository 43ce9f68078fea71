// Sets up the desk of each list of flashcards on the page.

import { Desk } from "./desk.js";
import { Memory } from "./memory.js";

/**
 * @param {Element} deck
 * @returns {import("./desk.js").Deck}
 */
function read(deck) {
  const cards = [...deck.querySelectorAll(".flashcard")].map((card) => ({
    id: /** @type {HTMLElement} */ (card).dataset.card ?? "",
    front: /** @type {Element} */ (card.querySelector(".flashcard-front")),
    back: /** @type {Element} */ (card.querySelector(".flashcard-back")),
  }));
  return { title: deck.querySelector(".flashcard-deck-title")?.textContent ?? "", cards };
}

for (const list of document.querySelectorAll(".flashcards")) {
  const place = /** @type {HTMLElement} */ (list.querySelector(".flashcards-desk"));
  const name = /** @type {HTMLElement} */ (list).dataset.flashcards ?? "";
  new Desk(place, [...list.querySelectorAll(".flashcard-deck")].map(read), new Memory(name));
  place.hidden = false;
}
