"""Which valley a run ends in, found by running it, and how high a ball climbs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from momentum._checks import check_mu, check_positive, refuse
from momentum.descent import descend
from momentum.landscapes import Landscape, double_well
from momentum.theory.orbits import barrier

Array = np.ndarray[Any, np.dtype[Any]]

SETTLE = 8000


def outcomes(tilt: float, start: Any, lr: Any, mu: Any, steps: int = SETTLE) -> list[str]:
    """Return for each run on the double well where the ball ends: a batch of runs from rest.

    A ball is caught for good when its energy is below the top of the barrier; there is no need to wait
    until it stands still.

    Parameters
    ----------
    tilt : float
        Of the double well.
    start, lr, mu : float or array, shape (runs,)
        Where the ball is let go, the learning rates and the momentum coefficients.
    steps : int
        How many updates to wait.

    Returns
    -------
    list of {"global", "local", "diverged", "unsettled"}

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> outcomes(0.2, 2.0, 0.01, [0.8, 0.9, 0.972])
    ['local', 'global', 'local']
    """
    hill, top = double_well(tilt), barrier(tilt)
    start, lr, mu = np.broadcast_arrays(*np.atleast_1d(start, lr, mu))
    path = descend(hill, start[:, None], lr=lr[:, None], mu=mu[:, None], steps=steps, keep_path=False)
    w, v = path.w[0, :, 0], path.state[:, 0]
    assert path.loss is not None
    with np.errstate(all="ignore"):
        caught = path.loss[0] + mu / (2 * lr) * v * v < hill.value([top])
    choices = [~np.isfinite(w), caught & (w < top), caught]
    return [str(each) for each in np.select(choices, ["diverged", "global", "local"], "unsettled")]


def thresholds(
    outcome: Callable[[Array], Sequence[str]],
    grid: Any,
    halvings: int = 12,
    known: Sequence[str] | None = None,
    most: int | None = None,
) -> Array:
    """Return where along a grid the outcome changes, by halving the interval of each change.

    Two changes between neighbours of the grid cancel and are not seen.

    Parameters
    ----------
    outcome : function
        From an array of parameters to the outcome at each.
    grid : array_like, shape (cells,)
        The parameters to begin with, in order.
    halvings : int
        How often to halve; each call tries one point in every interval.
    known : sequence, optional
        The outcomes on the grid, where they are known already.
    most : int, optional
        How many changes to look at, from the first on; all of them if None.

    Returns
    -------
    array, shape (changes,)
        For each change, a parameter just past it.

    Raises
    ------
    ValueError
        If `known` does not fit the grid.

    Examples
    --------
    >>> first = thresholds(lambda mu: outcomes(0.2, 2.0, 0.01, mu, 500), [0.8, 0.9], halvings=20)
    >>> [round(float(mu), 4) for mu in first]
    [0.8738]
    """
    grid = np.asarray(grid, dtype=float)
    cells = np.asarray(outcome(grid) if known is None else known)
    if cells.shape != grid.shape:
        raise refuse("known", known, f"of the shape of the grid, {grid.shape}")
    at = np.flatnonzero(cells[:-1] != cells[1:])[:most]
    low: Array = grid[at]
    high: Array = grid[at + 1]
    for _ in range(halvings if at.size else 0):
        middle = (low + high) / 2
        same = np.asarray(outcome(middle)) == cells[at]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return high


def basins(landscape: Landscape, w0: Any, lr: Any, mu: Any, steps: int, reach: float = 0.1) -> Array:
    """Return for each start the minimum that the run ends at: a picture of the basins of attraction.

    Parameters
    ----------
    landscape : Landscape
        With minima among its `critical_points`.
    w0 : array_like, shape (*batch, dim)
        The starts; the balls are at rest.
    lr, mu : number or array
        Learning rate and momentum coefficient, as for `descend`.
    steps : int
        How many updates to wait.
    reach : float
        How near to a minimum, in Euclidean distance, a run must end to count; positive.

    Returns
    -------
    array of int, shape (*batch,)
        The place of the minimum among the minima in `critical_points`, and -1 for a run that ended at none.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> from momentum import double_well
    >>> basins(double_well(0.2), [[-1.0], [0.5], [2.0]], lr=0.01, mu=0.9, steps=500)
    array([0, 1, 0])
    """
    check_positive(reach, "reach")
    minima = np.array([point.w for point in landscape.critical_points if point.kind == "minimum"])
    end = descend(landscape, w0, lr=lr, mu=mu, steps=steps, keep_path=False).w[0]
    with np.errstate(all="ignore"):
        distance = np.linalg.norm(end[..., None, :] - minima, axis=-1)
        near = np.where(np.isfinite(distance), distance, np.inf)
    which: Array = np.where(near.min(axis=-1) < reach, near.argmin(axis=-1), -1)
    return which


def climb(lr: Any, mu: Any, gradient: Any, v: Any) -> Any:
    r"""Return how high a ball gets on a steady uphill that it enters with velocity `v`.

    With :math:`u = \eta g / (1 - \mu)` the velocity is still uphill for
    :math:`n = \lfloor \ln(u / (u + v)) / \ln \mu \rfloor` steps, and in these the ball gains the height
    :math:`g \bigl[ \tfrac{\mu (1 - \mu^n)}{1 - \mu} (u + v) - n u \bigr]`.

    Parameters
    ----------
    lr, mu : float or array
        The learning rate, not negative, and the momentum coefficient, inside (0, 1).
    gradient, v : float or array
        The steepness of the uphill and the step with which the ball arrives, both positive.

    Returns
    -------
    float or array
        The height at the last step before the ball turns.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> round(float(climb(0.01, 0.9, 1.0, 0.5)), 4)
    2.7994
    """
    check_positive(lr, "lr")
    check_mu(mu)
    check_positive(mu, "mu")
    check_positive(gradient, "gradient")
    check_positive(v, "v")
    u = lr * np.asarray(gradient, dtype=float) / (1 - mu)
    n = np.floor(np.log(u / (u + v)) / np.log(mu))
    return gradient * (mu * (1 - mu**n) / (1 - mu) * (u + v) - n * u)
