"""The cheat sheet is one page of A4 when it is printed, and nothing on it is cut."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

SHEET = "chapters/cheat_sheet.html"
# 96 pixels an inch; the margins are those of the sheet's own style.
WIDTH, HEIGHT = round((210 - 18) / 25.4 * 96), round((297 - 16) / 25.4 * 96)
BOXES = """() => {
  const all = (selector) => [...document.querySelectorAll(".fact-sheet " + selector)];
  const sheet = document.querySelector(".fact-sheet").getBoundingClientRect();
  // Where the letters of a cell are; what only screen readers read has no place.
  const letters = (cell) => {
    const found = [], walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.closest(".katex-mathml")) continue;
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      found.push(...range.getClientRects());
    }
    return found;
  };
  const beyond = (cell, frame) =>
    letters(cell).some((box) => box.right > frame.right + 1 || box.left < frame.left - 1);
  const texts = (cells) => cells.map((cell) => cell.textContent);
  return {
    bottom: sheet.bottom,
    count: all(":is(td, th, h2)").length,
    cut: texts(all(":is(td, th, h2)").filter((cell) => beyond(cell, sheet))),
    overlap: texts(all("td").filter((cell) => beyond(cell, cell.getBoundingClientRect()))),
    columns: new Set(all("h2").map((title) => Math.round(title.getBoundingClientRect().left))).size,
    colour: getComputedStyle(all("a")[0]).color,
  };
}"""


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Page]:
    """The sheet, on a screen of either scheme."""
    context = chromium.new_context(color_scheme=request.param, viewport={"width": WIDTH, "height": HEIGHT})
    opened = context.new_page()
    opened.goto(address + SHEET)
    yield opened
    context.close()


def test_it_prints_on_one_page_of_a4(page: Page) -> None:
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    (box,) = set(re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed))
    assert [round(float(side) / 72 * 25.4) for side in box] == [210, 297]


def test_nothing_is_cut_and_there_is_room_for_wider_letters(page: Page) -> None:
    page.emulate_media(media="print")
    found = page.evaluate(BOXES)
    assert found["cut"] == found["overlap"] == []
    assert found["count"] > 100
    assert found["columns"] == 2
    # Another machine's letters are up to this much wider than ours.
    assert found["bottom"] < 0.97 * HEIGHT
    assert found["colour"] == "rgb(0, 0, 0)"


def test_a_phone_has_one_column(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    found = page.evaluate(BOXES)
    assert found["columns"] == 1
    # A long formula may make its table scroll, but not the page.
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_no_other_page_loads_its_style(page: Page, address: str) -> None:
    style = "link[rel=stylesheet][href*='cheat_sheet']"
    assert page.locator(style).count() == 1
    page.goto(address + "chapters/notation.html")
    assert page.locator(style).count() == 0
