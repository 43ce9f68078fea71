"""The ledger of claims: each verdict rests on a cell that asserts, and that printed the figure.

A cell asserts if it holds an `assert`, or if one of the next two cells of code under the same heading does:
some cells print what the next one, which draws it, asserts.
"""

import ast
import copy
import re
from dataclasses import dataclass

import pytest
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import claims_ledger
from claims_ledger import Entry, LedgerError

from . import notebook as nb
from .guards import bibliography
from .notebook import ROOT, Chapter

LEDGER = ROOT / "practice" / "claims.yml"
# How many cells of code after the one that prints may hold its assertion.
REACH = 2
FEWEST = 25
CARD = "card"
SHARED = {"claim": "statement", "chapter": "chapter", "status": "status", "verdict": "verdict"}


@dataclass
class Parts:
    """What must agree: the ledger's entries, the card, the book's notebooks, and who may be cited."""

    entries: list[Entry]
    card: list[dict[str, str]]
    book: dict[str, NotebookNode]
    sources: set[str]


def asserts(cell: NotebookNode) -> bool:
    """Say whether a cell holds an `assert`."""
    return any(isinstance(node, ast.Assert) for node in ast.walk(nb.tree(cell.source)))


def within_reach(name: str, notebook: NotebookNode) -> list[NotebookNode]:
    """Return a cell and those that may assert for it."""
    found: list[NotebookNode] = []
    for cell in notebook.cells:
        if found and cell.cell_type == "markdown" and nb.headings(cell.source):
            break
        if cell.cell_type == "code" and (found or cell.id == name):
            found.append(cell)
    return found[: REACH + 1]


def faults_of(entry: Entry, parts: Parts) -> list[str]:
    """Say what is wrong with the place, the figure and the sources of an entry."""
    chapter, status = entry["chapter"], entry["status"]
    named = [source for source in entry["source"] if not source.startswith("[")]
    found = [f"nobody is cited by {source!r}" for source in named if source not in parts.sources]
    if (status == "shown") != (chapter in parts.book):
        there = "is" if chapter in parts.book else "is not"
        return [*found, f"the status is {status}, and the chapter {chapter!r} {there} in the book"]
    if status == "open":
        return found
    typed = [numeral.text for numeral in nb.numerals(nb.prose(entry["measured"]))]
    found += [f"measured types the number {text!r}: let find take it" for text in typed]
    notebook = parts.book[chapter]
    try:
        claims_ledger.measured(entry, notebook)
    except LedgerError as error:
        return [*found, str(error)]
    cells = within_reach(entry["cell"], notebook)
    if not any(map(asserts, cells)):
        found.append(f"no assert in {' or '.join(cell.id for cell in cells)}")
    if nb.tags(cells[0]) & nb.OPT_OUTS:
        found.append(f"{entry['cell']} opts out of the comparison, so its figure may be stale")
    return found


def of_the_card(parts: Parts) -> list[str]:
    """Say where the ledger and the card disagree."""
    entries = {entry["id"]: entry for entry in parts.entries if CARD in entry["source"]}
    found = [
        f"{name}: the card has no such statement" for name in entries.keys() - {c["id"] for c in parts.card}
    ]
    for said in parts.card:
        entry = entries.get(said["id"])
        if entry is None:
            found.append(f"{said['id']}: the card says it, and no entry with this id has the source {CARD}")
            continue
        for field, other in SHARED.items():
            if entry.get(field) != said.get(other):
                found.append(
                    f"{said['id']}: {field} is {entry.get(field)!r}, on the card {said.get(other)!r}"
                )
    return found


def complaints(parts: Parts) -> list[str]:
    """Say everything that is wrong with the ledger."""
    found = [f"{entry['id']}: {fault}" for entry in parts.entries for fault in faults_of(entry, parts)]
    return found + of_the_card(parts)


def real() -> Parts:
    """Return the parts as they stand in the project."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    named = re.findall(r"\b(?:root|file): (\S+)", (ROOT / "_toc.yml").read_text("utf-8"))
    paths = [path for name in named if (path := ROOT / f"{name}.ipynb").exists()]
    return Parts(
        entries=[entry for theme in claims_ledger.read(LEDGER).values() for entry in theme],
        card=yaml.safe_load((ROOT / "practice" / "card.yml").read_text("utf-8")),
        book={path.stem: NotebookNode(cells=Chapter.read(path).cells) for path in paths},
        sources=set(bibliography()) | set(settings["claims_sources"]),
    )


def test_every_verdict_rests_on_an_experiment():
    found = complaints(real())
    assert not found, "\n".join(["practice/claims.yml (its first lines tell the format):", *found])


def test_there_are_enough_claims_and_each_page_says_so():
    entries = real().entries
    assert len(entries) >= FEWEST
    assert sum(CARD not in entry["source"] for entry in entries) >= FEWEST
    assert "{claims-ledger} ../practice/claims.yml" in (ROOT / "chapters" / "claims.md").read_text("utf-8")


# That it can go red: a small ledger in which one thing is wrong.

SHOWN = {
    "id": "halves",
    "claim": "Each step halves the distance.",
    "source": ["card", "polyak1964some"],
    "chapter": "one",
    "status": "shown",
    "cell": "one-run",
    "find": "left: {}",
    "measured": "The share {} is left.",
    "verdict": "holds",
}
OPEN = {"id": "later", "claim": "It stops.", "source": ["[a page](https://example.org)"], "chapter": "two"}


def code(name, source, text="", tags=()):
    outputs = [new_output("stream", name="stdout", text=text)] if text else []
    return new_code_cell(source, id=name, outputs=outputs, metadata={"tags": [*tags]})


@pytest.fixture
def parts():
    cells = [
        new_markdown_cell("## A run", id="one-text"),
        code("one-run", "print('left:', 0.5)", "left:  0.5\n"),
        code("one-draw", "draw()"),
        new_markdown_cell("So it is.", id="one-more"),
        code("one-check", "assert 0.5 < 1"),
        new_markdown_cell("### Another", id="one-other"),
        code("one-late", "assert True"),
    ]
    statement = {"id": "halves", "statement": SHOWN["claim"], "label": "a-run"}
    statement |= {field: SHOWN[field] for field in ("chapter", "status", "verdict")}
    entries = [copy.deepcopy(SHOWN), copy.deepcopy(OPEN) | {"status": "open"}]
    return Parts(entries, [statement], {"one": new_notebook(cells=cells)}, {"card", "polyak1964some"})


def cell(parts, name):
    return next(c for c in parts.book["one"].cells if c.id == name)


def test_the_small_ledger_is_in_order(parts):
    assert complaints(parts) == []


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"cell": "one-walk"}, "one has no cell of code 'one-walk'"),
        ({"cell": "one-text"}, "one has no cell of code 'one-text'"),
        ({"find": "right: {}"}, "'right: {}' is not in what one-run has printed"),
        ({"find": "lef{}"}, "'lef{}' is not in what one-run has printed"),
        ({"measured": "Of 2 runs {} is left."}, "measured types the number '2'"),
        ({"chapter": "two"}, "the status is shown, and the chapter 'two' is not in the book"),
        ({"status": "open"}, "the status is open, and the chapter 'one' is in the book"),
        ({"source": ["card", "nobody1900"]}, "nobody is cited by 'nobody1900'"),
        ({"source": ["polyak1964some"]}, "the card says it, and no entry with this id has the source card"),
        ({"id": "thirds"}, "thirds: the card has no such statement"),
        ({"claim": "Each step halves it."}, "claim is 'Each step halves it.', on the card"),
        ({"verdict": "false as stated"}, "verdict is 'false as stated', on the card 'holds'"),
    ],
    ids=str,
)
def test_a_wrong_entry_is_seen(parts, fields, complaint):
    parts.entries[0].update(fields)
    assert any(complaint in line for line in complaints(parts)), complaints(parts)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda p: cell(p, "one-check").update(source="print(1)"),
            "no assert in one-run or one-draw or one-ch",
        ),
        (lambda p: cell(p, "one-text").update(source=""), None),
        (lambda p: cell(p, "one-more").update(source="## More"), "no assert in one-run or one-draw"),
        (
            lambda p: p.book["one"].cells.insert(2, code("one-new", "x = 1")),
            "no assert in one-run or one-new or",
        ),
        (lambda p: cell(p, "one-run").update(outputs=[]), "is not in what one-run has printed"),
        (lambda p: cell(p, "one-run").metadata.update(tags=["nbval-skip"]), "opts out of the comparison"),
        (lambda p: p.entries.pop(0), "halves: the card says it, and no entry"),
        (lambda p: p.card[0].update(chapter="two"), "chapter is 'one', on the card 'two'"),
        (
            lambda p: p.book.update(two=new_notebook()),
            "later: the status is open, and the chapter 'two' is in",
        ),
    ],
)
def test_a_disagreement_is_seen(parts, change, complaint):
    change(parts)
    found = complaints(parts)
    assert any(complaint in line for line in found) if complaint else found == []


# What the extension itself says of a file.

TEXT = yaml.safe_dump({"A theme": [SHOWN]})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- id: a", "expected themes, each with a list of entries"),
        ("A theme:\n  id: a", "expected themes, each with a list of entries"),
        ("A theme:\n  - id", "entry 1: 'id' is no mapping"),
        ("A theme: [", "claims.yml cannot be read"),
        (yaml.safe_dump({"A": [SHOWN], "B": [SHOWN]}), "more than one entry has the id halves"),
        (TEXT.replace("status: shown", "status: done"), "halves: status 'done': expected shown or open"),
        (TEXT.replace("status: shown", "status: open"), "the field cell is not one of an entry that is open"),
        (TEXT.replace("cell: one-run", ""), "halves: the field cell is missing, and the status is shown"),
        (TEXT.replace("verdict: holds", "verdict: true"), "the field verdict is True: expected a text"),
        (TEXT.replace("verdict: holds", "verdict: mostly"), "the verdict is 'mostly': expected holds, holds"),
        (yaml.safe_dump({"A": [SHOWN | {"source": "card"}]}), "the field source is 'card': expected a list"),
        (TEXT.replace("left: {}", "left:"), "find has 0 {} and measured 1"),
        (TEXT.replace("share {} is", "share is"), "find has 1 {} and measured 0"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, text, complaint):
    path = tmp_path / "claims.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LedgerError, match=re.escape(complaint)):
        claims_ledger.read(path)


@pytest.mark.parametrize(
    ("find", "text", "values"),
    [
        ("a {} b {}", "a 1 b\n2", ["1", "2"]),
        ("a {} ... c {}", "a -0.200 b 7 c\n1/9", ["-0.200", "1/9"]),
        ("{} of {} runs", "it is 1,000 of 12000 runs", ["1,000", "12000"]),
        ("at {}: {}", "at 1e-14: True", ["1e-14", "yes"]),
        ("(a) {}.", "(a)  5 %.", ["5 %"]),
        ("w_1 = {},", "w_1 = 0.5, w_2", ["0.5"]),
        ("a {}", "a b 1", None),
        ("a {}", "a 3.11.7", None),
        ("a{}", "a1", None),
    ],
)
def test_figures_are_taken_from_the_text(find, text, values):
    assert claims_ledger.figures(find, text) == values


def test_results_count_as_printed_and_warnings_do_not():
    outputs = [
        new_output("stream", name="stderr", text="left: 1"),
        new_output("execute_result", {"text/plain": "left: 2"}),
    ]
    assert claims_ledger.printed(NotebookNode(outputs=outputs)) == "left: 2"
