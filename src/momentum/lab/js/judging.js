// Whether an answer is right, and what is said to it. No element is touched here.

/** @typedef {{text: string, why: string, right: boolean}} Option */
/** @typedef {{text: string, why: string, place: number}} Step */
/**
 * @typedef {object} Question as momentum/lab/quiz.py gives it; every text is HTML
 * @property {string} id
 * @property {"single" | "several" | "number" | "order"} kind
 * @property {string} title
 * @property {string} task
 * @property {string} question
 * @property {string} hint
 * @property {string} explain
 * @property {string} read
 * @property {Option[]} options
 * @property {Step[]} steps
 * @property {number} answer
 * @property {number} tolerance
 * @property {string} unit
 * @property {{value: number, why: string}[]} wrong
 * @property {string} otherwise
 */
/** @typedef {{right: boolean, says: string}} Verdict `says` is HTML */

const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** A comma before three digits may part thousands: then both readings count. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;

/** @param {string} text a number with a point, or a fraction of two such */
function readNumeral(text) {
  const parts = text.split("/").map((part) => part.trim());
  if (parts.length > 2 || !parts.every((part) => NUMERAL.test(part))) return NaN;
  return parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
}

/** What a typed text may mean: "0,5" and "1/2" are a half, "1,500" may be either of two numbers.
 * @param {string} text @param {string} [unit] what may stand after the number */
export function readings(text, unit = "") {
  let typed = text.trim().replace(/[\u2212\u2013]/g, "-");
  if (unit && typed.toLowerCase().endsWith(unit.toLowerCase())) typed = typed.slice(0, -unit.length).trim();
  const both = [typed.replaceAll(",", ".")];
  if (THOUSANDS.test(typed)) both.push(typed.replaceAll(",", ""));
  return both.map(readNumeral).filter(Number.isFinite);
}

/** The same rule as `agrees` in momentum/lab/questions.py. @param {number} value @param {number} target
 * @param {number} tolerance a share of the target; absolute if that is zero */
export function agrees(value, target, tolerance) {
  return Math.abs(value - target) <= tolerance * (Math.abs(target) || 1) * (1 + 1e-9);
}

/** @param {string[]} items */
const listed = (items) => `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;

/** @param {Question} question @param {number[]} chosen places of the options that are on
 * @returns {Verdict | string} a word instead, if there is no answer yet */
export function judgeChoice({ kind, options, explain }, chosen) {
  if (!chosen.length) return kind === "single" ? "Choose an answer first." : "Choose at least one answer first.";
  const false_ = options.filter(({ right }, i) => !right && chosen.includes(i));
  const missed = options.filter(({ right }, i) => right && !chosen.includes(i)).length;
  const whys = options.filter(({ right }) => right);
  if (kind === "single") {
    return false_.length ? { right: false, says: `<p>${false_[0].why}</p>` } : { right: true, says: `<p>${whys[0].why}</p>${explain}` };
  }
  const reasons = (/** @type {Option[]} */ which) => listed(which.map(({ text, why }) => `<em>${text}</em><br>${why}`));
  if (!false_.length && !missed) return { right: true, says: reasons(whys) + explain };
  const left = missed && `<p>${missed === 1 ? "One right answer is" : `${missed} right answers are`} left out.</p>`;
  return { right: false, says: (false_.length ? reasons(false_) : "<p>What you chose is right.</p>") + (left || "") };
}

/** @param {Question} question @param {string} typed @returns {Verdict | string} */
export function judgeNumber({ answer, tolerance, unit, wrong, otherwise, explain }, typed) {
  const values = readings(typed, unit);
  if (!values.length) return "Type a number, such as 0.5, 1/3 or 1e-3.";
  const meant = (/** @type {number} */ target) => values.some((value) => agrees(value, target, tolerance));
  if (meant(answer)) return { right: true, says: explain };
  return { right: false, says: `<p>${wrong.find(({ value }) => meant(value))?.why ?? otherwise}</p>` };
}

/** @param {Question} question @param {number[]} places where each step belongs, in the order that was given
 * @returns {Verdict} */
export function judgeOrder({ steps, explain }, places) {
  const first = places.findIndex((place, i) => place !== i);
  if (first < 0) return { right: true, says: explain };
  const early = steps.find(({ place }) => place === places[first]);
  const good = first === 0 ? "" : first === 1 ? "The first one is right. " : `The first ${first} are right. `;
  return { right: false, says: `<p>${good}Too early stands: <em>${early?.text}</em><br>${early?.why}</p>` };
}
