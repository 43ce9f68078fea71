"""The optimizer that keeps its state: against the pure steps, in place, saved and restored."""

from __future__ import annotations

import copy
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    equal,
    exact,
    gradient_sequences,
    learning_rates,
    momenta,
    name_of,
    per_step,
    run,
    same_bits,
    vectors,
)

from momentum.updates import (
    SGD,
    accumulator_step,
    averaged_step,
    nesterov_step,
    velocity_step,
)


def accumulator_nesterov_step(w, b, g, lr, mu):
    """Do what PyTorch does with nesterov=True."""
    b = mu * b + g
    return w - lr * (g + mu * b), b


VARIANTS = {
    "velocity": ({"form": "velocity"}, velocity_step),
    "accumulator": ({"form": "accumulator"}, accumulator_step),
    "averaged": ({"form": "averaged"}, averaged_step),
    "velocity-nesterov": ({"form": "velocity", "nesterov": True}, nesterov_step),
    "accumulator-nesterov": ({"form": "accumulator", "nesterov": True}, accumulator_nesterov_step),
}
variants = pytest.mark.parametrize(("options", "step"), VARIANTS.values(), ids=VARIANTS.keys())


def trajectory(optimizer, w0, gradients):
    params, path = w0.copy(), [w0]
    for g in gradients:
        optimizer.step(params, g)
        path.append(params.copy())
    return path


@variants
@given(gradients=gradient_sequences(), w0=vectors(), data=st.data())
def test_it_equals_the_pure_step_while_lr_and_mu_are_set_between_steps(options, step, gradients, w0, data):
    lrs = data.draw(per_step(learning_rates, len(gradients)))
    mus = data.draw(per_step(momenta, len(gradients)))
    expected, _ = run(step, w0, 0 * w0, gradients, lrs, mus)
    optimizer = SGD(lr=lrs[0], mu=mus[0], **options)
    w = w0.copy()
    for g, lr, mu, target in zip(gradients, lrs, mus, expected[1:], strict=True):
        optimizer.lr, optimizer.mu = lr, mu
        optimizer.step(w, g)
        assert equal([w], [target])


@variants
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=name_of)
def test_it_equals_the_pure_step_bit_for_bit(options, step, dtype):
    rng = np.random.default_rng(3)
    gradients = rng.standard_normal((30, 2, 3)).astype(dtype)
    w0 = rng.standard_normal((2, 3)).astype(dtype)
    expected, _ = run(step, w0, 0 * w0, gradients, [0.03] * 30, [0.9] * 30)
    path = trajectory(SGD(0.03, 0.9, **options), w0, gradients)
    if step is accumulator_nesterov_step:
        np.testing.assert_allclose(np.array(path), np.array(expected), rtol=20 * np.finfo(dtype).eps)
    else:
        assert all(same_bits(w, x) for w, x in zip(path, expected, strict=True))


def test_the_defaults_are_the_velocity_form_at_nine_tenths():
    optimizer = SGD(0.5)
    assert (optimizer.lr, optimizer.mu) == (0.5, 0.9)
    gradients = np.array([[1.0], [-2.0], [0.25]])
    expected, _ = run(velocity_step, np.ones(1), np.zeros(1), gradients, [0.5] * 3, [0.9] * 3)
    assert equal(trajectory(optimizer, np.ones(1), gradients), expected)


@given(gradient_sequences(), vectors(), learning_rates, momenta)
def test_both_nesterov_variants_agree_at_a_constant_lr(gradients, w0, lr, mu):
    velocity = SGD(lr, mu, form="velocity", nesterov=True)
    accumulator = SGD(lr, mu, form="accumulator", nesterov=True)
    assert equal(trajectory(velocity, w0, gradients), trajectory(accumulator, w0, gradients))


@variants
def test_a_list_of_parameters_is_stepped_as_each_alone(options, step):
    del step
    rng = np.random.default_rng(5)
    shapes = [(3,), (2, 2), ()]
    params = [rng.standard_normal(shape) * np.ones(shape) for shape in shapes]
    params = [np.asarray(p) for p in params]
    gradients = [[np.asarray(rng.standard_normal(s)) for s in shapes] for _ in range(5)]
    alone = [
        trajectory(SGD(0.1, 0.8, **options), p, [g[i] for g in gradients])[-1] for i, p in enumerate(params)
    ]
    together = SGD(0.1, 0.8, **options)
    for gs in gradients:
        together.step(params, gs)
    assert equal(params, alone)


@variants
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=name_of)
def test_parameters_change_in_place_and_gradients_stay(options, step, dtype):
    del step
    first, second = np.ones(3, dtype=dtype), np.full((2, 2), 2, dtype=dtype)
    params, grads = [first, second], [np.ones(3, dtype=dtype), np.ones((2, 2), dtype=dtype)]
    view = first[1:]
    optimizer = SGD(0.5, 0.5, **options)
    for _ in range(2):
        optimizer.step(params, grads)
    assert params[0] is first
    assert params[1] is second
    assert first.dtype == second.dtype == dtype
    assert (view < 1).all()
    assert (second < 2).all()
    assert all((g == 1).all() for g in grads)


@variants
def test_a_gradient_that_the_caller_reuses_does_not_become_the_state(options, step):
    gradients = [np.array([1.0]), np.array([-3.0]), np.array([2.0])]
    expected, _ = run(step, np.ones(1), np.zeros(1), gradients, [0.25] * 3, [0.5] * 3)
    optimizer, w, g = SGD(0.25, 0.5, **options), np.ones(1), np.empty(1)
    for value in gradients:
        g[:] = value
        optimizer.step(w, g)
    assert equal([w], [expected[-1]])


@variants
def test_a_saved_state_continues_the_run(options, step):
    del step
    gradients = np.random.default_rng(7).standard_normal((10, 4))
    whole = trajectory(SGD(0.1, 0.8, **options), np.ones(4), gradients)
    first = SGD(0.1, 0.8, **options)
    half = trajectory(first, np.ones(4), gradients[:5])[-1]
    saved = first.state_dict()
    second = SGD(0.7, 0.1, **options)
    second.load_state_dict(saved)
    assert (second.lr, second.mu) == (0.1, 0.8)
    assert equal(trajectory(second, half, gradients[5:]), whole[5:])


@variants
def test_a_saved_state_is_a_copy(options, step):
    del step
    gradients = np.random.default_rng(8).standard_normal((3, 4))
    optimizer = SGD(0.1, 0.8, **options)
    trajectory(optimizer, np.ones(4), gradients)
    saved = optimizer.state_dict()
    before = copy.deepcopy(saved)
    restored = SGD(0.1, 0.8, **options)
    restored.load_state_dict(saved)
    for each in (optimizer, restored):
        trajectory(each, np.ones(4), gradients)
        assert saved.keys() == before.keys()
        np.testing.assert_equal(saved, before)


def test_a_fresh_optimizer_can_be_saved_and_loaded():
    restored = SGD(0.3, 0.2)
    restored.load_state_dict(SGD(0.5, 0.9).state_dict())
    assert (restored.lr, restored.mu) == (0.5, 0.9)
    w = np.ones(1)
    restored.step(w, np.ones(1))
    assert w.tolist() == [0.5]


def test_two_optimizers_share_nothing():
    one, two = SGD(0.5, 0.5), SGD(0.5, 0.5)
    a, b = np.zeros(1), np.zeros(1)
    one.step(a, np.ones(1))
    one.step(a, np.ones(1))
    two.step(b, np.ones(1))
    assert (a.tolist(), b.tolist()) == ([-1.25], [-0.5])


def test_fractions_stay_fractions():
    w = exact(1, 2)
    SGD(Fraction(1, 3), Fraction(1, 2)).step(w, exact(3, 6))
    assert w.tolist() == [0, 0]
    assert all(isinstance(value, Fraction) for value in w)


def test_a_refused_optimizer_step_changes_nothing():
    params, optimizer = [np.ones(2), np.ones(1)], SGD(0.5, 0.5)
    with pytest.raises(ValueError, match="grads"):
        optimizer.step(params, [np.ones(2), np.ones(3)])
    assert [p.tolist() for p in params] == [[1, 1], [1]]
    optimizer.step(params, [np.ones(2), np.ones(1)])
    assert [p.tolist() for p in params] == [[0.5, 0.5], [0.5]]


def test_a_refused_setting_keeps_the_old_one():
    optimizer = SGD(0.5, 0.25)
    for name in ("lr", "mu"):
        with pytest.raises(ValueError, match=name):
            setattr(optimizer, name, -1.0)
    assert (optimizer.lr, optimizer.mu) == (0.5, 0.25)
