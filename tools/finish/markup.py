"""Read and change the tags of a page without touching anything else in it.

A page is text here, and a tag a match of one pattern: what no rule names comes out byte for byte as
it went in. Comments, scripts and styles are passed over whole, so no tag is seen in them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from html import escape, unescape
from urllib.parse import urljoin

ATTRIBUTES = r"""(?:"[^"]*"|'[^']*'|[^"'<>])*"""
OPAQUE = r"<!--.*?-->|<script\b.*?</script\s*>|<style\b.*?</style\s*>"
TAG = re.compile(rf"(?P<opaque>{OPAQUE})|<(?P<name>[a-zA-Z][\w-]*)(?P<rest>{ATTRIBUTES})>", re.DOTALL)
ATTRIBUTE = re.compile(
    r"""\s(?P<key>[a-zA-Z_:][\w:.-]*)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'))?"""
)
# The theme's handlers, and the names under which controls.js does the same.
ACTIONS = {"window.print()": "print", "toggleFullScreen()": "fullscreen"}
HIDDEN = "display:none"
BASE = re.compile(r'<base href="(?P<root>/[^"]*)"\s*/?>\s*')
ADDRESS = re.compile(
    r"""(?P<before>\s(?:href|src|action|data-content_root)=(?P<quote>["']))(?P<address>(?!#|data:)[^"']*)(?P=quote)"""
)


class FinishError(RuntimeError):
    """Something on the site that finishing cannot deal with; the message says what and where."""


def each_tag(page: str, change: Callable[[re.Match[str]], str]) -> str:
    """Return a page with every opening tag replaced by what ``change`` returns for its match."""
    return TAG.sub(lambda match: match[0] if match["opaque"] else change(match), page)


def attributes(rest: str) -> dict[str, str]:
    """Return the attributes in the inside of a tag.

    >>> attributes(' href="a&amp;b" defer')
    {'href': 'a&b', 'defer': ''}
    """
    return {
        match["key"].lower(): unescape(
            match["double"] if match["double"] is not None else match["single"] or ""
        )
        for match in ATTRIBUTE.finditer(rest)
    }


def without(rest: str, key: str) -> str:
    """Return the inside of a tag without an attribute.

    >>> without(' a="1" style="x" b="2"', "style")
    ' a="1" b="2"'
    """
    return ATTRIBUTE.sub(lambda match: "" if match["key"].lower() == key else match[0], rest)


def with_class(rest: str, name: str) -> str:
    """Return the inside of a tag with one more class.

    >>> with_class(' id="a" class="b"', "k")
    ' id="a" class="b k"'
    >>> with_class(' id="a"/', "k")
    ' id="a" class="k"/'
    """
    found = re.search(r"""\sclass=(["'])(.*?)\1""", rest, re.DOTALL)
    if found:
        end = found.end() - 1
        return f"{rest[:end]} {name}{rest[end:]}"
    body, slash = (rest[:-1].rstrip(), "/") if rest.endswith("/") else (rest, "")
    return f'{body} class="{name}"{slash}'


def plain_style(text: str) -> str:
    """Return the text of a style attribute in one way of writing it.

    >>> plain_style("width: 33%;  vertical-align:top; ")
    'width:33%;vertical-align:top'
    """
    parts = (re.sub(r"\s*:\s*", ":", part.strip(), count=1) for part in unescape(text).split(";"))
    return ";".join(part for part in parts if part)


def styles_of(page: str) -> Iterable[str]:
    """Yield the style of each tag that has one."""
    for match in TAG.finditer(page):
        if not match["opaque"] and "style" in match["rest"]:
            style = plain_style(attributes(match["rest"]).get("style", ""))
            if style:
                yield style


def name_styles(pages: Iterable[str]) -> dict[str, str]:
    """Return a short class for each style that occurs, the commonest first.

    >>> name_styles(['<b style="top:1em"><i style="top: 2em"><i style="top:2em;">'])
    {'top:2em': 'k0', 'top:1em': 'k1'}
    """
    count = Counter(style for page in pages for style in styles_of(page))
    order = sorted(count, key=lambda style: (-count[style], style))
    return {style: f"k{i:x}" for i, style in enumerate(order) if style != HIDDEN}


def class_rules(names: dict[str, str]) -> str:
    """Return the rules of the classes. They win as a style attribute would.

    >>> class_rules({"top:2em;left:0": "k0"})
    '.k0{top:2em!important;left:0!important}'
    """
    return "\n".join(
        f".{name}{{{';'.join(part + '!important' for part in style.split(';'))}}}"
        for style, name in names.items()
    )


def use_classes(page: str, names: dict[str, str]) -> str:
    """Return a page whose style attributes have become classes.

    >>> use_classes('<p class="a" style="top: 2em;">', {"top:2em": "k0"})
    '<p class="a k0">'
    """

    def change(match: re.Match[str]) -> str:
        rest = match["rest"]
        if "style" not in rest or "style" not in (found := attributes(rest)):
            return match[0]
        style, rest = plain_style(found["style"]), without(rest, "style")
        if style == HIDDEN:
            # A script may show it again, which a class would not let it.
            slash = "/" if rest.endswith("/") else ""
            return f"<{match['name']}{rest.removesuffix('/').rstrip()} hidden{slash}>"
        return f"<{match['name']}{with_class(rest, names[style]) if style else rest}>"

    return each_tag(page, change)


def name_handlers(page: str) -> str:
    """Return a page whose inline handlers have become names that ``controls.js`` knows.

    Raises
    ------
    FinishError
        If there is a handler that it does not know.

    >>> name_handlers('<button onclick="window.print()" class="a">')
    '<button class="a" data-action="print">'
    """

    def change(match: re.Match[str]) -> str:
        rest = match["rest"]
        for key, value in attributes(rest).items() if " on" in rest.lower() else ():
            if key.startswith("on"):
                if value not in ACTIONS:
                    raise FinishError(f"{key}={value!r}: expected one of {sorted(ACTIONS)}; see controls.js.")
                rest = f'{without(rest, key).rstrip()} data-action="{ACTIONS[value]}"'
        return f"<{match['name']}{rest}>"

    return each_tag(page, change)


def wait_for_pictures(page: str) -> str:
    """Return a page whose pictures below the first part are fetched when a reader comes near.

    >>> wait_for_pictures('<img src="a"><h2>Next</h2><img src="b"/>')
    '<img src="a"><h2>Next</h2><img src="b" loading="lazy" decoding="async"/>'
    """
    article = page.find("<article")
    first = page.find("<h2", max(article, 0))
    if first < 0:
        return page

    def change(match: re.Match[str]) -> str:
        if match["name"] != "img" or "loading=" in match["rest"]:
            return match[0]
        slash = "/" if match["rest"].endswith("/") else ""
        rest = match["rest"].removesuffix("/").rstrip()
        return f'<img{rest} loading="lazy" decoding="async"{slash}>'

    return page[:first] + each_tag(page[first:], change)


def tag(name: str, **said: str) -> str:
    """Return an opening tag; an attribute without a value has an empty one.

    >>> tag("script", defer="", src="a.js")
    '<script defer src="a.js">'
    """
    parts = [f'{key}="{escape(value)}"' if value else key for key, value in said.items()]
    return f"<{' '.join([name, *parts])}>"


def whole_addresses(name: str, page: str) -> str:
    """Return a page with a ``<base>``, which is shown at any depth, with whole addresses instead of it.

    A base itself would move the links within the page as well.

    >>> whole_addresses("404.html", '<base href="/a/"><a href="b.html"></a><a href="#c"></a>')
    '<a href="/a/b.html"></a><a href="#c"></a>'
    """
    base = BASE.search(page)
    if base is None:
        return page
    root = urljoin(f"https://host{base['root']}", name)

    def whole(match: re.Match[str]) -> str:
        return (
            f"{match['before']}{urljoin(root, match['address']).removeprefix('https://host')}{match['quote']}"
        )

    return ADDRESS.sub(whole, page[: base.start()] + page[base.end() :])
