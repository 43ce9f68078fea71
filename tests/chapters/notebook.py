"""What a chapter says and shows, taken apart for the guards: its prose, numerals, code and pictures.

The Markdown is parsed by MyST with the extensions that `_config.yml` gives to the book, so that the
guards see maths, roles and directives where the reader will.
"""

import ast
import html
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

import nbformat
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]

OPT_OUTS = {"nbval-ignore-output", "nbval-skip"}
# The body of these directives is not prose.
OPAQUE = {"code", "code-block", "code-cell", "literalinclude", "math", "mermaid", "raw"}
OPAQUE |= {"figure", "image", "bibliography", "tableofcontents", "toctree", "iframe", "glue"}
DIRECTIVE = re.compile(r"\{([\w:-]+)\}")
OPTION = re.compile(r"\s*:[\w-]+:.*")
WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")

NUMERAL = re.compile(
    r"""(?<![\w.])                                      # not inside a name or another number
    (?P<sign>(?<![^\s(\[{,;:=<>|])[-+\u2212])?           # a hyphen after a word is no sign
    (?P<number>
        \d{1,3}(?:[,\u2009\u202f\u00a0]\d{3})++(?:\.\d++)?+     # 250,000
      | \d++(?:\.\d++)*+(?:[eE][-+]?\d++)?+             # 0.200, 1e-6, and 3.11.7
    )
    (?:/(?P<denominator>\d++)(?!\.\d|\w))?+             # 1/9
    (?P<percent>[ \u00a0\u202f]?%)?+
    (?!(?:st|nd|rd|th|D)\b)                             # 2nd and 3D are words
    """,
    re.VERBOSE,
)


@lru_cache
def parser() -> MarkdownIt:
    """Return the Markdown parser of the book."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    extensions = set(settings["parse"]["myst_enable_extensions"])
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


@dataclass(frozen=True)
class Directive:
    """A directive as the author wrote it."""

    name: str
    argument: str
    options: dict[str, str]
    body: str


def read_directive(token: Token) -> Directive | None:
    """Return the directive that a fence or colon fence holds, if it holds one."""
    match = DIRECTIVE.match(token.info.strip())
    if not match:
        return None
    lines = token.content.splitlines()
    options = {}
    if lines and lines[0].strip() == "---":
        end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), len(lines))
        options = yaml.safe_load("\n".join(lines[1:end])) or {}
        lines = lines[end + 1 :]
    while lines and OPTION.fullmatch(lines[0]):
        _, key, value = lines.pop(0).split(":", 2)
        options[key] = value.strip()
    argument = token.info.strip()[match.end() :].strip()
    return Directive(match[1], argument, options, "\n".join(lines))


def walk(markdown: str) -> Iterator[tuple[Token, Directive | None]]:
    """Yield the block tokens of a text and of the directives in it, each directive before its body."""
    for token in parser().parse(markdown):
        directive = read_directive(token) if token.type in {"fence", "colon_fence"} else None
        yield token, directive
        if directive and directive.name not in OPAQUE:
            yield from walk(directive.body)


def inline_text(token: Token) -> str:
    """Return what a line says in words: no maths, code, roles or pictures, no text of links."""
    parts, links = [], 0
    for child in token.children or []:
        links += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if not links and child.type in {"text", "html_inline"}:
            parts.append(untag(child.content) if child.type == "html_inline" else child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif not child.type.startswith(("strong", "em_", "s_", "span")):
            parts.append(" \u25a1 ")  # something that is no prose stood here
    return "".join(parts)


def prose(markdown: str) -> str:
    """Return the running text of a piece of Markdown, without its headings."""
    lines, in_heading = [], False
    for token, _ in walk(markdown):
        if token.type in {"heading_open", "heading_close"}:
            in_heading = token.type == "heading_open"
        elif token.type == "inline" and not in_heading:
            lines.append(inline_text(token))
        elif token.type == "html_block":
            lines.append(untag(token.content))
    return "\n".join(lines)


def headings(markdown: str) -> list[tuple[int, str]]:
    """Return level and text of the headings."""
    pairs = pairwise(token for token, _ in walk(markdown))
    return [(int(a.tag[1]), b.content) for a, b in pairs if a.type == "heading_open"]


def directives(markdown: str) -> list[Directive]:
    """Return the directives, in order."""
    return [directive for _, directive in walk(markdown) if directive]


def roles(markdown: str) -> list[tuple[str, str]]:
    """Return name and content of the roles, in order."""
    return [
        (child.meta["name"], child.content)
        for token, _ in walk(markdown)
        for child in token.children or []
        if child.type == "myst_role"
    ]


def terms(markdown: str) -> list[str]:
    """Return what is set in bold, and the terms of definition lists."""
    found, in_term = [], False
    for token, _ in walk(markdown):
        if token.type in {"dt_open", "dt_close"}:
            in_term = token.type == "dt_open"
        if token.type == "inline":
            found += [token.content] if in_term else re.findall(r"\*\*(.+?)\*\*", token.content)
    return found


def words(text: str) -> int:
    """Count the words of a text; numerals are none."""
    return len(WORD.findall(text))


def untag(text: str) -> str:
    """Return the text of a piece of HTML."""
    text = re.sub(r"<!--.*?-->|<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


@dataclass(frozen=True)
class Numeral:
    """A number as a text writes it; of a version such as 3.11.7 the value is the text."""

    text: str
    value: Fraction | str
    percent: bool = False

    def values(self) -> set[Fraction | str]:
        """Return what the numeral may stand for: 5 % is 5, and 0.05."""
        if self.percent and isinstance(self.value, Fraction):
            return {self.value, self.value / 100}
        return {self.value}


def numerals(text: str) -> list[Numeral]:
    """Return the numerals of a text, fractions such as 1/9 as one."""
    found = []
    for match in NUMERAL.finditer(text):
        plain = re.sub(r"[,\u2009\u202f\u00a0]", "", match["number"])
        value: Fraction | str = plain
        if plain.count(".") < 2:
            value = Fraction(plain) / (int(match["denominator"] or 1) or 1)
            if match["sign"] in {"-", "\u2212"}:
                value = -value
        found.append(Numeral(match[0], value, bool(match["percent"])))
    return found


def shown_values(text: str) -> set[Fraction | str]:
    """Return the values that a text shows; a negative number shows its size as well."""
    values = {value for numeral in numerals(text) for value in numeral.values()}
    return values | {abs(value) for value in values if isinstance(value, Fraction)}


def output_text(output: NotebookNode) -> str:
    """Return what an output says in words and numbers and nbval compares."""
    if output.output_type == "stream":
        return output.text if output.name == "stdout" else ""
    parts = []
    for kind, content in output.get("data", {}).items():
        if kind == "text/plain":
            compared = re.sub(r"<Figure size [^>]*>|0x[0-9a-fA-F]+", " ", content)
            parts.append(re.sub(r"Fraction\((-?\d+), (\d+)\)", r"\1/\2", compared))
        elif kind == "text/html":
            parts.append(untag(content))
        elif kind == "text/latex":
            fractions = re.sub(r"\\[dt]?frac\{(\d+)\}\{(\d+)\}", r" \1/\2 ", content)
            parts.append(re.sub(r"\\[A-Za-z]+|[{}$&\\]", " ", fractions))
        elif kind == "text/markdown":
            parts.append(content)
    return "\n".join(parts)


def pictures(cell: NotebookNode) -> list[NotebookNode]:
    """Return the outputs of a cell that hold a picture."""
    return [
        output
        for output in cell.get("outputs", [])
        if any(kind.startswith("image/") for kind in output.get("data", {}))
    ]


def tags(cell: NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def code_lines(source: str) -> list[str]:
    """Return the lines of a cell that are not empty."""
    return [line for line in source.splitlines() if line.strip()]


def python(source: str) -> str:
    """Return the source with IPython's magics turned into calls."""
    return TransformerManager().transform_cell(source)


def tree(source: str) -> ast.Module:
    """Return the syntax tree of a cell."""
    return ast.parse(python(source))


def statement_ends(source: str) -> list[str]:
    """Return the last token before each line's end or comment."""
    ends, last = [], ""
    for token in tokenize.generate_tokens(io.StringIO(python(source)).readline):
        if token.type in {tokenize.NEWLINE, tokenize.COMMENT}:
            ends.append(last)
        elif token.type not in {tokenize.NL, tokenize.INDENT, tokenize.DEDENT}:
            last = token.string
    return ends


class Chapter:
    """A notebook with the parts that the guards look at."""

    def __init__(self, name: str, notebook: NotebookNode) -> None:
        self.name = name
        self.cells = notebook.cells

    @classmethod
    def read(cls, path: Path) -> "Chapter":
        """Read a chapter from its file."""
        return cls(path.stem, nbformat.read(path, as_version=4))

    @cached_property
    def code(self) -> list[NotebookNode]:
        """The code cells that hold code."""
        return [c for c in self.cells if c.cell_type == "code" and c.source.strip()]

    @cached_property
    def texts(self) -> list[str]:
        """The sources of the Markdown cells."""
        return [cell.source for cell in self.cells if cell.cell_type == "markdown"]

    @cached_property
    def prose(self) -> str:
        """The running text of all the Markdown cells."""
        return "\n".join(prose(text) for text in self.texts)

    def figure(self, cell: NotebookNode) -> tuple[str, str, str]:
        """Return caption, name and alt text that a cell's metadata gives to its picture."""
        settings = cell.metadata.get("mystnb", {})
        figure, image = settings.get("figure", {}), settings.get("image", {})
        return figure.get("caption", ""), figure.get("name", ""), image.get("alt", "")
