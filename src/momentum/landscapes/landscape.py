"""`Landscape`: one description of a loss that serves floats, exact fractions and the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from momentum._checks import as_points, refuse
from momentum.landscapes.critical import CriticalPoint, critical_points
from momentum.landscapes.tables import Polynomial, Table, compiled, derivative, latex

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Landscape:
    r"""A polynomial in one or two variables, or, in one variable, pieces of such joined at breaks.

    Parameters
    ----------
    name : str
        What to call it.
    dim : int
        The number of variables, 1 or 2.
    pieces : tuple of tables
        ``table[i][j]`` is the coefficient of :math:`w_1^i w_2^j`, as made by `tables.exact`. The first
        piece holds up to the first break, the next up to the second, and so on.
    domain : tuple of (low, high)
        The part worth drawing, for each variable.
    breaks : tuple of Fraction
        Where the pieces meet, increasing; the point itself belongs to the piece on its right.
    near : tuple of points
        For two variables: a point near each critical point, from which `critical_points` finds it.

    Raises
    ------
    ValueError
        If the number of variables, pieces or intervals do not fit each other.

    Notes
    -----
    Every method takes points of shape ``(..., dim)`` as float32, float64 or `fractions.Fraction` objects,
    and answers in the same arithmetic. Values that overflow become infinities or NaN, as NumPy has it.

    Examples
    --------
    >>> from momentum import ravine
    >>> landscape = ravine(condition_number=10)
    >>> landscape.gradient([1.0, 1.0])
    array([ 1., 10.])
    >>> print(landscape.latex)
    \tfrac{1}{2} w_1^2 + 5 w_2^2
    """

    name: str
    dim: int
    pieces: tuple[Table, ...]
    domain: tuple[tuple[float, float], ...]
    breaks: tuple[Fraction, ...] = ()
    near: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.dim not in (1, 2):
            raise refuse("dim", self.dim, "1 or 2")
        if len(self.domain) != self.dim:
            raise refuse("domain", self.domain, f"{self.dim} pairs (low, high)")
        if len(self.pieces) != len(self.breaks) + 1 or (self.breaks and self.dim != 1):
            raise refuse("breaks", self.breaks, f"{len(self.pieces) - 1} numbers, in one variable")
        if list(self.breaks) != sorted(set(self.breaks)):
            raise refuse("breaks", self.breaks, "increasing")

    @cached_property
    def _functions(self) -> dict[tuple[np.dtype[Any], tuple[int, ...]], list[Polynomial]]:
        """The compiled pieces, by arithmetic and by the axes they are derived along."""
        return {}

    def _compiled(self, dtype: np.dtype[Any], axes: tuple[int, ...]) -> list[Polynomial]:
        key = dtype, axes
        if key not in self._functions:
            self._functions[key] = [compiled(table, dtype) for table in self.derivative_tables(*axes)]
        return self._functions[key]

    def derivative_tables(self, *axes: int) -> tuple[Table, ...]:
        """Return the tables of a derivative, one a piece.

        Parameters
        ----------
        *axes : int
            Along which variables, in turn; none for the loss itself.

        Returns
        -------
        tuple of tables

        Examples
        --------
        >>> from momentum import bowl
        >>> bowl(3).derivative_tables(0)
        (((), (Fraction(3, 1),)),)
        """
        tables = self.pieces
        for axis in axes:
            tables = tuple(derivative(table, axis) for table in tables)
        return tables

    def _points(self, w: Any) -> Array:
        points = as_points(w, "w")
        if points.shape[-1:] != (self.dim,):
            raise ValueError(
                f"w must have the shape (..., {self.dim}) on {self.name}, got shape {points.shape}"
            )
        return points

    def _evaluate(self, w: Array, axes: tuple[int, ...]) -> Any:
        """Evaluate a derivative at `w`; a constant may come back as a number."""
        return self._piecewise(self._compiled(w.dtype, axes), w[..., 0], w[..., -1])

    def _piecewise(self, functions: list[Polynomial], x: Any, y: Any) -> Any:
        value = functions[0](x, y)
        # x >= bound is False for NaN, which so stays with the first piece, and stays NaN.
        for bound, function in zip(self.breaks, functions[1:], strict=True):
            right = x >= (bound if x.dtype.kind == "O" else float(bound))
            value = np.where(right, function(x, y), value)
        return value

    def gradient_function(self, dtype: np.dtype[Any]) -> Callable[[Array], Array]:
        """Return the gradient without its checks, for arrays of one dtype: what `descend` calls in its loop.

        Parameters
        ----------
        dtype : numpy.dtype
            Float32, float64 or object.

        Returns
        -------
        function
            From an array of shape ``(..., dim)`` to the gradient there, the same bits as `gradient`.
        """
        parts = [self._compiled(dtype, (axis,)) for axis in range(self.dim)]
        bounds = [float(bound) for bound in self.breaks]
        one_point = dtype == np.float64

        def gradient(w: Array) -> Array:
            if one_point and w.ndim == 1:
                # Python's floats are the same doubles, and on two numbers ten times as fast as arrays.
                x, y = w[0].item(), w[-1].item()
                piece = sum(x >= bound for bound in bounds) if bounds else 0
                return np.array([functions[piece](x, y) for functions in parts], dtype)
            if len(parts) == 1:
                g = self._piecewise(parts[0], w, w)
                return g if isinstance(g, np.ndarray) else np.full_like(w, g)
            out = np.empty_like(w)
            x, y = w[..., 0], w[..., 1]
            for axis, functions in enumerate(parts):
                out[..., axis] = functions[0](x, y)
            return out

        return gradient

    def value(self, w: Any) -> Any:
        """Return the loss.

        Parameters
        ----------
        w : array_like, shape (..., dim)

        Returns
        -------
        array, shape (...)

        Raises
        ------
        ValueError
            If the last axis is not `dim` long, or the numbers are of another kind.
        """
        points = self._points(w)
        value = self._evaluate(points, ())
        if isinstance(value, np.ndarray) and value.ndim == points.ndim - 1 > 0:
            return value
        out = np.empty(points.shape[:-1], points.dtype)
        out[...] = value
        return out[()]

    def gradient(self, w: Any) -> Array:
        """Return the gradient.

        Parameters
        ----------
        w : array_like, shape (..., dim)

        Returns
        -------
        array, shape (..., dim)

        Raises
        ------
        ValueError
            If the last axis is not `dim` long, or the numbers are of another kind.
        """
        points = self._points(w)
        return self.gradient_function(points.dtype)(points)

    def hessian(self, w: Any) -> Array:
        """Return the matrix of second derivatives.

        Parameters
        ----------
        w : array_like, shape (..., dim)

        Returns
        -------
        array, shape (..., dim, dim)

        Raises
        ------
        ValueError
            If the last axis is not `dim` long, or the numbers are of another kind.
        """
        points = self._points(w)
        out = np.empty((*points.shape, self.dim), points.dtype)
        for i in range(self.dim):
            for j in range(self.dim):
                out[..., i, j] = self._evaluate(points, (min(i, j), max(i, j)))
        return out

    @cached_property
    def latex(self) -> str:
        """The formula as TeX, without dollar signs."""
        variables = ("w",) if self.dim == 1 else ("w_1", "w_2")
        formulas = [latex(table, variables) for table in self.pieces]
        if not self.breaks:
            return formulas[0]
        bounds = [f"{float(b):g}" for b in self.breaks]
        last = len(bounds)
        where = [f"w < {bounds[0]}"]
        where += [rf"{bounds[i - 1]} \le w < {bounds[i]}" for i in range(1, last)]
        where += [rf"w \ge {bounds[-1]}"]
        rows = r" \\ ".join(f"{f} & {c}" for f, c in zip(formulas, where, strict=True))
        return rf"\begin{{cases}} {rows} \end{{cases}}"

    @cached_property
    def critical_points(self) -> tuple[CriticalPoint, ...]:
        """Every point where the gradient vanishes, from left to right.

        In one variable they are the roots of the derivative of each piece; in two, Newton's method
        polishes the points in `near`. A line of critical points (a flat valley) is not listed.
        """
        return critical_points(self)
