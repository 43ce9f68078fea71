"""The rules taken apart into "what is remembered" and "how w moves", so that either can be got wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from momentum import updates
from momentum.updates import Step

Remember = Callable[[Any, Any, Any, Any, Any], Any]
Move = Callable[[Any, Any, Any, Any, Any, Any], Any]


@dataclass(frozen=True)
class Rule:
    """One rule of `momentum.updates`, and the words that its mistakes are described in."""

    name: str
    """As in `momentum.plotting.STYLES`."""
    title: str
    """What it is called in a sentence."""
    symbol: str
    """How the course writes its state."""
    memory: str
    """What its state is called in a sentence."""
    formula: str
    """The whole rule, as code."""
    step: Step
    """The reference."""
    remember: Remember
    """From (w, old state, g, lr, mu) to the new state."""
    move: Move
    """From (w, new state, old state, g, lr, mu) to the new w."""

    def apply(self, w: Any, s: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        """Take a step with any numbers, such as a `mu` of one, which the reference refuses."""
        new = self.remember(w, s, g, lr, mu)
        return self.move(w, new, s, g, lr, mu), new

    def rest(self, w: Any) -> Any:
        """Return the state of a ball at rest."""
        return updates.initial_state(self.step, w)


SGD = Rule(
    "sgd",
    "gradient descent",
    "state",
    "state",
    "w = w - lr*g",
    updates.sgd_step,
    lambda w, s, g, lr, mu: s,
    lambda w, new, old, g, lr, mu: w - lr * g,
)
VELOCITY = Rule(
    "velocity",
    "the velocity form",
    "v",
    "velocity",
    "v = mu*v - lr*g; w = w + v",
    updates.velocity_step,
    lambda w, v, g, lr, mu: mu * v - lr * g,
    lambda w, new, old, g, lr, mu: w + new,
)
ACCUMULATOR = Rule(
    "accumulator",
    "the accumulator form",
    "b",
    "accumulator",
    "b = mu*b + g; w = w - lr*b",
    updates.accumulator_step,
    lambda w, b, g, lr, mu: mu * b + g,
    lambda w, new, old, g, lr, mu: w - lr * new,
)
AVERAGED = Rule(
    "averaged",
    "the averaged form",
    "e",
    "average",
    "e = mu*e + (1 - mu)*g; w = w - lr*e",
    updates.averaged_step,
    lambda w, e, g, lr, mu: mu * e + (1 - mu) * g,
    lambda w, new, old, g, lr, mu: w - lr * new,
)
HEAVY_BALL = Rule(
    "heavy_ball",
    "the heavy-ball form",
    "w_prev",
    "previous point",
    "w_next = w - lr*g + mu*(w - w_prev)",
    updates.heavy_ball_step,
    lambda w, w_prev, g, lr, mu: w,
    lambda w, new, old, g, lr, mu: w - lr * g + mu * (w - old),
)
NESTEROV = Rule(
    "nesterov",
    "Nesterov's form",
    "v",
    "velocity",
    "v = mu*v - lr*g; w = w + mu*v - lr*g",
    updates.nesterov_step,
    lambda w, v, g, lr, mu: mu * v - lr * g,
    lambda w, new, old, g, lr, mu: w + mu * new - lr * g,
)
RULES = {rule.name: rule for rule in (SGD, VELOCITY, ACCUMULATOR, AVERAGED, HEAVY_BALL, NESTEROV)}
