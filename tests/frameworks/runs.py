"""The cases, run by PyTorch, Keras and optax in float64, each with its own gradients and its own schedules.

The frameworks are needed here. Without them these tests fail, they do not skip: `make frameworks` makes an
environment that has them.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np

# Keras reads a file in the user's home, which could name another backend or another precision.
os.environ.update(KERAS_BACKEND="torch", KERAS_HOME=tempfile.mkdtemp(), JAX_PLATFORMS="cpu")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the frameworks' own, while they are imported
    import jax
    import jax.numpy as jnp
    import keras
    import optax
    import torch
from cases import STARTS, Case

keras.config.set_floatx("float64")
jax.config.update("jax_enable_x64", True)

Array = np.ndarray[Any, Any]
DISTRIBUTIONS = {"pytorch": ["torch"], "keras": ["keras", "torch"], "optax": ["optax", "jax"]}


class Ran(NamedTuple):
    lr: list[float]
    """What the framework reports before each step."""
    w: list[list[float]]
    state: list[float]


def versions(framework: str) -> dict[str, str]:
    """Return the installed versions, without the part that says for which processor they are built."""
    return {name: version(name).split("+")[0] for name in DISTRIBUTIONS[framework]}


def loss(problem: str, w: Any, k: int, tape: tuple[float, ...]) -> Any:
    """Return the loss in the arithmetic of any framework."""
    if problem == "ravine":
        return 0.5 * w[0] ** 2 + 5.0 * w[1] ** 2
    if problem == "double well":
        return 0.25 * (w[0] ** 2 - 1.0) ** 2 + 0.2 * w[0]
    if problem == "rosenbrock":
        return (1.0 - w[0]) ** 2 + 100.0 * (w[1] - w[0] ** 2) ** 2
    return sum(g * (i == k) for i, g in enumerate(tape)) * w[0]


def values(tensor: torch.Tensor) -> list[float]:
    return [float(value) for value in tensor.detach().numpy()]


def pytorch_run(case: Case) -> Ran:
    w = torch.nn.Parameter(torch.tensor(STARTS[case.problem], dtype=torch.float64))
    optimizer = torch.optim.SGD([w], lr=case.lr, momentum=case.mu[0][0], **case.options)
    milestones = [case.drop] if case.drop else []
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones, case.factor)
    ran = Ran([], [values(w)], [])
    for k in range(case.steps):
        (group,) = optimizer.param_groups
        group["momentum"] = case.mu_at(k)
        ran.lr.append(float(group["lr"]))
        optimizer.zero_grad()
        loss(case.problem, w, k, case.tape).backward()
        optimizer.step()
        scheduler.step()
        ran.w.append(values(w))
    return ran._replace(state=values(optimizer.state[w]["momentum_buffer"]))


def keras_rate(case: Case) -> Any:
    """Return the learning rate, or a schedule of Keras: with it the boundary itself keeps the old value."""
    if not case.drop:
        return case.lr
    boundary = case.drop if case.literal else case.drop - 1
    return keras.optimizers.schedules.PiecewiseConstantDecay([boundary], [case.lr, case.lr * case.factor])


def keras_run(case: Case) -> Ran:
    w = keras.Variable(np.array(STARTS[case.problem]), dtype="float64")
    optimizer = keras.optimizers.SGD(keras_rate(case), momentum=case.mu[0][0], **case.options)
    ran = Ran([], [values(w.value)], [])
    for k in range(case.steps):
        optimizer.momentum = case.mu_at(k)
        ran.lr.append(float(optimizer.learning_rate))
        (gradient,) = torch.autograd.grad(loss(case.problem, w.value, k, case.tape), [w.value])
        optimizer.apply([gradient], [w])
        ran.w.append(values(w.value))
    return ran._replace(state=values(optimizer.momentums[0].value))


def optax_chain(lr: Any, mu: Any, options: Mapping[str, Any]) -> optax.GradientTransformation:
    """Return `optax.sgd`, or the chain that is asked for."""
    if "chain" not in options:
        return optax.sgd(lr, momentum=mu, **options)
    parts = {
        "trace": optax.trace(mu, nesterov=options.get("nesterov", False)),
        "scale": optax.scale_by_learning_rate(lr),
        "decay": optax.add_decayed_weights(options.get("weight_decay", 0.0)),
    }
    return optax.chain(*(parts[name] for name in options["chain"]))


def optax_run(case: Case) -> Ran:
    schedule = optax.piecewise_constant_schedule(case.lr, {case.drop: case.factor} if case.drop else {})
    if len(case.mu) == 1:
        optimizer = optax_chain(schedule, case.mu[0][0], case.options)
    else:
        # The coefficient is an argument of `optax.sgd` and not a schedule: optax has a wrapper for that.
        mus = jnp.array([case.mu_at(k) for k in range(case.steps)])
        sgd = optax.inject_hyperparams(optax.sgd, static_args=("nesterov",))
        optimizer = sgd(schedule, momentum=lambda k: mus[k], **case.options)
    w = jnp.array(STARTS[case.problem])
    state = optimizer.init(w)
    gradient = jax.jit(jax.grad(loss, argnums=1), static_argnums=(0, 3))
    ran = Ran([], [w.tolist()], [])
    for k in range(case.steps):
        ran.lr.append(float(schedule(k)))
        update, state = optimizer.update(gradient(case.problem, w, k, case.tape), state, w)
        w = optax.apply_updates(w, update)
        ran.w.append(w.tolist())
    return ran._replace(state=optax.tree.get(state, "trace").tolist())


RUN = {"pytorch": pytorch_run, "keras": keras_run, "optax": optax_run}
