"""Several deep autoencoders of one shape at once: their first weights, their loss and its gradient.

The weights are a list ``[W1, b1, W2, b2, ...]``. The first axis of every array counts the networks, one
for each seed, so that one call trains them all; they never mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np

from momentum._checks import refuse

Array = np.ndarray[Any, Any]
Params = list[Array]

# What Sutskever et al. (2013) multiply a sparse start by where the units are tanh.
TANH_SCALE = 0.25


def glorot(rng: np.random.Generator, n_in: int, n_out: int) -> Array:
    """Draw weights of variance 2 / (n_in + n_out), evenly distributed."""
    bound = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-bound, bound, (n_in, n_out))


def sparse(rng: np.random.Generator, n_in: int, n_out: int, connections: int = 15) -> Array:
    """Draw normal weights from at most `connections` inputs to each unit, and leave the others at zero."""
    weights = np.zeros((n_in, n_out))
    for column in weights.T:
        chosen = rng.choice(n_in, min(connections, n_in), replace=False)
        column[chosen] = TANH_SCALE * rng.normal(size=len(chosen))
    return weights


INITS = {"glorot": glorot, "sparse": sparse}


def init_networks(sizes: Sequence[int], seeds: Sequence[int], init: str = "glorot") -> Params:
    """Draw the first weights of networks of one shape, a network for each seed; biases are zero.

    Parameters
    ----------
    sizes : sequence of int
        The number of units in each layer, the input first.
    seeds : sequence of int
        One for each network. A network depends on its own seed only.
    init : {"glorot", "sparse"}
        Glorot and Bengio's uniform distribution, or Martens' sparse one, scaled for tanh units.

    Returns
    -------
    list of arrays
        Weights of shape (networks, n_in, n_out) and biases of shape (networks, 1, n_out), in turn.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, one is below 1, there is no seed, or `init` is unknown.

    References
    ----------
    Glorot and Bengio (2010); Martens (2010); Sutskever et al. (2013).

    Examples
    --------
    >>> [array.shape for array in init_networks([64, 8, 64], seeds=[0, 1])]
    [(2, 64, 8), (2, 1, 8), (2, 8, 64), (2, 1, 64)]
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise refuse("sizes", sizes, "at least two numbers of units, each at least 1")
    if len(seeds) < 1:
        raise refuse("seeds", seeds, "at least one seed")
    if init not in INITS:
        raise refuse("init", init, f"one of {', '.join(INITS)}")
    rngs = [np.random.default_rng(seed) for seed in seeds]
    params = []
    for n_in, n_out in pairwise(sizes):
        params.append(np.stack([INITS[init](rng, n_in, n_out) for rng in rngs]))
        params.append(np.zeros((len(seeds), 1, n_out)))
    return params


def reconstruct(params: Params, images: Array) -> Any:
    """Run images through the networks: tanh after every layer but the last.

    Parameters
    ----------
    params : list of arrays
        As `init_networks` returns them.
    images : array, shape (images, inputs) or (networks, images, inputs)
        The same images for all networks, or each network's own.

    Returns
    -------
    array, shape (networks, images, outputs)

    Examples
    --------
    >>> reconstruct(init_networks([3, 2, 3], seeds=[0, 1]), np.zeros((5, 3))).shape
    (2, 5, 3)
    """
    units = images
    for weights, bias in zip(params[:-2:2], params[1:-2:2], strict=True):
        units = anp.tanh(anp.matmul(units, weights) + bias)
    return anp.matmul(units, params[-2]) + params[-1]


def reconstruction_loss(params: Params, images: Array) -> Any:
    """Return half the squared distance between an image and its reconstruction, averaged over the images.

    Parameters
    ----------
    params : list of arrays
        As `init_networks` returns them, with as many outputs as inputs.
    images : array, shape (images, inputs) or (networks, images, inputs)
        The same images for all networks, or each network's own.

    Returns
    -------
    array, shape (networks,)

    Examples
    --------
    >>> params = [0 * array for array in init_networks([2, 1, 2], seeds=[0])]
    >>> reconstruction_loss(params, np.array([[3.0, 4.0]]))
    array([12.5])
    """
    miss = reconstruct(params, images) - images
    return anp.mean(anp.sum(miss**2, axis=-1), axis=-1) / 2


def total_loss(params: Params, images: Array) -> Any:
    """Add the losses of the networks: each term depends on one network, so one gradient holds them all."""
    return anp.sum(reconstruction_loss(params, images))


def gradients(params: Params, images: Array) -> Params:
    """Return the gradient of every network's loss in its own weights, by reverse-mode differentiation.

    Parameters
    ----------
    params : list of arrays
        As `init_networks` returns them.
    images : array, shape (images, inputs) or (networks, images, inputs)
        The same images for all networks, or each network's own.

    Returns
    -------
    list of arrays
        Of the shapes of `params`, which is what `SGD.step` takes.

    Examples
    --------
    >>> params = [0 * array for array in init_networks([2, 1, 2], seeds=[0])]
    >>> gradients(params, np.array([[3.0, 4.0]]))[-1]
    array([[[-3., -4.]]])
    """
    found: Params = autograd.grad(total_loss)(params, images)
    return found
