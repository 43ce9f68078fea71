"""The icon that a phone shows for a page on its home screen."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sphinx.errors import ConfigError

import touch_icon

Build = Callable[..., tuple[str, str]]
HILL, BALL, PAPER = (47, 127, 134), (217, 98, 43), (255, 254, 251)


def test_a_page_names_the_icon_and_two_builds_draw_the_same(build: Build, root: Path, tmp_path: Path) -> None:
    drawn = []
    for _ in range(2):
        icon = str(root / "assets/static/favicon.svg")
        html, warnings = build("# Page\n", ("touch_icon",), html_theme="sphinx_book_theme", touch_icon=icon)
        assert warnings == ""
        (path,) = re.findall(r'<link rel="apple-touch-icon" href="([^"]*)"', html)
        drawn.append((tmp_path / "html" / path).read_bytes())
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) < 5000


def test_it_shows_the_ball_on_the_hill_and_nothing_is_transparent(root: Path) -> None:
    icon = touch_icon.draw_icon((root / "assets/static/favicon.svg").read_text("utf-8"))
    assert (icon.size, icon.mode) == ((180, 180), "RGB")
    # The middle of the ball, the corner of the hill, the hill's top at the left, and the sky.
    places = [(82, 63), (2, 177), (2, 60), (177, 2), (2, 50)]
    for place, colour in zip(places, (BALL, HILL, HILL, PAPER, PAPER), strict=True):
        assert icon.getpixel(place) == pytest.approx(colour, abs=2), place


@pytest.mark.parametrize(
    ("svg", "what"),
    [
        ('<svg viewBox="0 0 32 16"></svg>', "expected a square"),
        ('<svg viewBox="0 0 9 9"><rect/></svg>', "'rect'; expected paths"),
    ],
)
def test_what_it_cannot_draw_stops_the_build(svg: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        touch_icon.draw_icon(svg)


def test_without_the_setting_there_is_none(build: Build, tmp_path: Path) -> None:
    html, warnings = build("# Page\n", ("touch_icon",), html_theme="sphinx_book_theme")
    assert warnings == ""
    assert "touch-icon" not in html
    assert not (tmp_path / "html" / touch_icon.TARGET).exists()


def test_on_the_site_each_page_names_it_and_none_loads_it(site: Path, pages: list[str]) -> None:
    named = 0
    for name in pages:
        text = (site / name).read_text("utf-8")
        for address in re.findall(r'<link rel="apple-touch-icon" href="([^"]*)"', text):
            path = site / address.lstrip("/") if address.startswith("/") else (site / name).parent / address
            with Image.open(path) as icon:
                assert icon.size == (180, 180)
            named += 1
        assert text.count("touch-icon.") == (0 if name.startswith("embed/") else 1), name
    assert named > 20
