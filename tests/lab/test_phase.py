"""`PhaseLab`: its map has the exact borders, and its run is the run of the package."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from momentum import bowl, descend
from momentum.lab import Lab
from momentum.lab.phase import LEVELS, PhaseLab, level_region
from momentum.theory import rate, regime, spectral_radius


@pytest.fixture
def lab(keep: Callable[[Lab], Lab]) -> PhaseLab:
    return keep(PhaseLab())


def test_the_run_is_the_run_of_the_package(lab: PhaseLab) -> None:
    lab.a, lab.mu, lab.steps = 0.37, 0.8, 90
    expected = descend(bowl(1.0), [1.0], lr=0.37, mu=0.8, steps=90)
    assert lab.path.w.tobytes() == expected.w.tobytes()


@pytest.mark.parametrize(
    ("trait", "bad"),
    [
        *[("a", 0.0), ("a", 4.3), ("mu", 1.0), ("mu", -0.1), ("condition", 0.5), ("steps", 9)],
        *[(trait, float("nan")) for trait in ("a", "mu", "condition")],
    ],
)
def test_values_out_of_range_are_refused(lab: PhaseLab, trait: str, bad: float) -> None:
    with pytest.raises(traitlets.TraitError, match=trait):
        setattr(lab, trait, bad)


@pytest.mark.parametrize("radius", LEVELS[1:])
def test_the_border_of_a_level_has_that_spectral_radius(radius: float) -> None:
    corners = np.array(level_region(radius))
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        a, mu = (start + np.linspace(0.01, 0.99, 21)[:, None] * (end - start)).T
        if end[1] == start[1] == 0.0:
            # The bottom is the edge of the map, not a border: gradient descent is at most as slow.
            assert np.all(spectral_radius(a, 0.0) <= radius)
        else:
            np.testing.assert_allclose(spectral_radius(a, mu), radius, rtol=1e-7)


def test_inside_a_level_momentum_is_faster_and_outside_slower() -> None:
    rng = np.random.default_rng(1)
    a, mu = rng.uniform(0, 4.2, 2000), rng.uniform(0, 0.999, 2000)
    for radius in LEVELS:
        low, right, top, left = level_region(radius)
        across = mu / top[1]
        inside = (
            (across <= 1)
            & (a >= low[0] + across * (left[0] - low[0]))
            & (a <= right[0] + across * (top[0] - right[0]))
        )
        np.testing.assert_array_equal(inside, spectral_radius(a, mu) <= radius)


def test_the_tuned_point_is_the_best_for_its_condition_number(lab: PhaseLab) -> None:
    lab.condition = 100.0
    lab.a, lab.mu = lab.tuned
    assert lab.worst_radius == pytest.approx(rate(100.0), abs=1e-7)
    assert lab.tuned[0] == pytest.approx(2 * (1 + lab.mu) / (1 + 1 / 100))
    best = lab.worst_radius
    for a, mu in [(1.02, 1.0), (0.98, 1.0), (1.0, 1.02), (1.0, 0.98)]:
        lab.a, lab.mu = lab.tuned[0] * a, lab.tuned[1] * mu
        assert lab.worst_radius > best


@pytest.mark.parametrize(("a", "mu"), [(0.1, 0.9), (0.5, 0.81), (1.0, 0.25), (2.2, 0.5), (0.01, 0.98)])
def test_an_oscillating_run_touches_its_envelope_and_does_not_leave_it(
    lab: PhaseLab, a: float, mu: float
) -> None:
    lab.a, lab.mu, lab.steps = a, mu, 400
    share = np.abs(lab.path.w[:, 0]) / lab.envelope
    assert lab.regime == "oscillating"
    assert np.all(share <= 1 + 1e-7)
    assert share.max() > 0.99


@pytest.mark.parametrize(("a", "mu"), [(0.02, 0.5), (2.95, 0.5), (3.1, 0.5), (4.2, 0.9), (0.5, 0.0)])
def test_any_other_run_approaches_its_envelope(lab: PhaseLab, a: float, mu: float) -> None:
    lab.a, lab.mu, lab.steps = a, mu, 100
    assert np.abs(lab.path.w[-1, 0]) / lab.envelope[-1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("a", "mu", "words"),
    [
        (0.02, 0.5, "creeps to the minimum from one side"),
        (0.1, 0.9, "multiplies its distance by 0.949. Its energy never rises."),
        (1.0, 0.5, "Its energy never rises."),
        (0.5, 0.9, "above the energy bound"),
        (2.95, 0.5, "jumps across"),
        (3.0, 0.5, "neither converges nor diverges"),
        (3.1, 0.5, "runs away"),
    ],
)
def test_the_regime_is_said_in_words(lab: PhaseLab, a: float, mu: float, words: str) -> None:
    lab.a, lab.mu = a, mu
    assert words in lab.describe()
    assert ("energy" in lab.describe()) == (spectral_radius(a, mu) < 1)
    assert lab.regime == str(regime(a, mu))


def test_its_repr_holds_the_state_and_nothing_else(lab: PhaseLab) -> None:
    assert repr(lab) == "PhaseLab(a=0.1, mu=0.9, condition=10.0, steps=60)"


@pytest.mark.parametrize(("a", "mu"), [(0.1, 0.9), (4.2, 0.0), (1.0, 0.0), (0.25, 0.25)])
def test_the_still_picture_draws(lab: PhaseLab, a: float, mu: float) -> None:
    lab.a, lab.mu, lab.steps = a, mu, 400
    with plt.style.context("momentum.book"):
        figure = lab.still()
        figure.canvas.draw()
    assert figure.get_size_inches()[1] <= 3.3
    plt.close(figure)
