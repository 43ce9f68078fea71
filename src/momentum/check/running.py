"""Run the learner's code on a problem, and note what it does."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from momentum.check.deadline import OutOfTimeError, run_until
from momentum.check.learner import Call, ComplaintError, Learner, hand_over, numbers, take_back
from momentum.check.problems import Array, Problem

# How far two paths may lie apart, next to their size: the rounding of 60 steps and much more, but less than
# any mistake of the catalogue. By the bytes of the learner's floats.
ROUNDING = {2: 5e-2, 4: 1e-4}
JUNK = 1e3


@dataclass
class Run:
    """A path: w and state at the start and after each step, and what was noticed on the way."""

    w: list[Array] = field(default_factory=list)
    state: list[Array] = field(default_factory=list)
    lrs: list[Any] = field(default_factory=list)
    mus: list[Any] = field(default_factory=list)
    gradients: list[Array] = field(default_factory=list)
    changes_g: bool = False
    one_array: bool = False
    """Whether w was changed in place and is the state as well."""
    silent: bool = True
    """Whether every call returned None."""
    rounding: float = 1e-5

    def add(self, w: Any, state: Any) -> None:
        """Note where the path has come."""
        point, memory = numbers(w, "w"), numbers(state, "state")
        self.rounding = max(self.rounding, ROUNDING.get(point.dtype.itemsize, 0.0))
        self.w.append(point.astype(float))
        self.state.append(memory.astype(float))


class Clock:
    """The seconds that all calls of one check have together."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self._left = seconds, seconds

    def call(self, learner: Learner, call: Call, step: int, *args: Any) -> Any:
        """Call the learner's code, and turn what goes wrong into a sentence."""
        begun = time.monotonic()
        try:
            with np.errstate(all="ignore"):
                return run_until(begun + self._left, call, *args)
        except OutOfTimeError:
            if time.monotonic() - begun < self.seconds / 2:
                words = (
                    f"It is too slow: its steps on a few numbers took more than {self.seconds:g} seconds "
                    "together. The argument `seconds` allows more."
                )
                raise ComplaintError("too_slow", words) from None
            words = (
                f"It does not come to an end: after {self.seconds:g} seconds it was still in step {step}. "
                "Look for a loop whose condition stays true."
            )
            raise ComplaintError("never_ends", words) from None
        except (Exception, SystemExit) as error:
            what = type(error).__name__ + (f" ({error})" if str(error) else "")
            raise ComplaintError("raises", f"It raises {what} at step {step}{learner.line(error)}.") from None
        finally:
            self._left -= time.monotonic() - begun


def play(learner: Learner, problem: Problem, kind: str, clock: Clock, scribble: str = "") -> Run:
    """Run the learner's code; then write over what it was given, if `scribble` names it.

    "g" stands for the gradient, "w" for the weights and the state, unless they are what was returned.
    """
    call, run = learner.begin(problem), Run()
    w, state = hand_over(problem.w, kind), hand_over(problem.state, kind)
    run.add(_open(w, kind), _open(state, kind))
    for k, (values, lr, mu) in enumerate(zip(problem.gradients, problem.lrs, problem.mus, strict=True), 1):
        g = hand_over(values, kind)
        if kind == "fraction":
            lr, mu = (hand_over(np.array(x), kind) for x in (lr, mu))
        before = numbers(_open(g, kind), "g").copy()
        run.gradients.append(before.astype(float))
        run.lrs.append(float(lr))
        run.mus.append(float(mu))
        out = clock.call(learner, call, k, w, state, g, lr, mu)
        run.silent &= out is None
        after = take_back(out, w, state, kind, learner.rule)
        run.add(_open(after[0], kind), _open(after[1], kind))
        run.changes_g |= not np.array_equal(before, numbers(_open(g, kind), "g"))
        run.one_array |= shares(*after) and shares(after[0], w)
        if not (np.isfinite(run.w[-1]).all() and np.isfinite(run.state[-1]).all()):
            raise ComplaintError(
                "not_finite", f"After step {k} there is a nan or an infinity in what it returns."
            )
        if scribble == "g":
            _write_over([g], [])
        elif scribble == "w":
            _write_over([w, state], list(after))
        w, state = after
    return run


def _open(thing: Any, kind: str) -> Any:
    """Return the array in a list of one array; anything else as it is."""
    return thing[0] if kind == "arrays" else thing


def shares(one: Any, other: Any) -> bool:
    """Whether two things are the same memory."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.shares_memory(one, other)
    return isinstance(one, list) and one is other


def _parts(things: list[Any]) -> list[Any]:
    """Return what can be written over: arrays and lists of numbers, also those inside a list."""
    found: list[Any] = []
    for thing in things:
        inside = isinstance(thing, list) and isinstance(thing[0], np.ndarray)
        found += thing if inside else [thing] if isinstance(thing, list | np.ndarray) else []
    return found


def _write_over(given: list[Any], in_use: list[Any]) -> None:
    """Fill with junk what the caller could use again for something else."""
    for thing in _parts(given):
        if not any(shares(thing, other) for other in _parts(in_use)):
            thing[:] = JUNK if isinstance(thing, np.ndarray) else [JUNK] * len(thing)
