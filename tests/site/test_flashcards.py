"""The page of the flashcards in a browser: the desk by keyboard, by mouse and by touch, and what it keeps."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from crawl import Visit, watch
from playwright.sync_api import Browser, Page, expect

NAME = "chapters/flashcards.html"
KEY = "flashcards:momentum"
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCHEDULE = ROOT / "_ext" / "flashcards" / "loader" / "schedule.js"
SMALLEST_TARGET = 24
NO_PROGRESS = [
    "not json",
    "[1]",
    '{"ball": null}',
    '{"ball": {"box": "x", "due": 999999}}',
    '{"ball": {"box": 1, "due": "x"}}',
]

Open = Callable[..., Page]


@pytest.fixture
def desk(chromium: Browser, address: str) -> Iterator[Open]:
    """Open the page; when the test ends, it has complained of nothing and asked nobody else."""
    opened = []

    def run(**settings: object) -> Page:
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | settings))
        record = Visit(NAME)
        page = context.new_page()
        watch(page, address, record)
        page.goto(address + NAME, wait_until="networkidle")
        opened.append((context, record))
        return page

    yield run
    for context, record in opened:
        context.close()
        assert record.complaints == []
        assert record.strangers == []


@pytest.fixture(scope="module")
def decks(root: Path) -> list[dict]:
    return yaml.safe_load((root / "practice" / "cards.yml").read_text("utf-8"))["decks"]


def stage(page: Page):
    return page.locator(".flashcards-stage")


def said(page: Page) -> str:
    return page.locator(".flashcards-said").inner_text()


def kept(page: Page) -> dict | None:
    return json.loads(page.evaluate("(key) => localStorage.getItem(key)", KEY) or "null")


def count(page: Page) -> str:
    return page.locator(".flashcards-count").inner_text()


def choose(page: Page, deck: dict) -> None:
    labels = page.locator(".flashcards-choice option").all_inner_texts()
    number = next(at for at, text in enumerate(labels) if text.startswith(deck["title"]))
    page.locator(".flashcards-choice").select_option(str(number))


def test_a_round_by_keyboard(desk: Open, decks: list[dict]) -> None:
    page = desk()
    page.locator(".flashcards-choice").focus()
    choose(page, decks[0])
    page.keyboard.press("Tab")
    expect(page.locator(".flashcards-start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(stage(page)).to_be_focused()
    cards = decks[0]["cards"]
    first = stage(page).inner_text()
    expect(stage(page).locator(".flashcard-back")).to_have_count(0)
    page.keyboard.press("2")
    assert kept(page) is None, "an answer that nobody has seen is not judged"
    page.keyboard.press("ArrowRight")
    assert stage(page).inner_text() != first
    page.keyboard.press("ArrowLeft")
    assert stage(page).inner_text() == first
    page.keyboard.press("Space")
    expect(stage(page).locator(".flashcard-back")).to_be_visible()
    assert "answer is shown" in said(page)
    page.keyboard.press("Enter")
    expect(stage(page).locator(".flashcard-back")).to_have_count(0)
    page.keyboard.press("Space")
    page.keyboard.press("1")
    assert kept(page)[cards[0]["id"]]["box"] == 0
    assert "comes back in this round" in said(page)
    expect(stage(page)).to_be_focused()
    for _ in cards:
        page.keyboard.press("Space")
        page.keyboard.press("2")
    assert {name: place["box"] for name, place in kept(page).items()} == {card["id"]: 1 for card in cards}
    assert "This round is done" in said(page)
    assert count(page).startswith(f"0 of {len(cards)} cards are due. The next one is due tomorrow.")
    expect(page.locator(".flashcards-start")).to_be_focused()


def test_a_round_by_mouse_is_kept_and_forgotten(desk: Open, decks: list[dict]) -> None:
    page = desk()
    total = sum(len(deck["cards"]) for deck in decks)
    assert count(page) == f"{total} of {total} cards are due."
    forget = page.locator(".flashcards-forget")
    expect(forget).to_be_disabled()
    page.locator(".flashcards-start").click()
    stage(page).locator(".flashcard-front").click()
    expect(stage(page).locator(".flashcard-back")).to_be_visible()
    page.get_by_role("button", name="Good").click()
    page.get_by_role("button", name="Show the answer").click()
    page.get_by_role("button", name="Again").click()
    page.reload(wait_until="networkidle")
    assert count(page) == f"{total - 1} of {total} cards are due."
    assert len(kept(page)) == 2
    forget.click()
    assert len(kept(page)) == 2
    page.locator(".flashcards-choice").focus()
    forget.click()
    assert len(kept(page)) == 2, "one press, a look elsewhere, and one press are no two presses"
    forget.click()
    assert kept(page) is None
    assert count(page) == f"{total} of {total} cards are due."
    assert "forgotten" in said(page)


def test_cards_come_back_when_their_days_have_passed(desk: Open, decks: list[dict]) -> None:
    page = desk()
    page.clock.install(time="2026-03-01T23:00:00")
    deck = min(decks, key=lambda each: len(each["cards"]))
    last, now = len(deck["cards"]), page.evaluate("Date.now()") / 1000
    # Two hours later it is tomorrow, by the reader's clock.
    for later, day in ((0, 1), (0.5, None), (2, 2), (48.5, None), (50, 4)):
        page.clock.set_fixed_time(now + later * 3600)
        page.reload(wait_until="load")
        choose(page, deck)
        if day is None:
            assert count(page).startswith(f"0 of {last} cards are due.")
            continue
        assert count(page) == f"{last} of {last} cards are due."
        page.locator(".flashcards-start").click()
        for _ in range(last):
            page.keyboard.press("Space")
            page.keyboard.press("2")
        when = "tomorrow" if day == 1 else f"in {day} days"
        assert count(page) == f"0 of {last} cards are due. The next one is due {when}."


def test_a_card_that_is_known_goes_from_box_to_box(desk: Open) -> None:
    page = desk()
    # The site has one script made of all modules, so the module itself is read here.
    schedule = SCHEDULE.read_text("utf-8").replace("export ", "")
    judge = f"""(answers) => {{
      {schedule}
      let place;
      return answers.map((good) => (place = judged(place, good, 100)).due - 100);
    }}"""
    assert page.evaluate(judge, [True] * 8) == [1, 2, 4, 8, 16, 32, 32, 32]
    assert page.evaluate(judge, [True, True, False, True]) == [1, 2, 0, 1]
    order = f"""() => {{
      {schedule}
      return due(["new", "late", "later", "not yet"], {{
        "late": {{ box: 1, due: 9 }}, "later": {{ box: 1, due: 3 }}, "not yet": {{ box: 1, due: 11 }},
      }}, 10);
    }}"""
    assert page.evaluate(order) == ["later", "late", "new"]


def test_a_card_on_the_desk_is_that_of_the_list(desk: Open, decks: list[dict]) -> None:
    page = desk()
    page.locator(".flashcards-start").click()
    for _ in range(sum(len(deck["cards"]) for deck in decks[:4])):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    card = decks[4]["cards"][0]["id"]
    for side in ("front", "back"):
        shown = stage(page).locator(f".flashcard-{side}").inner_html()
        assert shown == page.locator(f"#flashcard-{card} .flashcard-{side}").inner_html()
    link = stage(page).locator(".flashcard-about a").first
    assert "how_fast.html#" in link.get_attribute("href")
    link.click()
    page.wait_for_url("**/how_fast.html#*")


def test_what_is_no_progress_counts_as_none(desk: Open) -> None:
    page = desk()
    for kind in NO_PROGRESS:
        page.evaluate("([key, kind]) => localStorage.setItem(key, kind)", [KEY, kind])
        page.reload(wait_until="networkidle")
        assert count(page).split()[0] == count(page).split()[2], kind


def test_a_browser_that_keeps_nothing_says_so(desk: Open) -> None:
    page = desk()
    page.add_init_script(
        """const get = Storage.prototype.getItem;
        Storage.prototype.getItem = function (key) {
          if (key.startsWith("flashcards")) throw new DOMException("denied");
          return get.call(this, key);
        };"""
    )
    page.reload(wait_until="networkidle")
    assert "This browser keeps nothing" in count(page)
    page.locator(".flashcards-start").click()
    page.keyboard.press("Space")
    page.keyboard.press("2")
    assert "comes back tomorrow" in said(page)


def test_a_swipe_goes_to_the_next_card_and_a_tap_turns_it(desk: Open) -> None:
    page = desk(viewport={"width": 390, "height": 844}, has_touch=True)
    page.locator(".flashcards-start").tap()
    first = stage(page).inner_text()
    for times in (1, 0):
        stage(page).locator(".flashcard-front").tap()
        expect(stage(page).locator(".flashcard-back")).to_have_count(times)
    stage(page).scroll_into_view_if_needed()
    box = stage(page).bounding_box()
    session = page.context.new_cdp_session(page)

    def swipe(start: float, end: float) -> None:
        y = box["y"] + 40
        session.send(
            "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start, "y": y}]}
        )
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": end, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    swipe(300, 100)
    assert "Card 2 of" in said(page)
    assert stage(page).inner_text() != first
    swipe(100, 300)
    assert stage(page).inner_text() == first
    swipe(200, 220)
    assert stage(page).inner_text() == first


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing(desk: Open, scheme: str, width: int) -> None:
    page = desk(viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(AXE.read_text("utf-8"))
    found = {}
    for step in ("at first", "with an answer"):
        result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert len(result["passes"]) > 10
        found |= {(step, each["id"]): [n["html"] for n in each["nodes"]] for each in result["violations"]}
        if step == "at first":
            page.locator(".flashcard-deck summary").nth(0).click()
            page.locator(".flashcards-start").click()
            page.keyboard.press("Space")
    assert found == {}


@pytest.mark.parametrize("width", [1280, 390])
def test_every_card_fits_and_every_target_is_large_enough(desk: Open, width: int) -> None:
    page = desk(viewport={"width": width, "height": 844})
    page.evaluate("document.querySelectorAll('.flashcards details').forEach((each) => { each.open = true; })")
    page.locator(".flashcards-start").click()
    page.keyboard.press("Space")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate(
        """() => [...document.querySelectorAll(".flashcard")]
          .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.id)"""
    )
    assert wide == []
    small = page.evaluate(
        """(least) => [...document.querySelectorAll(".flashcards :is(button, select, summary)")]
          .filter((each) => each.checkVisibility())
          .map((each) => [each.textContent.slice(0, 30), each.getBoundingClientRect()])
          .filter(([, box]) => box.width < least || box.height < least).map(([text]) => text)""",
        SMALLEST_TARGET,
    )
    assert small == []


def test_nothing_moves_for_those_who_want_it_so(desk: Open) -> None:
    for wish, runs in (("reduce", "none"), ("no-preference", "flashcards-turn")):
        page = desk(reduced_motion=wish)
        page.locator(".flashcards-start").click()
        page.keyboard.press("Space")
        back = stage(page).locator(".flashcard-back")
        assert back.evaluate("(each) => getComputedStyle(each).animationName") == runs


def test_without_scripts_every_card_can_be_read(desk: Open, decks: list[dict]) -> None:
    page = desk(java_script_enabled=False)
    expect(page.locator(".flashcards-desk")).to_be_hidden()
    deck = page.locator(".flashcard-deck").nth(1)
    deck.locator("> summary").click()
    card = deck.locator(".flashcard").nth(1)
    expect(card.locator(".flashcard-front")).to_be_visible()
    expect(card.locator(".flashcard-back")).to_be_hidden()
    card.locator("summary").click()
    expect(card.locator(".flashcard-back .katex-html").first).to_be_visible()
    assert page.locator(".flashcard").count() == sum(len(deck["cards"]) for deck in decks)


def test_the_files_can_be_downloaded(desk: Open) -> None:
    page = desk()
    for link in page.locator(".flashcards-files a").all():
        answer = page.request.get(link.evaluate("(a) => a.href"))
        assert answer.status == 200
        assert len(answer.body()) > 10_000
