"""Mistakes of the rules that remember gradients: a sum or an average of them."""

from __future__ import annotations

from typing import Any

from momentum.check.mutant import Mutant, altered, pure
from momentum.check.rule import ACCUMULATOR, AVERAGED, VELOCITY
from momentum.check.sentences import AVERAGE, EXTRA, INSTEAD, LR_ON_OLD, LR_TWICE, MU_ON_ALL, STALE, TWICE
from momentum.updates import Step


def of_accumulator() -> list[Mutant]:
    """Return the mistakes that belong to this rule."""
    b = ACCUMULATOR
    velocity = INSTEAD.format("the velocity form: here the learning rate belongs outside the accumulator")
    nesterov = INSTEAD.format(
        "Nesterov's step: here `w` moves by `lr` times the accumulator and nothing else"
    )
    return [
        altered(b, "stale", STALE.format("accumulator"), move=lambda w, new, old, g, lr, mu: w - lr * old),
        altered(
            b, "lr_on_old", LR_ON_OLD.format("accumulator"), remember=lambda w, s, g, lr, mu: lr * mu * s + g
        ),
        altered(
            b, "mu_on_all", MU_ON_ALL.format("accumulator"), remember=lambda w, s, g, lr, mu: mu * (s + g)
        ),
        pure("averaged", AVERAGE, AVERAGED.apply),
        altered(
            AVERAGED,
            "complement_squared",
            TWICE.format("accumulator"),
            move=lambda w, new, old, g, lr, mu: w - lr * (1 - mu) * new,
        ),
        pure("velocity", velocity, VELOCITY.apply),
        altered(
            b,
            "velocity",
            velocity,
            remember=lambda w, s, g, lr, mu: mu * s + lr * g,
            move=lambda w, new, old, g, lr, mu: w - new,
        ),
        altered(
            b, "lr_twice", LR_TWICE.format("accumulator"), remember=lambda w, s, g, lr, mu: mu * s + lr * g
        ),
        altered(b, "nesterov", nesterov, move=lambda w, new, old, g, lr, mu: w - lr * (g + mu * new)),
        altered(
            b,
            "gradient_twice",
            EXTRA.format("accumulator"),
            move=lambda w, new, old, g, lr, mu: w - lr * (new + g),
        ),
    ]


def of_averaged() -> list[Mutant]:
    """Return the mistakes that belong to this rule."""
    e = AVERAGED
    classical = INSTEAD.format("the accumulator form, a sum: an average multiplies the gradient by `1 - mu`")
    velocity = INSTEAD.format("the velocity form: here the state is an average of gradients, without `lr`")
    twice = TWICE.format("average")
    return [
        altered(e, "stale", STALE.format("average"), move=lambda w, new, old, g, lr, mu: w - lr * old),
        pure("accumulator", classical, ACCUMULATOR.apply),
        pure("velocity", velocity, VELOCITY.apply),
        altered(e, "complement_squared", twice, move=lambda w, new, old, g, lr, mu: w - lr * (1 - mu) * new),
        altered(e, "complement_squared", twice, remember=lambda w, s, g, lr, mu: mu * s + (1 - mu) ** 2 * g),
        altered(
            e,
            "lr_on_old",
            LR_ON_OLD.format("average"),
            remember=lambda w, s, g, lr, mu: lr * mu * s + (1 - mu) * g,
        ),
        altered(e, "mu_on_all", MU_ON_ALL.format("average"), remember=lambda w, s, g, lr, mu: mu * (s + g)),
        altered(
            e,
            "lr_twice",
            LR_TWICE.format("average"),
            remember=lambda w, s, g, lr, mu: mu * s + (1 - mu) * lr * g,
        ),
        Mutant(
            "bias_corrected",
            "You divide by `1 - mu**k`: that is Adam's bias correction, which this form does without.",
            _bias_corrected,
        ),
        altered(
            e,
            "nesterov",
            INSTEAD.format("Nesterov's step on the average: here `w` moves by `lr` times the average alone"),
            move=lambda w, new, old, g, lr, mu: w - lr * (mu * new + (1 - mu) * g),
        ),
    ]


def _bias_corrected() -> Step:
    left: Any = 1.0

    def step(w: Any, s: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        nonlocal left
        left = left * mu
        average = mu * s + (1 - mu) * g
        return w - lr * average / (1 - left), average

    return step
