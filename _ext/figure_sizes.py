"""Give every local picture its size in CSS pixels, so that text does not jump when it arrives.

A figure is drawn at a resolution, and a PNG records it: 1344 pixels at 240 dots an inch are 5.6
inches, which are 538 CSS pixels. The attributes ``width`` and ``height`` say so; the stylesheet
may still scale the picture, and the browser keeps the room for it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import imagesize
from docutils import nodes
from sphinx.application import Sphinx

IMAGE = re.compile(r"<img\b(?P<attributes>[^>]*)>")
SIZE = re.compile(r"\b(width|height)=")
SOURCE = re.compile(r'\bsrc="([^"]+)"')
CSS_DOTS_PER_INCH = 96


def css_size(path: Path) -> tuple[int, int] | None:
    """Return width and height in CSS pixels, or None for a format that states no pixels."""
    width, height = imagesize.get(path)
    if width <= 0 or height <= 0:
        return None
    dots, _ = imagesize.getDPI(path)
    scale = CSS_DOTS_PER_INCH / dots if dots > 0 else 1.0
    return round(width * scale), round(height * scale)


def add_sizes(html: str, files: dict[str, Path]) -> str:
    """Return ``html`` with a size on each ``<img>`` that has none and whose file is known.

    Parameters
    ----------
    html
        The body of a page.
    files
        The file of each picture, by the last part of its address on the site.
    """

    def sized(match: re.Match[str]) -> str:
        attributes = match["attributes"]
        source = SOURCE.search(attributes)
        if source is None or SIZE.search(attributes):
            return match[0]
        path = files.get(source[1].rsplit("/", 1)[-1])
        size = css_size(path) if path else None
        if size is None:
            return match[0]
        return f'<img width="{size[0]}" height="{size[1]}"{attributes}>'

    return IMAGE.sub(sized, html)


def on_page(
    app: Sphinx,
    _page: str,
    _template: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Size the pictures in a page's body."""
    if context.get("body"):
        # Sphinx copies the pictures at the very end, so they are read where it will take them from.
        files = {name: Path(app.srcdir) / path for path, name in app.builder.images.items()}
        context["body"] = add_sizes(context["body"], files)


def setup(app: Sphinx) -> dict[str, Any]:
    """Run after the page's body is written."""
    app.connect("html-page-context", on_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
