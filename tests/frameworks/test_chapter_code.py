"""The code of other frameworks that the chapter shows, run as it stands there; its quotations, looked up."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pytest
from runs import jax, jnp, keras, optax, torch

from momentum.frameworks import recordings
from momentum.updates import step_schedule

ROOT = Path(__file__).parents[2]
CELLS = nbformat.read(ROOT / "chapters/frameworks.ipynb", as_version=4).cells
TEXT = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
BLOCK = re.compile(
    r"^```\{code-block\} python\n:name: code-frameworks-([\w-]+)\n(.*?)^```", re.DOTALL | re.MULTILINE
)
BLOCKS = dict(BLOCK.findall(TEXT))
LINES = re.compile(
    r"^```\{code-block\} text\n:name: lines-frameworks-(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE
)
PACKAGES = {"pytorch": "torch", "keras": "keras", "optax": "optax"}


def quotations() -> list[tuple[str, str, str]]:
    """Return library, file and line of each quotation; a line stands indented below its file."""
    found, file = [], ""
    for library, body in LINES.findall(TEXT):
        for line in filter(None, body.splitlines()):
            if line.startswith("  "):
                found.append((library, file, line.split(":", 1)[1].strip()))
            else:
                file = line
    return [quote for quote in found if quote[0] in PACKAGES]


QUOTES = quotations()
DROP, STEPS, BEFORE = 12, 400, 12
schedule = step_schedule(0.01, 0.001, when=DROP)


def run_block(name: str, **given: Any) -> SimpleNamespace:
    """Run a block of the chapter, with what it takes for granted, and return what it has defined."""
    names = {"torch": torch, "keras": keras, "jax": jax, "jnp": jnp, "optax": optax} | given
    exec(compile(BLOCKS[name], f"code-frameworks-{name}", "exec"), names)
    return SimpleNamespace(**names)


def recorded(framework: str, *, nesterov: bool = False) -> np.ndarray[Any, Any]:
    return recordings(framework)["a drop of the learning rate" + ", Nesterov" * nesterov].w[:, 0]


def close(points: Any, framework: str, *, nesterov: bool = False, since: int = 0) -> None:
    target = recorded(framework, nesterov=nesterov)[since:]
    np.testing.assert_allclose(np.ravel(points), target, rtol=0, atol=1e-12)


def well(w: Any) -> Any:
    return ((w**2 - 1) ** 2 / 4 + 0.2 * w).sum()


class Torch:
    """A run of PyTorch, a step at a time."""

    def __init__(self, *, nesterov: bool = False, start: float = 1.8, lr: float = 0.01) -> None:
        self.w = torch.nn.Parameter(torch.tensor([start], dtype=torch.float64))
        self.optimizer = torch.optim.SGD([self.w], lr=lr, momentum=0.9, nesterov=nesterov)
        self.points = [start]

    def step(self) -> None:
        self.optimizer.zero_grad()
        well(self.w).backward()
        self.optimizer.step()
        self.points.append(self.w.item())


class Keras:
    """A run of Keras, a step at a time."""

    def __init__(self, *, nesterov: bool = False, start: float = 1.8, lr: Any = 0.01) -> None:
        self.w = keras.Variable([start], dtype="float64")
        self.optimizer = keras.optimizers.SGD(lr, momentum=0.9, nesterov=nesterov)
        self.points = [start]

    def step(self) -> None:
        self.optimizer.apply(torch.autograd.grad(well(self.w.value), [self.w.value]), [self.w])
        self.points.append(self.w.value.item())


both = pytest.mark.parametrize("nesterov", [False, True])


def test_all_blocks_are_known() -> None:
    tried = set(re.findall(r'run_block\("([\w-]+)"', Path(__file__).read_text(encoding="utf-8")))
    assert set(BLOCKS) == tried
    assert TEXT.count("{code-block} python") == len(BLOCKS)


def test_the_tabs_are_the_recorded_runs() -> None:
    close(run_block("pytorch").points, "pytorch")
    close(run_block("keras").points, "keras")
    close(run_block("optax").points, "optax")
    close(run_block("momentum").points, "pytorch")


@both
@pytest.mark.parametrize(("lr", "goes_on_as"), [(0.001, "pytorch"), (0.01, "keras")])
def test_from_pytorch_to_keras(nesterov: bool, lr: float, goes_on_as: str) -> None:
    old = Torch(nesterov=nesterov)
    for _ in range(BEFORE):
        old.step()
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([DROP - 1], [0.01, 0.001])
    new = Keras(nesterov=nesterov, start=old.points[-1], lr=rate)
    run_block("to-keras").to_keras(old.optimizer, new.optimizer, [new.w], lr, BEFORE)
    assert float(new.optimizer.learning_rate) == 0.001
    for _ in range(STEPS - BEFORE):
        new.step()
    close(new.points, goes_on_as, nesterov=nesterov, since=BEFORE)


@both
@pytest.mark.parametrize(("lr", "goes_on_as"), [(0.001, "keras"), (0.01, "pytorch")])
def test_from_keras_to_pytorch(nesterov: bool, lr: float, goes_on_as: str) -> None:
    old = Keras(nesterov=nesterov)
    for _ in range(BEFORE):
        old.step()
    new = Torch(nesterov=nesterov, start=old.points[-1], lr=0.001)
    run_block("to-pytorch").to_pytorch(old.optimizer, new.optimizer, lr)
    for _ in range(STEPS - BEFORE):
        new.step()
    close(new.points, goes_on_as, nesterov=nesterov, since=BEFORE)


def test_from_pytorch_to_optax() -> None:
    old = Torch()
    for _ in range(BEFORE):
        old.step()
    optimizer = optax.sgd(optax.piecewise_constant_schedule(0.01, {DROP: 0.1}), momentum=0.9)
    w = jnp.array(old.points[-1:])
    state = run_block("to-optax").to_optax(old.optimizer, optimizer.init(w), BEFORE)
    points = [float(w[0])]
    for _ in range(STEPS - BEFORE):
        updates, state = optimizer.update(jax.grad(well)(w), state)
        w = optax.apply_updates(w, updates)
        points.append(float(w[0]))
    close(points, "pytorch", since=BEFORE)


@both
def test_pytorch_behaves_as_form_a(nesterov: bool) -> None:
    run = Torch(nesterov=nesterov)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(run.optimizer, [DROP], 0.1)
    recipe = run_block("form-a").step_keeping_velocity
    for _ in range(STEPS):
        run.step()
        recipe(run.optimizer, scheduler)
    close(run.points, "keras", nesterov=nesterov)


def test_pytorch_behaves_as_form_a_with_the_rate_in_the_loss() -> None:
    w = torch.nn.Parameter(torch.tensor([1.8], dtype=torch.float64))
    run_block("form-a-loss", w=w, loss=well, schedule=schedule)
    np.testing.assert_allclose(w.item(), recorded("keras")[-1], rtol=0, atol=1e-12)


@both
def test_keras_behaves_as_form_b(nesterov: bool) -> None:
    run = Keras(nesterov=nesterov)
    recipe = run_block("form-b").set_learning_rate
    for k in range(STEPS):
        if k == DROP:
            recipe(run.optimizer, 0.001)
        run.step()
    close(run.points, "pytorch", nesterov=nesterov)


def test_keras_behaves_as_form_b_in_fit() -> None:
    rates = step_schedule(0.1, 0.02, when=5)
    x, y = np.array([[1.0, 0.5], [0.25, 2.0]]), np.array([[1.0], [2.0]])
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((2,)), layer])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss="mse")
    callback = run_block("form-b").FollowPyTorch(rates)
    model.fit(x, y, epochs=30, shuffle=False, verbose=0, callbacks=[callback])
    w = torch.nn.Parameter(torch.ones(2, 1, dtype=torch.float64))
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [5], 0.2)
    for _ in range(30):
        optimizer.zero_grad()
        ((torch.tensor(x) @ w - torch.tensor(y)) ** 2).mean().backward()
        optimizer.step()
        scheduler.step()
    # The model computes its output in single precision.
    np.testing.assert_allclose(layer.kernel.value.detach().numpy(), w.detach().numpy(), rtol=0, atol=1e-6)


def test_coupled_decay_in_keras_is_a_regulariser() -> None:
    w = keras.Variable([-2.0, 1.0], dtype="float64")
    optimizer, penalty = keras.optimizers.SGD(0.05, momentum=0.9), keras.regularizers.L2(0.5 / 2)
    points = [w.value.detach().numpy().copy()]
    for _ in range(40):
        loss = 0.5 * w.value[0] ** 2 + 5 * w.value[1] ** 2 + penalty(w.value)
        optimizer.apply(torch.autograd.grad(loss, [w.value]), [w])
        points.append(w.value.detach().numpy().copy())
    np.testing.assert_allclose(points, recordings("pytorch")["weight decay"].w, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("form", "framework"), [("form_a", "keras"), ("form_b", "pytorch")])
def test_optax_is_either_form(form: str, framework: str) -> None:
    rate = optax.piecewise_constant_schedule(0.01, {DROP: 0.1})
    optimizer = getattr(run_block("optax-forms", schedule=rate), form)
    w = jnp.array([1.8])
    state, points = optimizer.init(w), [1.8]
    for _ in range(STEPS):
        updates, state = optimizer.update(jax.grad(well)(w), state)
        w = optax.apply_updates(w, updates)
        points.append(float(w[0]))
    close(points, framework)


def test_there_are_quotations() -> None:
    assert len(QUOTES) == 20
    assert {library for library, _, _ in QUOTES} == set(PACKAGES)


@pytest.mark.parametrize(("library", "file", "line"), QUOTES)
def test_a_quoted_line_is_in_the_installed_file(library: str, file: str, line: str) -> None:
    spec = importlib.util.find_spec(PACKAGES[library])
    assert spec is not None
    assert spec.origin is not None
    source = (Path(spec.origin).parents[1] / file).read_text(encoding="utf-8")
    assert line in source
