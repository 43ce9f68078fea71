// Open labs in Firefox and write down, as JSON, what they do: node labs.mjs FIREFOX ADDRESS LAB...
// Playwright drives only a Firefox of its own making; puppeteer drives the one that readers have.

import puppeteer from "puppeteer-core";

const { argv, stdout } = /** @type {any} */ (globalThis).process;
/** @type {string[]} */ const [executablePath, address, ...labs] = argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
/** @type {Record<string, unknown>} */ const seen = {};
try {
  for (const lab of labs) seen[lab] = await visit(lab);
} finally {
  await browser.close();
}
stdout.write(JSON.stringify(seen));

/** Where a slider stands, and what it says.
 * @param {import("puppeteer-core").ElementHandle<HTMLInputElement>} slider */
function said(slider) {
  return slider.evaluate((each) => each.value + each.getAttribute("aria-valuetext"));
}

/** @param {string} lab */
async function visit(lab) {
  const page = await browser.newPage();
  /** @type {string[]} */ const complaints = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.setViewport({ width: 1000, height: 900 });
  await page.goto(`${address}?lab=${lab}`);
  await page.waitForSelector("html[data-ready]", { timeout: 20_000 });
  const settled = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const drawing = () => page.$eval(".lab-drawing", (each) => each.outerHTML);
  await settled();
  const marks = await page.$$eval(".lab-drawing path[d*=L]", (all) => all.length);
  const words = await page.$eval(".lab-words", (each) => each.textContent);

  /** @type {Record<string, boolean>} whether each slider that can be seen answers to its keys */
  const sliders = {};
  for (const slider of await page.$$("input[type=range]")) {
    if (!(await slider.isVisible())) continue;
    const name = await slider.evaluate((each) => each.labels?.[0].textContent ?? "");
    const before = await said(slider);
    await slider.focus();
    // One of them leads on, even from an end of the range.
    await page.keyboard.press("ArrowLeft");
    if (before === (await said(slider))) await page.keyboard.press("ArrowRight");
    sliders[name] = before !== (await said(slider));
  }
  const first = await drawing();
  await page.focus("input[type=range]");
  await page.keyboard.press("Home");
  await settled();
  const redrawn = first !== (await drawing());

  /** @type {boolean[]} whether what can be dragged follows the mouse */
  const drags = [];
  for (const mark of await page.$$(".lab-draggable")) {
    if (!(await mark.isVisible())) continue;
    const [before, box] = [await drawing(), await mark.boundingBox()];
    if (!box) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 25, y - 20, { steps: 3 });
    await page.mouse.up();
    await settled();
    drags.push(before !== (await drawing()));
  }
  await page.setViewport({ width: 390, height: 844 });
  await settled();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.close();
  return { marks, words, sliders, redrawn, drags, width, complaints };
}
