"""A quiz in a browser: what is said to each answer, by keyboard too, and what is remembered."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from asked import PAGE_HELPERS
from crawl import watch

from momentum.lab import Quiz
from momentum.lab.assemble import source
from momentum.lab.questions import parse
from momentum.lab.questions_as_text import as_html
from momentum.lab.quiz import as_state

AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"
KEY = "momentum-quiz"
COMMON = {"section": "there", "explain": "So it is, $a^2$.", "hint": "Look at $a$."}
GIVEN = [
    {
        "id": "one", "kind": "single", **COMMON, "question": "Which is $\\frac{a}{b}$ here?",
        "options": [
            {"text": "The right one", "why": "It fits.", "right": True},
            {"text": "The near one", "why": "It is near only."},
            {"text": "The far one, $a < b$", "why": "It is far."},
        ],
    },
    {
        "id": "some", "kind": "several", **COMMON, "question": "Which are even?",
        "options": [
            {"text": "Two", "why": "Twice one.", "right": True},
            {"text": "Four", "why": "Twice two.", "right": True},
            {"text": "Five", "why": "Twice nothing whole."},
        ],
    },
    {
        "id": "third", "kind": "number", **COMMON, "question": "How large is a third?", "compute": "1 / 3",
        "answer": 0.33333, "tolerance": 0.01, "unit": "steps", "otherwise": "Cut it in three.",
        "wrong": [{"value": 3, "why": "The other way up."}, {"value": -1500, "why": "Far below."}],
    },
    {
        "id": "sort", "kind": "order", **COMMON, "question": "From small to large.",
        "steps": [{"text": each, "why": f"Why {each}."} for each in ("ant", "bee", "cat", "dog")],
    },
]  # fmt: skip
STATES = [
    as_state(question, "noise", f"Question {i} of {len(GIVEN)}")
    for i, question in enumerate(parse(GIVEN, "noise").values(), 1)
]
NO_STORAGE = (
    "for (const name of ['getItem', 'setItem', 'removeItem']) Storage.prototype[name] = () => { throw 1; };"
)


@pytest.fixture
def open_quiz(chromium, address, record):
    """A function that opens the quiz, in a browser that knows nothing or in the one of another page."""
    contexts = []

    def start(*, beside=None, width=1280, theme="light", script="", views=1):
        if beside is None:
            contexts.append(
                chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
            )
        page = (beside.context if beside else contexts[-1]).new_page()
        page.set_default_timeout(10_000)
        watch(page, address, record)
        page.add_init_script(PAGE_HELPERS + script)
        state = json.dumps({"chapter": "noise", "questions": STATES})
        page.goto(f"{address}?{urlencode({'lab': 'Quiz', 'theme': theme, 'views': views, 'state': state})}")
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    yield start
    for context in contexts:
        context.close()
    assert record.strangers == []
    assert record.complaints == []


def group(page, i):
    return page.get_by_role("group", name=f"Question {i} of 4").first


def answer(page, i, *names):
    """Choose by name and press the button; what is said to it."""
    for name in names:
        group(page, i).get_by_label(name).check()
    group(page, i).get_by_role("button", name="Check").click()
    return group(page, i).get_by_role("status").inner_text()


def count(page, view=0):
    return page.locator(".quiz-count").nth(view).inner_text()


def test_a_wrong_answer_is_explained_and_a_right_one_counted(open_quiz):
    page = open_quiz()
    assert answer(page, 1) == "Choose an answer first."
    said = answer(page, 1, "The near one")
    assert said.startswith("Not yet.")
    assert "It is near only." in said
    assert "It is far." not in said
    link = group(page, 1).get_by_role("link")
    assert link.get_attribute("href") == "noise.ipynb#there"
    assert "It is far." in (again := answer(page, 1, "The far one"))
    assert "(2 tries)" in again
    assert count(page) == "0 of 4 right"
    said = answer(page, 1, "The right one")
    assert said.startswith("Right.")
    assert "It fits." in said
    assert "So it is" in said
    assert count(page) == "1 of 4 right"
    assert (
        group(page, 1).get_by_role("button", name="Check").evaluate("(one) => one === document.activeElement")
    )
    # A right answer stays one, whatever is tried after it.
    answer(page, 1, "The near one")
    assert json.loads(page.evaluate(f"localStorage['{KEY}']")) == {"noise/one": {"right": True, "tries": 3}}


def test_the_hint_is_a_button_that_opens_and_closes(open_quiz):
    page = open_quiz()
    button, hint = group(page, 1).get_by_role("button", name="Hint"), group(page, 1).locator(".quiz-hint")
    for state in ("true", "false"):
        button.press("Enter")
        assert button.get_attribute("aria-expanded") == state
        assert hint.is_visible() is (state == "true")
    assert hint.locator("math").count() == 1


def test_of_several_answers_the_wrong_are_explained_and_the_missing_counted(open_quiz):
    page = open_quiz()
    said = answer(page, 2, "Two", "Five")
    assert "Twice nothing whole." in said
    assert "Twice one." not in said
    assert "One right answer is left out." in said
    group(page, 2).get_by_label("Five").uncheck()
    assert "What you chose is right." in answer(page, 2)
    said = answer(page, 2, "Four")
    assert said.startswith("Right.")
    assert "Twice two." in said


@pytest.mark.parametrize(
    ("right", "typed"),
    [
        ("Right.", ["0.333", " 0,3333 ", "1/3", "3.333e-1", "+.3333", "1 / 3 steps", "0.336"]),
        ("The other way up.", ["3", "3,0", "6/2", "3.02 steps"]),
        ("Far below.", ["-1500", "\u22121,500", "-1,500.0", "\u20133000/2"]),
        ("Cut it in three.", ["0.34", "-1/3", "0", "1e3", "1.5", "-1.5"]),
        ("Type a number", ["", "a", "1/2/3", "1/0", "0x10", "1,2,3", "33 %", "1e", "--1"]),
    ],
)
def test_a_number_is_read_as_people_write_it(open_quiz, right, typed):
    page = open_quiz()
    box = page.get_by_role("textbox", name="Your answer")
    for text in typed:
        box.fill(text)
        box.press("Enter")
        assert right in group(page, 3).get_by_role("status").inner_text(), text
    assert (count(page) == "1 of 4 right") is (right == "Right.")


def test_steps_are_put_in_order_by_the_keyboard(open_quiz):
    page = open_quiz()
    steps = group(page, 4).get_by_role("listitem")
    shown = lambda: [each.inner_text().split()[0] for each in steps.all()]  # noqa: E731
    for i, name in enumerate(("ant", "bee", "cat", "dog")):
        early = next(
            (
                each
                for each, right in zip(shown(), ("ant", "bee", "cat", "dog"), strict=True)
                if each != right
            ),
            "",
        )
        said = answer(page, 4)
        assert (f"Why {early}." in said) if early else said.startswith("Right.")
        up = page.get_by_role("button", name=f"Move up: {name}")
        while shown().index(name) > i:
            place = shown().index(name)
            up.press("Enter")
            assert shown().index(name) == place - 1
            # The focus stays where it is, also at the end.
            assert up.evaluate("(one) => one === document.activeElement")
            assert group(page, 4).get_by_role("status").inner_text() == f"Now at place {place} of 4."
    assert page.get_by_role("button", name="Move up: ant").get_attribute("aria-disabled") == "true"
    page.get_by_role("button", name="Move up: ant").press("Space")
    page.get_by_role("button", name="Move down: ant").press("Space")
    assert shown() == ["bee", "ant", "cat", "dog"]
    assert "Why bee." in answer(page, 4)
    page.get_by_role("button", name="Move down: bee").click()
    assert answer(page, 4).startswith("Right.")


def test_progress_is_restored_and_forgotten_in_every_view_and_window(open_quiz):
    page = open_quiz(views=2)
    answer(page, 1, "The near one")
    answer(page, 1, "The right one")
    assert [count(page, view) for view in (0, 1)] == ["1 of 4 right"] * 2
    other = open_quiz(beside=page)
    assert count(other) == "1 of 4 right"
    said = group(other, 1).get_by_role("status").inner_text()
    assert said == "You have answered this one, in 2 tries."
    assert "at the first try" not in said
    answer(other, 2, "Two", "Four")
    page.wait_for_function("document.querySelector('.quiz-count').textContent === '2 of 4 right'")
    other.get_by_role("button", name="Forget my answers").click()
    assert count(other) == "0 of 4 right"
    assert group(other, 1).get_by_role("status").inner_text() == ""
    assert not group(other, 2).get_by_label("Two").is_checked()
    page.wait_for_function("document.querySelector('.quiz-count').textContent === '0 of 4 right'")
    assert other.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


def test_without_storage_it_works_as_long_as_the_page_is_open(open_quiz):
    page = open_quiz(script=NO_STORAGE)
    assert answer(page, 1, "The right one").startswith("Right.")
    assert count(page) == "1 of 4 right"
    page.get_by_role("button", name="Forget my answers").click()
    assert count(page) == "0 of 4 right"


@pytest.mark.parametrize(
    "kept", ["nonsense", "[1]", "null", '{"noise/one": 3, "noise/some": {"right": "yes", "tries": 1}}']
)
def test_what_it_did_not_write_itself_is_no_progress(open_quiz, kept):
    page = open_quiz(script=f"localStorage.setItem('{KEY}', {json.dumps(kept)});")
    assert count(page) == "0 of 4 right"
    answer(page, 1, "The right one")
    assert count(page) == "1 of 4 right"


def test_an_unmounted_quiz_listens_no_more(open_quiz):
    page = open_quiz()
    answer(page, 1, "The right one")
    page.evaluate("unmount()")
    page.evaluate(f"dispatchEvent(new CustomEvent('{KEY}', {{ detail: 'forgotten' }}))")
    assert page.locator(".quiz").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_everything_fits(open_quiz, theme, width):
    page = open_quiz(theme=theme, width=width)
    answer(page, 1, "The near one")
    answer(page, 2, "Two", "Four")
    group(page, 3).get_by_role("button", name="Hint").click()
    page.add_script_tag(path=AXE)
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert len(result["passes"]) > 10
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in result["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator(".quiz :is(button, input)").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24


@pytest.mark.parametrize("width", [1280, 390])
def test_without_javascript_the_answer_is_in_a_drop_down_and_the_room_is_kept(
    open_quiz, chromium, address, width
):
    live = open_quiz(width=width)
    heights = [each.bounding_box()["height"] for each in live.locator(".quiz-item").all()]
    context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    style = "body { margin: 0 16px; font: 16px/1.5 system-ui, sans-serif; }" + source("quiz.css")
    text = f"<!doctype html><meta charset=utf-8><style>{style}</style><h1>A lab</h1>{as_html(STATES)}"
    page.route("**/still.html", lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(address + "still.html")
    items = page.locator(".quiz-item")
    still = [each.bounding_box()["height"] for each in items.all()]
    assert [round(a - b) for a, b in zip(still, heights, strict=True) if not -1 <= a - b < 48] == []
    assert page.locator(".quiz").bounding_box()["height"] >= live.locator(".quiz").bounding_box()["height"]
    for i in range(len(STATES)):
        assert not items.nth(i).get_by_text("So it is").is_visible()
        items.nth(i).get_by_text("Answer", exact=True).click()
        assert items.nth(i).get_by_text("So it is").is_visible()
    assert items.nth(0).get_by_text("It is near only.").is_visible()
    context.close()


def test_it_is_one_module_that_asks_for_nothing():
    for word in ("fetch(", "XMLHttpRequest", "sendBeacon", "await import(", "eval(", "https://", "http://"):
        assert word not in Quiz._esm
