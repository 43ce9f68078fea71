"""Draw a simple SVG file as a picture of pixels, for the extensions that need one.

It knows paths, circles and groups, each with a fill, a stroke or an opacity of its own. No date and no font
goes into a picture, so two builds give the same bytes.
"""

from __future__ import annotations

from math import comb
from operator import mul
from xml.etree import ElementTree

from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from PIL import Image, ImageDraw
from sphinx.errors import ConfigError

PAPER = "#fffefb"
KINDS = {"svg", "g", "path", "circle"}

Point = tuple[float, float]


def bezier(points: list[Point], steps: int) -> list[Point]:
    """Return points along the curve of some points, the last of many; a line has two.

    >>> bezier([(0.0, 0.0), (4.0, 2.0)], steps=24)
    [(4.0, 2.0)]
    >>> bezier([(0.0, 0.0), (1.0, 2.0), (2.0, 0.0)], steps=2)
    [(1.0, 1.0), (2.0, 0.0)]
    """
    degree = len(points) - 1
    steps = steps if degree > 1 else 1
    found = []
    for t in (step / steps for step in range(1, steps + 1)):
        parts = [comb(degree, k) * t**k * (1 - t) ** (degree - k) for k in range(degree + 1)]
        found.append(
            (sum(map(mul, parts, (x for x, _ in points))), sum(map(mul, parts, (y for _, y in points))))
        )
    return found


def shapes(path: str, steps: int = 24) -> list[list[Point]]:
    """Return the points along each shape of a path.

    >>> shapes("M0 32V10h4z")
    [[(0.0, 32.0), (0.0, 10.0), (4.0, 10.0), (0.0, 32.0)]]
    >>> shapes("M0 0Q1 2 2 0V5", steps=2)
    [[(0.0, 0.0), (1.0, 1.0), (2.0, 0.0), (2.0, 5.0)]]
    """
    pen = RecordingPen()
    parse_path(path, pen)
    found: list[list[Point]] = []
    for name, points in pen.value:
        if name == "moveTo":
            found.append(list(points))
        else:
            found[-1] += bezier([found[-1][-1], *points], steps) if points else []
    return found


def draw(svg: str, width: int, finer: int = 3) -> Image.Image:
    """Return an SVG picture on paper.

    Parameters
    ----------
    svg
        The text of the file, whose view begins at 0 0.
    width
        The width of the picture, in pixels.
    finer
        How many times as large it is drawn before it is made small, which smooths its edges.

    Raises
    ------
    ConfigError
        If the view begins elsewhere, or an element is not a path, a circle or a group.
    """
    root = ElementTree.fromstring(svg)
    left, top, own_width, own_height = map(float, root.attrib["viewBox"].split())
    if (left, top) != (0, 0):
        raise ConfigError(f"The viewBox of a picture is {root.attrib['viewBox']!r}; expected one from 0 0.")
    scale = finer * width / own_width
    picture = Image.new("RGB", (width * finer, round(own_height * scale)), PAPER)

    def add(element: ElementTree.Element, strength: float) -> None:
        kind, said = element.tag.rpartition("}")[2], element.attrib
        if kind not in KINDS:
            raise ConfigError(f"A picture has the element {kind!r}; expected paths, circles and groups.")
        layer = picture.copy()
        pen = ImageDraw.Draw(layer)
        strength *= float(said.get("opacity", 1))
        if kind == "path":
            for shape in shapes(said["d"]):
                points = [(x * scale, y * scale) for x, y in shape]
                if said["fill"] != "none":
                    pen.polygon(points, fill=said["fill"])
                if "stroke" in said:
                    thick = round(float(said["stroke-width"]) * scale)
                    pen.line(points, fill=said["stroke"], width=thick, joint="curve")
        elif kind == "circle":
            x, y, r = (float(said[key]) * scale for key in ("cx", "cy", "r"))
            pen.ellipse((x - r, y - r, x + r, y + r), fill=said["fill"])
        picture.paste(Image.blend(picture, layer, strength))
        for child in element:
            add(child, strength)

    add(root, 1.0)
    return picture.resize((width, round(own_height * scale / finer)), Image.Resampling.LANCZOS)
