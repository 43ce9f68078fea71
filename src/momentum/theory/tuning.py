r"""The best that momentum can do on a quadratic whose curvatures lie between l and L."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_finite, check_mu, check_positive, refuse


def optimal_hyperparameters(L: Any, l: Any) -> tuple[Any, Any]:  # noqa: E741, N803
    r"""Return the `lr` and `mu` of the best worst-case rate on curvatures in [l, L].

    .. math:: \eta = \Bigl(\frac{2}{\sqrt L + \sqrt\ell}\Bigr)^2,\qquad
              \mu = \Bigl(\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}\Bigr)^2,\quad \kappa = L / \ell

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
    Polyak (1964), section 3.

    Examples
    --------
    >>> lr, mu = optimal_hyperparameters(25, 1)
    >>> [round(float(x), 6) for x in (9 * lr, 9 * mu)]
    [1.0, 4.0]
    """
    check_curvatures(L, l)
    root_large, root_small = np.sqrt(np.asarray(L, dtype=float)), np.sqrt(np.asarray(l, dtype=float))
    total = root_large + root_small
    return (2 / total) ** 2, ((root_large - root_small) / total) ** 2


def check_curvatures(largest: Any, smallest: Any) -> None:
    """Refuse curvatures that are not positive, or in the wrong order."""
    check_positive(largest, "L")
    check_positive(smallest, "l")
    if not np.all(np.asarray(largest) >= np.asarray(smallest)):
        raise refuse("l", smallest, f"at most L = {largest!r}")


def check_condition_number(condition_number: Any) -> None:
    """Refuse a condition number below 1."""
    check_finite(condition_number, "condition_number")
    if not np.all(np.asarray(condition_number) >= 1):
        raise refuse("condition_number", condition_number, "at least 1")


def rate(condition_number: Any) -> Any:
    r"""Return the best worst-case factor a step of momentum, :math:`(\sqrt\kappa - 1)/(\sqrt\kappa + 1)`.

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
    Polyak (1964), section 3.

    Examples
    --------
    >>> float(rate(4.0)), float(gradient_descent_rate(4.0))
    (0.3333333333333333, 0.6)
    """
    check_condition_number(condition_number)
    root = np.sqrt(np.asarray(condition_number, dtype=float))
    return (root - 1) / (root + 1)


def gradient_descent_rate(condition_number: Any) -> Any:
    r"""Return the best worst-case factor a step of plain gradient descent, :math:`(\kappa - 1)/(\kappa + 1)`.

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
    >>> float(gradient_descent_rate(3.0))
    0.5
    """
    check_condition_number(condition_number)
    kappa = np.asarray(condition_number, dtype=float)
    return ((kappa - 1) / (kappa + 1))[()]


def condition_number_for(mu: Any) -> Any:
    r"""Return the condition number for which `mu` is optimal, :math:`((1 + \sqrt\mu)/(1 - \sqrt\mu))^2`.

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

    Examples
    --------
    >>> float(condition_number_for(0.25))
    9.0
    """
    check_mu(mu)
    root = np.sqrt(np.asarray(mu, dtype=float))
    return ((1 + root) / (1 - root)) ** 2
