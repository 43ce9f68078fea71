"""`Quiz`: questions of a chapter, each wrong answer with its own explanation."""

from __future__ import annotations

import random
from typing import Any, ClassVar

import traitlets

from momentum.lab.markup import line, paragraphs
from momentum.lab.questions import Choice, Number, Order, Question, questions
from momentum.lab.questions_as_text import as_html
from momentum.lab.widget import Assembled

TASKS = {
    "single": "Choose one.",
    "several": "Choose all that are right.",
    "number": "Type a number.",
    "order": "Put the steps in order.",
}


def shuffled(count: int, seed: str) -> list[int]:
    """Return an order of `count` things that depends on the seed alone, and is not the given one.

    Parameters
    ----------
    count : int
    seed : str

    Returns
    -------
    list of int

    Examples
    --------
    >>> sorted(shuffled(4, "noise/more-noise"))
    [0, 1, 2, 3]
    """
    order = list(range(count))
    random.Random(seed).shuffle(order)
    return order[1:] + order[:1] if order == list(range(count)) else order


def answers(question: Question, seed: str) -> dict[str, Any]:
    """Return what belongs to the kind of a question, as the browser wants it: texts are HTML."""
    if isinstance(question, Choice):
        shown = [question.options[i] for i in shuffled(len(question.options), seed)]
        return {"options": [{"text": line(o.text), "why": line(o.why), "right": o.right} for o in shown]}
    if isinstance(question, Order):
        order = shuffled(len(question.steps), seed)
        pairs = [(place, question.steps[place]) for place in order]
        return {"steps": [{"text": line(s.text), "why": line(s.why), "place": place} for place, s in pairs]}
    assert isinstance(question, Number)
    return {
        "answer": question.answer,
        "tolerance": question.tolerance,
        "unit": line(question.unit),
        "wrong": [{"value": each.value, "why": line(each.why)} for each in question.wrong],
        "otherwise": line(question.otherwise),
    }


def title(question: Question, number: int, count: int) -> str:
    """Return what stands above a question."""
    if question.before:
        return "Predict before you run"
    return f"Question {number} of {count}" if count > 1 else "Question"


def as_state(question: Question, chapter: str, heading: str) -> dict[str, Any]:
    """Return a question as the browser wants it: texts are HTML, and the order is the one that is shown.

    Parameters
    ----------
    question : Question
    chapter : str
        Its file, which the link to the section that answers it leads to.
    title : str
        What stands above it.

    Returns
    -------
    dict
    """
    if question.read:
        read = f"Read up: {line(question.read)}."
    else:
        read = line(f"Read again: [the section that answers it]({chapter}.ipynb#{question.section}).")
    return {
        "id": question.id,
        "kind": question.kind,
        "title": heading,
        "task": TASKS[question.kind],
        "question": paragraphs(question.question),
        "hint": paragraphs(question.hint),
        "explain": paragraphs(question.explain),
        "read": read,
        **answers(question, f"{chapter}/{question.id}"),
    }


class Quiz(Assembled):
    """Questions of a chapter, to be answered by a click, a number or an order.

    Parameters
    ----------
    chapter : str
        The name of the chapter's notebook, without the ending.
    *ids : str
        The questions to show. Without them, all of the chapter that need not be answered at a certain
        place, before a result is seen.

    Raises
    ------
    ValueError
        If there is no such chapter or no such question.

    Examples
    --------
    >>> quiz = Quiz("rolling_ball", "how-late")
    >>> quiz
    Quiz('rolling_ball', 'how-late')
    >>> quiz.close()
    """

    entry: ClassVar[str] = "quiz.js"
    style: ClassVar[str] = "quiz.css"
    chapter = traitlets.Unicode(read_only=True).tag(sync=True)
    questions = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True)

    def __init__(self, chapter: str, *ids: str) -> None:
        known = questions(chapter)
        if strange := [name for name in ids if name not in known]:
            raise ValueError(
                f"id {strange[0]!r} is no question of {chapter}, expected one of {', '.join(known)}"
            )
        chosen = [known[name] for name in ids] or [each for each in known.values() if not each.before]
        self._ids = ids
        super().__init__()
        count = len(chosen)
        shown = [as_state(each, chapter, title(each, i, count)) for i, each in enumerate(chosen, 1)]
        self.set_trait("chapter", chapter)
        self.set_trait("questions", shown)

    def __repr__(self) -> str:
        return f"Quiz({', '.join(map(repr, (self.chapter, *self._ids)))})"

    def stand_in(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the questions with their answers in drop-downs, as HTML."""
        return {"text/html": as_html(self.questions)}, {}
