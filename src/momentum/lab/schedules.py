"""Schedules of the learning rate as arrays, one value a step.

The browser makes the same arrays with the same operations (`js/forms.js`), so that a run over a schedule
agrees bit for bit. The one thing it could round differently is the cosine, so `cosine_shape` is handed over.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_positive, refuse
from momentum.updates import cosine_schedule, linear_schedule, step_schedule

Array = np.ndarray[Any, np.dtype[np.float64]]
SCHEDULES = ("constant", "step", "cosine", "warm-up", "drawn")


def cosine_shape(steps: int) -> Array:
    r"""Return half a cosine wave from 1 to 0, :math:`\tfrac12 (1 + \cos(\pi k / (n - 1)))`.

    Parameters
    ----------
    steps : int
        The number n of values, at least 2.

    Returns
    -------
    array, shape (steps,)

    Raises
    ------
    ValueError
        If `steps` is below 2.

    Examples
    --------
    >>> cosine_shape(3).round(12)
    array([1. , 0.5, 0. ])
    """
    if steps < 2:
        raise refuse("steps", steps, "at least 2")
    return np.asarray(cosine_schedule(1.0, 0.0, steps)(np.arange(steps)))


def learning_rates(
    schedule: str, steps: int, lr: float, lr_end: float, when: int, knots: list[float] | None = None
) -> Array:
    """Return a learning rate for each step.

    Parameters
    ----------
    schedule : {"constant", "step", "cosine", "warm-up", "drawn"}
        Always `lr`; `lr` and from step `when` on `lr_end`; half a cosine wave from `lr` to `lr_end`; a
        straight line from `lr` to `lr_end` at step `when`, then constant; straight lines between `knots`.
    steps : int
        How many, at least 2.
    lr, lr_end : float
        The first and the last, positive.
    when : int
        A step, from 1 to `steps`.
    knots : list of float, optional
        For "drawn": at least two values, positive, evenly spaced from the first step to the last.

    Returns
    -------
    array, shape (steps,)

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    Loshchilov and Hutter (2017) for the cosine, Goyal et al. (2017) for the warm-up.

    Examples
    --------
    >>> learning_rates("step", 4, lr=0.5, lr_end=0.25, when=2)
    array([0.5 , 0.5 , 0.25, 0.25])
    >>> learning_rates("warm-up", 4, lr=0.25, lr_end=0.75, when=2)
    array([0.25, 0.5 , 0.75, 0.75])
    """
    check_positive(lr, "lr")
    check_positive(lr_end, "lr_end")
    if steps < 2:
        raise refuse("steps", steps, "at least 2")
    if not 1 <= when <= steps:
        raise refuse("when", when, f"from 1 to {steps}")
    k = np.arange(steps)
    if schedule == "constant":
        return np.full(steps, float(lr))
    if schedule == "step":
        return np.asarray(step_schedule(lr, lr_end, when)(k))
    if schedule == "cosine":
        return lr_end + (lr - lr_end) * cosine_shape(steps)
    if schedule == "warm-up":
        return np.asarray(linear_schedule(lr, lr_end, when)(k))
    if schedule == "drawn":
        return _between(knots, k)
    raise refuse("schedule", schedule, f"one of {', '.join(SCHEDULES)}")


def _between(knots: list[float] | None, k: Any) -> Array:
    """Return the straight lines between the knots."""
    if knots is None or len(knots) < 2:
        raise refuse("knots", knots, "a list of at least two numbers")
    heights = np.array(knots, dtype=float)
    check_positive(heights, "knots")
    last = len(heights) - 1
    x = k * last / (len(k) - 1)
    left = np.minimum(x.astype(int), last - 1)
    rates: Array = heights[left] + (heights[left + 1] - heights[left]) * (x - left)
    return rates
