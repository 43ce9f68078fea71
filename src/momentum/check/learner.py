"""The learner's code behind one face: a function, a class or an object, on arrays, numbers or lists."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np

from momentum.check.problems import Problem
from momentum.check.rule import Rule

SIGNATURE = "(w, state, g, lr, mu)"


class ComplaintError(Exception):
    """The code cannot be compared: it raises, never ends, or returns something else than it should."""

    def __init__(self, bug: str, words: str) -> None:
        super().__init__(words)
        self.bug, self.words = bug, words


class RefusedError(Exception):
    """A run that this code cannot take part in, which is no fault."""


Call = Callable[[Any, Any, Any, Any, Any], Any]


def binds(f: Any, *args: Any, **kwargs: Any) -> bool:
    """Whether something can be called in this way; of what hides its signature, yes."""
    try:
        inspect.signature(f).bind(*args, **kwargs)
    except TypeError:
        return False
    except ValueError:
        pass
    return True


class Learner:
    """What the checks know of the learner's code."""

    def __init__(self, f: Any, rule: Rule) -> None:
        self.rule = rule
        self.is_object = isinstance(f, type) or hasattr(f, "step")
        self._f = f
        self.kinds = ("array", "arrays") if self.is_object else ("array", "number", "list", "fraction")
        if not self.is_object and not callable(f):
            raise ComplaintError(
                "no_function", f"Give the function itself, with its name alone, and not {_a(f)}."
            )
        if not self.is_object and not self._takes():
            takes = ", ".join(inspect.signature(f).parameters)
            raise ComplaintError(
                "wrong_arguments",
                f"It has to take the five arguments `{SIGNATURE}`; yours takes `({takes})`.",
            )

    def _takes(self) -> int:
        """Return how many of the arguments the function takes; 0 if they do not fit."""
        numbers = (5, 4) if self.rule.name == "sgd" else (5,)
        return next((n for n in numbers if binds(self._f, *range(n))), 0)

    def begin(self, problem: Problem) -> Call:
        """Return the step for one run."""
        if not self.is_object:
            taken = self._takes()
            return lambda *args: self._f(*args[:taken])
        if not problem.rests:
            raise RefusedError
        one = self._object(problem.lrs[0], problem.mus[0])
        if not problem.constant and not (hasattr(one, "lr") and hasattr(one, "mu")):
            raise RefusedError

        def call(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> Any:
            if hasattr(one, "lr"):
                one.lr = lr
            if hasattr(one, "mu"):
                one.mu = mu
            moved = one.step(w, g)
            return None if moved is None else (moved, state)

        return call

    def _object(self, lr: float, mu: float) -> Any:
        if not isinstance(self._f, type):
            one = copy.deepcopy(self._f)
            wanted = ("lr",) if self.rule.name == "sgd" else ("lr", "mu")
            if not all(hasattr(one, name) for name in wanted):
                raise ComplaintError(
                    "no_attributes", "Give the class itself: the object has no `lr` and `mu` to set."
                )
            return one
        if binds(self._f, lr=lr, mu=mu):
            return self._f(lr=lr, mu=mu)
        for args in ((lr, mu), (lr,)):
            if binds(self._f, *args):
                return self._f(*args)
        raise ComplaintError("wrong_arguments", "The class has to take `(lr, mu)`.")

    def line(self, error: BaseException) -> str:
        """Return where in the learner's code an error arose."""
        code = getattr(self._f, "__code__", None)
        trace, found = error.__traceback__, ""
        while trace:
            if code is not None and trace.tb_frame.f_code is code:
                found = f" in its line {trace.tb_lineno - code.co_firstlineno + 1}"
            trace = trace.tb_next
        return found


def _a(thing: Any) -> str:
    """Return an article and what a thing is."""
    name = "array" if isinstance(thing, np.ndarray) else type(thing).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def hand_over(values: Any, kind: str) -> Any:
    """Return a fresh copy of an array as the kind of thing that the function can take."""
    if kind == "array":
        return values.copy()
    if kind == "arrays":
        return [values.copy()]
    if kind == "list":
        return [float(value) for value in values.ravel()]
    number = float(values.flat[0])
    return number if kind == "number" else Fraction(number).limit_denominator(1000)


def take_back(out: Any, w: Any, state: Any, kind: str, rule: Rule) -> tuple[Any, Any]:
    """Return w and state from what the code returned, or left in the things that it was given."""
    if out is None:
        if kind in ("number", "fraction"):
            raise ComplaintError("returns_none", f"It returns `None`: return `(w, {rule.symbol})`.")
        return w, state
    if isinstance(out, tuple) or (isinstance(out, list) and len(out) == 2 and kind != "arrays"):
        if len(out) != 2:
            raise ComplaintError(
                "wrong_type", f"It returns {len(out)} values: return two, `(w, {rule.symbol})`."
            )
        moved, new = out
    elif rule.name == "sgd":
        moved, new = out, state
    else:
        raise ComplaintError(
            "wrong_type", f"It returns {_a(out)}, one value: return two, `(w, {rule.symbol})`."
        )
    if rule.name == "sgd":
        new = state
    return _settled(moved, w, kind, "w"), _settled(new, state, kind, rule.symbol)


def _settled(out: Any, given: Any, kind: str, name: str) -> Any:
    """Return one result as what goes into the next call: unchanged where that is possible."""
    if kind == "arrays":
        if not isinstance(out, list | tuple) or len(out) != len(given):
            raise ComplaintError(
                "wrong_type", f"`{name}` came in as a list of arrays and comes back as {_a(out)}."
            )
        return [_settled(a, b, "array", name) for a, b in zip(out, given, strict=True)]
    array = numbers(out, name)
    shape = np.shape(given)
    if array.shape != shape:
        raise ComplaintError(
            "wrong_shape", f"`{name}` has the shape {array.shape} after the step; it came in with {shape}."
        )
    if kind == "array":
        return out if isinstance(out, np.ndarray) and out.dtype.kind == "f" else array
    if kind == "list":
        return out if isinstance(out, list) else array.tolist()
    return out if isinstance(out, Real) else array.item()


def numbers(thing: Any, name: str) -> np.ndarray[Any, Any]:
    """Return a result as an array of real floats."""
    try:
        array = np.asarray(thing)
        if thing is None or array.dtype.kind not in "fiuO":
            raise TypeError
        return array if array.dtype.kind == "f" else array.astype(float)
    except (TypeError, ValueError):
        found = "`None`" if thing is None else _a(thing)
        raise ComplaintError(
            "wrong_type", f"`{name}` is {found} after the step, and no array of real numbers."
        ) from None
