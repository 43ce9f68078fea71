"""The energy of a run, and the continuous ball that a run approximates."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from momentum._checks import check_finite, check_mu, check_not_negative, check_positive, check_shape, refuse
from momentum.descent import Path
from momentum.landscapes import Landscape
from momentum.landscapes.tables import degree

Array = np.ndarray[Any, np.dtype[Any]]


class Roll(NamedTuple):
    """What `roll` returns: the continuous ball at given times."""

    times: Array
    """Shape (n,)."""
    position: Array
    """Shape (n, dim)."""
    velocity: Array
    """Shape (n, dim), a displacement a unit of time."""


def energy(path: Path, landscape: Landscape, lr: Any, mu: Any) -> Any:
    r"""Return the ball's energy along a run, :math:`H_t = f(w_t) + \frac{\mu}{2\eta} \lVert v_t \rVert^2`.

    The velocity is the last displacement, :math:`v_t = w_t - w_{t-1}`, and zero at the start.

    Parameters
    ----------
    path : Path
        A run of form A, heavy ball or form B from rest at constant `lr` and `mu`, with its points kept.
    landscape : Landscape
        What it descended.
    lr : float or array
        The learning rate, positive; broadcasts against the points, as in `descend`.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    array, shape (steps + 1, *batch)
        It never rises when `lr` is at most `theory.energy_bound`.

    Raises
    ------
    ValueError
        If `lr` is not positive or `mu` lies outside [0, 1).

    Examples
    --------
    >>> from momentum import bowl, descend
    >>> path = descend(bowl(1.0), [1.0], lr=0.5, mu=0.5, steps=2)
    >>> energy(path, bowl(1.0), lr=0.5, mu=0.5)
    array([0.5  , 0.25 , 0.125])
    """
    check_positive(lr, "lr")
    check_mu(mu)
    velocity = np.diff(path.w, axis=0, prepend=path.w[:1])
    return landscape.value(path.w) + np.sum(mu / (2 * lr) * velocity**2, axis=-1)


def roll(
    landscape: Landscape,
    w0: Any,
    times: Any,
    mass: float = 1.0,
    drag: float = 1.0,
    velocity0: Any = None,
) -> Roll:
    r"""Return the motion of the continuous ball, :math:`m \ddot w = -c\,\dot w - \nabla f(w)`.

    On a slope or a quadratic it is the closed form (a matrix exponential), elsewhere
    `scipy.integrate.solve_ivp` with a relative tolerance of 1e-11.

    Parameters
    ----------
    landscape : Landscape
        The hill.
    w0 : array_like, shape (dim,)
        Where the ball is let go at time zero.
    times : array_like, shape (n,)
        When to look, not negative and increasing.
    mass : float
        The ball's mass, positive.
    drag : float
        The viscous drag, not negative.
    velocity0 : array_like, shape (dim,), optional
        The velocity at time zero, a displacement a unit of time. Default: at rest.

    Returns
    -------
    Roll

    Raises
    ------
    ValueError
        If an argument is out of its range, the times do not increase, or the ball leaves every bound
        before the last of them.

    Examples
    --------
    >>> from momentum import bowl
    >>> import numpy as np
    >>> half_swing = roll(bowl(1.0), [1.0], [0.0, np.pi], drag=0.0)
    >>> np.round(half_swing.position.ravel(), 12)
    array([ 1., -1.])
    """
    check_positive(mass, "mass")
    check_not_negative(drag, "drag")
    start = np.array(w0, dtype=float)
    check_finite(start, "w0")
    check_shape(start, (landscape.dim,), "w0", "a point of the landscape")
    push = np.zeros_like(start) if velocity0 is None else np.array(velocity0, dtype=float)
    check_finite(push, "velocity0")
    check_shape(push, start.shape, "velocity0", "w0")
    when = np.array(times, dtype=float)
    if when.ndim != 1 or not when.size or not np.all(np.isfinite(when)):
        raise refuse("times", times, "a list of finite numbers")
    if when[0] < 0 or np.any(np.diff(when) <= 0):
        raise refuse("times", times, "not negative and increasing")
    quadratic = len(landscape.pieces) == 1 and degree(landscape.pieces[0]) <= 2
    move = _linear_motion if quadratic else _integrated_motion
    with np.errstate(all="ignore"):
        states = move(landscape, np.concatenate([start, push]), when, float(mass), float(drag))
    if states is None or not np.all(np.isfinite(states)):
        raise refuse("times", times, "early enough that the ball is still at a finite place")
    return Roll(when, states[:, : landscape.dim], states[:, landscape.dim :])


def _linear_motion(landscape: Landscape, start: Array, times: Array, mass: float, drag: float) -> Array:
    """Solve the linear equation of position, velocity and the constant 1 by a matrix exponential."""
    dim = landscape.dim
    origin = np.zeros(dim)
    matrix = np.zeros((2 * dim + 1, 2 * dim + 1))
    matrix[:dim, dim : 2 * dim] = np.eye(dim)
    matrix[dim : 2 * dim, :dim] = -landscape.hessian(origin) / mass
    matrix[dim : 2 * dim, dim : 2 * dim] = -drag / mass * np.eye(dim)
    matrix[dim : 2 * dim, -1] = -landscape.gradient(origin) / mass
    states: Array = expm(matrix * times[:, None, None]) @ np.append(start, 1.0)
    return states[:, :-1]


def _integrated_motion(
    landscape: Landscape, start: Array, times: Array, mass: float, drag: float
) -> Array | None:
    """Integrate numerically, far more precisely than any run that it is compared with."""
    dim = landscape.dim

    def rate_of_change(_: float, state: Array) -> Array:
        velocity = state[dim:]
        force = -drag * velocity - landscape.gradient(state[:dim])
        return np.concatenate([velocity, force / mass])

    # The solver returns nothing over an empty span, so a look at time zero alone gets a longer one.
    span = (0.0, times[-1] or 1e-9)
    solution = solve_ivp(rate_of_change, span, start, method="DOP853", t_eval=times, rtol=1e-11, atol=1e-12)
    return solution.y.T if solution.success else None
