"""Questions as they are read and checked, and the widget that asks them."""

from __future__ import annotations

import math
import re

import pytest

from momentum.lab import Quiz
from momentum.lab.markup import line, mathml, paragraphs
from momentum.lab.questions import Choice, Number, Order, agrees, chapters, parse, questions
from momentum.lab.questions_as_text import as_html
from momentum.lab.quiz import as_state, shuffled, title

OPTIONS = [{"text": "$a<b$", "why": "It is.", "right": True}, {"text": "`b`", "why": "It is not."}]
STEPS = [{"text": each, "why": f"Why {each}."} for each in ("one", "two", "three", "four")]
COMMON = {"section": "there", "question": "What?", "explain": "So it is."}
SINGLE = {"id": "one", "kind": "single", **COMMON, "options": OPTIONS}
NUMBER = {
    "id": "how-many", "kind": "number", **COMMON, "answer": 10, "tolerance": 0.01, "compute": "5 * 2",
    "wrong": [{"value": 9, "why": "One less."}], "otherwise": "Count.",
}  # fmt: skip
ORDER = {"id": "sort", "kind": "order", **COMMON, "steps": STEPS}


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
        ([SINGLE, {"kind": "maybe"}], "question 2: kind is 'maybe'"),
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
        ([ORDER | {"steps": [STEPS[0]] * 3}], ": expected at least three steps, no two of them the same$"),
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


def test_the_questions_lie_in_one_of_two_folders(monkeypatch, tmp_path):
    places = tmp_path / "a", tmp_path / "b"
    monkeypatch.setattr("momentum.lab.questions.PLACES", places)
    with pytest.raises(FileNotFoundError, match=f"^the questions are in none of {places[0]}, {places[1]}$"):
        chapters()
    places[1].mkdir()
    (places[1] / "z.yml").touch()
    (places[1] / "y.yml").touch()
    assert chapters() == ["y", "z"]


# Without a browser


def without_a_browser(given):
    (question,) = parse([given], "noise").values()
    return as_html([as_state(question, "noise", "Question <1>")])


READ = (
    '<p>Read again: <a href="noise.ipynb#there">the section that answers it</a>.</p>\n'
    "</details>\n</div>\n</div>\n"
)


def test_options_are_listed_and_judged_the_right_one_first():
    options = [{"text": "`b`", "why": "No."}, {"text": "*a*", "why": "It is.", "right": True}]
    page = without_a_browser(SINGLE | {"options": options, "hint": "Think."})
    listed = ["<li><code>b</code></li>\n", "<li><em>a</em></li>\n"]
    judged = (
        "<ul>\n<li><strong>Right:</strong> <em>a</em><br>It is.</li>\n"
        "<li><strong>Wrong:</strong> <code>b</code><br>No.</li>\n</ul>\n"
    )
    ways = [
        '<div class="quiz">\n<div class="quiz-item">\n<p class="quiz-title">Question &lt;1&gt;</p>\n'
        '<div class="quiz-text"><p>What?</p></div>\n<p class="quiz-task">Choose one.</p>\n'
        f'<ul class="quiz-options">\n{"".join(order)}</ul>\n'
        '<details class="quiz-hint">\n<summary>Hint</summary>\n<p>Think.</p>\n</details>\n'
        f'<details class="quiz-answer">\n<summary>Answer</summary>\n{judged}<p>So it is.</p>\n{READ}'
        for order in (listed, listed[::-1])
    ]
    assert page in ways


def test_a_number_has_its_unit_and_its_usual_mistakes():
    page = without_a_browser(NUMBER | {"unit": "steps"})
    assert '<p class="quiz-task">Type a number.</p>\n' in page
    assert page.endswith(
        '<p class="quiz-blank">The answer is a number of steps.</p>\n<details class="quiz-answer">\n'
        "<summary>Answer</summary>\n<p><strong>10 steps</strong></p>\n<ul>\n<li>Not 9 steps: One less.</li>\n"
        f"</ul>\n<p>So it is.</p>\n{READ}"
    )
    mistakes = [{"value": 9, "why": "One less."}, {"value": 8, "why": "Two less."}]
    bare = without_a_browser(NUMBER | {"wrong": mistakes})
    assert '<p class="quiz-blank">The answer is a number.</p>\n' in bare
    assert (
        "<strong>10</strong></p>\n<ul>\n<li>Not 9: One less.</li>\n<li>Not 8: Two less.</li>\n</ul>" in bare
    )


def test_steps_are_answered_in_the_right_order():
    page = without_a_browser(ORDER)
    shown, answer = page.split('<details class="quiz-answer">')
    listed = re.search(r'<ul class="quiz-steps">\n((?:<li>\w+</li>\n)+)</ul>\n$', shown)[1]
    assert sorted(re.findall(r"\w+(?=</li>)", listed)) == sorted(step["text"] for step in STEPS)
    right = "".join(f"<li>{step['text']}<br>{step['why']}</li>\n" for step in STEPS)
    assert answer == f"\n<summary>Answer</summary>\n<ol>\n{right}</ol>\n<p>So it is.</p>\n{READ}"
    assert '<p class="quiz-task">Put the steps in order.</p>\n' in shown


# The widget


def test_a_number_goes_to_the_browser_with_all_that_it_may_say():
    (question,) = parse([NUMBER | {"unit": "`k`"}], "noise").values()
    state = as_state(question, "noise", "Question")
    assert state == {
        "id": "how-many", "kind": "number", "title": "Question", "task": "Type a number.",
        "question": "<p>What?</p>", "hint": "", "explain": "<p>So it is.</p>",
        "read": 'Read again: <a href="noise.ipynb#there">the section that answers it</a>.',
        "answer": 10.0, "tolerance": 0.01, "unit": "<code>k</code>",
        "wrong": [{"value": 9.0, "why": "One less."}], "otherwise": "Count.",
    }  # fmt: skip


@pytest.mark.parametrize("given", [SINGLE, SINGLE | {"kind": "several"}, ORDER])
def test_what_is_shuffled_goes_to_the_browser_whole(given):
    (question,) = parse([given], "noise").values()
    state = as_state(question, "noise", "Question")
    if given["kind"] == "order":
        steps = sorted(state["steps"], key=lambda step: step["place"])
        assert steps == [step | {"place": i} for i, step in enumerate(STEPS)]
        assert state["steps"] != steps
    else:
        whole = [{"text": line(o["text"]), "why": o["why"], "right": o.get("right", False)} for o in OPTIONS]
        assert sorted(state["options"], key=str) == sorted(whole, key=str)


@pytest.mark.parametrize(
    ("before", "number", "count", "above"),
    [
        ("", 2, 3, "Question 2 of 3"),
        ("", 1, 1, "Question"),
        ("the-lab", 1, 1, "Predict before you run"),
    ],
)
def test_what_stands_above_a_question(before, number, count, above):
    given = SINGLE | ({"before": before} if before else {})
    (question,) = parse([given], "noise").values()
    assert title(question, number, count) == above


def test_a_quiz_shows_what_it_is_asked_for(keep):
    known = questions("rolling_ball")
    later = [name for name, question in known.items() if not question.before]
    assert len(later) == len(known) - 1
    assert [each["id"] for each in keep(Quiz("rolling_ball")).questions] == later
    two = keep(Quiz("rolling_ball", "how-late", "lower-mu"))
    assert [each["id"] for each in two.questions] == ["how-late", "lower-mu"]
    assert [each["title"] for each in two.questions] == ["Question 1 of 2", "Predict before you run"]
    assert all('<a href="rolling_ball.ipynb#' in each["read"] for each in two.questions)
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
    assert mathml(" a") == mathml("a", display=False)
    assert paragraphs("$a$ is *one*.\n\nTwo.\n").endswith(" is <em>one</em>.</p>\n<p>Two.</p>")
    assert paragraphs("$$a$$").count('<math display="block">') == 1
    assert line("x <b>y</b>\n$\\mu$").startswith('x &lt;b&gt;y&lt;/b&gt; <span class="math inline"><math')
