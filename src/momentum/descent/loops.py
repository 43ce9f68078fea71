"""The loops of `descend`, their arguments already checked: keep every point, or only the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from momentum.updates import Step, initial_state
from momentum.updates.kernels import KERNELS

Array = np.ndarray[Any, np.dtype[Any]]
Gradient = Callable[[Array], Any]
Schedule = Callable[[int], Any]
Noise = Callable[[Array, Array], Array]
Advance = Callable[[int, Array, Array, Array], tuple[Array, Array]]

# How many runs of a large batch are moved at a time, so that their arrays stay in the cache.
BLOCK = 65536


@dataclass(frozen=True)
class Run:
    """What stays the same from step to step."""

    gradient: Gradient
    lr_at: Schedule
    mu_at: Schedule
    steps: int
    step: Step
    perturb: Noise | None = None

    def walk(self, w: Array, state: Array) -> tuple[Array, Array, Array]:
        """Return every point, the last state, and the first step of each run that is not finite."""
        path = np.empty((self.steps + 1, *w.shape), w.dtype)
        path[0] = w
        advance = self.advance(w)
        for k in range(self.steps):
            out = path[k + 1]
            w, state = advance(k, path[k], state, out)
            if w is not out:
                out[...] = w
        # The heavy ball's state is the point before the last: a copy, so that nobody writes into the path.
        if np.may_share_memory(state, path):
            state = state.copy()
        if w.dtype.kind == "O":
            return path, state, np.full(path.shape[1:-1], -1)
        bad = ~np.isfinite(path).all(axis=-1)
        return path, state, np.where(bad.any(axis=0), bad.argmax(axis=0), -1)

    def jump(self, w: Array, state: Array) -> tuple[Array, Array, Array]:
        """Return the last point, the last state, and `diverged_at`; may write to `w` and `state`."""
        diverged_at = np.full(w.shape[:-1], -1)
        finite = np.empty(w.shape, bool)
        still_finite = w.size
        advance = self.advance(w)
        for k in range(self.steps):
            w, state = advance(k, w, state, w)
            if w.dtype.kind == "O":
                continue
            # Every rule adds to the weights, so what has overflowed stays so: the count tells of news.
            count = int(np.count_nonzero(np.isfinite(w, finite)))
            if count != still_finite:
                still_finite = count
                diverged_at[~finite.all(axis=-1) & (diverged_at < 0)] = k + 1
        return w, state, diverged_at

    def advance(self, w: Array) -> Advance:
        """Return one step, ``(k, w, state, out) -> (w, state)``, for arrays like `w`.

        A known rule writes to `state` and `out` and returns them; any other returns arrays of its own.
        """
        gradient, lr_at, mu_at, perturb, step = (
            self.gradient, self.lr_at, self.mu_at, self.perturb, self.step,
        )  # fmt: skip
        kernel = KERNELS.get(step) if w.dtype.kind != "O" else None
        work = np.empty_like(w)

        def advance(k: int, w: Array, state: Array, out: Array) -> tuple[Array, Array]:
            g = as_gradient(gradient(w), w)
            if perturb is not None:
                g = perturb(w, g)
            if kernel is not None:
                kernel(w, state, g, lr_at(k), mu_at(k), out, work)
                return out, state
            new, state = step(w, state, g, lr_at(k), mu_at(k))
            if np.shape(new) != w.shape:
                raise ValueError(f"step must return weights of shape {w.shape}, got {np.shape(new)}")
            return np.asarray(new, w.dtype), state

        return advance


def jump_in_blocks(run: Run, w: Array, state: Array, at_rest: bool) -> tuple[Array, Array, Array]:
    """Do the work of `Run.jump` where no run depends on another and `lr` and `mu` are constant.

    Nothing watches for overflow on the way: the runs that end with one are repeated and watched.
    `at_rest` says that `state` is the initial one.
    """
    shape, dim = w.shape, w.shape[-1]
    start, first = w.copy().reshape(-1, dim), None if at_rest else state.copy().reshape(-1, dim)
    runs, states = w.reshape(-1, dim), state.reshape(-1, dim)
    lr, mu = _by_run(run.lr_at(0), shape), _by_run(run.mu_at(0), shape)

    def only(part: Any) -> Run:
        return replace(run, lr_at=_constant(lr, part), mu_at=_constant(mu, part))

    for i in range(0, len(runs), BLOCK):
        block = slice(i, i + BLOCK)
        w_block, state_block = runs[block], states[block]
        advance = only(block).advance(w_block)
        for k in range(run.steps):
            advance(k, w_block, state_block, w_block)

    diverged_at = np.full(len(runs), -1)
    finite = np.isfinite(runs)
    if not finite.all():
        bad = np.flatnonzero(~finite.all(axis=-1))
        w_bad = start[bad]
        state_bad = initial_state(run.step, w_bad) if first is None else first[bad]
        diverged_at[bad] = only(bad).jump(w_bad, state_bad)[2]
    return w, state, diverged_at.reshape(shape[:-1])


def _by_run(value: Any, shape: tuple[int, ...]) -> Any:
    """Return an array as one row a run; a number stays a number."""
    if np.ndim(value) == 0:
        return value
    return (value if value.shape == shape else np.broadcast_to(value, shape)).reshape(-1, shape[-1])


def _constant(value: Any, part: Any) -> Schedule:
    """Return the values of some of the runs as a schedule."""
    chosen = value if np.ndim(value) == 0 else value[part]
    return lambda _: chosen


def as_gradient(value: Any, w: Array) -> Array:
    """Return a gradient as an array like `w`."""
    g: Array = value
    if not (isinstance(value, np.ndarray) and value.dtype == w.dtype):
        g = np.asarray(value, w.dtype)
    if g.shape != w.shape:
        raise ValueError(f"the gradient must have the shape of w, {w.shape}, got shape {g.shape}")
    return g
