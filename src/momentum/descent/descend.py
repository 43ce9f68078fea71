"""`descend`: run an update rule down a landscape, one run or many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from momentum._checks import (
    as_kind,
    as_points,
    check_finite,
    check_fits,
    check_lr,
    check_mu,
    check_not_negative,
    check_shape,
    refuse,
)
from momentum.descent.loops import (
    BLOCK,
    Array,
    Gradient,
    Noise,
    Run,
    Schedule,
    as_gradient,
    jump_in_blocks,
)
from momentum.landscapes import Landscape
from momentum.updates import Step, initial_state, velocity_step
from momentum.updates.kernels import KERNELS


class Path(NamedTuple):
    """What `descend` returns."""

    w: Array
    """The weights, ``(steps + 1, *batch, dim)``; without `keep_path` only the last, ``(1, *batch, dim)``."""
    state: Array
    """The rule's state after the last step, shape ``(*batch, dim)``."""
    loss: Array | None
    """The loss along `w`, shape ``(steps + 1, *batch)`` or ``(1, *batch)``; None for a bare gradient."""
    diverged_at: Any
    """The first step whose weights are not finite, -1 if there is none; integers of shape ``(*batch,)``."""


def descend(
    landscape: Landscape | Gradient,
    w0: Any,
    lr: Any,
    mu: Any = 0.9,
    steps: int = 100,
    step: Step = velocity_step,
    noise: Any = None,
    rng: np.random.Generator | None = None,
    state0: Any = None,
    keep_path: bool = True,
) -> Path:
    r"""Run `steps` updates from `w0`.

    Parameters
    ----------
    landscape : Landscape or function
        What to descend. A function takes the weights, shape ``(*batch, dim)``, and returns their gradient.
        With ``keep_path=False`` the next update overwrites those weights: a function that keeps them copies.
    w0 : array_like, shape (*batch, dim)
        The start; float32, float64 or `fractions.Fraction` objects, finite. The run keeps its dtype.
    lr, mu : number, array, or function of the step number k = 0, 1, ...
        Learning rate and momentum coefficient. They broadcast with `w0`; one value a run has the shape
        ``(*batch, 1)``. A function is a schedule: step k uses its value at k.
    steps : int
        How many updates, not negative.
    step : function
        The update rule: one of `momentum.updates`, or ``(w, state, g, lr, mu) -> (w, state)``.
    noise : number, array or function, optional
        The standard deviation of Gaussian noise added to each gradient, or a function
        ``(w, g, rng) -> g``.
    rng : numpy.random.Generator, optional
        Where the noise comes from; needed with `noise`, so that every run can be repeated.
    state0 : array, optional
        The state to start from, of the shape of the weights. Default: a ball at rest.
    keep_path : bool
        Whether to return all points or only the last one.

    Returns
    -------
    Path
        A run that overflows stays in the batch, is marked in `diverged_at`, and warns about nothing.

    Raises
    ------
    ValueError
        If an argument is out of its range or the shapes do not fit.

    Examples
    --------
    >>> from momentum import bowl
    >>> path = descend(bowl(2.0), [1.0], lr=0.25, mu=0.5, steps=3)
    >>> path.w.ravel()
    array([ 1.  ,  0.5 ,  0.  , -0.25])
    >>> int(path.diverged_at)
    -1
    """
    if not callable(step):
        raise refuse("step", step, "an update rule (w, state, g, lr, mu) -> (w, state)")
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 0:
        raise refuse("steps", steps, "a whole number, not negative")
    w = _start(w0, lr, mu)
    state = _state(step, w, state0)
    gradient = _gradient(landscape, w)
    lr_at, mu_at = _schedule(lr, check_lr, "lr", w), _schedule(mu, check_mu, "mu", w)
    perturb = _perturbation(noise, rng, w)
    run = Run(gradient, lr_at, mu_at, steps, step, perturb)
    constant = noise is None and not (callable(lr) or callable(mu))
    with np.errstate(all="ignore"):
        if keep_path:
            path, state, diverged_at = run.walk(w, state)
        elif w.size > BLOCK and constant and isinstance(landscape, Landscape) and step in KERNELS:
            w, state, diverged_at = jump_in_blocks(run, w, state, at_rest=state0 is None)
            path = w[None]
        else:
            w, state, diverged_at = run.jump(w, state)
            path = w[None]
        loss = landscape.value(path) if isinstance(landscape, Landscape) else None
    return Path(path, state, loss, diverged_at[()])


def _gradient(landscape: Landscape | Gradient, w: Array) -> Gradient:
    """Return the gradient as a function of an array like `w`."""
    if isinstance(landscape, Landscape):
        if w.shape[-1] != landscape.dim:
            raise refuse("w0", w.shape, f"of shape (*batch, {landscape.dim}) on {landscape.name}")
        return landscape.gradient_function(w.dtype)
    if not callable(landscape):
        raise refuse("landscape", landscape, "a Landscape or a gradient function")
    return landscape


def _start(w0: Any, lr: Any, mu: Any) -> Array:
    """Return the start, broadcast with the constants, as an array of its own."""
    w = as_points(w0, "w0")
    if w.ndim == 0:
        raise refuse("w0", w0, "of shape (*batch, dim), with at least one axis")
    check_finite(w, "w0")
    shape = w.shape
    for name, value in (("lr", lr), ("mu", mu)):
        if callable(value):
            continue
        try:
            wider = np.broadcast_shapes(shape, np.shape(value))
        except ValueError:
            wider = ()
        # Batches may grow by broadcasting, the number of weights in a run may not.
        if wider[-1:] != w.shape[-1:]:
            raise ValueError(f"{name} must broadcast with w0, of shape {shape}, got shape {np.shape(value)}")
        shape = wider
    return np.broadcast_to(w, shape).copy()


def _state(step: Step, w: Array, state0: Any) -> Array:
    """Return the first state as an array of its own."""
    if state0 is None:
        return np.asarray(initial_state(step, w))
    state = as_points(state0, "state0")
    check_finite(state, "state0")
    check_shape(state, w.shape, "state0", "w0")
    return np.array(as_kind(state, w.dtype), order="C")


def _schedule(value: Any, check: Callable[[Any, str], None], name: str, w: Array) -> Schedule:
    """Return `lr` or `mu` as a checked function of the step number, in the arithmetic of `w`."""

    def checked(value: Any, name: str) -> Any:
        if isinstance(value, list | tuple):
            value = np.asarray(value)
        check(value, name)
        check_fits(value, w.shape, name, "w0")
        return as_kind(value, w.dtype)

    if callable(value):
        return lambda k: checked(value(k), f"{name}({k})")
    constant = checked(value, name)
    return lambda _: constant


def _perturbation(noise: Any, rng: np.random.Generator | None, w: Array) -> Noise | None:
    """Return what adds noise to a gradient, or None."""
    if noise is None:
        return None
    if not isinstance(rng, np.random.Generator):
        raise refuse("rng", rng, "a numpy.random.Generator when noise is given")
    if callable(noise):
        return lambda w, g: as_gradient(noise(w, g, rng), w)
    check_not_negative(noise, "noise")
    if w.dtype.kind == "O":
        raise refuse("noise", noise, "None or a function on exact fractions")
    deviation = as_kind(np.asarray(noise), w.dtype)
    check_fits(deviation, w.shape, "noise", "w0")

    def add_noise(w: Array, g: Array) -> Array:
        noisy: Array = g + deviation * rng.standard_normal(w.shape, w.dtype)
        return noisy

    return add_noise
