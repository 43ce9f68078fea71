// Ask for the service worker, which keeps the site for reading without a network: quietly, when the page
// has long been there, and not where a reader saves data or the page is a part of another.
const { connection } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator);
const QUIET = 5000;
// Only the pages of the book say where its root is; a lab on a page of its own does not.
const home = document.documentElement.dataset.content_root;
if (home && "serviceWorker" in navigator && !connection?.saveData && top === self) {
  const root = new URL(home, location.href);
  const register = () => navigator.serviceWorker.register(new URL("sw.js", root)).catch(() => {});
  addEventListener("load", () => setTimeout(register, QUIET));
}
