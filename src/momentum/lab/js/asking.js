// One question: a group of controls, a button to check the answer, one for a hint, and what is said to it.

import { answerControls, part } from "./answering.js";
import { note, recall } from "./record.js";

/** @typedef {import("./judging.js").Question} Question */

let questionsMade = 0;

/** @param {number} tries */
const inTries = (tries) => (tries === 1 ? "at the first try" : `in ${tries} tries`);

/** Show a question. Returns what brings it back to its beginning.
 * @param {Question} question @param {string} name under which it is recorded @param {Element} parent */
export function ask(question, name, parent) {
  const id = `quiz-question-${++questionsMade}`;
  const group = part("fieldset", { class: "quiz-item", "data-question": question.id, "aria-describedby": id }, parent);
  part("legend", { class: "quiz-title" }, group, question.title);
  part("div", { class: "quiz-text", id }, group, question.question);
  part("p", { class: "quiz-task" }, group, question.task);
  const answer = answerControls(question, group, (words) => tell("", `<p>${words}</p>`));
  const buttons = part("div", { class: "quiz-buttons" }, group);
  const check = part("button", { type: "button" }, buttons, "Check");
  const hint = part("div", { class: "quiz-hint", id: `${id}-hint`, hidden: "" }, undefined, question.hint);
  if (question.hint) {
    const button = part("button", { type: "button", "aria-expanded": "false", "aria-controls": hint.id }, buttons, "Hint");
    button.addEventListener("click", () => {
      hint.hidden = !hint.hidden;
      button.setAttribute("aria-expanded", String(!hint.hidden));
    });
    group.append(hint);
  }
  const said = part("div", { class: "quiz-said", role: "status", "aria-live": "polite" }, group);

  /** @param {"" | "right" | "wrong"} state @param {string} content HTML */
  function tell(state, content) {
    group.dataset.state = state;
    said.innerHTML = content;
  }

  function judge() {
    const verdict = answer.judge();
    if (typeof verdict === "string") return tell("", `<p>${verdict}</p>`);
    note(name, verdict.right);
    if (verdict.right) return tell("right", `<p><strong>Right.</strong></p>${verdict.says}`);
    // The number makes two answers that are wrong in the same way differ for one who listens.
    const { right, tries } = recall(name);
    const count = right || tries < 2 ? "" : ` (${tries} tries)`;
    tell("wrong", `<p><strong>Not yet${count}.</strong></p>${verdict.says}<p>${question.read}</p>`);
  }

  check.addEventListener("click", judge);
  group.addEventListener("keydown", (event) => {
    const typed = event.target instanceof HTMLInputElement && event.target.type === "text";
    if (event.key === "Enter" && typed) judge();
  });
  // JupyterLab's shortcuts would take the arrow keys from a choice, and Enter from a button.
  for (const each of group.querySelectorAll("input, button")) each.setAttribute("data-lm-suppress-shortcuts", "true");
  const { right, tries } = recall(name);
  if (right) tell("right", `<p>You have answered this one, ${inTries(tries)}.</p>`);
  return () => {
    answer.clear();
    tell("", "");
  };
}
