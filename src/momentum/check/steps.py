"""The checks of the update rules: each takes the learner's code and says what is wrong with it."""

from __future__ import annotations

from typing import Any

from momentum.check.judge import SECONDS, judge
from momentum.check.verdict import Verdict


def sgd_step(f: Any, *, seconds: float = SECONDS) -> Verdict:
    r"""Check gradient descent, :math:`w \leftarrow w - \eta g`.

    Neither the state nor `mu` is looked at: the function may leave out `mu`, and return `w` alone.

    Parameters
    ----------
    f : function, class or object
        The learner's code, in one of the ways that `momentum.check` lists.
    seconds : float
        How long all of its calls together may take.

    Returns
    -------
    Verdict
        True if it is right; otherwise its words say what is wrong.

    Examples
    --------
    >>> bool(sgd_step(lambda w, state, g, lr, mu: (w - lr * g, state)))
    True
    >>> sgd_step(lambda w, state, g, lr, mu: (w + lr * g, state)).words
    'The sign of the gradient is wrong: you climb the hill instead of rolling down. The paths part at step 1.'
    """
    return judge("sgd", f, seconds)


def velocity_step(f: Any, *, seconds: float = SECONDS) -> Verdict:
    r"""Check form A, :math:`v \leftarrow \mu v - \eta g,\; w \leftarrow w + v`.

    Parameters
    ----------
    f : function, class or object
        The learner's code, in one of the ways that `momentum.check` lists.
    seconds : float
        How long all of its calls together may take.

    Returns
    -------
    Verdict
        True if it is right; otherwise its words say what is wrong.

    Examples
    --------
    >>> def my_step(w, v, g, lr, mu):
    ...     v = lr * (mu * v - g)
    ...     return w + v, v
    >>> verdict = velocity_step(my_step)
    >>> verdict.bug, verdict.parted_at
    ('lr_on_old', 2)
    """
    return judge("velocity", f, seconds)


def accumulator_step(f: Any, *, seconds: float = SECONDS) -> Verdict:
    r"""Check form B, :math:`b \leftarrow \mu b + g,\; w \leftarrow w - \eta b`.

    Parameters
    ----------
    f : function, class or object
        The learner's code, in one of the ways that `momentum.check` lists.
    seconds : float
        How long all of its calls together may take.

    Returns
    -------
    Verdict
        True if it is right; otherwise its words say what is wrong.

    Examples
    --------
    >>> def my_step(w, b, g, lr, mu):
    ...     b *= mu
    ...     b += g
    ...     w -= lr * b
    >>> bool(accumulator_step(my_step))
    True
    """
    return judge("accumulator", f, seconds)


def averaged_step(f: Any, *, seconds: float = SECONDS) -> Verdict:
    r"""Check form E, :math:`e \leftarrow \mu e + (1-\mu) g,\; w \leftarrow w - \eta e`.

    Parameters
    ----------
    f : function, class or object
        The learner's code, in one of the ways that `momentum.check` lists.
    seconds : float
        How long all of its calls together may take.

    Returns
    -------
    Verdict
        True if it is right; otherwise its words say what is wrong.

    Examples
    --------
    >>> def my_step(w, e, g, lr, mu):
    ...     e = mu * e + g
    ...     return w - lr * e, e
    >>> averaged_step(my_step).bug
    'accumulator'
    """
    return judge("averaged", f, seconds)


def heavy_ball_step(f: Any, *, seconds: float = SECONDS) -> Verdict:
    r"""Check the heavy ball, :math:`w_{k+1} = w_k - \eta g_k + \mu (w_k - w_{k-1})`.

    The state is the previous point, at the start `w` itself.

    Parameters
    ----------
    f : function, class or object
        The learner's code, in one of the ways that `momentum.check` lists.
    seconds : float
        How long all of its calls together may take.

    Returns
    -------
    Verdict
        True if it is right; otherwise its words say what is wrong.

    Examples
    --------
    >>> def my_step(w, w_prev, g, lr, mu):
    ...     return w - lr * g - mu * (w - w_prev), w
    >>> heavy_ball_step(my_step).bug
    'momentum_sign'
    """
    return judge("heavy_ball", f, seconds)


def nesterov_step(f: Any, *, seconds: float = SECONDS) -> Verdict:
    r"""Check Nesterov's step, :math:`v \leftarrow \mu v - \eta g,\; w \leftarrow w + \mu v - \eta g`.

    `w` is the look-ahead point, and `g` is the gradient there, as in `momentum.nesterov_step`.

    Parameters
    ----------
    f : function, class or object
        The learner's code, in one of the ways that `momentum.check` lists.
    seconds : float
        How long all of its calls together may take.

    Returns
    -------
    Verdict
        True if it is right; otherwise its words say what is wrong.

    Examples
    --------
    >>> def my_step(w, v, g, lr, mu):
    ...     v = mu * v - lr * g
    ...     return w + v, v
    >>> nesterov_step(my_step).bug
    'no_look_ahead'
    """
    return judge("nesterov", f, seconds)
