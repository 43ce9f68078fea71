"""The table of contents, ``_toc.yml``: which pages the book has, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def pages(toc: Path) -> list[str]:
    """Return the names of the pages in a table of contents, in reading order."""
    return list(names(yaml.safe_load(toc.read_text("utf-8"))))


def names(entry: dict[str, Any]) -> Iterator[str]:
    """Yield the name of an entry, if it is a page, and of those below it.

    >>> chapters = [{"file": "b", "sections": [{"file": "c"}]}]
    >>> list(names({"root": "a", "parts": [{"caption": "One", "chapters": chapters}]}))
    ['a', 'b', 'c']
    """
    if name := entry.get("root") or entry.get("file"):
        yield name
    for key in ("parts", "chapters", "sections"):
        for below in entry.get(key, ()):
            yield from names(below)
