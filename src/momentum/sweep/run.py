r"""`sweep`: train under every pair of learning rate and momentum, over folds and seeds, on all cores.

A unit of work is one fold of one seed: all pairs of the grid train side by side, from the same weights, on
the same minibatches in the same order. Units know nothing of each other, so the number of workers, or of
machines, changes no bit of the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from momentum._checks import check_lr, check_mu, refuse
from momentum.sweep.classifier import Array, Classifier
from momentum.sweep.progress import watched
from momentum.updates import Step, initial_state, velocity_step
from momentum.updates.kernels import KERNELS

# Evaluation looks at so many examples at a time.
CHUNK = 128
FLOAT = 8


_lock = Lock()
_inside: list[threadpool_limits] = []


@contextmanager
def one_thread() -> Iterator[None]:
    """Let the matrix products use one thread, which adds in one order, until the last unit is done.

    A worker of a cluster may run several units at once, so the first to finish must not lift the limit.
    """
    with _lock:
        _inside.append(threadpool_limits(1))
    try:
        yield
    finally:
        with _lock:
            # Only the limit that came first remembers how many threads there were.
            last = _inside.pop()
            if not _inside:
                last.restore_original_limits()


@dataclass(frozen=True)
class SweepResult:
    """What a sweep measured.

    Attributes
    ----------
    accuracy : array, shape (fold, seed, lr, mu, checkpoint)
        The share of the validation images that are recognised.
    loss : array, shape (fold, seed, lr, mu, checkpoint)
        The mean cross-entropy over all the training images; infinite where a run has overflowed.
    lr : array, shape (lr, mu)
        The learning rates.
    mu : array, shape (mu,)
        The momentum coefficients.
    checkpoints : array of int, shape (checkpoint,)
        After how many updates each measurement was made.
    """

    accuracy: Array
    loss: Array
    lr: Array
    mu: Array
    checkpoints: Array

    def updates_to(self, target: float) -> Array:
        """Return after how many updates, to a checkpoint, the training loss is first at the target.

        Parameters
        ----------
        target : float

        Returns
        -------
        array of int, shape (fold, seed, lr, mu)
            -1 where the target was not reached.
        """
        there = self.loss <= target
        return np.where(there.any(axis=-1), self.checkpoints[there.argmax(axis=-1)], -1)


def _unit(
    model: Classifier, data: tuple[Array, Array], parts: tuple[Array, Array], seed: tuple[int, int],
    lr: Array, mu: Array, batch_size: int, checkpoints: Array, step: Step,
) -> tuple[Array, Array]:  # fmt: skip
    """Train every pair on one fold of one seed; return accuracies and losses, (pairs, checkpoint)."""
    (x, y), (train, test) = data, parts
    rng = np.random.default_rng(seed)
    w = np.repeat(model.start(rng)[None], len(lr), axis=0)
    state, g, work = initial_state(step, w), np.empty_like(w), np.empty_like(w)
    kernel, batches = KERNELS.get(step), len(train) // batch_size
    found = np.empty((2, len(lr), len(checkpoints)))
    with one_thread(), np.errstate(over="ignore", invalid="ignore"):
        for k in range(checkpoints[-1] + 1):
            for at in np.flatnonzero(checkpoints == k):
                loss, _ = model.evaluate(w, x[train], y[train], CHUNK)
                found[1, :, at] = np.where(np.isnan(loss), np.inf, loss)
                found[0, :, at] = model.evaluate(w, x[test], y[test], CHUNK)[1]
            if k == checkpoints[-1]:
                break
            if k % batches == 0:
                order = rng.permutation(train)
            batch = order[k % batches * batch_size :][:batch_size]
            model.gradient(w, x[batch], y[batch], out=g)
            if kernel is None:
                w, state = step(w, state, g, lr, mu)
            else:
                kernel(w, state, g, lr, mu, w, work)
    return found[0], found[1]


def sweep(
    model: Classifier, data: tuple[Array, Array], lr: Any, mu: Any, *, batch_size: int, checkpoints: Any,
    folds: int = 5, seeds: int = 1, step: Step = velocity_step, n_jobs: int | None = None,
) -> SweepResult:  # fmt: skip
    r"""Train a classifier under every pair of learning rate and momentum, over folds and seeds.

    Parameters
    ----------
    model : Classifier
    data : (x, y)
        The examples, shape (examples, model.sizes[0]), and their classes, 0, 1, ...
    lr : array, shape (lr,) or (lr, mu)
        The learning rates: the same for each `mu`, or a column for each.
    mu : array, shape (mu,)
        The momentum coefficients.
    batch_size : int
        How many examples an update sees. Each epoch has its own order; what is left over waits for the next.
    checkpoints : array of int, increasing
        After how many updates to measure. The last one ends the run.
    folds, seeds : int
        The folds of a stratified cross-validation, the same for all seeds, and how many runs each of them
        gets. A run has its own first weights and minibatches; all pairs share them.
    step : function
        A rule of `momentum.updates`.
    n_jobs : int, optional
        How many workers joblib may use; by default what `joblib.parallel_config` says, or one. On a cluster
        the call is the same, inside ``with joblib.parallel_config("dask"):``.

    Returns
    -------
    SweepResult
        The same, bit for bit, for any number of workers.

    Raises
    ------
    ValueError
        If `lr` or `mu` is out of range or of the wrong shape, a number is not a positive whole one, the
        checkpoints do not increase, or a minibatch is larger than the training set.

    Notes
    -----
    A worker holds at most `sweep_bytes` beside the data and the libraries, whatever the number of updates.

    Examples
    --------
    >>> x, y = np.array([[1.0], [-1.0]] * 6), np.array([1, 0] * 6)
    >>> found = sweep(Classifier((1, 2)), (x, y), [0.1, 1.0], [0.0, 0.9],
    ...               batch_size=4, checkpoints=[0, 5, 10], folds=3)
    >>> found.loss.shape, found.updates_to(0.1)[0, 0].tolist()
    ((3, 1, 2, 2, 3), [[-1, 10], [5, 5]])
    """
    x, y = np.asarray(data[0], float), np.asarray(data[1])
    mu = np.atleast_1d(np.asarray(mu, float))
    lr = np.asarray(lr, float)
    check_lr(lr)
    check_mu(mu)
    if mu.ndim != 1:
        raise refuse("mu", mu.shape, "of shape (mu,)")
    if lr.ndim == 1:
        lr = np.repeat(lr[:, None], len(mu), axis=1)
    if lr.ndim != 2 or lr.shape[1] != len(mu):
        raise refuse("lr", lr.shape, f"of shape (lr,) or (lr, {len(mu)})")
    for name, value in (("batch_size", batch_size), ("folds", folds), ("seeds", seeds)):
        if not isinstance(value, int | np.integer) or value < 1:
            raise refuse(name, value, "a positive whole number")
    points = np.asarray(checkpoints)
    if points.ndim != 1 or points.dtype.kind != "i" or points[0] < 0 or np.any(np.diff(points) <= 0):
        raise refuse("checkpoints", checkpoints, "whole numbers that increase, none negative")
    pairs = lr.reshape(-1, 1), np.tile(mu, len(lr))[:, None]
    work = []
    for fold, parts in enumerate(StratifiedKFold(folds, shuffle=True, random_state=0).split(x, y)):
        if batch_size > len(parts[0]):
            raise refuse("batch_size", batch_size, f"at most {len(parts[0])}, the training set")
        work += [(parts, (seed, fold)) for seed in range(seeds)]
    jobs = (
        delayed(_unit)(model, (x, y), parts, name, *pairs, batch_size, points, step) for parts, name in work
    )
    done = Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    shape = (folds, seeds, *lr.shape, len(points))
    accuracy, loss = (np.stack(found).reshape(shape) for found in zip(*watched(done, len(work)), strict=True))
    return SweepResult(accuracy, loss, lr, mu, points)


def sweep_bytes(model: Classifier, examples: int, pairs: int, batch_size: int, checkpoints: int) -> int:
    r"""Return how many bytes a worker of `sweep` takes at most, beside the data and the libraries.

    Weights, state, gradient and a work array, four times ``pairs * dim`` numbers; the signals of a minibatch
    or of a chunk of 128 examples in every layer, three times over; the measurements; the fold's own copy of
    its examples. The number of updates is not in it.

    Parameters
    ----------
    model : Classifier
    examples, pairs, batch_size, checkpoints : int
        How many examples there are in all, pairs of `lr` and `mu`, examples to an update, and checkpoints.

    Returns
    -------
    int

    Examples
    --------
    >>> sweep_bytes(Classifier((64, 10)), 1797, 60, 32, 30) // 2**20
    3
    """
    units = sum(model.sizes[1:])
    weights = 4 * pairs * model.dim
    signals = 3 * pairs * units * max(batch_size, CHUNK)
    copies = examples * (model.sizes[0] + 4) + batch_size * model.sizes[0]
    return FLOAT * (weights + signals + copies + 2 * pairs * checkpoints)
