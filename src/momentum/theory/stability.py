r"""Momentum on a quadratic: the roots of :math:`\sigma^2 - (1 + \mu - a)\sigma + \mu = 0`."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_finite, check_mu, check_not_negative, check_positive


def spectral_radius(a: Any, mu: Any) -> Any:
    r"""Return the factor a step multiplies the error by in the long run.

    It is the larger modulus of the roots of :math:`\sigma^2 - (1 + \mu - a)\sigma + \mu`, exactly
    :math:`\sqrt\mu` wherever they are complex.

    Parameters
    ----------
    a : float or array
        Learning rate times curvature, finite; negative on a hilltop.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If `a` is not finite or `mu` lies outside [0, 1).

    References
    ----------
    Polyak (1964); Lessard, Recht and Packard (2016), section 4.

    Examples
    --------
    >>> float(spectral_radius(1.0, 0.25))
    0.5
    """
    check_finite(a, "a")
    check_mu(mu)
    a, mu = np.asarray(a, dtype=float), np.asarray(mu, dtype=float)
    trace = 1 + mu - a
    discriminant = trace**2 - 4 * mu
    real = (np.abs(trace) + np.sqrt(np.maximum(discriminant, 0))) / 2
    return np.where(discriminant < 0, np.sqrt(mu), real)[()]


def is_stable(a: Any, mu: Any) -> Any:
    r"""Return whether momentum converges on a quadratic: :math:`0 < a < 2(1 + \mu)`.

    Parameters
    ----------
    a : float or array
        Learning rate times curvature, finite.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    bool or array of bool

    Raises
    ------
    ValueError
        If `a` is not finite or `mu` lies outside [0, 1).

    References
    ----------
    Polyak (1964); by Jury's criterion.

    Examples
    --------
    >>> bool(is_stable(3.5, 0.9)), bool(is_stable(3.5, 0.5))
    (True, False)
    """
    check_finite(a, "a")
    check_mu(mu)
    a, mu = np.asarray(a), np.asarray(mu)
    return ((a > 0) & (a < 2 * (1 + mu)))[()]


def regime(a: Any, mu: Any) -> Any:
    r"""Return in a word how the error moves on a quadratic.

    ============= ==================================================== =================================
    "monotone"    :math:`0 < a \le (1 - \sqrt\mu)^2`                   creeps to the minimum on one side
    "oscillating" :math:`(1 - \sqrt\mu)^2 < a < (1 + \sqrt\mu)^2`      swings around it
    "alternating" :math:`(1 + \sqrt\mu)^2 \le a < 2(1 + \mu)`          jumps across it at every step
    "marginal"    :math:`a = 0` or :math:`a = 2(1 + \mu)`              neither converges nor diverges
    "divergent"   elsewhere                                            runs away
    ============= ==================================================== =================================

    Parameters
    ----------
    a : float or array
        Learning rate times curvature, finite.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    str or array of str
        At ``mu = 0`` and ``a = 1`` plain gradient descent arrives in one step; that counts as monotone.

    Raises
    ------
    ValueError
        If `a` is not finite or `mu` lies outside [0, 1).

    Examples
    --------
    >>> [str(regime(a, 0.25)) for a in (0.2, 1.0, 2.3, 2.5, 2.6)]
    ['monotone', 'oscillating', 'alternating', 'marginal', 'divergent']
    """
    check_finite(a, "a")
    check_mu(mu)
    a, mu = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(mu, dtype=float))
    root, limit = np.sqrt(mu), 2 * (1 + mu)
    words = np.select(
        [(a == 0) | (a == limit), (a < 0) | (a > limit), a <= (1 - root) ** 2, a < (1 + root) ** 2],
        ["marginal", "divergent", "monotone", "oscillating"],
        "alternating",
    )
    return words[()]


def saddle_growth(a: Any, mu: Any) -> Any:
    r"""Return the factor a step by which momentum leaves a saddle.

    Where the curvature is :math:`-\lambda` and :math:`a = \eta\lambda`, it is
    :math:`\tfrac12\bigl[(1 + \mu + a) + \sqrt{(1 + \mu + a)^2 - 4\mu}\bigr]`.

    Parameters
    ----------
    a : float or array
        Learning rate times the size of the negative curvature, finite and not negative.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If `a` is negative or not finite, or `mu` lies outside [0, 1).

    Examples
    --------
    >>> float(saddle_growth(0.5, 0.0)), float(saddle_growth(0.5, 0.5))
    (1.5, 1.7071067811865475)
    """
    check_not_negative(a, "a")
    return spectral_radius(-np.asarray(a, dtype=float), mu)


def energy_bound(mu: Any, L: Any) -> Any:  # noqa: N803
    r"""Return the largest learning rate at which the ball's energy can never rise, :math:`2(1 - \mu)/L`.

    Parameters
    ----------
    mu : float or array
        The momentum coefficient, in [0, 1).
    L : float or array
        The largest curvature (the smoothness constant of the loss), positive.

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If `mu` lies outside [0, 1) or `L` is not positive.

    Examples
    --------
    >>> float(energy_bound(0.5, 4.0))
    0.25
    """
    check_mu(mu)
    check_positive(L, "L")
    return 2 * (1 - mu) / L
