"""The questions of the quizzes: read from `practice/quizzes`, checked, and given as plain data.

`practice/quizzes/schema.json` tells the format of a file, and the tests hold every file to it. What is
read here is checked all the same, since an author may be trying out a question in a notebook: an error
names the file, the question and what was expected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PACKAGE = Path(__file__).parents[1]
# In a wheel the files lie in the package; in the repository, beside `src`.
PLACES = (PACKAGE / "practice" / "quizzes", PACKAGE.parents[1] / "practice" / "quizzes")


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from, with the reason why it is right or wrong."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Mistake:
    """A wrong number that learners give, and what leads to it."""

    value: float
    why: str


@dataclass(frozen=True)
class Step:
    """One of the steps to put in order, with the reason why it stands where it does."""

    text: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every kind of question has; all texts are Markdown.

    Attributes
    ----------
    id : str
        Unique in its file.
    kind : {"single", "several", "number", "order"}
        How it is answered.
    question, explain, hint : str
        What is asked, what is said after the right answer, and a hint, if there is one.
    section : str
        The anchor of the section of the chapter that answers it.
    read : str
        A link to where to read up, of a question that belongs to no chapter.
    before : str
        The id of the cell that shows the answer, of a question to be answered before it is run.
    check : str
        An expression over the package that is True if the question's facts are.
    """

    id: str
    kind: str
    question: str
    explain: str
    section: str = ""
    read: str = ""
    before: str = ""
    hint: str = ""
    check: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One right option of several, or several right ones."""

    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """A number within a tolerance: relative, or absolute if the answer is zero."""

    answer: float
    tolerance: float
    compute: str
    wrong: tuple[Mistake, ...]
    otherwise: str
    unit: str = ""

    def accepts(self, value: float) -> bool:
        """Say whether a number counts as the answer."""
        return agrees(value, self.answer, self.tolerance)


@dataclass(frozen=True, kw_only=True)
class Order(Question):
    """Steps to put in order; they are kept in the right one."""

    steps: tuple[Step, ...]


KINDS: dict[str, type[Question]] = {"single": Choice, "several": Choice, "number": Number, "order": Order}
PARTS: dict[str, type[Any]] = {"options": Option, "wrong": Mistake, "steps": Step}
NUMBERS = {"answer", "tolerance", "value"}


def agrees(value: float, target: float, tolerance: float) -> bool:
    """Say whether two numbers are the same within a tolerance.

    Parameters
    ----------
    value, target : float
    tolerance : float
        A share of `target`; absolute if that is zero.

    Returns
    -------
    bool

    Examples
    --------
    >>> agrees(10.05, 10, 0.01), agrees(10.2, 10, 0.01), agrees(0.005, 0, 0.01)
    (True, False, True)
    """
    scale = abs(target) or 1.0
    # A little more, for the rounding of a number at the very edge.
    return abs(value - target) <= tolerance * scale * (1 + 1e-9)


def _build(kind: type[Any], given: object, where: str) -> Any:
    """Return a dataclass made of a mapping, with its fields checked."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{where}: got {given!r}, expected a mapping with the fields of a {kind.__name__}")
    known = {field.name: field for field in fields(kind)}
    if strange := [name for name in given if name not in known]:
        raise ValueError(f"{where}: got the field {strange[0]!r}, expected one of {', '.join(known)}")
    needed = [name for name, field in known.items() if field.default is MISSING]
    if missing := [name for name in needed if name not in given]:
        raise ValueError(f"{where}: the field {missing[0]!r} is missing")
    return kind(**{name: _value(name, given[name], where) for name in given})


def _value(name: str, given: object, where: str) -> Any:
    """Return the value of a field, of the type that its name asks for."""
    if name in PARTS:
        if not isinstance(given, list) or not given:
            raise ValueError(f"{where}: {name} is {given!r}, expected a list of at least one")
        return tuple(_build(PARTS[name], each, f"{where}, {name} {i}") for i, each in enumerate(given, 1))
    if name in NUMBERS:
        if not isinstance(given, int | float) or isinstance(given, bool) or not math.isfinite(given):
            raise ValueError(f"{where}: {name} is {given!r}, expected a finite number")
        return float(given)
    if name == "right":
        if not isinstance(given, bool):
            raise ValueError(f"{where}: right is {given!r}, expected true or false")
        return given
    if not isinstance(given, str) or not given.strip():
        raise ValueError(f"{where}: {name} is {given!r}, expected a text")
    return given.strip()


def _amiss(question: Question, chapter: str) -> str:
    """Say what is wrong with a question whose fields are all there; nothing, if all is well."""
    place = "read" if chapter == "prerequisites" else "section"
    if not getattr(question, place):
        return f"the field {place!r} is missing"
    if isinstance(question, Choice):
        right = sum(option.right for option in question.options)
        if question.kind == "single" and (right != 1 or len(question.options) < 2):
            return f"{right} of {len(question.options)} options are right, expected one of at least two"
        if not 0 < right < len(question.options):
            return f"{right} of {len(question.options)} options are right, expected some and not all"
    if isinstance(question, Number):
        for mistake in question.wrong:
            if question.accepts(mistake.value):
                return f"the wrong value {mistake.value:g} is within the tolerance of the answer"
    if isinstance(question, Order) and len({step.text for step in question.steps}) < 3:
        return "expected at least three steps, no two of them the same"
    return ""


def parse(given: object, chapter: str) -> dict[str, Question]:
    """Return the questions of a chapter by id, in their order.

    Parameters
    ----------
    given : object
        What the YAML file holds.
    chapter : str
        The file's name without its ending.

    Returns
    -------
    dict of str to Question

    Raises
    ------
    ValueError
        If a question is none; the message names the file, the question and what was expected.

    Examples
    --------
    >>> parse([{"id": "one", "kind": "maybe"}], "noise")
    Traceback (most recent call last):
        ...
    ValueError: noise.yml, one: kind is 'maybe', expected one of single, several, number, order
    """
    if not isinstance(given, list) or not given:
        raise ValueError(f"{chapter}.yml: expected a list of questions")
    found: dict[str, Question] = {}
    for i, each in enumerate(given, 1):
        name = each.get("id", f"question {i}") if isinstance(each, Mapping) else f"question {i}"
        where = f"{chapter}.yml, {name}"
        kind = each.get("kind") if isinstance(each, Mapping) else None
        if kind not in KINDS:
            raise ValueError(f"{where}: kind is {kind!r}, expected one of {', '.join(KINDS)}")
        question: Question = _build(KINDS[kind], each, where)
        if fault := _amiss(question, chapter):
            raise ValueError(f"{where}: {fault}")
        if question.id in found:
            raise ValueError(f"{where}: the id is taken, expected another")
        found[question.id] = question
    return found


def folder() -> Path:
    """Return where the files with the questions lie."""
    place = next((place for place in PLACES if place.is_dir()), None)
    if place is None:
        raise FileNotFoundError(f"the questions are in none of {', '.join(map(str, PLACES))}")
    return place


def chapters() -> list[str]:
    """Return the chapters that have questions, by the names of their files."""
    return sorted(path.stem for path in folder().glob("*.yml"))


@cache
def _parsed(path: Path, _changed: int) -> dict[str, Question]:
    return parse(yaml.safe_load(path.read_text("utf-8")), path.stem)


def questions(chapter: str) -> dict[str, Question]:
    """Return the questions of a chapter by id, in their order.

    Parameters
    ----------
    chapter : str
        The name of its notebook, without the ending.

    Returns
    -------
    dict of str to Question

    Raises
    ------
    ValueError
        If there are none for this chapter, or its file is faulty.

    Examples
    --------
    >>> list(questions("rolling_ball"))[0]
    'lower-mu'
    """
    if chapter not in chapters():
        raise ValueError(f"chapter {chapter!r} has no questions, expected one of {', '.join(chapters())}")
    path = folder() / f"{chapter}.yml"
    # An author who edits the file sees the change when the cell is run again.
    return dict(_parsed(path, path.stat().st_mtime_ns))
