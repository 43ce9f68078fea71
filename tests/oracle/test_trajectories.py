"""The package's rules against `torch.optim.SGD`, over whole trajectories in float64."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch_runs import Gradient, closed_loop, numpy_run, open_loop, torch_run

from momentum import (
    SGD,
    accumulator_from_velocity,
    accumulator_step,
    averaged_step,
    descend,
    heavy_ball_step,
    nesterov_step,
    rescale_velocity,
    sgd_step,
    velocity_from_accumulator,
    velocity_step,
)

Array = np.ndarray[Any, Any]
STEPS = 25


class Problem(NamedTuple):
    gradient: Gradient
    w0: Array


def problem(seed: int, loop: str) -> Problem:
    """Return a random problem; the seed says all."""
    rng = np.random.default_rng(seed)
    w0 = rng.normal(size=3)
    if loop == "open":
        return Problem(open_loop(rng.normal(size=(STEPS, 3))), w0)
    return Problem(closed_loop(0.3 * rng.normal(size=(3, 3)), 1.0), w0)


problems = st.builds(problem, st.integers(0, 10_000), st.sampled_from(["open", "closed"]))
rates = st.floats(0.001, 0.3)
# Where torch's momentum is 0 its buffer is left alone: a case of its own below.
momenta = st.floats(0.01, 0.99)
rate_schedules = st.lists(rates, min_size=STEPS, max_size=STEPS)
momentum_schedules = st.lists(momenta, min_size=STEPS, max_size=STEPS)


def close(ours: Array, theirs: Array) -> None:
    scale = max(1.0, float(np.abs(theirs).max()))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-11 * scale)


def optimizer_run(optimizer: SGD, of: Problem, lrs: list[float], mus: list[float]) -> Array:
    w = of.w0.copy()
    points = [of.w0]
    for k, (lr, mu) in enumerate(zip(lrs, mus, strict=True)):
        optimizer.lr, optimizer.mu = lr, mu
        optimizer.step(w, of.gradient(k, w.copy()))
        points.append(w.copy())
    return np.stack(points)


@given(problems, rate_schedules)
def test_plain_sgd(of: Problem, lrs: list[float]) -> None:
    theirs, _ = torch_run(*of, lrs, [0.0] * STEPS)
    close(numpy_run(sgd_step, *of, lrs, [0.0] * STEPS)[0], theirs)
    close(optimizer_run(SGD(0.1, 0.0), of, lrs, [0.0] * STEPS), theirs)


@given(problems, rate_schedules, momentum_schedules)
def test_form_b_is_torch_on_any_schedule(of: Problem, lrs: list[float], mus: list[float]) -> None:
    theirs, buffer = torch_run(*of, lrs, mus)
    ours, b = numpy_run(accumulator_step, *of, lrs, mus)
    close(ours, theirs)
    close(b, buffer)
    close(optimizer_run(SGD(0.1, form="accumulator"), of, lrs, mus), theirs)


@given(problems, rates, momentum_schedules)
def test_form_a_is_torch_while_the_rate_is_constant(of: Problem, lr: float, mus: list[float]) -> None:
    lrs = [lr] * STEPS
    theirs, buffer = torch_run(*of, lrs, mus)
    ours, v = numpy_run(velocity_step, *of, lrs, mus)
    close(ours, theirs)
    close(v, velocity_from_accumulator(buffer, lr))
    close(accumulator_from_velocity(v, lr) * lr, buffer * lr)
    close(optimizer_run(SGD(0.1), of, lrs, mus), theirs)


@given(problems, rate_schedules, momentum_schedules)
def test_form_a_on_a_schedule_is_torch_with_another_momentum(
    of: Problem, lrs: list[float], mus: list[float]
) -> None:
    # The theorem of the chapter two_forms, read from A to B: mu_t lr_(t-1) / lr_t.
    others = [mus[0]] + [mu * old / new for mu, old, new in zip(mus[1:], lrs, lrs[1:], strict=False)]
    close(numpy_run(velocity_step, *of, lrs, mus)[0], torch_run(*of, lrs, others)[0])


@given(problems, rate_schedules, momentum_schedules)
def test_momentum_correction_makes_form_a_follow_torch(
    of: Problem, lrs: list[float], mus: list[float]
) -> None:
    w, v, old = of.w0, np.zeros(3), lrs[0]
    points = [w]
    for k, (lr, mu) in enumerate(zip(lrs, mus, strict=True)):
        w, v = velocity_step(w, rescale_velocity(v, old, lr), of.gradient(k, w), lr, mu)
        points.append(w)
        old = lr
    close(np.stack(points), torch_run(*of, lrs, mus)[0])


@given(problems, rates, momenta)
def test_form_e_is_torch_with_a_smaller_rate(of: Problem, lr: float, mu: float) -> None:
    theirs, _ = torch_run(*of, [lr * (1 - mu)] * STEPS, [mu] * STEPS)
    close(numpy_run(averaged_step, *of, [lr] * STEPS, [mu] * STEPS)[0], theirs)
    close(optimizer_run(SGD(0.1, form="averaged"), of, [lr] * STEPS, [mu] * STEPS), theirs)


@given(problems, rate_schedules, momenta)
def test_form_e_is_torch_dampened_from_a_zero_buffer(of: Problem, lrs: list[float], mu: float) -> None:
    theirs, buffer = torch_run(*of, lrs, [mu] * STEPS, buffer=np.zeros(3), dampening=mu)
    ours, e = numpy_run(averaged_step, *of, lrs, [mu] * STEPS)
    close(ours, theirs)
    close(e, buffer)


@given(problems, rates, momentum_schedules)
def test_heavy_ball_is_torch_while_the_rate_is_constant(of: Problem, lr: float, mus: list[float]) -> None:
    lrs = [lr] * STEPS
    close(numpy_run(heavy_ball_step, *of, lrs, mus)[0], torch_run(*of, lrs, mus)[0])


@given(problems, rates, momentum_schedules)
def test_nesterov_is_torch_while_the_rate_is_constant(of: Problem, lr: float, mus: list[float]) -> None:
    # Keras' form stores the same look-ahead point as PyTorch's.
    lrs = [lr] * STEPS
    theirs, _ = torch_run(*of, lrs, mus, nesterov=True)
    close(numpy_run(nesterov_step, *of, lrs, mus)[0], theirs)
    close(optimizer_run(SGD(0.1, nesterov=True), of, lrs, mus), theirs)


@given(problems, rate_schedules, momentum_schedules)
def test_nesterov_form_b_is_torch_on_any_schedule(of: Problem, lrs: list[float], mus: list[float]) -> None:
    theirs, _ = torch_run(*of, lrs, mus, nesterov=True)
    close(optimizer_run(SGD(0.1, form="accumulator", nesterov=True), of, lrs, mus), theirs)


@given(problems, rate_schedules, momenta, st.floats(0.0, 0.5))
def test_coupled_weight_decay_is_a_part_of_the_gradient(
    of: Problem, lrs: list[float], mu: float, decay: float
) -> None:
    def decayed(k: int, w: Array) -> Array:
        return of.gradient(k, w) + decay * w

    theirs, _ = torch_run(*of, lrs, [mu] * STEPS, weight_decay=decay)
    close(numpy_run(accumulator_step, decayed, of.w0, lrs, [mu] * STEPS)[0], theirs)


@given(problems, momenta, st.integers(1, 8))
def test_at_powers_of_two_form_a_and_torch_agree_bit_for_bit(of: Problem, mu: float, k: int) -> None:
    lrs = [2.0**-k] * STEPS
    ours, _ = numpy_run(velocity_step, *of, lrs, [mu] * STEPS)
    np.testing.assert_array_equal(ours, torch_run(*of, lrs, [mu] * STEPS)[0])


@pytest.mark.parametrize("step", [velocity_step, accumulator_step])
def test_descend_follows_torch(step: Any) -> None:
    of = problem(3, "closed")
    theirs, _ = torch_run(*of, [0.05] * STEPS, [0.9] * STEPS)
    close(descend(lambda w: of.gradient(0, w), of.w0, 0.05, 0.9, STEPS, step).w, theirs)


def test_float32_stays_float32() -> None:
    of = problem(5, "open")
    gradient = open_loop(np.stack([of.gradient(k, of.w0) for k in range(STEPS)]).astype(np.float32))
    w0 = of.w0.astype(np.float32)
    theirs, _ = torch_run(gradient, w0, [0.05] * STEPS, [0.9] * STEPS)
    ours, _ = numpy_run(accumulator_step, gradient, w0, [0.05] * STEPS, [0.9] * STEPS)
    assert ours.dtype == theirs.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
