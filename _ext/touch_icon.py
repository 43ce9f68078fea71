"""Draw the book's icon as a picture, for a phone that puts a page on its home screen.

The setting ``touch_icon`` in ``_config.yml`` names an SVG file, seen from the folder of the book, such as
``svg_pictures`` can draw; without it there is none. It lies on paper, since a phone lays black behind what is
transparent and cuts the corners itself. Each page names the picture in its head, and no page shows it.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

import svg_pictures

SIZE, FINER = 180, 8
TARGET = "_static/touch-icon.png"


def draw_icon(svg: str) -> Image.Image:
    """Return the icon.

    Raises
    ------
    ConfigError
        If it is not square.
    """
    icon = svg_pictures.draw(svg, SIZE, FINER)
    if icon.size != (SIZE, SIZE):
        raise ConfigError(f"touch_icon is drawn {icon.width} by {icon.height}; expected a square.")
    return icon


def name_icon(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Name the picture in the head of a page."""
    if not app.config.touch_icon:
        return
    link = f'<link rel="apple-touch-icon" href="{context["pathto"](TARGET, 1)}" />'
    context["metatags"] = f"{context.get('metatags', '')}\n{link}"


def write_icon(app: Sphinx, error: Exception | None) -> None:
    """Write the picture beside what the theme has put there."""
    if error or app.builder.format != "html" or not app.config.touch_icon:
        return
    out = io.BytesIO()
    svg = Path(app.srcdir, app.config.touch_icon).read_text("utf-8")
    draw_icon(svg).quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    target = Path(app.outdir, TARGET)
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(out.getvalue())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the setting."""
    app.add_config_value("touch_icon", "", "html", types=(str,))
    app.connect("html-page-context", name_icon)
    app.connect("build-finished", write_icon)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
