"""The study card: `practice/card.yml` and its table in the chapter `intro` say the same, and truly."""

import re
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass

import pytest
import yaml
from myst_parser.mdit_to_docutils.base import default_slugify

from . import notebook as nb
from .notebook import ROOT, Chapter

HEADING = "The card"
VERDICT = re.compile(r"holds|holds when \S.*|false as stated")
ALWAYS = {"id", "statement", "chapter", "status"}
FIELDS = {"shown": ALWAYS | {"label", "verdict"}, "open": ALWAYS}
# What the card says, statement by statement: none is dropped, and a new one is added on purpose.
IDS = {
    *("better-rates", "ball", "slight-uphills", "update-rule", "velocity", "zero-start", "kept-inside"),
    *("friction", "usual-value", "usual-grid", "no-momentum", "no-blow-up", "shrinks", "steepest-descent"),
    *("learning-rate", "consistent-direction", "largest-gradient", "all-troubles", "local-minima"),
    *("saddle-points", "minibatch-noise", "bounciness", "two-forms"),
}


def anchors(chapter: Chapter) -> set[str]:
    """Return the anchors of a chapter's headings, down to the depth that `_config.yml` gives to MyST."""
    depth = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"][
        "myst_heading_anchors"
    ]
    found = [heading for text in chapter.texts for heading in nb.headings(text) if heading[0] <= depth]
    return {default_slugify(re.sub(r"\$[^$]*\$|`", "", title)) for _, title in found}


def book() -> dict[str, set[str]]:
    """Return the anchors of the chapters that stand in the book, by chapter."""
    named = re.findall(r"\b(?:root|file): (\S+)", (ROOT / "_toc.yml").read_text("utf-8"))
    paths = [path for name in named if (path := ROOT / f"{name}.ipynb").exists()]
    return {path.stem: anchors(Chapter.read(path)) for path in paths}


def rows(chapter: Chapter) -> list[list[str]]:
    """Return the rows of the first table under the card's heading, without its head."""
    text = "\n".join(chapter.texts).split(f"\n## {HEADING}\n")[-1]
    table = re.search(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE)
    lines = table[0].splitlines()[2:] if table else []
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def place(entry: dict[str, str]) -> str:
    """Return what the table must say beside a statement."""
    if entry["status"] == "open":
        return f"to come: {entry['chapter'].replace('_', ' ')}"
    file = "" if entry["chapter"] == "intro" else f"{entry['chapter']}.ipynb"
    return f"[{entry['verdict']}]({file}#{entry['label']})"


def faults_of(entry: dict[str, str], chapters: dict[str, set[str]]) -> list[str]:
    """Say what is wrong with an entry of the card."""
    status, chapter = entry.get("status"), entry.get("chapter")
    if status not in FIELDS:
        return [f"status {status!r}: expected shown or open"]
    if set(entry) != FIELDS[status] or not all(isinstance(text, str) and text for text in entry.values()):
        return [f"fields {sorted(entry)}: expected {sorted(FIELDS[status])}, each a text"]
    found = []
    if (status == "shown") != (chapter in chapters):
        found.append(f"status {status!r}, and the chapter {chapter!r} is in the book: {chapter in chapters}")
    if status == "shown" and entry["label"] not in chapters.get(chapter, ()):
        found.append(f"no heading of {chapter!r} has the anchor {entry['label']!r}")
    if status == "shown" and not VERDICT.fullmatch(entry["verdict"]):
        found.append(f"verdict {entry['verdict']!r}: expected holds, holds when ..., or false as stated")
    return found


@dataclass
class Parts:
    """What must agree: the card, the rows of its table, and the anchors of the book's chapters."""

    card: list[dict[str, str]]
    table: list[list[str]]
    book: dict[str, set[str]]


def complaints(parts: Parts) -> list[str]:
    """Say where the card, its table and the book disagree."""
    found = [f"{entry.get('id')}: {fault}" for entry in parts.card for fault in faults_of(entry, parts.book)]
    if found:
        return found
    ids = Counter(entry["id"] for entry in parts.card)
    if ids != Counter(IDS):
        found.append(f"lost: {IDS - set(ids)}, new: {set(ids) - IDS}, all: {dict(ids)}")
    wanted = [[entry["statement"], place(entry)] for entry in parts.card]
    found += [f"intro does not say | {' | '.join(row)} |" for row in wanted if row not in parts.table]
    found += [f"only intro says | {' | '.join(row)} |" for row in parts.table if row not in wanted]
    if not found and parts.table != wanted:
        found.append("intro has a row twice, or the rows in another order")
    return found


@pytest.fixture(scope="module")
def whole() -> Parts:
    """Return the parts as they are."""
    card = yaml.safe_load((ROOT / "practice" / "card.yml").read_text("utf-8"))
    return Parts(card, rows(Chapter.read(ROOT / "chapters" / "intro.ipynb")), book())


@pytest.fixture
def parts(whole: Parts) -> Parts:
    """Return parts that a test may change."""
    return deepcopy(whole)


def test_the_card_is_in_the_introduction(parts):
    found = complaints(parts)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("ball", {"status": "maybe"}),
        ("ball", {"status": "open"}),
        ("ball", {"note": "a field that nothing reads"}),
        ("ball", {"id": "velocity"}),
        ("ball", {"statement": ""}),
        ("ball", {"statement": "It is a ball."}),
        ("ball", {"verdict": "holds mostly"}),
        ("ball", {"verdict": "holds"}),
        ("ball", {"label": "no-such-section"}),
        ("ball", {"chapter": "no_such_chapter"}),
        ("usual-value", {"status": "open"}),
        ("usual-value", {"verdict": "holds"}),
        ("usual-value", {"chapter": "two_forms"}),
        ("usual-value", {"chapter": "noise"}),
    ],
    ids=str,
)
def test_a_wrong_entry_is_seen(parts, name, fields):
    next(entry for entry in parts.card if entry["id"] == name).update(fields)
    assert complaints(parts)


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.card[0].pop("status"),
        lambda parts: (parts.card.pop(), parts.table.pop()),
        lambda parts: parts.table.pop(3),
        lambda parts: parts.table.append(parts.table[0]),
        lambda parts: parts.table.append(["A new statement.", "to come: noise"]),
        lambda parts: parts.table[1].__setitem__(1, "[holds](rolling_ball.ipynb)"),
        lambda parts: parts.table.clear(),
        lambda parts: parts.book.pop("two_forms"),
        lambda parts: parts.book.update(noise=set()),
        lambda parts: parts.book["rolling_ball"].remove("the-picture"),
    ],
)
def test_a_disagreement_is_seen(parts, change):
    change(parts)
    assert complaints(parts)


def test_anchors_are_those_of_myst():
    texts = ["# Newton's law\n\n### What $1/(1 - \\mu)$ counts", "#### Too deep\n\n## The `SGD` class"]
    cells = [nb.NotebookNode(cell_type="markdown", source=text) for text in texts]
    chapter = Chapter("sample", nb.NotebookNode(cells=cells))
    assert anchors(chapter) == {"newtons-law", "what--counts", "the-sgd-class"}
