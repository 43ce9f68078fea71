r"""Noise floors compared: at equal learning rates, at equal speed, over the steps, and for Nesterov.

On :math:`f(w) = \tfrac12\lambda w^2`, with gradient noise that is independent from step to step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import (
    check_inside,
    check_mu,
    check_not_negative,
    check_positive,
    refuse,
)
from momentum.theory.noise import stationary_variance


def noise_floor(lr: Any, mu: Any, curvatures: Any, s2: Any) -> Any:
    r"""Return the loss that noise keeps a run above the minimum, summed over the eigen-directions.

    .. math:: \sum_\lambda \tfrac12\lambda\, \operatorname{Var} w_\lambda

    Parameters
    ----------
    lr, mu : float or array, shape (*batch, 1)
        The learning rate, positive and stable in every direction, and the momentum coefficient, in [0, 1).
    curvatures : array, shape (directions,)
        The curvatures, positive.
    s2 : float or array, shape (directions,)
        The variance of the gradient noise in each direction, not negative.

    Returns
    -------
    float or array, shape (*batch,)

    Raises
    ------
    ValueError
        If an argument is out of its range, or the learning rate is not stable.

    Examples
    --------
    >>> float(noise_floor(lr=0.5, mu=0.0, curvatures=np.array([2.0, 2.0]), s2=4.0))
    2.0
    """
    curvatures = np.asarray(curvatures)
    check_positive(curvatures, "curvatures")
    return np.sum(curvatures * stationary_variance(lr, mu, curvatures, s2) / 2, axis=-1)


def _check_plain(a: Any) -> None:
    check_positive(np.asarray(a), "a")
    if not np.all(np.asarray(a) < 2):
        raise refuse("a", a, "in (0, 2), where gradient descent is stable")


def ratio_at_equal_lr(a: Any, mu: Any) -> Any:
    r"""Return the variance with momentum over that without, at the same learning rate.

    .. math:: \frac{1 + \mu}{1 - \mu} \cdot \frac{2 - a}{2(1 + \mu) - a}

    Parameters
    ----------
    a : float or array
        Learning rate times curvature, in (0, 2).
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> ratio_at_equal_lr(1.0, 0.5)
    1.5
    """
    _check_plain(a)
    check_mu(mu)
    return (1 + mu) * (2 - a) / ((1 - mu) * (2 * (1 + mu) - a))


def ratio_at_equal_effective_lr(a: Any, mu: Any) -> Any:
    r"""Return the variance with momentum over that without, at the same effective learning rate.

    .. math:: \frac{(1 + \mu)(2 - a)}{2(1 + \mu) - a(1 - \mu)}

    Parameters
    ----------
    a : float or array
        Effective learning rate times curvature, in (0, 2).
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array
        At most 1.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> ratio_at_equal_effective_lr(1.0, 0.5)
    0.6
    """
    _check_plain(a)
    check_mu(mu)
    return (1 + mu) * (2 - a) / (2 * (1 + mu) - a * (1 - mu))


def autocovariances(lags: int, lr: Any, mu: Any, curvature: Any, s2: Any) -> tuple[Any, Any]:
    r"""Return the autocovariances of position and step at the lags 0, 1, ..., `lags`.

    Those of the position obey :math:`R_{k+1} = (1 + \mu - a) R_k - \mu R_{k-1}`, with
    :math:`R_1 = \bigl(1 - \tfrac{a}{1 + \mu}\bigr) R_0`; those of the step are
    :math:`2 R_k - R_{k+1} - R_{k-1}`.

    Parameters
    ----------
    lags : int
        The largest lag, not negative.
    lr, mu, curvature, s2 : float or array
        As in `stationary_variance`.

    Returns
    -------
    position, step : array, shape (lags + 1, ...)

    Raises
    ------
    ValueError
        If an argument is out of its range, or the learning rate is not stable.

    Examples
    --------
    >>> position, step = autocovariances(2, lr=0.5, mu=0.0, curvature=1.0, s2=3.0)
    >>> position.tolist(), step.tolist()
    ([1.0, 0.5, 0.25], [1.0, -0.25, -0.125])
    """
    if not isinstance(lags, int) or lags < 0:
        raise refuse("lags", lags, "a whole number, not negative")
    variance = stationary_variance(lr, mu, curvature, s2)
    a = lr * curvature
    # The list begins at lag -1, which equals lag 1.
    first = (1 - a / (1 + mu)) * variance
    found = [first, variance, first]
    for _ in range(lags):
        found.append((1 + mu - a) * found[-1] - mu * found[-2])
    around = np.stack(found)
    return around[1:-1], 2 * around[1:-1] - around[2:] - around[:-2]


def nesterov_variance(lr: Any, mu: Any, curvature: Any, s2: Any) -> Any:
    r"""Return the variance of the position under Nesterov momentum once it has settled.

    .. math:: \frac{\eta\, s_2\, (1 + \nu)}{\lambda (1 - \nu) \bigl(2(1 + \nu) - a\bigr)},
              \qquad \nu = \mu (1 - a), \quad a = \eta\lambda

    Parameters
    ----------
    lr : float or array
        The learning rate, positive and below :math:`2(1 + \mu) / ((1 + 2\mu)\lambda)`.
    mu : float or array
        The momentum coefficient, in [0, 1).
    curvature : float or array
        The curvature, positive.
    s2 : float or array
        The variance of the noise of one gradient, not negative.

    Returns
    -------
    float or array
        Of the point that moves, not of the look-ahead point at which the gradient is taken.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the learning rate is not stable.

    Examples
    --------
    >>> nesterov_variance(lr=0.5, mu=0.5, curvature=1.0, s2=8.0)
    3.3333333333333335
    """
    check_positive(lr, "lr")
    check_mu(mu)
    check_positive(curvature, "curvature")
    check_not_negative(s2, "s2")
    a = lr * curvature
    if not np.all(np.asarray(a * (1 + 2 * mu) < 2 * (1 + mu))):
        raise refuse("lr", lr, "below the stability limit 2 (1 + mu) / ((1 + 2 mu) curvature)")
    own = mu * (1 - a)
    return lr * s2 * (1 + own) / (curvature * (1 - own) * (2 * (1 + own) - a))


def quietest_hyperparameters(rate: Any, l: Any) -> tuple[Any, Any]:  # noqa: E741
    r"""Return the `lr` and `mu` with the lowest noise floor among all of a required rate.

    They damp the flattest direction critically: :math:`\eta = (1 - r)^2 / \ell` and :math:`\mu = r^2`.

    Parameters
    ----------
    rate : float or array
        The factor by which the error has to shrink in the long run, a step, in (0, 1). It must be at least
        the best rate for the condition number of the problem, which this function does not know.
    l : float or array
        The smallest curvature, positive.

    Returns
    -------
    lr, mu : float or array

    Raises
    ------
    ValueError
        If `rate` lies outside (0, 1) or `l` is not positive.

    Examples
    --------
    >>> quietest_hyperparameters(0.5, 2.0)
    (0.125, 0.25)
    """
    check_inside(rate, "rate")
    check_positive(l, "l")
    return (1 - rate) ** 2 / l, rate**2
