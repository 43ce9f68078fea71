"""The exercises of the book: how many check themselves, what help they give, and what they answer."""

import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest

import contents
import exercises

ROOT = Path(__file__).parents[2]
BOOK = {
    path.stem: nbformat.read(path, as_version=4)
    for name in contents.pages(ROOT / "_toc.yml")
    if (path := ROOT / f"{name}.ipynb").is_file()
}
AT_LEAST, OF_EACH_KIND = 24, 6
HINTS = ["Hint 1", "Hint 2"]


def hintless(text: str) -> list[str]:
    """The exercises of a chapter that do not have two hints, each folded."""
    found = []
    for box in exercises.BOX.finditer(text):
        hints = re.findall(r"\{admonition\}[ ]+(Hint \d)\s*\n:class: dropdown hint\s*\n", box["body"])
        if hints != HINTS:
            found.append(f"{box['title']}: {hints}")
    return found


def printed(cell) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def tagged(tag: str) -> list[object]:
    return [
        pytest.param(cell, id=cell.id)
        for notebook in BOOK.values()
        for cell in notebook.cells
        if tag in cell.metadata.get("tags", [])
    ]


def test_there_are_enough_of_each_kind():
    kinds = Counter(exercise.kind for book in BOOK.values() for exercise in exercises.read(book))
    assert sum(kinds.values()) >= AT_LEAST
    assert set(kinds) == set(exercises.KINDS)
    assert min(kinds.values()) >= OF_EACH_KIND


@pytest.mark.parametrize("chapter", BOOK)
def test_every_exercise_has_two_hints(chapter):
    text = "\n\n".join(cell.source for cell in BOOK[chapter].cells if cell.cell_type == "markdown")
    assert hintless(text) == []
    assert len(list(exercises.BOX.finditer(text))) == len(re.findall(r"\{exercise\}", text))


def test_a_missing_hint_is_seen():
    hint = "```{admonition} Hint 1\n:class: dropdown hint\nLook.\n```\n"
    assert hintless(f"````{{exercise}} One\n:label: ex-one\nDo it.\n{hint}````\n") == ["One: ['Hint 1']"]


@pytest.mark.parametrize("cell", tagged(exercises.YOUR_TURN))
def test_an_empty_answer_is_told_what_to_do(cell):
    assert printed(cell).startswith("Not yet.")


@pytest.mark.parametrize("cell", tagged(exercises.MODEL_ANSWER))
def test_the_model_answer_is_right(cell):
    assert "Not yet" not in printed(cell)
    assert "Right." in printed(cell)
