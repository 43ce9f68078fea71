"""Quizzes: the files of questions, their facts, their places in the chapters, and the widget."""

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
from momentum.lab import Quiz
from momentum.lab.markup import line, mathml
from momentum.lab.questions import Choice, Number, Order, agrees, chapters, parse, questions
from momentum.lab.quiz import as_state, shuffled

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
STEPS = [{"text": each, "why": f"Why {each}."} for each in ("one", "two", "three", "four")]
COMMON = {"section": "there", "question": "What?", "explain": "So it is."}
SINGLE = {"id": "one", "kind": "single", **COMMON, "options": OPTIONS}
NUMBER = {
    "id": "how-many", "kind": "number", **COMMON, "answer": 10, "tolerance": 0.01, "compute": "5 * 2",
    "wrong": [{"value": 9, "why": "One less."}], "otherwise": "Count.",
}  # fmt: skip
ORDER = {"id": "sort", "kind": "order", **COMMON, "steps": STEPS}


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


# What is read


def test_questions_are_read_with_their_kinds_and_checked():
    found = parse([SINGLE, NUMBER, ORDER], "noise")
    assert [type(each) for each in found.values()] == [Choice, Number, Order]
    assert found["one"].options[0].right
    assert found["how-many"].accepts(10.1)
    assert not found["how-many"].accepts(10.2)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "expected a list"),
        ([], "expected a list"),
        (["one"], "question 1: kind is None"),
        ([SINGLE | {"kind": "maybe"}], "one: kind is 'maybe', expected one of single"),
        ([SINGLE | {"hints": "x"}], "one: got the field 'hints', expected one of id, kind"),
        ([{key: SINGLE[key] for key in SINGLE if key != "explain"}], "the field 'explain' is missing"),
        ([{key: SINGLE[key] for key in SINGLE if key != "section"}], "the field 'section' is missing"),
        ([SINGLE | {"question": " "}], "question is ' ', expected a text"),
        ([SINGLE | {"question": 3}], "question is 3, expected a text"),
        ([SINGLE | {"options": []}], r"options is \[\], expected a list"),
        ([SINGLE | {"options": ["a"]}], "options 1: got 'a', expected a mapping"),
        ([SINGLE | {"options": [OPTIONS[0], {**OPTIONS[1], "right": "no"}]}], "options 2: right is 'no'"),
        ([SINGLE | {"options": [OPTIONS[0]] * 2}], "2 of 2 options are right, expected one"),
        (
            [SINGLE | {"kind": "several", "options": [OPTIONS[0]] * 2}],
            "2 of 2 options are right, expected some",
        ),
        ([SINGLE | {"options": [OPTIONS[1]] * 2}], "0 of 2 options are right"),
        ([NUMBER | {"answer": "10"}], "how-many: answer is '10', expected a finite number"),
        ([NUMBER | {"answer": math.inf}], "answer is inf, expected a finite number"),
        ([NUMBER | {"wrong": [{"value": 10.05, "why": "x"}]}], "10.05 is within the tolerance"),
        ([ORDER | {"steps": [STEPS[0]] * 3}], "at least three steps"),
        ([SINGLE, SINGLE], "one: the id is taken"),
    ],
)
def test_what_is_no_question_is_refused_by_name(given, said):
    with pytest.raises(ValueError, match=f"^noise.yml.*{said}"):
        parse(given, "noise")


def test_a_question_of_no_chapter_says_where_to_read_up():
    given = {key: SINGLE[key] for key in SINGLE if key != "section"}
    with pytest.raises(ValueError, match="'read' is missing"):
        parse([given], "prerequisites")
    (question,) = parse([given | {"read": "[there](noise.ipynb#a)"}], "prerequisites").values()
    assert as_state(question, "prerequisites", "Q")["read"] == 'Read up: <a href="noise.ipynb#a">there</a>.'


@pytest.mark.parametrize("value", [0, 1, -3, 0.04])
def test_a_tolerance_is_a_share_unless_the_target_is_zero(value):
    scale = abs(value) or 1
    assert agrees(value + 0.099 * scale, value, 0.1)
    assert not agrees(value - 0.101 * scale, value, 0.1)


# The widget


def test_a_quiz_shows_what_it_is_asked_for(keep):
    known = questions("rolling_ball")
    later = [name for name, question in known.items() if not question.before]
    assert len(later) == len(known) - 1
    assert [each["id"] for each in keep(Quiz("rolling_ball")).questions] == later
    two = keep(Quiz("rolling_ball", "how-late", "lower-mu"))
    assert [each["id"] for each in two.questions] == ["how-late", "lower-mu"]
    assert [each["title"] for each in two.questions] == ["Question 1 of 2", "Predict before you run"]
    assert repr(two) == "Quiz('rolling_ball', 'how-late', 'lower-mu')"


def test_an_unknown_chapter_or_question_is_refused_with_what_there_is():
    with pytest.raises(ValueError, match=r"chapter 'ball' has no questions, expected one of .*rolling_ball"):
        Quiz("ball")
    with pytest.raises(
        ValueError, match=r"id 'late' is no question of rolling_ball, expected one of .*how-late"
    ):
        Quiz("rolling_ball", "how-late", "late")


def test_the_output_is_the_same_each_time_and_needs_no_browser(keep):
    first, second = (keep(Quiz("rolling_ball"))._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/html"] == second["text/html"]
    assert first["text/plain"] == "Quiz('rolling_ball')"
    assert not re.search(r"<script|\sstyle=|\son\w+=|\sid=", first["text/html"])
    assert first["text/html"].count("<summary>Answer</summary>") == len(questions("rolling_ball")) - 1


def test_the_right_answer_has_no_place_of_its_own():
    places = {shuffled(4, f"noise/{i}").index(0) for i in range(40)}
    assert places == {0, 1, 2, 3}
    assert all(shuffled(3, str(i)) != [0, 1, 2] for i in range(40))
    assert shuffled(5, "a") == shuffled(5, "a")


def test_a_formula_is_mathml_with_its_source():
    assert mathml("a<b", display=True).endswith(
        '<annotation encoding="application/x-tex">a&lt;b</annotation></semantics></math>'
    )
    assert 'display="block"' in mathml("a", display=True)
    assert line("x <b>y</b>\n$\\mu$").startswith('x &lt;b&gt;y&lt;/b&gt; <span class="math inline"><math')
