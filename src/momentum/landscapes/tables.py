"""Arithmetic on tables of coefficients: ``table[i][j]`` is the coefficient of ``x**i * y**j``.

A table is kept in exact fractions. `compiled` turns it once into a function in the arithmetic of the
weights. That function is Horner's scheme in a fixed order of operations, because a browser repeats it and
has to get the same bits: each row first (in `y`), then over the rows (in `x`), highest power first; a zero
coefficient adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.polynomial import polynomial

Table = tuple[tuple[Fraction, ...], ...]
Polynomial = Callable[[Any, Any], Any]


def exact(rows: Any) -> Table:
    """Return a table in exact fractions, trailing zeros cut off."""
    table = [[Fraction(c) for c in row] for row in rows]
    for row in table:
        while row and row[-1] == 0:
            row.pop()
    while table and not table[-1]:
        table.pop()
    return tuple(tuple(row) for row in table)


def derivative(table: Table, axis: int) -> Table:
    """Return the table of the partial derivative with respect to `x` (axis 0) or `y` (axis 1)."""
    if not table:
        return ()
    square = np.zeros((len(table), max(len(row) for row in table)), dtype=object)
    for i, row in enumerate(table):
        square[i, : len(row)] = row
    return exact(polynomial.polyder(square, axis=axis))


def compiled(table: Table, dtype: np.dtype[Any]) -> Polynomial:
    """Return the polynomial as a function of `x` and `y`; a constant one returns a number, not an array."""
    rows = [_compiled_row(row, dtype) for row in reversed(table)]
    if not rows:
        return lambda _x, _y: 0
    first, rest = rows[0], rows[1:]

    def evaluate(x: Any, y: Any) -> Any:
        total = first(y) if callable(first) else first
        for row in rest:
            total = total * x
            if row is not None:
                total = total + (row(y) if callable(row) else row)
        return total

    return evaluate


def _compiled_row(row: Sequence[Fraction], dtype: np.dtype[Any]) -> Any:
    """Return one row as a function of `y`, as a number if it is constant, as None if it is zero."""
    coefficients = [None if c == 0 else _in_arithmetic(c, dtype) for c in reversed(row)]
    if len(coefficients) < 2:
        return coefficients[0] if coefficients else None
    first, rest = coefficients[0], coefficients[1:]

    def evaluate(y: Any) -> Any:
        total = first
        for c in rest:
            total = total * y
            if c is not None:
                total = total + c
        return total

    return evaluate


def _in_arithmetic(c: Fraction, dtype: np.dtype[Any]) -> Any:
    # A Python float is a weak scalar: it takes part in float32 arithmetic without widening it.
    return c if dtype.kind == "O" else float(dtype.type(float(c)))


def degree(table: Table) -> int:
    """Return the total degree; 0 for the zero polynomial."""
    return max((i + j for i, row in enumerate(table) for j, c in enumerate(row) if c), default=0)


def _number(c: Fraction) -> str:
    """Write a positive coefficient: whole, a short fraction, or a decimal."""
    if c.denominator == 1:
        return str(c.numerator)
    if c.denominator <= 20:
        return rf"\tfrac{{{c.numerator}}}{{{c.denominator}}}"
    return f"{float(c):.6g}"


def _power(variable: str, exponent: int) -> str:
    return "" if exponent == 0 else variable if exponent == 1 else f"{variable}^{exponent}"


def latex(table: Table, variables: Sequence[str]) -> str:
    """Write the polynomial as TeX, highest total degree first."""
    second = variables[1] if len(variables) > 1 else ""
    terms = [(i, j, c) for i, row in enumerate(table) for j, c in enumerate(row) if c]
    terms.sort(key=lambda term: (-term[0] - term[1], -term[0]))
    text = ""
    for i, j, c in terms:
        powers = " ".join(filter(None, (_power(variables[0], i), _power(second, j))))
        number = "" if abs(c) == 1 and powers else _number(abs(c))
        sign = "-" if c < 0 else "+"
        text += f" {sign} " if text else "-" if c < 0 else ""
        text += f"{number} {powers}".strip()
    return text or "0"
