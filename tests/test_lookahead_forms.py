"""The written forms of Nesterov's method: exact trajectories under any schedule, then hand values."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import equal, exact, learning_rates, momenta, nonzero_numbers, per_step, run, vectors

from momentum.updates import (
    LookAhead,
    look_ahead,
    look_ahead_step,
    nesterov_accumulator_step,
    nesterov_step,
    two_point_step,
)

F = Fraction
STEPS = 4
rates, mus = per_step(learning_rates, STEPS), per_step(momenta, STEPS + 1)


def bent(w):
    """Return a gradient that is not linear, and couples the weights."""
    return w**2 - w[::-1] / 3 + F(1, 7)


@given(vectors(), rates, mus)
def test_two_points_are_the_look_ahead_under_every_schedule(theta, lrs, mus):
    found = look_ahead(bent, theta, lrs, mus)
    ys, xs = run(two_point_step, theta, theta, bent, lrs, mus[1:])
    assert equal(found.ahead, ys)
    assert equal(found.theta, xs)


@given(vectors(), rates, momenta)
def test_keras_stores_the_look_ahead_point_under_every_schedule_of_the_lr(theta, lrs, mu):
    found = look_ahead(bent, theta, lrs, [mu] * (STEPS + 1))
    ws, vs = run(nesterov_step, theta, 0 * theta, bent, lrs, [mu] * STEPS)
    assert equal(found.ahead, ws)
    assert equal(found.v, vs)


@given(vectors(), learning_rates, momenta)
def test_torch_stores_the_look_ahead_point_while_nothing_changes(theta, lr, mu):
    found = look_ahead(bent, theta, [lr] * STEPS, [mu] * (STEPS + 1))
    ws, bs = run(nesterov_accumulator_step, theta, 0 * theta, bent, [lr] * STEPS, [mu] * STEPS)
    assert equal(found.ahead, ws)
    assert equal(found.v, [-lr * b for b in bs])


@given(vectors(), vectors(), vectors(), learning_rates, learning_rates, momenta)
def test_torch_is_keras_with_the_ratio_of_the_rates_in_the_velocity(w, b, g, old, new, mu):
    # The coefficient of the velocity takes the ratio, that of the look-ahead does not.
    w_next, b_next = nesterov_accumulator_step(w, b, g, new, mu)
    u = mu * new / old * (-old * b) - new * g
    assert np.array_equal(w_next, w + mu * u - new * g)
    assert np.array_equal(-new * b_next, u)


@given(vectors(), rates, mus)
def test_keras_misses_the_look_ahead_by_one_displacement_at_a_change_of_mu(theta, lrs, mus):
    # After a step with mus[t] the exact method looks ahead with mus[t + 1].
    found = look_ahead(bent, theta, lrs, mus)
    w, v = found.ahead[0], found.v[0]
    for t, lr in enumerate(lrs):
        w, v = nesterov_step(w, v, bent(w), lr, mus[t])
        w = w + (mus[t + 1] - mus[t]) * v
        assert np.array_equal(w, found.ahead[t + 1])


@given(nonzero_numbers, learning_rates, momenta)
def test_the_first_step_is_longer_by_one_plus_mu(g, lr, mu):
    found = look_ahead(lambda _: g, F(0), [lr], [mu, mu])
    assert found.theta == [0, -lr * g]
    assert found.ahead == [0, -(1 + mu) * lr * g]


def test_values_by_hand():
    theta, v = exact(1), exact(F(1, 2))
    assert [x.tolist() for x in look_ahead_step(theta, v, lambda w: 2 * w, F(1, 4), F(1, 2))] == [
        [F(5, 8)], [F(-3, 8)],
    ]  # fmt: skip
    assert two_point_step(F(1), F(3, 4), F(2), F(1, 4), F(1, 2)) == (F(3, 8), F(1, 2))
    assert nesterov_accumulator_step(F(1), F(1), F(2), F(1, 4), F(1, 2)) == (F(3, 16), F(5, 2))


def test_nothing_is_changed_in_place():
    w, state, g = np.ones(2), np.full(2, 0.5), np.full(2, 2.0)
    for step in (two_point_step, nesterov_accumulator_step):
        step(w, state, g, 0.1, 0.9)
    look_ahead_step(w, state, lambda w: 2 * w, 0.1, 0.9)
    look_ahead(lambda w: 2 * w, w, [0.1], [0.9, 0.5])
    assert [x.tolist() for x in (w, state, g)] == [[1, 1], [0.5, 0.5], [2, 2]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_stay_what_they_are(dtype):
    theta = np.ones(2, dtype)
    found = look_ahead(lambda w: w, theta, [0.1], [0.9, np.float64(0.5)])
    assert isinstance(found, LookAhead)
    assert {x.dtype for points in found for x in points} == {np.dtype(dtype)}
    assert look_ahead_step(theta, theta, lambda w: w, np.float64(0.1), np.float64(0.5))[0].dtype == dtype


def test_floats_next_to_fractions_become_exact():
    found = look_ahead(lambda w: w, exact(1), [0.25], [0.5, 0.5])
    assert found.ahead[1].tolist() == [F(5, 8)]
    assert isinstance(found.ahead[1][0], Fraction)


@pytest.mark.parametrize("step", [two_point_step, nesterov_accumulator_step])
def test_the_rules_check_their_arguments(step):
    one = np.ones(1)
    for call, message in (
        (lambda: step(one, one, one, -0.1, 0.5), "lr must be finite and not negative, got -0.1"),
        (lambda: step(one, one, one, 0.1, 1.0), "mu must be in [0, 1), got 1.0"),
        (
            lambda: step(one, np.ones(2), one, 0.1, 0.5),
            "state must have the shape of w, (1,), got shape (2,)",
        ),
    ):
        with pytest.raises(ValueError, match="must") as caught:
            call()
        assert str(caught.value) == message


def same(w):
    return w


ONE, TWO = np.ones(1), np.ones(2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: look_ahead_step(ONE, ONE, same, -1.0, 0.5), "lr must be finite and not negative, got -1.0"),
        (lambda: look_ahead_step(ONE, ONE, same, 0.1, 1.0), "mu must be in [0, 1), got 1.0"),
        (
            lambda: look_ahead_step(ONE, TWO, same, 0.1, 0.5),
            "v must have the shape of theta, (1,), got shape (2,)",
        ),
        (
            lambda: look_ahead_step(ONE, ONE, same, np.full(2, 0.1), 0.5),
            "lr must broadcast to the shape of theta, (1,), got shape (2,)",
        ),
        (
            lambda: look_ahead_step(ONE, ONE, same, 0.1, np.full(2, 0.1)),
            "mu must broadcast to the shape of theta, (1,), got shape (2,)",
        ),
        (
            lambda: look_ahead_step(1.0, 1.0, same, np.full(2, 0.1), 0.5),
            "lr must broadcast to the shape of theta, (), got shape (2,)",
        ),
        (
            lambda: look_ahead(same, ONE, [0.1], [0.5]),
            "mus must be 2 coefficients, one more than there are learning rates, got [0.5]",
        ),
        (lambda: look_ahead(same, ONE, [0.1], [0.5, 1.0]), "mus[1] must be in [0, 1), got 1.0"),
        (lambda: look_ahead(same, ONE, [0.1, 0.1], [0.5, 0.5, 1.0]), "mus[2] must be in [0, 1), got 1.0"),
    ],
)  # fmt: skip
def test_the_look_ahead_checks_its_arguments(call, message):
    with pytest.raises(ValueError, match="must") as caught:
        call()
    assert str(caught.value) == message


@given(st.lists(learning_rates, max_size=3))
def test_a_run_holds_one_entry_more_than_it_has_steps(lrs):
    found = look_ahead(same, F(1), lrs, [F(1, 2)] * (len(lrs) + 1))
    assert [len(points) for points in found] == [len(lrs) + 1] * 3
    assert found.v[0] == 0
