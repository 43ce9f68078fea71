"""The checks of the exercises: each says in words what is wrong with an answer.

>>> from momentum import check
>>> def my_step(w, v, g, lr, mu):
...     v = mu * v - lr * g
...     return w + v, v
>>> print(check.velocity_step(my_step))
Right.
"""

from momentum.check.naive import naive_checks, nine_bugs
from momentum.check.numbers import QUANTITIES, number
from momentum.check.proofs import expression, ordering
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
    "QUANTITIES",
    "Verdict",
    "accumulator_step",
    "averaged_step",
    "expression",
    "heavy_ball_step",
    "naive_checks",
    "nesterov_step",
    "nine_bugs",
    "number",
    "ordering",
    "sgd_step",
    "velocity_step",
]
