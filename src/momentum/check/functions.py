"""The check of a learner's function for a quantity of the theory."""

from __future__ import annotations

import inspect
import time
import warnings
from collections.abc import Iterator
from typing import Any

from momentum._checks import refuse
from momentum.check.deadline import OutOfTimeError, run_until
from momentum.check.numbers import QUANTITIES, number
from momentum.check.verdict import Verdict

# What the learner's function is tried on: the first of each list together, the second, and so on. With `mu`,
# `a` lies in all three regimes.
TRIED: dict[str, tuple[float, ...]] = {
    "lr": (0.05, 0.13, 0.02, 0.31),
    "mu": (0.8, 0.35, 0.63, 0.28),
    "a": (0.002, 2.6, 0.4, 1.3),
    "curvature": (2.0, 0.7, 3.1, 1.4),
    "s2": (3.0, 0.4, 1.7, 0.9),
    "gradient": (1.5, 0.3, 0.8, 2.2),
    "g": (1.5, -0.3, 0.8, 2.2),
    "v": (0.5, 0.2, 0.9, 1.4),
    "b": (3.0, -0.4, 1.7, 0.9),
    "L": (25.0, 7.0, 90.0, 2.5),
    "l": (1.0, 2.0, 0.3, 0.4),
    "condition_number": (25.0, 7.0, 90.0, 2.5),
    "fraction": (0.9, 0.5, 0.99, 0.3),
    "mu_old": (0.9, 0.5, 0.8, 0.3),
    "mu_new": (0.5, 0.95, 0.9, 0.6),
    "batch_old": (32.0, 128.0, 16.0, 50.0),
    "batch_new": (256.0, 64.0, 48.0, 75.0),
    "step": (2.0, 3.0, 5.0, 9.0),
    "loss_factor": (4.0, 2.25, 1.21, 9.0),
    "lr_old": (0.1, 0.3, 0.02, 0.05),
    "lr_new": (0.01, 0.1, 0.03, 0.02),
}


def function(name: str, f: Any, tolerance: float = 0.01, *, seconds: float = 5.0) -> Verdict:
    """Check a function for a quantity, on a few numbers, and recognise the usual mistakes.

    Parameters
    ----------
    name : str
        A name in `QUANTITIES`, whose value the package computes.
    f : function
        The learner's. It takes what the quantity depends on, in the same order, and returns a number.
    tolerance : float
        How far a value may be off, next to its size.
    seconds : float
        How long all the calls together may take.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the name is unknown.

    Examples
    --------
    >>> print(function("sum of the weights", lambda mu: 1 / (1 - mu)))
    Right.
    >>> print(function("mean age of a gradient", lambda mu: 1 / (1 - mu)))
    Not yet. That is the sum of the weights.
    """
    if name not in QUANTITIES:
        raise refuse("name", name, f"one of {', '.join(QUANTITIES)}")
    if f is None or f is Ellipsis:
        return Verdict(False, "There is nothing to check yet: put your function in its place.", "empty")
    if not callable(f):
        return Verdict(False, "Give the function itself, with its name alone.", "no_function")
    end = time.monotonic() + seconds
    found = []
    for given in _points(name):
        value = _call(f, list(given.values()), end)
        verdict = value if isinstance(value, Verdict) else number(name, value, tolerance, hints=None, **given)
        if verdict.bug in ("raises", "never_ends", "empty"):
            return _at(given, verdict) if verdict.bug == "raises" else _of_a_function(verdict)
        found.append((given, verdict))
    wrong = [(given, verdict) for given, verdict in found if not verdict]
    if not wrong:
        return Verdict(True, "")
    if len(wrong) == len(found) and len({verdict.words for _, verdict in wrong}) == 1:
        return wrong[0][1]
    return _at(*wrong[0])


def _points(name: str) -> Iterator[dict[str, float]]:
    """Yield what the quantity is computed for, where it exists."""
    needed = list(inspect.signature(QUANTITIES[name]).parameters)
    for values in zip(*(TRIED[key] for key in needed), strict=True):
        given = dict(zip(needed, values, strict=True))
        try:
            QUANTITIES[name](**given)
        except ValueError:
            continue  # outside the range of that formula
        yield given


def _call(f: Any, values: list[float], end: float) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a root of a negative number is seen by its result
            return run_until(end, f, *values)
    except OutOfTimeError:
        return Verdict(False, "Your function does not come to an end.", "never_ends")
    except Exception as error:  # the learner's code may raise anything
        return Verdict(False, f"your function raises {type(error).__name__}: {error}.", "raises")


def _of_a_function(verdict: Verdict) -> Verdict:
    if verdict.bug == "empty":
        return Verdict(False, "Your function returns nothing yet.", "empty")
    return verdict


def _at(given: dict[str, float], verdict: Verdict) -> Verdict:
    where = ", ".join(f"{key} = {value}" for key, value in given.items())
    words = verdict.words[0].lower() + verdict.words[1:]
    return Verdict(False, f"At {where}: {words}", verdict.bug)
