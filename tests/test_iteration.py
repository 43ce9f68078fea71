"""The matrix of a step against runs, its powers against products, and the bounds against searches."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import exact, run

from momentum.descent import descend
from momentum.theory import (
    best_lr,
    best_rate,
    chebyshev_coefficients,
    gradient_descent_rate,
    iteration_matrix,
    iteration_power,
    lower_bound,
    optimal_hyperparameters,
    rate,
    spectral_radius,
)
from momentum.updates import velocity_step

F = Fraction
fractions = st.fractions(0, 4, max_denominator=20)
shares = st.fractions(0, F(19, 20), max_denominator=20)
BAD_MU = [-0.1, 1.0, float("nan")]


# --- the matrix and its powers -----------------------------------------------------------------------


@given(fractions, shares, fractions, fractions, st.integers(0, 8))
def test_the_power_is_that_many_steps_exactly(a, mu, w, v, k):
    ws, vs = run(velocity_step, exact(w), exact(v), lambda w: w, [a] * k, [mu] * k)
    power = iteration_power(np.array(a), np.array(mu), k)
    assert (power @ exact(w, v)).tolist() == [ws[-1][0], vs[-1][0]]


@given(fractions, shares)
def test_trace_and_determinant(a, mu):
    (p, q), (r, s) = iteration_matrix(a, mu)
    assert p + s == 1 + mu - a
    assert p * s - q * r == mu


def test_the_matrix_by_hand():
    assert iteration_matrix(0.5, 0.25).tolist() == [[0.5, 0.25], [-0.5, 0.25]]


def test_powers_by_hand():
    assert iteration_power(0.3, 0.9, 0).tolist() == [[1, 0], [0, 1]]
    assert iteration_power(0.5, 0.25, 1).tolist() == [[0.5, 0.25], [-0.5, 0.25]]
    assert iteration_power(1.0, 0.0, 3).tolist() == [[0, 0], [0, 0]]


def test_batches_broadcast():
    a, mu = np.array([[0.1], [1.0], [3.9]]), np.array([0.0, 0.25, 0.9, 0.99])
    matrix = iteration_matrix(a, mu)
    assert matrix.shape == (3, 4, 2, 2)
    assert iteration_power(a, mu, 7).shape == (3, 4, 2, 2)
    np.testing.assert_allclose(iteration_power(a, mu, 7), np.linalg.matrix_power(matrix, 7), atol=1e-10)
    radius = np.abs(np.linalg.eigvals(matrix)).max(axis=-1)
    np.testing.assert_allclose(radius, spectral_radius(a, mu), atol=1e-7)


@pytest.mark.parametrize("k", [-1, 1.5, True, "2"])
def test_refuses_a_power_that_counts_no_steps(k):
    with pytest.raises(ValueError, match=f"^k must be a whole number, not negative, got {k!r}$"):
        iteration_power(0.5, 0.5, k)


def test_numpy_counts_are_counts():
    assert iteration_power(0.5, 0.25, np.int64(1)).tolist() == [[0.5, 0.25], [-0.5, 0.25]]


@pytest.mark.parametrize("function", [iteration_matrix, lambda a, mu: iteration_power(a, mu, 2)])
def test_the_matrix_refuses_what_no_run_has(function):
    with pytest.raises(ValueError, match=r"^a must be finite"):
        function(float("inf"), 0.5)
    for mu in BAD_MU:
        with pytest.raises(ValueError, match=r"^mu must be in \[0, 1\)"):
            function(0.5, mu)


# --- the best learning rate at a given mu ------------------------------------------------------------


@given(st.floats(0, 0.99), st.floats(1.1, 1e4), st.floats(0.01, 100), st.floats(0.001, 1.2))
def test_no_other_learning_rate_is_better(mu, kappa, low, factor):
    lr = best_lr(mu, kappa * low, low)
    ends = np.array([low, kappa * low])
    best = spectral_radius(lr * ends, mu).max()
    assert best_rate(mu, kappa) == pytest.approx(best, abs=1e-7)
    assert spectral_radius(factor * lr * ends, mu).max() >= best - 1e-7


@given(st.floats(1.1, 1e5), st.floats(0.001, 0.999))
def test_the_best_rate_falls_to_the_tuned_one_and_rises_again(kappa, share):
    _, tuned = optimal_hyperparameters(kappa, 1.0)
    assert best_rate(tuned, kappa) == pytest.approx(rate(kappa), abs=1e-6)
    assert best_rate(share * tuned, kappa) > rate(kappa)
    above = tuned + share * (1 - tuned)
    assert best_rate(above, kappa) == pytest.approx(np.sqrt(above), abs=1e-9)


def test_best_rates_by_hand():
    assert best_rate(0.0, 3.0) == pytest.approx(0.5, abs=1e-15)
    assert best_rate(0.81, 3.0) == pytest.approx(0.9, abs=1e-15)
    assert best_rate(0.0, np.array([10.0, 100.0])) == pytest.approx(
        gradient_descent_rate(np.array([10.0, 100.0]))
    )
    assert best_lr(0.5, 2.0, 1.0) == 1.0
    assert best_lr(0.0, 3.0, 1.0) == 0.5


def test_too_much_momentum_is_slower_than_none():
    border = gradient_descent_rate(100.0) ** 2
    assert best_rate(border * 1.001, 100.0) > gradient_descent_rate(100.0) > best_rate(border * 0.999, 100.0)


def test_the_best_learning_rate_refuses_bad_arguments():
    with pytest.raises(ValueError, match=r"^mu must be in \[0, 1\), got 1$"):
        best_lr(1, 2.0, 1.0)
    with pytest.raises(ValueError, match=r"^L must be finite and positive, got 0$"):
        best_lr(0.5, 0, 1.0)
    with pytest.raises(ValueError, match=r"^l must be at most L = 1.0, got 2.0$"):
        best_lr(0.5, 1.0, 2.0)
    with pytest.raises(ValueError, match=r"^condition_number must be at least 1, got 0.5$"):
        best_rate(0.5, 0.5)


# --- Chebyshev and the lower bound -------------------------------------------------------------------


@pytest.mark.parametrize(("large", "low"), [(100.0, 1.0), (3.0, 0.2), (1.5, 1.4)])
def test_the_semi_iteration_meets_the_lower_bound_at_every_step(large, low):
    lr, mu = chebyshev_coefficients(large, low, 25)
    # The extremes of the polynomial of every degree lie on a fine grid, or nearly so.
    curvature = (large + low) / 2 - (large - low) / 2 * np.cos(np.linspace(0, np.pi, 4001))
    w = descend(lambda w: curvature * w, np.ones(4001), lambda k: lr[k], lambda k: mu[k], 25).w
    error, bound = np.abs(w).max(axis=1), lower_bound(large / low, np.arange(26))
    np.testing.assert_allclose(error[:12], bound[:12], rtol=1e-4, atol=1e-13)


def test_the_error_is_the_polynomial_exactly():
    lr, mu = chebyshev_coefficients(9.0, 1.0, 6)
    curvature = np.linspace(1, 9, 17)
    w = descend(lambda w: curvature * w, np.ones(17), lambda k: lr[k], lambda k: mu[k], 6).w
    for k in range(7):
        chebyshev = np.polynomial.Chebyshev.basis(k)
        np.testing.assert_allclose(w[k], chebyshev((10 - 2 * curvature) / 8) / chebyshev(10 / 8), atol=1e-13)


def test_its_coefficients_tend_to_tuned_momentum():
    lr, mu = chebyshev_coefficients(25.0, 1.0, 80)
    assert (lr[-1], mu[-1]) == pytest.approx(optimal_hyperparameters(25.0, 1.0), rel=1e-12)
    assert lr[0] == pytest.approx(2 / 26)
    assert mu[0] == 0.0
    assert lr.shape == mu.shape == (80,)
    assert chebyshev_coefficients(25.0, 1.0, 0)[0].shape == (0,)


@pytest.mark.parametrize(("kappa", "k"), [(4.0, 1), (9.0, 3), (100.0, 6)])
def test_no_polynomial_beats_the_bound(kappa, k):
    curvature = ((kappa + 1) - (kappa - 1) * np.cos(np.pi * np.arange(k + 1) / k)) / 2
    distance = np.abs(curvature[:, None] - curvature) + np.eye(k + 1)
    weight = np.sqrt(1 / distance.prod(axis=1) / curvature)
    columns = weight[:, None] * (curvature[:, None] / kappa) ** np.arange(1, k + 1)
    left = weight - columns @ np.linalg.lstsq(columns, weight, rcond=None)[0]
    share = np.linalg.norm(left) / np.linalg.norm(weight)
    assert share == pytest.approx(lower_bound(kappa, k), rel=1e-9)


def test_lower_bounds_by_hand():
    assert lower_bound(9.0, 0) == 1.0
    assert lower_bound(9.0, 1) == pytest.approx(0.8, abs=1e-15)
    assert lower_bound(1.0, 1) == 0.0
    many = lower_bound(100.0, np.array([1, 2]))
    assert many == pytest.approx(1 / np.polynomial.chebyshev.chebval(101 / 99, [[0, 0], [1, 0], [0, 1]]))


def test_chebyshev_refuses_bad_arguments():
    with pytest.raises(ValueError, match=r"^l must be below L = 2.0, got 2.0$"):
        chebyshev_coefficients(2.0, 2.0, 3)
    with pytest.raises(ValueError, match=r"^l must be at most L = 1.0, got 2.0$"):
        chebyshev_coefficients(1.0, 2.0, 3)
    with pytest.raises(ValueError, match=r"^steps must be a whole number, not negative, got -1$"):
        chebyshev_coefficients(2.0, 1.0, -1)


def test_the_lower_bound_refuses_bad_arguments():
    with pytest.raises(ValueError, match=r"^condition_number must be at least 1, got 0.5$"):
        lower_bound(0.5, 2)
    with pytest.raises(ValueError, match=r"^k must be finite and not negative, got -1$"):
        lower_bound(4.0, -1)
