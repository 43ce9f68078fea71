"""Every page for every reader: with a screen reader, by keyboard, enlarged, in the dark, at rest.

A page is opened once in each look, and all that is judged is written down at once. ``make site`` has
three pages, light and wide, and dark on a phone; ``make test-access`` has every page in these two
looks, and in all four with ALL=1.
"""

import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from crawl import WALK
from judging import AXE, BEYOND, CHECK, DRAWN_AGAIN, LAY_OUT, PHONE, READ, WIDE
from playwright.sync_api import Browser, Page

# The same page at 200 %, and the narrowest screen that WCAG asks for.
ZOOMED, NARROWEST = 640, 320
LOOKS = [("light", WIDE), ("dark", PHONE), ("dark", WIDE), ("light", PHONE)]
# A formula, a lab and code; tables; what Sphinx makes.
SAMPLE = ("chapters/noise.html", "chapters/references.html", "genindex.html")
FOCUS = """
() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    where: element.outerHTML.slice(0, 120),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
      || style.boxShadow !== "none",
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}
"""
MOVES = """
() => [...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  return style.animationName !== "none" || /[1-9]/.test(style.transitionDuration)
    || style.scrollBehavior !== "auto";
}).map((element) => element.outerHTML.slice(0, 100))
"""


def audit(chromium: Browser, address: str, name: str, scheme: Any, width: int) -> dict[str, Any]:
    """Open a page in one look, and write down what a reader would miss."""
    # The policy would not let the checker in.
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address + name)
    page.evaluate(WALK)
    page.add_style_tag(content=LAY_OUT)
    page.add_script_tag(path=AXE)
    seen = page.evaluate(READ)
    page.set_viewport_size({"width": ZOOMED if width == WIDE else NARROWEST, "height": 450})
    page.evaluate(DRAWN_AGAIN)
    seen["beyond"] = page.evaluate(BEYOND)
    page.set_viewport_size({"width": width, "height": 900})
    seen |= page.evaluate(CHECK)
    context.close()
    return seen


@pytest.fixture(scope="module")
def audits(chromium: Browser, address: str, pages: list[str]) -> dict[tuple[str, str, int], dict[str, Any]]:
    """What was seen, by page and look."""
    looks = os.environ.get("LOOKS")
    return {
        (name, scheme, width): audit(chromium, address, name, scheme, width)
        for i, (scheme, width) in enumerate(LOOKS)
        for name in pages
        if looks == "all" or (i < 2 and (looks == "two" or name in SAMPLE))
    }


def of_each(audits: dict[tuple[str, str, int], dict[str, Any]], key: str) -> dict[Any, Any]:
    return {look: seen[key] for look, seen in audits.items() if seen[key]}


def test_axe_finds_nothing(audits: dict[tuple[str, str, int], dict[str, Any]]) -> None:
    assert {scheme for _, scheme, _ in audits} == {"light", "dark"}
    assert min(seen["passes"] for seen in audits.values()) > 10
    assert of_each(audits, "faults") == {}


def test_headings_are_in_order(audits: dict[tuple[str, str, int], dict[str, Any]]) -> None:
    for look, seen in audits.items():
        levels = seen["headings"]
        assert levels[:1] == [1], (look, levels)
        assert levels.count(1) == 1, (look, levels)
        jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        assert jumps == [], look


def test_every_picture_says_what_it_shows(audits: dict[tuple[str, str, int], dict[str, Any]]) -> None:
    assert of_each(audits, "nameless") == {}


def test_every_formula_can_be_read_out(audits: dict[tuple[str, str, int], dict[str, Any]]) -> None:
    assert sum(seen["formulas"] for seen in audits.values()) > 100
    assert of_each(audits, "silent") == {}


def test_nothing_is_lost_on_a_narrow_screen_or_enlarged(
    audits: dict[tuple[str, str, int], dict[str, Any]],
) -> None:
    assert of_each(audits, "beyond") == {}


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Any]:
    """Open a page of the site; settings are those of Playwright's context."""
    contexts = []

    def run(name: str, width: int = WIDE, **settings: Any) -> Page:
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}, **settings))
        page = contexts[-1].new_page()
        page.goto(address + name)
        return page

    yield run
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboard_skips_to_the_text_and_shows_where_it_is(open_page: Any, scheme: str) -> None:
    page = open_page("chapters/noise.html", color_scheme=scheme, reduced_motion="reduce")
    page.keyboard.press("Tab")
    first = page.evaluate(FOCUS)
    assert "#main-content" in first["where"]
    assert first["ring"]
    assert first["seen"]
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('#main-content')")
    page.reload()
    unseen = []
    for _ in range(70):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if not (focus["ring"] and focus["seen"]):
            unseen.append(focus["where"])
    assert unseen == []


def test_what_scrolls_can_be_reached_and_has_a_name_while_it_does(open_page: Any) -> None:
    page = open_page("chapters/how_fast.html", width=PHONE)
    wide = "[tabindex='0'][role=group][aria-label$='scrolls sideways']"
    page.keyboard.press("Tab")
    assert page.locator(f"pre{wide}").count() > 0
    assert page.locator(f".katex-display{wide}").count() > 0
    faults = """
    () => [...document.querySelectorAll("pre, .katex-display, .cell_output > .output")]
      .filter((each) => (each.scrollWidth > each.clientWidth) !== each.matches("[tabindex='0'][role=group]"))
      .map((each) => each.outerHTML.slice(0, 100))
    """
    page.evaluate("document.fonts.ready.then(() => {})")
    assert page.evaluate(faults) == []
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.keyboard.press("Tab")
    assert page.evaluate(faults) == []


def test_without_scripts_what_may_scroll_can_be_reached(open_page: Any) -> None:
    page = open_page("chapters/how_fast.html", width=PHONE, java_script_enabled=False)
    text = page.content()
    assert '<span class="katex-display" tabindex="0">' in text
    assert '<pre tabindex="0">' in text


@pytest.mark.parametrize("name", SAMPLE)
def test_nothing_moves_for_a_reader_who_wants_rest(open_page: Any, name: str) -> None:
    page = open_page(name, reduced_motion="reduce")
    assert page.evaluate(MOVES) == []
    page.locator(".theme-switch-button").first.click()
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_check_of_motion_sees_motion(open_page: Any) -> None:
    page = open_page(SAMPLE[0], reduced_motion="no-preference")
    assert page.evaluate(MOVES) != []


def test_the_page_is_in_a_language(site: Path, pages: list[str]) -> None:
    for name in pages:
        assert re.search(r"<html\b[^>]*\slang=\"en\"", (site / name).read_text("utf-8")), name
