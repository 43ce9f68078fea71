"""The data that static_widgets puts into a page: its strings may be HTML, with styles of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

BLOCK = re.compile(r'(<script type="application/json" id="static-widgets">)(.*?)(</script>)', re.DOTALL)


def walk(value: Any) -> Iterator[str]:
    """Yield the strings in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from walk(item)


def strings(page: str) -> list[str]:
    """Return the strings in the data of a page that may be HTML.

    >>> strings('<script type="application/json" id="static-widgets">{"a":["b","<i>"]}</script>')
    ['<i>']
    """
    return [text for match in BLOCK.finditer(page) for text in walk(json.loads(match[2])) if "<" in text]


def change(page: str, rewrite: Callable[[str], str]) -> str:
    """Return a page in whose data each string that may be HTML is rewritten."""

    def inside(value: Any) -> Any:
        if isinstance(value, str):
            return rewrite(value) if "<" in value else value
        if isinstance(value, dict):
            return {key: inside(item) for key, item in value.items()}
        return [inside(item) for item in value] if isinstance(value, list) else value

    def block(match: re.Match[str]) -> str:
        data = json.dumps(inside(json.loads(match[2])), separators=(",", ":"))
        return match[1] + data.replace("<", "\\u003c") + match[3]

    return BLOCK.sub(block, page)
