r"""One step of momentum on a quadratic as a matrix, its powers, and the best that any method can do."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_finite, check_mu, check_not_negative, refuse
from momentum.theory.stability import spectral_radius
from momentum.theory.tuning import check_condition_number, check_curvatures, rate

Array = np.ndarray[Any, np.dtype[Any]]


def iteration_matrix(a: Any, mu: Any) -> Array:
    r"""Return the matrix that one step of form A applies to position and velocity.

    .. math:: \begin{pmatrix} w_{t+1} \\ v_{t+1} \end{pmatrix} =
              \begin{pmatrix} 1 - a & \mu \\ -a & \mu \end{pmatrix}
              \begin{pmatrix} w_t \\ v_t \end{pmatrix}

    Parameters
    ----------
    a : number or array
        Learning rate times curvature, finite.
    mu : number or array
        The momentum coefficient, in [0, 1). It broadcasts with `a`.

    Returns
    -------
    array, shape (..., 2, 2)
        Exact if `a` and `mu` are fractions.

    Raises
    ------
    ValueError
        If `a` is not finite or `mu` lies outside [0, 1).

    References
    ----------
    Polyak (1964), section 3.

    Examples
    --------
    >>> iteration_matrix(0.5, 0.25)
    array([[ 0.5 ,  0.25],
           [-0.5 ,  0.25]])
    """
    check_finite(a, "a")
    check_mu(mu)
    a, mu = np.broadcast_arrays(np.asarray(a), np.asarray(mu))
    return np.stack([np.stack([1 - a, mu], axis=-1), np.stack([-a, mu], axis=-1)], axis=-2)


def iteration_power(a: Any, mu: Any, k: int) -> Array:
    r"""Return k steps at once: the power :math:`R^k` of `iteration_matrix`, whatever its roots.

    With :math:`p_0 = 0`, :math:`p_1 = 1` and :math:`p_{k+1} = (1 + \mu - a) p_k - \mu p_{k-1}` it is
    :math:`p_k R - \mu p_{k-1} I`, since R is a root of its own characteristic polynomial. Where the roots
    :math:`\sigma_1, \sigma_2` differ, :math:`p_k = (\sigma_1^k - \sigma_2^k)/(\sigma_1 - \sigma_2)`; where
    they are one, :math:`p_k = k \sigma^{k-1}`.

    Parameters
    ----------
    a : number or array
        Learning rate times curvature, finite.
    mu : number or array
        The momentum coefficient, in [0, 1). It broadcasts with `a`.
    k : int
        How many steps, not negative.

    Returns
    -------
    array, shape (..., 2, 2)
        Exact if `a` and `mu` are fractions.

    Raises
    ------
    ValueError
        If `a` is not finite, `mu` lies outside [0, 1), or `k` is negative or no whole number.

    Examples
    --------
    >>> iteration_power(1.0, 0.25, 2)
    array([[-0.25  ,  0.0625],
           [-0.25  , -0.1875]])
    """
    _check_count(k, "k")
    matrix = iteration_matrix(a, mu)
    keep = matrix[..., 1:, 1:]
    trace = matrix[..., :1, :1] + keep
    # The power is p R - q I. Formulas with the roots would divide by zero where they are one.
    p, q = 0 * trace, 0 * trace - 1
    for _ in range(k):
        p, q = trace * p - q, keep * p
    power: Array = p * matrix - q * np.eye(2, dtype=int)
    return power


def best_lr(mu: Any, L: Any, l: Any) -> Any:  # noqa: E741, N803
    r"""Return the learning rate of the best worst-case rate at a given mu, :math:`2(1 + \mu)/(L + \ell)`.

    Parameters
    ----------
    mu : float or array
        The momentum coefficient, in [0, 1).
    L, l : float or array
        The largest and the smallest curvature, positive, ``L >= l``.

    Returns
    -------
    float or array
        Where `mu` is larger than optimal, other learning rates are as good.

    Raises
    ------
    ValueError
        If `mu` lies outside [0, 1), a curvature is not positive, or `l` exceeds `L`.

    Examples
    --------
    >>> best_lr(0.5, 2.0, 1.0)
    1.0
    """
    check_mu(mu)
    check_curvatures(L, l)
    return 2 * (1 + mu) / (L + l)


def best_rate(mu: Any, condition_number: Any) -> Any:
    r"""Return the best worst-case factor a step at a given mu, over all learning rates.

    It is the spectral radius at both ends of the spectrum if the learning rate is `best_lr`.

    Parameters
    ----------
    mu : float or array
        The momentum coefficient, in [0, 1).
    condition_number : float or array
        The ratio of the curvatures, at least 1.

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If `mu` lies outside [0, 1), or `condition_number` is below 1 or not finite.

    Examples
    --------
    >>> float(best_rate(0.0, 3.0)), float(best_rate(0.81, 3.0))
    (0.5, 0.9)
    """
    check_condition_number(condition_number)
    return spectral_radius(best_lr(mu, np.asarray(condition_number, dtype=float), 1.0), mu)


def chebyshev_coefficients(L: Any, l: Any, steps: int) -> tuple[Array, Array]:  # noqa: E741, N803
    r"""Return the schedules of the semi-iteration, the best of all methods on curvatures in [l, L].

    Used as `lr` and `mu` of form A they make the error after k steps :math:`T_k(z)/T_k(\gamma)` times the
    first one, where :math:`z = (L + \ell - 2\lambda)/(L - \ell)`, :math:`\gamma` is z at
    :math:`\lambda = 0`, and :math:`T_k` is Chebyshev's polynomial. Both tend to `optimal_hyperparameters`.

    Parameters
    ----------
    L, l : float
        The largest and the smallest curvature, positive, ``L > l``.
    steps : int
        How many steps, not negative.

    Returns
    -------
    lr, mu : array, shape (steps,)

    Raises
    ------
    ValueError
        If a curvature is not positive, `l` is not below `L`, or `steps` is negative or no whole number.

    References
    ----------
    Golub and Varga (1961).

    Examples
    --------
    >>> lr, mu = chebyshev_coefficients(3.0, 1.0, 3)
    >>> lr.round(4), mu.round(4)
    (array([0.5   , 0.5714, 0.5385]), array([0.    , 0.1429, 0.0769]))
    """
    check_curvatures(L, l)
    if l == L:
        raise refuse("l", l, f"below L = {L!r}")
    _check_count(steps, "steps")
    gamma, ratio = (L + l) / (L - l), 0.0
    lr, mu = np.empty(steps), np.empty(steps)
    for k in range(steps):
        # The ratio T_k(gamma) / T_(k+1)(gamma), from the recurrence of the polynomials.
        before, ratio = ratio, 1 / (2 * gamma - ratio) if k else 1 / gamma
        lr[k] = (4 if k else 2) * ratio / (L - l)
        mu[k] = before * ratio
    return lr, mu


def lower_bound(condition_number: Any, k: Any) -> Any:
    r"""Return the share of the error that no method can go below in k steps, :math:`2\rho^k/(1 + \rho^{2k})`.

    It is :math:`1/T_k(\gamma)` with :math:`\gamma = (\kappa + 1)/(\kappa - 1)`, and :math:`\rho` is `rate`.

    Parameters
    ----------
    condition_number : float or array
        The ratio of the curvatures, at least 1.
    k : int or array of int
        The number of gradients seen, not negative.

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If `condition_number` is below 1 or not finite, or `k` is negative.

    References
    ----------
    Nemirovsky and Yudin (1983); Nesterov (2004), section 2.1.

    Examples
    --------
    >>> float(lower_bound(9.0, 1))
    0.8
    """
    check_not_negative(k, "k")
    decay = rate(condition_number) ** np.asarray(k)
    return 2 * decay / (1 + decay**2)


def _check_count(value: Any, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise refuse(name, value, "a whole number, not negative")
