"""What a page does before its scripts have come, and for what it does not lay out yet."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from judging import LAY_OUT
from playwright.sync_api import Browser, Page, Route

LATE, EARLY = re.compile(r"/page\.\w+\.js$"), re.compile(r"/early\.\w+\.js$")
# As if a reader had come near everything, and then as if each part were still laid out alone.
ALONE = "[data-alone] { contain: layout paint style }"
PARTS = """
() => {
  const found = [...document.querySelectorAll("article section :not(section)")];
  const apart = found.filter((one) => getComputedStyle(one).contentVisibility === "auto");
  for (const one of apart) one.dataset.alone = "";
  return apart.length;
}
"""
SHEETS = """
(texts) => {
  document.adoptedStyleSheets = texts.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
}
"""
PLACES = """
() => document.fonts.ready.then(() =>
  [...document.querySelectorAll("article section > *")].map((one) => {
    const { y, height } = one.getBoundingClientRect();
    return [`${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`, y, height];
  }))
"""
BRIGHTNESS = "Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
CODE_COLOUR = "getComputedStyle(document.querySelector('.highlight .k')).color"
THEME = "[document.documentElement.dataset.theme, document.documentElement.dataset.mode]"


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page in one of the two modes."""
    context = chromium.new_context(color_scheme=request.param, service_workers="block")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("missing", [LATE, EARLY])
def test_either_script_settles_the_colours(page: Page, address: str, missing: re.Pattern[str]) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "warning" else None)
    stopped: list[str] = []

    def stop(route: Route) -> None:
        stopped.append(route.request.url)
        route.abort()

    page.route(missing, stop)
    page.goto(f"{address}chapters/two_forms.html")
    scheme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    assert page.evaluate(THEME) == [scheme, "auto"]
    assert len(stopped) == 1
    assert said == []


def test_a_dark_page_begins_in_the_dark(page: Page, address: str) -> None:
    """As in a browser that does not hold up its drawing for the early script."""
    for script in (LATE, EARLY):
        page.route(script, lambda route: route.abort())
    page.goto(f"{address}chapters/two_forms.html")
    assert page.evaluate(THEME) == ["light", None]
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert (page.evaluate(BRIGHTNESS) < 60) is dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_a_page_is_light(chromium: Browser, address: str, scheme: Any) -> None:
    context = chromium.new_context(color_scheme=scheme, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}chapters/two_forms.html")
    assert page.evaluate(BRIGHTNESS) > 240
    # The names of code have their colours too.
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.highlight .k')).color") != "rgb(36, 41, 46)"
    )
    context.close()


def test_a_readers_choice_comes_before_the_systems(page: Page, address: str) -> None:
    page.goto(f"{address}chapters/two_forms.html")
    system = page.evaluate(THEME)[0]
    chosen = {"light": "dark", "dark": "light"}[system]
    page.evaluate("(mode) => localStorage.setItem('mode', mode)", chosen)
    page.route(LATE, lambda route: route.abort())
    page.reload()
    assert page.evaluate(THEME) == [chosen, chosen]


@pytest.mark.parametrize(("chapter", "width"), [("two_forms", 1440), ("rolling_ball", 390)])
def test_what_is_laid_out_alone_stands_where_it_would_stand_anyway(
    chromium: Browser, address: str, chapter: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, service_workers="block")
    page = context.new_page()
    page.goto(f"{address}chapters/{chapter}.html")
    assert page.evaluate(PARTS) > 50
    page.evaluate(SHEETS, [LAY_OUT])
    free = page.evaluate(PLACES)
    page.evaluate(SHEETS, [LAY_OUT, ALONE])
    alone = page.evaluate(PLACES)
    context.close()
    moved = [
        (one[0], one[1:], other[1:])
        for one, other in zip(free, alone, strict=True)
        if abs(one[2] - other[2]) > 2
    ]
    assert moved == []
    # Nor do they drift apart down the page.
    assert abs(free[-1][1] - alone[-1][1]) < 4
