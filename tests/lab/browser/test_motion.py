"""What moves by itself, stops by itself; and what is said in words, is said once."""

import re
from itertools import pairwise

import pytest
from asked import contexts, state_traits

# Nothing in it moves by itself.
STILL = {"PhaseLab"}
WATCH = """() => {
  window.told = [];
  window.moved = [];
  new MutationObserver(() => told.push([performance.now(), words()])).observe(
    labs()[0].querySelector(".lab-words"), { childList: true, characterData: true, subtree: true });
  new MutationObserver(() => moved.push(performance.now())).observe(
    labs()[0].querySelector(".lab-drawing"), { attributes: true, childList: true, subtree: true });
}"""


def play(page, lab):
    """Start what moves; say whether there is anything."""
    if lab.__name__ in STILL:
        return False
    page.evaluate("() => 'step' in state && model.set('step', 0)")
    page.evaluate("settled()")
    page.locator(".lab-buttons button").first.click()
    return True


def moves(page, milliseconds=400):
    """How often the drawing changes from now on."""
    page.evaluate("settled().then(() => void (moved.length = 0))")
    page.wait_for_timeout(milliseconds)
    return page.evaluate("moved.length")


def test_it_plays_and_pauses(open_lab, lab):
    page = open_lab()
    page.evaluate(WATCH)
    assert moves(page) == 0
    if not play(page, lab):
        return
    pause = page.locator(".lab-buttons button").first
    assert pause.inner_text() == "Pause"
    assert moves(page) > 2
    pause.click()
    assert pause.inner_text() != "Pause"
    assert moves(page) == 0


def test_time_does_not_run_backwards(open_lab, lab):
    """A frame's time may lie before that of the press that asked for the frame."""
    page = open_lab()
    page.evaluate(
        """() => {
          const now = performance.now.bind(performance);
          performance.now = () => now() + 90;
        }"""
    )
    if not play(page, lab):
        return
    page.evaluate("frame().then(frame)")
    if "step" in state_traits(lab):
        assert page.evaluate("state.step") >= 0


def test_it_stops_out_of_sight_and_stays_where_it_was(open_lab, lab):
    page = open_lab()
    page.evaluate(WATCH)
    if not play(page, lab):
        return
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(200)
    held = page.evaluate("JSON.stringify(state)")
    assert moves(page) == 0
    assert page.evaluate("JSON.stringify(state)") == held
    assert page.locator(".lab-buttons button").first.inner_text() != "Pause"


def test_it_stops_when_the_tab_is_hidden(open_lab, lab):
    page = open_lab()
    page.evaluate(WATCH)
    if not play(page, lab):
        return
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    held = page.evaluate("JSON.stringify(state)")
    assert moves(page) == 0
    assert page.evaluate("JSON.stringify(state)") == held


def test_nothing_moves_for_who_prefers_reduced_motion(open_lab, lab):
    page = open_lab(reduced_motion="reduce")
    page.evaluate(WATCH)
    if not play(page, lab):
        return
    page.wait_for_timeout(150)
    assert moves(page) == 0
    # Not a run that was cut off: the figure stands at the end.
    if "step" in state_traits(lab):
        assert page.evaluate("state.step === state.steps")


def test_it_says_one_thing_after_the_last_change(open_lab):
    page = open_lab(clock=True)
    page.evaluate(WATCH)
    slider = page.locator("input[type=range]:visible").first
    slider.focus()
    # From here on time passes only when the test says so.
    page.clock.pause_at(1000)
    before = page.evaluate("() => (told.length = 0, words())")
    for key in ["ArrowRight", "ArrowLeft"] * 15 + ["Home"] + ["ArrowRight"] * 9:
        slider.press(key)
        page.clock.run_for(100)
    assert page.evaluate("told") == []
    page.clock.run_for(3000)
    told = page.evaluate("told")
    assert len(told) == 1
    assert told[0][1] != before
    region = page.locator(".lab-words")
    assert region.get_attribute("aria-live") == "polite"
    assert page.locator("[aria-live], [role=status], [role=alert]").count() == 1


def test_it_says_nothing_while_it_plays_but_once_at_the_end(open_lab, lab):
    page = open_lab(clock=True)
    page.evaluate(WATCH)
    if not play(page, lab):
        return
    page.clock.run_for(1500)
    page.locator(".lab-buttons button").first.click()
    assert len(page.evaluate("told")) <= 1
    page.clock.run_for(3000)
    told = page.evaluate("told")
    assert 1 <= len(told) <= 2
    assert all(later[0] - earlier[0] >= 1000 for earlier, later in pairwise(told))


def test_a_run_that_diverges_says_so_in_words(open_lab, lab):
    """With the largest learning rate, under some choice, at the last step."""
    page = open_lab(clock=True)
    traits = state_traits(lab)
    extreme = {name: traits[name].max for name in ("lr", "a", "step") if name in traits}
    assert {"lr", "a"} & set(extreme)
    said = []
    for context in contexts(lab):
        page.evaluate("put", {**context, **extreme})
        page.clock.run_for(1500)
        said.append(page.evaluate("words()"))
        drawn = page.evaluate("drawing()")
        assert not re.search("NaN|Infinity", drawn)
    assert [words for words in said if re.search(r"\bdiverge[sd]\b|runs away", words)], said
    assert not [words for words in said if re.search(r"NaN|Infinity|undefined", words)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_its_column_when_that_changes(open_lab, theme):
    page = open_lab(f"&theme={theme}")
    wide = page.evaluate("drawing()")
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function("(wide) => drawing() !== wide", arg=wide)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
