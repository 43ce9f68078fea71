"""Visit a page in a browser and write down all that the tests judge."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from judging import DRAWN_AGAIN
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request, Route

TABS = 4
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
# Read in the page at once: one question a page is far faster than one an element.
READ = r"""
() => {
  const article = document.querySelector("article.bd-article") ?? document.body;
  const inside = (selector) => [...article.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility();
  const text = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  let prose = "";
  while (text.nextNode()) {
    const parent = text.currentNode.parentElement;
    if (!parent.closest("pre, code, script, style, noscript, button, .katex, .toggle-details__summary-text")
        && !parent.closest(".flashcards-desk"))
      prose += text.currentNode.data;
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return {
    title: document.title,
    heading: inside("h1").map((h) => h.innerText.trim()).join(" "),
    prose,
    ids,
    links: [...document.querySelectorAll("a[href]")].map((a) => a.href),
    images: [...document.querySelectorAll("img")].map((image) => ({
      source: image.currentSrc || image.src,
      alt: image.getAttribute("alt"),
      loaded: image.complete && image.naturalWidth > 0,
      sized: image.hasAttribute("width") && image.hasAttribute("height"),
      height: image.getBoundingClientRect().height,
    })),
    formulas: document.querySelectorAll(".math").length,
    rendered: document.querySelectorAll(".math > .katex, .math > .katex-display > .katex").length,
    refused: document.querySelectorAll(".katex-error").length,
    visible_formulas: inside(".math .katex-html").filter(shown).length,
    mathfont: document.fonts.check("16px KaTeX_Main"),
    widths: [document.documentElement.scrollWidth, document.documentElement.clientWidth],
  };
}
"""


# Pictures and formulas further down wait for a reader who may come.
FETCH_PICTURES = """
() => document.fonts.load("16px KaTeX_Main").then(() => Promise.all([...document.images].map((image) => {
  image.loading = "eager";
  return image.decode().catch(() => {});
})))
"""


# Widgets start when a reader is near.
WALK = """
async () => {
  for (const place of document.querySelectorAll("[data-widget-state]")) {
    place.scrollIntoView();
    for (let i = 0; place.dataset.widgetState === "waiting"; i++) {
      if (i > 400) throw new Error("a widget never started");
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  scrollTo(0, 0);
}
"""


@dataclass
class Visit:
    """What one page did and what stood on it."""

    page: str
    status: int = 0
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    seen: dict[str, object] = field(default_factory=dict)

    def __getitem__(self, name: str) -> object:
        return self.seen[name]


@contextmanager
def served(script: Path, site: Path) -> Iterator[str]:
    """Serve a site by the project's script, and give its address, which ends in a slash."""
    command = [sys.executable, str(script), str(site), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+/", server.stdout.readline())
        assert found, "the server printed no address"
        yield found[0]
        server.terminate()


def until(page: Page | Frame, condition: str, value: object = None) -> None:
    """Wait until a condition holds, which may use ``value``; Playwright's own wait is code from a string."""
    page.evaluate(
        f"""async (value) => {{
          for (let i = 0; !({condition}); i++) {{
            if (i > 400) throw new Error("it never held");
            await new Promise((done) => setTimeout(done, 50));
          }}
        }}""",
        value,
    )


def watch(page: Page, address: str, record: Visit) -> None:
    """Write down errors, and stop and write down each request to another host."""

    def on_stranger(route: Route, request: Request) -> None:
        record.strangers.append(request.url)
        route.abort()

    # A pattern is matched beside the browser; a function would be asked here for every request.
    page.route(re.compile(f"^(?!data:|blob:|{re.escape(address)})"), on_stranger)
    page.on(
        "console",
        lambda message: (
            record.complaints.append(f"console {message.type}: {message.text}")
            if message.type in {"error", "warning"} and "Service Worker" not in message.text
            else None
        ),
    )
    page.on("pageerror", lambda error: record.complaints.append(f"error: {error}"))
    page.on(
        "response",
        lambda response: (
            record.complaints.append(f"status {response.status}: {response.url}")
            if response.status >= 400
            else None
        ),
    )


def visit_all(
    chromium: Browser,
    address: str,
    names: list[str],
    *,
    scripts: bool = True,
    walk: bool = False,
) -> list[Visit]:
    """Open the pages of the site, as a reader would, and say what happened.

    Whoever walks goes down to the end of each page, past its widgets, and uses its buttons; then the
    window is made as narrow as a phone.
    """
    context = chromium.new_context(
        viewport=WIDE,
        java_script_enabled=scripts,
        # What it keeps for later is no part of a page; test_offline.py looks at it.
        service_workers="block",
    )
    visits = []
    # A few tabs at a time: each waits for its page to fall silent, and they wait together.
    for start in range(0, len(names), TABS):
        opened = [open_page(context, address, name) for name in names[start : start + TABS]]
        visits += [read_page(page, record, walk) for page, record in opened]
    context.close()
    return visits


def open_page(context: BrowserContext, address: str, name: str) -> tuple[Page, Visit]:
    """Send one page to a tab of its own."""
    record = Visit(name)
    page = context.new_page()
    watch(page, address, record)
    answer = page.goto(address + name, wait_until="commit")
    record.status = answer.status if answer else 0
    return page, record


def use(page: Page) -> None:
    """Use what stands on every page: the colour mode, the menu of downloads, the search."""
    for name in (".theme-switch-button", ".dropdown-download-buttons > button"):
        if page.locator(name).count():
            page.locator(name).first.click(timeout=5000)
            page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")


def read_page(page: Page, record: Visit, walk: bool) -> Visit:
    """Wait until nothing more happens on the page, and write down what stands there."""
    page.wait_for_load_state("load")
    # What a script starts after the page has loaded counts as well.
    page.wait_for_load_state("networkidle")
    page.evaluate(FETCH_PICTURES)
    record.seen = page.evaluate(READ)
    if walk:
        # A tab behind another is not drawn, so no widget is ever near.
        page.bring_to_front()
        page.evaluate(WALK)
        use(page)
        page.set_viewport_size(PHONE)
        page.evaluate(DRAWN_AGAIN)
        record.seen["on_a_phone"] = page.evaluate(WIDTHS)
    page.close()
    return record
