"""The largest curvature of a network's loss, without ever writing down its Hessian."""

from __future__ import annotations

from collections.abc import Callable

import autograd
import numpy as np

from momentum._checks import refuse
from momentum.deep.networks import Array, Params, total_loss


def inner(left: Params, right: Params) -> Array:
    """Return each network's inner product of two vectors of weights, shape (networks,)."""
    products = [np.sum(a * b, axis=(1, 2)) for a, b in zip(left, right, strict=True)]
    total: Array = np.sum(products, axis=0)
    return total


def product_with_hessian(params: Params, images: Array) -> Callable[[Params], Params]:
    """Return the product with the Hessian at one place as a function, for one vector after another.

    The gradient's list of operations is written once, and each product walks back through it.
    """
    times, _ = autograd.make_hvp(total_loss)(params, images)
    product: Callable[[Params], Params] = times
    return product


def hessian_times(params: Params, images: Array, direction: Params) -> Params:
    """Multiply the Hessian of every network's loss by a vector, as the gradient of an inner product.

    Parameters
    ----------
    params : list of arrays
        As `init_networks` returns them.
    images : array, shape (images, inputs)
        What the loss is taken over.
    direction : list of arrays
        The vector, of the shapes of `params`.

    Returns
    -------
    list of arrays
        Of the shapes of `params`.

    References
    ----------
    Pearlmutter (1994).

    Examples
    --------
    In the last bias the loss is half a squared length, so that its curvature is one.

    >>> from momentum.deep import init_networks
    >>> params = init_networks([2, 1, 2], seeds=[0])
    >>> direction = [0 * array for array in params]
    >>> direction[-1][0, 0, 0] = 1.0
    >>> hessian_times(params, np.ones((3, 2)), direction)[-1]
    array([[[1., 0.]]])
    """
    found: Params = product_with_hessian(params, images)(direction)
    return found


def sharpness(
    params: Params, images: Array, iterations: int = 50, start: Params | None = None
) -> tuple[Array, Params]:
    """Return the Hessian's eigenvalue of the largest modulus, by power iteration, for every network.

    Parameters
    ----------
    params : list of arrays
        As `init_networks` returns them.
    images : array, shape (images, inputs)
        What the loss is taken over.
    iterations : int
        How often to multiply by the Hessian, at least once.
    start : list of arrays, optional
        Where to begin, such as what an earlier call returned; without it a fixed random vector.

    Returns
    -------
    eigenvalue : array, shape (networks,)
        The Rayleigh quotient of the last vector. It never exceeds the largest modulus.
    vector : list of arrays
        One multiplication further, to begin the next call with.

    Raises
    ------
    ValueError
        If there are fewer iterations than one.

    Examples
    --------
    >>> from momentum.deep import init_networks
    >>> params = init_networks([3, 2, 3], seeds=[0, 1])
    >>> value, _ = sharpness(params, np.eye(3))
    >>> value.shape
    (2,)
    """
    if iterations < 1:
        raise refuse("iterations", iterations, "at least 1")
    if start is None:
        rng = np.random.default_rng(0)
        start = [np.broadcast_to(rng.normal(size=a.shape[1:]), a.shape) for a in params]
    vector = start
    product = product_with_hessian(params, images)
    for _ in range(iterations):
        length = np.sqrt(inner(vector, vector))[:, None, None]
        unit = [array / length for array in vector]
        vector = product(unit)
    return inner(unit, vector), vector
