"""The frameworks' steps and their recorded runs: every trajectory, then laws, hand values and errors."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from strategies import equal, exact, learning_rates, momenta, per_step, positive_momenta, run, vectors

from momentum.frameworks import keras_step, optax_step, pytorch_step, recordings, replay, versions
from momentum.frameworks.recordings import FRAMEWORKS, unpacked
from momentum.updates import (
    accumulator_step,
    nesterov_accumulator_step,
    nesterov_step,
    sgd_step,
    velocity_step,
)

F = Fraction
STEPS = 4
RECORDED = [(framework, name) for framework in FRAMEWORKS for name in recordings(framework)]
rates, mus = per_step(learning_rates, STEPS), per_step(momenta, STEPS)
positive_mus = per_step(positive_momenta, STEPS)


def bent(w):
    """Return a gradient that is not linear, and couples the weights."""
    return w**2 - w[::-1] / 3 + F(1, 7)


def from_none(w, lrs, mus, **options):
    """Run PyTorch's step from before there is a buffer."""
    state, points = None, [w]
    for lr, mu in zip(lrs, mus, strict=True):
        w, state = pytorch_step(w, state, bent(w), lr, mu, **options)
        points.append(w)
    return points, state


@pytest.mark.parametrize(("framework", "name"), RECORDED)
def test_every_recorded_trajectory_is_reproduced(framework, name):
    recording = recordings(framework)[name]
    w, state = replay(recording)
    np.testing.assert_allclose(w, recording.w, rtol=0, atol=1e-12)
    np.testing.assert_allclose(state, recording.state, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("framework", "name", "step"),
    [
        ("pytorch", "a drop of the learning rate", accumulator_step),
        ("pytorch", "both schedules, Nesterov", nesterov_accumulator_step),
        ("keras", "a drop of the learning rate", velocity_step),
        ("keras", "both schedules, Nesterov", nesterov_step),
        ("optax", "a drop of the learning rate", accumulator_step),
        ("optax", "both schedules, Nesterov", nesterov_accumulator_step),
        ("optax", "scale first, then trace", velocity_step),
        ("optax", "scale first, then trace, Nesterov", nesterov_step),
    ],
)
def test_the_bare_rules_reproduce_them_too(framework, name, step):
    found = recordings(framework)[name]
    w, state = found.w[0], np.zeros_like(found.w[0])
    for k, (lr, mu) in enumerate(zip(found.lr, found.mu, strict=True)):
        w, state = step(w, state, found.gradient(k, w), lr, mu)
    np.testing.assert_allclose(w, found.w[-1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(state, found.state, rtol=0, atol=1e-12)


@given(vectors(), rates, positive_mus)
def test_a_buffer_made_of_the_first_gradient_is_a_zero_buffer(w, lrs, mus):
    for nesterov, rule in ((False, accumulator_step), (True, nesterov_accumulator_step)):
        points, buffer = from_none(w, lrs, mus, nesterov=nesterov)
        ws, bs = run(rule, w, 0 * w, bent, lrs, mus)
        assert equal(points, ws)
        assert np.array_equal(buffer, bs[-1])


@given(vectors(), rates, positive_mus, momenta)
def test_dampening_spares_the_first_gradient_only(w, lrs, mus, tau):
    points, buffer = from_none(w, lrs, mus, dampening=tau)
    b = bent(w)
    w = w - lrs[0] * b
    assert np.array_equal(points[1], w)
    for k in range(1, STEPS):
        w, b = accumulator_step(w, b, (1 - tau) * bent(w), lrs[k], mus[k])
        assert np.array_equal(points[k + 1], w)
    assert np.array_equal(buffer, b)


@given(vectors(), rates, mus, momenta)
def test_pytorch_couples_the_decay(w, lrs, mus, decay):
    points, _ = from_none(w, lrs, mus, weight_decay=decay)
    state = None
    for k in range(STEPS):
        w, state = pytorch_step(w, state, bent(w) + decay * w, lrs[k], mus[k])
        assert np.array_equal(points[k + 1], w)


@given(vectors(), vectors(), rates, mus, momenta)
def test_keras_and_a_late_part_of_optax_decouple_it(w, v, lrs, mus, decay):
    lr, mu = lrs[0], mus[0] + F(1, 100)
    ours, _ = keras_step(w, v, bent(w), lr, mu, weight_decay=decay)
    bare, _ = keras_step(w, v, bent(w), lr, mu)
    assert np.array_equal(ours, bare - lr * decay * w)
    chain = ("trace", "decay", "scale")
    late, _ = optax_step(w, v, bent(w), lr, mu, chain=chain, weight_decay=decay)
    assert np.array_equal(late, optax_step(w, v, bent(w), lr, mu)[0] - lr * decay * w)


@given(vectors(), vectors(), learning_rates, momenta)
def test_the_order_of_the_chain_is_the_form(w, state, lr, mu):
    g = bent(w)
    scaled = {"chain": ("scale", "trace")}
    for options, rule in (
        ({}, accumulator_step),
        ({"nesterov": True}, nesterov_accumulator_step),
        (scaled, velocity_step),
        (scaled | {"nesterov": True}, nesterov_step),
    ):
        ours, theirs = optax_step(w, state, g, lr, mu, **options), rule(w, state, g, lr, mu)
        assert equal(ours, theirs)


@given(vectors(), vectors(), learning_rates, momenta)
def test_without_momentum_pytorch_and_keras_leave_the_memory_and_optax_does_not(w, state, lr, decay):
    g = bent(w)
    for step in (pytorch_step, keras_step):
        moved, kept = step(w, state, g, lr, 0)
        assert kept is state
        assert np.array_equal(moved, sgd_step(w, state, g, lr)[0])
    assert np.array_equal(pytorch_step(w, None, g, lr, 0, weight_decay=decay)[0], w - lr * (g + decay * w))
    assert pytorch_step(w, None, g, lr, 0)[1] is None
    assert np.array_equal(optax_step(w, state, g, lr, 0)[1], g)


def test_values_by_hand():
    assert pytorch_step(1.0, 1.0, 2.0, 0.25, 0.5, dampening=0.25, weight_decay=2.0) == (0.125, 3.5)
    assert pytorch_step(1.0, 1.0, 2.0, 0.25, 0.5, nesterov=True) == (0.1875, 2.5)
    assert pytorch_step(1.0, None, 2.0, 0.25, 0.5, dampening=0.25) == (0.5, 2.0)
    assert keras_step(1.0, 0.5, 2.0, 0.25, 0.5, weight_decay=0.5, nesterov=True) == (0.25, -0.25)
    assert keras_step(1.0, 0.5, 2.0, 0.25, 0.0, weight_decay=0.5) == (0.375, 0.5)
    coupled = {"chain": ("decay", "trace", "scale"), "weight_decay": 0.5}
    assert optax_step(1.0, 1.0, 2.0, 0.25, 0.5, **coupled) == (0.25, 3.0)
    assert optax_step(1.0, 1.0, 2.0, 0.25, 0.5, chain=("decay", "scale")) == (0.5, 1.0)


def test_nothing_is_changed_in_place():
    w, state, g = exact(1, 2), exact(3, 4), exact(5, 6)
    for step in (pytorch_step, keras_step, optax_step):
        step(w, state, g, F(1, 2), F(1, 2), weight_decay=F(1, 3))
    assert [x.tolist() for x in (w, state, g)] == [[1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: pytorch_step(1.0, 0.0, 1.0, 0.1, 0.5, dampening=-1),
            "dampening must be finite and not negative, got -1",
        ),
        (
            lambda: pytorch_step(1.0, 0.0, 1.0, 0.1, 0.5, weight_decay=-1),
            "weight_decay must be finite and not negative, got -1",
        ),
        (
            lambda: keras_step(1.0, 0.0, 1.0, 0.1, 0.5, weight_decay=-1),
            "weight_decay must be finite and not negative, got -1",
        ),
        (
            lambda: optax_step(1.0, 0.0, 1.0, 0.1, 0.5, weight_decay=-1),
            "weight_decay must be finite and not negative, got -1",
        ),
        (
            lambda: pytorch_step(1.0, 0.0, 1.0, 0.1, 0.5, dampening=0.5, nesterov=True),
            "dampening must be 0 with nesterov=True, got 0.5",
        ),
        (
            lambda: optax_step(1.0, 0.0, 1.0, 0.1, 0.5, chain=["trace", "ema"]),
            r"chain must be made of decay, trace, scale, got \('trace', 'ema'\)",
        ),
        (lambda: keras_step(1.0, 0.0, 1.0, -0.1, 0.5), "lr must be finite and not negative, got -0.1"),
        (lambda: versions("jax"), "framework must be one of pytorch, keras, optax, got 'jax'"),
        (lambda: recordings("jax"), "framework must be one of pytorch, keras, optax, got 'jax'"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


def test_a_recording_is_complete():
    for framework, name in RECORDED:
        recording = recordings(framework)[name]
        assert (recording.framework, recording.name) == (framework, name)
        steps, dim = len(recording.lr), recording.w.shape[1]
        assert recording.mu.shape == (steps,)
        assert recording.w.shape == (steps + 1, dim)
        assert recording.state.shape == (dim,)
        assert recording.w.dtype == recording.state.dtype == np.float64
        assert (recording.tape is None) is (recording.problem != "tape")
    names = [set(recordings(framework)) for framework in FRAMEWORKS]
    assert len(set.intersection(*names)) >= 10


def test_what_is_returned_is_the_callers_own():
    recordings("keras")["the two-step witness"].w[:] = 7
    versions("keras")["keras"] = "0"
    assert recordings("keras")["the two-step witness"].w[0] == 0
    assert versions("keras")["keras"] != "0"
    tape = recordings("keras")["the two-step witness"]
    tape.gradient(0, tape.w[0])[:] = 7
    assert tape.gradient(0, tape.w[0]) == 1


def test_a_schedule_is_unpacked():
    assert unpacked([(0.5, 2), (1, 1)]).tolist() == [0.5, 0.5, 1.0]
    assert unpacked([(1, 1)]).dtype == np.float64
