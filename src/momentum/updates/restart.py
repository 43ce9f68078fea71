"""Restarts: forget the velocity when it points uphill."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum.updates.rules import nesterov_step


def restarting_step(w: Any, state: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
    r"""Nesterov's step, with a restart where the new velocity points uphill.

    Where :math:`\langle g, v \rangle > 0` the velocity is dropped, and with it the look-ahead.

    Parameters
    ----------
    w, state, g : arrays, shape (*batch, dim)
        The look-ahead point, the velocity, and the gradient at the look-ahead point, as for
        `nesterov_step`. Each run of a batch decides for itself.
    lr, mu : float or array that broadcasts to the shape of `w`
        As for every rule of `momentum.updates`.

    Returns
    -------
    w, state : same shape as `w`
        The next look-ahead point and the next velocity.

    Raises
    ------
    ValueError
        As every rule does.

    References
    ----------
    O'Donoghue and Candès (2015), section 3.2, the gradient scheme.

    Examples
    --------
    >>> restarting_step(np.array([1.0]), np.array([-0.5]), np.array([2.0]), lr=0.25, mu=0.5)
    (array([0.125]), array([-0.75]))
    >>> restarting_step(np.array([1.0]), np.array([2.0]), np.array([2.0]), lr=0.25, mu=0.5)
    (array([0.5]), array([0.]))
    """
    look_ahead, v = nesterov_step(w, state, g, lr, mu)
    uphill = np.sum(g * v, axis=-1, keepdims=True) > 0
    return np.where(uphill, look_ahead - mu * v, look_ahead), np.where(uphill, 0 * v, v)
