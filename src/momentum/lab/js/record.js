// Which questions were answered right and in how many tries: kept by the reader's own browser, and nowhere else.

/** @typedef {{right: boolean, tries: number}} Entry */

/** One key for the whole site. */
const RECORD_KEY = "momentum-quiz";
/** What is known of the questions where the browser keeps nothing, as in a private window.
 * @type {Record<string, Entry>} */
let unkept = {};

/** @param {any} entry @returns {entry is Entry} */
const isEntry = (entry) => typeof entry?.right === "boolean" && Number.isSafeInteger(entry.tries);

/** @returns {Record<string, Entry>} */
function readRecord() {
  try {
    const kept = JSON.parse(localStorage.getItem(RECORD_KEY) ?? "{}");
    return { ...Object.fromEntries(Object.entries(kept ?? {}).filter(([, entry]) => isEntry(entry))), ...unkept };
  } catch {
    return unkept;
  }
}

/** @param {string} name as in "noise/more-noise" @returns {Entry} */
export function recall(name) {
  return readRecord()[name] ?? { right: false, tries: 0 };
}

/** Count a try; one that comes after the right answer changes nothing.
 * @param {string} name @param {boolean} right */
export function note(name, right) {
  const before = recall(name);
  if (before.right) return;
  const entry = { right, tries: before.tries + 1 };
  try {
    localStorage.setItem(RECORD_KEY, JSON.stringify({ ...readRecord(), [name]: entry }));
  } catch {
    unkept = { ...unkept, [name]: entry };
  }
  dispatchEvent(new CustomEvent(RECORD_KEY));
}

/** Forget all questions of the site. */
export function forget() {
  unkept = {};
  try {
    localStorage.removeItem(RECORD_KEY);
  } catch {
    // Nothing was kept.
  }
  dispatchEvent(new CustomEvent(RECORD_KEY, { detail: "forgotten" }));
}

/** Be told of every change, whether here or in another window, and whether all is forgotten.
 * @param {(forgotten: boolean) => void} told @param {AbortSignal} signal */
export function watchRecord(told, signal) {
  addEventListener(RECORD_KEY, (event) => told(/** @type {CustomEvent} */ (event).detail === "forgotten"), { signal });
  addEventListener("storage", ({ key, newValue }) => (key === RECORD_KEY || key === null) && told(!newValue), { signal });
}
