"""Fair comparison of tuned methods over folds and seeds, and how far to trust it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from momentum._checks import check_inside, refuse

Array = np.ndarray[Any, np.dtype[Any]]


def tuned(score: Any, by: Any = None) -> Array:
    """Give each method its best learning rate, chosen on the other folds, and return what it then scores.

    In fold f a method gets the learning rate with the best mean of `by` over the other folds and all seeds.
    So no example that helped to choose is among those that judge. Ties go to the smaller index.

    Parameters
    ----------
    score : array, shape (fold, seed, lr, method)
        What to report.
    by : array of the same shape, optional
        What to choose by, larger is better; by default `score`.

    Returns
    -------
    array, shape (fold, seed, method)

    Raises
    ------
    ValueError
        If the shapes do not fit or there is only one fold.

    Examples
    --------
    >>> score = np.array([[[[0.5], [0.9]]], [[[0.6], [0.8]]]])
    >>> tuned(score).ravel().tolist()
    [0.9, 0.8]
    """
    score = np.asarray(score)
    by = score if by is None else np.asarray(by)
    if score.ndim != 4 or len(score) < 2 or by.shape != score.shape:
        raise refuse("score", (score.shape, by.shape), "of shape (fold, seed, lr, method), two folds or more")
    picked = [np.delete(by, fold, axis=0).mean(axis=(0, 1)).argmax(axis=0) for fold in range(len(by))]
    return np.take_along_axis(score, np.stack(picked)[:, None, None, :], axis=2)[:, :, 0]


class Comparison(NamedTuple):
    """A mean difference, the interval around it, and the p-value of "there is none"."""

    mean: float
    low: float
    high: float
    p: float


def paired(difference: Any, confidence: float = 0.95) -> Comparison:
    r"""Compare two methods by their differences over the folds of a cross-validation.

    Seeds of one fold share its examples, so they are averaged first. The training sets of the J folds
    overlap, so their differences are not independent either, and the ordinary t-test finds too much. The
    corrected one takes :math:`s^2\,(\tfrac1J + \tfrac{1}{J - 1})` for the variance of their mean, instead
    of :math:`s^2/J`: the second term is the ratio of held-out to training examples.

    Parameters
    ----------
    difference : array, shape (fold, seed) or (fold,)
        Two folds or more.
    confidence : float
        Of the interval, between 0 and 1.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If there are fewer than two folds or the confidence is out of range.

    References
    ----------
    Nadeau and Bengio (2003).

    Examples
    --------
    >>> found = paired([1.0, 2.0, 3.0, 2.0])
    >>> f"{found.mean:.2f}, {found.low:.2f} to {found.high:.2f}, p = {found.p:.3f}"
    '2.00, 0.02 to 3.98, p = 0.049'
    """
    d = np.asarray(difference, float)
    check_inside(confidence, "confidence")
    if d.ndim not in (1, 2) or len(d) < 2:
        raise refuse("difference", d.shape, "of shape (fold, seed) or (fold,), two folds or more")
    d = d.reshape(len(d), -1).mean(axis=1)
    mean = float(d.mean())
    error = float(np.sqrt(d.var(ddof=1) * (1 / len(d) + 1 / (len(d) - 1))))
    half = float(stats.t.ppf((1 + confidence) / 2, len(d) - 1)) * error
    if error == 0:
        return Comparison(mean, mean, mean, float(mean == 0))
    return Comparison(mean, mean - half, mean + half, float(2 * stats.t.sf(abs(mean) / error, len(d) - 1)))


def holm(p: Any) -> Array:
    """Adjust p-values for their number: those below a level are false alarms with at most that probability.

    Parameters
    ----------
    p : array, shape (tests,)

    Returns
    -------
    array, shape (tests,)
        In the order of `p`; at most 1.

    References
    ----------
    Holm (1979).

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * (len(p) - np.arange(len(p)))
    adjusted: Array = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return adjusted
