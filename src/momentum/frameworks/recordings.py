"""Runs of PyTorch, Keras and optax, recorded once with their versions, and the same runs by this package.

The files in `data/` are written by `tests/frameworks/record.py` (`make frameworks RECORD=1`).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from momentum._checks import refuse
from momentum.frameworks.steps import keras_step, optax_step, pytorch_step
from momentum.landscapes import Landscape, double_well, ravine, rosenbrock

Array = np.ndarray[Any, np.dtype[Any]]

FRAMEWORKS = ("pytorch", "keras", "optax")
PROBLEMS: dict[str, Callable[[], Landscape]] = {
    "ravine": ravine,
    "double well": double_well,
    "rosenbrock": rosenbrock,
}


class Recording(NamedTuple):
    """A run of a framework, in float64."""

    framework: str
    """One of "pytorch", "keras" and "optax"."""
    name: str
    """What the run shows; no two of a framework have the same."""
    problem: str
    """One of "ravine", "double well" and "rosenbrock", or "tape" for gradients that are given."""
    options: dict[str, Any]
    """What the framework was asked for, by the names of `pytorch_step`, `keras_step` or `optax_step`."""
    lr: Array
    """The learning rate of each step as the framework reports it, shape (steps,)."""
    mu: Array
    """The momentum coefficient of each step, shape (steps,)."""
    tape: Array | None
    """The gradients of a tape, shape (steps, dim)."""
    w: Array
    """The weights, shape (steps + 1, dim)."""
    state: Array
    """What the framework remembers after the last step, shape (dim,)."""

    def gradient(self, k: int, w: Array) -> Array:
        """Return the gradient of step `k` at the weights `w`, computed by this package."""
        if self.tape is not None:
            return np.array(self.tape[k])
        found: Array = PROBLEMS[self.problem]().gradient(w)
        return found


@functools.cache
def _file(framework: str) -> dict[str, Any]:
    """Return what one of the files holds."""
    if framework not in FRAMEWORKS:
        raise refuse("framework", framework, f"one of {', '.join(FRAMEWORKS)}")
    content = resources.files(__package__).joinpath(f"data/{framework}.json").read_bytes()
    found: dict[str, Any] = json.loads(content)
    return found


def versions(framework: str) -> dict[str, str]:
    """Return the versions that made the recordings of a framework, by distribution.

    Parameters
    ----------
    framework : {"pytorch", "keras", "optax"}

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If there is no such framework.

    Examples
    --------
    >>> versions("pytorch")
    {'torch': '2.13.0'}
    """
    return dict(_file(framework)["versions"])


def unpacked(runs: list[tuple[float, int]]) -> Array:
    """Return a schedule from its runs of equal values.

    >>> unpacked([(0.1, 2), (0.01, 1)])
    array([0.1 , 0.1 , 0.01])
    """
    values, lengths = zip(*runs, strict=True)
    return np.repeat(np.array(values, dtype=float), lengths)


def recordings(framework: str) -> dict[str, Recording]:
    """Return all recorded runs of a framework by name.

    Parameters
    ----------
    framework : {"pytorch", "keras", "optax"}

    Returns
    -------
    dict of Recording

    Raises
    ------
    ValueError
        If there is no such framework.

    Examples
    --------
    >>> recordings("pytorch")["the two-step witness"].w.ravel()
    array([ 0.   , -0.1  , -0.119])
    """
    found = {}
    for run in _file(framework)["runs"]:
        arrays = {key: np.array(run[key]) for key in ("w", "state")}
        tape = None if run["tape"] is None else np.array(run["tape"])
        schedules = {key: unpacked(run[key]) for key in ("lr", "mu")}
        found[run["name"]] = Recording(
            framework, run["name"], run["problem"], run["options"], **schedules, tape=tape, **arrays
        )
    return found


def replay(recording: Recording) -> tuple[Array, Array]:
    """Run a recorded run again, by the update rules of this package.

    Parameters
    ----------
    recording : Recording

    Returns
    -------
    w : array, shape (steps + 1, dim)
    state : array, shape (dim,)
        The last state.

    Examples
    --------
    >>> import numpy as np
    >>> run = recordings("keras")["the two-step witness"]
    >>> w, v = replay(run)
    >>> bool(np.abs(w - run.w).max() < 1e-15)
    True
    """
    step: Any = {"pytorch": pytorch_step, "keras": keras_step, "optax": optax_step}[recording.framework]
    w = recording.w[0]
    state = None if recording.framework == "pytorch" else np.zeros_like(w)
    points = [w]
    for k, (lr, mu) in enumerate(zip(recording.lr, recording.mu, strict=True)):
        w, state = step(w, state, recording.gradient(k, w), float(lr), float(mu), **recording.options)
        points.append(w)
    return np.stack(points), np.asarray(state)
