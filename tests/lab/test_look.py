"""The labs look as the still figures do: the same colours and line styles, on a light and on a dark page."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from momentum.lab.assemble import source
from momentum.plotting import STYLES

CSS = source("lab.css")
LIGHT, DARK = (
    dict(re.findall(r"--lab-(\w+): (#\w{6})", block)) for block in CSS.split('[data-theme="dark"]')[:2]
)


def in_the_dark(colour: str) -> Sequence[float]:
    """Do what the page's filter does to a figure: invert(1) hue-rotate(180deg)."""
    rotate = [[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]]
    return np.clip(rotate @ (1 - np.asarray(to_rgb(colour))), 0, 1)


@pytest.mark.parametrize("method", STYLES)
def test_each_method_has_its_colour_on_both_pages(method: str) -> None:
    assert LIGHT[method] == STYLES[method]["color"].lower()
    assert DARK[method] == to_hex(in_the_dark(STYLES[method]["color"]))


@pytest.mark.parametrize("method", STYLES)
def test_each_method_has_its_line_style(method: str) -> None:
    pattern = re.search(rf"^\.lab-{method} \{{.*stroke-dasharray: ([\d ]+);", CSS, re.MULTILINE)
    style = STYLES[method]["linestyle"]
    if style == "-":
        assert pattern is None
    else:
        # Matplotlib counts in line widths, and a curve of a lab is two pixels wide.
        assert pattern
        assert [int(each) for each in pattern[1].split()] == [2 * each for each in style[1]]


def test_the_axes_are_lines_and_no_areas() -> None:
    assert re.search(r"^\.lab-axes [^{]*path[^{]*\{[^}]*fill: none;", CSS, re.MULTILINE)
