"""The browser's random numbers once more: the same bits from the same seed, many at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import refuse

Array = np.ndarray[Any, np.dtype[Any]]


def mulberry32(seed: int, count: int) -> Array:
    """Return the first numbers of the generator mulberry32, uniform in [0, 1).

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.
    count : int
        How many, not negative.

    Returns
    -------
    array, shape (count,)

    Raises
    ------
    ValueError
        If `seed` or `count` is out of its range.

    Notes
    -----
    By Tommy Ettinger, in the public domain. Its state only counts up, so that all numbers can be made at
    once. Unsigned integers of 32 bits wrap around in NumPy as they do in JavaScript's `Math.imul`.

    Examples
    --------
    >>> [float(x) for x in mulberry32(1, 2)]
    [0.6270739405881613, 0.002735721180215478]
    """
    if not 0 <= seed < 2**32:
        raise refuse("seed", seed, "a whole number from 0 to 2**32 - 1")
    if count < 0:
        raise refuse("count", count, "a whole number, not negative")
    a = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x6D2B79F5) + np.array([seed], dtype=np.uint32)
    t = (a ^ (a >> 15)) * (a | 1)
    t = (t + (t ^ (t >> 7)) * (t | 61)) ^ t
    uniform: Array = (t ^ (t >> 14)) / 4294967296.0
    return uniform


def unit_noise(seed: int, count: int) -> Array:
    """Return noise of mean 0 and variance 1, each twice the sum of three uniforms less three.

    Such a sum is bell-shaped, between -3 and 3, and exact in binary, so that every machine has the same bits.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.
    count : int
        How many, not negative.

    Returns
    -------
    array, shape (count,)

    Raises
    ------
    ValueError
        If `seed` or `count` is out of its range.

    Examples
    --------
    >>> noise = unit_noise(3, 40_000)
    >>> bool(abs(noise.mean()) < 0.02), round(float(noise.var()), 1)
    (True, 1.0)
    """
    noise: Array = 2 * mulberry32(seed, 3 * count).reshape(count, 3).sum(axis=1) - 3
    return noise
