"""The largest curvature of a classifier's loss, from gradients alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import refuse
from momentum.sweep.classifier import Array, Classifier

# A step along the direction for the difference of gradients: small for the curve, large for rounding.
STEP = 1e-4


def largest_curvature(model: Classifier, w: Array, x: Array, y: Array, iterations: int = 60) -> Array:
    r"""Return the eigenvalue of the Hessian that is largest in size, at each row of the weights.

    Power iteration: the Hessian times a direction u is
    :math:`\frac{1}{2\epsilon}(\nabla f(w + \epsilon u) - \nabla f(w - \epsilon u))`, and each product turns u
    towards the eigenvector.

    Parameters
    ----------
    model : Classifier
    w : array, shape (stack, dim)
    x : array, shape (examples, sizes[0])
    y : array of int, shape (examples,)
    iterations : int
        At least 1.

    Returns
    -------
    array, shape (stack,)

    Raises
    ------
    ValueError
        If `iterations` is below 1 or no whole number.

    Examples
    --------
    >>> line, x, y = Classifier((1, 2)), np.array([[3.0], [-3.0]]), np.array([0, 1])
    >>> largest_curvature(line, np.zeros((1, 4)), x, y).round(3).tolist()
    [4.5]
    """
    if not isinstance(iterations, int) or iterations < 1:
        raise refuse("iterations", iterations, "a whole number, at least 1")
    product: Any = np.random.default_rng(0).standard_normal(w.shape)
    for _ in range(iterations):
        u = product / np.linalg.norm(product, axis=-1, keepdims=True)
        ahead, behind = model.gradient(w + STEP * u, x, y), model.gradient(w - STEP * u, x, y)
        product = (ahead - behind) / (2 * STEP)
    found: Array = (u * product).sum(axis=-1)
    return found
