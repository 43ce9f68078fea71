// The controls with which a question is answered: what a reader does becomes a verdict.

import { judgeChoice, judgeNumber, judgeOrder } from "./judging.js";

/** @typedef {import("./judging.js").Question} Question */
/** @typedef {import("./judging.js").Verdict} Verdict */
/** @typedef {{judge: () => Verdict | string, clear: () => void}} Answer */
/** @typedef {(words: string) => void} Say */

let controlsMade = 0;

/** @param {string} tag @param {Record<string, string>} attributes @param {Element} [parent]
 * @param {string} [content] HTML of this package's own data @returns {HTMLElement} */
export function part(tag, attributes = {}, parent, content = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.innerHTML = content;
  parent?.append(element);
  return element;
}

/** @param {Question} question @param {Element} parent @returns {Answer} */
function choosing(question, parent) {
  const [type, name] = [question.kind === "single" ? "radio" : "checkbox", `quiz-${++controlsMade}`];
  const list = part("div", { class: "quiz-options" }, parent);
  const inputs = question.options.map(({ text }) => {
    const label = part("label", { class: "quiz-option" }, list);
    const input = part("input", { type, name }, label);
    part("span", {}, label, text);
    return /** @type {HTMLInputElement} */ (input);
  });
  return {
    judge: () => judgeChoice(question, inputs.flatMap((input, i) => (input.checked ? [i] : []))),
    clear: () => inputs.forEach((input) => (input.checked = false)),
  };
}

/** @param {Question} question @param {Element} parent @returns {Answer} */
function typing(question, parent) {
  const label = part("label", { class: "quiz-number" }, parent, "<span>Your answer</span>");
  const attributes = { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
  const input = /** @type {HTMLInputElement} */ (part("input", attributes, label));
  part("span", {}, label, question.unit);
  return {
    judge: () => judgeNumber(question, input.value),
    clear: () => (input.value = ""),
  };
}

/** @param {Question} question @param {Element} parent @param {Say} say @returns {Answer} */
function ordering(question, parent, say) {
  const list = part("ol", { class: "quiz-steps" }, parent);
  const items = question.steps.map(({ text, place }) => {
    const item = part("li", { "data-place": String(place) }, list);
    const words = part("span", { id: `quiz-${++controlsMade}` }, item, text);
    const buttons = part("span", { class: "quiz-moves" }, item);
    for (const [name, by, arrow] of /** @type {[string, number, string][]} */ ([["up", -1, "\u2191"], ["down", 1, "\u2193"]])) {
      const id = `quiz-${++controlsMade}`;
      // Its own name and then the step's, which may hold a formula.
      const named = { id, type: "button", "aria-label": `Move ${name}:`, "aria-labelledby": `${id} ${words.id}` };
      part("button", named, buttons, arrow).addEventListener("click", () => move(item, by));
    }
    return item;
  });
  const ends = () => {
    for (const item of list.children) {
      const [up, down] = item.querySelectorAll("button");
      // Not `disabled`, which would take the focus away from a reader who has moved a step to the end.
      up.setAttribute("aria-disabled", String(item === list.firstElementChild));
      down.setAttribute("aria-disabled", String(item === list.lastElementChild));
    }
  };
  /** The neighbour goes to the other side, so that the step that is moved keeps the focus.
   * @param {HTMLElement} item @param {number} by */
  const move = (item, by) => {
    if (by < 0 && item.previousElementSibling) item.after(item.previousElementSibling);
    else if (by > 0 && item.nextElementSibling) item.before(item.nextElementSibling);
    else return;
    ends();
    say(`Now at place ${[...list.children].indexOf(item) + 1} of ${items.length}.`);
  };
  ends();
  return {
    judge: () => judgeOrder(question, [...list.children].map((item) => Number(/** @type {HTMLElement} */ (item).dataset.place))),
    clear() {
      list.append(...items);
      ends();
    },
  };
}

/** @param {Question} question @param {Element} parent @param {Say} say @returns {Answer} */
export function answerControls(question, parent, say) {
  if (question.kind === "number") return typing(question, parent);
  return question.kind === "order" ? ordering(question, parent, say) : choosing(question, parent);
}
