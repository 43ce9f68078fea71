"""`EigenLab`: each direction goes its own way, and the slowest says how long it takes."""

import warnings
from fractions import Fraction
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from momentum import bowl, descend
from momentum.lab import EigenLab
from momentum.lab.eigen import ENDS, LOOKS
from momentum.theory import gradient_descent_rate, rate, spectral_radius


@pytest.fixture
def make(keep):
    return lambda **state: keep(EigenLab(**state))


def drawn_labs(make, count=30):
    """Labs with stable learning rates, and with any number of directions."""
    rng = np.random.default_rng(11)
    for _ in range(count):
        curvatures = 10 ** rng.uniform(-2, 1, rng.integers(2, 7))
        mu = float(rng.choice([0.0, rng.uniform(0, 0.97)]))
        lr = float(rng.uniform(0.05, 0.98) * 2 * (1 + mu) / curvatures.max())
        start = 10 ** rng.uniform(-2, 1, len(curvatures))
        yield make(curvatures=curvatures.tolist(), start=start.tolist(), lr=min(lr, 1000.0), mu=mu)


def test_gradient_descent_multiplies_each_error_by_its_own_factor(make):
    lab = make(curvatures=[0.05, 0.25, 1.0, 2.5], start=[1.0, 2.0, 0.5, 3.0], lr=0.5)
    for i, (curvature, first) in enumerate(zip(lab.curvatures, lab.start, strict=True)):
        factor = 1 - Fraction(0.5) * Fraction(curvature)
        expected = [float(Fraction(first) * factor**k) for k in range(201)]
        np.testing.assert_allclose(lab.path.w[:, i], expected, rtol=1e-12, atol=0)
        assert lab.rates[i] == pytest.approx(abs(float(factor)), abs=1e-15)


def test_each_direction_is_a_bowl_of_its_own(make):
    for lab in drawn_labs(make, 8):
        for i, (curvature, first) in enumerate(zip(lab.curvatures, lab.start, strict=True)):
            alone = descend(bowl(curvature), [first], lr=lab.lr, mu=lab.mu, steps=200)
            np.testing.assert_array_equal(lab.path.w[:, i], alone.w[:, 0])
            np.testing.assert_allclose(lab.losses[:, i], alone.loss, rtol=1e-12, atol=0)


def test_the_loss_is_that_of_the_quadratic_and_the_sum_of_its_directions(make):
    rng = np.random.default_rng(12)
    for lab in drawn_labs(make, 8):
        basis = np.linalg.qr(rng.standard_normal((len(lab.curvatures),) * 2))[0]
        hessian = basis @ np.diag(lab.curvatures) @ basis.T
        w = lab.path.w @ basis.T
        np.testing.assert_allclose(lab.loss, 0.5 * np.einsum("ki,ij,kj->k", w, hessian, w), rtol=1e-6)
        np.testing.assert_allclose(lab.loss, lab.losses.sum(axis=1), rtol=1e-13)


def test_the_rate_is_that_of_the_slowest_direction(make):
    for lab in drawn_labs(make):
        radii = spectral_radius(lab.lr * np.array(lab.curvatures), lab.mu)
        assert lab.rate == radii.max()
        assert all(radii[i] == pytest.approx(lab.rate, rel=2e-6) for i in lab.limiting)
        rest = [radius for i, radius in enumerate(radii) if i not in lab.limiting]
        assert all(radius < lab.rate for radius in rest)


def test_no_learning_rate_is_better_than_the_best(make):
    for lab in drawn_labs(make):
        tried = lab.rates_at(np.linspace(0, lab.limit, 4001)[1:-1]).max(axis=1)
        assert lab.rates_at(lab.best_lr).max() <= tried.min() + 1e-12
        assert lab.rates_at(0.999 * lab.limit).max() < 1 < lab.rates_at(1.001 * lab.limit).max()


def test_at_the_best_learning_rate_the_rate_is_that_of_the_condition_number(make):
    lab = make(curvatures=[1.0, 0.01])
    lab.lr = lab.best_lr
    assert lab.rate == pytest.approx(gradient_descent_rate(100), abs=1e-12)
    assert lab.limiting == [0, 1]
    lab.lr, lab.mu = lab.tuned
    assert lab.lr == pytest.approx(lab.best_lr)
    assert lab.rate == pytest.approx(rate(100), abs=1e-7)


def test_the_steps_are_those_of_the_course(make):
    # gradient descent and momentum, each at its best, on a condition number of a hundred
    lab = make(curvatures=[0.01, 1.0])
    lab.lr = lab.best_lr
    assert (lab.steps_by_rate, lab.steps_counted) == (691, 691)
    lab.lr, lab.mu = lab.tuned
    assert lab.steps_by_rate == 69
    # At a double root the error is k * rate**k: the rate alone promises too much.
    assert lab.steps_counted == 93


def test_the_steps_are_counted_up_to_where_the_distance_stays_small(make):
    for lab in drawn_labs(make, 12):
        gradient = partial(np.multiply, np.array(lab.curvatures))
        w = descend(gradient, lab.start, lab.lr, lab.mu, steps=12_000).w
        distance = np.linalg.norm(w, axis=1)
        far = int(np.flatnonzero(distance > 1e-6 * distance[0])[-1])
        expected = far + 1 if far < 10_000 else -1
        # In the last digit a norm and a sum of squares may differ.
        assert lab.steps_counted == expected or distance[far] == pytest.approx(1e-6 * distance[0], rel=1e-9)


def test_the_rate_alone_gives_the_steps_where_one_direction_is_left(make):
    for curvature, lr in ((1.0, 0.5), (1.0, 1.9), (0.02, 1.0)):
        lab = make(curvatures=[curvature, curvature], lr=lr)
        assert lab.steps_by_rate == int(np.ceil(np.log(1e-6) / np.log(abs(1 - lr * curvature))))
        assert abs(lab.steps_counted - lab.steps_by_rate) <= 1
    arrives = make(curvatures=[1.0, 1.0], lr=1.0)
    assert (arrives.rate, arrives.steps_by_rate, arrives.steps_counted) == (0.0, 1, 1)


@pytest.mark.parametrize(("lr", "by_rate"), [(2.0, None), (3.0, None), (0.001, 276304)])
def test_steps_that_are_too_many_or_none_are_not_counted(make, lr, by_rate):
    lab = make(lr=lr)
    assert lab.steps_by_rate == by_rate
    assert lab.steps_counted == -1


def test_the_figure_holds_the_learning_rate_and_the_limit_whatever_they_are(make):
    for lab in [*drawn_labs(make), make(lr=0.001), make(lr=1000.0), make(lr=20.0, mu=0.999)]:
        low, high = lab.shown_range
        assert low <= lab.lr <= high
        assert low < lab.best_lr < lab.limit < high or high == ENDS[-1]
        assert {low, high} <= set(ENDS)
        lr, rates = lab.shown_rates
        assert (lr[0], lr[-1]) == (low, pytest.approx(high))
        assert np.all(np.diff(lr) >= 0)
        np.testing.assert_array_equal(rates, spectral_radius(lr[:, None] * np.array(lab.curvatures), lab.mu))
        assert rates.max(axis=1).min() == pytest.approx(lab.rates_at(lab.best_lr).max())


def test_there_is_one_first_error_for_each_curvature(make):
    lab = make(curvatures=[0.1, 0.2, 0.3, 1.0])
    assert lab.start == [1.0] * 4
    lab.start = [4.0, 3.0, 2.0, 1.0]
    lab.curvatures = [0.1, 1.0]
    assert lab.start == [4.0, 3.0]
    lab.curvatures = [0.1, 0.5, 1.0]
    assert lab.start == [4.0, 3.0, 1.0]
    with pytest.raises(traitlets.TraitError, match=r"start must have an entry for each of the 3 curvatures"):
        lab.start = [1.0, 1.0]
    with pytest.raises(traitlets.TraitError, match="start must have"):
        make(start=[1.0, 1.0])
    # As the browser tells of both at once, in any order.
    lab.set_state({"start": [2.0, 2.0], "curvatures": [1.0, 2.0]})
    assert (lab.start, lab.curvatures) == ([2.0, 2.0], [1.0, 2.0])
    assert len(LOOKS) == type(lab).curvatures._maxlen


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"curvatures": [1.0]}, "curvatures"),
        ({"curvatures": [1.0] * 7}, "curvatures"),
        ({"curvatures": [1.0, 0.0]}, "curvatures"),
        ({"curvatures": [1.0, float("nan")]}, "curvatures"),
        ({"start": [1.0, 1.0, 11.0]}, "start"),
        ({"start": [1.0, 1.0, 0.0]}, "start"),
        ({"start": [1.0, 1.0, float("nan")]}, "start"),
        ({"lr": 0.0}, "lr"),
        ({"lr": float("nan")}, "lr"),
        ({"mu": 1.0}, "mu"),
        ({"mu": float("nan")}, "mu"),
        ({"step": 201}, "step"),
    ],
)
def test_a_state_that_makes_no_sense_is_refused_by_name(make, state, words):
    with pytest.raises(traitlets.TraitError, match=words):
        make(**state)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            {},
            "the direction of curvature 0.05 is the slowest: each step multiplies the error there by 0.975.",
        ),
        (
            {},
            "falls to a millionth in 524 steps, 546 by the rate alone. The best learning rate for this mu is",
        ),
        ({"step": 0}, "After 0 steps the loss is 0.675."),
        (
            {"curvatures": [0.01, 0.1, 1.0], "lr": 2 / 1.01},
            "the directions of curvature 0.01 and 1 are the sl",
        ),
        ({"mu": 0.9}, "all directions are equally slow: each step multiplies the error there by 0.9487."),
        ({"lr": 0.001}, "is not down to a millionth after 10000 steps; it takes 276304 by the rate alone"),
        (
            {"lr": 2.0},
            "the error in the direction of curvature 1 neither shrinks nor grows: the limit is the",
        ),
        (
            {"lr": 3.0},
            "the loss diverges: each step multiplies the error in the direction of curvature 1 by 2; ",
        ),
        ({"lr": 3.0, "mu": 0.25}, "by 1.59; the limit is the learning rate 2.5."),
    ],
)
def test_it_says_in_words_what_limits_and_how_long_it_takes(make, state, words):
    assert words in make(**state).describe()


def test_its_repr_gives_the_same_lab_back(make):
    lab = make(curvatures=[0.1, 1.0], mu=0.5)
    assert repr(lab) == "EigenLab(curvatures=[0.1, 1.0], start=[1.0, 1.0], lr=0.5, mu=0.5, step=50)"
    again = eval(repr(lab), {"EigenLab": make})
    assert repr(again) == repr(lab)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"lr": 1.9, "step": 200},
        {"lr": 1000.0, "curvatures": [10.0] * 6},
        {"lr": 1.0, "curvatures": [1.0, 1.0]},
        {"lr": 2.6722, "mu": 0.4026},
        {"lr": 0.001, "mu": 0.999, "start": [10.0, 1e-4, 1.0]},
    ],
)
def test_the_still_picture_draws_and_warns_of_nothing(make, state):
    lab = make(**state)
    with warnings.catch_warnings(), plt.style.context("momentum.book"):
        warnings.simplefilter("error")
        figure = lab.still()
        figure.canvas.draw()
        assert lab.describe()
    width, height = figure.get_size_inches()
    assert width <= 5.6
    assert height <= 3.3
    names = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert names[0] == "all"
    assert len(names) == len(lab.curvatures) + 2
    plt.close(figure)
