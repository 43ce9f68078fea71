"""Mistakes of the rules that remember a velocity or a point, and of plain descent."""

from __future__ import annotations

from typing import Any

from momentum.check.mutant import Mutant, altered, pure
from momentum.check.rule import HEAVY_BALL, NESTEROV, SGD, VELOCITY
from momentum.check.sentences import AVERAGE, EXTRA, INSTEAD, LOOK_TWICE, LR_ON_OLD, MU_ON_ALL


def of_sgd() -> list[Mutant]:
    """Return the mistakes that belong to this rule."""
    return [
        altered(
            SGD,
            "momentum",
            "There is momentum in it: gradient descent uses neither the state nor `mu`.",
            move=lambda w, new, old, g, lr, mu: w + mu * old - lr * g,
        ),
        altered(
            SGD,
            "divided",
            "You divide the gradient by `lr`: multiply.",
            move=lambda w, new, old, g, lr, mu: w - g / lr,
        ),
        altered(
            SGD,
            "shrunk",
            "You multiply `w` by `1 - lr*g`: subtract `lr*g` from it.",
            move=lambda w, new, old, g, lr, mu: w * (1 - lr * g),
        ),
        altered(
            SGD,
            "old_weights_scaled",
            "`lr` multiplies the weights too: it belongs to the gradient alone.",
            move=lambda w, new, old, g, lr, mu: lr * (w - g),
        ),
    ]


def of_heavy_ball() -> list[Mutant]:
    """Return the mistakes that belong to this rule."""
    h = HEAVY_BALL

    def both_new(w: Any, w_prev: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        moved, _ = h.apply(w, w_prev, g, lr, mu)
        return moved, moved

    return [
        altered(
            h,
            "momentum_sign",
            "The sign of the momentum is wrong: `w - w_prev` carries on in the direction of the last step.",
            move=lambda w, new, old, g, lr, mu: w - lr * g - mu * (w - old),
        ),
        pure(
            "new_point_twice",
            "The state you return is the new point: return the point you came from, or the next step has no "
            "momentum.",
            both_new,
        ),
        pure(
            "velocity",
            INSTEAD.format("the velocity form: here the state is the previous point, not the velocity"),
            VELOCITY.apply,
        ),
        altered(
            h,
            "averaged",
            AVERAGE,
            move=lambda w, new, old, g, lr, mu: w - lr * (1 - mu) * g + mu * (w - old),
        ),
        altered(
            h,
            "mu_on_all",
            "`mu` multiplies the gradient too: it belongs to `w - w_prev` alone.",
            move=lambda w, new, old, g, lr, mu: w + mu * (w - old - lr * g),
        ),
        altered(
            h,
            "lr_on_old",
            "You scale `w - w_prev` by `lr` as well: the learning rate belongs to the gradient alone.",
            move=lambda w, new, old, g, lr, mu: w - lr * g + lr * mu * (w - old),
        ),
        altered(
            h,
            "from_the_previous_point",
            "You start from the previous point: the gradient step and the momentum are added to `w`.",
            move=lambda w, new, old, g, lr, mu: old - lr * g + mu * (w - old),
        ),
    ]


def of_nesterov() -> list[Mutant]:
    """Return the mistakes that belong to this rule."""
    n = NESTEROV
    return [
        pure(
            "no_look_ahead",
            "This is plain momentum: the look-ahead is missing, or it uses the old velocity in place of the "
            "new one.",
            VELOCITY.apply,
        ),
        altered(
            n,
            "nesterov_twice",
            LOOK_TWICE,
            move=lambda w, new, old, g, lr, mu: w + mu * (mu * new - lr * g) - lr * g,
        ),
        altered(n, "nesterov_twice", LOOK_TWICE, move=lambda w, new, old, g, lr, mu: w + new + mu * new),
        altered(
            n,
            "gradient_left_out",
            "The gradient's own share of the move is missing: `mu*v` is the momentum alone.",
            move=lambda w, new, old, g, lr, mu: w + mu * new,
        ),
        altered(
            n,
            "gradient_twice",
            EXTRA.format("velocity"),
            move=lambda w, new, old, g, lr, mu: w + new - lr * g,
        ),
        altered(
            n,
            "accumulator",
            INSTEAD.format("PyTorch's form of it: here the learning rate belongs inside the velocity"),
            remember=lambda w, b, g, lr, mu: mu * b + g,
            move=lambda w, new, old, g, lr, mu: w - lr * (g + mu * new),
        ),
        altered(
            n, "lr_on_old", LR_ON_OLD.format("velocity"), remember=lambda w, v, g, lr, mu: lr * (mu * v - g)
        ),
        altered(
            n, "mu_on_all", MU_ON_ALL.format("velocity"), remember=lambda w, v, g, lr, mu: mu * (v - lr * g)
        ),
        altered(
            n,
            "averaged",
            AVERAGE,
            remember=lambda w, v, g, lr, mu: mu * v - (1 - mu) * lr * g,
            move=lambda w, new, old, g, lr, mu: w + mu * new - (1 - mu) * lr * g,
        ),
    ]
