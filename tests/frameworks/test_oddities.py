"""What the chapter says of the frameworks beside their trajectories."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from cases import CASES, STARTS, Case
from runs import RUN, keras, loss, pytorch_run, torch

from momentum.frameworks import recordings

DROPPED = next(case for case in CASES["keras"] if case.name == "a drop of the learning rate, Nesterov")


@pytest.mark.parametrize("variant", ["foreach", "fused"])
@pytest.mark.parametrize("case", CASES["pytorch"], ids=lambda case: case.name)
def test_pytorchs_other_implementations_do_the_same(case: Case, variant: str) -> None:
    """On a GPU PyTorch takes one of these by default."""
    other = pytorch_run(case._replace(options=case.options | {variant: True}))
    np.testing.assert_allclose(other.w, recordings("pytorch")[case.name].w, rtol=0, atol=1e-12)


def test_keras_update_for_all_backends_is_that_for_pytorch() -> None:
    """`update_step` serves the other backends; on PyTorch another method is called."""
    w = keras.Variable(np.array(STARTS[DROPPED.problem]), dtype="float64")
    optimizer = keras.optimizers.SGD(0.5, momentum=0.9, nesterov=True)
    optimizer.build([w])
    recording = recordings("keras")[DROPPED.name]
    for k, lr in enumerate(recording.lr):
        (g,) = torch.autograd.grad(loss(DROPPED.problem, w.value, k, ()), [w.value])
        with torch.no_grad():
            optimizer.update_step(g, w, lr)
        np.testing.assert_allclose(w.value.detach().numpy(), recording.w[k + 1], rtol=0, atol=1e-12)


def test_keras_has_no_velocity_if_it_was_built_without_momentum() -> None:
    w = keras.Variable([1.0])
    optimizer = keras.optimizers.SGD(0.1, momentum=0.0)
    optimizer.build([w])
    optimizer.momentum = 0.9
    with pytest.raises(IndexError):
        optimizer.apply([keras.ops.ones(1)], [w])


def test_pytorch_refuses_nesterov_with_dampening() -> None:
    with pytest.raises(ValueError, match="zero dampening"):
        torch.optim.SGD([torch.zeros(1)], lr=0.1, momentum=0.9, dampening=0.5, nesterov=True)


def test_clearing_the_state_forgets() -> None:
    w = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    for g in (1.0, 0.0):
        w.grad = torch.full_like(w, g)
        optimizer.step()
        optimizer.state.clear()
    assert w.item() == -0.1


FIT = """
import sys
import keras
import numpy as np

class Off(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 3:
            self.model.optimizer.momentum = 0.0

def fitted(callbacks):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss="mse")
    x, y = np.array([[1.0, 0.5], [0.3, 2.0]]), np.array([[1.0], [2.0]])
    model.fit(x, y, epochs=8, shuffle=False, verbose=0, callbacks=callbacks)
    return model.get_weights()[0]

print(keras.backend.backend(), np.abs(fitted([]) - fitted([Off()])).max() > 1e-3)
"""


@pytest.mark.parametrize(("backend", "works"), [("torch", True), ("jax", False)])
def test_a_compiled_step_keeps_the_momentum_that_it_was_compiled_with(backend: str, works: bool) -> None:
    environment = os.environ | {"KERAS_BACKEND": backend}
    done = subprocess.run(
        [sys.executable, "-c", FIT], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [backend, str(works)]


def test_every_framework_has_its_cases() -> None:
    assert set(RUN) == set(CASES)
