"""Quizzes: the files of questions, their facts, and their places in the chapters."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import jsonschema
import nbformat
import numpy as np
import pytest
import yaml
from docutils import nodes
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from myst_parser.mdit_to_docutils.base import default_slugify

import contents
from momentum import descent, landscapes, physics, theory, updates
from momentum.lab.questions import Number, agrees, chapters, parse, questions

ROOT = Path(__file__).parents[2]
QUIZZES = ROOT / "practice" / "quizzes"
FILES = sorted(QUIZZES.glob("*.yml"))
SCHEMA = json.loads((QUIZZES / "schema.json").read_text("utf-8"))
BOOK = [path for name in contents.pages(ROOT / "_toc.yml")
        if (path := ROOT / f"{name}.ipynb").is_file()]  # fmt: skip
NAMES = {
    "math": math, "np": np, "descent": descent, "landscapes": landscapes, "physics": physics,
    "theory": theory, "updates": updates,
}  # fmt: skip
LAB_SHOWN = re.compile(r"\w+Lab\(")
LEAST, LEAST_PREREQUISITES = 5, 10

OPTIONS = [{"text": "$a<b$", "why": "It is.", "right": True}, {"text": "`b`", "why": "It is not."}]
COMMON = {"section": "there", "question": "What?", "explain": "So it is."}
SINGLE = {"id": "one", "kind": "single", **COMMON, "options": OPTIONS}


def each_question() -> list[object]:
    return [
        pytest.param(question, id=f"{path.stem}-{question.id}")
        for path in FILES
        for question in questions(path.stem).values()
    ]


# The files


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_as_the_schema_says(path):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    given = yaml.safe_load(path.read_text("utf-8"))
    found = [f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in validator.iter_errors(given)]
    assert found == []
    assert list(questions(path.stem)) == [each["id"] for each in given]


@pytest.mark.parametrize("question", each_question())
def test_the_facts_of_a_question_are_those_of_the_package(question):
    if isinstance(question, Number):
        computed = float(eval(question.compute, dict(NAMES)))
        assert question.accepts(computed), f"compute gives {computed}, the answer is {question.answer}"
        # Who works it out to all digits is not at the edge of what counts.
        assert agrees(computed, question.answer, question.tolerance / 2)
    if question.check:
        assert bool(eval(question.check, dict(NAMES))) is True


@pytest.mark.parametrize("question", each_question())
def test_a_choice_has_words_for_a_reader_who_listens(question):
    # A formula alone is no label of a radio button: not every screen reader makes a name of it.
    for option in getattr(question, "options", ()):
        assert re.search("[a-zA-Z]", re.sub(r"\$[^$]*\$", "", option.text))


@pytest.mark.parametrize("question", each_question())
def test_each_wrong_answer_has_an_explanation_of_its_own(question):
    parts = (
        getattr(question, "options", ()) or getattr(question, "wrong", ()) or getattr(question, "steps", ())
    )
    whys = [part.why for part in parts]
    assert len(set(whys)) == len(whys)
    assert not {question.explain, getattr(question, "otherwise", "")} & set(whys)


# The chapters


def anchors(notebook) -> set[str]:
    """The anchors of a notebook's headings: as MyST names them, and as the page's ids."""
    found, markdown = set(), MarkdownIt("commonmark").use(dollarmath_plugin)
    for cell in notebook.cells:
        tokens = markdown.parse(cell.source) if cell.cell_type == "markdown" else []
        for i, token in enumerate(tokens):
            if token.type == "heading_open":
                parts = tokens[i + 1].children
                plain = "".join(part.content for part in parts if part.type in {"text", "code_inline"})
                found |= {default_slugify(plain), nodes.make_id("".join(part.content for part in parts))}
    return found


def shown(cell) -> str:
    """What a cell of code shows in the end, as text."""
    texts = [output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
    return texts[-1] if texts else ""


def faults(chapter: str, notebook, known) -> list[str]:
    """What is missing in a chapter, or stands in the wrong place."""
    cells = notebook.cells
    found = [] if len(known) >= LEAST else [f"{len(known)} questions, expected at least {LEAST}"]
    places = {cell.id: i for i, cell in enumerate(cells)}
    there = anchors(notebook)
    for question in known.values():
        if question.section not in there:
            found.append(f"{question.id}: no heading has the anchor {question.section!r}")
        if question.before:
            i = places.get(question.before, 0)
            wanted = repr_of(chapter, question.id)
            if not i or shown(cells[i - 1]) != wanted:
                found.append(f"{question.id}: {wanted} is not shown by the cell before {question.before!r}")
    asked = {question.before for question in known.values()}
    labs = [cell.id for cell in cells if cell.cell_type == "code" and LAB_SHOWN.match(shown(cell))]
    found += [f"no question to predict before the lab {name!r}" for name in labs if name not in asked]
    headings = [
        i for i, cell in enumerate(cells) if cell.cell_type == "markdown" and cell.source.startswith("## ")
    ]
    titles = [cells[i].source.splitlines()[0] for i in headings]
    end = headings[titles.index("## Summary")] if "## Summary" in titles else 0
    before = titles[titles.index("## Summary") - 1] if "## Summary" in titles else ""
    if before != "## Check yourself" or shown(cells[end - 1]) != repr_of(chapter):
        found.append(
            f"the section before the summary is not 'Check yourself', with {repr_of(chapter)} at its end"
        )
    return found


def repr_of(*given: str) -> str:
    return f"Quiz({', '.join(map(repr, given))})"


def test_every_chapter_asks_its_questions_where_it_should():
    found = {}
    for path in BOOK:
        known = questions(path.stem) if path.stem in chapters() else {}
        found[path.stem] = faults(path.stem, nbformat.read(path, as_version=4), known)
    assert len(found) > 10
    missing = [f"{chapter}: {fault}" for chapter, each in found.items() for fault in each]
    assert not missing, "\n".join(missing)


def test_the_course_opens_with_a_test_of_what_it_needs():
    given = questions("prerequisites") if "prerequisites" in chapters() else {}
    assert len(given) >= LEAST_PREREQUISITES
    cells = [cell for path in BOOK for cell in nbformat.read(path, as_version=4).cells]
    assert repr_of("prerequisites") in {shown(cell) for cell in cells if cell.cell_type == "code"}


def test_every_file_of_questions_belongs_to_a_chapter():
    assert set(chapters()) <= {path.stem for path in BOOK} | {"prerequisites"}


def chapter_of_cells(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def cell_showing(name: str, text: str):
    output = nbformat.v4.new_output("execute_result", data={"text/plain": text})
    return nbformat.v4.new_code_cell("...", id=name, outputs=[output])


def test_what_a_chapter_lacks_is_named():
    given = [SINGLE | {"id": f"q{i}"} for i in range(5)] + [SINGLE | {"id": "first", "before": "the-lab"}]
    known = parse(given, "noise")
    text = nbformat.v4.new_markdown_cell
    lab, quiz = cell_showing("the-lab", "NoiseLab(mu=0.9)"), cell_showing("q", "Quiz('noise', 'first')")
    rest = [text("## Check yourself"), cell_showing("c", "Quiz('noise')"), text("## Summary")]
    whole = chapter_of_cells(text("# A\n\n## There"), quiz, lab, *rest)
    assert faults("noise", whole, known) == []
    found = faults(
        "noise", chapter_of_cells(text("## Elsewhere"), lab, text("## Summary")), parse(given[:1], "noise")
    )
    assert [fault[:20] for fault in found] == [
        "1 questions, expecte", "q0: no heading has t", "no question to predi", "the section before t",
    ]  # fmt: skip
    swapped = chapter_of_cells(text("# A\n\n## There"), lab, quiz, *rest)
    assert len(faults("noise", swapped, known)) == 1
