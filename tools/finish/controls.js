// What the theme's buttons do and no other script of a page does: menus, printing, the whole screen.
// It stands in for Bootstrap, of which a page uses no more.

/** @type {Record<string, () => void>} */
const actions = {
  print: () => print(),
  fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
};

for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", () => actions[button.getAttribute("data-action") ?? ""]?.());
}

/**
 * Open or close the menu after a button.
 * @param {Element} button
 * @param {boolean} open
 */
function setMenu(button, open) {
  const menu = button.nextElementSibling;
  button.setAttribute("aria-expanded", String(open));
  button.classList.toggle("show", open);
  menu?.classList.toggle("show", open);
  menu?.classList.toggle("dropdown-menu-end", open);
  menu?.toggleAttribute("data-bs-popper", open);
}

const menus = [...document.querySelectorAll('[data-bs-toggle="dropdown"]')];
for (const button of menus) {
  button.addEventListener("click", () => setMenu(button, button.getAttribute("aria-expanded") !== "true"));
  button.parentElement?.addEventListener("keydown", (event) => {
    const items = [.../** @type {NodeListOf<HTMLElement>} */ (button.parentElement?.querySelectorAll(".dropdown-item"))];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !items.length) return;
    event.preventDefault();
    setMenu(button, true);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    items.at(at < 0 && step < 0 ? -1 : (at + step) % items.length)?.focus();
  });
}
addEventListener("click", ({ target }) => {
  for (const button of menus) if (!button.contains(/** @type {Node} */ (target))) setMenu(button, false);
});
addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const button of menus.filter((one) => one.getAttribute("aria-expanded") === "true")) {
    setMenu(button, false);
    /** @type {HTMLElement} */ (button).focus();
  }
});

// The index of modules hides these until a script is there to make them work.
for (const toggler of document.querySelectorAll("img.toggler[hidden]")) toggler.removeAttribute("hidden");

// A listing, formula or table that is wider than its place can be reached by the keyboard, to be moved
// there, and has a name then. Each page comes with whatever may be too wide within reach; to measure it
// all lays a long chapter out whole, so we do it for what is near, and at a Tab for the rest.
const WIDE = {
  "pre": "Listing",
  ".katex-display": "Formula",
  ".cell_output > .output": "Output",
  ".pst-scrollable-table-container": "Table",
};
/** @type {Map<Element, string>} */
const names = new Map();
for (const [selector, name] of Object.entries(WIDE)) {
  for (const element of document.querySelectorAll(selector)) names.set(element, name);
}
/** @type {Set<Element>} */
const near = new Set();
let tabbed = 0;

/** @param {Iterable<Element>} elements */
function measure(elements) {
  const wide = [...elements].map((element) => /** @type {const} */ ([element, element.scrollWidth > element.clientWidth]));
  for (const [element, scrolls] of wide) {
    const said = { tabindex: "0", role: "group", "aria-label": `${names.get(element)}, scrolls sideways` };
    for (const [key, value] of Object.entries(said)) {
      if (scrolls) element.setAttribute(key, value);
      // Who stands on it would be thrown back to the top of the page.
      else if (element !== document.activeElement) element.removeAttribute(key);
    }
  }
}

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) isIntersecting ? near.add(target) : near.delete(target);
  measure(near);
});
for (const element of names.keys()) observer.observe(element);
addEventListener("resize", () => {
  // On a narrower screen, what had room may have none.
  for (const element of names.keys()) if (!near.has(element)) element.setAttribute("tabindex", "0");
  measure(near);
  tabbed = 0;
});
// A typeface that arrives makes words and formulas wider or narrower.
document.fonts.addEventListener("loadingdone", () => measure(tabbed ? names.keys() : near));
addEventListener("keydown", ({ key }) => {
  if (key !== "Tab" || tabbed === innerWidth) return;
  tabbed = innerWidth;
  measure(names.keys());
}, true);
