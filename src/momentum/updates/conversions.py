"""The state of one form in terms of another's: what to do when a run moves, or the learning rate changes."""

from __future__ import annotations

from typing import Any

from momentum._checks import check_lr, check_positive


def velocity_from_accumulator(b: Any, lr: Any) -> Any:
    r"""Return form A's velocity for form B's accumulator: :math:`v = -\eta b`.

    Parameters
    ----------
    b : array or number
        The accumulator.
    lr : float or array that broadcasts to `b`
        The learning rate of the step that made `b` continues the run as form A would have gone all along;
        the learning rate of the step to come continues it as form B.

    Returns
    -------
    v : same shape as `b`

    Raises
    ------
    ValueError
        If `lr` is negative or not finite.

    Examples
    --------
    >>> velocity_from_accumulator(2.5, lr=0.5)
    -1.25
    """
    check_lr(lr)
    return -lr * b


def accumulator_from_velocity(v: Any, lr: Any) -> Any:
    r"""Return form B's accumulator for form A's velocity: :math:`b = -v / \eta`.

    Parameters
    ----------
    v : array or number
        The velocity, a displacement a step.
    lr : float or array that broadcasts to `v`
        The learning rate, positive: a velocity made without a learning rate has no accumulator.

    Returns
    -------
    b : same shape as `v`

    Raises
    ------
    ValueError
        If `lr` is zero, negative or not finite.

    Examples
    --------
    >>> accumulator_from_velocity(-1.25, lr=0.5)
    2.5
    """
    check_positive(lr, "lr")
    return -v / lr


def rescale_velocity(v: Any, lr_old: Any, lr_new: Any) -> Any:
    r"""Momentum correction: :math:`v \leftarrow v\,\eta_\text{new} / \eta_\text{old}`.

    Applied to form A at the moment when the learning rate changes, it makes form A follow form B.

    Parameters
    ----------
    v : array or number
        The velocity made with `lr_old`.
    lr_old, lr_new : float or array that broadcasts to `v`
        The learning rate before (positive) and after the change.

    Returns
    -------
    v : same shape as `v`

    Raises
    ------
    ValueError
        If `lr_old` is not positive, `lr_new` is negative, or one of them is not finite.

    References
    ----------
    Goyal et al. (2017), section 3, remark 2.

    Examples
    --------
    >>> rescale_velocity(-1.0, lr_old=0.5, lr_new=0.125)
    -0.25
    """
    check_positive(lr_old, "lr_old")
    check_lr(lr_new, "lr_new")
    return v * (lr_new / lr_old)
