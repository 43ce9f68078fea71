"""Which valley a run ends in: closed forms against runs, exact values and other ways to compute them."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.integrate import quad

from momentum import descend, double_well, himmelblau, slope
from momentum.theory import (
    barrier,
    basins,
    climb,
    loop_areas,
    orbits_above,
    outcomes,
    saddle_growth,
    thresholds,
)
from momentum.theory.orbits import _turning_points


@given(st.floats(0, 0.384))
@example(0.384)
def test_the_barrier_is_a_maximum(tilt: float) -> None:
    top = barrier(tilt)
    assert double_well(tilt).gradient([top])[0] == pytest.approx(0, abs=1e-9)
    assert double_well(tilt).hessian([top])[0, 0] < 0


@pytest.mark.parametrize("tilt", [-0.01, 2 / 27**0.5, 0.385, 1.0])
@pytest.mark.parametrize("function", [barrier, loop_areas, lambda tilt: orbits_above(tilt, 2.0)])
def test_without_two_valleys_there_is_no_barrier(function, tilt: float) -> None:
    with pytest.raises(ValueError, match="must be") as caught:
        function(tilt)
    expected = "tilt must be at least 0 and below 2 / sqrt(27), where both valleys exist, got"
    assert str(caught.value) == f"{expected} {tilt}"


@pytest.mark.parametrize(
    ("start", "lr", "mu", "found"),
    [
        (2.0, 0.01, 0.8, "local"),
        (2.0, 0.01, 0.9, "global"),
        (2.0, 0.01, 0.972, "local"),
        (0.22, 0.01, 0.0, "local"),
        (0.2, 0.01, 0.0, "global"),
        (2.5, 0.5, 0.5, "diverged"),
        (2.5, 1e-5, 0.0, "unsettled"),
    ],
)
def test_outcomes(start: float, lr: float, mu: float, found: str) -> None:
    assert outcomes(0.2, start, lr, mu) == [found]


def test_outcomes_broadcast_over_starts_rates_and_coefficients() -> None:
    starts, lrs, mus = [2.0, -1.0, 2.0], [0.01, 0.01, 0.3], [0.8, 0.8, 0.0]
    assert outcomes(0.2, np.array(starts), np.array(lrs), np.array(mus)) == ["local", "global", "global"]
    assert outcomes(0.2, 2.0, np.array([0.28, 0.29]), 0.0) == ["local", "global"]


def test_a_ball_too_fast_for_its_energy_to_be_a_number_is_not_caught() -> None:
    assert outcomes(0.2, 1e100, 0.001, 0.5, steps=1) == ["unsettled"]


def test_a_ball_counts_as_caught_by_its_energy_only() -> None:
    # After 7 updates the ball stands low in the local valley but is fast enough to leave it.
    assert outcomes(0.2, 2.0, 0.01, 0.99, steps=7) == ["unsettled"]
    there = descend(double_well(0.2), [2.0], 0.01, 0.99, steps=7)
    assert barrier(0.2) < there.w[-1, 0] < 1.2
    # The kinetic energy of the optimizer is mu / (2 lr) v^2.
    path = descend(double_well(0.2), [2.0], 0.01, 0.8, steps=200)
    v = np.diff(path.w[:, 0], prepend=2.0)
    top = double_well(0.2).value([barrier(0.2)])
    first = int(np.argmax(path.loss + 0.8 / 0.02 * v**2 < top))
    assert outcomes(0.2, 2.0, 0.01, 0.8, steps=first - 1) == ["unsettled"]
    assert outcomes(0.2, 2.0, 0.01, 0.8, steps=first) == ["local"]


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=5, unique=True))
def test_thresholds_are_where_a_step_function_jumps(jumps: list[float]) -> None:
    jumps = sorted(jumps)
    grid = np.linspace(0, 1, 101)
    inside = np.searchsorted(jumps, grid, side="right")
    expected = [j for j in jumps if np.sum((np.array(jumps) // 0.01) == j // 0.01) == 1]
    found = thresholds(lambda x: [str(n) for n in np.searchsorted(jumps, x, side="right")], grid, 30)
    assert len(found) == np.count_nonzero(np.diff(inside))
    assert all(np.min(np.abs(found - j)) < 1e-9 for j in expected if len(expected) == len(jumps))


def test_a_threshold_lies_just_past_its_change() -> None:
    asked = []

    def outcome(x):
        asked.append(np.size(x))
        return np.where(x < 1 / 3, "a", np.where(x < 2 / 3, "b", "c"))

    found = thresholds(outcome, [0.0, 0.5, 1.0], halvings=20)
    assert asked == [3, *[2] * 20]
    assert np.all(outcome(found) == ["b", "c"])
    assert np.all(outcome(found - 0.5 / 2**20) == ["a", "b"])
    # Twelve halvings unless told, the outcomes on the grid only if they are not known, the first `most`.
    asked.clear()
    assert thresholds(outcome, [0.0, 0.5, 1.0], known=["a", "b", "c"], most=1).shape == (1,)
    assert asked == [1] * 12
    asked.clear()
    assert thresholds(outcome, [0.0, 0.1]).shape == (0,)
    assert asked == [2]


def test_known_outcomes_must_fit_the_grid() -> None:
    with pytest.raises(ValueError, match=r"known must be of the shape of the grid, \(2,\), got \['a'\]"):
        thresholds(lambda x: ["a"] * len(x), [0.0, 1.0], known=["a"])


def test_the_thresholds_of_the_double_well() -> None:
    grid = 1 - 10 ** (-np.arange(401) / 200)
    found = thresholds(lambda mu: outcomes(0.2, 2.0, 0.01, mu, 2000), grid)
    assert found[:4] == pytest.approx([0.8738, 0.9689, 0.9760, 0.9859], abs=1e-4)
    rates = thresholds(lambda lr: outcomes(0.2, 2.0, lr, 0.0, 500), [0.2, 0.4], 30)
    assert rates == pytest.approx([(2 - barrier(0.2)) / 6.2], abs=1e-8)


def test_basins_without_friction_of_any_kind() -> None:
    """Slow gradient descent in one variable ends in the valley that it starts in."""
    starts = np.linspace(-2, 2, 41)[:, None]
    found = basins(double_well(0.2), starts, 0.05, 0.0, 2000)
    np.testing.assert_array_equal(found, np.where(starts[:, 0] < barrier(0.2), 0, 1))


def test_basins_number_the_minima_in_their_order() -> None:
    landscape = himmelblau()
    minima = np.array([point.w for point in landscape.critical_points if point.kind == "minimum"])
    np.testing.assert_array_equal(basins(landscape, minima + 0.05, 0.001, 0.9, 1), [0, 1, 2, 3])
    assert basins(landscape, minima.reshape(2, 2, 2), 0.001, 0.9, 0).tolist() == [[0, 1], [2, 3]]
    # Euclidean distance, and `reach` decides.
    aside = minima[:1] + np.array([0.08, 0.08])
    assert basins(landscape, aside, 0.0, 0.0, 0).tolist() == [-1]
    assert basins(landscape, aside, 0.0, 0.0, 0, reach=0.12).tolist() == [0]
    # One that is far off changes nothing for the others, and its distance may be too large for a float.
    assert basins(landscape, [minima[2], [1e200, 0.0]], 0.0, 0.0, 0).tolist() == [2, -1]
    assert basins(double_well(0.0), [[50.0]], 1.0, 0.9, 50).tolist() == [-1]


def test_basins_refuse_a_reach_of_nothing() -> None:
    with pytest.raises(ValueError, match="reach must be finite and positive"):
        basins(double_well(), [[1.0]], 0.1, 0.9, 10, reach=0.0)


@given(st.floats(0.5, 0.99), st.floats(0.01, 3), st.floats(0.01, 2), st.floats(1e-3, 0.3))
def test_climb_is_the_highest_point_of_a_run(mu: float, v: float, g: float, lr: float) -> None:
    up = descend(slope(g), [0.0], lr, mu, steps=1500, state0=np.array([v]))
    assert climb(lr, mu, g, v) == pytest.approx(up.loss.max(), rel=1e-9, abs=1e-12)
    # The energy bound, and on a wall that leaves the drag no time it is met.
    assert climb(lr, mu, g, v) <= mu / (2 * lr) * v**2 * (1 + 1e-9)


def test_climb_works_on_arrays() -> None:
    heights = climb(0.01, np.array([0.9, 0.99]), 1.0, np.array([[0.5], [0.1]]))
    assert heights.shape == (2, 2)
    assert heights[0, 0] == pytest.approx(2.7994, abs=1e-4)
    assert climb(0.01, 0.999, 1.0, 0.1) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0.0, 0.9, 1.0, 1.0), "lr"),
        ((0.1, 0.0, 1.0, 1.0), "mu"),
        ((0.1, 1.0, 1.0, 1.0), "mu"),
        ((0.1, 0.9, 0.0, 1.0), "gradient"),
        ((0.1, 0.9, 1.0, -1.0), "v"),
    ],
)
def test_climb_refuses(arguments, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be"):
        climb(*arguments)


def orbit(tilt: float, level: float, low: float, high: float) -> float:
    """Return the area of an orbit by another quadrature."""

    def speed(w):
        return max(2 * (level - (w * w - 1) ** 2 / 4 - tilt * w), 0) ** 0.5

    return 2 * quad(speed, low, high, limit=400)[0]


@pytest.mark.parametrize("tilt", [0.0, 0.1, 0.2, 0.35])
def test_loop_areas_against_another_quadrature(tilt: float) -> None:
    top = barrier(tilt)
    level = float(double_well(tilt).value([top]))
    roots = np.sort(np.roots([0.25, 0, -0.5, tilt, 0.25 - level]).real)
    expected = orbit(tilt, level, roots[0], top), orbit(tilt, level, top, roots[-1])
    assert loop_areas(tilt) == pytest.approx(expected, abs=1e-6)


def test_loop_areas_by_hand() -> None:
    # Without tilt the speed on the loop is |w| sqrt(1 - w^2 / 2).
    assert loop_areas(0.0) == pytest.approx((4 / 3, 4 / 3), abs=1e-8)


@pytest.mark.parametrize(("tilt", "start"), [(0.0, 2.0), (0.2, 2.0), (0.2, -1.8)])
def test_orbits_above_against_another_quadrature(tilt: float, start: float) -> None:
    hill = double_well(tilt)
    low, high = float(hill.value([barrier(tilt)])), float(hill.value([start]))

    def share(level):
        roots = np.roots([0.25, 0, -0.5, tilt, 0.25 - level])
        real = np.sort(roots[np.abs(roots.imag) < 1e-7].real)
        return 1 / orbit(tilt, level, real[0], real[-1])

    assert orbits_above(tilt, start) == pytest.approx(quad(share, low, high)[0], rel=1e-4)


@pytest.mark.parametrize(("level", "points"), [(-0.2, 2), (0.0, 2), (0.2, 4), (0.28, 2), (5.0, 2)])
def test_the_turning_points_are_all_the_points_of_a_height(level: float, points: int) -> None:
    found = _turning_points(0.2, level)
    assert len(found) == points
    assert np.all(np.diff(found) > 0)
    assert double_well(0.2).value(found[:, None]) == pytest.approx(np.full(points, level), abs=1e-12)


def test_orbits_above_refuses_a_start_below_the_barrier() -> None:
    with pytest.raises(ValueError, match="start must be higher than the barrier"):
        orbits_above(0.2, barrier(0.2))
    with pytest.raises(ValueError, match=r"start must be higher than the barrier, 0\.\d+, got 0\.3"):
        orbits_above(0.2, 0.3)


def test_the_fate_of_a_fast_ball_is_foretold() -> None:
    """Two changes a round, and the shares of the valleys in 1 / (1 - mu) are those of their loops."""
    grid = 1 - 1 / np.linspace(500, 1000, 501)
    places = 1 / (1 - thresholds(lambda mu: outcomes(0.2, 2.0, 0.01, mu), grid, 4))
    periods = places[2:] - places[:-2]
    expected = 1 / (orbits_above(0.2, 2.0) * 0.01**0.5)
    assert periods == pytest.approx(expected, rel=0.02)
    area_global, area_local = loop_areas(0.2)
    bands = np.diff(places)[-2:]
    share = bands.min() / bands.sum()
    assert share == pytest.approx(area_local / (area_local + area_global), rel=0.02)


@given(st.floats(1e-4, 1), st.floats(0.01, 0.98), st.floats(0.001, 0.01))
def test_at_equal_effective_rate_more_momentum_leaves_a_saddle_more_slowly(effective, mu, more) -> None:
    slower = saddle_growth(effective * (1 - mu - more), mu + more)
    assert 1 < slower < saddle_growth(effective * (1 - mu), mu) < 1 + effective
