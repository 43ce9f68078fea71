"""The checks of proofs: steps to put in order, and gaps to fill with a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from momentum._checks import refuse
from momentum.check.named import FORMULAS, PROOFS
from momentum.check.verdict import Verdict

# What a formula may contain besides its symbols.
FUNCTIONS = ("Abs", "Float", "Integer", "Max", "Min", "Rational", "cos", "exp", "log", "pi", "sin", "sqrt")
GREEK = {"η": "eta", "μ": "mu", "λ": "lam", "κ": "kappa"}
POINTS = 6


def ordering(steps: str | Mapping[str, Iterable[str] | None], answer: Any) -> Verdict:
    """Check the order of a proof's steps; every order in which each step follows what it uses is right.

    Parameters
    ----------
    steps : str or dict
        A name in `PROOFS`; or, for each step, by its label, the labels of the steps that it uses, and None
        for a step that does not belong to the proof.
    answer : sequence of labels
        The order. A string will do if each label is a single letter.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the name is unknown, or a step uses one that does not exist or does not belong to the proof, or
        uses itself in the end.

    Examples
    --------
    >>> steps = {"a": "", "b": "a", "c": "a", "d": "bc", "x": None}
    >>> bool(ordering(steps, "abcd")), bool(ordering(steps, "acbd"))
    (True, True)
    >>> print(ordering(steps, "adbc"))
    Not yet. Step d comes too early: it uses step b.
    """
    if isinstance(steps, str):
        if steps not in PROOFS:
            raise refuse("steps", steps, f"a dict or one of {', '.join(PROOFS)}")
        steps = PROOFS[steps]
    uses = {label: list(needed) for label, needed in steps.items() if needed is not None}
    for label, needed in uses.items():
        if not set(needed) <= set(uses):
            raise refuse(f"steps[{label!r}]", needed, "labels of steps of the proof")
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        raise refuse("steps", error.args[1], "free of circles") from None
    if answer is None or answer is Ellipsis or not len(answer):
        return Verdict(False, "There is nothing to check yet: put the labels in order.", "empty")
    done: list[str] = []
    for label in answer:
        if label not in steps:
            return Verdict(False, f"There is no step {label}.", "unknown")
        if label in done:
            return Verdict(False, f"Step {label} is there twice.", "repeated")
        if label not in uses:
            return Verdict(False, f"Step {label} does not belong to the proof.", "distractor")
        missing = [needed for needed in uses[label] if needed not in done]
        if missing:
            return Verdict(
                False,
                f"Step {label} comes too early: it uses step {missing[0]}.",
                "too_early",
                len(done) + 1,
            )
        done.append(label)
    left = [label for label in uses if label not in done]
    if left:
        return Verdict(False, f"The order is right so far, but step {left[0]} is missing.", "missing")
    return Verdict(True, "")


def expression(expected: Any, answer: Any, symbols: str | Iterable[str] | None = None) -> Verdict:
    """Check a formula by algebra: any way to write it is right.

    Needs sympy, which the environment of the chapters has.

    Parameters
    ----------
    expected : str or sympy expression
        The formula that belongs into the gap; without `symbols`, a name in `FORMULAS`.
    answer : str or sympy expression
        The learner's; ``...`` stands for none yet. ``^`` is a power, and a product needs no ``*`` between
        symbols that are apart.
    symbols : str or list of str, optional
        The names that may occur, such as ``"lr mu g"``. They stand for positive numbers.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If `expected` is no formula in the symbols, or no name.

    Examples
    --------
    >>> bool(expression("-lr*g/(1 - mu)", "lr g/(mu - 1)", "lr g mu"))
    True
    >>> print(expression("-lr*g/(1 - mu)", "-lr*g", "lr g mu"))
    Not yet. Yours is the right one times 1 - mu.
    """
    import sympy

    if symbols is None:
        if expected not in FORMULAS:
            raise refuse("expected", expected, f"one of {', '.join(FORMULAS)}, if there are no symbols")
        expected, symbols = FORMULAS[expected]
    names = symbols.split() if isinstance(symbols, str) else [str(symbol) for symbol in symbols]
    known = {name: sympy.Symbol(name, positive=True) for name in names}
    if answer is None or answer is Ellipsis or answer == "":
        return Verdict(False, "There is nothing to check yet: put your formula in its place.", "empty")
    right = _read(expected, known)
    if isinstance(right, Verdict):
        raise refuse("expected", expected, f"a formula in {', '.join(names)}")
    found = _read(answer, known)
    if isinstance(found, Verdict):
        return found
    if sympy.simplify(found - right) == 0 or _agree(found, right, list(known.values())):
        return Verdict(True, "")
    if sympy.simplify(found + right) == 0:
        return Verdict(False, "All is right but the sign.", "sign")
    if right != 0 and found != 0:
        ratio = sympy.factor(sympy.simplify(found / right))
        if sympy.count_ops(ratio) <= 3:
            return Verdict(False, f"Yours is the right one times `{ratio}`.", "factor")
    values = {s: sympy.Rational(1, i + 2) for i, s in enumerate(known.values())}
    at = ", ".join(f"{s} = {v}" for s, v in values.items())
    a, b = (sympy.N(x.subs(values), 4) for x in (found, right))
    return Verdict(False, f"At {at} yours is {a} and should be {b}.", "differs")


def _read(formula: Any, known: dict[str, Any]) -> Any:
    """Return a formula with the known symbols, or a verdict on what cannot be read."""
    import sympy
    from sympy.parsing.sympy_parser import (
        auto_number,
        convert_xor,
        implicit_multiplication,
        parse_expr,
        rationalize,
    )

    if not isinstance(formula, str):
        try:
            value = sympy.sympify(formula)
        except sympy.SympifyError:
            value = None
        if not isinstance(value, sympy.Expr):  # a list or a set is something to sympy, and no formula
            return Verdict(False, f"A formula was asked for, and {formula!r} is none.", "no_formula")
        strange = sorted({s.name for s in value.free_symbols} - set(known))
        if strange:
            return _stranger(strange[0], known)
        return value.subs({s: known[s.name] for s in value.free_symbols})
    text = re.sub("[" + "".join(GREEK) + "]", lambda match: f" {GREEK[match[0]]} ", formula)
    text = re.sub("[−–]", "-", text.replace("·", "*")).strip()  # noqa: RUF001
    for name in re.findall(r"[A-Za-z_]\w*", re.sub(r"(?<!\w)\d[\d.]*(?:[eE][+-]?\d+)?", " ", text)):
        if name not in known and name not in FUNCTIONS:
            return _stranger(name, known)
    scope = {name: getattr(sympy, name) for name in FUNCTIONS} | {"__builtins__": {}}
    ways = (auto_number, convert_xor, implicit_multiplication, rationalize)
    try:
        value = parse_expr(text, local_dict=dict(known), global_dict=scope, transformations=ways)
    except Exception:  # the parser raises what Python's own does, of many kinds
        value = None
    if not isinstance(value, sympy.Expr):
        return Verdict(
            False, "That is no formula that can be read: look for a bracket or a sign.", "no_formula"
        )
    return value


def _stranger(name: str, known: dict[str, Any]) -> Verdict:
    return Verdict(False, f"`{name}` does not occur here: the symbols are {', '.join(known)}.", "unknown")


def _agree(one: Any, other: Any, symbols: list[Any]) -> bool:
    """Whether two formulas have the same value at some points, where algebra did not decide."""
    import sympy

    for k in range(POINTS):
        point = {s: sympy.Rational(2 * k + 3 * i + 1, 7 * k + 5 * i + 3) for i, s in enumerate(symbols)}
        gap = sympy.N((one - other).subs(point), 30)
        if not gap.is_number or not abs(gap) < sympy.Float("1e-20"):
            return False
    return True
