"""The rules once more, in place: the same operations in the same order, so the same bits.

A kernel writes the next weights into `out` (which may be `w`), the next state into `state`, and uses `work`,
an array of the same shape, for what lies between. `tests/test_descent.py` holds each to its rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from momentum.updates.rules import (
    Step,
    accumulator_step,
    averaged_step,
    heavy_ball_step,
    nesterov_step,
    sgd_step,
    velocity_step,
)

Array = np.ndarray[Any, np.dtype[Any]]
Kernel = Callable[[Array, Array, Array, Any, Any, Array, Array], None]

# A name looked up once: a step on a small array costs about as much as the look-ups around it.
_add, _subtract, _multiply = np.add, np.subtract, np.multiply


def _sgd(w: Array, state: Array, g: Array, lr: Any, mu: Any, out: Array, work: Array) -> None:
    _multiply(lr, g, work)
    _subtract(w, work, out)


def _velocity(w: Array, v: Array, g: Array, lr: Any, mu: Any, out: Array, work: Array) -> None:
    _multiply(mu, v, v)
    _multiply(lr, g, work)
    _subtract(v, work, v)
    _add(w, v, out)


def _accumulator(w: Array, b: Array, g: Array, lr: Any, mu: Any, out: Array, work: Array) -> None:
    _multiply(mu, b, b)
    _add(b, g, b)
    _multiply(lr, b, work)
    _subtract(w, work, out)


def _averaged(w: Array, e: Array, g: Array, lr: Any, mu: Any, out: Array, work: Array) -> None:
    _multiply(mu, e, e)
    _multiply(1 - mu, g, work)
    _add(e, work, e)
    _multiply(lr, e, work)
    _subtract(w, work, out)


def _heavy_ball(w: Array, w_prev: Array, g: Array, lr: Any, mu: Any, out: Array, work: Array) -> None:
    _subtract(w, w_prev, work)
    _multiply(mu, work, work)
    w_prev[...] = w
    next_w = w - lr * g
    _add(next_w, work, out)


def _nesterov(w: Array, v: Array, g: Array, lr: Any, mu: Any, out: Array, work: Array) -> None:
    _multiply(lr, g, work)
    _multiply(mu, v, v)
    _subtract(v, work, v)
    next_w = w + mu * v
    _subtract(next_w, work, out)


def _nesterov_accumulator(w: Array, b: Array, g: Array, lr: Any, mu: Any, out: Array, work: Array) -> None:
    # PyTorch's form, w - lr*(g + mu*b).
    _multiply(mu, b, b)
    _add(b, g, b)
    _multiply(mu, b, work)
    _add(g, work, work)
    _multiply(lr, work, work)
    _subtract(w, work, out)


KERNELS: dict[Step, Kernel] = {
    sgd_step: _sgd,
    velocity_step: _velocity,
    accumulator_step: _accumulator,
    averaged_step: _averaged,
    heavy_ball_step: _heavy_ball,
    nesterov_step: _nesterov,
}
OPTIMIZERS: dict[tuple[str, bool], Kernel] = {
    ("velocity", False): _velocity,
    ("velocity", True): _nesterov,
    ("accumulator", False): _accumulator,
    ("accumulator", True): _nesterov_accumulator,
    ("averaged", False): _averaged,
}
