"""The exercises are read out of the chapters, and made into notebooks that a grader knows."""

import ast
import re
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tagged_chapters import PREDICT, asked, chapters, code

import assignments
import exercises
import plain_markdown

ROOT = Path(__file__).parents[2]
BOX = new_markdown_cell(PREDICT)
NOWHERE = {"repository": "", "site": ""}
SOMEWHERE = {"repository": "https://example.org/course", "site": "https://example.org/book/"}


def sheet(name: str, home: dict[str, str] = NOWHERE) -> Any:
    made = chapters()
    return assignments.source(name, made[name], plain_markdown.targets(made), home)


def by_id(notebook: Any) -> dict[str, Any]:
    return {cell.id: cell for cell in notebook.cells}


def test_only_what_checks_itself_is_taken() -> None:
    rolling = exercises.read(chapters()["rolling"])
    assert [(e.label, e.kind, len(e.parts)) for e in rolling] == [
        ("ex-lines", "write-it", 1),
        ("ex-age", "predict-it", 1),
    ]
    assert sheet("downhill") is None


def test_what_a_question_needs_comes_along_and_nothing_else() -> None:
    lines, age = exercises.read(chapters()["rolling"])
    assert lines.parts[0].needs == lines.parts[0].test_needs == age.parts[0].needs == ()
    assert age.parts[0].test_needs == (
        "def half(x):\n    return math.floor(x) / 2",
        "coefficient = half(1.0) + 0.3",
    )
    assert set(age.imports) == {"import numpy as np", "from momentum import check", "import math"}


def test_what_only_a_hidden_test_needs_is_hidden_too() -> None:
    order = by_id(sheet("ending"))["ex-end-2-test"].source
    assert "steps = " in order.split("### BEGIN HIDDEN TESTS")[1]


def test_what_an_answer_needs_is_given() -> None:
    cells = [code("a = 2\nb = a"), BOX, code("c = a\nd = ...\nprint(check.number(2, d))", "your-turn")]
    cells += [code("d = b\nassert check.number(2, d)", "model-answer")]
    made = assignments.source("page", new_notebook(cells=cells), {}, NOWHERE)
    assert by_id(made)["ex-age-given"].source == "# This is given.\na = 2\nb = a"


def test_each_part_is_cut_into_what_is_given_the_answer_and_the_test() -> None:
    formula, order = exercises.read(chapters()["ending"])[0].parts
    assert (formula.given, formula.answer) == ("formula = ...", "formula = 'lr*g/(mu - 1)'")
    assert order.test.startswith("print(check.ordering(steps, order))\nassert check.ordering(")


def test_the_cells_are_those_that_the_grader_expects() -> None:
    cells = by_id(sheet("ending"))
    assert list(cells) == [
        "about", "setup", "ex-end",
        "ex-end-1-answer", "ex-end-1-test", "ex-end-2-answer", "ex-end-2-test",
    ]  # fmt: skip
    for name, cell in cells.items():
        entry = cell.metadata.nbgrader
        assert entry.grade_id == name
        assert entry.solution is name.endswith("-answer")
        assert entry.grade is name.endswith("-test")
        assert entry.get("points", 0) == 2 * entry.grade
        assert entry.locked is not entry.solution
    assert "Points in all: 4." in cells["about"].source


def test_the_answer_stands_between_the_marks_that_the_grader_removes() -> None:
    source = by_id(sheet("ending"))["ex-end-1-answer"].source
    assert source == ("formula = ...\n### BEGIN SOLUTION\nformula = 'lr*g/(mu - 1)'\n### END SOLUTION")


def test_what_is_given_beside_the_answer_counts_as_it_was_given() -> None:
    cells = [BOX, code("c = 2\nd = ...\nprint(check.number('mean age', d, at=c))", "your-turn")]
    cells += [code("d = 1\nassert check.number('mean age', d, at=c)", "model-answer")]
    made = by_id(assignments.source("page", new_notebook(cells=cells), {}, NOWHERE))
    assert made["ex-age-test"].source.startswith("from momentum import check\n\nc = 2\nassert check.")


def test_a_test_that_holds_the_answer_is_hidden() -> None:
    assert "### BEGIN HIDDEN TESTS" in by_id(sheet("ending"))["ex-end-1-test"].source
    assert "HIDDEN" not in by_id(sheet("rolling"))["ex-lines-test"].source


def test_a_hidden_test_still_tells_a_student_that_the_answer_is_missing() -> None:
    source = by_id(sheet("ending"))["ex-end-1-test"].source
    assert 'assert formula is not ..., "There is no answer yet."' in source.split("### BEGIN")[0]


def test_every_cell_of_code_can_be_read_by_python() -> None:
    for name in ("rolling", "ending"):
        for cell in sheet(name).cells:
            if cell.cell_type == "code":
                ast.parse(cell.source)


def test_the_text_reads_well_without_the_book() -> None:
    cells = by_id(sheet("rolling"))
    text = cells["ex-lines"].source
    assert text.startswith("## 1. The two lines\n\n*Write it. 3 points.*\n\nWrite form A. ")
    assert "Write form A. The theorem *Down a slope* says" in text
    assert "*Only downhill*" in text
    assert (
        "<details>\n<summary>Hint 1</summary>\n\nLook at $v \\leftarrow \\mu v - \\eta g$.\n\n</details>"
        in text
    )
    assert "the velocities' sum" in text
    assert "$$\nv \\leftarrow \\mu v - \\eta g\n$$\n" in text
    assert "Read up if you must" in cells["ex-age"].source
    assert plain_markdown.leftovers(cell.source for cell in cells.values()) == []


def test_with_a_site_the_references_are_links() -> None:
    cells = by_id(sheet("rolling", SOMEWHERE))
    text = cells["ex-lines"].source + cells["ex-age"].source
    assert "[The theorem *Down a slope*](https://example.org/book/chapters/rolling.html#thm-slope)" in text
    assert "[Read up](https://example.org/book/chapters/rolling.html#the-memory)" in text
    assert "git+https://example.org/course" in cells["setup"].source


def test_other_boxes_become_quotations() -> None:
    found = plain_markdown.plain("```{note}\nOne\n\ntwo.\n```", {}, "page")
    assert found == "> **Note.**\n>\n> One\n>\n> two."


@pytest.mark.parametrize("text", ["{prf:ref}`thm-none`", "{figure}`x`", "```{code-cell}"])
def test_what_has_no_plain_form_is_refused(text: str) -> None:
    with pytest.raises(plain_markdown.MarkdownError, match=re.escape(text)):
        plain_markdown.plain(text, {}, "page")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([new_code_cell("a = ...", metadata={"tags": ["your-turn"]})], "no box above it"),
        ([BOX, code(asked("a = {}\n{}check.number(1, a){}"), "your-turn")], "1 cells your-turn and 0"),
        (
            [BOX, code("a = ...", "your-turn"), code("a = 1\nassert check.x(a)", "model-answer")],
            "printed check",
        ),
        (
            [BOX, code("print(check.x(a))", "your-turn"), code("assert check.x(a)", "model-answer")],
            "'a'",
        ),
        (
            [new_markdown_cell(PREDICT.replace("predict-it", "guess-it")), code("a", "your-turn")],
            "one class of",
        ),
    ],
)
def test_a_chapter_that_breaks_the_rules_is_refused(cells: list[Any], message: str) -> None:
    with pytest.raises(exercises.ExerciseError, match=message):
        exercises.read(new_notebook(cells=cells))


def test_the_latest_value_above_is_the_one_that_counts() -> None:
    above = ["a = 1\nb = a + 1", "a = b + 5\nc = a"]
    assert exercises.needs({"c"}, above, "ex")[1] == ["a = 1", "b = a + 1", "a = b + 5", "c = a"]


def test_the_files_and_the_zip(tmp_path: Path) -> None:
    book = tmp_path / "chapters"
    book.mkdir()
    for name, notebook in chapters().items():
        nbformat.write(notebook, book / f"{name}.ipynb")
    (tmp_path / "_toc.yml").write_text(
        "root: chapters/downhill\nchapters: [file: chapters/rolling, file: chapters/page]\n", "utf-8"
    )
    found = assignments.order(tmp_path / "_toc.yml")
    assert [path.stem for path in found] == ["downhill", "rolling"]
    out = tmp_path / "out"
    assert assignments.write_sources(found, out, NOWHERE) == ["rolling"]
    (out / "source" / "rolling").rename(out / "moved")
    (out / "release").mkdir()
    (out / "moved").rename(out / "release" / "rolling")
    first = assignments.pack(out, ["rolling"]).read_bytes()
    assert assignments.pack(out, ["rolling"]).read_bytes() == first
    names = zipfile.ZipFile(out / assignments.ZIP).namelist()
    assert names == ["momentum-exercises/README.txt", "momentum-exercises/rolling.ipynb"]


def test_the_chapters_of_this_book_can_be_made_into_sheets() -> None:
    paths = assignments.order(ROOT / "_toc.yml")
    read = {path.stem: nbformat.read(path, as_version=4) for path in paths}
    known = plain_markdown.targets(read)
    for name, notebook in read.items():
        made = assignments.source(name, notebook, known, SOMEWHERE)
        if made is not None:
            texts = [cell.source for cell in made.cells if cell.cell_type == "markdown"]
            assert plain_markdown.leftovers(texts) == [], name
