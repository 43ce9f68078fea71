"""Choose the scripts that a page needs, and put them into one file that waits for the page.

What the theme and Sphinx put into every page falls into four kinds: what must run before the page is
drawn (the colour mode), settings, what only some pages use, and what no page uses.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from .markup import FinishError, attributes

SCRIPT = re.compile(r"<script\b(?P<rest>[^>]*)>(?P<body>.*?)</script\s*>\s?", re.DOTALL)
STYLE_LINK = re.compile(r"""<link\b(?=[^>]*\srel=["']stylesheet["'])(?P<rest>[^>]*)>\s?""")
PRELOAD = re.compile(r"""<link\b(?=[^>]*\srel=["']modulepreload["'])[^>]*>\s?""")
NO_SCRIPT = re.compile(r"<noscript>\s*<style>(?P<css>.*?)</style>\s*</noscript>", re.DOTALL)
DATA = {"application/json", "application/ld+json"}
OPTIONS = "documentation_options.js"
FIRST = (OPTIONS, "doctools.js")
# Read by the switch between versions alone, and it would make each page's scripts another file.
USELESS = re.compile(r"DOCUMENTATION_OPTIONS\.pagename\s*=")
# What must be on a page for a script to do anything there. Bootstrap's two uses, menus and
# tooltips, are in controls.js.
USES: dict[str, re.Pattern[str] | None] = {
    "bootstrap.js": None,
    "fontawesome.js": None,
    "clipboard.min.js": re.compile(r'class="[^"]*\bhighlight\b'),
    "copybutton.js": re.compile(r'class="[^"]*\bhighlight\b'),
    "design-tabs.js": re.compile(r'class="[^"]*\bsd-tab-label\b'),
    "togglebutton.js": re.compile(
        r'class="(?:[^"]*\s)?toggle[\s"]|class="(?=[^"]*\badmonition\b)[^"]*\bdropdown\b'
    ),
    "searchtools.js": re.compile(r'id="search-results"'),
    "language_data.js": re.compile(r'id="search-results"'),
    "searchindex.js": re.compile(r'id="search-results"'),
}
# The page of the search has these apart: the index is large and changes with every edit, and
# sphinx_highlight.js asks whether there is a search, which one script may not before it has made it.
ALONE = ("language_data.js", "searchtools.js", "searchindex.js")
IMPORT = re.compile(r"""^import\s[^;]*?from\s+["']\./(?P<name>[^"']+)["'];\s*$""", re.MULTILINE)
# Whole lines of comment, and blocks that begin and end a line. What else a comment may be stays.
COMMENTS = re.compile(r"^[ \t]*(?://.*|/\*(?:(?!\*/)[\s\S])*\*/[ \t]*)\n", re.MULTILINE)
# The theme measures each listing of a page as soon as it has loaded and writes after each reading,
# which lays a long page out again and again: a second and a half on a slow machine. controls.js does
# it for what a reader comes near.
SLOW = re.compile(r'"complete"===document\.readyState\?\w+\(\):window\.addEventListener\("load",\w+\)')
THEME = "pydata-sphinx-theme.js"
# The other theme looks for what hangs over the margin, by 28 classes among all elements of the page, to
# hide the contents beside it.
MARGINS = 'document.querySelectorAll(n.join(", "))'
OVER_MARGIN = re.compile(
    r'class="(?:[^"]*\s)?(?:tag_)?'
    r'(?:marginnote|sidenote|margin|margin[-_]caption|full[-_]width|sidebar|popout)[\s"]'
)
BOOK_THEME = "sphinx-book-theme.js"
# What the theme does before the page is drawn, which early.js does in its place.
SETS_MODE = re.compile(
    r'(?:\s*document\.documentElement\.dataset\.(\w+) = localStorage\.getItem\("\1"\) \|\| "auto";)+\s*'
)


@dataclass
class Needs:
    """What a page loads: style sheets, scripts by kind, and ``body``, the page without them."""

    body: str
    styles: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    without_scripts: list[str] = field(default_factory=list)


def rooted(page: str, address: str) -> str:
    """Return an address on a page as a path from the root of the site.

    >>> rooted("chapters/noise.html", "../_static/a.js?v=1")
    '_static/a.js'
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), re.split(r"[?#]", address)[0]))


def take(page: str, text: str) -> Needs:
    """Take the scripts and style sheets out of a page.

    Raises
    ------
    FinishError
        If one comes from another host.
    """
    needs = Needs("")

    def local(address: str) -> str:
        if re.match(r"(https?:)?//", address):
            raise FinishError(f"{page} loads {address}; expected a file of the site.")
        return rooted(page, address)

    def plain(match: re.Match[str]) -> str:
        needs.without_scripts.append(match["css"].strip())
        return ""

    def style(match: re.Match[str]) -> str:
        needs.styles.append(local(attributes(match["rest"])["href"]))
        return ""

    def script(match: re.Match[str]) -> str:
        said, body = attributes(match["rest"]), match["body"].strip()
        if said.get("type") in DATA:
            return match[0]
        if "src" not in said:
            if not USELESS.match(body):
                kind = needs.early if "data-cfasync" in said else needs.settings
                kind.extend([body] if body not in kind else [])
            return ""
        address = local(said["src"])
        name = posixpath.basename(address)
        use = USES.get(name, re.compile(""))
        if said.get("type") == "module":
            needs.modules.append(address)
        elif use is not None and use.search(text):
            (needs.alone if name in ALONE else needs.scripts).append(address)
        return ""

    body = NO_SCRIPT.sub(plain, text)
    body = PRELOAD.sub("", STYLE_LINK.sub(style, body))
    needs.body = SCRIPT.sub(script, body)
    needs.alone.sort(key=lambda one: ALONE.index(posixpath.basename(one)))
    return needs


def bundle(needs: Needs, texts: dict[str, str], controls: str) -> str:
    """Return the text of the script that waits for the page: options, settings, the others in their order.

    It runs when the page stands, so what waits for that does not wait any more: all settings come
    first.

    Raises
    ------
    FinishError
        If a theme's script is not the one that is known here.
    """

    def place(address: str) -> int:
        name = posixpath.basename(address)
        return FIRST.index(name) if name in FIRST else len(FIRST)

    order = sorted(needs.scripts, key=place)
    split = sum(posixpath.basename(one) == OPTIONS for one in order)
    parts = [*(texts[one] for one in order[:split]), *needs.settings]
    for one in order[split:]:
        text, count = SLOW.subn("0", texts[one])
        if posixpath.basename(one) == THEME and count != 1:
            raise FinishError(f"{one} measures its listings in a new way; see SLOW in scripts.py.")
        if posixpath.basename(one) == BOOK_THEME:
            if MARGINS not in text:
                raise FinishError(f"{one} looks at the margin in a new way; see MARGINS in scripts.py.")
            if not OVER_MARGIN.search(needs.body):
                text = text.replace(MARGINS, "[]")
        parts.append(text)
    parts.append(controls)
    return "\n".join(f"{without_comments(part)}\n;" for part in parts) + "\n"


def early(needs: Needs, own: str) -> str:
    """Return the script that runs before a page is drawn, or nothing.

    Raises
    ------
    FinishError
        If the page wants more of it than ``own`` does.
    """
    for one in needs.early:
        if not SETS_MODE.fullmatch(one):
            raise FinishError(f"{one!r} is to run early; expected the colour mode alone, see early.js.")
    return without_comments(own) + "\n" if needs.early else ""


def without_comments(text: str) -> str:
    r"""Return a script without the comments that have lines of their own.

    >>> without_comments("// a\nb; // c\n/* d\ne */\nf")
    'b; // c\nf'
    """
    return COMMENTS.sub("", text + "\n").strip()


def join_modules(entry: str, texts: dict[str, str]) -> str:
    r"""Return one module for an entry and what it imports from beside it, so that one request does.

    >>> join_modules("a.js", {"a.js": 'import { b } from "./b.js";\nb();', "b.js": "export const b = 1;"})
    'const b = 1;\nb();\n'
    """
    order: list[str] = []

    def visit(name: str) -> None:
        for match in IMPORT.finditer(texts[name]):
            if match["name"] not in order:
                visit(match["name"])
        order.append(name)

    visit(entry)
    parts = [
        re.sub(r"^export (?!default)", "", IMPORT.sub("", texts[name]), flags=re.MULTILINE) for name in order
    ]
    return "\n".join(without_comments(part) for part in parts) + "\n"
