r"""One step of SGD with momentum as PyTorch, Keras and optax take it, with their options, as pure functions.

Built on the rules of `momentum.updates`, so that what a framework adds to its form stands alone. The
arguments are those of every rule, ``w, state, g, lr, mu``, then the framework's own options by name.
`tests/frameworks` holds each to the framework itself, `tests/test_frameworks.py` to its recorded runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from momentum._checks import check_not_negative, refuse
from momentum.updates import (
    accumulator_step,
    nesterov_accumulator_step,
    nesterov_step,
    sgd_step,
    velocity_step,
)

PARTS = ("decay", "trace", "scale")


def pytorch_step(
    w: Any,
    state: Any,
    g: Any,
    lr: Any,
    mu: float,
    *,
    dampening: float = 0,
    weight_decay: float = 0,
    nesterov: bool = False,
) -> tuple[Any, Any]:
    r"""Take the step of `torch.optim.SGD`: form B, with what PyTorch adds to it.

    The first gradient enters the accumulator undamped, later ones as :math:`(1-\tau)\,g`. With `mu` zero the
    accumulator is neither used nor changed. Weight decay is coupled: it is added to the gradient.

    Parameters
    ----------
    w, g : array or number
        The weights and the gradient there, of one shape.
    state : array, number or None
        The accumulator, of the shape of `w`; None before the first step that uses it.
    lr : float
        The learning rate, finite and not negative.
    mu : float
        The momentum coefficient, in [0, 1).
    dampening : float
        PyTorch's :math:`\tau`, not negative.
    weight_decay : float
        The strength of the penalty :math:`\tfrac12\lambda\lVert w\rVert^2`, not negative.
    nesterov : bool
        Take the gradient at the look-ahead point.

    Returns
    -------
    w, state : same shape as `w`
        The next weights and accumulator; None as long as there is none.

    Raises
    ------
    ValueError
        If an argument is out of its range, or Nesterov is asked for together with dampening.

    References
    ----------
    PyTorch 2.13.0, ``torch/optim/sgd.py``, ``_single_tensor_sgd``.

    Examples
    --------
    >>> w, b = pytorch_step(1.0, None, 2.0, lr=0.25, mu=0.5, dampening=0.5)
    >>> w, b
    (0.5, 2.0)
    >>> pytorch_step(w, b, 2.0, lr=0.25, mu=0.5, dampening=0.5)
    (0.0, 2.0)
    """
    check_not_negative(dampening, "dampening")
    check_not_negative(weight_decay, "weight_decay")
    if nesterov and dampening != 0:
        raise refuse("dampening", dampening, "0 with nesterov=True")
    g = g + weight_decay * w
    if mu == 0:
        return sgd_step(w, w, g, lr, mu)[0], state  # plain descent takes any state and uses none
    if state is None:
        state = 0 * w
    else:
        g = (1 - dampening) * g
    return (nesterov_accumulator_step if nesterov else accumulator_step)(w, state, g, lr, mu)


def keras_step(
    w: Any,
    state: Any,
    g: Any,
    lr: Any,
    mu: float,
    *,
    weight_decay: float = 0,
    nesterov: bool = False,
) -> tuple[Any, Any]:
    r"""Take the step of `keras.optimizers.SGD`: form A, with what Keras adds to it.

    Weight decay is decoupled: before the step the weights shrink by :math:`1 - \eta\lambda`. With `mu` zero
    the velocity is neither used nor changed.

    Parameters
    ----------
    w, state, g : array or number
        The weights, the velocity and the gradient at the weights, of one shape.
    lr : float
        The learning rate, finite and not negative.
    mu : float
        The momentum coefficient, in [0, 1).
    weight_decay : float
        The strength of the decay, not negative.
    nesterov : bool
        Take the gradient at the look-ahead point.

    Returns
    -------
    w, state : same shape as `w`
        The next weights and velocity.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    Keras 3.15.1, ``keras/src/optimizers/sgd.py``, ``update_step``.

    Examples
    --------
    >>> keras_step(1.0, 0.5, 2.0, lr=0.25, mu=0.5, weight_decay=0.5)
    (0.625, -0.25)
    >>> keras_step(1.0, 0.5, 2.0, lr=0.25, mu=0.0)
    (0.5, 0.5)
    """
    check_not_negative(weight_decay, "weight_decay")
    w = w - lr * weight_decay * w
    if mu == 0:
        return sgd_step(w, state, g, lr, mu)
    return (nesterov_step if nesterov else velocity_step)(w, state, g, lr, mu)


def optax_step(
    w: Any,
    state: Any,
    g: Any,
    lr: Any,
    mu: float,
    *,
    chain: Sequence[str] = ("trace", "scale"),
    weight_decay: float = 0,
    nesterov: bool = False,
) -> tuple[Any, Any]:
    r"""Take the step of a chain of optax: what the method is, the order of its parts decides.

    The gradient runs through the parts, and what comes out is added to the weights:

    * ``"trace"`` is `optax.trace`: :math:`t \leftarrow u + \mu t`, passed on as :math:`t`, or with Nesterov
      as :math:`u + \mu t`;
    * ``"scale"`` is `optax.scale_by_learning_rate`: :math:`u \leftarrow -\eta u`;
    * ``"decay"`` is `optax.add_decayed_weights`: :math:`u \leftarrow u + \lambda w`.

    `optax.sgd` is trace, then scale: form B. Scale, then trace is form A.

    Parameters
    ----------
    w, state, g : array or number
        The weights, the trace and the gradient at the weights, of one shape.
    lr : float
        The learning rate.
    mu : float
        The momentum coefficient; with zero the trace is overwritten by what comes in.
    chain : sequence of str
        The parts in their order.
    weight_decay : float
        The strength of ``"decay"``, not negative.
    nesterov : bool
        Whether ``"trace"`` passes on the look-ahead.

    Returns
    -------
    w, state : same shape as `w`
        The next weights and trace.

    Raises
    ------
    ValueError
        If a part is unknown or `weight_decay` is out of its range.

    References
    ----------
    optax 0.2.8, ``optax/transforms/_accumulation.py`` and ``optax/_src/alias.py``.

    Examples
    --------
    >>> optax_step(1.0, 1.0, 2.0, lr=0.25, mu=0.5)
    (0.375, 2.5)
    >>> optax_step(1.0, 0.5, 2.0, lr=0.25, mu=0.5, chain=("scale", "trace"))
    (0.75, -0.25)
    """
    check_not_negative(weight_decay, "weight_decay")
    update = g
    for part in chain:
        if part == "trace":
            state = update + mu * state
            update = update + mu * state if nesterov else state
        elif part == "scale":
            update = -lr * update
        elif part == "decay":
            update = update + weight_decay * w
        else:
            raise refuse("chain", tuple(chain), f"made of {', '.join(PARTS)}")
    return w + update, state
