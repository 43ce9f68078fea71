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

// A listing or table that is wider than its place can be reached by the keyboard, to be moved there.
const WIDE = "pre, .cell_output > .output, .pst-scrollable-table-container";
/** @type {Set<Element>} */
const near = new Set();

/** @param {Iterable<Element>} elements */
function measure(elements) {
  const wide = [...elements].map((element) => /** @type {const} */ ([element, element.scrollWidth > element.clientWidth]));
  for (const [element, scrolls] of wide) element.setAttribute("tabindex", scrolls ? "0" : "-1");
}

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) isIntersecting ? near.add(target) : near.delete(target);
  measure(near);
});
for (const element of document.querySelectorAll(WIDE)) observer.observe(element);
addEventListener("resize", () => measure(near));
