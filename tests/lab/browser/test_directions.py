"""`EigenLab` in the hands of a reader: the graph of the rates, the number of directions, the best rates."""

import json
from urllib.parse import quote

import pytest

from momentum.lab import EigenLab


@pytest.fixture
def lab():
    return EigenLab


def state(page):
    return page.evaluate("structuredClone(state)")


def in_python(page):
    """The same state in Python, which refuses what makes no sense."""
    now = state(page)
    lab = EigenLab(**{name: now[name] for name in EigenLab.state_traits()})
    lab.close()
    return lab


def press(page, name):
    page.get_by_role("button", name=name).press("Enter")
    page.evaluate("settled()")


def test_keys_move_the_learning_rate_on_the_graph(open_lab):
    page = open_lab()
    graph = page.locator(".lab-focus[role=slider]")
    for keys, expected in [
        (["ArrowRight"], 0.505),
        (["ArrowUp", "ArrowLeft", "ArrowDown"], 0.5),
        (["Shift+ArrowRight"], 0.5523),
        (["PageDown"], 0.5),
        (["End"], 5.0),
        (["Home"], 0.05),
    ]:
        for key in keys:
            graph.press(key)
        assert state(page)["lr"] == pytest.approx(expected, rel=1e-3)
        page.evaluate("settled()")
        lab = in_python(page)
        assert float(graph.get_attribute("aria-valuenow")) == lab.lr
        assert graph.get_attribute("aria-valuetext") == f"{lab.lr:.4g}, rate {lab.rate:.3g}"
        ends = [float(graph.get_attribute(f"aria-value{end}")) for end in ("min", "max")]
        assert tuple(ends) == lab.shown_range


def test_a_press_on_the_graph_chooses_the_learning_rate_below_it(open_lab):
    page = open_lab()
    box = page.locator(".lab-focus").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 0.6 * box["height"])
    assert state(page)["lr"] == pytest.approx(0.5, rel=0.02)
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.6 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.6 * box["height"], steps=3)
    page.mouse.up()
    assert state(page)["lr"] == pytest.approx(5 * 10**-0.5, rel=0.02)
    # Beyond the edge of the graph there is nothing more.
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.6 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 60, box["y"], steps=5)
    page.mouse.up()
    assert state(page)["lr"] <= 5


def test_directions_come_and_go(open_lab):
    page = open_lab()
    add, remove = (page.get_by_role("button", name=name) for name in ("Add a direction", "Remove the last"))
    for count in (4, 5, 6, 6):
        press(page, "Add a direction")
        lab = in_python(page)
        assert len(lab.curvatures) == len(lab.start) == count
        assert page.locator(".lab-row:visible:has([data-trait=curvatures])").count() == count
        assert page.locator(".lab-table tbody tr:visible").count() == count + 1
        assert (min(lab.curvatures), max(lab.curvatures)) == (0.05, 1.0)
    assert [each.get_attribute("aria-disabled") for each in (add, remove)] == ["true", "false"]
    for count in (5, 4, 3, 2, 2):
        press(page, "Remove the last")
        assert len(in_python(page).start) == count
    assert [each.get_attribute("aria-disabled") for each in (add, remove)] == ["false", "true"]
    press(page, "Reset")
    assert in_python(page).curvatures == [0.05, 0.3, 1.0]


@pytest.mark.parametrize("mu", [0.0, 0.4, 0.9])
def test_the_best_rates_are_those_of_python(open_lab, mu):
    page = open_lab()
    page.evaluate("put", {"mu": mu})
    press(page, "Best \u03b7 for this \u03bc")
    lab = in_python(page)
    assert (lab.lr, lab.mu) == (pytest.approx(lab.best_lr, rel=1e-15), mu)
    press(page, "Best \u03b7 and \u03bc")
    lab = in_python(page)
    assert (lab.lr, lab.mu) == pytest.approx(lab.tuned, rel=1e-14)


@pytest.mark.parametrize(
    "values",
    [{}, {"curvatures": [0.01, 1.0], "start": [1.0, 1.0], "lr": 2 / 1.01}, {"mu": 0.9}, {"lr": 0.001}],
)
def test_it_says_the_numbers_of_python(open_lab, values):
    page = open_lab(clock=True)
    page.evaluate("put", {**values, "step": 7})
    page.clock.run_for(1500)
    words, lab = page.evaluate("words()"), in_python(page)
    assert (
        f"multiplies the error there by {lab.rate:.4g}. After 7 steps the loss is {lab.loss[7]:.3g}." in words
    )
    assert f"{lab.steps_by_rate} by the rate alone" in words
    assert (f"falls to a millionth in {lab.steps_counted} steps," in words) == (lab.steps_counted >= 0)
    assert (
        f"The best \u03b7 for this \u03bc is {lab.best_lr:.4g}, with {lab.rates_at(lab.best_lr).max():.4g}."
        in words
    )
    rates = page.locator(".lab-table tbody tr:visible td:nth-child(2)").all_inner_texts()
    assert rates == [f"{rate:.4g}" for rate in (*lab.rates, lab.rate)]


def test_an_address_with_too_few_first_errors_gets_ones(open_lab):
    values = {"start": [3, 2], "curvatures": [0.1, 0.2, 0.4, 0.8], "lr": 1.5}
    query = "&".join(f"{name}={quote(json.dumps(value))}" for name, value in values.items())
    page = open_lab(f"#lab-eigen?{query}")
    lab = in_python(page)
    assert (lab.start, lab.curvatures, lab.lr) == ([3, 2, 1, 1], values["curvatures"], 1.5)
