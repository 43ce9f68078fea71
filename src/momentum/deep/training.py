"""Train networks by `momentum.SGD` and keep what a learning curve needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from momentum._checks import refuse
from momentum.deep.curvature import sharpness
from momentum.deep.networks import Array, Params, gradients, init_networks, reconstruction_loss
from momentum.updates import SGD

# A run whose loss has grown by this factor is given up: its digits mean nothing any more.
GIVEN_UP = 10.0


@dataclass(frozen=True)
class Training:
    """What `train` returns: learning curves, a column for each seed.

    Attributes
    ----------
    epochs : array, shape (records,)
        When the loss was recorded, counted in passes over the images.
    loss : array, shape (records, networks)
        The loss over all images. From the record on at which a run was given up it is infinite.
    sharpness : array, shape (records, networks), or None
        The largest eigenvalue of the Hessian, where it was asked for; not a number for a run given up.
    params : list of arrays
        The weights at the end.
    """

    epochs: Array
    loss: Array
    sharpness: Array | None
    params: Params

    def epochs_to(self, target: float) -> Array:
        """Return when each network's loss first came down to a target, between records on a straight line.

        Parameters
        ----------
        target : float
            The loss to reach.

        Returns
        -------
        array, shape (networks,)
            In epochs; infinite for a network that did not reach it.

        Examples
        --------
        >>> curve = np.array([[4.0, 4.0], [2.0, 3.0], [1.0, 2.5]])
        >>> Training(np.arange(3.0), curve, None, []).epochs_to(1.5)
        array([1.5, inf])
        """
        found = np.full(self.loss.shape[1], np.inf)
        for column, loss in enumerate(self.loss.T):
            below = np.flatnonzero(loss <= target)
            if not len(below):
                continue
            k = below[0]
            found[column] = self.epochs[k]
            if k:
                share = (target - loss[k]) / (loss[k - 1] - loss[k])
                found[column] -= share * (self.epochs[k] - self.epochs[k - 1])
        return found


def minibatches(images: Array, seeds: Sequence[int], batch: int) -> Iterator[Array]:
    """Yield minibatches for ever, shape (networks, batch, inputs): each network's order is its own."""
    # Another stream than that of the weights, which `default_rng(seed)` draws.
    rngs = [np.random.default_rng([seed, 1]) for seed in seeds]
    while True:
        orders = np.stack([rng.permutation(len(images)) for rng in rngs])
        for chosen in np.split(orders, len(images) // batch, axis=1):
            yield images[chosen]


def train(
    sizes: Sequence[int],
    images: Array,
    lr: float,
    mu: float | Array = 0.0,
    nesterov: bool = False,
    *,
    seeds: Sequence[int] = (0,),
    batch: int = 100,
    updates: int = 300,
    every: int = 10,
    init: str = "glorot",
    power_iterations: int = 0,
) -> Training:
    """Train autoencoders, one for each seed, with one optimizer: the same start and minibatches for all lr.

    Parameters
    ----------
    sizes : sequence of int
        The number of units in each layer; the first and the last are the pixels of an image.
    images : array, shape (images, pixels)
        What is to be reconstructed.
    lr, nesterov
        What `momentum.SGD` takes.
    mu : float or array, shape (updates,)
        The momentum coefficient, for all updates or for each.
    seeds : sequence of int
        One for each network: it draws the first weights and the order of the images.
    batch : int
        Images in a minibatch, a divisor of their number. With all of them the order does not matter.
    updates : int
        How many steps.
    every : int
        How many steps lie between two records.
    init : {"glorot", "sparse"}
        How the first weights are drawn.
    power_iterations : int
        With more than 0 the largest eigenvalue of the Hessian is recorded too, by so many power iterations
        from where the record before stopped, and by ten times as many at the start.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If sizes, `batch`, `updates`, `every` or `mu` do not fit the images or each other, or SGD refuses its
        arguments.

    Examples
    --------
    >>> images = np.random.default_rng(0).normal(size=(20, 3))
    >>> run = train([3, 2, 3], images, lr=0.1, mu=0.9, batch=10, updates=40, every=20)
    >>> run.epochs, bool(run.loss[-1, 0] < run.loss[0, 0])
    (array([ 0., 10., 20.]), True)
    """
    if batch < 1 or len(images) % batch:
        raise refuse("batch", batch, f"a divisor of the number of images, {len(images)}")
    if every < 1 or updates % every:
        raise refuse("every", every, f"a divisor of the number of updates, {updates}")
    if sizes[0] != sizes[-1] or sizes[0] != images.shape[-1]:
        raise refuse("sizes", sizes, f"{images.shape[-1]} at both ends, as the images have pixels")
    if np.shape(mu) not in ((), (updates,)):
        raise refuse("mu", mu, f"a number, or an array of shape ({updates},)")
    momenta = np.broadcast_to(mu, updates)
    params = init_networks(sizes, seeds, init)
    optimizer = SGD(lr, nesterov=nesterov)
    data = minibatches(images, seeds, batch)
    records = updates // every + 1
    losses = np.full((records, len(seeds)), np.inf)
    sharp = np.full((records, len(seeds)), np.nan)
    vector = None
    ceiling = GIVEN_UP * reconstruction_loss(params, images)
    good = np.ones(len(seeds), dtype=bool)
    # A run that blows up overflows before it is given up.
    with np.errstate(over="ignore", invalid="ignore"):
        for record in range(records):
            loss = reconstruction_loss(params, images)
            good &= loss < ceiling
            losses[record, good] = loss[good]
            if not good.any():
                break
            if power_iterations:
                work = power_iterations * (1 if record else 10)
                value, vector = sharpness(params, images, work, vector)
                sharp[record, good] = value[good]
            if record < records - 1:
                for optimizer.mu in momenta[record * every : (record + 1) * every].tolist():
                    optimizer.step(params, gradients(params, next(data)))
    epochs = np.arange(records) * (every * batch / len(images))
    return Training(epochs, losses, sharp if power_iterations else None, params)
