r"""What the shape of a loss curve tells about the curvature: the stability formulas read backwards."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_mu, check_positive, refuse


def curvature_from_growth(growth: Any, lr: Any, mu: Any) -> Any:
    r"""Return the curvature of the direction in which a run jumps from side to side.

    .. math:: \lambda = \frac1\eta \Bigl( 1 + \mu + s + \frac\mu s \Bigr)

    Parameters
    ----------
    growth : float or array
        The factor :math:`s` by which each step multiplies the distance from the minimum, the square root
        of the factor of the loss. At least the square root of `mu`; above 1 the run diverges.
    lr : float or array
        The learning rate, positive.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array
        If several directions grow, the largest curvature: it soon drowns the others.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    Both roots of :math:`\sigma^2 - (1 + \mu - \eta\lambda)\sigma + \mu` are negative here, the larger in
    size is :math:`-s`, and the sum of the two is :math:`-s - \mu/s`.

    Examples
    --------
    >>> float(curvature_from_growth(2.0, lr=0.25, mu=0.5))
    15.0
    """
    check_mu(mu)
    check_positive(lr, "lr")
    check_positive(growth, "growth")
    if not np.all(np.asarray(growth) ** 2 >= mu):
        raise refuse("growth", growth, f"at least the square root of mu = {mu!r}")
    return (1 + mu + growth + mu / growth) / lr


def curvature_from_period(period: Any, lr: Any, mu: Any) -> Any:
    r"""Return the curvature of the direction in which a run swings.

    .. math:: \lambda = \frac1\eta \Bigl( 1 + \mu - 2 \sqrt\mu \cos\frac{2\pi}{P} \Bigr)

    Parameters
    ----------
    period : float or array
        The steps :math:`P` of one swing there and back, at least 2; the loss goes down twice meanwhile.
    lr : float or array
        The learning rate, positive.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    The roots of :math:`\sigma^2 - (1 + \mu - \eta\lambda)\sigma + \mu` are
    :math:`\sqrt\mu\, e^{\pm 2\pi i/P}` here.

    Examples
    --------
    >>> round(float(curvature_from_period(4.0, lr=0.5, mu=0.25)), 12)
    2.5
    """
    check_mu(mu)
    check_positive(lr, "lr")
    check_positive(period, "period")
    if not np.all(np.asarray(period) >= 2):
        raise refuse("period", period, "at least 2 steps")
    return (1 + mu - 2 * np.sqrt(mu) * np.cos(2 * np.pi / np.asarray(period))) / lr
