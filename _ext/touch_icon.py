"""Draw the book's icon as a picture, for a phone that puts a page on its first screen.

The setting ``touch_icon`` in ``_config.yml`` names an SVG file, seen from the folder of the book. Of it the
picture knows paths and circles, each with a colour of its own; it fills the square, on paper, since a phone
lays black behind what is transparent and cuts the corners itself. Each page names the picture in its head,
and no page shows it. It has no date, so two builds give the same bytes.
"""

from __future__ import annotations

import io
from math import comb
from operator import mul
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from PIL import Image, ImageDraw
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

SIZE, FINER, STEPS = 180, 8, 24
PAPER = "#fffefb"
TARGET = "_static/touch-icon.png"

Point = tuple[float, float]


def bezier(points: list[Point]) -> list[Point]:
    """Return points along the curve of some points, the last of many; a line has two.

    >>> bezier([(0.0, 0.0), (4.0, 2.0)])
    [(4.0, 2.0)]
    """
    steps, degree = (STEPS if len(points) > 2 else 1), len(points) - 1
    found = []
    for t in (step / steps for step in range(1, steps + 1)):
        parts = [comb(degree, k) * t**k * (1 - t) ** (degree - k) for k in range(degree + 1)]
        found.append(
            (sum(map(mul, parts, (x for x, _ in points))), sum(map(mul, parts, (y for _, y in points))))
        )
    return found


def corners(path: str) -> list[list[Point]]:
    """Return the points along each shape of a path.

    >>> corners("M0 32V10h4z")
    [[(0.0, 32.0), (0.0, 10.0), (4.0, 10.0), (0.0, 32.0)]]
    """
    pen = RecordingPen()
    parse_path(path, pen)
    shapes: list[list[Point]] = []
    for name, points in pen.value:
        if name == "moveTo":
            shapes.append(list(points))
        else:
            shapes[-1] += bezier([shapes[-1][-1], *points]) if points else []
    return shapes


def draw(svg: str, size: int = SIZE) -> Image.Image:
    """Return a square SVG picture on paper.

    Raises
    ------
    ConfigError
        If it is not square, or has an element that is neither a path nor a circle.
    """
    root = ElementTree.fromstring(svg)
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    if (left, top) != (0, 0) or width != height:
        raise ConfigError(f"touch_icon: viewBox is {root.attrib['viewBox']!r}; expected a square from 0 0.")
    scale = size * FINER / width
    picture = Image.new("RGB", (size * FINER, size * FINER), PAPER)
    pen = ImageDraw.Draw(picture)
    for element in root:
        kind, said = element.tag.rpartition("}")[2], element.attrib
        if kind == "path":
            for shape in corners(said["d"]):
                pen.polygon([(x * scale, y * scale) for x, y in shape], fill=said["fill"])
        elif kind == "circle":
            x, y, r = (float(said[key]) * scale for key in ("cx", "cy", "r"))
            pen.ellipse((x - r, y - r, x + r, y + r), fill=said["fill"])
        else:
            raise ConfigError(f"touch_icon: the file has the element {kind!r}; expected paths and circles.")
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def name_icon(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Name the picture in the head of a page."""
    link = f'<link rel="apple-touch-icon" href="{context["pathto"](TARGET, 1)}" />'
    context["metatags"] = f"{context.get('metatags', '')}\n{link}"


def write_icon(app: Sphinx, error: Exception | None) -> None:
    """Write the picture beside what the theme has put there."""
    if error or app.builder.format != "html":
        return
    out = io.BytesIO()
    svg = Path(app.srcdir, app.config.touch_icon).read_text("utf-8")
    draw(svg).quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    target = Path(app.outdir, TARGET)
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(out.getvalue())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the setting."""
    app.add_config_value("touch_icon", "", "html", types=(str,))
    app.connect("html-page-context", name_icon)
    app.connect("build-finished", write_icon)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
