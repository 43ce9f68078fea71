r"""Noisy runs on :math:`f(w) = \tfrac12\lambda w^2`: what they are on average, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_finite, check_lr, check_mu, check_not_negative, check_positive, refuse


def mean_squares(w0: Any, lr: Any, mu: Any, curvature: Any, s2: Any, steps: int) -> Any:
    r"""Return the expected square of the position after 0, 1, ..., `steps` noisy steps from rest.

    Parameters
    ----------
    w0 : float or array
        Where all runs start, finite.
    lr : float, array or function of the step number
        The learning rate; a function is a schedule.
    mu : float, array or function of the step number
        The momentum coefficient, in [0, 1); a function is a schedule.
    curvature : float or array
        The curvature, positive.
    s2 : float or array
        The variance of the noise of one gradient, not negative.
    steps : int
        How many steps, not negative.

    Returns
    -------
    array, shape (steps + 1, ...)

    Raises
    ------
    ValueError
        If an argument is out of its range. A learning rate that is not stable is taken.

    Notes
    -----
    The noise of each gradient is independent, with mean zero. The second moments of :math:`(w, v)` then
    follow from :math:`v \leftarrow \mu v - \eta\lambda w - \eta\xi` and :math:`w \leftarrow w + v`.

    Examples
    --------
    >>> mean_squares(4.0, lr=0.5, mu=0.0, curvature=1.0, s2=4.0, steps=2).tolist()
    [16.0, 5.0, 2.25]
    """
    check_finite(w0, "w0")
    check_positive(curvature, "curvature")
    check_not_negative(s2, "s2")
    if not isinstance(steps, int) or steps < 0:
        raise refuse("steps", steps, "a whole number, not negative")
    constants = [each for each in (lr, mu, curvature, s2) if not callable(each)]
    ww = np.broadcast_arrays(np.asarray(w0) ** 2, *constants)[0]
    wv, vv, found = 0 * ww, 0 * ww, [ww]
    for k in range(steps):
        rate, kept = lr(k) if callable(lr) else lr, mu(k) if callable(mu) else mu
        check_lr(rate, "lr")
        check_mu(kept)
        a = rate * curvature
        # First v <- mu v - a w - lr noise, then w <- w + v.
        wv, vv = kept * wv - a * ww, kept**2 * vv - 2 * kept * a * wv + a**2 * ww + rate**2 * s2
        ww, wv = ww + 2 * wv + vv, wv + vv
        found.append(ww)
    return np.stack(found)
