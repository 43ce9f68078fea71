// When a card comes back: boxes after Leitner. A card that is known moves one box up, any other falls to the first.

/** @typedef {{box: number, due: number}} Place the box of a card, and the day from which on it is due */
/** @typedef {Record<string, Place>} Progress by card; a card that was never judged is not in it */

/** After how many days a card of each box comes back. */
export const DAYS = [0, 1, 2, 4, 8, 16, 32];

const DAY = 86_400_000;

/**
 * The number of the day, which changes at the reader's own midnight.
 * @param {Date} now
 */
export function dayOf(now) {
  return Math.floor((now.getTime() - now.getTimezoneOffset() * 60_000) / DAY);
}

/**
 * Where a card goes when it has been judged.
 * @param {Place | undefined} place
 * @param {boolean} good
 * @param {number} today
 * @returns {Place}
 */
export function judged(place, good, today) {
  const box = good ? Math.min((place?.box ?? 0) + 1, DAYS.length - 1) : 0;
  return { box, due: today + DAYS[box] };
}

/**
 * The cards that are due: first those that were judged before, the longest due one in front, then new ones.
 * @param {string[]} cards
 * @param {Progress} progress
 * @param {number} today
 */
export function due(cards, progress, today) {
  const known = cards.filter((card) => progress[card] && progress[card].due <= today);
  known.sort((one, other) => progress[one].due - progress[other].due);
  return [...known, ...cards.filter((card) => !progress[card])];
}

/**
 * In how many days the next card is due, or null if none ever will be.
 * @param {string[]} cards
 * @param {Progress} progress
 * @param {number} today
 */
export function wait(cards, progress, today) {
  const days = cards.filter((card) => progress[card]).map((card) => progress[card].due - today);
  return days.length ? Math.max(0, Math.min(...days)) : null;
}
