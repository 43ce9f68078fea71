"""The figures' colours on the page, in light and in dark mode, as the browser shows them.

A swatch of each colour is put where a figure stands, and its pixel read from a screenshot: so the
stylesheet's own filter is what is measured.
"""

import base64
import io
from collections.abc import Iterator

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from PIL import Image
from playwright.sync_api import Browser, Page

from momentum.plotting import STYLES, style

TEXT_KEYS = ("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor")
LINE_KEYS = ("axes.edgecolor", "xtick.color", "ytick.color")
TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance of WCAG 2."""
    part = np.asarray(colour)
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Contrast ratio of WCAG 2, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def style_colours() -> tuple[dict[str, str], dict[str, str]]:
    """The stylesheet's colours of text and of lines, by what they are for."""
    with plt.style.context("momentum.book"):
        text = {key: to_hex(mpl.rcParams[key]) for key in TEXT_KEYS}
        lines = {key: to_hex(mpl.rcParams[key]) for key in LINE_KEYS}
        cycle = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
        lines |= {f"cycle {number}": to_hex(colour) for number, colour in enumerate(cycle)}
    lines |= {method: to_hex(style(method)["color"]) for method in STYLES}
    return text, lines


def png(colour: str) -> str:
    """The address of a one-colour picture."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(content, "png")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def pixel(page: Page, x: float, y: float) -> tuple[float, ...]:
    """The colour at a place of the screen."""
    shot = page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    colour = Image.open(io.BytesIO(shot)).convert("RGB").getpixel((0, 0))
    return tuple(part / 255 for part in colour)


def shown(page: Page, colour: str) -> tuple[float, ...]:
    """The colour on the screen of a figure's ``colour``."""
    page.evaluate(
        """(source) => {
          document.querySelector("article.bd-article").innerHTML =
            `<div class="cell_output"><img alt="" style="width: 60px; height: 60px" src="${source}">
             </div>`;
          return document.querySelector("article img").decode();
        }""",
        png(colour),
    )
    box = page.locator("article img").bounding_box()
    assert box is not None
    return pixel(page, box["x"] + 30, box["y"] + 30)


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, chromium: Browser, address: str, pages: list[str]) -> Iterator[Page]:
    """A page of the book in one of the two modes."""
    name = next(page for page in pages if page.startswith("chapters/"))
    context = chromium.new_context(color_scheme=request.param)
    opened = context.new_page()
    opened.goto(address + name, wait_until="networkidle")
    assert opened.locator("html").get_attribute("data-theme") == request.param
    yield opened
    context.close()


def ground(page: Page) -> tuple[float, ...]:
    """The colour of the page itself."""
    css = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return tuple(int(part) / 255 for part in css.strip("rgba()").split(",")[:3])


def test_colours_of_figures_stand_out_in_both_modes(page: Page) -> None:
    text, lines = style_colours()
    paper = ground(page)
    wanted = [(text, TEXT_CONTRAST), (lines, LINE_CONTRAST)]
    ratios = {
        (use, colour): (contrast(shown(page, colour), paper), least)
        for colours, least in wanted
        for use, colour in colours.items()
    }
    assert {key: value for key, value in ratios.items() if value[0] < value[1]} == {}


def test_a_blue_line_stays_blue_and_a_red_one_red(page: Page) -> None:
    red, _, blue = shown(page, to_hex("tab:blue"))
    assert blue > red
    red, _, blue = shown(page, to_hex("tab:red"))
    assert red > blue


def test_a_transparent_figure_shows_the_page(page: Page) -> None:
    content = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(content, "png")
    page.evaluate(
        """(data) => {
          document.querySelector("article.bd-article").innerHTML =
            `<div class="cell_output"><img alt="" style="width: 60px; height: 60px"
              src="data:image/png;base64,${data}"></div>`;
          return document.querySelector("article img").decode();
        }""",
        base64.b64encode(content.getvalue()).decode(),
    )
    box = page.locator("article img").bounding_box()
    assert box is not None
    assert pixel(page, box["x"] + 30, box["y"] + 30) == ground(page)


def test_the_measure_of_contrast() -> None:
    assert contrast(to_rgb("white"), to_rgb("black")) == pytest.approx(21)
    assert contrast(to_rgb("#767676"), to_rgb("white")) == pytest.approx(4.54, abs=0.01)
