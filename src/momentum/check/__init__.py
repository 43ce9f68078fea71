"""The checks of the exercises: each says in words what is wrong with an answer.

>>> from momentum import check
>>> def my_step(w, v, g, lr, mu):
...     v = mu * v - lr * g
...     return w + v, v
>>> print(check.velocity_step(my_step))
Right.
"""

from momentum.check.steps import (
    accumulator_step,
    averaged_step,
    heavy_ball_step,
    nesterov_step,
    sgd_step,
    velocity_step,
)
from momentum.check.verdict import Verdict

__all__ = [
    "Verdict",
    "accumulator_step",
    "averaged_step",
    "heavy_ball_step",
    "nesterov_step",
    "sgd_step",
    "velocity_step",
]
