r"""Weight decay under momentum: what a step leaves of the weights when no other gradient acts.

Coupled decay adds ``wd * w`` to the gradient, so it goes through the memory of form A or B. Decoupled decay
multiplies the weights by ``1 - lr * wd`` beside the step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_mu, check_not_negative, check_positive, refuse
from momentum.theory.stability import spectral_radius


def coupled_decay(lr: Any, wd: Any, mu: Any) -> Any:
    r"""Return the factor a step by which coupled weight decay shrinks the weights in the long run.

    It is the larger root of :math:`\sigma^2 - (1 + \mu - \eta\,\text{wd})\,\sigma + \mu`, about
    :math:`1 - \eta\,\text{wd} / (1 - \mu)`. Beyond :math:`\eta\,\text{wd} = (1 - \sqrt\mu)^2` the roots are
    complex, the weights swing through zero, and the factor is :math:`\sqrt\mu`.

    Parameters
    ----------
    lr : float or array
        The learning rate, finite and not negative.
    wd : float or array
        The strength of the decay, finite and not negative.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> round(float(coupled_decay(0.1, 0.005, 0.9)), 6)
    0.994751
    """
    check_not_negative(lr, "lr")
    check_not_negative(wd, "wd")
    check_mu(mu)
    return spectral_radius(np.multiply(lr, wd), mu)


def oscillation_threshold(lr: Any, mu: Any) -> Any:
    r"""Return the strength above which coupled weight decay swings, :math:`(1 - \sqrt\mu)^2 / \eta`.

    Parameters
    ----------
    lr : float or array
        The learning rate, positive.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> float(oscillation_threshold(0.5, 0.25))
    0.5
    """
    check_positive(lr, "lr")
    check_mu(mu)
    return (1 - np.sqrt(mu)) ** 2 / lr


def coupled_from_decoupled(lr: Any, wd: Any, mu: Any) -> Any:
    r"""Return the coupled strength that shrinks the weights as fast as decoupled decay of strength `wd`.

    With :math:`\sigma = 1 - \eta\,\text{wd}` it is :math:`(1 - \sigma)(\sigma - \mu) / (\eta\sigma)`,
    which is a little less than :math:`(1 - \mu)\,\text{wd}`.

    Parameters
    ----------
    lr : float or array
        The learning rate, positive.
    wd : float or array
        The strength of the decoupled decay, not negative, with :math:`1 - \eta\,\text{wd} \ge \sqrt\mu`: no
        coupled decay shrinks the weights faster than that.
    mu : float or array
        The momentum coefficient, in [0, 1).

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> float(coupled_from_decoupled(0.5, 0.5, 0.25))
    0.3333333333333333
    """
    check_positive(lr, "lr")
    check_not_negative(wd, "wd")
    check_mu(mu)
    lr, mu = np.asarray(lr, dtype=float), np.asarray(mu, dtype=float)
    kept = 1 - lr * wd
    # At mu = 0 the weights may vanish in one step, which is a root of zero and no slow decay.
    if not np.all((kept > 0) & (kept**2 >= mu)):
        raise refuse("wd", wd, "so small that 1 - lr * wd is positive and at least the square root of mu")
    return ((1 - kept) * (kept - mu) / (lr * kept))[()]
