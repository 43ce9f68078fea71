// The service worker of the site: after one visit every page works without a network.
// offline.py adds the last line, which calls `keep` with the version of the site and its files.

const NAMED_BY_CONTENT = /\.[0-9a-f]{12}\.\w+$|\/[0-9a-f]{16,64}\.\w+$|\/loader-[0-9a-f]{12}\//;
// Few, so that a reader's own requests do not wait.
const AT_A_TIME = 3;

/**
 * Keep a copy of the files, and answer from it.
 * @param {string} version changes when any file does
 * @param {string[]} files by their paths from the root of the site
 */
function keep(version, files) {
  const worker = /** @type {any} */ (self);
  /** @type {string} */
  const root = worker.registration.scope;
  // Other sites may share the host, and their caches with it.
  const ours = `offline ${root} `;

  /** @param {Cache} cache @param {string} address */
  async function take(cache, address) {
    if (await cache.match(address)) return;
    const named = NAMED_BY_CONTENT.test(address);
    const known = named && (await caches.match(address, { ignoreVary: true }));
    const answer = known || (await fetch(address, { cache: named ? "default" : "no-cache" }));
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer);
  }

  async function fill() {
    const cache = await caches.open(ours + version);
    const addresses = files.map((file) => new URL(file, root).href);
    const takeNext = async () => {
      for (let next = addresses.shift(); next; next = addresses.shift()) await take(cache, next);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, takeNext));
    await worker.skipWaiting();
  }

  async function replace() {
    for (const name of await caches.keys()) {
      if (name.startsWith(ours) && name !== ours + version) await caches.delete(name);
    }
    // A page is asked for while the worker starts.
    await worker.registration.navigationPreload?.enable();
    await worker.clients.claim();
  }

  /** @param {string} address */
  async function kept(address) {
    const cache = await caches.open(ours + version);
    return cache.match(address, { ignoreVary: true });
  }

  /** @param {any} event @param {string} address */
  async function fresh(event, address) {
    try {
      return (await event.preloadResponse) ?? (await fetch(event.request));
    } catch {
      const missing = event.request.mode === "navigate" ? await kept(new URL("404.html", root).href) : undefined;
      return (await kept(address)) ?? missing ?? Response.error();
    }
  }

  /** @param {any} event */
  function answer(event) {
    const address = new URL(event.request.url);
    if (event.request.method !== "GET" || !address.href.startsWith(root)) return;
    address.search = address.hash = "";
    if (address.pathname.endsWith("/")) address.pathname += "index.html";
    const name = address.href;
    event.respondWith(
      NAMED_BY_CONTENT.test(name)
        ? kept(name).then((found) => found ?? fetch(event.request))
        : fresh(event, name),
    );
  }

  worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(fill()));
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(replace()));
  worker.addEventListener("fetch", answer);
}
