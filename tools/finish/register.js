// Ask for the service worker, which keeps the site for reading without a network: quietly, when the page
// has long been there, and not where a reader saves data or the page is a part of another.
const { connection } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator);
const QUIET = 5000;
if ("serviceWorker" in navigator && !connection?.saveData && top === self) {
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const register = () => navigator.serviceWorker.register(new URL("sw.js", root)).catch(() => {});
  addEventListener("load", () => setTimeout(register, QUIET));
}
