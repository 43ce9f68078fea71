"""Side notes and wide code: in the margin where there is room, and never on anything."""

from pathlib import Path

import pytest
from judging import LAY_OUT
from playwright.sync_api import Browser

CHAPTERS = ("intro", "gradient_descent", "rolling_ball", "two_forms", "how_fast", "noise")
FEWEST, MOST, WORDS = 2, 4, 60
# Of each note: its box, its words, and what it covers that is not part of it.
READ = """
() => {
  const box = (one) => { const { left, right, top, bottom } = one.getBoundingClientRect();
    return { left, right, top: top + scrollY, bottom: bottom + scrollY }; };
  const meet = (a, b) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const notes = [...document.querySelectorAll("aside.side-note")];
  const others = [...document.querySelectorAll(
    "article :is(p, pre, figure, img, svg, table, .math, .admonition, .proof, .cell, li, h2, h3, h4)",
  )].filter((one) => one.checkVisibility() && !one.closest("aside.side-note"));
  const list = document.querySelector(".bd-sidebar-secondary");
  const text = box(document.querySelector("article h1"));
  return notes.map((note) => {
    const own = box(note);
    return {
      ...own,
      text,
      words: note.innerText.split(/\\s+/).length,
      covers: [...others, ...notes]
        .filter((one) => one !== note && meet(own, box(one)))
        .map((one) => one.outerHTML.slice(0, 80)),
      list: list?.checkVisibility() ? list.getBoundingClientRect().left : innerWidth,
    };
  });
}
"""

# Of each cell of code: its box, whether a line of it goes on out of sight, and whether the margin is its own.
CODE = """
() => {
  const text = document.querySelector("article > section").getBoundingClientRect().width;
  const list = document.querySelector(".bd-sidebar-secondary").getBoundingClientRect().left;
  const cells = [...document.querySelectorAll("article .cell_input")].filter((one) => one.checkVisibility());
  return cells.map((one) => {
    const { width, right } = one.getBoundingClientRect();
    const { scrollWidth, clientWidth } = one.querySelector("pre");
    const section = one.closest("section");
    const free = one.closest(".admonition") === null && !section.querySelector(":scope > .side-note");
    return { width, right, text, list, free, hidden: scrollWidth > clientWidth };
  });
}
"""


@pytest.mark.parametrize(("width", "beside"), [(1440, True), (1400, True), (1024, False), (390, False)])
def test_a_note_stands_in_the_margin_or_in_the_text_and_covers_nothing(
    chromium: Browser, address: str, width: int, beside: bool
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, service_workers="block", bypass_csp=True
    )
    page = context.new_page()
    for chapter in CHAPTERS:
        page.goto(f"{address}chapters/{chapter}.html", wait_until="domcontentloaded")
        page.add_style_tag(content=LAY_OUT)
        page.evaluate("document.fonts.ready")
        for note in page.evaluate(READ):
            where = f"{chapter} at {width}: {note}"
            assert note["covers"] == [], where
            assert note["words"] <= WORDS, where
            if beside:
                assert note["text"]["right"] < note["left"] < note["right"] < note["list"], where
            else:
                assert note["text"]["left"] <= note["left"] < note["right"] <= note["text"]["right"], where
    context.close()


def test_the_first_chapters_have_a_few_each(site: Path) -> None:
    for chapter in CHAPTERS:
        text = (site / f"chapters/{chapter}.html").read_text("utf-8")
        count = text.count('<aside class="side-note">')
        assert FEWEST <= count <= MOST, chapter
        # A note is Markdown that was read, not text that was passed through.
        assert text.count('<aside class="side-note">\n<p>') == count, chapter


@pytest.mark.parametrize("width", [1440, 1400])
def test_code_takes_from_the_margin_what_its_longest_line_needs(
    chromium: Browser, address: str, width: int
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, service_workers="block", bypass_csp=True
    )
    page = context.new_page()
    # One page without side notes, and one with.
    for chapter in ("in_practice", "rolling_ball"):
        page.goto(f"{address}chapters/{chapter}.html", wait_until="domcontentloaded")
        page.add_style_tag(content=LAY_OUT)
        page.evaluate("document.fonts.ready")
        cells = page.evaluate(CODE)
        free = [cell for cell in cells if cell["free"]]
        assert len(free) > 20, chapter
        # The margin holds nearly every line, and no box is wider than the text for nothing.
        assert sum(cell["hidden"] for cell in free) < len(free) / 10, chapter
        assert any(cell["width"] > cell["text"] + 100 for cell in free), chapter
        assert any(cell["width"] == cell["text"] for cell in free), chapter
        for cell in cells:
            assert cell["right"] < cell["list"], chapter
            if not cell["free"]:
                assert cell["width"] <= cell["text"] + 1, chapter
    context.close()
