"""The catalogue: every mistake that a check calls by its name."""

from __future__ import annotations

from functools import cache

from momentum.check.common import of_the_memory, of_the_step
from momentum.check.form_a import of_velocity
from momentum.check.moving import of_heavy_ball, of_nesterov, of_sgd
from momentum.check.mutant import Mutant
from momentum.check.rule import RULES
from momentum.check.sums import of_accumulator, of_averaged

PARTICULAR = {
    "sgd": of_sgd,
    "velocity": of_velocity,
    "accumulator": of_accumulator,
    "averaged": of_averaged,
    "heavy_ball": of_heavy_ball,
    "nesterov": of_nesterov,
}


@cache
def mutants(name: str) -> tuple[Mutant, ...]:
    """Return the mistakes of one rule, those that belong to it alone first.

    Examples
    --------
    >>> [mutant.name for mutant in mutants("sgd")[:3]]
    ['momentum', 'divided', 'shrunk']
    """
    rule = RULES[name]
    memory = [] if name == "sgd" else of_the_memory(rule)
    return (*PARTICULAR[name](), *of_the_step(rule), *memory)
