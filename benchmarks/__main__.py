"""`make bench`: what the package costs, as ratios within one run.

Absolute times say little on a machine that does other things too. Here the two sides of a ratio take
turns, so that whatever slows one slows the other, and the ratio is the median over the turns.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import NamedTuple

import numpy as np
from benchmarks import loops

from momentum import SGD, bowl, descend, double_well, himmelblau, lessard, ravine, rosenbrock
from momentum.landscapes import Landscape

TURNS = 15
STEPS = 2000
PAIRS, BATCH_STEPS = 250_000, 150


class Row(NamedTuple):
    """One line of the table."""

    name: str
    limit: float
    ours: Callable[[], object]
    theirs: Callable[[], object]
    steps: int
    turns: int = TURNS


def single(name: str, limit: float, what: Landscape | loops.Gradient, bare: loops.Gradient,
           start: list[float], lr: float) -> Row:  # fmt: skip
    """Compare `descend` with the loop, keeping the path of one run."""
    w0, mu = np.array(start), 0.9

    def ours() -> np.ndarray:
        return descend(what, w0, lr, mu, STEPS).w

    def theirs() -> np.ndarray:
        return loops.keep_path(bare, w0, lr, mu, STEPS)

    np.testing.assert_allclose(ours()[:50], theirs()[:50], rtol=1e-9)
    return Row(name, limit, ours, theirs, STEPS)


def batch() -> Row:
    """Compare `descend` with the loop in place, for a grid of hyperparameters at once."""
    side = round(PAIRS**0.5)
    lr, mu = np.meshgrid(np.geomspace(1e-3, 1.0, side), np.linspace(0.0, 0.99, side))
    lr, mu = lr.reshape(-1, 1), mu.reshape(-1, 1)
    w0 = np.ones((PAIRS, 1))

    def ours() -> np.ndarray:
        return descend(loops.bowl, w0, lr, mu, BATCH_STEPS, keep_path=False).w[-1]

    def theirs() -> np.ndarray:
        return loops.in_place(loops.bowl, w0, lr, mu, BATCH_STEPS)

    np.testing.assert_array_equal(ours(), theirs())
    return Row(f"descend, {PAIRS:,} (lr, mu) pairs, end only", 1.1, ours, theirs, BATCH_STEPS, 7)


def against_torch() -> Iterator[Row]:
    """Compare with PyTorch's optimizer, where that is installed."""
    if importlib.util.find_spec("torch") is None:
        return
    import torch

    torch.set_num_threads(1)
    curvatures = torch.tensor(loops.RAVINE)

    def descend_ravine() -> None:
        descend(ravine(10), [1.0, 1.0], 0.01, 0.9, STEPS)

    def torch_ravine() -> None:
        w = torch.ones(2, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.01, momentum=0.9)
        for _ in range(STEPS):
            optimizer.zero_grad()
            (0.5 * curvatures * w * w).sum().backward()
            optimizer.step()

    yield Row("descend on ravine, against torch with autograd", 0.1, descend_ravine, torch_ravine, STEPS, 5)
    for size in (2, 1000):
        w, g = np.ones(size), np.full(size, 1e-3)
        parameter = torch.nn.Parameter(torch.ones(size, dtype=torch.float64))
        parameter.grad = torch.full((size,), 1e-3, dtype=torch.float64)
        mine = SGD(lr=0.01, mu=0.9, form="accumulator")
        other = torch.optim.SGD([parameter], lr=0.01, momentum=0.9)

        def ours(mine: SGD = mine, w: np.ndarray = w, g: np.ndarray = g) -> None:
            for _ in range(STEPS):
                mine.step(w, g)

        def theirs(other: torch.optim.SGD = other) -> None:
            for _ in range(STEPS):
                other.step()

        yield Row(f"SGD.step on {size} weights, against torch.optim.SGD", 0.1, ours, theirs, STEPS)


def rows() -> Iterator[Row]:
    """Yield what is compared."""
    yield single("descend, a bare gradient, 2 weights", 1.5, loops.ravine, loops.ravine, [1.0, 1.0], 0.01)
    yield single("descend, a bare gradient, 1000 weights", 1.5, loops.bowl, loops.bowl, [1.0] * 1000, 0.01)
    yield single("descend on bowl", 2.5, bowl(2.0), loops.bowl, [1.0], 0.01)
    yield single("descend on double_well", 2.5, double_well(0.2), loops.double_well, [2.0], 0.01)
    yield single("descend on lessard", 2.5, lessard(), loops.lessard, [3.3], 0.01)
    yield single("descend on ravine", 2.5, ravine(10), loops.ravine, [1.0, 1.0], 0.01)
    yield single("descend on rosenbrock", 2.5, rosenbrock(), loops.rosenbrock, [-1.0, 1.5], 1e-5)
    yield single("descend on himmelblau", 2.5, himmelblau(), loops.himmelblau, [0.0, 0.5], 1e-4)
    yield batch()
    yield from against_torch()


def seconds(run: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = perf_counter()
    run()
    return perf_counter() - start


def measure(row: Row) -> tuple[float, float, float]:
    """Return the median times of both sides and the median of their ratios."""
    pairs = [(seconds(row.ours), seconds(row.theirs)) for _ in range(row.turns)]
    ours, theirs = zip(*pairs, strict=True)
    ratio = statistics.median(one / other for one, other in pairs)
    return statistics.median(ours), statistics.median(theirs), ratio


def main() -> int:
    """Print the table; return 1 if a ratio is over its limit."""
    over = 0
    print(f"{'microseconds a step':<52} {'ours':>9} {'theirs':>9} {'ratio':>6} {'limit':>6}")
    for row in rows():
        ours, theirs, ratio = measure(row)
        a_step = 1e6 / row.steps
        bad = ratio > row.limit
        over += bad
        print(
            f"{row.name:<52} {ours * a_step:9.2f} {theirs * a_step:9.2f} {ratio:6.2f} {row.limit:6.2f}"
            + ("  over the limit" if bad else ""),
            flush=True,
        )
    if importlib.util.find_spec("torch") is None:
        print("PyTorch is not installed here: .venv-torch/bin/python -m benchmarks compares with it too.")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
