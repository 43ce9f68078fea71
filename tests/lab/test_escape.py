"""`EscapeLab`: where the ball ends, and the thresholds between."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from momentum import descend, double_well
from momentum.lab import Lab
from momentum.lab.escape import GRID, EscapeLab
from momentum.theory import barrier, outcomes


@pytest.fixture
def lab(keep: Callable[[Lab], Lab]) -> EscapeLab:
    return keep(EscapeLab())


@pytest.mark.parametrize("tilt", [0.01, 0.1, 0.2, 0.35, 0.38])
def test_the_barrier_is_the_maximum_of_the_hill(tilt: float) -> None:
    (top,) = [point.w[0] for point in double_well(tilt).critical_points if point.kind == "maximum"]
    assert barrier(tilt) == pytest.approx(top, abs=1e-9)


def test_the_thresholds_are_those_of_the_course(lab: EscapeLab) -> None:
    assert lab.map[0] == "local"
    assert lab.thresholds[:3] == pytest.approx((0.8738, 0.969, 0.976), abs=1e-4)
    # Not monotone: more momentum brings the ball back into the local minimum.
    assert lab.map[-1] == "global"
    assert len(lab.thresholds) > 9


@pytest.mark.parametrize(
    ("start", "lr", "first"), [(2.0, 0.001, 0.9595), (2.0, 0.05, 0.7221), (1.5, 0.01, 0.939)]
)
def test_the_first_threshold_elsewhere(lab: EscapeLab, start: float, lr: float, first: float) -> None:
    lab.start, lab.lr = start, lr
    assert lab.thresholds[0] == pytest.approx(first, abs=5e-4)


def test_the_outcome_changes_at_each_threshold(lab: EscapeLab) -> None:
    at = np.array(lab.thresholds[:6])
    below, above = outcomes(0.2, 2.0, 0.01, at - 1e-5), outcomes(0.2, 2.0, 0.01, at + 1e-5)
    assert below == ["local", "global"] * 3
    assert above == ["global", "local"] * 3


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.87, 0.88, 0.972, 0.98])
def test_a_ball_that_is_said_to_rest_does(mu: float) -> None:
    (outcome,) = outcomes(0.2, 2.0, 0.01, np.array([mu]))
    minima = {"global": -1.0880, "local": 0.8789}
    end = descend(double_well(0.2), [2.0], lr=0.01, mu=mu, steps=8000, keep_path=False).w[-1, 0]
    assert end == pytest.approx(minima[outcome], abs=1e-4)


def test_a_large_learning_rate_escapes_without_momentum(lab: EscapeLab) -> None:
    # The first step is the gradient at the start, 6.2, times the learning rate: it must pass the barrier.
    lab.mu, enough = 0.0, (2 - barrier(0.2)) / 6.2
    lab.lr = enough - 1e-4
    assert lab.outcome == "local"
    lab.lr = enough + 1e-4
    assert lab.outcome == "global"


def test_what_overflows_is_said_to_diverge(lab: EscapeLab) -> None:
    lab.lr, lab.start, lab.mu, lab.step = 0.5, 2.5, 0.5, 400
    assert lab.outcome == "diverged"
    assert "diverges" in lab.describe()


def test_a_ball_that_moves_too_slowly_has_not_settled() -> None:
    # Almost no learning rate: after 8000 updates the ball is still on its way down.
    assert outcomes(0.2, 2.5, 1e-5, np.array([0.0])) == ["unsettled"]


def test_the_run_is_the_run_of_the_package(lab: EscapeLab) -> None:
    lab.tilt, lab.start, lab.lr, lab.mu = 0.3, 1.7, 0.02, 0.8
    expected = descend(double_well(0.3), [1.7], lr=0.02, mu=0.8, steps=400)
    assert lab.path.w.tobytes() == expected.w.tobytes()


def test_the_grid_runs_from_none_to_almost_one_in_even_steps_of_the_memory() -> None:
    memory = np.log(1 - np.array(GRID))
    np.testing.assert_allclose(np.diff(memory), memory[-1] / (len(GRID) - 1), rtol=1e-9)
    assert (GRID[0], GRID[-1]) == (0.0, pytest.approx(0.999))


@pytest.mark.parametrize(
    ("trait", "bad"),
    [
        *[("tilt", 0.0), ("tilt", 0.39), ("start", 2.6), ("lr", 0.6), ("mu", 1.0)],
        *[(trait, float("nan")) for trait in ("tilt", "start", "lr", "mu")],
    ],
)
def test_values_out_of_range_are_refused(lab: EscapeLab, trait: str, bad: float) -> None:
    with pytest.raises(traitlets.TraitError, match=trait):
        setattr(lab, trait, bad)


def test_it_says_in_words_where_the_ball_ends(lab: EscapeLab) -> None:
    words = lab.describe()
    assert words.startswith("A ball let go at 2 with mu 0.9 comes to rest in the global minimum.")
    assert words.endswith("local from 0.9689, global from 0.9760, then more changes.")
    assert "local below 0.8738, global from 0.8738, " in words
    # Where there are no more than three, it does not say that there are.
    lab.start, lab.tilt = 1.35, 0.1
    assert lab.describe().count(" from ") == 3
    assert "more" not in lab.describe()
    lab.start = -1.0
    assert lab.describe().endswith("So it does for every mu of the strip.")


def test_its_repr_holds_the_state_and_nothing_else(lab: EscapeLab) -> None:
    assert repr(lab) == "EscapeLab(tilt=0.2, start=2.0, lr=0.01, mu=0.9, step=400)"


@pytest.mark.parametrize(("start", "lr", "mu"), [(2.0, 0.01, 0.9), (2.5, 0.5, 0.5), (-1.0, 0.01, 0.5)])
def test_the_still_picture_draws(lab: EscapeLab, start: float, lr: float, mu: float) -> None:
    lab.start, lab.lr, lab.mu = start, lr, mu
    with plt.style.context("momentum.book"):
        figure = lab.still()
        figure.canvas.draw()
    assert figure.get_size_inches()[1] <= 3.3
    plt.close(figure)
