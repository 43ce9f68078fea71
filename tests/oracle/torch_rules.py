"""The package's update rules, replaced by `torch.optim.SGD`.

`install` is called at the start of a notebook's kernel (`test_notebooks.py`). From then on every rule,
every kernel of `descend` and every `momentum.SGD` moves float arrays by a step of PyTorch's optimizer, so
the numbers that the chapter prints are PyTorch's. Exact fractions and symbols keep the package's own rules.

What differs between the forms is only how their state is told to PyTorch and read back:

=============  ======================================  =========================
form           PyTorch's buffer before the step        our state after the step
=============  ======================================  =========================
sgd            none (momentum 0)                       as it was
velocity       -v / lr                                 -lr * buffer
accumulator    b                                       buffer
averaged       e, with dampening = mu                  buffer
heavy_ball     (w_prev - w) / lr                       w before the step
nesterov       -v / lr, with nesterov = True           -lr * buffer
... of form B  b, with nesterov = True                 buffer
=============  ======================================  =========================
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

Array = np.ndarray[Any, Any]

# For the tests of the test: what to spoil, and where to write how many steps PyTorch has taken.
FLIP = "MOMENTUM_ORACLE_FLIP"
COUNT = "MOMENTUM_ORACLE_COUNT"

BY_VELOCITY = {"velocity", "nesterov"}
BY_DISPLACEMENT = BY_VELOCITY | {"heavy_ball"}


class Oracle:
    """A `torch.optim.SGD` that takes the steps of any form, and counts them."""

    def __init__(self) -> None:
        self.steps = 0
        self.sign = -1.0 if os.environ.get(FLIP) else 1.0
        self.parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
        self.optimizer = torch.optim.SGD([self.parameter], lr=1.0)
        folder = os.environ.get(COUNT)
        self.file = os.open(f"{folder}/{os.getpid()}", os.O_WRONLY | os.O_CREAT) if folder else None

    def count(self) -> None:
        """Note one more step; a kernel may be killed at any time, so each is written down at once."""
        self.steps += 1
        if self.file is not None:
            os.pwrite(self.file, str(self.steps).encode(), 0)

    def step(self, form: str, w: Array, state: Array, g: Array, lr: float, mu: float) -> tuple[Array, Array]:
        """Let PyTorch take one step with one learning rate and one momentum coefficient."""
        if lr == 0 and form in BY_DISPLACEMENT:
            # A displacement made at rate 0 has no gradient behind it: take it at rate 1 instead.
            lr, g = 1.0, np.zeros_like(g)
        if form in BY_VELOCITY:
            buffer = -state / lr
        elif form == "heavy_ball":
            buffer = (state - w) / lr
        else:
            buffer = state.copy()
        momentum = 0.0 if form == "sgd" else mu
        self.parameter.data = torch.from_numpy(np.array(w))
        self.parameter.grad = torch.from_numpy(np.asarray(self.sign * g))
        self.optimizer.state[self.parameter]["momentum_buffer"] = held = torch.from_numpy(np.asarray(buffer))
        self.optimizer.param_groups[0].update(
            lr=lr,
            momentum=momentum,
            dampening=momentum if form == "averaged" else 0.0,
            nesterov=form.startswith("nesterov"),
        )
        self.optimizer.step()
        self.count()
        # Without momentum PyTorch leaves the buffer alone; the formula's new one is then the gradient.
        new = held.numpy() if momentum else self.sign * g
        after = {"sgd": state, "heavy_ball": w}.get(form)
        if after is None:
            after = -lr * new if form in BY_VELOCITY else new
        return self.parameter.detach().numpy().copy(), np.array(after, w.dtype)

    def __call__(self, form: str, w: Array, state: Array, g: Array, lr: Any, mu: Any) -> tuple[Array, Array]:
        """Take one step; where the rates or coefficients differ in the batch, one call for each pair."""
        if np.ndim(lr) and form in BY_DISPLACEMENT:
            # A displacement knows nothing of rates: rate 1 on the scaled gradient is the same step.
            g, lr = lr * g, 1.0
        if np.ndim(lr) == np.ndim(mu) == 0:
            return self.step(form, w, state, g, float(lr), float(mu))
        pairs = np.stack([np.broadcast_to(lr, w.shape), np.broadcast_to(mu, w.shape)], axis=-1)
        different, which = np.unique(pairs.reshape(-1, 2), axis=0, return_inverse=True)
        which = which.reshape(w.shape)
        new_w, new_state = np.empty_like(w), np.empty_like(w)
        for index, (one_lr, one_mu) in enumerate(different):
            here = which == index
            new_w[here], new_state[here] = self.step(
                form, w[here], state[here], g[here], float(one_lr), float(one_mu)
            )
        return new_w, new_state


def replaced_rule(rule: Callable[..., Any], form: str, oracle: Oracle) -> Callable[..., Any]:
    """Return a pure step that asks PyTorch about floats."""

    @functools.wraps(rule)
    def step(w: Any, state: Any, g: Any, lr: Any, mu: Any = 0.0) -> tuple[Any, Any]:
        ours = rule(w, state, g, lr, mu)  # checks the arguments
        values = [np.asarray(value) for value in (w, state, g)]
        if any(value.dtype.kind != "f" for value in values):
            return ours
        theirs = oracle(form, *values, lr, mu)
        return theirs if isinstance(w, np.ndarray) else tuple(type(w)(value) for value in theirs)

    return step


def replaced_kernel(kernel: Callable[..., None], form: str, oracle: Oracle) -> Callable[..., None]:
    """Return a kernel that asks PyTorch about floats."""

    def step(w: Array, state: Array, g: Array, lr: Any, mu: Any, out: Array, work: Array) -> None:
        if w.dtype.kind != "f":
            kernel(w, state, g, lr, mu, out, work)
        else:
            out[...], state[...] = oracle(form, w, state, g, lr, mu)

    return step


def install() -> Oracle:
    """Replace every rule, kernel and optimizer of the package, whoever has imported it already."""
    from momentum.updates import kernels

    oracle = Oracle()
    rules = {rule: rule.__name__.removesuffix("_step") for rule in kernels.KERNELS}
    replaced = {id(rule): replaced_rule(rule, form, oracle) for rule, form in rules.items()}
    for rule, form in rules.items():
        kernel = replaced_kernel(kernels.KERNELS[rule], form, oracle)
        kernels.KERNELS[rule] = kernels.KERNELS[replaced[id(rule)]] = kernel
    for (form, nesterov), kernel in kernels.OPTIMIZERS.items():
        name = {"velocity": "nesterov", "accumulator": "nesterov_accumulator"}[form] if nesterov else form
        kernels.OPTIMIZERS[form, nesterov] = replaced_kernel(kernel, name, oracle)
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "momentum":
            for attribute, value in list(vars(module).items()):
                if id(value) in replaced:
                    setattr(module, attribute, replaced[id(value)])
    return oracle
