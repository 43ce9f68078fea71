"""Markdown with formulas as HTML that needs nothing more: the formulas are MathML."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'


def mathml(tex: str, *, display: bool = False) -> str:
    r"""Return a formula as MathML that carries its TeX.

    Parameters
    ----------
    tex : str
        Without dollar signs.
    display : bool
        Whether it stands on a line of its own.

    Returns
    -------
    str

    Examples
    --------
    >>> made = mathml(r"\mu")
    >>> made[: made.index("<annotation")]
    '<math display="inline"><semantics><mrow><mi>&#x003BC;</mi></mrow>'
    """
    made = convert(tex.strip(), display="block" if display else "inline").replace(NAMESPACE, "", 1)
    start, rest = made.split(">", 1)
    source = f'<annotation encoding="application/x-tex">{escape(tex.strip(), quote=False)}</annotation>'
    return f"{start}><semantics>{rest.removesuffix('</math>')}{source}</semantics></math>"


@cache
def parser() -> MarkdownIt:
    """Return the parser: plain Markdown without HTML, and formulas between dollar signs."""

    def formula(tex: str, options: dict[str, Any]) -> str:
        return mathml(tex, display=options["display_mode"])

    plain = MarkdownIt("commonmark", {"html": False})
    return plain.use(dollarmath_plugin, allow_labels=False, renderer=formula)


def paragraphs(text: str) -> str:
    """Return Markdown of some paragraphs as HTML.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> paragraphs("The *ball*.")
    '<p>The <em>ball</em>.</p>'
    """
    return str(parser().render(text)).strip()


def line(text: str) -> str:
    """Return Markdown of one line as HTML, without a paragraph around it.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> line("`mu` < 1")
    '<code>mu</code> &lt; 1'
    """
    return str(parser().renderInline(" ".join(text.split())))
