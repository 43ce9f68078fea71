"""A reader with a mouse, a finger or a keyboard reaches everything."""

import pytest
from asked import contexts

# Set by its sliders alone; the drawing of every other lab answers to a pointer.
NOT_POINTED_AT = {"NoiseLab"}
EVERYTHING = "settled().then(() => [seen(), JSON.stringify(state), words(), location.hash].join())"


def state(page):
    return page.evaluate("structuredClone(state)")


def put_each_choice(page, lab):
    """Make each choice, the others staying as they were: each may show other controls."""
    initial = state(page)
    choices = {name: {context[name] for context in contexts(lab)} for name in contexts(lab)[0]}
    for name, values in choices.items():
        for value in sorted(values):
            page.evaluate("put", {**initial, name: value})
            yield {name: value}
    if not choices:
        yield {}
    page.evaluate("put", initial)


def test_the_tab_key_reaches_every_control_in_order(open_lab, lab):
    page = open_lab()
    for _ in put_each_choice(page, lab):
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0); getSelection().removeAllRanges()")
        count = page.evaluate("controls().length")
        reached = []
        page.evaluate("document.querySelector('h1').tabIndex = -1; document.querySelector('h1').focus()")
        for _ in range(count):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("controls().indexOf(document.activeElement)"))
        assert reached == list(range(count))


def test_arrow_keys_move_every_slider(open_lab, lab):
    page = open_lab()
    deaf = set()
    for choice in put_each_choice(page, lab):
        before = state(page)
        for i in range(page.locator("input[type=range]").count()):
            slider = page.locator("input[type=range]").nth(i)
            if not slider.is_visible():
                continue
            said, value = slider.get_attribute("aria-valuetext"), state(page)
            trait = slider.get_attribute("data-trait")
            for key in ("ArrowLeft", "ArrowRight", "End", "Home"):
                slider.press(key)
                if state(page)[trait] != value[trait]:
                    break
            # Every key leads somewhere else, and the slider says where.
            if state(page)[trait] == value[trait] or slider.get_attribute("aria-valuetext") == said:
                deaf.add((str(choice), trait))
            one = slider.input_value()
            slider.press("ArrowUp")
            if slider.input_value() == one:
                slider.press("ArrowDown")
            if slider.input_value() == one:
                deaf.add((str(choice), trait, "arrows"))
        page.evaluate("put", before)
    assert deaf == set()


def test_a_typed_number_counts_and_an_impossible_one_is_refused(open_lab):
    page = open_lab()
    for i in range(page.locator("input[type=number]").count()):
        box = page.locator("input[type=number]").nth(i)
        if not box.is_visible():
            continue
        trait = box.get_attribute("data-trait")
        low, high = (float(box.get_attribute(end)) for end in ("min", "max"))
        before = state(page)[trait]
        box.fill(str(high + 1))
        box.press("Tab")
        assert state(page)[trait] == before
        assert not box.evaluate("(box) => box.validity.valid")
        for typed in (low, high):
            box.fill(repr(typed))
            box.press("Tab")
            assert box.evaluate("(box) => box.validity.valid")
            held = state(page)[trait]
            assert typed in (held if isinstance(held, list) else [held])
        page.evaluate("put", {trait: before})


def test_choices_and_boxes_answer_to_the_keyboard(open_lab):
    page = open_lab()
    for select in page.locator("select:visible").all():
        trait, before = select.get_attribute("data-trait"), state(page)
        select.press("ArrowDown")
        if state(page)[trait] == before[trait]:
            select.press("ArrowUp")
        assert state(page)[trait] != before[trait], trait
        page.evaluate("put", before)
    for box in page.locator("input[type=checkbox]:visible").all():
        trait, before = box.get_attribute("data-trait"), state(page)
        box.press("Space")
        assert state(page)[trait] != before[trait], trait
        box.press("Space")
        assert state(page)[trait] == before[trait], trait


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_every_button_answers_to_the_keyboard(open_lab, key):
    page = open_lab(reduced_motion="reduce")
    names = page.locator(".lab-buttons button").all_inner_texts()
    assert len(names) >= 2
    for i, name in enumerate(names):
        page.evaluate("() => 'step' in state && model.set('step', 3)")
        page.locator("input[type=range]:visible").first.press("ArrowLeft")
        before = page.evaluate(EVERYTHING)
        page.locator(".lab-buttons button").nth(i).press(key)
        page.wait_for_timeout(100)
        assert page.evaluate(EVERYTHING) != before, name


def places(page, selector):
    """The middle of each mark on the drawing that can be seen, on the screen."""
    marks = page.locator(f".lab-drawing {selector}").all()
    boxes = [mark.bounding_box() for mark in marks if mark.is_visible()]
    return [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box]


def test_the_mouse_moves_sliders_and_what_can_be_dragged(open_lab, lab):
    page = open_lab()
    slider = page.locator("input[type=range]:visible").first
    before, box = state(page), slider.bounding_box()
    # One of the two is not where it stands.
    for part in (0.3, 0.7):
        page.mouse.click(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
    assert state(page) != before
    page.evaluate("put", before)
    marks = places(page, ".lab-draggable")
    surfaces = places(page, ".lab-surface")
    assert marks or surfaces or lab.__name__ in NOT_POINTED_AT
    for x, y in marks:
        before, drawn = state(page), page.evaluate("drawing()")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 15, y - 15)
        page.mouse.move(x + 30, y - 25)
        page.mouse.up()
        page.evaluate("settled()")
        assert state(page) != before
        assert page.evaluate("drawing()") != drawn
        page.evaluate("put", before)


def test_a_press_that_has_ended_moves_nothing(open_lab):
    page = open_lab()
    for x, y in places(page, ".lab-draggable"):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.up()
        held = state(page)
        page.mouse.move(x + 40, y + 10)
        assert state(page) == held


def touch(page, x, y, across=0, up=0):
    """Put a finger down, draw it in steps, and lift it."""
    session = page.context.new_cdp_session(page)
    at = [(x + across * part / 5, y - up * part / 5) for part in range(6)]
    for kind, points in [
        ("touchStart", at[:1]),
        *[("touchMove", [each]) for each in at[1:]],
        ("touchEnd", []),
    ]:
        session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]}
        )
    page.evaluate("settled()")


def test_a_finger_does_what_a_mouse_does(open_lab):
    page = open_lab(width=390, has_touch=True, is_mobile=True)
    for x, y in places(page, ".lab-draggable"):
        before, scrolled = state(page), page.evaluate("scrollY")
        touch(page, x, y, across=25, up=20)
        assert state(page) != before
        # The finger that drags does not scroll the page.
        assert page.evaluate("scrollY") == scrolled
        page.evaluate("put", before)
    slider = page.locator("input[type=range]:visible").first
    slider.scroll_into_view_if_needed()
    before, box = state(page), slider.bounding_box()
    for part in (0.3, 0.7):
        touch(page, box["x"] + part * box["width"], box["y"] + box["height"] / 2)
    assert state(page) != before
    for button in page.locator(".lab-buttons button").all():
        button.tap()
    page.get_by_role("button", name="Reset").tap()


def test_a_finger_on_the_drawing_still_scrolls_the_page(open_lab):
    page = open_lab(width=390, has_touch=True, is_mobile=True)
    box = page.locator(".lab-drawing").bounding_box()
    marks = places(page, ".lab-draggable")
    x, y = next(
        (x, y)
        for x in range(int(box["x"]) + 10, int(box["x"] + box["width"]) - 10, 8)
        for y in [int(box["y"] + 0.4 * box["height"])]
        if all(abs(x - a) + abs(y - b) > 60 for a, b in marks)
    )
    touch(page, x, y, up=150)
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") > 50


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_scrolls_sideways_on_a_phone(open_lab, lab, width):
    page = open_lab(width=width, has_touch=True, is_mobile=True)
    for choice in put_each_choice(page, lab):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, choice


def test_what_one_aims_at_is_large_enough(open_lab, lab):
    page = open_lab(width=390, has_touch=True, is_mobile=True)
    small = []
    for choice in put_each_choice(page, lab):
        boxes = page.evaluate(
            """() => [...controls(), ...document.querySelectorAll(".lab-draggable")]
              .filter((each) => each.checkVisibility({ visibilityProperty: true }))
              .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
              .map(([name, { width, height }]) => [name, width, height])"""
        )
        assert boxes
        small += [(choice, box) for box in boxes if min(box[1:]) < 24]
    assert small == []
