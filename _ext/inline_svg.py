"""Put the SVG pictures that stand in a text into the page itself.

A picture that is part of the page takes its colours, in light and in dark, from the style sheets by the
classes of its shapes; it costs no request, and has its room from the start. Where the file is shown
alone, as in a notebook, it looks as its own attributes say. The alt text becomes its label.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

ROOT_TAG = re.compile(r"<svg\b[^>]*>")
NAMESPACE = re.compile(r'\sxmlns="[^"]*"')
# What the site's policy would stop, or what could be meant for another page.
FORBIDDEN = re.compile(r"<script\b|<style\b|<foreignObject\b|\s(?:style|id|on\w+|href)=", re.IGNORECASE)


def part_of_page(svg: str, alt: str) -> str:
    r"""Return a picture as a part of a page, with its label.

    Raises
    ------
    ExtensionError
        If it has no alt text, is no SVG, or has what a page must not take over.

    >>> part_of_page('<?xml version="1.0"?>\n<svg xmlns="a" viewBox="0 0 1 1"></svg>', "A ball & a hill")
    '<svg viewBox="0 0 1 1" role="img" aria-label="A ball &amp; a hill"></svg>'
    """
    start = ROOT_TAG.search(svg)
    if start is None:
        raise ExtensionError("there is no <svg> in it")
    if not alt.strip():
        raise ExtensionError("it has no alt text")
    if found := FORBIDDEN.search(svg):
        raise ExtensionError(f"it has {found[0].strip()!r}; expected shapes with classes and attributes")
    tag = NAMESPACE.sub("", start[0]).removesuffix(">")
    return f'{tag} role="img" aria-label="{escape(alt)}">{svg[start.end() :].strip()}'


def replace(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Replace each local SVG picture of a page that is going to be HTML."""
    if app.builder.format != "html":
        return
    for image in list(doctree.findall(nodes.image)):
        if not image["uri"].endswith(".svg") or "://" in image["uri"]:
            continue
        try:
            text = part_of_page(Path(app.srcdir, image["uri"]).read_text("utf-8"), image.get("alt", ""))
        except ExtensionError as error:
            raise ExtensionError(f"{page}: the picture {image['uri']}: {error}") from error
        image.replace_self(nodes.raw("", text, format="html"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Run when the pages are whole, before their pictures are gathered."""
    app.connect("doctree-resolved", replace)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
