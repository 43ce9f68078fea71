"""The pure steps: values worked out by hand, then the laws of the course in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import (
    ALL_STEPS,
    MOMENTUM_STEPS,
    equal,
    exact,
    gradient_sequences,
    learning_rates,
    momenta,
    name_of,
    nonzero_numbers,
    numbers,
    per_step,
    positive_momenta,
    run,
    same_bits,
    vectors,
)

from momentum.updates import (
    accumulator_from_velocity,
    accumulator_step,
    averaged_step,
    heavy_ball_step,
    initial_state,
    nesterov_step,
    rescale_velocity,
    sgd_step,
    velocity_from_accumulator,
    velocity_step,
)

F = Fraction

# w0 = 1, gradients 2 and 3, lr = 1/10, mu = 1/4: (w, state) after each of the two steps.
BY_HAND = {
    sgd_step: [(F(4, 5), F(0)), (F(1, 2), F(0))],
    velocity_step: [(F(4, 5), F(-1, 5)), (F(9, 20), F(-7, 20))],
    accumulator_step: [(F(4, 5), F(2)), (F(9, 20), F(7, 2))],
    averaged_step: [(F(17, 20), F(3, 2)), (F(47, 80), F(21, 8))],
    heavy_ball_step: [(F(4, 5), F(1)), (F(9, 20), F(4, 5))],
    nesterov_step: [(F(3, 4), F(-1, 5)), (F(29, 80), F(-7, 20))],
}


@pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
def test_two_steps_worked_out_by_hand(step):
    w = exact(1)
    state = initial_state(step, w)
    for g, (expected_w, expected_state) in zip((2, 3), BY_HAND[step], strict=True):
        w, state = step(w, state, exact(g), F(1, 10), F(1, 4))
        assert w.tolist() == [expected_w]
        assert state.tolist() == [expected_state]


@pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
def test_the_state_starts_at_zero_or_at_the_start_point(step):
    w0 = np.array([[1.5, -2.0]], dtype=np.float32)
    state = initial_state(step, w0)
    assert state.dtype == np.float32
    assert state.tolist() == ([[1.5, -2.0]] if step is heavy_ball_step else [[0.0, 0.0]])
    assert not np.shares_memory(state, w0)


def test_the_state_of_a_number_is_a_number():
    state = initial_state(velocity_step, 1.5)
    assert (state, type(state)) == (0.0, float)


def test_the_state_of_fractions_starts_as_fractions():
    state = initial_state(velocity_step, exact(1, 2))
    w, _ = velocity_step(exact(1, 2), state, exact(1, 1), F(1, 3), F(1, 3))
    assert w.tolist() == [F(2, 3), F(5, 3)]
    assert all(isinstance(value, F) for value in w)


def test_the_two_step_witness():
    # The gradient is 1; lr falls from 1/10 to 1/100: -0.200 against -0.119.
    schedule = [F(1, 10), F(1, 100)], [F(9, 10)] * 2
    gradients = [exact(1)] * 2
    velocity, _ = run(velocity_step, exact(0), exact(0), gradients, *schedule)
    accumulator, _ = run(accumulator_step, exact(0), exact(0), gradients, *schedule)
    assert [w[0] for w in velocity] == [0, F(-1, 10), F(-200, 1000)]
    assert [w[0] for w in accumulator] == [0, F(-1, 10), F(-119, 1000)]


def test_mu_of_the_plain_step_may_be_left_out():
    w, state = sgd_step(exact(1), exact(0), exact(2), F(1, 10))
    assert (w.tolist(), state.tolist()) == ([F(4, 5)], [0])


# --- the equivalence, with arbitrary gradient sequences ------------------------------------------


@given(gradient_sequences(), vectors(), learning_rates, st.data())
def test_velocity_equals_accumulator_at_a_constant_lr_whatever_mu_does(gradients, w0, lr, data):
    mus = data.draw(per_step(momenta, len(gradients)))
    lrs = [lr] * len(gradients)
    ws, velocities = run(velocity_step, w0, 0 * w0, gradients, lrs, mus)
    xs, buffers = run(accumulator_step, w0, 0 * w0, gradients, lrs, mus)
    assert equal(ws, xs)
    assert equal(velocities, [-lr * b for b in buffers])


@given(gradient_sequences(), vectors(), vectors(), learning_rates, momenta)
def test_the_equivalence_needs_matching_states_not_zero_states(gradients, w0, b0, lr, mu):
    schedule = [lr] * len(gradients), [mu] * len(gradients)
    ws, _ = run(velocity_step, w0, -lr * b0, gradients, *schedule)
    xs, _ = run(accumulator_step, w0, b0, gradients, *schedule)
    assert equal(ws, xs)


@given(gradient_sequences(), vectors(), st.data())
def test_heavy_ball_equals_velocity_under_every_schedule(gradients, w0, data):
    lrs = data.draw(per_step(learning_rates, len(gradients)))
    mus = data.draw(per_step(momenta, len(gradients)))
    ws, velocities = run(velocity_step, w0, 0 * w0, gradients, lrs, mus)
    xs, previous = run(heavy_ball_step, w0, w0, gradients, lrs, mus)
    assert equal(ws, xs)
    assert equal(velocities, [x - p for x, p in zip(xs, previous, strict=True)])


@given(gradient_sequences(), vectors(), st.data())
def test_averaged_equals_velocity_with_lr_times_one_minus_mu(gradients, w0, data):
    lr = data.draw(learning_rates)
    mus = data.draw(per_step(momenta, len(gradients)))
    averaged, _ = run(averaged_step, w0, 0 * w0, gradients, [lr] * len(mus), mus)
    velocity, _ = run(velocity_step, w0, 0 * w0, gradients, [lr * (1 - mu) for mu in mus], mus)
    assert equal(averaged, velocity)


@given(gradient_sequences(), vectors(), momenta, st.data())
def test_averaged_equals_accumulator_when_mu_is_constant_whatever_lr_does(gradients, w0, mu, data):
    lrs = data.draw(per_step(learning_rates, len(gradients)))
    mus = [mu] * len(lrs)
    averaged, means = run(averaged_step, w0, 0 * w0, gradients, lrs, mus)
    scaled = [lr * (1 - mu) for lr in lrs]
    accumulator, sums = run(accumulator_step, w0, 0 * w0, gradients, scaled, mus)
    assert equal(averaged, accumulator)
    assert equal(means, [(1 - mu) * b for b in sums])


@given(nonzero_numbers, learning_rates, positive_momenta, positive_momenta)
def test_averaged_is_not_the_accumulator_when_mu_changes(g, lr, mu, nu):
    assume(mu != nu)
    gradients, mus = [exact(g), exact(0)], [mu, nu]
    averaged, _ = run(averaged_step, exact(0), exact(0), gradients, [lr] * 2, mus)
    scaled = [lr * (1 - m) for m in mus]
    accumulator, _ = run(accumulator_step, exact(0), exact(0), gradients, scaled, mus)
    assert averaged[1] == accumulator[1]
    assert averaged[2] != accumulator[2]


def double_well_gradient(w):
    return w**3 - w + F(1, 5)


@given(vectors(), st.fractions(F(1, 20), F(1, 4), max_denominator=20), momenta)
def test_the_forms_agree_exactly_on_a_nonlinear_gradient(w0, lr, mu):
    schedule = [lr] * 4, [mu] * 4
    ws, _ = run(velocity_step, w0, 0 * w0, double_well_gradient, *schedule)
    assert equal(ws, run(accumulator_step, w0, 0 * w0, double_well_gradient, *schedule)[0])
    assert equal(ws, run(heavy_ball_step, w0, w0, double_well_gradient, *schedule)[0])
    rescaled = [lr / (1 - mu)] * 4, [mu] * 4
    assert equal(ws, run(averaged_step, w0, 0 * w0, double_well_gradient, *rescaled)[0])


# --- what breaks it, and the repair --------------------------------------------------------------


@given(gradient_sequences(), vectors(), momenta, st.data())
def test_the_accumulator_is_the_velocity_form_with_mu_times_the_ratio_of_rates(gradients, w0, mu, data):
    # The rates fall, so that the equivalent momentum stays below one.
    drawn = data.draw(per_step(learning_rates, len(gradients)))
    lrs = sorted(drawn, reverse=True)
    mus = [mu * lr / before for lr, before in zip(lrs, [lrs[0], *lrs], strict=False)]
    ws, _ = run(accumulator_step, w0, 0 * w0, gradients, lrs, [mu] * len(lrs))
    assert equal(ws, run(velocity_step, w0, 0 * w0, gradients, lrs, mus)[0])


@given(gradient_sequences(), gradient_sequences(), st.tuples(*[learning_rates] * 2), momenta)
def test_the_gap_after_one_change_of_the_lr(before, after, lrs, mu):
    w0 = exact(0, 0)
    old, new = lrs
    schedule = [old] * len(before) + [new] * len(after), [mu] * len(before + after)
    velocity, _ = run(velocity_step, w0, w0, before + after, *schedule)
    accumulator, buffers = run(accumulator_step, w0, w0, before + after, *schedule)
    assert equal(velocity[: len(before) + 1], accumulator[: len(before) + 1])
    n, b = len(after), buffers[len(before)]
    gap = -(old - new) * b * mu * (1 - mu**n) / (1 - mu)
    assert equal([velocity[-1] - accumulator[-1]], [gap])
    if old != new and mu and b.any():
        assert not equal(velocity, accumulator)


@given(gradient_sequences(), vectors(), momenta, st.data())
def test_rescaling_the_velocity_repairs_a_schedule(gradients, w0, mu, data):
    lrs = data.draw(per_step(learning_rates, len(gradients)))
    expected, _ = run(accumulator_step, w0, 0 * w0, gradients, lrs, [mu] * len(lrs))
    w, v, lr_old = w0, 0 * w0, lrs[0]
    for g, lr, target in zip(gradients, lrs, expected[1:], strict=True):
        w, v = velocity_step(w, rescale_velocity(v, lr_old, lr), g, lr, mu)
        lr_old = lr
        assert equal([w], [target])


@given(vectors(), st.tuples(*[learning_rates] * 3))
def test_rescaling_composes_and_inverts(v, lrs):
    first, second, third = lrs
    direct = rescale_velocity(v, first, third)
    assert equal([rescale_velocity(rescale_velocity(v, first, second), second, third)], [direct])
    assert equal([rescale_velocity(direct, third, first)], [v])
    assert equal([rescale_velocity(v, first, first)], [v])
    assert equal([direct * first], [v * third])


@given(vectors(), learning_rates)
def test_the_conversions_invert_each_other(v, lr):
    b = accumulator_from_velocity(v, lr)
    assert equal([b * lr], [-v])
    assert equal([velocity_from_accumulator(b, lr)], [v])
    assert equal([accumulator_from_velocity(velocity_from_accumulator(v, lr), lr)], [v])


@given(gradient_sequences(), gradient_sequences(), st.tuples(*[learning_rates] * 2), momenta)
def test_two_conversions_of_the_state_continue_two_different_runs(before, after, lrs, mu):
    w0, (old, new) = exact(0, 0), lrs
    mus = [mu] * len(before + after)
    schedule = [old] * len(before) + [new] * len(after), mus
    velocity, _ = run(velocity_step, w0, w0, before + after, *schedule)
    accumulator, buffers = run(accumulator_step, w0, w0, before + after, *schedule)
    start, b = len(before), buffers[len(before)]
    for lr, target in ((old, velocity), (new, accumulator)):
        v = velocity_from_accumulator(b, lr)
        rest = [new] * len(after), [mu] * len(after)
        ws, _ = run(velocity_step, accumulator[start], v, after, *rest)
        assert equal(ws, target[start:])


# --- laws of a single form -----------------------------------------------------------------------


@pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
@given(
    gradients=gradient_sequences(min_size=3, max_size=3),
    others=gradient_sequences(min_size=3, max_size=3),
    scale=numbers,
    data=st.data(),
)
def test_a_run_is_linear_in_its_gradients(step, gradients, others, scale, data):
    schedule = data.draw(per_step(learning_rates, 3)), data.draw(per_step(momenta, 3))
    combined = [scale * g + h for g, h in zip(gradients, others, strict=True)]
    zero = exact(0, 0)
    whole, parts = (
        [np.stack(run(step, zero, zero, gs, *schedule)) for gs in groups]
        for groups in ([combined], [gradients, others])
    )
    assert np.array_equal(whole[0], scale * parts[0] + parts[1])


@pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
@given(gradients=gradient_sequences(max_size=4), shift=vectors(), lr=learning_rates, mu=momenta)
def test_a_run_does_not_see_where_the_origin_is(step, gradients, shift, lr, mu):
    schedule = [lr] * len(gradients), [mu] * len(gradients)
    zero = exact(0, 0)
    ws, _ = run(step, zero, initial_state(step, zero), gradients, *schedule)
    shifted, _ = run(step, shift, initial_state(step, shift), gradients, *schedule)
    assert equal(shifted, [w + shift for w in ws])


@pytest.mark.parametrize("step", MOMENTUM_STEPS, ids=name_of)
@given(gradients=gradient_sequences(), w0=vectors(), data=st.data())
def test_without_momentum_every_form_is_plain_descent(step, gradients, w0, data):
    lrs = data.draw(per_step(learning_rates, len(gradients)))
    mus = [F(0)] * len(lrs)
    ws, _ = run(step, w0, initial_state(step, w0), gradients, lrs, mus)
    assert equal(ws, run(sgd_step, w0, 0 * w0, gradients, lrs, mus)[0])


@given(gradient_sequences(), vectors(), vectors(), st.data())
def test_plain_descent_ignores_mu_and_keeps_the_state(gradients, w0, state, data):
    lrs = data.draw(per_step(learning_rates, len(gradients)))
    mus = data.draw(per_step(momenta, len(gradients)))
    ws, states = run(sgd_step, w0, state, gradients, lrs, mus)
    assert equal(states, [state] * len(ws))
    assert equal([ws[-1]], [w0 - sum(lr * g for lr, g in zip(lrs, gradients, strict=True))])


@given(vectors(), learning_rates, momenta, st.integers(1, 12))
def test_closed_form_under_a_constant_gradient(g, lr, mu, t):
    zero = exact(0, 0)
    ws, vs = run(velocity_step, zero, zero, [g] * t, [lr] * t, [mu] * t)
    final = -lr * g / (1 - mu)
    assert equal([vs[-1]], [final * (1 - mu**t)])
    assert equal([ws[-1]], [final * (t - mu * (1 - mu**t) / (1 - mu))])


@given(vectors(), momenta, st.integers(1, 12))
def test_the_averaged_state_is_a_mean_and_the_accumulator_a_sum(g, mu, t):
    zero = exact(0, 0)
    _, means = run(averaged_step, zero, zero, [g] * t, [F(1, 10)] * t, [mu] * t)
    _, sums = run(accumulator_step, zero, zero, [g] * t, [F(1, 10)] * t, [mu] * t)
    assert equal([means[-1]], [g * (1 - mu**t)])
    assert equal([sums[-1]], [g * (1 - mu**t) / (1 - mu)])


# --- Nesterov ------------------------------------------------------------------------------------


@given(vectors(), st.fractions(F(1, 20), F(1, 4), max_denominator=20), momenta)
def test_nesterov_stores_the_look_ahead_point(w0, lr, mu):
    ws, vs = run(nesterov_step, w0, 0 * w0, double_well_gradient, [lr] * 4, [mu] * 4)
    theta, v = w0, 0 * w0
    for w_stored, v_stored in zip(ws[1:], vs[1:], strict=True):
        v = mu * v - lr * double_well_gradient(theta + mu * v)
        theta = theta + v
        assert equal([w_stored, v_stored], [theta + mu * v, v])


@given(gradient_sequences(min_size=3), vectors(), learning_rates, momenta)
def test_nesterov_is_heavy_ball_with_the_change_of_the_gradient(gradients, w0, lr, mu):
    n = len(gradients)
    ws, _ = run(nesterov_step, w0, 0 * w0, gradients, [lr] * n, [mu] * n)
    for t in range(1, n):
        expected = ws[t] + mu * (ws[t] - ws[t - 1]) - lr * gradients[t]
        assert equal([ws[t + 1]], [expected - mu * lr * (gradients[t] - gradients[t - 1])])


@given(gradient_sequences(), vectors(), learning_rates, momenta)
def test_nesterov_in_two_sequences(gradients, y0, lr, mu):
    n = len(gradients)
    ws, _ = run(nesterov_step, y0, 0 * y0, gradients, [lr] * n, [mu] * n)
    x, y = y0, y0
    for g, w in zip(gradients, ws[1:], strict=True):
        x, x_before = y - lr * g, x
        y = x + mu * (x - x_before)
        assert equal([w], [y])


# --- floating point ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=name_of)
@pytest.mark.parametrize("k", [1, 4, 9])
def test_bit_identity_at_a_power_of_two(dtype, k):
    rng = np.random.default_rng(k)
    lr, mu = dtype(2.0**-k), dtype(0.9)
    gradients = rng.standard_normal((200, 5)).astype(dtype)
    w0 = rng.standard_normal(5).astype(dtype)
    schedule = [lr] * 200, [mu] * 200
    ws, vs = run(velocity_step, w0, 0 * w0, gradients, *schedule)
    xs, bs = run(accumulator_step, w0, 0 * w0, gradients, *schedule)
    assert all(same_bits(w, x) for w, x in zip(ws, xs, strict=True))
    assert all(np.array_equal(v, -lr * b) for v, b in zip(vs, bs, strict=True))


def test_at_another_lr_the_forms_agree_to_rounding_and_not_to_the_bit():
    gradients = np.random.default_rng(0).standard_normal((200, 5))
    schedule = [0.1] * 200, [0.9] * 200
    ws, xs = (
        np.array(run(step, np.ones(5), np.zeros(5), gradients, *schedule)[0])
        for step in (velocity_step, accumulator_step)
    )
    assert 0 < np.abs(ws - xs).max() < 1e-13


@pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, object], ids=name_of)
def test_dtype_shape_and_inputs_are_preserved(step, dtype):
    w, state, g = (
        (np.array([[1, 2, 3], [4, 5, 6]]).astype(dtype) + dtype(j) for j in range(3))
        if dtype is not object
        else (exact(1, 2), exact(2, 3), exact(3, 4))
    )
    copies = [w.copy(), state.copy(), g.copy()]
    new_w, new_state = step(
        w, state, g, F(1, 10) if dtype is object else 0.1, F(1, 2) if dtype is object else 0.5
    )
    for new in (new_w, new_state):
        assert new.dtype == w.dtype
        assert new.shape == w.shape
    assert equal([w, state, g], copies)
    assert not np.shares_memory(new_w, w)


@pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
def test_one_lr_and_one_mu_a_run(step):
    w, state, g = (np.arange(6.0).reshape(3, 2) + j for j in (1.0, 2.0, 4.0))
    lr, mu = np.array([[0.1], [0.2], [0.4]]), np.array([[0.0], [0.5], [0.9]])
    batch = step(w, state, g, lr, mu)
    for i in range(3):
        single = step(w[i], state[i], g[i], lr[i, 0], mu[i, 0])
        assert all(np.array_equal(many[i], one) for many, one in zip(batch, single, strict=True))


def test_a_conversion_leaves_its_argument_alone_and_keeps_float32():
    v = np.array([1.0, -2.0], dtype=np.float32)
    for converted in (
        velocity_from_accumulator(v, 0.5),
        accumulator_from_velocity(v, 0.5),
        rescale_velocity(v, 0.5, 0.25),
    ):
        assert converted.dtype == np.float32
        assert not np.shares_memory(converted, v)
    assert v.tolist() == [1.0, -2.0]
    assert velocity_from_accumulator(v, 0.5).tolist() == [-0.5, 1.0]
    assert accumulator_from_velocity(v, 0.5).tolist() == [-2.0, 4.0]
    assert rescale_velocity(v, 0.5, 0.25).tolist() == [0.5, -1.0]


# --- symbols -------------------------------------------------------------------------------------


@pytest.mark.parametrize("assumptions", [{}, {"positive": True}, {"real": True}], ids=str)
@pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
def test_symbols_are_taken(step, assumptions):
    w, g = sympy.symbols("w g", real=True)
    lr, mu = sympy.symbols("eta mu", **assumptions)
    moved, _ = step(w, initial_state(step, w), g, lr, mu)
    assert sympy.expand((moved - w).subs(mu, 0) + lr * g) == 0
