// Questions of a chapter, how many of them were answered right, and a button that forgets it.

import { part } from "./answering.js";
import { ask } from "./asking.js";
import { forget, recall, watchRecord } from "./record.js";

/** @typedef {import("./judging.js").Question} Question */

/** @param {{model: {get: (name: string) => any}, el: HTMLElement}} context */
function render({ model, el }) {
  const end = new AbortController();
  const root = part("div", { class: "quiz" }, el);
  /** @type {Question[]} */ const questions = model.get("questions");
  const names = questions.map(({ id }) => `${model.get("chapter")}/${id}`);
  const resets = questions.map((question, i) => ask(question, names[i], root));
  const foot = part("div", { class: "quiz-foot" }, root);
  const count = part("p", { class: "quiz-count", role: "status" }, foot);
  const button = part("button", { type: "button", "data-lm-suppress-shortcuts": "true" }, foot, "Forget my answers");
  button.title = "Forget the answers to all questions of the course. They are kept in this browser only.";
  button.addEventListener("click", forget);
  const show = () => {
    count.textContent = `${names.filter((name) => recall(name).right).length} of ${names.length} right`;
  };
  foot.hidden = names.length < 2;
  watchRecord((forgotten) => {
    if (forgotten) for (const reset of resets) reset();
    show();
  }, end.signal);
  show();
  return () => {
    end.abort();
    root.remove();
  };
}

export default { render };
