"""Closed forms against eigenvalues, equations solved numerically, dense grids and simulations."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.linalg import solve_discrete_lyapunov
from strategies import exact, parts, run

from momentum.descent import descend
from momentum.landscapes import bowl, double_well, lessard, saddle, slope
from momentum.theory import (
    condition_number_for,
    energy_bound,
    gap_after_lr_change,
    gradient_descent_rate,
    is_stable,
    memory,
    noise_floor_ratio,
    optimal_hyperparameters,
    rate,
    regime,
    saddle_growth,
    spectral_radius,
    stationary_variance,
    step_variance,
    steps_to_terminal,
)
from momentum.updates import accumulator_step, heavy_ball_step, velocity_step

F = Fraction
GRID = np.array([0.0, 0.1, 0.5, 0.9, 0.95, 0.99])
steps_a = st.floats(-1.0, 5.0)
coefficients = st.floats(0.0, 0.999)


def roots(a, mu):
    """Return the eigenvalues of one step of heavy ball on a parabola."""
    return np.linalg.eigvals(np.array([[1 + mu - a, -mu], [1.0, 0.0]]))


def parabola(a):
    """Return the gradient of a parabola with curvature 1 or, where a < 0, -1."""
    return lambda w: np.sign(a) * w


# --- stability -----------------------------------------------------------------------------------


@given(steps_a, coefficients)
def test_spectral_radius_is_that_of_the_matrix(a, mu):
    # At a double root the eigenvalues of a matrix lose half their digits.
    assert spectral_radius(a, mu) == pytest.approx(np.abs(roots(a, mu)).max(), abs=1e-7)


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_in_the_complex_regime_it_is_the_root_of_mu_exactly(share, mu):
    low, high = (1 - np.sqrt(mu)) ** 2, (1 + np.sqrt(mu)) ** 2
    assert spectral_radius(low + share * (high - low), mu) == np.sqrt(mu)
    assert spectral_radius(low * 0.99, mu) > np.sqrt(mu)
    assert spectral_radius(high * 1.01, mu) > np.sqrt(mu)


def test_it_is_stable_exactly_where_a_run_converges():
    rng = np.random.default_rng(0)
    a, mu = rng.uniform(-0.5, 4.5, 800), rng.uniform(0, 0.99, 800)
    away = (np.abs(a) > 0.03) & (np.abs(a - 2 * (1 + mu)) > 0.03)
    a, mu = a[away, None], mu[away, None]
    path = descend(parabola(a), np.ones(a.shape), np.abs(a), mu, steps=4000, keep_path=False)
    end = np.abs(path.w[-1])
    assert np.array_equal(is_stable(a, mu), end < 1e-6)
    assert np.array_equal(~is_stable(a, mu), ~(end < 1e6))


@given(steps_a, coefficients)
def test_stable_means_a_spectral_radius_below_one(a, mu):
    assume(min(abs(a), abs(a - 2 * (1 + mu))) > 1e-6)
    assert is_stable(a, mu) == (spectral_radius(a, mu) < 1)


def test_the_border_itself_is_not_stable():
    assert not is_stable(0.0, 0.5)
    assert not is_stable(3.0, 0.5)
    assert is_stable(F(3) - F(1, 10**30), F(1, 2))
    assert not is_stable(F(3), F(1, 2))
    assert spectral_radius(3.0, 0.5) == spectral_radius(0.0, 0.5) == 1.0


@given(steps_a, coefficients)
def test_regime_says_what_the_roots_do(a, mu):
    edges = [0, (1 - np.sqrt(mu)) ** 2, (1 + np.sqrt(mu)) ** 2, 2 * (1 + mu)]
    assume(min(abs(a - edge) for edge in edges) > 1e-4)
    found = roots(a, mu)
    if np.abs(found).max() > 1:
        expected = "divergent"
    elif np.abs(found.imag).max() > 0:
        expected = "oscillating"
    else:
        leading = found[np.abs(found).argmax()].real
        expected = "monotone" if leading > 0 else "alternating"
    assert regime(a, mu) == expected


def test_regime_at_its_borders():
    borders = [0.0, 0.25, 2.25, 2.5, -0.1, 2.6]
    words = ["marginal", "monotone", "alternating", "marginal", "divergent", "divergent"]
    assert regime(np.array(borders), 0.25).tolist() == words
    assert [str(regime(a, 0.0)) for a in (0.5, 1.0, 1.5, 2.0)] == [
        "monotone", "monotone", "alternating", "marginal",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("a", "word"), [(0.002, "monotone"), (0.05, "oscillating"), (3.7, "oscillating"), (3.799, "alternating")]
)
def test_regime_says_how_a_run_moves(a, word):
    w = descend(bowl(), np.ones(1), a, 0.9, steps=60).w[:, 0]
    changes = np.count_nonzero(np.diff(np.sign(w)))
    assert regime(a, 0.9) == word
    assert {"monotone": changes == 0, "oscillating": 0 < changes < 60, "alternating": changes == 60}[word]


def test_saddle_growth_is_an_eigenvalue():
    for a in (0.0, 0.001, 0.01, 0.3, 2.0):
        for mu in GRID:
            grown = saddle_growth(a, mu)
            assert grown == pytest.approx(roots(-a, mu).real.max(), abs=1e-7)
            assert grown == pytest.approx(spectral_radius(-a, mu), rel=1e-14)
            assert grown**2 - (1 + mu + a) * grown + mu == pytest.approx(0, abs=1e-14)


def test_steps_down_from_a_saddle():
    lr, mu = 0.01, np.array([[0.0], [0.5], [0.9], [0.99]])
    w0 = np.broadcast_to([0.0, 1e-6], (4, 2))
    path = descend(saddle(), w0, lr, mu, steps=1500)
    arrived = (np.abs(path.w[:, :, 1]) >= 1).argmax(axis=0)
    assert arrived.tolist() == [1389, 712, 226, 152]
    growth = path.w[400:, :, 1] / path.w[399:-1, :, 1]
    np.testing.assert_allclose(growth[-1], saddle_growth(lr, mu[:, 0]), rtol=1e-10)
    prediction = np.log(1e6) / np.log(saddle_growth(np.array(0.001), mu[:, 0]))
    assert prediction.round().tolist() == [13822, 6928, 1502, 510]


def test_energy_bound():
    assert energy_bound(F(9, 10), F(4)) == F(1, 20)
    assert energy_bound(0.9, 4.0) == pytest.approx(0.05, rel=1e-14)
    assert energy_bound(np.array([0.0, 0.5]), 2.0).tolist() == [1.0, 0.5]


# --- tuning --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("largest", "smallest"), [(10.0, 1.0), (100.0, 1.0), (12.0, 3.0)])
def test_no_pair_on_a_dense_grid_beats_the_optimum(largest, smallest):
    lr, mu = optimal_hyperparameters(largest, smallest)
    best = rate(largest / smallest)
    curvatures = np.linspace(smallest, largest, 50)
    # Just inside, as at a double root one rounding error costs half the digits.
    assert spectral_radius(lr * curvatures, mu).max() == pytest.approx(best, abs=1e-7)
    lrs = np.linspace(0, 4 / largest, 401)[1:, None, None]
    mus = np.linspace(0, 0.999, 400)[None, :, None]
    extremes = np.array([smallest, largest])
    worst = spectral_radius(lrs * extremes, mus).max(axis=-1)
    i, j = np.unravel_index(worst.argmin(), worst.shape)
    assert worst.min() > best - 1e-9
    assert lrs[i, 0, 0] == pytest.approx(lr, rel=0.1)
    assert mus[0, j, 0] == pytest.approx(mu, abs=0.02)


def test_the_table_of_tuned_parameters():
    kappa = np.array([10.0, 100.0, 1000.0])
    lr, mu = optimal_hyperparameters(kappa, 1.0)
    assert lr.round(6).tolist() == [0.230886, 0.033058, 0.003759]
    assert mu.round(6).tolist() == [0.269874, 0.669421, 0.881145]
    assert rate(kappa).round(6).tolist() == [0.519494, 0.818182, 0.938693]
    assert gradient_descent_rate(kappa).round(6).tolist() == [0.818182, 0.980198, 0.998002]
    np.testing.assert_allclose(rate(kappa), np.sqrt(mu), rtol=1e-14)


def test_equal_curvatures_need_one_step_and_no_momentum():
    assert optimal_hyperparameters(4.0, 4.0) == (0.25, 0.0)
    assert rate(1.0) == gradient_descent_rate(1.0) == 0.0


@given(st.floats(1.0, 1e4), st.floats(1e-3, 1e3))
def test_only_the_ratio_of_the_curvatures_sets_mu(kappa, smallest):
    lr, mu = optimal_hyperparameters(kappa * smallest, smallest)
    assert mu == pytest.approx(rate(kappa) ** 2, abs=1e-12)
    assert lr * smallest == pytest.approx(optimal_hyperparameters(kappa, 1.0)[0], rel=1e-9)
    assert condition_number_for(mu) == pytest.approx(kappa, rel=1e-6)


def test_the_condition_numbers_for_the_usual_coefficients():
    assert condition_number_for(np.array([0.5, 0.9, 0.95, 0.99])).round().tolist() == [
        34, 1442, 6082, 158402,
    ]  # fmt: skip
    assert condition_number_for(0.0) == 1.0


def test_gradient_descent_rate_is_the_best_without_momentum():
    lr = np.linspace(0, 0.2, 4001)[1:, None]
    worst = spectral_radius(lr * np.array([1.0, 10.0]), 0.0).max(axis=1)
    assert worst.min() == pytest.approx(gradient_descent_rate(10.0), abs=1e-3)
    assert worst.min() >= gradient_descent_rate(10.0) - 1e-12


# --- noise ---------------------------------------------------------------------------------------


@given(parts(1, 19, 20), parts(0, 19, 20), parts(1, 40, 8), parts(0, 40, 8))
def test_variances_are_exact_where_their_arguments_are(share, mu, curvature, s2):
    # The position keeps its variance over a step w + v with v = mu v - lr (curvature w + noise).
    lr = share * 2 * (1 + mu) / curvature
    position, step = (f(lr, mu, curvature, s2) for f in (stationary_variance, step_variance))
    together, a = step / 2, lr * curvature
    assert step == mu**2 * step - 2 * mu * a * together + a**2 * position + lr**2 * s2
    assert position == position + 2 * (mu * together - a * position) + step
    assert together == mu * together - a * position + step


@given(st.floats(0.01, 0.98), st.floats(0, 0.99), st.floats(0.1, 10), st.floats(0, 5))
def test_variances_solve_the_lyapunov_equation(share, mu, curvature, s2):
    a = share * 2 * (1 + mu)
    lr = a / curvature
    matrix = np.array([[1 - a, mu], [-a, mu]])
    push = np.array([[lr], [lr]])
    covariance = solve_discrete_lyapunov(matrix, s2 * push @ push.T)
    assert stationary_variance(lr, mu, curvature, s2) == pytest.approx(covariance[0, 0], rel=1e-6)
    assert step_variance(lr, mu, curvature, s2) == pytest.approx(covariance[1, 1], rel=1e-6)
    assert step_variance(lr, mu, curvature, s2) / 2 == pytest.approx(covariance[0, 1], rel=1e-6)


def test_variances_are_those_of_a_long_simulation():
    lr = np.array([0.05, 0.05, 0.05, 0.5, 1.5])[:, None, None]
    mu = np.array([0.0, 0.5, 0.9, 0.9, 0.9])[:, None, None]
    runs = np.zeros((5, 8000, 1))
    path = descend(
        bowl(2.0), runs, lr, mu, steps=150, noise=3**0.5, rng=np.random.default_rng(0), keep_path=False
    )
    # The variance of 8000 runs has a relative standard error of sqrt(2 / 8000), 1.6 %.
    position, step = path.w[-1].var(axis=(1, 2)), path.state.var(axis=(1, 2))
    np.testing.assert_allclose(position, stationary_variance(lr, mu, 2.0, 3.0).ravel(), rtol=0.06)
    np.testing.assert_allclose(step, step_variance(lr, mu, 2.0, 3.0).ravel(), rtol=0.06)


def test_the_table_of_stationary_variances():
    lr, mu = np.array([0.05] * 4 + [0.5, 1.5]), np.array([0.0, 0.5, 0.9, 0.99, 0.9, 0.9])
    found = stationary_variance(lr, mu, 2.0, 3.0)
    assert found == pytest.approx([0.0395, 0.0776, 0.3851, 3.847, 5.089, 53.44], rel=1.3e-3)


def test_momentum_at_equal_lr_and_at_equal_effective_lr():
    equal_lr = stationary_variance(0.01, 0.9, 1.0, 1.0) / stationary_variance(0.01, 0.0, 1.0, 1.0)
    assert equal_lr == pytest.approx(9.98, abs=0.005)
    effective = np.array([0.01, 0.1, 0.5, 1.0, 1.9])
    ratio = stationary_variance(effective / 10, 0.9, 1.0, 1.0) / stationary_variance(effective, 0.0, 1.0, 1.0)
    assert ratio.round(4).tolist() == [0.9953, 0.9525, 0.76, 0.5135, 0.0526]
    step = step_variance(0.001, 0.9, 1.0, 1.0) / step_variance(0.01, 0.0, 1.0, 1.0)
    assert step == pytest.approx(0.0524, abs=5e-5)


@pytest.mark.parametrize("kappa", [1.0, 10.0, 100.0, 1000.0])
def test_the_price_of_acceleration(kappa):
    lr, mu = optimal_hyperparameters(kappa, 1.0)
    curvatures = np.array([1.0, kappa])
    momentum = (curvatures * stationary_variance(lr, mu, curvatures, 1.0)).sum()
    plain = (curvatures * stationary_variance(2 / (kappa + 1), 0.0, curvatures, 1.0)).sum()
    assert noise_floor_ratio(kappa) == pytest.approx(momentum / plain, rel=1e-9)


# --- memory --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mu", [0.1, 0.5, 0.9, 0.99])
def test_four_numbers_of_the_buffer(mu):
    weights = mu ** np.arange(6000)
    ages = np.arange(6000)
    total, age, half, size = memory(mu)
    assert total == pytest.approx(weights.sum())
    assert age == pytest.approx((weights * ages).sum() / weights.sum())
    assert mu**half == pytest.approx(0.5)
    assert size == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert [round(float(x), 2) for x in memory(0.9)] == [10.0, 9.0, 6.58, 19.0]


@pytest.mark.parametrize("mu", [0.3, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.75, 0.9, 0.99])
def test_steps_to_terminal_velocity_are_those_of_a_run(mu, fraction):
    path = descend(slope(F(-1)), exact(0), F(1, 2), F(str(mu)), steps=700 if mu == 0.99 else 60)
    speeds = np.diff(path.w[:, 0]) * (1 - F(str(mu))) * 2
    assert steps_to_terminal(fraction, mu) == int((speeds >= F(str(fraction))).argmax()) + 1


def test_steps_to_terminal_velocity_are_whole_numbers():
    assert steps_to_terminal(np.array([0.5, 0.9, 0.99]), 0.9).tolist() == [7, 22, 44]
    assert np.issubdtype(steps_to_terminal(0.5, 0.9).dtype, np.integer)
    assert steps_to_terminal(0.75, 0.5) == 2


@given(parts(1, 40, 40), parts(1, 40, 40), parts(0, 40, 50))
def test_the_gap_after_a_change_of_lr_is_where_two_runs_end(old, new, mu):
    # Five steps of gradient 1, then none: what is still in the buffer is spent at different rates.
    gradients = [np.ones(1)] * 5 + [np.zeros(1)] * 195
    schedule = [float(old)] * 5 + [float(new)] * 195, [float(mu)] * 200
    (ws, _), (xs, buffers) = (
        run(step, np.zeros(1), np.zeros(1), gradients, *schedule)
        for step in (velocity_step, accumulator_step)
    )
    gap = gap_after_lr_change(old, new, F(buffers[5][0]), mu)
    assert ws[-1] - xs[-1] == pytest.approx(float(gap), abs=1e-12)


# --- arguments -----------------------------------------------------------------------------------

ONE_BY_ONE = {
    "spectral_radius": (spectral_radius, 0.5, 0.25),
    "is_stable": (is_stable, 2.5, 0.25),
    "regime": (regime, 0.5, 0.25),
    "saddle_growth": (saddle_growth, 0.5, 0.25),
    "energy_bound": (energy_bound, 0.25, 4.0),
    "optimal_hyperparameters": (optimal_hyperparameters, 8.0, 0.5),
    "rate": (rate, 8.0),
    "gradient_descent_rate": (gradient_descent_rate, 8.0),
    "condition_number_for": (condition_number_for, 0.25),
    "noise_floor_ratio": (noise_floor_ratio, 8.0),
    "stationary_variance": (stationary_variance, 0.25, 0.5, 2.0, 4.0),
    "step_variance": (step_variance, 0.25, 0.5, 2.0, 4.0),
    "memory": (memory, 0.75),
    "steps_to_terminal": (steps_to_terminal, 0.5, 0.75),
    "gap_after_lr_change": (gap_after_lr_change, 0.5, 0.25, 2.0, 0.5),
}


@pytest.mark.parametrize(("function", "arguments"), [(f, a) for f, *a in ONE_BY_ONE.values()], ids=ONE_BY_ONE)
def test_arrays_and_exact_numbers_are_taken(function, arguments):
    expected = np.array(function(*arguments))
    assert np.array_equal(np.array(function(*map(F, arguments))).astype(expected.dtype), expected)
    for i, argument in enumerate(arguments):
        many = [*arguments]
        many[i] = np.array([[argument], [argument]])
        found = np.array(function(*many))
        widened = np.broadcast_to(expected[..., None, None], (*expected.shape, 2, 1))
        assert found.dtype == expected.dtype
        assert np.array_equal(found, widened)


# --- what the course shows -----------------------------------------------------------------------


@pytest.mark.parametrize("step", [heavy_ball_step, velocity_step])
def test_tuned_heavy_ball_cycles_for_ever_on_lessards_function(step):
    cycle = exact(F(792, 1225), F(-2208, 1225), F(2592, 1225))
    lr, mu = F(1, 9), F(4, 9)
    before = cycle[2:] if step is heavy_ball_step else cycle[:1] - cycle[2:]
    path = descend(lessard(), cycle[:1], lr, mu, steps=6, step=step, state0=before)
    assert path.w[:, 0].tolist() == [*cycle, *cycle, cycle[0]]


def test_the_cycle_attracts_and_a_smaller_lr_escapes_it():
    tuned = optimal_hyperparameters(25.0, 1.0)
    assert tuned == pytest.approx((1 / 9, 4 / 9), rel=1e-14)
    caught = descend(lessard(), [3.3], 1 / 9, 4 / 9, steps=300).w[-3:, 0]
    np.testing.assert_allclose(sorted(caught), np.array([-2208, 792, 2592]) / 1225, atol=1e-12)
    lrs = np.array([[0.1], [0.08], [0.0444], [0.04]])
    free = descend(lessard(), np.full((4, 1), 3.3), lrs, 4 / 9, steps=600)
    assert np.abs(free.w[-1]).max() < 1e-9
    assert 2 * (1 + 4 / 9) > 25 / 9 > 25 * energy_bound(4 / 9, 25.0)


def test_more_momentum_does_not_always_carry_further():
    mu = np.array([0.0, 0.87, 0.88, 0.96, 0.972])[:, None]
    path = descend(double_well(0.2), np.full((5, 1), 2.0), 0.01, mu, steps=3000, keep_path=False)
    ends = [p.w[0] for p in double_well(0.2).critical_points]
    expected = [ends[i] for i in (2, 2, 0, 0, 2)]
    np.testing.assert_allclose(path.w[-1, :, 0], expected, atol=1e-9)
