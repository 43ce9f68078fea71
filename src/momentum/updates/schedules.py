"""Schedules: learning rates and momentum coefficients as functions of the step number.

Each function returns a schedule: a function that takes a step number k = 0, 1, ..., or an array of them,
and returns the value at that step. `descend` takes it as its `lr` or `mu`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from momentum._checks import check_inside, check_not_negative, refuse

Schedule = Callable[[Any], Any]


def _check_count(value: Any, name: str, least: int) -> None:
    """Refuse what is no whole number of at least `least`."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least:
        raise refuse(name, value, f"a whole number, at least {least}")


def step_schedule(start: float, end: float, when: int) -> Schedule:
    """Return a schedule that jumps once.

    Parameters
    ----------
    start, end : float
        The value before step `when`, and from that step on; finite and not negative.
    when : int
        The step of the jump, at least 1.

    Returns
    -------
    function

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> step_schedule(0.5, 0.25, when=2)(np.arange(4))
    array([0.5 , 0.5 , 0.25, 0.25])
    """
    check_not_negative(start, "start")
    check_not_negative(end, "end")
    _check_count(when, "when", 1)
    return lambda k: np.where(np.asarray(k) < when, float(start), float(end))[()]


def linear_schedule(start: float, end: float, when: int) -> Schedule:
    """Return a schedule that goes in a straight line from `start` to `end` and stays there: a warm-up.

    Parameters
    ----------
    start, end : float
        The value at step 0, and from step `when` on; finite and not negative.
    when : int
        The step at which the line arrives, at least 1.

    Returns
    -------
    function

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    Goyal et al. (2017), section 2.2, for the warm-up.

    Examples
    --------
    >>> linear_schedule(0.25, 0.75, when=2)(np.arange(4))
    array([0.25, 0.5 , 0.75, 0.75])
    """
    check_not_negative(start, "start")
    check_not_negative(end, "end")
    _check_count(when, "when", 1)

    def schedule(k: Any) -> Any:
        k = np.asarray(k)
        return np.where(k < when, start + (end - start) * (k / when), float(end))[()]

    return schedule


def cosine_schedule(start: float, end: float, steps: int) -> Schedule:
    r"""Return a schedule along half a cosine wave, from `start` at step 0 to `end` at the last step.

    It is :math:`\text{end} + (\text{start} - \text{end})\,\tfrac12 (1 + \cos(\pi k / (n - 1)))`, and stays
    at `end` afterwards.

    Parameters
    ----------
    start, end : float
        The first value and the last; finite and not negative.
    steps : int
        The number n of steps, at least 2.

    Returns
    -------
    function

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    Loshchilov and Hutter (2017), equation 5.

    Examples
    --------
    >>> cosine_schedule(1.0, 0.5, steps=3)(np.arange(4)).round(12)
    array([1.  , 0.75, 0.5 , 0.5 ])
    """
    check_not_negative(start, "start")
    check_not_negative(end, "end")
    _check_count(steps, "steps", 2)

    def schedule(k: Any) -> Any:
        k = np.minimum(k, steps - 1)
        return end + (start - end) * (0.5 * (1 + np.cos(np.pi * k / (steps - 1))))

    return schedule


def cycle_schedule(start: float, peak: float, steps: int) -> Schedule:
    """Return a schedule in two straight lines, to `peak` in the middle and back to `start` at the end.

    Parameters
    ----------
    start, peak : float
        The value at both ends and the one in the middle; finite and not negative. A `peak` below `start`
        cycles down and up, which is what momentum does while the learning rate cycles up and down.
    steps : int
        The number of steps, odd so that one of them is the middle, at least 3. After them it stays at
        `start`.

    Returns
    -------
    function

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    Smith (2018), without the last phase in which the learning rate falls further.

    Examples
    --------
    >>> cycle_schedule(0.25, 0.75, steps=5)(np.arange(6))
    array([0.25, 0.5 , 0.75, 0.5 , 0.25, 0.25])
    """
    check_not_negative(start, "start")
    check_not_negative(peak, "peak")
    _check_count(steps, "steps", 3)
    if steps % 2 == 0:
        raise refuse("steps", steps, "odd")
    half = (steps - 1) / 2

    def schedule(k: Any) -> Any:
        return start + (peak - start) * (1 - np.abs(np.minimum(k, steps - 1) - half) / half)

    return schedule


def rising_momentum(mu_max: float, every: int = 250) -> Schedule:
    r"""Return the increasing momentum of Sutskever et al. (2013).

    With :math:`n = \lfloor k / \text{every} \rfloor + 1` it is
    :math:`\min\bigl(1 - \tfrac{1}{2n},\ \mu_\text{max}\bigr)`: one half, three quarters, five sixths, ...

    Parameters
    ----------
    mu_max : float
        The largest value, in (0, 1).
    every : int
        After how many steps it rises, at least 1.

    Returns
    -------
    function

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    Sutskever, Martens, Dahl and Hinton (2013), section 3.

    Examples
    --------
    >>> rising_momentum(0.8)([0, 249, 250, 500])
    array([0.5 , 0.5 , 0.75, 0.8 ])
    """
    check_inside(mu_max, "mu_max")
    _check_count(every, "every", 1)
    return lambda k: np.minimum(1 - 0.5 / (np.asarray(k) // every + 1), mu_max)[()]
