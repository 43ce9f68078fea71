"""The expected loss of noisy runs on a quadratic, step by step, under any schedule."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_finite, check_lr, check_mu, check_not_negative, check_positive, refuse

Array = np.ndarray[Any, np.dtype[np.float64]]


def expected_loss(rates: Any, momenta: Any, curvatures: Any, w0: Any, s2: float) -> Array:
    r"""Return the expected loss along a run of form A on :math:`\tfrac12 \sum_i \lambda_i w_i^2`.

    Each gradient carries independent noise of mean zero. In one eigen-direction the matrix M of the second
    moments of :math:`(w, v)` then obeys :math:`M \leftarrow R M R^\top + \eta^2 s_2 \mathbf 1 \mathbf 1^\top`
    with :math:`R = \begin{pmatrix} 1 - \eta\lambda & \mu \\ -\eta\lambda & \mu \end{pmatrix}`.

    Parameters
    ----------
    rates : array_like, shape (steps,)
        The learning rate of each step, not negative.
    momenta : array_like, shape (steps,)
        The momentum coefficient of each step, in [0, 1).
    curvatures : array_like, shape (dim,)
        The curvatures of the eigen-directions, positive.
    w0 : array_like, shape (dim,)
        The start, at rest.
    s2 : float
        The variance of the noise in each direction, not negative.

    Returns
    -------
    array, shape (steps + 1,)

    Raises
    ------
    ValueError
        If an argument is out of its range or the shapes do not fit.

    Examples
    --------
    >>> expected_loss([0.5, 0.25], [0.0, 0.0], [2.0], [1.0], s2=4.0)
    array([1. , 1. , 0.5])
    """
    rates, momenta = np.asarray(rates, dtype=float), np.asarray(momenta, dtype=float)
    curvatures, w0 = np.asarray(curvatures, dtype=float), np.asarray(w0, dtype=float)
    check_lr(rates, "rates")
    check_mu(momenta, "momenta")
    check_positive(curvatures, "curvatures")
    check_finite(w0, "w0")
    check_not_negative(s2, "s2")
    if rates.ndim != 1 or momenta.shape != rates.shape:
        raise refuse("momenta", momenta.shape, f"of the shape of rates, one axis, {rates.shape}")
    if curvatures.ndim != 1 or w0.shape != curvatures.shape:
        raise refuse("w0", w0.shape, f"of the shape of curvatures, one axis, {curvatures.shape}")
    moments = np.zeros((len(w0), 2, 2))
    moments[:, 0, 0] = w0**2
    losses = [curvatures @ w0**2 / 2]
    for lr, mu in zip(rates, momenta, strict=True):
        a, kept = lr * curvatures, np.full(len(w0), mu)
        step = np.array([[1 - a, kept], [-a, kept]]).transpose(2, 0, 1)
        moments = step @ moments @ step.swapaxes(1, 2) + lr**2 * s2
        losses.append(curvatures @ moments[:, 0, 0] / 2)
    return np.array(losses)
