// The page of the search: ask what the address says, and list the best sections of each page.
(() => {
  const MORE = 3;
  const { words, stem, meanings, search } = SectionSearch;

  /**
   * @template {keyof HTMLElementTagNameMap} T
   * @param {T} name
   * @param {string} kind its class
   * @param {...(string | Node)} inside
   */
  function element(name, kind, ...inside) {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    made.append(...inside);
    return made;
  }

  /** @param {Hit} hit @param {Index} index */
  function link({ section: [page, anchor, title] }, index) {
    const made = element("a", "", title);
    const options = /** @type {{ LINK_SUFFIX?: string }} */ (Reflect.get(window, "DOCUMENTATION_OPTIONS") ?? {});
    made.href = `${document.documentElement.dataset.content_root ?? ""}${index.pages[page][0]}${options.LINK_SUFFIX ?? ".html"}`;
    if (anchor) made.href += `#${anchor}`;
    return made;
  }

  /** The text with the words that were asked for marked. @param {string} text @param {Set<string>} asked @param {Index} index */
  function marked(text, asked, index) {
    return text.split(/([\p{L}\p{N}_]+)/u).map((part) => {
      const [word] = words(part, index);
      return word && asked.has(stem(word)) ? element("mark", "", part) : part;
    });
  }

  /** @param {Hit[]} hits @param {Set<string>} asked @param {Index} index */
  function result(hits, asked, index) {
    const [best, ...others] = hits;
    const [page, anchor, , lead] = best.section;
    const item = element("li", "", link(best, index));
    if (anchor) item.append(element("p", "search-page", index.pages[page][1]));
    if (lead) item.append(element("p", "context", ...marked(lead, asked, index)));
    const more = others.filter((one) => one.score > best.score / 2).slice(0, MORE);
    if (more.length) item.append(element("p", "search-more", "Also there: ", ...more.map((one) => link(one, index))));
    return item;
  }

  /** @type {Promise<Index> | undefined} */
  let loaded;

  /** Fetch the index, once. @returns {Promise<Index>} */
  function load() {
    const source = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=search-index]"));
    loaded ??= fetch(source?.href ?? "").then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)));
    loaded.catch(() => (loaded = undefined));
    return loaded;
  }

  /** Search for what the address asks, and show what is found. */
  async function run() {
    const query = (new URLSearchParams(location.search).get("q") ?? "").trim();
    const results = /** @type {Element} */ (document.querySelector("#search-results"));
    const status = /** @type {Element} */ (document.querySelector(".search-summary"));
    const help = document.querySelector(".search-help");
    const input = /** @type {HTMLInputElement | null} */ (document.querySelector("#main-content form.bd-search input"));
    if (input) {
      input.value = query;
      input.focus();
    }
    results.replaceChildren();
    help?.toggleAttribute("hidden", true);
    status.textContent = query && "Searching …";
    if (!query) return;
    try {
      const index = await load();
      const found = search(query, index);
      const said = words(query, index).filter((one) => !index.stop.includes(one));
      const asked = new Set(said.flatMap((one) => [...meanings(one, index).keys()]));
      if (found.length) results.append(element("ul", "search", ...found.map((hits) => result(hits, asked, index))));
      help?.toggleAttribute("hidden", found.length > 0);
      const pages = found.length === 1 ? "1 page" : `${found.length} pages`;
      status.textContent = found.length ? `Found on ${pages}, the best first: ${query}` : `Nothing was found for: ${query}`;
    } catch {
      status.textContent = "The search could not load its index. Is there a network? Please try again.";
    }
  }

  function start() {
    const form = /** @type {HTMLFormElement | null} */ (document.querySelector("#main-content form.bd-search"));
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      const asked = String(new FormData(form).get("q") ?? "");
      history.pushState(null, "", `?${new URLSearchParams({ q: asked })}`);
      run();
    });
    addEventListener("popstate", run);
    run();
  }

  if (document.readyState === "complete") start();
  else addEventListener("DOMContentLoaded", start);
})();
