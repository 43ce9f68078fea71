"""What the usual quick checks let pass, of nine bugs that were found in real projects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from momentum.check.catalogue import mutants
from momentum.check.common import reset_every, starting
from momentum.check.judge import judge
from momentum.check.rule import VELOCITY
from momentum.landscapes import bowl
from momentum.physics import terminal_velocity
from momentum.updates import Step, velocity_step

LR, MU = 0.1, 0.9
Make = Callable[[], Step]


def nine_bugs() -> dict[str, Make]:
    """Return nine mistakes of the velocity form by name, each as a function that begins a run.

    References
    ----------
    In this order: deep-learning-with-python-notebooks #19; nd4j #2116 and Boltzmann.jl #16;
    mdenil/dropout #4, twice; Boltzmann.jl #14; MatrixSlow #17; pytorch/tutorials #61; fastbook #174;
    simd_neuralnet #17.

    Examples
    --------
    >>> len(nine_bugs())
    9
    """
    listed: dict[str, Make] = {}
    for mutant in mutants("velocity"):
        listed.setdefault(mutant.name, mutant.make)
    return {
        "sign": listed["sign"],
        "velocity_not_kept": listed["velocity_not_kept"],
        "stale": listed["stale"],
        "complement_squared": listed["complement_squared"],
        "lr_on_old": listed["lr_on_old"],
        "starts_with_g": partial(starting, VELOCITY, 1, False),
        "reset": reset_every(VELOCITY, 10).make,
        "averaged": listed["averaged"],
        "nesterov_twice": listed["nesterov_twice"],
    }


def naive_checks(curvature: float = 3.0) -> dict[str, tuple[str, ...]]:
    """Return which of the nine bugs pass each of five checks.

    Learning rate and momentum are 0.1 and 0.9. Whether the loss goes down depends on the landscape as well,
    here a bowl: the flatter it is, the more bugs pass.

    Parameters
    ----------
    curvature : float
        The bowl's, positive. The other checks do not use it.

    Returns
    -------
    dict
        From the check, in words, to the names of the bugs that it lets pass.

    Examples
    --------
    >>> for check, passed in naive_checks().items():
    ...     print(len(passed), check)
    6 the loss went down after 60 steps
    4 one step from rest
    2 one step with a velocity
    2 the terminal velocity after 400 steps
    0 the path of 60 steps
    """
    checks: dict[str, Callable[[Make], bool]] = {
        "the loss went down after 60 steps": partial(_loss_went_down, curvature=curvature),
        "one step from rest": partial(_one_step, v=0.0),
        "one step with a velocity": partial(_one_step, v=0.5),
        "the terminal velocity after 400 steps": _reaches_terminal_velocity,
        "the path of 60 steps": lambda make: bool(judge("velocity", make())),
    }
    bugs = nine_bugs()
    return {
        words: tuple(name for name, make in bugs.items() if passes(make)) for words, passes in checks.items()
    }


def _loss_went_down(make: Make, curvature: float) -> bool:
    hill, step = bowl(curvature), make()
    start = w = np.array([1.0])
    v = np.zeros(1)
    for _ in range(60):
        w, v = step(w, v, hill.gradient(w), LR, MU)
    return bool(hill.value(w) < hill.value(start))


def _one_step(make: Make, v: float) -> bool:
    w, state, g = np.array([1.0]), np.array([v]), np.array([2.0])
    found, expected = make()(w, state, g, LR, MU), velocity_step(w, state, g, LR, MU)
    return bool(np.allclose(found, expected))


def _reaches_terminal_velocity(make: Make) -> bool:
    step, w, v, g = make(), np.zeros(1), np.zeros(1), np.ones(1)
    before = w
    for _ in range(400):
        before = w
        w, v = step(w, v, g, LR, MU)
    return bool(np.allclose(w - before, terminal_velocity(LR, MU, 1.0)))
