r"""Every update rule of the course as a pure function ``step(w, state, g, lr, mu) -> (w, state)``.

The state is one array of the shape of `w`. Nothing is changed in place, so the same functions run on
floats, on float32 and float64 arrays, on exact `fractions.Fraction` and on symbols.

The arguments are the same throughout:

w : array or number
    The weights. Any shape; dimensionless.
state : same shape as `w`
    What the rule remembers; `initial_state` gives its value at the start.
g : same shape as `w`
    The gradient, taken at `w`.
lr : float or array that broadcasts to the shape of `w`
    The learning rate, finite and not negative.
mu : float or array that broadcasts to the shape of `w`
    The momentum coefficient, in [0, 1).

All of them raise `ValueError` for an `lr` that is negative or not finite, for a `mu` outside [0, 1), and
for shapes that do not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from momentum._checks import as_kind, check_fits, check_lr, check_mu, check_shape

Step = Callable[[Any, Any, Any, Any, Any], tuple[Any, Any]]


def checked(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
    """Check one step's arguments; return `lr` and `mu` in the arithmetic of `w`."""
    check_lr(lr)
    check_mu(mu)
    if isinstance(w, list | tuple):
        raise ValueError(f"w must be an array or a number, got {w!r}")
    shape = getattr(w, "shape", ())
    check_shape(state, shape, "state", "w")
    check_shape(g, shape, "g", "w")
    check_fits(lr, shape, "lr", "w")
    check_fits(mu, shape, "mu", "w")
    if isinstance(w, np.ndarray) and w.dtype.kind in "fO":
        return as_kind(lr, w.dtype), as_kind(mu, w.dtype)
    return lr, mu


def sgd_step(w: Any, state: Any, g: Any, lr: Any, mu: Any = 0.0) -> tuple[Any, Any]:
    r"""Stochastic gradient descent: :math:`w \leftarrow w - \eta g`.

    Takes a state and a `mu` so that it can stand wherever the other rules can; it uses neither.

    Returns
    -------
    w, state : same shape as `w`
        The next weights, and the state as it came.

    Examples
    --------
    >>> sgd_step(1.0, 0.0, 2.0, lr=0.25)
    (0.5, 0.0)
    """
    lr, _ = checked(w, state, g, lr, mu)
    return w - lr * g, state


def velocity_step(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
    r"""Form A, the velocity form: :math:`v \leftarrow \mu v - \eta g,\; w \leftarrow w + v`.

    Returns
    -------
    w, state : same shape as `w`
        The next weights and the next velocity, a displacement a step.

    References
    ----------
    Sutskever, Martens, Dahl and Hinton (2013), equations 1 and 2.

    Examples
    --------
    >>> velocity_step(1.0, 0.5, 2.0, lr=0.25, mu=0.5)
    (0.75, -0.25)
    """
    lr, mu = checked(w, state, g, lr, mu)
    v = mu * state - lr * g
    return w + v, v


def accumulator_step(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
    r"""Form B, the accumulator form: :math:`b \leftarrow \mu b + g,\; w \leftarrow w - \eta b`.

    Returns
    -------
    w, state : same shape as `w`
        The next weights and the next accumulator, a sum of gradients.

    References
    ----------
    `torch.optim.SGD` with ``dampening=0``; `optax.trace`.

    Examples
    --------
    >>> accumulator_step(1.0, 1.0, 2.0, lr=0.25, mu=0.5)
    (0.375, 2.5)
    """
    lr, mu = checked(w, state, g, lr, mu)
    b = mu * state + g
    return w - lr * b, b


def averaged_step(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
    r"""Form E, the averaged form: :math:`e \leftarrow \mu e + (1-\mu) g,\; w \leftarrow w - \eta e`.

    Returns
    -------
    w, state : same shape as `w`
        The next weights and the next exponential average of the gradients.

    References
    ----------
    The first moment of Adam without its bias correction, Kingma and Ba (2015).

    Examples
    --------
    >>> averaged_step(1.0, 1.0, 2.0, lr=0.5, mu=0.5)
    (0.25, 1.5)
    """
    lr, mu = checked(w, state, g, lr, mu)
    e = mu * state + (1 - mu) * g
    return w - lr * e, e


def heavy_ball_step(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
    r"""Take Polyak's step: :math:`w_{k+1} = w_k - \eta g_k + \mu (w_k - w_{k-1})`.

    The state is the previous point; at the start it is `w` itself, which is a ball at rest.

    Returns
    -------
    w, state : same shape as `w`
        The next weights, and the weights they came from.

    References
    ----------
    Polyak (1964), equation 9.

    Examples
    --------
    >>> heavy_ball_step(1.0, 0.5, 2.0, lr=0.25, mu=0.5)
    (0.75, 1.0)
    """
    lr, mu = checked(w, state, g, lr, mu)
    return w - lr * g + mu * (w - state), w


def nesterov_step(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
    r"""Nesterov's step: :math:`v \leftarrow \mu v - \eta g,\; w \leftarrow w + \mu v - \eta g`.

    `w` is the look-ahead point :math:`\theta + \mu v`, the one that frameworks store, and `g` is taken there.

    Returns
    -------
    w, state : same shape as `w`
        The next look-ahead point and the next velocity.

    References
    ----------
    Nesterov (1983) in the variables of Sutskever et al. (2013); `keras.optimizers.SGD(nesterov=True)`.

    Examples
    --------
    >>> nesterov_step(1.0, 0.5, 2.0, lr=0.25, mu=0.5)
    (0.375, -0.25)
    """
    lr, mu = checked(w, state, g, lr, mu)
    v = mu * state - lr * g
    return w + mu * v - lr * g, v


def initial_state(step: Step, w0: Any) -> Any:
    """Return the state of a ball at rest at `w0`: zeros, or `w0` itself for the heavy ball.

    Parameters
    ----------
    step : function
        One of the rules of this module, or a rule of yours whose state starts at zero.
    w0 : array or number
        The start.

    Returns
    -------
    state : same shape as `w0`

    Examples
    --------
    >>> initial_state(velocity_step, 3.0), initial_state(heavy_ball_step, 3.0)
    (0.0, 3.0)
    """
    if step is heavy_ball_step:
        return w0.copy() if isinstance(w0, np.ndarray) else w0
    return np.zeros_like(w0) if isinstance(w0, np.ndarray) else w0 * 0
