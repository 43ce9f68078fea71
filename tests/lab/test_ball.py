"""The lab of the ball: the two pairs it is set by, its run, its energies, its words and its picture."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from momentum.descent import descend
from momentum.lab import BallLab
from momentum.lab.ball import HILLS
from momentum.physics import energy, to_optimizer
from momentum.theory import energy_bound


@pytest.fixture
def make(keep):
    return lambda **state: keep(BallLab(**state))


@pytest.mark.parametrize("hill", list(HILLS))
def test_the_path_is_what_descend_returns(make, hill):
    lab = make(hill=hill, lr=0.03, mu=0.7, start=-1.25)
    expected = descend(HILLS[hill], [-1.25], lr=0.03, mu=0.7, steps=200)
    np.testing.assert_array_equal(lab.path.w, expected.w)


def test_mass_and_drag_follow_the_learning_rate_and_mu(make):
    lab = make(lr=0.08, mu=0.5)
    assert (lab.mass, lab.drag) == pytest.approx((0.5, 1.25))
    lab.mu = 0.75
    assert lab.drag == pytest.approx(0.625)
    assert to_optimizer(lab.mass, lab.drag, lab.time_step) == pytest.approx((lab.lr, lab.mu))


def test_the_learning_rate_and_mu_follow_mass_and_drag(make):
    lab = make(control="ball", mass=4.0, drag=2.0)
    assert (lab.lr, lab.mu) == pytest.approx(to_optimizer(4.0, 2.0, lab.time_step))
    lab.drag = 5.0
    assert (lab.lr, lab.mu) == pytest.approx(to_optimizer(4.0, 5.0, lab.time_step))


@pytest.mark.parametrize(("lr", "mu"), [(1e-4, 0.0), (1e-4, 0.999), (1.0, 0.0), (1.0, 0.999)])
def test_the_ends_of_one_pair_lie_within_the_ends_of_the_other(make, lr, mu):
    lab = make(lr=lr, mu=mu)
    again = make(control="ball", mass=lab.mass, drag=lab.drag)
    assert (again.lr, again.mu) == pytest.approx((lr, mu), abs=1e-9)


@pytest.mark.parametrize(("mass", "drag", "mu"), [(400.0, 1e-4, 0.999), (0.04, 2000.0, 0.0)])
def test_a_ball_that_no_optimizer_moves_gets_the_nearest_mu(make, mass, drag, mu):
    assert make(control="ball", mass=mass, drag=drag).mu == mu


@pytest.mark.parametrize("hill", list(HILLS))
def test_the_energies_add_up_to_the_one_at_the_start(make, hill):
    lab = make(hill=hill)
    parts = lab.energies
    total = parts["lost"] + parts["kinetic"] + parts["potential"]
    np.testing.assert_allclose(total, parts["potential"][0], rtol=1e-12)
    assert parts["potential"].min() >= 0
    assert parts["kinetic"].min() >= 0
    expected = energy(lab.path, HILLS[hill], lab.lr, lab.mu)
    np.testing.assert_allclose(parts["lost"], expected[0] - expected, atol=1e-12)
    assert np.all(np.diff(parts["lost"]) >= -1e-12)


def test_beyond_the_energy_bound_the_ball_can_win_energy(make):
    bound = energy_bound(0.9, 1.0)
    assert make(hill="bowl", lr=0.99 * bound, mu=0.9).energies["lost"].min() >= -1e-12
    assert make(hill="bowl", lr=4 * bound, mu=0.9).energies["lost"].min() < -0.01


def test_the_browser_gets_the_hills_own_tables(make):
    for name, data in make().hills.items():
        hill = HILLS[name]
        assert [[list(map(float, row)) for row in table] for table in hill.pieces] == data["value"]
        ours = [[list(map(float, row)) for row in table] for table in hill.derivative_tables(0)]
        assert [ours] == data["gradient"]
        assert data["breaks"] == [float(each) for each in hill.breaks]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"hill": "everest"}, "hill"),
        ({"control": "wheel"}, "control"),
        ({"lr": 0.0}, "lr"),
        ({"mu": 1.0}, "mu"),
        ({"mu": float("nan")}, "mu"),
        ({"mass": 0.0}, "mass"),
        ({"drag": -1.0}, "drag"),
        ({"start": 10.0}, "start"),
        ({"step": 201}, "step"),
    ],
)
def test_a_state_that_makes_no_sense_is_refused_by_name(state, words):
    with pytest.raises(traitlets.TraitError, match=words):
        BallLab(**state)


def test_the_words_say_where_the_ball_is_and_where_its_energy(make):
    lab = make(hill="double well", step=30)
    parts = {name: each[30] for name, each in lab.energies.items()}
    words = lab.describe()
    assert f"after 30 updates it is at {lab.path.w[30, 0]:.3g}" in words
    for name, word in (("potential", "is potential"), ("kinetic", "kinetic"), ("lost", "lost to drag")):
        assert f"{parts[name]:.3g} {word}" in words
    lab = make(hill="double well", lr=1.0, step=200)
    assert f"diverged at step {lab.path.diverged_at}" in lab.describe()
    lab.step = lab.path.diverged_at
    assert "diverged" in lab.describe()
    lab.step -= 1
    assert "diverged" not in lab.describe()


@pytest.mark.parametrize("state", [{"lr": 0.07, "mu": 0.3}, {"control": "ball", "mass": 3.0, "drag": 0.7}])
def test_the_repr_shows_the_pair_that_is_set_and_gives_the_same_lab_back(make, state):
    lab = make(hill="bumps", step=3, **state)
    again = eval(repr(lab), {"BallLab": BallLab})
    assert repr(again) == repr(lab)
    pairs = {"lr", "mu", "mass", "drag"}
    assert {name for name in pairs if f"{name}=" in repr(lab)} == pairs & set(state)
    np.testing.assert_array_equal(again.path.w, lab.path.w)
    again.close()


@pytest.mark.parametrize("hill", list(HILLS))
@pytest.mark.parametrize(("lr", "step"), [(0.02, 0), (0.02, 200), (1.0, 200)])
def test_the_picture_shows_the_three_energies_and_warns_of_nothing(make, hill, lr, step):
    lab = make(hill=hill, lr=lr, step=step)
    with warnings.catch_warnings(), plt.style.context("momentum.book"):
        warnings.simplefilter("error")
        figure = lab.still()
        figure.draw_without_rendering()
        plt.close(figure)
        assert lab.describe()
    assert tuple(figure.get_size_inches()) <= (5.6, 3.3)
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["potential", "kinetic", "lost to drag"]
