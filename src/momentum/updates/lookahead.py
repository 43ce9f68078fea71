r"""Nesterov's method as it stands in papers and in PyTorch; `rules.nesterov_step` is Keras' form.

The first two take the gradient as a function, since they evaluate it at a point that they do not store.
Nothing is changed in place, so they run on floats, arrays, exact fractions and symbols alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from momentum._checks import as_kind, check_fits, check_lr, check_mu, check_shape, refuse
from momentum.updates.rules import checked


class LookAhead(NamedTuple):
    """What `look_ahead` returns: lists, one entry a step and one for the start."""

    theta: list[Any]
    """The points of the method."""
    v: list[Any]
    """The velocities."""
    ahead: list[Any]
    """The look-ahead points, at which the gradients are taken; what frameworks store."""


def _in_kind(value: Any, theta: Any) -> Any:
    """Return `lr` or `mu` in the arithmetic of an array; next to a number they stay what they are."""
    return as_kind(value, theta.dtype) if isinstance(theta, np.ndarray) else value


def look_ahead_step(theta: Any, v: Any, gradient: Callable[[Any], Any], lr: Any, mu: Any) -> tuple[Any, Any]:
    r"""Take Nesterov's step in the form of Sutskever: the gradient is taken at the look-ahead point.

    .. math:: v \leftarrow \mu v - \eta \nabla f(\theta + \mu v),\qquad \theta \leftarrow \theta + v

    Parameters
    ----------
    theta, v : array or number
        The point and the velocity, of one shape.
    gradient : function
        From a point to the gradient there.
    lr : float or array that broadcasts to the shape of `theta`
        The learning rate, finite and not negative.
    mu : float or array that broadcasts to the shape of `theta`
        The momentum coefficient, in [0, 1).

    Returns
    -------
    theta, v : same shape as `theta`

    Raises
    ------
    ValueError
        If `lr` or `mu` is out of its range, or the shapes do not fit.

    References
    ----------
    Sutskever, Martens, Dahl and Hinton (2013), equations 3 and 4.

    Examples
    --------
    >>> look_ahead_step(1.0, 0.5, lambda w: 2 * w, lr=0.25, mu=0.5)
    (0.625, -0.375)
    """
    check_lr(lr)
    check_mu(mu)
    shape = getattr(theta, "shape", ())
    check_shape(v, shape, "v", "theta")
    check_fits(lr, shape, "lr", "theta")
    check_fits(mu, shape, "mu", "theta")
    lr, mu = _in_kind(lr, theta), _in_kind(mu, theta)
    v = mu * v - lr * gradient(theta + mu * v)
    return theta + v, v


def look_ahead(
    gradient: Callable[[Any], Any], theta: Any, lrs: Sequence[Any], mus: Sequence[Any]
) -> LookAhead:
    r"""Run Nesterov's method from rest under any schedules.

    Parameters
    ----------
    gradient : function
        From a point to the gradient there.
    theta : array or number
        The start.
    lrs : sequence of n learning rates
        Step t uses ``lrs[t]``.
    mus : sequence of n + 1 momentum coefficients
        Step t uses ``mus[t]``; the last is for the look-ahead point after the last step.

    Returns
    -------
    LookAhead
        Three lists of n + 1 entries.

    Raises
    ------
    ValueError
        If there is not one coefficient more than there are learning rates, or a value is out of its range.

    Examples
    --------
    >>> look_ahead(lambda w: 2 * w, 1.0, [0.25, 0.25], [0.5, 0.5, 0.0]).ahead
    [1.0, 0.25, 0.125]
    """
    if len(mus) != len(lrs) + 1:
        raise refuse("mus", mus, f"{len(lrs) + 1} coefficients, one more than there are learning rates")
    v = theta * 0
    run = LookAhead([theta], [v], [theta])
    for t, lr in enumerate(lrs):
        theta, v = look_ahead_step(theta, v, gradient, lr, mus[t])
        check_mu(mus[t + 1], f"mus[{t + 1}]")
        run.theta.append(theta)
        run.v.append(v)
        run.ahead.append(theta + _in_kind(mus[t + 1], theta) * v)
    return run


def two_point_step(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
    r"""Nesterov's own form: :math:`x_+ = y - \eta \nabla f(y),\; y_+ = x_+ + \mu\,(x_+ - x)`.

    `w` is the point y, and `g` is taken there; the state is the point x, at rest the same as y. Under a
    schedule `mu` is the coefficient of the step to come.

    Returns
    -------
    w, state : same shape as `w`
        The next y and the next x.

    References
    ----------
    Nesterov (1983); Nesterov (2018), section 2.2.

    Examples
    --------
    >>> two_point_step(1.0, 0.75, 2.0, lr=0.25, mu=0.5)
    (0.375, 0.5)
    """
    lr, mu = checked(w, state, g, lr, mu)
    x = w - lr * g
    return x + mu * (x - state), x


def nesterov_accumulator_step(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
    r"""PyTorch's form: :math:`b \leftarrow \mu b + g,\; w \leftarrow w - \eta\,(g + \mu b)`.

    `w` is the look-ahead point, and `g` is taken there.

    Returns
    -------
    w, state : same shape as `w`
        The next look-ahead point and the next accumulator, a sum of gradients.

    References
    ----------
    `torch.optim.SGD` with ``nesterov=True``; `optax.sgd` with ``nesterov=True``.

    Examples
    --------
    >>> nesterov_accumulator_step(1.0, 1.0, 2.0, lr=0.25, mu=0.5)
    (0.1875, 2.5)
    """
    lr, mu = checked(w, state, g, lr, mu)
    b = mu * state + g
    return w - lr * (g + mu * b), b
