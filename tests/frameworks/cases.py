"""What is recorded: the same few problems for every framework, and the oddities of each.

A case says what the run is, in no framework's words; `runs.py` says it to the frameworks.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

STARTS = {"ravine": (-2.0, 1.0), "double well": (1.8,), "rosenbrock": (-1.2, 1.0), "tape": (0.0,)}


class Case(NamedTuple):
    name: str
    problem: str
    steps: int
    mu: tuple[tuple[float, int], ...]
    """The momentum coefficients, each with the first step that uses it."""
    lr: float
    drop: int = 0
    """The first step with a smaller learning rate; 0 means none."""
    factor: float = 1.0
    """What the learning rate is multiplied by at the drop."""
    literal: bool = False
    """Whether the number of the drop is handed to each framework's schedule as it is."""
    options: Mapping[str, Any] = MappingProxyType({})
    tape: tuple[float, ...] = ()

    def mu_at(self, k: int) -> float:
        return [mu for mu, first in self.mu if first <= k][-1]


RAVINE: dict[str, Any] = {"problem": "ravine", "steps": 40, "lr": 0.05, "mu": ((0.9, 0),)}
DROP: dict[str, Any] = {
    "problem": "double well",
    "steps": 400,
    "lr": 0.01,
    "drop": 12,
    "factor": 0.1,
    "mu": ((0.9, 0),),
}
CURVED: dict[str, Any] = {
    "problem": "rosenbrock",
    "steps": 60,
    "lr": 0.0005,
    "mu": ((0.5, 0), (0.7, 15), (0.9, 30)),
}
BOTH: dict[str, Any] = CURVED | {"drop": 40, "factor": 0.2}
TAPE: dict[str, Any] = {"problem": "tape", "lr": 0.1, "mu": ((0.9, 0),)}

NESTEROV = {"nesterov": True}
EVERYWHERE = [
    Case("a constant learning rate", **RAVINE),
    Case("a constant learning rate, Nesterov", **RAVINE, options=NESTEROV),
    Case("a drop of the learning rate", **DROP),
    Case("a drop of the learning rate, Nesterov", **DROP, options=NESTEROV),
    Case("a drop at 12, taken literally", **(DROP | {"steps": 16}), literal=True),
    Case("a rising momentum", **CURVED),
    Case("a rising momentum, Nesterov", **CURVED, options=NESTEROV),
    Case("both schedules", **BOTH),
    Case("both schedules, Nesterov", **BOTH, options=NESTEROV),
    Case("the two-step witness", **(TAPE | {"drop": 1, "factor": 0.1}), steps=2, tape=(1.0, 1.0)),
    Case(
        "momentum set to zero for two steps",
        **(TAPE | {"mu": ((0.9, 0), (0.0, 2), (0.9, 4))}),
        steps=5,
        tape=(1.0, 1.0, -5.0, -5.0, 0.0),
    ),
]
CASES = {
    "pytorch": [
        *EVERYWHERE,
        Case("weight decay", **RAVINE, options={"weight_decay": 0.5}),
        Case("weight decay, Nesterov", **RAVINE, options={"weight_decay": 0.5} | NESTEROV),
        Case("dampening", **RAVINE, options={"dampening": 0.9}),
        Case("dampening on a slope", **TAPE, steps=100, tape=(1.0,) * 100, options={"dampening": 0.9}),
    ],
    "keras": [
        *EVERYWHERE,
        Case("weight decay", **RAVINE, options={"weight_decay": 0.5}),
        Case("weight decay, Nesterov", **RAVINE, options={"weight_decay": 0.5} | NESTEROV),
    ],
    "optax": [
        *EVERYWHERE,
        Case(
            "weight decay before the trace",
            **RAVINE,
            options={"chain": ["decay", "trace", "scale"], "weight_decay": 0.5},
        ),
        Case(
            "weight decay after the trace",
            **RAVINE,
            options={"chain": ["trace", "decay", "scale"], "weight_decay": 0.5},
        ),
        Case("scale first, then trace", **DROP, options={"chain": ["scale", "trace"]}),
        Case("scale first, then trace, Nesterov", **DROP, options={"chain": ["scale", "trace"]} | NESTEROV),
    ],
}
