"""Arithmetic on tables of coefficients: ``table[i][j]`` is the coefficient of ``x**i * y**j``.

A table is kept in exact fractions and turned into the arithmetic of the weights once, by `program`. Its
evaluation, `evaluate`, is Horner's scheme in a fixed order of operations, because a browser repeats it
and has to get the same bits: rows first (in `y`), then over the rows (in `x`), highest power first; a
zero coefficient adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.polynomial import polynomial

Table = tuple[tuple[Fraction, ...], ...]
Program = tuple[tuple[Any, ...], ...]


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


def program(table: Table, dtype: np.dtype[Any]) -> Program:
    """Return the table with its coefficients in the arithmetic of `dtype`, highest powers first."""
    rows: Program = table
    if dtype.kind != "O":
        # A Python float is a weak scalar: it takes part in float32 arithmetic without widening it.
        rows = tuple(tuple(float(dtype.type(float(c))) for c in row) for row in table)
    return tuple(row[::-1] for row in rows[::-1])


def _horner(coefficients: Sequence[Any], x: Any) -> Any:
    """Evaluate one polynomial, highest power first; a coefficient may itself be an array."""
    total = coefficients[0]
    for c in coefficients[1:]:
        total = total * x
        if not (isinstance(c, float | Fraction) and c == 0):
            total = total + c
    return total


def evaluate(rows: Program, x: Any, y: Any) -> Any:
    """Evaluate a program at `x` and `y`; a constant polynomial gives a number, not an array."""
    if not rows:
        return 0
    return _horner([_horner(row, y) if row else 0.0 for row in rows], x)


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
