"""What the course says of PyTorch itself, seen in PyTorch."""

from __future__ import annotations

import numpy as np
from torch_runs import numpy_run, open_loop, torch_run

from momentum import accumulator_step, nesterov_step, velocity_from_accumulator, velocity_step

ONE = np.ones(1)
ZERO = np.zeros(1)


def test_the_two_step_witness() -> None:
    """The gradient is 1 twice, the learning rate drops from 0.1 to 0.01: PyTorch is form B."""
    gradient = open_loop(np.ones((2, 1)))
    theirs, _ = torch_run(gradient, ZERO, [0.1, 0.01], [0.9, 0.9])
    ours, _ = numpy_run(velocity_step, gradient, ZERO, [0.1, 0.01], [0.9, 0.9])
    np.testing.assert_allclose(theirs.ravel(), [0, -0.1, -0.119], atol=1e-15)
    np.testing.assert_allclose(ours.ravel(), [0, -0.1, -0.2], atol=1e-15)


def test_the_first_step_is_not_dampened() -> None:
    """With dampening tau the first gradient counts 1 / (1 - tau) times: -lr tau g / (1 - mu) too far."""
    lr, tau, mu, steps = 0.1, 0.9, 0.9, 400
    gradient = open_loop(np.ones((steps, 1)))
    lrs, mus = [lr] * steps, [mu] * steps
    undamped, _ = torch_run(gradient, ZERO, lrs, mus, dampening=tau)
    everywhere, _ = numpy_run(accumulator_step, gradient, ZERO, [lr * (1 - tau)] * steps, mus)
    np.testing.assert_allclose(undamped[-1] - everywhere[-1], [-0.9], atol=1e-12)


def test_the_buffer_goes_stale_while_momentum_is_zero() -> None:
    """Two steps with mu = 0 leave the buffer as it was, so old gradients come back after them."""
    mus = [0.9, 0.9, 0.0, 0.0, 0.9]
    gradient = open_loop(np.array([[1.0], [1.0], [-5.0], [-5.0], [0.0]]))
    theirs, _ = torch_run(gradient, ZERO, [0.1] * 5, mus)
    ours, _ = numpy_run(accumulator_step, gradient, ZERO, [0.1] * 5, mus)
    np.testing.assert_allclose(theirs[-1] - theirs[-2], [-0.171], atol=1e-15)
    np.testing.assert_allclose(ours[-1] - ours[-2], [0.45], atol=1e-15)


def test_a_buffer_made_of_the_first_gradient_is_a_zero_buffer() -> None:
    gradient = open_loop(np.random.default_rng(0).normal(size=(20, 3)))
    lrs, mus = [0.1] * 20, [0.9] * 20
    own, _ = torch_run(gradient, np.ones(3), lrs, mus)
    zero, _ = torch_run(gradient, np.ones(3), lrs, mus, buffer=np.zeros(3))
    np.testing.assert_array_equal(own, zero)


def test_the_two_state_conversions() -> None:
    """A run moves from PyTorch to form A when the learning rate drops: which rate converts the buffer?"""
    rng = np.random.default_rng(1)
    before, after = rng.normal(size=(2, 20, 3))
    old, new, mus = [0.1] * 20, [0.01] * 20, [0.9] * 20
    points, buffer = torch_run(open_loop(before), np.zeros(3), old, mus)
    w = points[-1]
    as_torch, _ = torch_run(open_loop(after), w, new, mus, buffer=buffer)
    _, v = numpy_run(velocity_step, open_loop(before), np.zeros(3), old, mus)
    as_form_a, _ = numpy_run(velocity_step, open_loop(after), w, new, mus, v)

    def moved(lr: float) -> np.ndarray:
        state = velocity_from_accumulator(buffer, lr)
        return numpy_run(velocity_step, open_loop(after), w, new, mus, state)[0]

    np.testing.assert_allclose(moved(0.01), as_torch, atol=1e-14)
    np.testing.assert_allclose(moved(0.1), as_form_a, atol=1e-14)
    assert np.abs(as_torch - as_form_a).max() > 0.1


def test_nesterov_parts_when_the_rate_drops() -> None:
    """Keras' form stays the exact method when the learning rate drops, PyTorch's does not."""
    curvature, mu = np.array([1.0, 4.0]), 0.9
    lrs = [0.1] * 10 + [0.01] * 30

    def gradient(_: int, w: np.ndarray) -> np.ndarray:
        return curvature * w

    theta, v = np.ones(2), np.zeros(2)
    look_ahead = [theta]
    for lr in lrs:
        v = mu * v - lr * curvature * (theta + mu * v)
        theta = theta + v
        look_ahead.append(theta + mu * v)
    keras, _ = numpy_run(nesterov_step, gradient, np.ones(2), lrs, [mu] * 40)
    torch, _ = torch_run(gradient, np.ones(2), lrs, [mu] * 40, nesterov=True)
    np.testing.assert_allclose(keras, look_ahead, atol=1e-14)
    assert np.abs(torch - look_ahead).max() > 1e-3


def test_the_buffer_is_the_sum_that_the_course_says() -> None:
    """Under a constant gradient of 1 the buffer tends to 1 / (1 - mu) = 10."""
    _, buffer = torch_run(open_loop(np.ones((400, 1))), ZERO, [0.1] * 400, [0.9] * 400)
    np.testing.assert_allclose(buffer, 10 * ONE, rtol=1e-12)
