"""A lab shows its state, and all of it: every trait counts, two views agree, and the address keeps it."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from asked import contexts, others, state_traits

from momentum.lab import NoiseLab


def test_it_mounts_and_says_what_it_shows(open_lab):
    page = open_lab()
    assert page.locator(".lab").count() == 1
    assert page.evaluate("document.querySelectorAll('.lab-drawing path[d*=L]').length") >= 2
    assert len(page.evaluate("words()").split()) >= 4
    assert page.locator(".lab").get_attribute("aria-label")
    page.evaluate("unmount()")
    assert page.locator("#views .lab").count() == 0


def test_every_trait_of_the_state_is_seen(open_lab, lab):
    """Changing a trait changes what is drawn, or which controls there are, under one of the choices."""
    page = open_lab()
    initial = page.evaluate("state")
    tried = contexts(lab)
    unseen = []
    for name, trait in state_traits(lab).items():
        values = others(trait, initial[name])
        assert values, name
        changed = page.evaluate(
            """async ([name, initial, contexts, values]) => {
              for (const context of contexts) {
                await put({ ...initial, ...context });
                const before = seen();
                for (const value of values) {
                  if (JSON.stringify(value) === JSON.stringify(model.get(name))) continue;
                  await put({ [name]: value });
                  if (seen() !== before) return true;
                  await put({ ...initial, ...context });
                }
              }
              return false;
            }""",
            [name, {key: initial[key] for key in state_traits(lab)}, tried, values],
        )
        if not changed:
            unseen.append(name)
    assert unseen == []


def test_two_views_of_one_model_stay_together(open_lab):
    page = open_lab("&views=2")
    page.locator(".lab").nth(0).locator("input[type=range]:visible").first.focus()
    before = page.evaluate("drawing(1)")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.evaluate("settled()")
    assert page.evaluate("drawing(0) === drawing(1)")
    assert page.evaluate("drawing(1)") != before
    values = [
        page.evaluate("(view) => controls(view).map((each) => each.value + each.checked)", i) for i in (0, 1)
    ]
    assert values[0] == values[1]


def changed_state(page: Any, lab: Any) -> dict[str, Any]:
    """Move every slider that is there with the keyboard, and return the state."""
    for slider in page.locator("input[type=range]:visible").all():
        if slider.is_visible():
            slider.press("ArrowLeft")
            slider.press("ArrowLeft")
    for box in page.locator("input[type=checkbox]:visible").all()[:1]:
        box.press("Space")
    return {key: each for key, each in page.evaluate("state").items() if key in state_traits(lab)}


def test_reset_brings_the_first_state_back(open_lab, lab):
    page = open_lab()
    before, initial = page.evaluate("seen()"), page.evaluate("structuredClone(state)")
    assert changed_state(page, lab) != {key: initial[key] for key in state_traits(lab)}
    page.get_by_role("button", name="Reset").press("Enter")
    page.evaluate("settled()")
    assert page.evaluate("state") == initial
    assert page.evaluate("seen()") == before


def test_the_link_holds_the_state_and_the_address_restores_it(open_lab, lab):
    page = open_lab()
    state = changed_state(page, lab)
    drawn = page.evaluate("settled().then(seen)")
    page.get_by_role("button", name="Link to this state").press("Enter")
    assert "address" in page.evaluate("words()").lower()
    key, query = page.evaluate("location.hash").split("?", 1)
    assert key == f"#lab-{page.evaluate('state.name')}"
    held = {trait: json.loads(values[0]) for trait, values in parse_qs(query).items()}
    assert held == state
    assert set(held) == set(state_traits(lab))
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate("settled()")
    assert {trait: page.evaluate("state")[trait] for trait in state} == state
    assert page.evaluate("seen()") == drawn


def test_another_labs_address_is_not_for_this_one(open_lab):
    page = open_lab("#lab-another?mu=0.5&lr=0.5&step=3")
    assert page.evaluate("state.mu") != 0.5 or page.evaluate("state.step") != 3


@pytest.mark.parametrize("lab", [NoiseLab], indirect=True)
def test_no_loss_below_that_of_the_bowl_is_marked(open_lab):
    """Below zero there is room for the deviations: it has no ticks."""
    page = open_lab()
    up = page.locator(".lab-panel").first.locator(".lab-tick[text-anchor=end]").all_text_contents()
    assert up[0] == "0"
    assert len(up) > 2
    assert not [words for words in up if "\u2212" in words]
