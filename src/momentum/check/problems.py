"""Random problems, always the same: gradients, learning rates and momentum coefficients for 60 steps.

The gradients are given, they do not depend on `w`: whatever the learner's path does, both sides get the
same ones, a wrong sign does not blow up, and rounding stays small.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from momentum.check.rule import RULES

STEPS = 60
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Problem:
    """One run to be repeated by the learner's function."""

    words: str
    """What kind of run it is."""
    only: str
    """What was right until here, if this is the first run that goes wrong."""
    w: Array
    state: Array
    gradients: Array
    lrs: tuple[float, ...]
    mus: tuple[float, ...]
    rests: bool = True
    """Whether it begins at rest; an object that keeps its state to itself can begin in no other way."""
    optional: bool = False
    """Whether a function may refuse it: one for vectors need not know matrices."""

    @property
    def constant(self) -> bool:
        """Whether the hyperparameters stay the same all along."""
        return len(set(self.lrs)) == len(set(self.mus)) == 1


@cache
def problems(name: str) -> tuple[Problem, ...]:
    """Return the problems for a rule.

    Examples
    --------
    >>> [problem.words for problem in problems("velocity")[:2]]
    ['from rest', 'that starts with a state']
    """
    rng = np.random.default_rng(1964)
    rest = RULES[name].rest

    def problem(
        words: str,
        only: str,
        lrs: Any,
        mus: Any,
        shape: tuple[int, ...] = (3,),
        kind: str = "f8",
        *,
        rests: bool = True,
        optional: bool = False,
    ) -> Problem:
        w = rng.normal(size=shape).astype(kind)
        state = rest(w) if rests else rng.normal(size=shape).astype(kind)
        gradients = rng.normal(0.3, 1, size=(STEPS, *shape)).astype(kind)
        lrs, mus = (np.broadcast_to(values, STEPS).tolist() for values in (lrs, mus))
        return Problem(words, only, w, state, gradients, tuple(lrs), tuple(mus), rests, optional)

    k = np.arange(STEPS)
    return (
        problem("from rest", "", 0.07, 0.83),
        problem("that starts with a state", "Right from rest only.", 0.23, 0.62, rests=False),
        problem(
            "with a learning rate that changes",
            "Right as long as the learning rate is constant.",
            np.choose(k // 20, [0.2, 0.02, 0.31]),
            0.87,
        ),
        problem(
            "with a momentum that grows",
            "Right as long as `mu` is constant.",
            0.11,
            np.linspace(0.0, 0.96, STEPS),
        ),
        problem(
            "with an `lr` and a `mu` for each step",
            "Right as long as `lr` and `mu` hardly change.",
            rng.uniform(0.02, 0.5, STEPS),
            rng.uniform(0.05, 0.97, STEPS),
            rests=False,
        ),
        problem("on a matrix", "Right for vectors.", 0.13, 0.91, (2, 4), optional=True),
        problem("in float32", "Right in float64.", 0.17, 0.77, (5,), "f4", optional=True),
    )
