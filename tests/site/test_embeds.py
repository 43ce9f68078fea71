"""The figures that other sites may show, on the built site."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawl import Visit, until, watch
from playwright.sync_api import Browser, Frame, Page
from sphinx.errors import ConfigError

import widget_embeds

LAB = "fig-ball-lab"


@pytest.fixture
def embeds(site: Path) -> list[Path]:
    return sorted((site / "embed").glob("*.html"))


@pytest.fixture
def record() -> Visit:
    return Visit("embed")


@pytest.fixture
def page(chromium: Browser, address: str, record: Visit) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 900, "height": 900}, color_scheme="dark")
    page = context.new_page()
    watch(page, address, record)
    yield page
    context.close()
    assert record.strangers == []
    assert record.complaints == []


def framed(page: Page, address: str, more: str = "") -> Frame:
    """Show the embed in an iframe of another page of the server, and return the frame."""
    page.goto(f"{address}chapters/references.html")
    page.evaluate(
        """(src) => {
          const frame = document.createElement("iframe");
          Object.assign(frame, { src, width: 700, height: 900, title: "A lab" });
          document.querySelector("article h1").after(frame);
        }""",
        f"{address}embed/{LAB}.html{more}",
    )
    element = page.wait_for_selector("iframe")
    frame = element.content_frame()
    assert frame
    frame.wait_for_selector("[data-widget-state=mounted]")
    return frame


def test_each_widget_figure_of_a_chapter_has_its_page_and_its_lines(site: Path, embeds: list[Path]) -> None:
    offered = []
    for path in (site / "chapters").glob("*.html"):
        text = path.read_text("utf-8")
        figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
        shown = sum('class="static-widget"' in figure for figure in figures)
        found = re.findall(r'<a href="\.\./embed/([\w-]+)\.html">the figure alone', text)
        assert len(found) == shown, path.name
        offered += found
    assert offered
    assert sorted(offered) == [path.stem for path in embeds]


def test_an_embed_is_for_readers_and_not_for_search_engines(embeds: list[Path], site: Path) -> None:
    for path in embeds:
        text = path.read_text("utf-8")
        assert '<meta name="robots" content="noindex">' in text
        assert 'class="static-widget-picture"' in text
        assert "<figcaption" in text
        (data,) = re.findall(r'id="static-widgets">(.*?)</script>', text, re.DOTALL)
        # The widget, and the plain slider that one of them is linked to.
        models = json.loads(data)["models"].values()
        assert sum("code" in model for model in models) == 1
        assert len(models) <= 2
        for link in re.findall(r'(?:href|src)="(\.\./[^"#?]+)', text):
            assert (path.parent / link).resolve().is_relative_to(site.resolve())
            assert (path.parent / link).resolve().is_file(), link


@pytest.mark.parametrize("width", [390, 700, 1024])
def test_the_lines_give_each_frame_the_height_that_it_needs(
    chromium: Browser, address: str, site: Path, embeds: list[Path], width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 700}, service_workers="block")
    page = context.new_page()
    for path in (site / "chapters").glob("*.html"):
        # As a reader copies them, into a page of another site.
        shown = re.findall(r"<pre[^>]*>(?:(?!</pre>).)*iframe.*?</pre>", path.read_text("utf-8"), re.DOTALL)
        for lines in (html.unescape(re.sub("<[^>]*>", "", one)).strip() for one in shown):
            lines = re.sub(r'src="[^"]*/(?=embed/)', f'src="{address}', lines)
            page.set_content(f"<!DOCTYPE html>{lines.replace('lazy', 'eager')}")
            frame = page.wait_for_selector("iframe").content_frame()
            assert frame
            frame.wait_for_selector("[data-widget-state=mounted]")
            needed, given = frame.evaluate(
                "[document.querySelector('main').getBoundingClientRect().bottom, innerHeight]"
            )
            assert needed <= given < needed + 180, (lines, needed, given)
            embeds.remove(site / re.search(r"embed/[\w-]+\.html", lines)[0])
    context.close()
    assert embeds == []


@pytest.mark.parametrize("pair", [[840], [0, 10], [840, 500], [840.5, 900], "840"])
def test_a_height_that_is_none_stops_the_build(pair: object) -> None:
    with pytest.raises(ConfigError, match=r"fig-x.*expected two whole numbers"):
        widget_embeds.check({"fig-x": pair})


def test_a_lab_in_a_frame_mounts_and_moves(page: Page, address: str) -> None:
    frame = framed(page, address)
    before = frame.locator(".lab-drawing").inner_html()
    frame.get_by_role("button", name="One update").click()
    until(frame, "document.querySelector('.lab-drawing').innerHTML !== value", before)
    # It fits the frame.
    width, screen = frame.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= screen


@pytest.mark.parametrize(("more", "theme"), [("", "dark"), ("?theme=light", "light"), ("?theme=x", "dark")])
def test_a_frame_is_light_or_dark_as_asked_or_as_the_system(
    page: Page, address: str, more: str, theme: str
) -> None:
    assert framed(page, address, more).evaluate("document.documentElement.dataset.theme") == theme


def test_a_link_to_a_state_is_one_to_the_embed_too(page: Page, address: str) -> None:
    values = "[...document.querySelectorAll('.lab input')].map((one) => one.value)"
    page.goto(f"{address}embed/{LAB}.html")
    page.wait_for_selector("[data-widget-state=mounted]")
    first = page.evaluate(values)
    page.get_by_role("slider").first.press("ArrowRight")
    page.get_by_role("button", name="Link to this state").click()
    chosen = page.evaluate(values)
    assert chosen != first
    assert framed(page, address, page.evaluate("location.hash")).evaluate(values) == chosen


@pytest.mark.parametrize(
    ("path", "moved"),
    [
        ("ball.html", "../chapters/ball.html"),
        ("#here", "../chapters/noise.html#here"),
        ("../_images/a.png", "../_images/a.png"),
        ("https://example.org/a", "https://example.org/a"),
        ("/rooted", "/rooted"),
    ],
)
def test_addresses_move_with_the_figure(path: str, moved: str) -> None:
    assert widget_embeds.moved("chapters/noise", f'<a href="{path}">') == f'<a href="{moved}">'
