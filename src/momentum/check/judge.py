"""From the learner's code to a verdict."""

from __future__ import annotations

from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import Any

import numpy as np

from momentum.check.catalogue import mutants
from momentum.check.common import reset_words
from momentum.check.comparing import Comparison, compare, forgets, nearest, rule_path
from momentum.check.learner import ComplaintError, Learner, RefusedError
from momentum.check.problems import Problem, problems
from momentum.check.rule import RULES, Rule
from momentum.check.running import Clock, Run, play
from momentum.check.verdict import Verdict

SECONDS = 5.0
KINDS = {
    "array": "arrays",
    "arrays": "lists of arrays",
    "number": "single numbers",
    "list": "lists",
    "fraction": "fractions",
}


@dataclass
class Trial:
    """All runs of the learner's code on one kind of thing."""

    kind: str
    problems: list[Problem] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    note: str = ""
    """Which runs it could not take part in."""


def judge(name: str, f: Any, seconds: float = SECONDS) -> Verdict:
    """Compare the learner's code with a rule, by its name in `RULES`."""
    if f is None or f is Ellipsis:
        return Verdict(False, "There is nothing to check yet: put your function in its place.", "empty")
    try:
        learner = Learner(f, RULES[name])
    except ComplaintError as complaint:
        return Verdict(False, complaint.words, complaint.bug)
    clock = Clock(seconds)
    first = on_kind(learner, learner.kinds[0], clock)
    # Right on lists excuses `w[:]`, which copies a list and no array, and nothing else that arrays show.
    excused = learner.is_object or first.bug in ("raises", "one_array")
    if first or first.bug in ("never_ends", "too_slow") or not excused:
        return first
    for kind in learner.kinds[1:]:
        if first.bug == "one_array" and kind != "list":
            continue
        found = on_kind(learner, kind, clock)
        if found:
            words = f"It is right on {KINDS[kind]}; on {KINDS[learner.kinds[0]]}: {first.words}"
            return replace(found, words=words)
        if first.bug == "raises" and found.bug != "raises":
            return found
    return first


def on_kind(learner: Learner, kind: str, clock: Clock) -> Verdict:
    """Judge code on arrays, say, whatever it does on numbers."""
    try:
        trial = attempt(learner, kind, clock)
        wrong = of_wrong_path(learner, trial)
        return of_arrays(learner, trial, clock) if wrong is None else wrong
    except ComplaintError as complaint:
        return Verdict(False, complaint.words, complaint.bug)


def attempt_again(learner: Learner, kind: str, clock: Clock, scribble: str = "") -> Trial:
    """Repeat the runs, without what the learner's code prints: once is enough."""
    with redirect_stdout(StringIO()):
        return attempt(learner, kind, clock, scribble)


def attempt(learner: Learner, kind: str, clock: Clock, scribble: str = "") -> Trial:
    """Run the learner's code on every problem that it can take part in."""
    trial = Trial(kind)
    for problem in problems(learner.rule.name):
        if problem.optional and kind not in ("array", "arrays"):
            continue
        try:
            run = play(learner, problem, kind, clock, scribble)
        except RefusedError:
            continue
        except ComplaintError as complaint:
            if not problem.optional or complaint.bug != "raises":
                raise
            trial.note = f"({problem.words.capitalize()}: {complaint.words})"
            continue
        trial.problems.append(problem)
        trial.runs.append(run)
    return trial


def of_wrong_path(learner: Learner, trial: Trial) -> Verdict | None:
    """Say what is wrong with paths that are not the reference's; None if they all are."""
    rule, seen = learner.rule, not learner.is_object and learner.rule.name != "sgd"
    compared = [compare(run, rule.step, seen) for run in trial.runs]
    first = next((i for i, found in enumerate(compared) if found.parted_at is not None), None)
    if first is None:
        return None
    if all(one.silent and np.array_equal(one.w[0], one.w[-1]) for one in trial.runs):
        pair = f"`(w, {rule.symbol})`, or change both"
        what = "the new parameters, or change them" if learner.is_object else pair
        words = f"It returns `None` and leaves `w` alone: return {what} in place."
        return Verdict(False, words, "returns_none")
    bug, words = named(learner, trial, seen)
    return parted(rule, trial.problems[first], trial.runs[first], compared[first], bug, words)


def named(learner: Learner, trial: Trial, seen: bool) -> tuple[str | None, str]:
    """Return name and sentence of the mistake, or None and nothing."""
    rule = learner.rule
    mutant = nearest(trial.runs, mutants(rule.name), seen)
    if any(run.one_array for run in trial.runs) and (mutant is None or mutant.name == "new_point_twice"):
        words = f"`w` and `{rule.symbol}` are the same array: what changes one changes the other. Copy it."
        return "one_array", words
    if mutant:
        return mutant.name, mutant.words
    if seen:
        steps = [forgets(run, rule) for run in trial.runs]
        if any(steps) and None not in steps:
            return "reset", reset_words(rule) + "."
        if remembers(learner, trial):
            return "remembers", (
                "Two calls with the same arguments give different results: it keeps something between calls. "
                f"All that it may remember is the {rule.memory} that is passed in and returned."
            )
    return None, ""


def remembers(learner: Learner, trial: Trial) -> bool:
    """Whether a function's result depends on more than its arguments."""
    again = attempt_again(learner, trial.kind, Clock(SECONDS))
    pairs = zip(trial.runs, again.runs, strict=True)
    return any(
        not np.array_equal(one.w, other.w) or not np.array_equal(one.state, other.state)
        for one, other in pairs
    )


def parted(rule: Rule, problem: Problem, run: Run, found: Comparison, bug: str | None, words: str) -> Verdict:
    """Say where the paths part, with both numbers if there is no more to say."""
    k = found.parted_at
    assert k is not None
    paths = list(rule_path(rule.step, run))
    expected = [run.w[0], *(w for w, _ in paths)] if found.in_w else [run.state[0], *(s for _, s in paths)]
    yours = run.w if found.in_w else run.state
    place = np.unravel_index(np.abs(yours[k] - expected[k]).argmax(), yours[k].shape)
    a, b = (tuple(float(x[place]) for x in path) for path in (yours, expected))
    quantity = "w" if found.in_w else rule.memory
    if bug:
        start = "The first step is right; the" if k == 2 and problem.rests else "The"
        words = f"{words} {start} paths part at step {k}."
    else:
        before = problem.only
        if k > 1 and not before:
            before = f"Right for the first {'step' if k == 2 else f'{k - 1} steps'} only."
            bug = "first_step_only" if k == 2 else None
        thing = "`w`" if found.in_w else f"the {rule.memory} `{rule.symbol}`"
        words = (
            f"{before} After step {k} of a run {problem.words}, {thing} is {a[k]:.4g} "
            f"and should be {b[k]:.4g}."
        ).strip()
    return Verdict(False, words, bug, k, a, b, quantity)


def of_arrays(learner: Learner, trial: Trial, clock: Clock) -> Verdict:
    """Judge code whose paths are right by what it does to the arrays that it is given."""
    if any(run.changes_g for run in trial.runs):
        words = "The path is right, but you change the caller's `g`: compute `lr * g` instead of `g *= lr`."
        return Verdict(False, words, "changes_g")
    for scribble, given in (("g", "`g`"), ("w", "`w` or state")):
        again = attempt_again(learner, trial.kind, clock, scribble)
        wrong = of_wrong_path(learner, again)
        if wrong is not None:
            words = (
                "The path is right only as long as the caller leaves the arrays alone: you keep the caller's "
                f"{given} itself for the next call. Keep a copy."
            )
            return replace(wrong, words=words, bug="keeps_reference")
    return Verdict(True, trial.note)
