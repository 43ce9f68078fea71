"""Adam, as far as the course needs it: to find the momentum in it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from momentum._checks import check_lr, check_mu, check_not_negative, refuse


class Moments(NamedTuple):
    """What Adam remembers."""

    first: Any
    """The average of the gradients, form E's memory."""
    second: Any
    """The average of their squares."""
    steps: int
    """How many gradients have been averaged."""


def adam_start(w: Any) -> Moments:
    """Return what Adam remembers before its first step: nothing.

    Parameters
    ----------
    w : array or number
        The weights.

    Returns
    -------
    Moments

    Examples
    --------
    >>> adam_start(3.0)
    Moments(first=0.0, second=0.0, steps=0)
    """
    return Moments(w * 0.0, w * 0.0, 0)


def adam_step(
    w: Any,
    moments: Moments,
    g: Any,
    lr: Any,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    wd: float = 0.0,
) -> tuple[Any, Moments]:
    r"""Take a step of AdamW; with ``wd=0`` it is Adam.

    :math:`m \leftarrow \beta_1 m + (1 - \beta_1) g`, :math:`s \leftarrow \beta_2 s + (1 - \beta_2) g^2`,
    :math:`w \leftarrow (1 - \eta\,\text{wd})\, w - \eta\, \hat m / (\sqrt{\hat s} + \epsilon)` with
    :math:`\hat m = m / (1 - \beta_1^t)` and :math:`\hat s = s / (1 - \beta_2^t)` at step t = 1, 2, ...

    Parameters
    ----------
    w : array or number
        The weights.
    moments : Moments
        What it remembers; `adam_start` gives its value at the start.
    g : same shape as `w`
        The gradient, taken at `w`.
    lr : float or array that broadcasts to `w`
        The learning rate, finite and not negative.
    beta1, beta2 : float
        The decay of the two averages, in [0, 1).
    eps : float
        Keeps the denominator from zero; finite and not negative.
    wd : float
        The strength of decoupled weight decay, finite and not negative.

    Returns
    -------
    w : same shape as `w`
        The next weights.
    moments : Moments

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    Kingma and Ba (2015), algorithm 1; Loshchilov and Hutter (2019), algorithm 2.

    Examples
    --------
    >>> w, moments = adam_step(1.0, adam_start(1.0), -4.0, lr=0.25, eps=0.0)
    >>> round(float(w), 12), moments.steps
    (1.25, 1)
    """
    check_lr(lr)
    check_mu(beta1, "beta1")
    check_mu(beta2, "beta2")
    check_not_negative(eps, "eps")
    check_not_negative(wd, "wd")
    if not isinstance(moments, Moments):
        raise refuse("moments", moments, "Moments, such as adam_start returns")
    first = beta1 * moments.first + (1 - beta1) * g
    second = beta2 * moments.second + (1 - beta2) * g**2
    count = moments.steps + 1
    mean, square = first / (1 - beta1**count), second / (1 - beta2**count)
    return (1 - lr * wd) * w - lr * mean / (np.sqrt(square) + eps), Moments(first, second, count)
