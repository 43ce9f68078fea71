r"""Write a card's Markdown for programs that are no web page of the book: as HTML, and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

# Kinds of formulas, with the marks that Anki's MathJax looks for.
MARKS = {"math_inline": (r"\(", r"\)"), "math_inline_double": (r"\[", r"\]"), "math_block": (r"\[", r"\]")}


def formula(_: RendererHTML, tokens: Sequence[Token], at: int, *_rest: object) -> str:
    """Return the TeX of a formula between Anki's marks."""
    before, after = MARKS[tokens[at].type]
    return before + escape(tokens[at].content.strip(), quote=False) + after


@lru_cache
def parser() -> MarkdownIt:
    """Return the parser: CommonMark with formulas between dollar signs."""
    found = MarkdownIt("commonmark").use(dollarmath_plugin, double_inline=True)
    for kind in MARKS:
        found.add_render_rule(kind, formula)
    return found


def for_anki(text: str) -> str:
    r"""Return the HTML of a text, with formulas as Anki's MathJax reads them.

    >>> for_anki("*So* $a < b$, `x`.")
    '<p><em>So</em> \\(a &lt; b\\), <code>x</code>.</p>'
    """
    return str(parser().render(text)).strip()


def plain(text: str) -> str:
    r"""Return a text without its marks; formulas stay TeX between dollar signs.

    >>> plain("**So** it *is*: $a_1 < b$, and `x * y`.\n\nMore.")
    'So it is: $a_1 < b$, and x * y.\nMore.'
    """
    lines = []
    for block in parser().parse(text):
        if block.type == "inline":
            lines.append("".join(word(token) for token in block.children or []))
        elif block.type == "math_block":
            lines.append(f"$${block.content.strip()}$$")
        elif block.type in {"fence", "code_block"}:
            lines.append(block.content.rstrip("\n"))
    return "\n".join(lines)


def word(token: Token) -> str:
    """Return what a part of a line says."""
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    mark = {"math_inline": "$", "math_inline_double": "$$"}.get(token.type, "")
    return f"{mark}{token.content}{mark}"


def one_block(text: str) -> str:
    r"""Return a text without empty lines, in which a program would see its end.

    >>> one_block("One\n\ntwo.\n")
    'One\ntwo.'
    """
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
