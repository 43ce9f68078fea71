r"""Nesterov's method on a quadratic: the roots of :math:`\sigma^2 - (1+\mu)(1-a)\sigma + \mu(1-a) = 0`."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_finite, check_mu
from momentum.theory.tuning import check_condition_number, check_curvatures


def nesterov_limit(mu: Any) -> Any:
    r"""Return the stability limit of the dimensionless step, :math:`2(1 + \mu)/(1 + 2\mu)`.

    On a quadratic Nesterov's method converges exactly for :math:`0 < \eta\lambda <` this. It falls from 2
    to 4/3 as `mu` grows, while that of heavy ball, :math:`2(1 + \mu)`, rises from 2 to 4.

    Parameters
    ----------
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If `mu` lies outside [0, 1).

    Notes
    -----
    By Jury's criterion.

    Examples
    --------
    >>> float(nesterov_limit(0.5))
    1.5
    """
    check_mu(mu)
    return 2 * (1 + mu) / (1 + 2 * mu)


def nesterov_radius(a: Any, mu: Any) -> Any:
    r"""Return the factor that a step of Nesterov's method multiplies the error by in the long run.

    It is the larger modulus of the roots of :math:`\sigma^2 - (1+\mu)(1-a)\sigma + \mu(1-a)`, exactly
    :math:`\sqrt{\mu(1-a)}` wherever they are complex.

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
    Lessard, Recht and Packard (2016), section 4.

    Examples
    --------
    >>> float(nesterov_radius(0.75, 0.25)), float(nesterov_radius(1.0, 0.25))
    (0.25, 0.0)
    """
    check_finite(a, "a")
    check_mu(mu)
    left, mu = 1 - np.asarray(a, dtype=float), np.asarray(mu, dtype=float)
    trace, product = (1 + mu) * left, mu * left
    discriminant = trace**2 - 4 * product
    real = (np.abs(trace) + np.sqrt(np.maximum(discriminant, 0))) / 2
    return np.where(discriminant < 0, np.sqrt(np.maximum(product, 0)), real)[()]


def nesterov_optimal(L: Any, l: Any) -> tuple[Any, Any]:  # noqa: E741, N803
    r"""Return the `lr` and `mu` of the best worst-case rate on quadratics with curvatures in [l, L].

    .. math:: \eta = \frac{4}{3L + \ell},\qquad \mu = \frac{\sqrt{3\kappa + 1} - 2}{\sqrt{3\kappa + 1} + 2}

    Parameters
    ----------
    L, l : float or array
        The largest and the smallest curvature, positive, ``L >= l``.

    Returns
    -------
    lr, mu : float or array

    Raises
    ------
    ValueError
        If a curvature is not positive, or `l` exceeds `L`.

    References
    ----------
    Lessard, Recht and Packard (2016), section 4.

    Examples
    --------
    >>> [round(float(x), 6) for x in nesterov_optimal(5.0, 1.0)]
    [0.25, 0.333333]
    """
    check_curvatures(L, l)
    largest, smallest = np.asarray(L, dtype=float), np.asarray(l, dtype=float)
    root = np.sqrt(3 * largest / smallest + 1)
    return 4 / (3 * largest + smallest), (root - 2) / (root + 2)


def nesterov_standard(L: Any, l: Any) -> tuple[Any, Any]:  # noqa: E741, N803
    r"""Return the `lr` and `mu` of textbooks: :math:`1/L` and :math:`(\sqrt\kappa - 1)/(\sqrt\kappa + 1)`.

    Parameters
    ----------
    L, l : float or array
        The largest and the smallest curvature, positive, ``L >= l``.

    Returns
    -------
    lr, mu : float or array

    Raises
    ------
    ValueError
        If a curvature is not positive, or `l` exceeds `L`.

    References
    ----------
    Nesterov (2018), section 2.2.

    Examples
    --------
    >>> [round(float(x), 6) for x in nesterov_standard(4.0, 1.0)]
    [0.25, 0.333333]
    """
    check_curvatures(L, l)
    largest, smallest = np.asarray(L, dtype=float), np.asarray(l, dtype=float)
    root = np.sqrt(largest / smallest)
    return 1 / largest, (root - 1) / (root + 1)


def nesterov_rate(condition_number: Any) -> Any:
    r"""Return the best worst-case factor a step on quadratics, :math:`1 - 2/\sqrt{3\kappa + 1}`.

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

    References
    ----------
    Lessard, Recht and Packard (2016), section 4.

    Examples
    --------
    >>> float(nesterov_rate(5.0))
    0.5
    """
    check_condition_number(condition_number)
    return (1 - 2 / np.sqrt(3 * np.asarray(condition_number, dtype=float) + 1))[()]


def nesterov_standard_rate(condition_number: Any) -> Any:
    r"""Return the worst-case factor a step with the parameters of textbooks, :math:`1 - 1/\sqrt\kappa`.

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

    References
    ----------
    Lessard, Recht and Packard (2016), section 4.

    Examples
    --------
    >>> float(nesterov_standard_rate(4.0))
    0.5
    """
    check_condition_number(condition_number)
    return (1 - 1 / np.sqrt(np.asarray(condition_number, dtype=float)))[()]
