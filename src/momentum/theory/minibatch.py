r"""How noisy the gradient of a minibatch is, around the gradient of all examples."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_not_negative, refuse


def minibatch_variance(variance: Any, n: Any, batch_size: Any, replacement: bool = False) -> Any:
    r"""Return the variance of the mean gradient of a random minibatch.

    .. math:: \frac{\sigma^2}{b} \quad\text{with replacement,}\qquad
              \frac{\sigma^2}{b} \cdot \frac{n - b}{n - 1} \quad\text{without.}

    Parameters
    ----------
    variance : float or array
        The variance :math:`\sigma^2` of one gradient, drawn from all of them; not negative.
        For vectors: the mean squared distance from the mean gradient.
    n : int or array of int
        How many examples there are, at least 1.
    batch_size : int or array of int
        How many of them are drawn, from 1 to `n`; with replacement any number from 1.
    replacement : bool
        Whether an example may be drawn twice.

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If `variance` is negative, or a number of examples is not whole or out of its range.

    References
    ----------
    Kish (1965) for the factor of finite populations.

    Examples
    --------
    >>> float(minibatch_variance(6.0, n=4, batch_size=2, replacement=True))
    3.0
    >>> float(minibatch_variance(6.0, n=4, batch_size=2))
    2.0
    """
    check_not_negative(variance, "variance")
    _check_count(n, "n")
    _check_count(batch_size, "batch_size")
    n, batch = np.asarray(n), np.asarray(batch_size)
    with_replacement = np.asarray(variance) / batch
    if replacement:
        return with_replacement[()]
    if not np.all(batch <= n):
        raise refuse("batch_size", batch_size, f"at most n = {n} without replacement")
    # A single example is always drawn: what is left over is 0, whatever it is divided by.
    return (with_replacement * ((n - batch) / np.maximum(n - 1, 1)))[()]


def _check_count(value: Any, name: str) -> None:
    """Refuse what is not a whole number, or an array of such, of at least 1."""
    whole = np.asarray(value)
    if whole.dtype.kind not in "iu" or not np.all(whole >= 1):
        raise refuse(name, value, "a whole number, at least 1")
