r"""Momentum under gradient noise, on :math:`f(w) = \tfrac12\lambda w^2` with noise of variance s2."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_not_negative, check_positive, refuse
from momentum.theory.stability import is_stable
from momentum.theory.tuning import check_condition_number


def _stable_step(lr: Any, mu: Any, curvature: Any, s2: Any) -> Any:
    """Check the arguments of a variance; return the dimensionless step."""
    check_positive(lr, "lr")
    check_positive(curvature, "curvature")
    check_not_negative(s2, "s2")
    a = lr * curvature
    if not np.all(is_stable(a, mu)):
        raise refuse("lr", lr, "below the stability limit 2 (1 + mu) / curvature")
    return a


def stationary_variance(lr: Any, mu: Any, curvature: Any, s2: Any) -> Any:
    r"""Return the variance of the position once it has settled.

    .. math:: \operatorname{Var} w =
              \frac{\eta\, s_2\, (1 + \mu)}{\lambda (1 - \mu) \bigl(2(1 + \mu) - \eta\lambda\bigr)}

    Parameters
    ----------
    lr : float or array
        The learning rate, positive and stable.
    mu : float or array
        The momentum coefficient, in [0, 1).
    curvature : float or array
        The curvature, positive.
    s2 : float or array
        The variance of the noise of one gradient, not negative.

    Returns
    -------
    float or array
        The excess loss is half the curvature times this.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the learning rate is not stable.

    Notes
    -----
    The step is an autoregression of order two; its Lyapunov equation has this solution.

    Examples
    --------
    >>> float(stationary_variance(lr=0.5, mu=0.0, curvature=2.0, s2=4.0))
    1.0
    """
    a = _stable_step(lr, mu, curvature, s2)
    return lr * s2 * (1 + mu) / (curvature * (1 - mu) * (2 * (1 + mu) - a))


def step_variance(lr: Any, mu: Any, curvature: Any, s2: Any) -> Any:
    r"""Return the variance of one step once the position has settled.

    .. math:: \operatorname{Var} v = \frac{2\,\eta^2 s_2}{(1 - \mu) \bigl(2(1 + \mu) - \eta\lambda\bigr)}

    Parameters
    ----------
    lr : float or array
        The learning rate, positive and stable.
    mu : float or array
        The momentum coefficient, in [0, 1).
    curvature : float or array
        The curvature, positive.
    s2 : float or array
        The variance of the noise of one gradient, not negative.

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If an argument is out of its range, or the learning rate is not stable.

    Examples
    --------
    >>> float(step_variance(lr=0.5, mu=0.0, curvature=2.0, s2=4.0))
    2.0
    """
    a = _stable_step(lr, mu, curvature, s2)
    return 2 * lr**2 * s2 / ((1 - mu) * (2 * (1 + mu) - a))


def noise_floor_ratio(condition_number: Any) -> Any:
    r"""Return the price of acceleration, :math:`(\kappa + 1) / (2 \sqrt\kappa)`.

    It is the noise floor of tuned momentum over that of tuned gradient descent, with equal noise in the
    two extreme directions.

    Parameters
    ----------
    condition_number : float or array
        The ratio of the curvatures, at least 1.

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If `condition_number` is below 1 or not finite.

    Examples
    --------
    >>> float(noise_floor_ratio(4.0))
    1.25
    """
    check_condition_number(condition_number)
    kappa = np.asarray(condition_number, dtype=float)
    return ((kappa + 1) / (2 * np.sqrt(kappa)))[()]
