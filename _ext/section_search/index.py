"""Cut pages into sections, and make of them the index that the search page reads."""

from __future__ import annotations

import math
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from docutils import nodes
from sphinx import addnodes

from .words import LETTERS, SIGNS, STOP, pieces, shown, stems, tokens

# How much of a section the results show, how often a word counts, and what a title counts on top.
LEAD, MOST, TITLE = 110, 3, 4
# Outputs are numbers, and what is hidden is not what a reader has seen.
PASSED_OVER = (nodes.comment, nodes.raw, nodes.Invisible, addnodes.toctree)


@dataclass
class Section:
    """A part of a page that a result can lead to: a section, an entry of a glossary, a function, a work."""

    anchor: str
    title: str
    is_first: bool = False
    texts: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    formulas: dict[str, None] = field(default_factory=dict)
    is_term: bool = False
    links: list[str] = field(default_factory=list)

    def levels(self, topic: str = "") -> dict[str, int]:
        """Return each stem with how often it stands here, up to ``MOST``, plus ``TITLE`` if the title has it.

        The name of the page, ``topic``, counts like a title.
        """
        count = Counter(stem for text in self.texts for stem in stems(text))
        found = {stem: min(times, MOST) for stem, times in count.items()}
        for stem in {*stems(self.title), *stems(topic)}:
            found[stem] = found.get(stem, 0) + TITLE
        return found

    def lead(self) -> str:
        """Return its first words."""
        text = " ".join(" ".join(self.prose).split()).removeprefix(self.title).strip()
        return text if len(text) <= LEAD else text[: LEAD - 1].rpartition(" ")[0] + " …"


def plain(node: nodes.Node) -> str:
    """Return a text with its formulas on one line."""
    if isinstance(node, nodes.math):
        # katex_at_build keeps the punctuation after a short formula with it.
        return shown(node.astext()) + str(node.get("closing", ""))
    if isinstance(node, nodes.Text):
        return str(node)
    return "".join(plain(child) for child in node.children if not isinstance(child, PASSED_OVER))


def work(text: str) -> str:
    """Return the authors and the title of a work from its line in a list of works.

    >>> work("Ann B. Lee. On balls. Journal, 1:2, 1999.")
    'Ann B. Lee. On balls.'
    """
    found = re.match(r"(.*?\w{3,}[.?!]\s.*?\w{3,}[.?!])\s", " ".join(text.split()))
    return found[1] if found else text.strip()


def started(node: nodes.Element) -> Section | None:
    """Return the part of a page that begins with a node, if one does."""
    first = node.children[0] if node.children else None
    if isinstance(node, nodes.section) and node["ids"] and isinstance(first, nodes.title):
        return Section(node["ids"][0], plain(first), is_first=isinstance(node.parent, nodes.document))
    if isinstance(node, nodes.definition_list_item) and isinstance(first, nodes.term) and first["ids"]:
        return Section(first["ids"][0], plain(first).strip(), is_term=True)
    if isinstance(node, addnodes.desc) and isinstance(first, addnodes.desc_signature) and first["ids"]:
        return Section(first["ids"][0], str(first.get("fullname") or first["ids"][0]))
    if isinstance(node, nodes.citation) and node["ids"] and node.children:
        return Section(node["ids"][0], work(plain(node.children[-1])))
    return None


def sections(doctree: nodes.document) -> list[Section]:
    """Return the parts of a page, in their order. What stands before the first heading is left out."""
    found: list[Section] = []

    def walk(node: nodes.Node, inside: Section) -> None:
        if isinstance(node, PASSED_OVER) or "cell_output" in getattr(node, "attributes", {}).get(
            "classes", []
        ):
            return
        if isinstance(node, (nodes.math, nodes.math_block)):
            inside.texts.append(" ".join(sign for sign in tokens(node.astext()) if sign.isalpha()))
            inside.formulas.update(dict.fromkeys(pieces(" ".join(tokens(node.astext())))))
            return
        if isinstance(node, nodes.literal):
            inside.formulas.update(dict.fromkeys(pieces(node.astext())))
        if isinstance(node, nodes.Text):
            inside.texts.append(str(node))
            return
        if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
            inside.formulas.update(
                dict.fromkeys(
                    one for m in node.findall(nodes.math) for one in pieces(" ".join(tokens(m.astext())))
                )
            )
            return
        if isinstance(node, nodes.reference) and inside.is_term and node.get("internal"):
            inside.links.append(node.get("refuri", ""))
        if isinstance(node, nodes.paragraph) and not isinstance(node.parent, nodes.entry):
            inside.prose.append(plain(node))
        for child in node.children:
            new = started(child) if isinstance(child, nodes.Element) else None
            if new is not None:
                found.append(new)
            walk(child, new or inside)

    walk(doctree, Section("", ""))
    return found


def pages_of(page: str, links: Iterable[str]) -> Iterator[str]:
    """Yield the pages that links on a page lead to, each once.

    >>> list(pages_of("a/b", ["c.html#d", "c.html", "#e", "../f.html"]))
    ['a/c', 'f']
    """
    found = (
        posixpath.normpath(posixpath.join(posixpath.dirname(page), one.partition("#")[0])) for one in links
    )
    yield from dict.fromkeys(one.removesuffix(".html") for one in found if one.endswith(".html"))


def packed(levels: Iterable[tuple[int, int]]) -> list[int]:
    """Return pairs of a section and a level as numbers: eight times the step to it, plus the level.

    >>> packed([(2, 1), (5, 7)])
    [17, 31]
    """
    found, last = [], 0
    for section, level in levels:
        found.append(8 * (section - last) + level)
        last = section
    return found


def assemble(
    pages: dict[str, tuple[str, list[Section]]], weights: dict[str, float], also: dict[str, str]
) -> dict[str, Any]:
    """Return the index: pages, sections, words and formulas, by their numbers.

    Parameters
    ----------
    pages
        By name: the title, and the sections.
    weights
        How much a page counts, or a section by its anchor with a ``#`` before it, where that is not one.
    also
        By a word that readers use: the words that the book uses for it.
    """
    words: dict[str, list[tuple[int, int]]] = {}
    formulas: dict[str, list[int]] = {}
    rows: list[list[Any]] = []
    numbers = {name: number for number, name in enumerate(pages)}
    for name, number in numbers.items():
        for section in pages[name][1]:
            topic = posixpath.basename(name).replace("_", " ") if section.is_first else ""
            here, levels = len(rows), section.levels(topic)
            for stem, level in levels.items():
                words.setdefault(stem, []).append((here, level))
            for formula in section.formulas:
                formulas.setdefault(formula, []).append(here)
            size = round(math.sqrt(sum(level % TITLE for level in levels.values())))
            anchor = "" if section.is_first else section.anchor
            weight = weights.get(name, 1) * weights.get(f"#{section.anchor}", 1)
            explained = [numbers[page] for page in pages_of(name, section.links) if page in numbers]
            rows.append([number, anchor, section.title, section.lead(), size, round(weight, 2), explained])
    return {
        "pages": [[name, title] for name, (title, _) in pages.items()],
        "sections": rows,
        "words": {stem: packed(found) for stem, found in sorted(words.items())},
        "formulas": dict(sorted(formulas.items())),
        "stop": sorted(STOP),
        "letters": {letter: f" {name} " for letter, name in LETTERS.items()} | SIGNS,
        "also": {key: sorted(set(each)) for key, each in sorted(spread(also))},
    }


def spread(also: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the stem of each word of readers, with the stems of the book's words."""
    for word, others in also.items():
        for stem in stems(word):
            yield stem, list(stems(others))
