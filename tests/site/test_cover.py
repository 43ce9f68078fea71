"""SVG pictures that become part of their page, and the cover, which is the first of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sphinx.errors import ExtensionError

import inline_svg

Build = Callable[..., tuple[str, str]]
DOT = '<svg class="dot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle r="1"/></svg>\n'
MOST = 12_000


def test_a_picture_becomes_a_part_of_its_page(build: Build, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/dot.svg").write_text(DOT, "utf-8")
    html, warnings = build('# Page\n\n![A "dot"](dot.svg)\n', ("inline_svg",))
    assert warnings == ""
    assert '<p><svg class="dot" viewBox="0 0 2 2" role="img" aria-label="A &quot;dot&quot;">' in html
    assert "<img" not in html
    assert not list((tmp_path / "html").glob("_images/*"))


@pytest.mark.parametrize(
    ("svg", "alt", "word"),
    [
        (DOT, " ", "alt text"),
        ("<p>", "A dot", "no <svg>"),
        (DOT.replace("<circle", '<circle style="x"'), "A dot", "style="),
        (DOT.replace("<circle", "<script></script><circle"), "A dot", "<script"),
        (DOT.replace("<circle", '<circle id="a"'), "A dot", "id="),
    ],
)
def test_what_a_page_cannot_take_over_is_an_error(svg: str, alt: str, word: str) -> None:
    with pytest.raises(ExtensionError, match=word):
        inline_svg.part_of_page(svg, alt)


def test_an_error_names_the_page_and_the_picture(build: Build, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/dot.svg").write_text(DOT, "utf-8")
    with pytest.raises(ExtensionError, match=r"page: the picture dot\.svg: it has no alt text"):
        build("# Page\n\n![](dot.svg)\n", ("inline_svg",))


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
def test_the_cover_leaves_the_question_on_the_first_screen(
    chromium: Browser, address: str, width: int, height: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": height}, service_workers="block")
    page.goto(f"{address}chapters/intro.html")
    # Each part stands below the last, and none is out of sight.
    parts = ("article h1", "article h1 + p", "svg.cover", "article a >> text=Start reading", ".admonition")
    boxes = [page.locator(part).first.bounding_box() for part in parts]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert len(tops) == len(parts)
    assert tops[-1] < 0.75 * height
    assert boxes[2] is not None
    # Of the width of the text, and no wider than the screen.
    assert boxes[2]["width"] == boxes[-1]["width"] <= width
    for name in ("Start reading", "Play with the ball"):
        box = page.get_by_role("link", name=name, exact=True).bounding_box()
        assert box is not None
        assert box["height"] >= 24
    page.get_by_role("link", name="Play with the ball").click()
    page.wait_for_url(f"{address}chapters/rolling_ball.html#*")
    assert page.locator(":target figure, figure:has(:target), :target").first.is_visible()
    page.close()


def test_the_cover_takes_the_colours_of_its_page(chromium: Browser, address: str) -> None:
    fills = []
    for scheme in ("light", "dark"):
        page = chromium.new_page(color_scheme=scheme, service_workers="block")
        page.goto(f"{address}chapters/intro.html")
        fills.append(page.locator(".cover-ground").evaluate("(one) => getComputedStyle(one).fill"))
        page.close()
    assert fills[0] != fills[1]
    assert "rgb(0, 0, 0)" not in fills


def test_the_cover_is_light(site: Path) -> None:
    text = (site / "chapters/intro.html").read_text("utf-8")
    picture = text[text.index('<svg class="cover"') :].partition("</svg>")[0]
    assert 'role="img"' in picture
    assert len(picture) < MOST
