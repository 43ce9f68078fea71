"""Mistakes of the velocity form: another form in its place, a factor inside or outside."""

from __future__ import annotations

from typing import Any

from momentum.check.mutant import Mutant, altered, pure
from momentum.check.rule import ACCUMULATOR, AVERAGED, NESTEROV, VELOCITY, Rule
from momentum.check.sentences import (
    AVERAGE,
    EXTRA,
    INSTEAD,
    LOOK_TWICE,
    LR_ON_OLD,
    LR_TWICE,
    MU_ON_ALL,
    STALE,
    TWICE,
)
from momentum.updates import Step


def of_velocity() -> list[Mutant]:
    """Return the mistakes that belong to this rule."""
    a = VELOCITY
    accumulator = INSTEAD.format("the accumulator form: here the learning rate belongs inside the velocity")
    nesterov = INSTEAD.format("Nesterov's step: here `w` moves by the new velocity, `w + v`")
    squared = TWICE.format("velocity")
    return [
        altered(a, "stale", STALE.format("velocity"), move=lambda w, new, old, g, lr, mu: w + old),
        altered(
            a, "lr_on_old", LR_ON_OLD.format("velocity"), remember=lambda w, v, g, lr, mu: lr * (mu * v - g)
        ),
        altered(
            a, "mu_on_all", MU_ON_ALL.format("velocity"), remember=lambda w, v, g, lr, mu: mu * (v - lr * g)
        ),
        altered(a, "averaged", AVERAGE, remember=lambda w, v, g, lr, mu: mu * v - (1 - mu) * lr * g),
        pure("averaged", AVERAGE, AVERAGED.apply),
        altered(
            a,
            "complement_squared",
            squared,
            remember=lambda w, v, g, lr, mu: mu * v - (1 - mu) * lr * g,
            move=lambda w, new, old, g, lr, mu: w + (1 - mu) * new,
        ),
        altered(
            a, "complement_squared", squared, remember=lambda w, v, g, lr, mu: mu * v - (1 - mu) ** 2 * lr * g
        ),
        altered(
            AVERAGED,
            "complement_squared",
            squared,
            move=lambda w, new, old, g, lr, mu: w - lr * (1 - mu) * new,
        ),
        altered(a, "nesterov_twice", LOOK_TWICE, move=lambda w, new, old, g, lr, mu: w + mu * old + new),
        altered(
            a,
            "nesterov_twice",
            LOOK_TWICE,
            move=lambda w, new, old, g, lr, mu: w + mu * (mu * new - lr * g) - lr * g,
        ),
        pure("nesterov", nesterov, NESTEROV.apply),
        pure("accumulator", accumulator, ACCUMULATOR.apply),
        altered(
            a,
            "accumulator",
            accumulator,
            remember=lambda w, v, g, lr, mu: mu * v - g,
            move=lambda w, new, old, g, lr, mu: w + lr * new,
        ),
        altered(
            a,
            "uphill_velocity",
            "Your velocity points uphill and is subtracted: the path from rest is right, but the state has "
            "the other sign than in the course.",
            remember=lambda w, v, g, lr, mu: mu * v + lr * g,
            move=lambda w, new, old, g, lr, mu: w - new,
        ),
        Mutant(
            "corrected",
            "You rescale the velocity when the learning rate changes: that is momentum correction, which "
            "makes this the accumulator form.",
            lambda: _corrected(a),
        ),
        altered(
            a,
            "gradient_twice",
            EXTRA.format("velocity"),
            move=lambda w, new, old, g, lr, mu: w + new - lr * g,
        ),
        altered(a, "lr_twice", LR_TWICE.format("velocity"), move=lambda w, new, old, g, lr, mu: w + lr * new),
        altered(
            a,
            "mu_on_new",
            "`mu` multiplies the new velocity once more when `w` moves.",
            move=lambda w, new, old, g, lr, mu: w + mu * new,
        ),
    ]


def _corrected(rule: Rule) -> Step:
    last: Any = None

    def step(w: Any, s: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        nonlocal last
        ratio, last = 1.0 if last is None else lr / last, lr
        return rule.apply(w, s * ratio, g, lr, mu)

    return step
