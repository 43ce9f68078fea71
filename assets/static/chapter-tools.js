// Which chapters the reader has read: those whose end came into view, or that were marked. The list
// stays in this browser; nothing is sent anywhere.
(() => {
  const KEY = "chapters-read";
  const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-chapter]"));
  const here = box?.dataset.chapter ?? "";
  const row = box?.querySelector(".chapter-tools-progress");
  const status = row?.querySelector("[role=status]");
  const toggle = row?.querySelector("[data-progress=toggle]");
  const forget = row?.querySelector("[data-progress=forget]");

  /** @returns {string[]} */
  function read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  }

  /** @param {string[]} pages */
  function keep(pages) {
    if (pages.length) localStorage.setItem(KEY, JSON.stringify([...new Set(pages)].sort()));
    else localStorage.removeItem(KEY);
    show();
  }

  /** The page that a link of the contents leads to, as in "chapters/intro". @param {HTMLAnchorElement} link */
  function pageOf(link) {
    const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
    const path = new URL(link.href, location.href).pathname;
    return path.startsWith(root.pathname) ? path.slice(root.pathname.length).replace(/(\.html|\/)$/, "") : "";
  }

  function show() {
    const pages = read();
    const done = pages.includes(here);
    if (status) status.textContent = done ? "You have read this chapter. " : "";
    if (toggle) toggle.textContent = done ? "Mark as not read" : "Mark as read";
    forget?.toggleAttribute("hidden", !pages.length);
    for (const old of document.querySelectorAll(".chapter-read")) old.remove();
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".bd-sidenav a[href]"))) {
      if (!pages.includes(pageOf(link))) continue;
      const mark = document.createElement("span");
      mark.className = "chapter-read";
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", "(read)");
      mark.textContent = "\u00a0\u2713";
      link.append(mark);
    }
  }

  try {
    localStorage.setItem(`${KEY}-try`, "");
    localStorage.removeItem(`${KEY}-try`);
    show();
  } catch {
    // A browser that keeps nothing for this site: then there is no list.
    return;
  }
  if (!box || !row) return;
  row.removeAttribute("hidden");
  const end = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    end.disconnect();
    keep([...read(), here]);
  });
  // Not before the reader scrolls: a short page shows its end at once, and a window may be restored there.
  addEventListener("scroll", () => end.observe(box), { once: true, passive: true });
  toggle?.addEventListener("click", () => {
    end.disconnect();
    const pages = read();
    keep(pages.includes(here) ? pages.filter((one) => one !== here) : [...pages, here]);
  });
  forget?.addEventListener("click", () => {
    end.disconnect();
    keep([]);
    /** @type {HTMLElement} */ (toggle).focus();
  });
})();
