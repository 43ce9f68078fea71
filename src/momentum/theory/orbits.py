"""The orbits of a ball without friction in the double well, which foretell one with little friction."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import refuse
from momentum.landscapes import Landscape, double_well

Array = np.ndarray[Any, np.dtype[Any]]

# Where the integrals look, and how much each look counts.
NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)


def _check_tilt(tilt: float) -> None:
    if not 0 <= tilt < 2 / 27**0.5:
        raise refuse("tilt", tilt, "at least 0 and below 2 / sqrt(27), where both valleys exist")


def barrier(tilt: float) -> float:
    r"""Return where the top of the barrier of the double well is, by Newton's method.

    Parameters
    ----------
    tilt : float
        At least 0 and below :math:`2 / \sqrt{27}`, so that there is one.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the tilt is out of that range.

    Examples
    --------
    >>> round(barrier(0.2), 4)
    0.2091
    """
    _check_tilt(tilt)
    w = tilt
    for _ in range(50):
        w -= (w * w * w - w + tilt) / (3 * w * w - 1)
    return w


def _area(hill: Landscape, level: float, low: float, high: float) -> float:
    """Return the area of the orbit between two turning points, in the plane of position and velocity."""
    # With w = middle + half sin(angle) the integrand is smooth at both ends.
    angle = NODES * np.pi / 2
    w = (low + high) / 2 + (high - low) / 2 * np.sin(angle)
    speed = np.sqrt(2 * np.maximum(level - hill.value(w[:, None]), 0))
    return float(2 * np.sum(WEIGHTS * np.pi / 2 * speed * (high - low) / 2 * np.cos(angle)))


def _turning_points(tilt: float, level: float) -> Array:
    """Return where the double well has the height `level`, in order."""
    roots = np.roots([0.25, 0.0, -0.5, tilt, 0.25 - level])
    real: Array = np.sort(roots[np.abs(roots.imag) < 1e-6].real)
    return real


def loop_areas(tilt: float) -> tuple[float, float]:
    r"""Return the areas of the two loops of the frictionless ball whose energy just reaches the barrier.

    They lie in the plane of position and velocity of a ball of mass one, :math:`\oint V \,\mathrm dw`, the
    one over the global minimum, the other over the local one. A ball that loses its energy slowly is caught
    in a valley with a frequency in proportion to its loop.

    Parameters
    ----------
    tilt : float
        Of the double well, at least 0 and below :math:`2 / \sqrt{27}`.

    Returns
    -------
    tuple of two floats
        Global, local.

    Raises
    ------
    ValueError
        If the tilt is out of that range.

    References
    ----------
    Neishtadt and Okunev (2020), on passage through a separatrix.

    Examples
    --------
    >>> bool(np.allclose(loop_areas(0.0), 4 / 3))
    True
    """
    hill, top = double_well(tilt), barrier(tilt)
    level = float(hill.value([top]))
    # At this level the barrier is a double root; the other two roots are -top ± sqrt(2 - 2 top²).
    half = (2 - 2 * top * top) ** 0.5
    return _area(hill, level, -top - half, top), _area(hill, level, top, -top + half)


def orbits_above(tilt: float, start: float) -> float:
    r"""Return how often a ball with drag `c` goes round above the barrier, times `c`, for small `c`.

    In one round of energy :math:`H` the ball of mass one loses :math:`c\,J(H)`, where
    :math:`J = \oint V \,\mathrm dw`. From rest at `start` it therefore goes round about
    :math:`\frac1c \int \mathrm dH / J(H)` times before its energy is that of the barrier.

    Parameters
    ----------
    tilt : float
        Of the double well, at least 0 and below :math:`2 / \sqrt{27}`.
    start : float
        Where the ball is let go, above the barrier's height.

    Returns
    -------
    float
        The integral.

    Raises
    ------
    ValueError
        If the tilt is out of that range or the start is not higher than the barrier.

    Examples
    --------
    >>> round(orbits_above(0.2, 2.0), 3)
    0.261
    """
    hill, top = double_well(tilt), barrier(tilt)
    low, high = float(hill.value([top])), float(hill.value([start]))
    if not high > low:
        raise refuse("start", start, f"higher than the barrier, {low:.4g}")
    # J has a logarithmic cusp at the barrier: squaring the variable puts most nodes there.
    share = (NODES + 1) / 2
    levels = low + (high - low) * share**2
    ends = [_turning_points(tilt, float(level))[[0, -1]] for level in levels]
    areas = np.array([_area(hill, float(e), *pair) for e, pair in zip(levels, ends, strict=True)])
    return float(np.sum(WEIGHTS / 2 * 2 * share * (high - low) / areas))
