"""The checks of the exercises: each says in words what is wrong with an answer.

>>> from momentum import check
>>> def my_step(w, v, g, lr, mu):
...     v = mu * v - lr * g
...     return w + v, v
>>> print(check.velocity_step(my_step))
Right.

The checks of update rules accept:

* a function ``f(w, state, g, lr, mu)`` that returns the pair ``(w, state)``, new or changed in place;
* a function that changes the arrays `w` and `state` in place and returns None;
* a class ``C(lr, mu)`` with ``step(params, grads)``, or an object of it with attributes `lr` and `mu`,
  which moves `params` in place or returns them; its state is its own, and only the weights are compared.

It may work on arrays, on numbers, on lists or on fractions. `w` and the state may be changed in place, `g`
may not, and no array of the caller's may be kept for a later call. Printing is fine; numpy's settings and
random numbers are left as they are. Python code that does not end is stopped, in a notebook too; a call into
compiled code, or a bare ``except:`` inside an endless loop, cannot be.
"""

from momentum.check.functions import function
from momentum.check.naive import naive_checks, nine_bugs
from momentum.check.named import FORMULAS, PROOFS
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
    "FORMULAS",
    "PROOFS",
    "QUANTITIES",
    "Verdict",
    "accumulator_step",
    "averaged_step",
    "expression",
    "function",
    "heavy_ball_step",
    "naive_checks",
    "nesterov_step",
    "nine_bugs",
    "number",
    "ordering",
    "sgd_step",
    "velocity_step",
]
