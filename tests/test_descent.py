"""Runs: shapes, batches, schedules, noise, divergence, and the kernel against the pure step."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    ALL_STEPS,
    MOMENTUM_STEPS,
    equal,
    exact,
    learning_rates,
    momenta,
    name_of,
    same_bits,
    vectors,
)

from momentum.descent import Path, descend
from momentum.landscapes import bowl, bumps, double_well, himmelblau, lessard, ravine, rosenbrock
from momentum.updates import heavy_ball_step, initial_state, sgd_step, velocity_step

every_step = pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
every_float = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=name_of)


def pure(step):
    """Hide a step behind a function of its own, so that no kernel made for it can be used."""

    def hidden(w, state, g, lr, mu):
        return step(w, state, g, lr, mu)

    return hidden


def same_path(left: Path, right: Path) -> bool:
    return (
        same_bits(left.w, right.w)
        and same_bits(left.state, right.state)
        and (left.loss is None) == (right.loss is None)
        and (left.loss is None or same_bits(left.loss, right.loss))
        and np.array_equal(left.diverged_at, right.diverged_at)
    )


def loop(gradient, w0, lr, mu, steps, step):
    """Run the loop that `descend` replaces."""
    w, state = w0, initial_state(step, w0)
    ws, states = [w], [state]
    for k in range(steps):
        w, state = step(w, state, gradient(w), lr(k) if callable(lr) else lr, mu(k) if callable(mu) else mu)
        ws.append(w)
        states.append(state)
    return np.array(ws), np.array(states)


# --- against the loop ----------------------------------------------------------------------------


@every_step
@every_float
def test_it_is_the_loop_bit_for_bit(step, dtype):
    land = himmelblau()
    w0 = np.array([[0.5, -1.0], [3.0, 1.5]], dtype=dtype)
    path = descend(land, w0, 0.003, 0.8, steps=30, step=step, state0=initial_state(step, w0))
    ws, states = loop(land.gradient, w0, 0.003, 0.8, 30, step)
    assert path.w.dtype == path.state.dtype == dtype
    assert same_bits(path.w, ws)
    assert same_bits(path.state, states[-1])
    assert same_bits(path.loss, land.value(ws))


@every_step
@given(w0=vectors(), lr=learning_rates, mu=momenta)
def test_it_is_the_loop_in_exact_fractions(step, w0, lr, mu):
    land = ravine(Fraction(10))
    path = descend(land, w0, lr, mu, steps=4, step=step)
    ws, states = loop(land.gradient, w0, lr, mu, 4, step)
    assert equal([path.w, path.state], [ws, states[-1]])
    assert all(isinstance(value, Fraction) for value in path.w.ravel())
    assert all(isinstance(value, Fraction) for value in path.loss)


def test_two_steps_by_hand():
    path = descend(bowl(Fraction(2)), exact(1), Fraction(1, 10), Fraction(1, 2), steps=2)
    assert path.w[:, 0].tolist() == [1, Fraction(4, 5), Fraction(54, 100)]
    assert path.state.tolist() == [Fraction(-26, 100)]
    assert path.loss.tolist() == [1, Fraction(16, 25), Fraction(2916, 10000)]


def test_the_defaults_are_a_hundred_velocity_steps_at_nine_tenths():
    path = descend(bowl(), np.ones(1), 0.05)
    assert same_path(path, descend(bowl(), np.ones(1), 0.05, 0.9, steps=100, step=velocity_step))
    assert path.w.shape == (101, 1)


# --- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [(), (1,), (4,), (2, 3)], ids=str)
@pytest.mark.parametrize("steps", [0, 1, 5])
def test_shapes_of_a_path(batch, steps):
    w0 = np.full((*batch, 2), 0.5)
    path = descend(ravine(10.0), w0, 0.01, steps=steps)
    assert path.w.shape == (steps + 1, *batch, 2)
    assert path.state.shape == (*batch, 2)
    assert path.loss.shape == (steps + 1, *batch)
    assert np.shape(path.diverged_at) == batch
    end = descend(ravine(10.0), w0, 0.01, steps=steps, keep_path=False)
    assert end.w.shape == (1, *batch, 2)
    assert end.state.shape == (*batch, 2)
    assert end.loss.shape == (1, *batch)
    assert np.shape(end.diverged_at) == batch


def test_no_steps_leave_the_start():
    path = descend(bowl(), np.array([3.0]), 0.1, steps=0)
    assert (path.w.tolist(), path.state.tolist(), path.loss.tolist()) == ([[3]], [0], [4.5])
    assert path.diverged_at == -1


def test_a_bare_gradient_has_no_loss():
    path = descend(lambda w: 2 * w, np.ones((3, 2)), 0.1, steps=4)
    assert path.loss is None
    expected = descend(bowl(2.0), np.ones((3, 1)), 0.1, steps=4)
    np.testing.assert_allclose(path.w[..., :1], expected.w, rtol=1e-14)
    assert descend(lambda w: 2 * w, np.ones(2), 0.1, keep_path=False).loss is None


# --- batches -------------------------------------------------------------------------------------


@every_step
@every_float
def test_a_batch_is_the_loop_over_its_runs_bit_for_bit(step, dtype):
    rng = np.random.default_rng(11)
    w0 = rng.uniform(-1, 1, (5, 2)).astype(dtype)
    lr = rng.uniform(0.0005, 0.002, (5, 1)).astype(dtype)
    mu = rng.uniform(0, 0.99, (5, 1)).astype(dtype)
    batch = descend(rosenbrock(), w0, lr, mu, steps=25, step=step)
    for i in range(5):
        one = descend(rosenbrock(), w0[i], lr[i], mu[i], steps=25, step=step)
        assert same_bits(batch.w[:, i], one.w)
        assert same_bits(batch.state[i], one.state)
        assert same_bits(batch.loss[:, i], one.loss)
        assert batch.diverged_at[i] == one.diverged_at


def test_a_grid_of_two_batch_axes():
    w0 = np.ones((2, 3, 1))
    lr, mu = np.array([0.1, 0.3]).reshape(2, 1, 1), np.array([0.0, 0.5, 0.9]).reshape(1, 3, 1)
    grid = descend(bowl(), w0, lr, mu, steps=10)
    for i in range(2):
        for j in range(3):
            one = descend(bowl(), np.ones(1), lr[i, 0, 0], mu[0, j, 0], steps=10)
            assert same_bits(grid.w[:, i, j], one.w)


# --- the in-place kernel -------------------------------------------------------------------------

SCHEDULES = {
    "constant": (0.004, 0.8),
    "per run": (np.array([[0.001], [0.003], [0.004]]), np.array([[0.0], [0.5], [0.95]])),
    "falling lr": (lambda k: 0.004 / (1 + k), 0.8),
    "rising mu": (0.004, lambda k: k / (k + 3)),
    "both": (lambda k: 0.004 * 0.9**k, lambda k: 0.9 - 0.1 * (k % 2)),
    "per run and step": (lambda k: np.array([[0.001], [0.002], [0.004]]) / (1 + k), 0.8),
}


@every_step
@every_float
@pytest.mark.parametrize(("lr", "mu"), SCHEDULES.values(), ids=SCHEDULES.keys())
@pytest.mark.parametrize("noise", [None, 0.25, "function"], ids=str)
def test_the_kernel_is_the_pure_step_bit_for_bit(step, dtype, lr, mu, noise):
    def scaled(w, g, rng):
        return (g * (1 + rng.uniform(-0.5, 0.5, w.shape))).astype(w.dtype)

    w0 = np.array([[0.5, -1.0], [3.0, 1.5], [-2.0, 2.5]], dtype=dtype)
    for keep_path in (True, False):
        paths = [
            descend(
                himmelblau(),
                w0,
                lr,
                mu,
                steps=36,
                step=each,
                noise=scaled if noise == "function" else noise,
                rng=np.random.default_rng(2),
                state0=initial_state(step, w0),
                keep_path=keep_path,
            )
            for each in (step, pure(step))
        ]
        assert same_path(*paths)
        assert paths[0].w.dtype == dtype


@every_step
@pytest.mark.parametrize("keep_path", [True, False])
def test_gradients_that_are_not_fresh_arrays_are_left_alone(step, keep_path):
    constant, seen = np.array([1.0, -2.0]), []

    def identity(w):
        seen.append((w, w.copy()))
        return w

    kept = descend(lambda _: constant, np.ones(2), 0.1, steps=6, step=step, keep_path=keep_path)
    assert constant.tolist() == [1.0, -2.0]
    fresh = descend(lambda _: constant.copy(), np.ones(2), 0.1, steps=6, step=step, keep_path=keep_path)
    assert same_path(kept, fresh)
    itself = descend(identity, np.ones(2), 0.1, steps=6, step=step, keep_path=keep_path)
    fresh = descend(lambda w: w.copy(), np.ones(2), 0.1, steps=6, step=step, keep_path=keep_path)
    assert same_path(itself, fresh)


@every_step
def test_keep_path_false_gives_the_same_end(step):
    w0 = np.array([[0.5, -1.0], [3.0, 1.5], [1e3, 1e3]])
    options = {"steps": 20, "step": step, "noise": 0.1}
    whole = descend(himmelblau(), w0, 0.01, 0.7, rng=np.random.default_rng(4), **options)
    end = descend(himmelblau(), w0, 0.01, 0.7, rng=np.random.default_rng(4), keep_path=False, **options)
    assert same_bits(end.w[0], whole.w[-1])
    assert same_bits(end.state, whole.state)
    assert same_bits(end.loss[0], whole.loss[-1])
    assert end.diverged_at.tolist() == whole.diverged_at.tolist()
    assert whole.diverged_at[2] > 0


# --- large batches without their paths ------------------------------------------------------------

MANY = (350, 200, 1)


@every_step
@pytest.mark.parametrize("given_state", [False, True])
def test_a_large_batch_ends_where_its_paths_end(step, given_state):
    rng = np.random.default_rng(6)
    w0 = rng.uniform(-2, 2, MANY[::-1]).T
    w0[::90, ::70] = 1e3
    lr, mu = rng.uniform(0, 0.5, (350, 1, 1)), rng.uniform(0, 0.95, (1, 200, 1))
    lr[::45] = 1e307
    state0 = rng.uniform(-1, 1, MANY[::-1]).T if given_state else None
    copies = [w0.copy(), None if state0 is None else state0.copy()]
    options = {"steps": 5, "step": step, "state0": state0}
    for rates in ((lr, mu), (lr, 0.7), (0.02, mu), (0.02, 0.7)):
        whole = descend(lessard(), w0, *rates, **options)
        end = descend(lessard(), w0, *rates, keep_path=False, **options)
        assert same_bits(end.w[0], whole.w[-1])
        assert same_bits(end.state, whole.state)
        assert same_bits(end.loss[0], whole.loss[-1])
        assert np.array_equal(end.diverged_at, whole.diverged_at)
        assert end.diverged_at.shape == MANY[:-1]
        assert (end.diverged_at >= 0).any() == (rates[0] is lr)
    assert np.array_equal(w0, copies[0])
    assert state0 is None or np.array_equal(state0, copies[1])


@pytest.mark.parametrize("what", ["lr", "mu", "noise", "coupled runs"])
def test_a_large_batch_that_cannot_be_cut_into_blocks(what):
    w0 = np.random.default_rng(7).uniform(-1, 1, (70_000, 1))
    land = (lambda w: w - w.mean(axis=0)) if what == "coupled runs" else bowl()
    lr = (lambda k: 0.2 / (1 + k)) if what == "lr" else 0.2
    mu = (lambda k: 0.9 - 0.2 * k) if what == "mu" else 0.9
    noise = 0.5 if what == "noise" else None
    whole, end = (
        descend(land, w0, lr, mu, 3, noise=noise, rng=np.random.default_rng(8), keep_path=keep)
        for keep in (True, False)
    )
    assert same_bits(end.w[0], whole.w[-1])
    assert same_bits(end.state, whole.state)


def test_a_large_batch_of_two_variables():
    w0 = np.random.default_rng(9).uniform(-3, 3, (50_000, 2))
    whole = descend(himmelblau(), w0, 0.01, steps=2)
    end = descend(himmelblau(), w0, 0.01, steps=2, keep_path=False)
    assert same_bits(end.w[0], whole.w[-1])


@every_step
def test_a_gradient_of_another_kind_is_taken_in_the_kind_of_the_weights(step):
    w0 = np.array([1.0, -2.0], dtype=np.float32)
    expected = descend(lambda w: 2 * w, w0, 0.1, steps=4, step=step)
    for gradient in (lambda w: 2 * w.astype(np.float64), lambda w: (2 * w).tolist()):
        for each in (step, pure(step)):
            path = descend(gradient, w0, 0.1, steps=4, step=each, state0=initial_state(step, w0))
            assert path.w.dtype == np.float32
            assert same_bits(path.w, expected.w)


# --- the caller's arrays -------------------------------------------------------------------------


@every_step
@pytest.mark.parametrize("keep_path", [True, False])
def test_inputs_are_not_changed_and_not_shared(step, keep_path):
    w0, state0 = np.full((2, 1), 1.5), np.full((2, 1), 0.5)
    lr, mu = np.array([[0.1], [0.2]]), np.array([[0.5], [0.9]])
    inputs = [w0, state0, lr, mu]
    copies = [each.copy() for each in inputs]
    path = descend(bowl(), w0, lr, mu, steps=0, step=step, state0=state0, keep_path=keep_path)
    for mine in inputs:
        assert not any(np.shares_memory(theirs, mine) for theirs in (path.w, path.state))
    descend(bowl(), w0, lr, mu, steps=5, step=step, state0=state0, keep_path=keep_path)
    assert equal(inputs, copies)


@pytest.mark.parametrize("step", MOMENTUM_STEPS, ids=name_of)
def test_a_given_state_is_where_the_run_starts(step):
    w0, state0 = np.array([1.0]), np.array([0.5])
    path = descend(bowl(), w0, 0.1, 0.8, steps=1, step=step, state0=state0)
    w, state = step(w0, state0, w0, 0.1, 0.8)
    assert equal([path.w[1], path.state], [w, state])
    rest = descend(bowl(), w0, 0.1, 0.8, steps=0, step=step, state0=state0)
    assert rest.state.tolist() == [0.5]


def test_a_run_in_two_halves_is_the_whole_run():
    whole = descend(double_well(), np.array([2.0]), 0.01, 0.9, steps=40)
    half = descend(double_well(), np.array([2.0]), 0.01, 0.9, steps=25)
    rest = descend(double_well(), half.w[-1], 0.01, 0.9, steps=15, state0=half.state)
    assert same_bits(rest.w, whole.w[25:])
    assert same_bits(rest.state, whole.state)


@pytest.mark.parametrize("kind", [float, Fraction])
def test_the_last_state_is_no_part_of_the_path(kind):
    path = descend(bowl(), np.array([kind(1)]), kind(1) / 8, kind(1) / 2, steps=3, step=heavy_ball_step)
    assert not np.shares_memory(path.state, path.w)


def test_heavy_ball_starts_at_rest():
    path = descend(bowl(), np.array([1.0]), 0.1, 0.9, steps=3, step=heavy_ball_step)
    assert path.w[1].tolist() == [0.9]
    assert path.state.tolist() == path.w[-2].tolist()
    np.testing.assert_allclose(path.w, descend(bowl(), np.ones(1), 0.1, 0.9, steps=3).w, rtol=1e-15)


# --- schedules -----------------------------------------------------------------------------------


def test_schedules_are_asked_for_every_step_number_in_turn():
    asked = {"lr": [], "mu": []}

    def schedule(name, values):
        def at(k):
            asked[name].append(k)
            return values[k]

        return at

    lrs = [Fraction(1, 10), Fraction(1, 100), Fraction(1, 2)]
    mus = [Fraction(9, 10), Fraction(1, 2), Fraction(0)]
    path = descend(lambda _: exact(1), exact(0), schedule("lr", lrs), schedule("mu", mus), steps=3)
    assert asked == {"lr": [0, 1, 2], "mu": [0, 1, 2]}
    # v: -1/10, then -1/20 - 1/100, then -1/2
    assert path.w[:, 0].tolist() == [0, Fraction(-10, 100), Fraction(-16, 100), Fraction(-66, 100)]


# --- noise ---------------------------------------------------------------------------------------


def no_slope(w):
    return 0 * w


def test_noise_is_gaussian_with_the_given_deviation_and_independent():
    path = descend(
        no_slope, np.zeros((4000, 2)), 1.0, steps=5, step=sgd_step, noise=0.5,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    draws = np.diff(path.w, axis=0)
    n = draws.size
    assert abs(draws.mean()) < 4 * 0.5 / n**0.5
    assert abs(draws.std() / 0.5 - 1) < 4 / (2 * n) ** 0.5
    assert abs((draws**4).mean() / 0.5**4 - 3) < 4 * (96 / n) ** 0.5
    flat = draws.transpose(0, 2, 1).reshape(10, -1)
    assert np.abs(np.corrcoef(flat) - np.eye(10)).max() < 5 / 4000**0.5


def test_noise_comes_from_the_generator_that_is_given():
    def noisy(seed, **options):
        rng = np.random.default_rng(seed)
        return descend(bowl(), np.ones((3, 1)), 0.1, steps=9, noise=0.3, rng=rng, **options)

    assert same_path(noisy(1), noisy(1))
    assert same_bits(noisy(1, keep_path=False).w[-1], noisy(1).w[-1])
    assert not np.array_equal(noisy(1).w, noisy(2).w)
    quiet = descend(bowl(), np.ones((3, 1)), 0.1, steps=9)
    assert not np.array_equal(noisy(1).w[1], quiet.w[1])


def test_no_noise_is_the_quiet_run():
    quiet = descend(bowl(), np.ones(1), 0.1, steps=9)
    zero = descend(bowl(), np.ones(1), 0.1, steps=9, noise=0.0, rng=np.random.default_rng(0))
    assert np.array_equal(quiet.w, zero.w)


def test_a_noise_function_sees_the_point_the_gradient_and_the_generator():
    seen, rng = [], np.random.default_rng(0)

    def clip(w, g, generator):
        seen.append((w.tolist(), g.tolist(), generator is rng))
        return np.clip(g, -1, 1)

    path = descend(bowl(), np.array([3.0]), 0.5, 0.0, steps=2, noise=clip, rng=rng)
    assert seen == [([3.0], [3.0], True), ([2.5], [2.5], True)]
    assert path.w.tolist() == [[3.0], [2.5], [2.0]]


# --- divergence ----------------------------------------------------------------------------------


@every_float
@pytest.mark.parametrize("keep_path", [True, False])
def test_the_first_step_that_is_not_finite(dtype, keep_path):
    # At lr = 3 the weight is (-2)^k: finite up to the largest exponent of the type.
    largest = np.finfo(dtype).maxexp
    w0 = np.array([[1.0], [2.0], [0.0], [1.0]], dtype=dtype)
    lr = np.array([[3.0], [3.0], [3.0], [0.5]], dtype=dtype)
    path = descend(bowl(), w0, lr, 0.0, steps=largest + 30, keep_path=keep_path)
    assert path.diverged_at.tolist() == [largest, largest - 1, -1, -1]
    assert np.issubdtype(path.diverged_at.dtype, np.integer)
    assert not np.isfinite(path.w[-1, 0]).any()
    assert path.w[-1, 2] == 0
    alone = descend(bowl(), w0[3], lr[3], 0.0, steps=largest + 30)
    assert same_bits(path.w[-1, 3], alone.w[-1])
    if keep_path:
        assert path.w[:6, 0, 0].tolist() == [1, -2, 4, -8, 16, -32]
        assert np.isfinite(path.w[largest - 1, 0]).all()
        assert not np.isfinite(path.w[largest, 0]).any()


@pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
@pytest.mark.parametrize("make", [bowl, double_well, bumps, lessard], ids=name_of)
def test_an_overflow_warns_about_nothing_and_does_not_end_the_batch(step, make):
    land = make()
    w0 = np.array([[1e200], [0.5]]) * np.ones(land.dim)
    path = descend(land, w0, np.array([[1e200], [0.01]]), 0.5, steps=20, step=step)
    assert path.diverged_at[0] > 0
    assert path.diverged_at[1] == -1
    assert np.isfinite(path.w[:, 1]).all()
    alone = descend(land, w0[1], 0.01, 0.5, steps=20, step=step)
    assert same_bits(path.w[:, 1], alone.w)


def test_fractions_never_diverge():
    path = descend(bowl(Fraction(1)), exact(1), Fraction(30), Fraction(1, 2), steps=20)
    assert path.diverged_at == -1


@given(st.integers(0, 6))
def test_each_coordinate_can_end_a_run(where):
    def gradient(w):
        return np.where(np.arange(7) == where, np.inf, 0.0) * np.ones_like(w)

    assert descend(gradient, np.zeros(7), 1.0, steps=3).diverged_at == 1


def test_numbers_of_every_kind_are_taken():
    for number in (0, 0.5, Fraction(1, 2), np.float32(0.5), np.float64(0.5), np.array(0.5)):
        assert descend(bowl(), np.ones(1), lr=number, mu=number, steps=np.int64(2)).w.shape == (3, 1)
    assert descend(bowl(), np.ones(1), lr=[0.1], mu=(0.5,), state0=[0.5]).w.dtype == np.float64
    exact = descend(bowl(), np.array([Fraction(1)]), lr=0.5, mu=np.float32(0.25), steps=2)
    assert exact.w[:, 0].tolist() == [1, Fraction(1, 2), Fraction(1, 8)]
