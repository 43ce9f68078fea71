r"""What the buffer remembers: the weights :math:`\mu^0, \mu^1, \mu^2, \dots` of the gradients in it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from momentum._checks import check_finite, check_inside, check_lr, check_mu


class Memory(NamedTuple):
    """Four numbers that all get called "how many gradients momentum remembers"."""

    total: Any
    """The sum of the weights, 1 / (1 - mu), which is how much larger the effective learning rate is."""
    mean_age: Any
    """The weighted mean age of a gradient in steps, mu / (1 - mu), the lag, and the coasting."""
    half_life: Any
    """After how many steps a gradient counts half, ln(1/2) / ln(mu)."""
    effective_sample_size: Any
    """Kish's size, (1 + mu) / (1 - mu), by how much averaging independent noise improves the ratio."""


def memory(mu: Any) -> Memory:
    r"""Return what 1/(1 - mu) counts, and three numbers that it does not.

    Parameters
    ----------
    mu : float or array
        The momentum coefficient, in (0, 1).

    Returns
    -------
    Memory
        In steps, or in gradients.

    Raises
    ------
    ValueError
        If `mu` lies outside (0, 1).

    References
    ----------
    Kish (1965) for the effective sample size.

    Examples
    --------
    >>> [round(float(x), 2) for x in memory(0.9)]
    [10.0, 9.0, 6.58, 19.0]
    """
    check_inside(mu, "mu")
    mu = np.asarray(mu, dtype=float)
    left = 1 - mu
    return Memory((1 / left)[()], (mu / left)[()], (np.log(0.5) / np.log(mu))[()], ((1 + mu) / left)[()])


def steps_to_terminal(fraction: Any, mu: Any) -> Any:
    r"""Return after how many steps on a slope the ball has a fraction of its terminal velocity.

    It is the smallest whole number of at least :math:`\ln(1 - p) / \ln\mu`.

    Parameters
    ----------
    fraction : float or array
        The fraction p of the terminal velocity, in (0, 1).
    mu : float or array
        The momentum coefficient, in (0, 1).

    Returns
    -------
    int or array of int

    Raises
    ------
    ValueError
        If `fraction` or `mu` lies outside (0, 1).

    Examples
    --------
    >>> steps_to_terminal([0.5, 0.9, 0.99], 0.9)
    array([ 7, 22, 44])
    """
    check_inside(fraction, "fraction")
    check_inside(mu, "mu")
    fraction, mu = np.asarray(fraction, dtype=float), np.asarray(mu, dtype=float)
    # Rounded first: ln(1 - 0.75) / ln(0.5) is 2 on paper, and must not become 3 by its last bit.
    return np.ceil(np.round(np.log1p(-fraction) / np.log(mu), 9)).astype(int)[()]


def gap_after_lr_change(lr_old: Any, lr_new: Any, b: Any, mu: Any) -> Any:
    r"""Return how far forms A and B part, in the end, after one change of the learning rate.

    With the buffer :math:`b` at the change, and the same gradients for both from there on, it is
    :math:`w^A - w^B \to -(\eta_\text{old} - \eta_\text{new})\, b\, \mu / (1 - \mu)`.

    Parameters
    ----------
    lr_old, lr_new : float or array
        The learning rate before and after the change, finite and not negative.
    b : float or array
        Form B's accumulator when the learning rate changes.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If a learning rate is negative or not finite, `b` is not finite, or `mu` lies outside [0, 1).

    Examples
    --------
    >>> gap_after_lr_change(0.5, 0.25, b=2.0, mu=0.5)
    -0.5
    """
    check_lr(lr_old, "lr_old")
    check_lr(lr_new, "lr_new")
    check_finite(b, "b")
    check_mu(mu)
    return -(lr_old - lr_new) * b * mu / (1 - mu)
