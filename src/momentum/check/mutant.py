"""A mutant: a rule with one named mistake. The catalogue lies in `common` and in `particular`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from momentum.check.rule import Move, Remember, Rule
from momentum.updates import Step


@dataclass(frozen=True)
class Mutant:
    """One mistake: its name, the sentence for the learner, and a run of it."""

    name: str
    """Short, for programs. Two ways to make the same mistake share it."""
    words: str
    """What is wrong, in a sentence or two."""
    make: Callable[[], Step]
    """Return the step for one run; what the mistake remembers begins anew."""


def pure(name: str, words: str, step: Step) -> Mutant:
    """Return a mutant that remembers nothing but its state."""
    return Mutant(name, words, lambda: step)


def altered(
    rule: Rule, name: str, words: str, *, remember: Remember | None = None, move: Move | None = None
) -> Mutant:
    """Return a rule with another way to remember or to move."""
    remember, move = remember or rule.remember, move or rule.move

    def step(w: Any, s: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        new = remember(w, s, g, lr, mu)
        return move(w, new, s, g, lr, mu), new

    return pure(name, words, step)


def mistaken(
    rule: Rule, name: str, words: str, arguments: Callable[..., tuple[Any, Any, Any, Any]]
) -> Mutant:
    """Return a rule that gets other arguments: a function gives the four in place of (s, g, lr, mu)."""
    return pure(name, words, lambda w, s, g, lr, mu: rule.apply(w, *arguments(s, g, lr, mu)))
