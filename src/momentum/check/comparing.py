"""Follow a rule along a learner's run, and say where they part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import NamedTuple

import numpy as np

from momentum.check.mutant import Mutant
from momentum.check.problems import Array
from momentum.check.rule import Rule
from momentum.check.running import Run
from momentum.updates import Step


def rule_path(step: Step, run: Run) -> Iterator[tuple[Array, Array]]:
    """Yield w and state of a rule after each step, from the start of a run and with its gradients."""
    w, state = run.w[0], run.state[0]
    for g, lr, mu in zip(run.gradients, run.lrs, run.mus, strict=True):
        w, state = step(w, state, g, lr, mu)
        yield w, state


class Comparison(NamedTuple):
    """Where a rule's path leaves a run's."""

    parted_at: int | None
    """The first step after which they differ, counted from 1."""
    distance: float
    """The largest difference up to there, next to the size of the path."""
    in_w: bool
    """Whether it is w that differs; otherwise the state does."""


def compare(run: Run, step: Step, seen: bool) -> Comparison:
    """Follow a rule along a run until they part; the state counts only if it is seen."""
    sizes = [np.abs(run.w[0]).max(), np.abs(run.state[0]).max()]
    worst = 0.0
    with np.errstate(all="ignore"):
        for k, pair in enumerate(rule_path(step, run), 1):
            found = (run.w[k], run.state[k])
            for i in range(2 if seen else 1):
                sizes[i] = max(sizes[i], np.abs(pair[i]).max())
                distance = float(np.abs(found[i] - pair[i]).max() / max(sizes[i], 1e-12))
                if not distance <= run.rounding:
                    return Comparison(k, distance, i == 0)
                worst = max(worst, distance)
    return Comparison(None, worst, False)


def nearest(runs: list[Run], mutants: Iterable[Mutant], seen: bool) -> Mutant | None:
    """Return the mistake whose path agrees with all the runs, the nearest if more than one does."""
    best, name = inf, None
    for mutant in mutants:
        # What a mistake remembers may begin anew in each run, as in an object, or go on, as in a global.
        one = mutant.make()
        for steps in ([one] * len(runs), [mutant.make() for _ in runs]):
            distance = _distance(runs, steps, seen)
            # Apart by rounding alone, the first one listed has it.
            if distance is not None and distance < best - 1e-9:
                best, name = distance, mutant
    return name


def _distance(runs: list[Run], steps: list[Step], seen: bool) -> float | None:
    """Return the largest distance of rules from runs, or None if they part."""
    worst = 0.0
    for run, step in zip(runs, steps, strict=True):
        found = compare(run, step, seen)
        if found.parted_at is not None:
            return None
        worst = max(worst, found.distance)
    return worst


def forgets(run: Run, rule: Rule) -> int | None:
    """Return the first step that is right only if it began at rest; None if the other steps are not right.

    0 stands for a run in which every step is right.
    """
    first = 0
    for k, (g, lr, mu) in enumerate(zip(run.gradients, run.lrs, run.mus, strict=True)):
        one = Run([run.w[k], run.w[k + 1]], [run.state[k], run.state[k + 1]], [lr], [mu], [g])
        one.rounding = run.rounding
        if compare(one, rule.apply, True).parted_at is None:
            continue
        one.state[0] = rule.rest(run.w[k])
        if compare(one, rule.apply, True).parted_at is not None:
            return None
        first = first or k + 1
    return first
