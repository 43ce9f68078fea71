// Brings the widgets of a static page to life, each when it comes near the window.
//
// Marks to wait for: data-widget-state of a place is waiting, mounted or failed; data-widgets-ready of
// the html element is the number of mounted places, and is there when no place near the window waits.

import { NeedsKernel, Page } from "./page.js";

const NEAR = "400px 0px";
const NEEDS_KERNEL = "This widget needs a running Python kernel: open the notebook to use it.";
const BROKEN = "This widget could not be started.";

/** @type {NodeListOf<HTMLElement>} */
const places = document.querySelectorAll(".static-widget");
const root = document.documentElement;
const page = new Page(readData(), new URL("..", import.meta.url).href, say);
/** @type {Map<HTMLElement, AbortController>} */
const mounted = new Map();
let waiting = 0;

/** @returns {import("./page.js").Data} */
function readData() {
  return JSON.parse(document.getElementById("static-widgets")?.textContent ?? '{"models":{},"links":[]}');
}

/**
 * Say in an element why there is no widget.
 * @param {Element} element
 * @param {unknown} error
 */
function say(element, error) {
  const known = error instanceof NeedsKernel;
  if (!known) console.error("[static-widgets]", error);
  const note = document.createElement("p");
  note.className = "static-widget-note";
  note.textContent = known ? NEEDS_KERNEL : BROKEN;
  element.append(note);
}

/** Set the mark of the page, or take it away while something is on its way. */
function mark() {
  if (waiting) delete root.dataset.widgetsReady;
  else root.dataset.widgetsReady = String(mounted.size);
}

/**
 * Show a widget over its picture, which keeps the room and comes back in print.
 * @param {HTMLElement} place
 */
async function mount(place) {
  const end = new AbortController();
  const live = document.createElement("div");
  live.className = "static-widget-live";
  place.append(live);
  waiting += 1;
  mark();
  try {
    await page.view(place.dataset.widgetModel ?? "", live, end.signal);
    mounted.set(place, end);
    place.dataset.widgetState = "mounted";
  } catch (error) {
    end.abort();
    live.remove();
    place.dataset.widgetState = "failed";
    say(place, error);
  }
  waiting -= 1;
  mark();
}

/**
 * End a widget and show its picture again. A site that swaps its pages' content sends the event.
 * @param {HTMLElement} place
 */
function unmount(place) {
  mounted.get(place)?.abort();
  if (!mounted.delete(place)) return;
  place.querySelector(":scope > .static-widget-live")?.remove();
  place.dataset.widgetState = "waiting";
  mark();
}

const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      mount(/** @type {HTMLElement} */ (target));
    }
    mark();
  },
  { rootMargin: NEAR },
);
for (const place of places) {
  place.addEventListener("static-widget:unmount", () => unmount(place));
  observer.observe(place);
}
addEventListener("pagehide", ({ persisted }) => {
  if (persisted) return;
  for (const place of [...mounted.keys()]) unmount(place);
  page.close();
});
