// What the labs write into the page. Nothing is written twice: an attribute that is set is parsed, and what
// it belongs to is styled, laid out and painted again, even if it says what it said before.

const NS = "http://www.w3.org/2000/svg";
/** What each element was told last: to ask the element takes longer.
 * @type {WeakMap<Element, Record<string, string>>} */
const told = new WeakMap();
/** @type {WeakMap<Element, string>} */ const written = new WeakMap();
/** Tenths of a pixel up to this many pixels are written out once. */
const [LOWEST, HIGHEST] = [-100, 2000];
/** @type {string[]} */ const TENTHS = [];

/** @param {string} tag @param {Record<string, string | number>} attributes @param {Element} [parent]
 * @returns {SVGElement} */
export function svg(tag, attributes = {}, parent) {
  const element = /** @type {SVGElement} */ (document.createElementNS(NS, tag));
  for (const [name, text] of Object.entries(attributes)) element.setAttribute(name, String(text));
  parent?.append(element);
  return element;
}

/** @param {string} tag @param {Record<string, string>} attributes @param {Element} [parent] @param {string} [text]
 * @returns {HTMLElement} */
export function html(tag, attributes = {}, parent, text) {
  const element = document.createElement(tag);
  for (const [name, each] of Object.entries(attributes)) element.setAttribute(name, each);
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
}

/** Set an attribute that is not so already. Nothing else may set this attribute of this element.
 * @param {Element} element @param {string} name @param {string | number} value */
export function tell(element, name, value) {
  const text = String(value);
  let known = told.get(element);
  if (!known) told.set(element, (known = {}));
  if (known[name] === text) return;
  known[name] = text;
  element.setAttribute(name, text);
}

/** Show or hide a mark of a drawing. @param {Element} mark @param {boolean} shown */
export function show(mark, shown) {
  tell(mark, "visibility", shown ? "visible" : "hidden");
}

/** Take something out of the page, or put it back. @param {HTMLElement} element @param {boolean} hidden */
export function hide(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** Write words that do not stand there already, into the text that does. Nothing else may write there.
 * @param {Element} element @param {string} words */
export function write(element, words) {
  if (written.get(element) === words) return;
  written.set(element, words);
  const text = element.firstChild;
  if (text instanceof Text) text.data = words;
  else element.textContent = words;
}

/** Move a circle. @param {SVGElement} circle @param {number} x @param {number} y */
export function put(circle, x, y) {
  tell(circle, "cx", pixels(x));
  tell(circle, "cy", pixels(y));
}

/** Move words. @param {SVGElement} words @param {number} x @param {number} y */
export function stand(words, x, y) {
  tell(words, "x", pixels(x));
  tell(words, "y", pixels(y));
}

/** A number of pixels to a tenth, as text. A number with a fraction takes longer to write than to look up.
 * @param {number} x */
export function pixels(x) {
  const n = Math.round(x * 10);
  if (!(n >= 10 * LOWEST && n <= 10 * HIGHEST)) return String(n / 10);
  return (TENTHS[n - 10 * LOWEST] ??= String(n / 10));
}
