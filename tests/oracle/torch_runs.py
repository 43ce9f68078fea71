"""Runs of `torch.optim.SGD`: the second opinion that the tests of this folder ask for.

PyTorch is needed here. Without it these tests fail, they do not skip: `make test-torch` makes an
environment that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

Array = np.ndarray[Any, Any]
Gradient = Callable[[int, Array], Array]


def torch_run(
    gradient: Gradient,
    w0: Array,
    lrs: Sequence[float],
    mus: Sequence[float],
    *,
    buffer: Array | None = None,
    **options: Any,
) -> tuple[Array, Array]:
    """Return the points and the last momentum buffer of a run with a schedule.

    `gradient` is called as ``gradient(k, w)``. Further options go to `torch.optim.SGD`.
    """
    parameter = torch.nn.Parameter(torch.tensor(w0))
    optimizer = torch.optim.SGD([parameter], lr=lrs[0], momentum=mus[0], **options)
    if buffer is not None:
        optimizer.state[parameter]["momentum_buffer"] = torch.tensor(buffer)
    points = [w0]
    for k, (lr, mu) in enumerate(zip(lrs, mus, strict=True)):
        optimizer.param_groups[0].update(lr=lr, momentum=mu)
        parameter.grad = torch.tensor(gradient(k, points[-1]))
        optimizer.step()
        points.append(parameter.detach().numpy().copy())
    last = optimizer.state[parameter].get("momentum_buffer")
    return np.stack(points), np.zeros_like(w0) if last is None else last.numpy().copy()


def numpy_run(
    step: Callable[..., tuple[Array, Array]],
    gradient: Gradient,
    w0: Array,
    lrs: Sequence[float],
    mus: Sequence[float],
    state: Array | None = None,
) -> tuple[Array, Array]:
    """Return the points and the last state of a run of one of the package's pure steps."""
    from momentum import initial_state

    w = w0
    state = initial_state(step, w0) if state is None else state
    points = [w0]
    for k, (lr, mu) in enumerate(zip(lrs, mus, strict=True)):
        w, state = step(w, state, gradient(k, w), lr, mu)
        points.append(w)
    return np.stack(points), state


def open_loop(gradients: Array) -> Gradient:
    """Return the k-th gradient whatever the weights are: an adversary, or a stream of minibatches."""
    return lambda k, _: gradients[k]


def closed_loop(matrix: Array, cubic: float) -> Gradient:
    """Return the gradient of a smooth function with curvatures both ways."""
    symmetric = matrix + matrix.T
    return lambda _, w: symmetric @ w + cubic * np.tanh(w)
