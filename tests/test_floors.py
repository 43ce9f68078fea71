"""Noise floors: exact fractions, the two-by-two system, and simulations as the judges."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve_discrete_lyapunov
from strategies import parts

from momentum.descent import descend
from momentum.landscapes import bowl
from momentum.theory import (
    autocovariances,
    mean_squares,
    memory,
    nesterov_variance,
    noise_floor,
    noise_floor_ratio,
    optimal_hyperparameters,
    quietest_hyperparameters,
    rate,
    ratio_at_equal_effective_lr,
    ratio_at_equal_lr,
    spectral_radius,
    stationary_variance,
    step_variance,
)
from momentum.updates import nesterov_step

F = Fraction
shares, momenta = parts(1, 19, 20), parts(0, 19, 20)
curvatures, variances = parts(1, 40, 8), parts(0, 40, 8)


def one_step(a, mu):
    """Return the matrix of (position, step) over one step of form A."""
    return np.array([[1 - a, mu], [-a, mu]])


# --- ratios --------------------------------------------------------------------------------------


@given(shares, momenta, curvatures)
def test_the_ratios_are_those_of_the_variances(share, mu, curvature):
    lr, a = 2 * share / curvature, 2 * share
    plain = stationary_variance(lr, 0, curvature, F(3))
    assert ratio_at_equal_lr(a, mu) == stationary_variance(lr, mu, curvature, F(3)) / plain
    slower = stationary_variance(lr * (1 - mu), mu, curvature, F(3))
    assert ratio_at_equal_effective_lr(a, mu) == slower / plain
    assert ratio_at_equal_effective_lr(a, mu) <= 1
    assert (ratio_at_equal_lr(a, mu) < 1) == (mu > 0 and a > 1 + mu)


@given(shares, momenta, curvatures)
def test_momentum_is_slower_gradient_descent_with_noise_times_the_sample_size(share, mu, curvature):
    # With lr / (1 + mu) and no momentum every direction has (1 - mu) / (1 + mu) of the variance.
    lr = share * 2 * (1 + mu) / curvature
    for variance in (stationary_variance, step_variance):
        plain = variance(lr / (1 + mu), 0, curvature, F(2))
        assert variance(lr, mu, curvature, F(2)) == plain * (1 + mu) / (1 - mu)


@given(parts(2, 40, 1))
def test_the_price_of_acceleration_is_the_sample_size_of_the_tuned_buffer(root):
    lr, mu = optimal_hyperparameters(float(root) ** 2, 1.0)
    assert memory(mu).effective_sample_size == pytest.approx(noise_floor_ratio(float(root) ** 2))
    spectrum = np.linspace(1.0, float(root) ** 2, 7)
    noise = np.array([1.0, 0.0, 2.0, 3.0, 0.5, 4.0, 9.0])
    plain = noise_floor(2 / (1 + float(root) ** 2), 0.0, spectrum, noise)
    assert noise_floor(lr, mu, spectrum, noise) / plain == pytest.approx(noise_floor_ratio(float(root) ** 2))


def test_noise_floor_sums_over_directions_only():
    lr, mu = np.array([[0.1], [0.2], [0.3]]), np.array([[0.0], [0.5], [0.9]])
    found = noise_floor(lr, mu, np.array([1.0, 4.0]), np.array([2.0, 6.0]))
    one = stationary_variance(lr, mu, 1.0, 2.0) / 2 + 2 * stationary_variance(lr, mu, 4.0, 6.0)
    np.testing.assert_allclose(found, one[:, 0], rtol=1e-14)


# --- autocovariances -----------------------------------------------------------------------------


@given(st.floats(0.02, 0.95), st.floats(0, 0.95), st.floats(0.1, 10))
def test_autocovariances_are_powers_of_the_matrix(share, mu, curvature):
    a = share * 2 * (1 + mu)
    lr = a / curvature
    matrix, push = one_step(a, mu), np.array([[lr], [lr]])
    covariance = solve_discrete_lyapunov(matrix, 3 * push @ push.T)
    position, step = autocovariances(6, lr, mu, curvature, 3.0)
    assert position.shape == step.shape == (7,)
    for k in range(7):
        later = np.linalg.matrix_power(matrix, k) @ covariance
        assert position[k] == pytest.approx(later[0, 0], rel=1e-6, abs=1e-9 * covariance[0, 0])
        assert step[k] == pytest.approx(later[1, 1], rel=1e-5, abs=1e-8 * covariance[0, 0])


@given(shares, momenta, curvatures)
def test_lag_zero_is_the_variance(share, mu, curvature):
    lr = share * 2 * (1 + mu) / curvature
    position, step = autocovariances(0, lr, mu, curvature, F(2))
    assert position.tolist() == [stationary_variance(lr, mu, curvature, F(2))]
    assert step.tolist() == [step_variance(lr, mu, curvature, F(2))]


@pytest.mark.parametrize(("lr", "mu"), [(0.1, 0.0), (0.1, 0.9), (1.2, 0.5)])
def test_all_lags_together_depend_on_the_curvature_only(lr, mu):
    position, step = autocovariances(2000, lr, mu, 2.0, 3.0)
    assert 2 * position.sum() - position[0] == pytest.approx(3.0 / 2.0**2)
    assert 2 * step.sum() - step[0] == pytest.approx(0.0, abs=1e-9)


def test_autocovariances_broadcast():
    lr, mu = np.array([0.1, 0.2]), np.array([[0.0], [0.5], [0.9]])
    position, step = autocovariances(3, lr, mu, 1.0, 1.0)
    assert position.shape == step.shape == (4, 3, 2)
    alone = autocovariances(3, 0.2, 0.5, 1.0, 1.0)
    np.testing.assert_allclose([position[:, 1, 1], step[:, 1, 1]], alone, rtol=1e-14)


# --- Nesterov ------------------------------------------------------------------------------------


@given(st.floats(0.02, 0.95), st.floats(0, 0.95), st.floats(0.1, 10))
def test_nesterov_variance_solves_its_lyapunov_equation(share, mu, curvature):
    a = share * 2 * (1 + mu) / (1 + 2 * mu)
    lr = a / curvature
    # v <- mu v - lr (curvature (w + mu v) + noise), then w <- w + v.
    matrix = np.array([[1 - a, mu * (1 - a)], [-a, mu * (1 - a)]])
    covariance = solve_discrete_lyapunov(matrix, 3 * np.full((2, 2), lr**2))
    assert nesterov_variance(lr, mu, curvature, 3.0) == pytest.approx(covariance[0, 0], rel=1e-6)


def test_nesterov_variance_by_hand_close_to_the_limit_of_one_and_a_half():
    assert nesterov_variance(1.4, 0.5, 1.0, 3.0) == pytest.approx(14.0)


def test_nesterov_variance_is_that_of_a_simulation():
    lr, mu = np.array([0.05, 0.4])[:, None, None], np.array([0.9, 0.5])[:, None, None]
    settings = {"steps": 150, "noise": 3**0.5, "rng": np.random.default_rng(0), "keep_path": False}
    path = descend(bowl(2.0), np.zeros((2, 8000, 1)), lr, mu, step=nesterov_step, **settings)
    # The rule keeps the look-ahead point w + mu v.
    point = path.w[-1] - mu * path.state
    expected = nesterov_variance(lr, mu, 2.0, 3.0).ravel()
    np.testing.assert_allclose(point.var(axis=(1, 2)), expected, rtol=0.06)


# --- at a required rate --------------------------------------------------------------------------


@given(st.floats(0.05, 0.995), st.floats(0.1, 10))
def test_the_quietest_has_the_rate_that_was_required(required, flattest):
    lr, mu = quietest_hyperparameters(required, flattest)
    # A double root: half the digits.
    assert spectral_radius(lr * flattest, mu) == pytest.approx(required, abs=1e-6)
    steepest = flattest * ((1 + required) / (1 - required)) ** 2
    assert spectral_radius(lr * steepest, mu) == pytest.approx(required, abs=1e-5)


@pytest.mark.parametrize("required", [0.83, 0.9, 0.98, 0.99, 0.999])
def test_no_other_pair_of_that_rate_is_quieter(required):
    spectrum, noise = np.array([1.0, 30.0, 100.0]), np.array([1.0, 0.3, 2.0])
    assert required > rate(100.0)
    mu = np.append(np.linspace(0, 0.99, 700), np.linspace(0.99, 0.9995, 200))[:, None, None]
    lr = np.geomspace(1e-6, 0.039, 800)[:, None]
    worst = spectral_radius(lr * spectrum, mu).max(axis=-1)
    allowed = np.nonzero(worst <= required)
    floors = noise_floor(lr[allowed[1]], mu[allowed[0], 0], spectrum, noise)
    best = noise_floor(*quietest_hyperparameters(required, 1.0), spectrum, noise)
    assert best * (1 - 1e-9) <= floors.min() < 1.2 * best


# --- over the steps ------------------------------------------------------------------------------


@given(shares, momenta, curvatures, variances)
def test_mean_squares_settle_at_the_stationary_variance(share, mu, curvature, s2):
    lr = float(share * 2 * (1 + mu) / curvature)
    arguments = lr, float(mu), float(curvature), float(s2)
    settled = mean_squares(1.0, *arguments, steps=3000)[-1]
    assert settled == pytest.approx(stationary_variance(*arguments), rel=1e-6, abs=1e-9)


def test_without_noise_they_are_the_squares_of_the_run():
    path = descend(bowl(2.0), [3.0], lambda k: 0.1 / (1 + k), 0.9, steps=20)
    found = mean_squares(3.0, lambda k: 0.1 / (1 + k), 0.9, 2.0, 0.0, 20)
    np.testing.assert_allclose(found, path.w[:, 0] ** 2, rtol=1e-10, atol=1e-14)


def test_without_noise_the_mean_square_is_the_square_of_the_run_under_any_schedule():
    rng = np.random.default_rng(0)
    lr, mu = rng.uniform(0, 0.2, 50), rng.uniform(0, 0.99, 50)
    path = descend(bowl(3.0), [-2.0], lr=lr.item, mu=mu.item, steps=50)
    found = mean_squares(-2.0, lr.item, mu.item, 3.0, 0.0, 50)
    np.testing.assert_allclose(found, path.w[:, 0] ** 2, rtol=1e-9)


def test_noise_of_the_first_step_by_hand():
    assert mean_squares(0.0, 0.5, lambda k: 0.9 + 0 * k, np.array([2.0, 4.0]), 3.0, 1)[1].tolist() == [
        0.75,
        0.75,
    ]


def test_mean_squares_are_those_of_many_runs():
    runs, rng = np.full((8000, 1), 2.0), np.random.default_rng(0)
    path = descend(bowl(2.0), runs, 0.1, 0.8, steps=40, noise=1.5, rng=rng)
    found = np.mean(path.w[..., 0] ** 2, axis=1)
    np.testing.assert_allclose(found, mean_squares(2.0, 0.1, 0.8, 2.0, 2.25, 40), rtol=0.06)


def test_mean_squares_broadcast_and_are_exact():
    found = mean_squares(1.0, 0.1, np.array([[0.0], [0.9]]), np.array([1.0, 2.0, 3.0]), 1.0, 5)
    assert found.shape == (6, 2, 3)
    assert mean_squares(1.0, np.array([0.1, 0.2]), 0.5, 1.0, 1.0, 5).shape == (6, 2)
    assert mean_squares(1.0, 0.1, 0.5, 1.0, np.array([0.0, 1.0]), 5).shape == (6, 2)
    np.testing.assert_allclose(found[:, 1, 2], mean_squares(1.0, 0.1, 0.9, 3.0, 1.0, 5), rtol=1e-14)
    exact = mean_squares(F(1), F(1, 2), F(1, 2), F(1), F(4), 2)
    # w: 1, 1/2 + n, ...; v after one step: -1/2 - n1/2 with n1 of variance 4.
    assert exact.tolist() == [1, F(1, 4) + 1, F(1) + 1]


# --- arguments -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: noise_floor(0.1, 0.0, [1.0, 0.0], 1.0), "curvatures must be finite and positive"),
        (lambda: noise_floor(2.0, 0.0, [1.0], 1.0), "lr must be below the stability limit"),
        (lambda: ratio_at_equal_lr(0.0, 0.5), "a must be finite and positive"),
        (
            lambda: ratio_at_equal_lr(2.0, 0.5),
            r"a must be in \(0, 2\), where gradient descent is stable, got 2.0$",
        ),
        (lambda: ratio_at_equal_lr(1.0, 1.0), "mu must be in"),
        (lambda: ratio_at_equal_effective_lr(np.array([0.5, 2.0]), 0.5), "a must be in"),
        (lambda: ratio_at_equal_effective_lr(-1.0, 0.5), "a must be finite and positive"),
        (lambda: ratio_at_equal_effective_lr(1.0, -0.1), "mu must be in"),
        (
            lambda: autocovariances(-1, 0.1, 0.5, 1.0, 1.0),
            "lags must be a whole number, not negative, got -1$",
        ),
        (lambda: autocovariances(1.5, 0.1, 0.5, 1.0, 1.0), "lags must be a whole number"),
        (lambda: autocovariances(1, 4.0, 0.5, 1.0, 1.0), "lr must be below the stability limit"),
        (lambda: nesterov_variance(0.0, 0.5, 1.0, 1.0), "lr must be finite and positive"),
        (lambda: nesterov_variance(0.1, 1.0, 1.0, 1.0), "mu must be in"),
        (lambda: nesterov_variance(0.1, 0.5, 0.0, 1.0), "curvature must be finite and positive"),
        (lambda: nesterov_variance(0.1, 0.5, 1.0, -1.0), "s2 must be finite and not negative"),
        (
            lambda: nesterov_variance(1.5, 0.5, 1.0, 1.0),
            r"lr must be below the stability limit 2 \(1 \+ mu\) / \(\(1 \+ 2 mu\) curvature\), got 1.5$",
        ),
        (lambda: quietest_hyperparameters(1.0, 1.0), "rate must be in"),
        (lambda: quietest_hyperparameters(0.5, 0.0), "l must be finite and positive"),
        (lambda: mean_squares(np.nan, 0.1, 0.5, 1.0, 1.0, 1), "w0 must be finite"),
        (lambda: mean_squares(1.0, -0.1, 0.5, 1.0, 1.0, 1), "lr must be finite and not negative"),
        (lambda: mean_squares(1.0, 0.1, 1.5, 1.0, 1.0, 1), "mu must be in"),
        (lambda: mean_squares(1.0, 0.1, 0.5, -1.0, 1.0, 1), "curvature must be finite and positive"),
        (lambda: mean_squares(1.0, 0.1, 0.5, 1.0, -1.0, 1), "s2 must be finite and not negative"),
        (
            lambda: mean_squares(1.0, 0.1, 0.5, 1.0, 1.0, -1),
            "steps must be a whole number, not negative, got -1$",
        ),
        (lambda: mean_squares(1.0, 0.1, 0.5, 1.0, 1.0, 1.0), "steps must be a whole number"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


def test_zero_lags_and_zero_steps_are_taken():
    assert len(autocovariances(0, 0.1, 0.5, 1.0, 1.0)[1]) == 1
    assert mean_squares(2.0, 0.1, 0.5, 1.0, 1.0, 0).tolist() == [4.0]
