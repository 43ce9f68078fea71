"""Mistakes that can be made with every rule: the sign, a factor, an exchange, a memory that fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from momentum.check.mutant import Mutant, altered, mistaken, pure
from momentum.check.rule import Rule
from momentum.updates import Step

FIXED_LR = (0.1, 0.01, 0.001)
FIXED_MU = (0.5, 0.9, 0.99)
RESETS = (*range(2, 11), 12, 15, 16, 20, 25, 30)


def of_the_step(rule: Rule) -> list[Mutant]:
    """Return the mistakes with gradient, learning rate and weights, which plain descent knows as well."""
    apply = rule.apply

    def backwards(w: Any, s: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        moved, new = apply(w, s, g, lr, mu)
        return 2 * w - moved, new

    def change_only(w: Any, s: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        moved, new = apply(w, s, g, lr, mu)
        return moved - w, new

    # Plain descent with either of the two wrong signs is the same rule.
    wrong_way = [
        pure(
            "backwards",
            "`w` moves the wrong way: you add what has to be subtracted, or the other way round.",
            backwards,
        )
    ]
    uphill = "The sign of the gradient is wrong: you climb the hill instead of rolling down."
    found = [
        mistaken(rule, "sign", uphill, lambda s, g, lr, mu: (s, -g, lr, mu)),
        *(wrong_way if rule.name != "sgd" else []),
        mistaken(
            rule,
            "lr_squared",
            "The learning rate counts twice: your step has `lr**2` where `lr` belongs.",
            lambda s, g, lr, mu: (s, g, lr * lr, mu),
        ),
        mistaken(
            rule,
            "lr_missing",
            "The learning rate is missing: your step is the same for every `lr`.",
            lambda s, g, lr, mu: (s, g, 1.0, mu),
        ),
        mistaken(
            rule,
            "gradient_twice",
            "The gradient is counted twice: `g` enters with a factor 2.",
            lambda s, g, lr, mu: (s, 2 * g, lr, mu),
        ),
        mistaken(
            rule,
            "lr_and_mu_exchanged",
            "`lr` and `mu` are exchanged: the arguments come in the order `(w, state, g, lr, mu)`.",
            lambda s, g, lr, mu: (s, g, mu, lr),
        ),
        altered(
            rule,
            "still",
            "The weights never move: you return `w` as it came.",
            move=lambda w, new, old, g, lr, mu: w,
        ),
        pure("change_only", "You return the change of `w` alone: add it to the old `w`.", change_only),
        Mutant(
            "first_lr_kept",
            "You keep the first learning rate: use the `lr` that comes with each call.",
            lambda: keeping(apply, lr=True),
        ),
    ]
    return found + [fixed_lr(rule, value) for value in FIXED_LR]


def of_the_memory(rule: Rule) -> list[Mutant]:
    """Return the mistakes with momentum and state, which plain descent does not have."""
    apply, memory, symbol = rule.apply, rule.memory, rule.symbol

    def old_returned(w: Any, s: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        return apply(w, s, g, lr, mu)[0], s

    found = [
        pure(
            "velocity_not_kept",
            f"The {memory} is not kept between calls: the `{symbol}` that is passed in has no effect, and "
            "what is left is gradient descent.",
            lambda w, s, g, lr, mu: apply(w, rule.rest(w), g, lr, mu),
        ),
        pure(
            "old_state_returned",
            f"The new {memory} is not kept: you return the old state, so every call sees the same one.",
            old_returned,
        ),
        pure(
            "exchanged_results",
            f"The results are exchanged: return `w` first and the {memory} second.",
            lambda w, s, g, lr, mu: apply(w, s, g, lr, mu)[::-1],
        ),
        mistaken(
            rule,
            "mu_missing",
            f"`mu` is missing: your {memory} never fades, as if `mu` were 1.",
            lambda s, g, lr, mu: (s, g, lr, 1.0),
        ),
        mistaken(
            rule,
            "mu_complement",
            "`mu` and `1 - mu` are exchanged.",
            lambda s, g, lr, mu: (s, g, lr, 1 - mu),
        ),
        mistaken(
            rule,
            "mu_squared",
            "The momentum coefficient counts twice: your step has `mu**2` where `mu` belongs.",
            lambda s, g, lr, mu: (s, g, lr, mu * mu),
        ),
        Mutant(
            "first_mu_kept",
            "You keep the first momentum coefficient: use the `mu` that comes with each call.",
            lambda: keeping(apply, mu=True),
        ),
        Mutant(
            "reset_with_lr",
            f"The {memory} is set back to rest whenever the learning rate changes: a new learning rate "
            "needs no new state.",
            lambda: resetting(rule, lambda count, changed: changed),
        ),
    ]
    found += [fixed_mu(rule, value) for value in FIXED_MU]
    found += [reset_every(rule, steps) for steps in RESETS]
    if rule.name != "averaged":  # there it is the same as exchanging `mu` and `1 - mu`
        found.append(
            mistaken(
                rule,
                "state_and_gradient_exchanged",
                "State and gradient are exchanged: the arguments come in the order `(w, state, g, lr, mu)`.",
                lambda s, g, lr, mu: (g, s, lr, mu),
            )
        )
    return [*found, *of_the_first_call(rule)]


def fixed_lr(rule: Rule, value: float) -> Mutant:
    """Return the rule with a learning rate of its own."""
    words = f"The learning rate is written into your code as {value}: use the `lr` that is passed."
    return mistaken(rule, "lr_fixed", words, lambda s, g, lr, mu: (s, g, value, mu))


def fixed_mu(rule: Rule, value: float) -> Mutant:
    """Return the rule with a momentum coefficient of its own."""
    words = f"The momentum coefficient is written into your code as {value}: use the `mu` that is passed."
    return mistaken(rule, "mu_fixed", words, lambda s, g, lr, mu: (s, g, lr, value))


def reset_every(rule: Rule, steps: int) -> Mutant:
    """Return the rule with a memory that is lost every few steps."""
    words = f"{reset_words(rule)}, every {steps} steps."
    return Mutant("reset", words, lambda: resetting(rule, lambda count, changed: count % steps == 0))


def reset_words(rule: Rule) -> str:
    """Return the sentence on a memory that is lost now and then, without its end."""
    return f"The {rule.memory} is set back to rest in the middle of the run"


def of_the_first_call(rule: Rule) -> list[Mutant]:
    """Return the ways to begin with the gradient itself as the state."""
    if rule.name not in ("velocity", "nesterov"):
        return []
    words = (
        "The velocity begins as the gradient itself: the first one is `-lr*g` as any other, since it starts "
        "at zero."
    )
    ways = [(sign, first) for sign in (1, -1) for first in (True, False)]
    return [Mutant("starts_with_g", words, partial(starting, rule, *way)) for way in ways]


def starting(rule: Rule, sign: int, first_call: bool) -> Step:
    """Return a step whose first velocity is the gradient: at the first call, or wherever it is zero."""
    calls = 0

    def step(w: Any, s: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        nonlocal calls
        calls += 1
        if calls == 1 if first_call else not np.any(s):
            return rule.move(w, sign * g, s, g, lr, mu), sign * g
        return rule.apply(w, s, g, lr, mu)

    return step


def keeping(apply: Step, *, lr: bool = False, mu: bool = False) -> Step:
    """Return a step that goes on with the hyperparameters of its first call."""
    first: list[Any] = []

    def step(w: Any, s: Any, g: Any, lr_now: Any, mu_now: Any) -> tuple[Any, Any]:
        if not first:
            first.extend((lr_now, mu_now))
        return apply(w, s, g, first[0] if lr else lr_now, first[1] if mu else mu_now)

    return step


def resetting(rule: Rule, when: Callable[[int, bool], bool]) -> Step:
    """Return a step that begins at rest again, when the number of calls or a new `lr` says so."""
    count, last = 0, None

    def step(w: Any, s: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        nonlocal count, last
        changed, last = last is not None and lr != last, lr
        if count and when(count, changed):
            s = rule.rest(w)
        count += 1
        return rule.apply(w, s, g, lr, mu)

    return step
