"""The critical points of a landscape: where they are, and of which kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from momentum.landscapes.tables import derivative

if TYPE_CHECKING:
    from momentum.landscapes.landscape import Landscape

Array = np.ndarray[Any, np.dtype[Any]]


class CriticalPoint(NamedTuple):
    """A point where the gradient vanishes."""

    w: tuple[float, ...]
    """Where it lies."""
    kind: str
    """"minimum", "maximum", "saddle" or "degenerate" (a curvature is zero)."""
    value: float
    """The loss there."""


def critical_points(landscape: Landscape) -> tuple[CriticalPoint, ...]:
    """Return every point where the gradient vanishes, from left to right, as `Landscape` describes it."""
    if landscape.dim == 1:
        found = [_newton(landscape, [root]) for root in _roots(landscape)]
    else:
        found = [_newton(landscape, w) for w in landscape.near]
    return tuple(
        CriticalPoint(tuple(map(float, w)), _kind(landscape, w), float(landscape.value(w)))
        for w in sorted(found, key=tuple)
    )


def _roots(landscape: Landscape) -> list[float]:
    """Return the roots of the derivative, each piece's within its own interval."""
    edges = [-np.inf, *map(float, landscape.breaks), np.inf]
    found: list[float] = []
    for piece, low, high in zip(landscape.pieces, edges[:-1], edges[1:], strict=True):
        slope = [float(row[0]) if row else 0.0 for row in derivative(piece, 0)]
        if len(slope) < 2:
            continue
        roots = np.polynomial.polynomial.polyroots(slope)
        # A double root may come back as a pair with a tiny imaginary part: both count once.
        real = np.unique(roots[np.abs(roots.imag) < 1e-7].real.round(12))
        found += [float(root) for root in real if low <= root < high]
    return found


def _newton(landscape: Landscape, w: Sequence[float]) -> Array:
    """Polish a point that is close already."""
    point = np.array(w, dtype=float)
    for _ in range(50):
        hessian = landscape.hessian(point)
        if abs(np.linalg.det(hessian)) < 1e-9:
            break
        step = np.linalg.solve(hessian, landscape.gradient(point))
        point = point - step
        if np.max(np.abs(step)) < 1e-15:
            break
    return point


def _kind(landscape: Landscape, w: Array) -> str:
    curvatures = np.linalg.eigvalsh(landscape.hessian(w))
    if np.min(np.abs(curvatures)) < 1e-9:
        return "degenerate"
    if curvatures[0] > 0:
        return "minimum"
    return "maximum" if curvatures[-1] < 0 else "saddle"
