"""The lab of paths: its state, its runs, its words and its picture."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from momentum.descent import descend
from momentum.lab import PathLab
from momentum.lab.path import MAPS, METHODS, MINIMUM, SUITS
from momentum.landscapes import ravine


@pytest.fixture
def make(keep):
    return lambda **state: keep(PathLab(**state))


def picture(lab):
    with plt.style.context("momentum.book"):
        figure = lab.still()
        figure.draw_without_rendering()
    plt.close(figure)
    return figure


@pytest.mark.parametrize("landscape", list(MAPS))
@pytest.mark.parametrize("method", list(METHODS))
def test_a_path_is_what_descend_returns(make, landscape, method):
    lab = make(landscape=landscape, condition=7.0, lr=0.001, mu=0.8)
    surface = ravine(7.0) if landscape == "ravine" else MAPS[landscape]
    start = SUITS[landscape]["start"]
    expected = descend(surface, start, lr=0.001, mu=0.8, steps=300, step=METHODS[method][1])
    np.testing.assert_array_equal(lab.paths[method].w, expected.w)
    np.testing.assert_array_equal(lab.paths[method].loss, expected.loss)


def test_only_the_methods_that_are_on_are_run_and_the_path_is_the_one_with_momentum(make):
    lab = make(methods=["nesterov", "sgd"])
    assert list(lab.paths) == ["sgd", "nesterov"]
    np.testing.assert_array_equal(lab.path.w, make(methods=["velocity"]).paths["velocity"].w)


@pytest.mark.parametrize("landscape", list(MAPS))
def test_a_new_lab_starts_where_there_is_something_to_see(make, landscape):
    lab = make(landscape=landscape)
    assert (lab.start, lab.lr) == (SUITS[landscape]["start"], SUITS[landscape]["lr"])
    assert all(path.diverged_at == -1 for path in lab.paths.values() if MINIMUM[landscape] is not None)
    other = make(landscape=landscape, start=[0.5, 0.25], lr=0.125)
    assert (other.start, other.lr) == ([0.5, 0.25], 0.125)


def test_the_minimum_is_the_landscapes_own():
    for name, minimum in MINIMUM.items():
        kinds = {point.kind: point.value for point in MAPS[name].critical_points}
        if minimum is None:
            assert "minimum" not in kinds
        else:
            assert kinds["minimum"] == pytest.approx(minimum, abs=1e-12)


def test_the_browser_gets_the_landscapes_own_tables(make):
    lab = make()
    for name, data in lab.maps.items():
        tables = MAPS[name].pieces, [MAPS[name].derivative_tables(axis) for axis in (0, 1)]
        assert [[list(map(float, row)) for row in table] for table in tables[0]] == data["value"]
        for ours, theirs in zip(tables[1], data["gradient"], strict=True):
            assert [[list(map(float, row)) for row in table] for table in ours] == theirs


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"landscape": "valley"}, "landscape"),
        ({"methods": ["adam"]}, "methods"),
        ({"start": [1.0]}, "start"),
        ({"start": [1.0, float("nan")]}, "start"),
        ({"start": [9.0, 0.0]}, "start"),
        ({"lr": 0.0}, "lr"),
        ({"mu": 1.0}, "mu"),
        ({"step": 301}, "step"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"condition": 0.5}, "condition"),
    ],
)
def test_a_state_that_makes_no_sense_is_refused_by_name(state, words):
    with pytest.raises(traitlets.TraitError, match=words):
        PathLab(**state)


def test_steps_needed_is_the_step_after_which_the_loss_stays_small(make):
    lab = make(landscape="ravine", tolerance=1e-3)
    for method, needed in lab.steps_needed.items():
        loss = lab.paths[method].loss
        assert np.all(loss[needed:] <= 1e-3)
        assert loss[needed - 1] > 1e-3
    assert lab.steps_needed["velocity"] < lab.steps_needed["sgd"]
    lab.lr = 1e-5
    assert set(lab.steps_needed.values()) == {-1}
    lab.set_trait("start", [0.0, 0.0])
    assert set(lab.steps_needed.values()) == {0}


def test_on_the_saddle_a_run_is_done_when_it_leaves_the_map(make):
    lab = make(landscape="saddle")
    for method, needed in lab.steps_needed.items():
        w = lab.paths[method].w
        assert np.all(np.abs(w[:needed]) <= 2)
        assert np.any(np.abs(w[needed]) > 2)
    lab.start = [1.0, 0.0]
    assert set(lab.steps_needed.values()) == {-1}
    assert "on the map for all 300 steps" in lab.describe()


def test_the_words_say_the_losses_the_steps_and_a_divergence(make):
    lab = make()
    needed = lab.steps_needed
    assert (
        f"momentum {lab.path.loss[40]:.3g}, within 0.001 from step {needed['velocity']} on" in lab.describe()
    )
    lab.lr = 0.5
    at = lab.paths["sgd"].diverged_at
    assert at > 0
    assert f"diverged at step {at}" in lab.describe()
    assert "nan" not in lab.describe()
    lab.step = 300
    assert f"gradient descent diverged at step {at}; " in lab.describe()
    lab.lr, lab.methods = 1e-5, ["sgd"]
    assert lab.describe().endswith("not within 0.001 in 300 steps.")
    lab.start = [5.0, 5.0]
    assert lab.describe().endswith("off the map from step 0 on.")
    lab.start = [0.0, 0.0]
    assert lab.describe().endswith("gradient descent 0, within 0.001 from step 0 on.")
    lab.landscape, lab.start = "saddle", [5.0, 0.0]
    assert lab.describe().endswith("on the map until step 0.")
    lab.methods = []
    assert "no method" in lab.describe()
    assert lab.steps_needed == {}


def test_a_run_that_grows_without_overflowing_is_said_to_diverge(make):
    lab = make(condition=60.0, lr=0.05, methods=["sgd", "velocity"])
    w = lab.paths["sgd"].w
    assert lab.paths["sgd"].diverged_at == -1
    assert np.abs(w[-1]).max() > 1e50
    first = int(np.argmax(np.abs(w[:, 1]) > 1.5))
    assert np.all(np.abs(w[first:, 1]) > 1.5)
    assert f"diverging, off the map from step {first} on" in lab.describe()
    assert lab.describe().count("diverging") == 1


def test_the_repr_gives_the_same_lab_back(make):
    lab = make(landscape="himmelblau", methods=["sgd"], step=7)
    again = eval(repr(lab), {"PathLab": PathLab})
    assert repr(again) == repr(lab)
    again.close()
    assert "object at" not in repr(lab)


@pytest.mark.parametrize("landscape", list(MAPS))
@pytest.mark.parametrize("lr", [1e-3, 1.0])
def test_the_picture_shows_every_method_and_warns_of_nothing(make, landscape, lr):
    lab = make(landscape=landscape, lr=lr, step=300)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = picture(lab)
        assert lab.describe()
    width, height = figure.get_size_inches()
    assert width <= 5.6
    assert height <= 3.3
    names = {text.get_text() for legend in figure.legends for text in legend.get_texts()}
    assert {name for name, _ in METHODS.values()} <= names
    assert ("tolerance" in names) == (MINIMUM[landscape] is not None)


def test_the_output_carries_the_picture_and_its_words(make):
    lab = make()
    data, metadata = lab._repr_mimebundle_()
    assert data["text/plain"] == repr(lab)
    assert metadata["image/png"]["alt"] == lab.describe()
    assert data["image/png"].startswith("iVBOR")
