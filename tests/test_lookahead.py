"""Nesterov's method on quadratics: closed forms against eigenvalues, dense grids and runs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from momentum.descent import descend
from momentum.landscapes import bowl
from momentum.theory import (
    nesterov_limit,
    nesterov_optimal,
    nesterov_radius,
    nesterov_rate,
    nesterov_standard,
    nesterov_standard_rate,
    spectral_radius,
)
from momentum.updates import nesterov_step

F = Fraction
NAN, INF = float("nan"), float("inf")
steps_a = st.floats(-1.0, 3.0)
coefficients = st.floats(0.0, 0.999)


def roots(a, mu):
    """Return the eigenvalues of one step of Nesterov's method on a parabola, in (x_t, x_(t-1))."""
    return np.linalg.eigvals(np.array([[(1 + mu) * (1 - a), -mu * (1 - a)], [1.0, 0.0]]))


# --- stability -----------------------------------------------------------------------------------


@given(steps_a, coefficients)
def test_the_radius_is_that_of_the_matrix(a, mu):
    assert nesterov_radius(a, mu) == pytest.approx(np.abs(roots(a, mu)).max(), abs=1e-7)


@given(st.floats(0.0, 1.0), coefficients)
def test_it_is_heavy_ball_with_less_momentum_in_each_direction(a, mu):
    # At a double root a rounding error of the coefficients costs half the digits.
    assert nesterov_radius(a, mu) == pytest.approx(spectral_radius(a, mu * (1 - a)), abs=1e-7)


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.99))
def test_where_the_roots_are_complex_it_is_the_root_of_their_product(share, mu):
    low = ((1 - mu) / (1 + mu)) ** 2
    a = low + share * (1 - low)
    assert nesterov_radius(a, mu) == np.sqrt(mu * (1 - a))
    assert nesterov_radius(low * 0.99, mu) > np.sqrt(mu * (1 - low * 0.99))


def test_values_by_hand():
    assert nesterov_radius(0.0, 0.5) == 1.0
    assert nesterov_radius(1.0, 0.5) == 0.0
    assert nesterov_radius(1.5, 0.5) == 1.0
    assert nesterov_radius(0.75, 0.25) == 0.25
    assert nesterov_radius(1.5, 0.0) == 0.5
    assert nesterov_radius(np.array([0.5, 1.5]), 0.0).tolist() == [0.5, 0.5]


@given(steps_a, coefficients)
def test_stable_means_a_radius_below_one(a, mu):
    assume(min(abs(a), abs(a - nesterov_limit(mu))) > 1e-6)
    assert (0 < a < nesterov_limit(mu)) == (nesterov_radius(a, mu) < 1)


@given(st.integers(0, 49).map(lambda n: F(n, 50)))
def test_at_the_limit_minus_one_is_a_root_exactly(mu):
    a = nesterov_limit(mu)
    assert 1 + (1 + mu) * (1 - a) + mu * (1 - a) == 0
    assert a <= 2


def test_the_limit_falls_from_two_towards_four_thirds():
    limits = nesterov_limit(np.array([0.0, 0.5, 0.9, 0.99]))
    assert limits.round(3).tolist() == [2.0, 1.5, 1.357, 1.336]
    assert nesterov_limit(1 - 1e-12) == pytest.approx(4 / 3, abs=1e-11)


def test_it_is_stable_exactly_where_a_run_converges():
    rng = np.random.default_rng(0)
    a, mu = rng.uniform(0.03, 2.3, 600), rng.uniform(0, 0.98, 600)
    away = np.abs(a - nesterov_limit(mu)) > 0.03
    a, mu = a[away, None], mu[away, None]
    path = descend(bowl(), np.ones(a.shape), a, mu, steps=4000, step=nesterov_step, keep_path=False)
    end = np.abs(path.w[-1])
    assert np.array_equal(a < nesterov_limit(mu), end < 1e-6)
    assert np.array_equal(a > nesterov_limit(mu), ~(end < 1e6))


# --- tuning --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kappa", [1.0, 4.0, 10.0, 100.0, 1000.0])
@pytest.mark.parametrize("smallest", [1.0, 0.3])
def test_the_rates_are_the_largest_radius_over_all_curvatures(kappa, smallest):
    curvatures = np.linspace(smallest, kappa * smallest, 4001)
    for parameters, expected in (
        (nesterov_optimal, nesterov_rate),
        (nesterov_standard, nesterov_standard_rate),
    ):
        lr, mu = parameters(kappa * smallest, smallest)
        found = nesterov_radius(lr * curvatures, mu).max()
        assert found == pytest.approx(expected(kappa), abs=1e-7)


@pytest.mark.parametrize("kappa", [10.0, 100.0])
def test_no_pair_on_a_dense_grid_beats_the_optimum(kappa):
    lrs = np.linspace(0, 2 / kappa, 401)[1:, None, None]
    mus = np.linspace(0, 0.999, 400)[None, :, None]
    worst = nesterov_radius(lrs * np.array([1.0, kappa]), mus).max(axis=-1)
    i, j = np.unravel_index(worst.argmin(), worst.shape)
    lr, mu = nesterov_optimal(kappa, 1.0)
    assert worst.min() > nesterov_rate(kappa) - 1e-9
    assert worst.min() == pytest.approx(nesterov_rate(kappa), abs=0.01)
    assert lrs[i, 0, 0] == pytest.approx(lr, rel=0.05)
    assert mus[0, j, 0] == pytest.approx(mu, abs=0.05)


def test_the_tables_of_rates():
    kappa = np.array([10.0, 100.0, 1000.0])
    assert nesterov_rate(kappa).round(6).tolist() == [0.640789, 0.884722, 0.963491]
    assert nesterov_standard_rate(kappa).round(6).tolist() == [0.683772, 0.9, 0.968377]


def test_parameters_by_hand():
    assert nesterov_optimal(5.0, 1.0) == pytest.approx((1 / 4, 1 / 3), rel=1e-14)
    assert nesterov_optimal(10.0, 2.0) == pytest.approx((1 / 8, 1 / 3), rel=1e-14)
    assert nesterov_standard(4.0, 1.0) == pytest.approx((1 / 4, 1 / 3), rel=1e-14)
    assert nesterov_standard(8.0, 2.0) == pytest.approx((1 / 8, 1 / 3), rel=1e-14)
    assert nesterov_optimal(3.0, 3.0) == nesterov_standard(3.0, 3.0) == (1 / 3, 0.0)
    assert nesterov_rate(1.0) == nesterov_standard_rate(1.0) == 0.0


# --- arguments -----------------------------------------------------------------------------------


@pytest.mark.parametrize("mu", [1.0, -0.1, NAN, "0.9", np.array([0.5, 1.0])], ids=str)
@pytest.mark.parametrize("call", [nesterov_limit, lambda mu: nesterov_radius(0.5, mu)])
def test_mu_lies_in_the_half_open_unit_interval(call, mu):
    with pytest.raises(ValueError, match="must be in") as caught:
        call(mu)
    assert str(caught.value) == f"mu must be in [0, 1), got {mu!r}"


@pytest.mark.parametrize("a", [NAN, INF, "1"])
def test_a_is_finite(a):
    with pytest.raises(ValueError, match="must be") as caught:
        nesterov_radius(a, 0.5)
    assert str(caught.value) == f"a must be finite, got {a!r}"


@pytest.mark.parametrize("call", [nesterov_optimal, nesterov_standard])
@pytest.mark.parametrize(
    ("curvatures", "message"),
    [
        ((0.0, 1.0), "L must be finite and positive, got 0.0"),
        ((1.0, -1.0), "l must be finite and positive, got -1.0"),
        ((1.0, 2.0), "l must be at most L = 1.0, got 2.0"),
    ],
)
def test_curvatures_are_positive_and_in_order(call, curvatures, message):
    with pytest.raises(ValueError, match="must be") as caught:
        call(*curvatures)
    assert str(caught.value) == message


@pytest.mark.parametrize("call", [nesterov_rate, nesterov_standard_rate])
def test_a_condition_number_is_at_least_one(call):
    with pytest.raises(ValueError, match="must be") as caught:
        call(0.5)
    assert str(caught.value) == "condition_number must be at least 1, got 0.5"


def test_both_rates_take_arrays():
    assert nesterov_rate(np.array([1, 5])).round(6).tolist() == [0.0, 0.5]
    assert nesterov_standard_rate(np.array([1, 4])).tolist() == [0.0, 0.5]
