// Open pages of the site in Firefox and write down, as JSON, what is amiss: node pages.mjs FIREFOX ADDRESS,
// with what to ask and which pages in which looks on the standard input.

import puppeteer from "puppeteer-core";

const { argv, stdin, stdout } = /** @type {any} */ (globalThis).process;
/** @type {string[]} */ const [executablePath, address] = argv.slice(2);
let input = "";
for await (const chunk of stdin.setEncoding("utf8")) input += chunk;
/** @typedef {{ name: string, scheme: string, width: number }} Look */
/** @type {{ axe: string, layOut: string, read: string, check: string, beyond: string, looks: Look[] }} */
const asked = JSON.parse(input);

const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
/** @type {Record<string, unknown>} */ const seen = {};
try {
  for (const look of asked.looks) seen[look.name] = await visit(look);
} finally {
  await browser.close();
}
stdout.write(JSON.stringify(seen));

/** @param {Look} look */
async function visit({ name, scheme, width }) {
  const page = await browser.newPage();
  /** @type {string[]} */ const complaints = [];
  /** @type {string[]} */ const strangers = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith("data:")) strangers.push(request.url());
  });
  await page.setViewport({ width, height: 900 });
  await page.goto(address + name, { waitUntil: "load" });
  await page.evaluate((theme) => {
    for (const key of ["mode", "theme"]) localStorage.setItem(key, theme);
  }, scheme);
  await fontsHere(page);
  await page.reload({ waitUntil: "load" });

  const mounted = await page.evaluate(async () => {
    const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-widget-state]"));
    for (const place of places) {
      place.scrollIntoView();
      for (let i = 0; i < 400 && place.dataset.widgetState === "waiting"; i++) {
        await new Promise((done) => setTimeout(done, 50));
      }
    }
    scrollTo(0, 0);
    return [...places].map((place) => place.dataset.widgetState);
  });
  // Not a style element: the policy would refuse it.
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
  }, asked.layOut);
  const theme = await page.evaluate(() => document.documentElement.dataset.theme);
  await page.evaluate(asked.axe);
  const read = await page.evaluate(`(${asked.read})()`);
  const beyond = await page.evaluate(`(${asked.beyond})()`);
  const checked = await page.evaluate(`(${asked.check})()`);
  await fontsHere(page);
  await page.close();
  return { mounted, theme, beyond, complaints, strangers, .../** @type {object} */ (read), .../** @type {object} */ (checked) };
}

/**
 * Wait for the fonts that a page has asked for: Firefox complains of those that it is still fetching when the
 * page is left.
 * @param {import("puppeteer-core").Page} page
 */
async function fontsHere(page) {
  await page.evaluate(async () => void (await document.fonts.ready));
}
