"""A small classifier whose weights are one row of an array, so that many of them train at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from momentum._checks import refuse

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Classifier:
    r"""Layers of tanh units under a softmax; without a hidden layer, softmax regression.

    The weights of a stack of classifiers are the rows of an array `w` of shape (stack, `dim`). Each row is
    multiplied by itself, so a classifier's numbers do not depend on what else is in the stack, bit for bit.

    Parameters
    ----------
    sizes : tuple of int
        How many numbers go in, how many units each hidden layer has, and how many classes come out.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or one of them is not a positive whole number.

    References
    ----------
    Rumelhart, Hinton and Williams (1986) for the gradient.

    Examples
    --------
    >>> Classifier((64, 10)).dim, Classifier((64, 16, 10)).dim
    (650, 1210)
    """

    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        whole = all(isinstance(n, int | np.integer) and n >= 1 for n in self.sizes)
        if len(self.sizes) < 2 or not whole:
            raise refuse("sizes", self.sizes, "two positive whole numbers or more")

    @property
    def dim(self) -> int:
        """How many weights a classifier has, its biases included."""
        return sum((rows + 1) * columns for rows, columns in pairwise(self.sizes))

    def layers(self, w: Array) -> list[tuple[Array, Array]]:
        """Return views of the weights, shape (stack, rows, columns), and biases, (stack, 1, columns).

        Parameters
        ----------
        w : array, shape (stack, dim)

        Returns
        -------
        list of (array, array)
            One pair a layer.
        """
        views, at = [], 0
        for rows, columns in pairwise(self.sizes):
            end = at + rows * columns
            matrix = w[:, at:end].reshape(-1, rows, columns)
            views.append((matrix, w[:, end : end + columns].reshape(-1, 1, columns)))
            at = end + columns
        return views

    def start(self, rng: np.random.Generator) -> Array:
        """Return weights to start from: zeros, or below a hidden layer normal with variance 1 / rows.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        array, shape (dim,)
        """
        w = np.zeros((1, self.dim))
        if len(self.sizes) > 2:
            for matrix, _ in self.layers(w):
                matrix[...] = rng.normal(0, matrix.shape[1] ** -0.5, matrix.shape)
        first: Array = w[0]
        return first

    def _forward(self, w: Array, x: Array) -> list[Array]:
        """Return the input, the hidden units, and the scores before the softmax."""
        signals, layers = [x], self.layers(w)
        for k, (matrix, bias) in enumerate(layers):
            z = np.matmul(signals[-1], matrix)
            z += bias
            if k < len(layers) - 1:
                np.tanh(z, z)
            signals.append(z)
        return signals

    def gradient(self, w: Array, x: Array, y: Array, out: Array | None = None) -> Array:
        r"""Return the gradient of the mean cross-entropy over a minibatch.

        Parameters
        ----------
        w : array, shape (stack, dim)
        x : array, shape (examples, sizes[0])
        y : array of int, shape (examples,)
            The classes.
        out : array, shape (stack, dim), optional
            Where to write it.

        Returns
        -------
        array, shape (stack, dim)

        Examples
        --------
        >>> line = Classifier((1, 2))
        >>> line.gradient(np.zeros((1, 4)), np.array([[2.0]]), np.array([1]))
        array([[ 1. , -1. ,  0.5, -0.5]])
        """
        out = np.empty_like(w) if out is None else out
        signals = self._forward(w, x)
        error = signals.pop()
        error -= error.max(axis=-1, keepdims=True)
        np.exp(error, error)
        error /= error.sum(axis=-1, keepdims=True)
        error[:, np.arange(len(y)), y] -= 1
        error /= len(y)
        layers, slopes = self.layers(w), self.layers(out)
        for k in reversed(range(len(layers))):
            signal = signals[k]
            np.matmul(signal.swapaxes(-1, -2), error, out=slopes[k][0])
            np.sum(error, axis=1, keepdims=True, out=slopes[k][1])
            if k:
                error = np.matmul(error, layers[k][0].swapaxes(-1, -2))
                error *= 1 - signal * signal
        return out

    def evaluate(self, w: Array, x: Array, y: Array, chunk: int = 128) -> tuple[Array, Array]:
        """Return the mean cross-entropy and the share of hits of each classifier.

        Parameters
        ----------
        w : array, shape (stack, dim)
        x : array, shape (examples, sizes[0])
        y : array of int, shape (examples,)
        chunk : int
            How many examples are held in memory at a time.

        Returns
        -------
        loss, accuracy : array, shape (stack,)

        Examples
        --------
        >>> line = Classifier((1, 2))
        >>> x, y = np.array([[1.0], [-1.0]]), np.array([1, 0])
        >>> loss, accuracy = line.evaluate(np.array([[0.0, 100.0, 0.0, 0.0]]), x, y)
        >>> float(loss[0]), float(accuracy[0])
        (0.0, 1.0)
        """
        loss, hits = np.zeros(len(w)), np.zeros(len(w), int)
        for i in range(0, len(y), chunk):
            part, truth = x[i : i + chunk], y[i : i + chunk]
            z = self._forward(w, part)[-1]
            z -= z.max(axis=-1, keepdims=True)
            true = z[:, np.arange(len(truth)), truth]
            hits += (z.argmax(axis=-1) == truth).sum(axis=-1)
            loss += (np.log(np.exp(z, z).sum(axis=-1)) - true).sum(axis=-1)
        return loss / len(y), hits / len(y)
