"""SGD with momentum, written to be read: the package behind the course's chapters.

>>> from momentum import bowl, descend
>>> path = descend(bowl(curvature=1.0), [1.0], lr=0.1, mu=0.9, steps=200)
>>> bool(abs(path.w[-1, 0]) < 1e-3)
True

Imports run one way only::

    updates, landscapes <- descent, sweep, deep <- theory, physics, frameworks <- plotting <- lab, check
"""

from importlib import import_module
from types import ModuleType

from momentum.descent import Path, descend
from momentum.landscapes import (
    CriticalPoint,
    Landscape,
    bowl,
    bumps,
    double_well,
    himmelblau,
    lessard,
    ravine,
    rosenbrock,
    saddle,
    slope,
)
from momentum.updates import (
    SGD,
    accumulator_from_velocity,
    accumulator_step,
    averaged_step,
    heavy_ball_step,
    initial_state,
    nesterov_step,
    rescale_velocity,
    sgd_step,
    velocity_from_accumulator,
    velocity_step,
)

__version__ = "0.1.0"

__all__ = [
    "SGD",
    "CriticalPoint",
    "Landscape",
    "Path",
    "accumulator_from_velocity",
    "accumulator_step",
    "averaged_step",
    "bowl",
    "bumps",
    "descend",
    "double_well",
    "heavy_ball_step",
    "himmelblau",
    "initial_state",
    "lessard",
    "nesterov_step",
    "ravine",
    "rescale_velocity",
    "rosenbrock",
    "saddle",
    "sgd_step",
    "slope",
    "velocity_from_accumulator",
    "velocity_step",
]


def __getattr__(name: str) -> ModuleType:
    """Import the exercises' checks when they are first asked for; most runs never do."""
    if name == "check":
        return import_module("momentum.check")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
