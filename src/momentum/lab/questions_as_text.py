"""A quiz without a browser's help: question, options, and the answer in a drop-down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

# A question as momentum.lab.quiz.as_state gives it.
Shown = dict[str, Any]


def choices(question: Shown) -> tuple[str, str]:
    """Return the options as a list, and each with its reason."""
    options = question["options"]
    listed = "".join(f"<li>{each['text']}</li>\n" for each in options)
    judged = "".join(
        f"<li><strong>{verdict}:</strong> {each['text']}<br>{each['why']}</li>\n"
        for verdict, right in (("Right", True), ("Wrong", False))
        for each in options
        if each["right"] is right
    )
    return f'<ul class="quiz-options">\n{listed}</ul>\n', f"<ul>\n{judged}</ul>\n"


def number(question: Shown) -> tuple[str, str]:
    """Return the place for a number, and the answer with the reasons of usual mistakes."""
    unit = f" {question['unit']}" if question["unit"] else ""
    wrong = "".join(f"<li>Not {each['value']:g}{unit}: {each['why']}</li>\n" for each in question["wrong"])
    blank = f'<p class="quiz-blank">The answer is a number{" of" * bool(unit)}{unit}.</p>\n'
    return blank, f"<p><strong>{question['answer']:g}{unit}</strong></p>\n<ul>\n{wrong}</ul>\n"


def order(question: Shown) -> tuple[str, str]:
    """Return the steps as they are shown, and in the right order with the reasons."""
    steps = question["steps"]
    listed = "".join(f"<li>{each['text']}</li>\n" for each in steps)
    right = sorted(steps, key=lambda each: int(each["place"]))
    judged = "".join(f"<li>{each['text']}<br>{each['why']}</li>\n" for each in right)
    return f'<ul class="quiz-steps">\n{listed}</ul>\n', f"<ol>\n{judged}</ol>\n"


PARTS: dict[str, Callable[[Shown], tuple[str, str]]] = {
    "single": choices,
    "several": choices,
    "number": number,
    "order": order,
}


def item(question: Shown) -> str:
    """Return one question as HTML."""
    asked, answer = PARTS[question["kind"]](question)
    hint = question["hint"]
    hint = f'<details class="quiz-hint">\n<summary>Hint</summary>\n{hint}\n</details>\n' if hint else ""
    return (
        f'<div class="quiz-item">\n<p class="quiz-title">{escape(question["title"])}</p>\n'
        f'<div class="quiz-text">{question["question"]}</div>\n'
        f'<p class="quiz-task">{escape(question["task"])}</p>\n{asked}{hint}'
        f'<details class="quiz-answer">\n<summary>Answer</summary>\n{answer}{question["explain"]}\n'
        f"<p>{question['read']}</p>\n</details>\n</div>\n"
    )


def as_html(questions: Sequence[Shown]) -> str:
    """Return questions as HTML that needs no script and no style.

    Parameters
    ----------
    questions : sequence of dict
        As `momentum.lab.quiz.as_state` gives them.

    Returns
    -------
    str
    """
    return f'<div class="quiz">\n{"".join(map(item, questions))}</div>\n'
