"""The pieces of HTML that widgets bring along: other extensions may change them, and their links are set.

A piece is a text of a widget's state that holds a tag, or the HTML that stands in for the widget. Before
a page is written, the event ``static-widgets-html`` is sent with the page's name and a list of pieces,
in which a handler puts what it makes of them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

EVENT = "static-widgets-html"
TAG = re.compile(r"</?[a-zA-Z]")
LINK = re.compile(r'(?P<before><a\s(?:[^>]*\s)?href=")(?P<path>[^":?#]*)(?:#(?P<anchor>[^"]*))?(?P<after>")')


def replaced(value: Any, change: Callable[[str], str]) -> Any:
    """Return a copy of a value in which each text that holds a tag is changed, at any depth.

    >>> replaced({"a": ["<b>x</b>", "1 < 2", 3]}, str.upper)
    {'a': ['<B>X</B>', '1 < 2', 3]}
    """
    if isinstance(value, str):
        return change(value) if TAG.search(value) else value
    if isinstance(value, dict):
        return {key: replaced(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, change) for item in value]
    return value


def finished(app: Sphinx, page: str, value: Any) -> Any:
    """Return a copy of a value with its pieces of HTML as the page is to have them."""
    pieces: dict[str, str] = {}
    replaced(value, lambda piece: pieces.setdefault(piece, piece))
    texts = list(pieces)
    if texts:
        app.emit(EVENT, page, texts)
    known = dict(zip(pieces, texts, strict=True))
    return replaced(value, known.__getitem__)


def target(app: Sphinx, page: str, path: str, anchor: str) -> str | None:
    """Return the address from a page to a source file, or a heading in it, or None if it is not there."""
    document = page if not path else app.env.path2doc(app.env.relfn2path(path, page)[1])
    if document is None or document not in app.env.all_docs:
        return None
    if anchor:
        slugs = app.env.metadata[document].get("myst_slugs", {})
        labels = app.env.get_domain("std").data["anonlabels"]
        if anchor in slugs:
            anchor = slugs[anchor][1]
        elif labels.get(anchor, ("", ""))[0] == document:
            anchor = labels[anchor][1]
        elif f"#{anchor}" not in {
            link["anchorname"] for link in app.env.tocs[document].findall(nodes.reference)
        }:
            return None
    address = app.builder.get_relative_uri(page, document) if path else ""
    return f"{address}#{anchor}" if anchor else address


def set_links(app: Sphinx, page: str, pieces: list[str]) -> None:
    """Let links to source files, as a notebook has them, lead to the pages made of these."""
    suffixes = tuple(app.config.source_suffix)

    def link(match: re.Match[str]) -> str:
        path, anchor = match["path"], match["anchor"] or ""
        if path and (posixpath.isabs(path) or not path.endswith(suffixes)):
            return match[0]
        address = target(app, page, path, anchor)
        if address is None:
            said = f"{path}#{anchor}" if anchor else path
            logger.warning(
                "a widget links to %s, which is not there", said, location=page, type="static_widgets"
            )
            return match[0]
        return f"{match['before']}{address}{match['after']}"

    pieces[:] = [LINK.sub(link, piece) for piece in pieces]


def setup(app: Sphinx) -> None:
    """Register the event, and what this module does when it is sent."""
    app.add_event(EVENT)
    app.connect(EVENT, set_links)
