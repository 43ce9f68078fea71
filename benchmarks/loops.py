"""What a reader would write without the package: bare loops that do the same arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Gradient = Callable[[Array], Array]


def keep_path(gradient: Gradient, w: Array, lr: float, mu: float, steps: int) -> Array:
    """Run form A and keep every point, with nothing around it."""
    path = np.empty((steps + 1, *w.shape))
    path[0] = w
    v = np.zeros_like(w)
    for k in range(steps):
        v = mu * v - lr * gradient(w)
        w = w + v
        path[k + 1] = w
    return path


def in_place(gradient: Gradient, w: Array, lr: Array, mu: Array, steps: int) -> Array:
    """Run form A in place and keep only the end: as little memory as it can be done with."""
    w, v, work = w.copy(), np.zeros_like(w), np.empty_like(w)
    for _ in range(steps):
        np.multiply(lr, gradient(w), out=work)
        v *= mu
        v -= work
        w += v
    return w


def bowl(w: Array) -> Array:
    return 2.0 * w


def ravine(w: Array) -> Array:
    return w * RAVINE


RAVINE = np.array([1.0, 10.0])


def double_well(w: Array) -> Array:
    return w * w * w - w + 0.2


def rosenbrock(w: Array) -> Array:
    x, y = w[..., 0], w[..., 1]
    t = y - x * x
    g = np.empty_like(w)
    g[..., 0] = 2 * (x - 1) - 400 * x * t
    g[..., 1] = 200 * t
    return g


def himmelblau(w: Array) -> Array:
    x, y = w[..., 0], w[..., 1]
    s, t = x * x + y - 11, x + y * y - 7
    g = np.empty_like(w)
    g[..., 0] = 4 * x * s + 2 * t
    g[..., 1] = 2 * s + 4 * y * t
    return g


def lessard(w: Array) -> Array:
    return np.where(w < 1, 25 * w, np.where(w < 2, w + 24, 25 * w - 24))
