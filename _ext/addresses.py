"""What others read of the book: descriptions, a map of the site, and a page for wrong addresses.

- Each page gets a description, the first paragraph of its text. Where the site's address is set
  (``book_home``, which see), it gets OpenGraph's title, description and address too.
- ``robots.txt`` lets everybody read; ``sitemap.xml`` is written where the site's address is set.
- ``404.html`` comes from the template of that name. It is asked for at any depth, so its template gets
  ``site_root``, the path of the site on its host, and ``contents``, pairs of page and title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

LONGEST = 200
SHORTEST = 40
ELLIPSIS = " …"
# Asides, and what stands for something else: no text that says what the page is on.
NOT_TEXT = (nodes.Admonition, nodes.figure, nodes.table, nodes.Invisible, nodes.list_item)
PLAIN = {r"\mu": "μ", r"\eta": "η", r"\kappa": "κ", r"\lambda": "λ"}


def plain(paragraph: nodes.Node) -> str:
    """Return the text of a paragraph on one line, or nothing if it has a formula that letters cannot say."""
    said = paragraph.astext()
    for formula in paragraph.findall(nodes.math):
        tex = formula.astext()
        letters = PLAIN.get(tex, tex)
        if re.search(r"[\\^{}]", letters):
            return ""
        said = said.replace(tex, letters)
    return " ".join(said.split())


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return the whole sentences that fit, or else the words that do.

    >>> shorten("One is here. Two is not.", 15), shorten("Many words and no end", 12)
    ('One is here.', 'Many …')
    """
    if len(text) <= longest:
        return text
    sentences = re.match(rf"(.{{{min(SHORTEST, longest // 2)},{longest - 1}}}[.?!])(?=\s)", text)
    return sentences[1] if sentences else text[: longest - 2].rpartition(" ")[0] + ELLIPSIS


def description(doctree: nodes.document) -> str:
    """Return the first paragraph of a page that is long enough to say something, shortened."""

    def inside(paragraph: nodes.Node) -> bool:
        parent = paragraph.parent
        while parent is not None:
            if isinstance(parent, NOT_TEXT):
                return False
            parent = parent.parent
        return True

    texts = (plain(paragraph) for paragraph in doctree.findall(nodes.paragraph) if inside(paragraph))
    return shorten(next((text for text in texts if len(text) >= SHORTEST), ""))


def tags(title: str, said: str, address: str) -> str:
    """Return a page's description, and its OpenGraph tags if it has an address.

    >>> print(tags("Noise", "It is everywhere.", ""))
    <meta name="description" content="It is everywhere." />
    """
    values = [("name", "description", said)]
    if address:
        values += [
            ("property", "og:title", title),
            ("property", "og:type", "article"),
            ("property", "og:description", said),
            ("property", "og:url", address),
        ]
    return "\n".join(
        f'<meta {key}="{name}" content="{escape(value)}" />' for key, name, value in values if value
    )


def add_tags(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write a page's tags into its head."""
    if doctree is None:
        return
    title = app.env.titles[page].astext()
    base = app.config.html_baseurl
    address = urljoin(base, app.builder.get_target_uri(page)) if base else ""
    context["metatags"] = f"{context.get('metatags', '')}\n{tags(title, description(doctree), address)}"


def in_order(env: BuildEnvironment, page: str) -> Iterator[str]:
    """Yield a page and all below it, in the order of the contents."""
    yield page
    for below in env.toctree_includes.get(page, []):
        yield from in_order(env, below)


def root_of(base: str) -> str:
    """Return the path of the site on its host; the host's own root if nobody has said.

    >>> root_of("https://ann.github.io/course/"), root_of("")
    ('/course/', '/')
    """
    return urlsplit(base).path or "/"


def collect(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give the page for wrong addresses, if there is a template for it."""
    if app.config.addresses_not_found:
        names = list(dict.fromkeys(in_order(app.env, app.config.root_doc)))
        contents = [(name, app.env.titles[name].astext()) for name in names]
        root = root_of(app.config.html_baseurl)
        yield "404", {"contents": contents, "site_root": root, "title": "Page not found"}, "404.html"


def sitemap(addresses: list[str]) -> str:
    """Return a map of the site.

    >>> "<loc>https://a.org/b?c&amp;d</loc>" in sitemap(["https://a.org/b?c&d"])
    True
    """
    lines = "".join(f"  <url><loc>{escape(one)}</loc></url>\n" for one in addresses)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{space}">\n{lines}</urlset>\n'


def write(app: Sphinx, error: Exception | None) -> None:
    """Write what robots read."""
    if error is not None or app.builder.format != "html":
        return
    base, robots = app.config.html_baseurl, "User-agent: *\nAllow: /\n"
    if base:
        names = dict.fromkeys(in_order(app.env, app.config.root_doc))
        addresses = [urljoin(base, app.builder.get_target_uri(name)) for name in names]
        (app.outdir / "sitemap.xml").write_text(sitemap(addresses), "utf-8")
        robots += f"Sitemap: {urljoin(base, 'sitemap.xml')}\n"
    (app.outdir / "robots.txt").write_text(robots, "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what is added to the pages, and the pages that are added."""
    app.add_config_value("addresses_not_found", default=False, rebuild="env", types=(bool,))
    app.connect("html-page-context", add_tags)
    app.connect("html-collect-pages", collect)
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
