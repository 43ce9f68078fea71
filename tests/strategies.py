"""Helpers and Hypothesis strategies that several test modules share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from momentum.updates import (
    accumulator_step,
    averaged_step,
    heavy_ball_step,
    nesterov_step,
    sgd_step,
    velocity_step,
)

Array = np.ndarray[Any, Any]

ALL_STEPS = [
    sgd_step,
    velocity_step,
    accumulator_step,
    averaged_step,
    heavy_ball_step,
    nesterov_step,
]
MOMENTUM_STEPS = ALL_STEPS[1:]


def name_of(item: Any) -> str:
    """Identify a parameter of a test by the name of its function, type or value."""
    return getattr(item, "__name__", str(item))


def exact(*values: Any) -> Array:
    """Return an object array of fractions, so that arithmetic on it is exact."""
    return np.array([Fraction(value) for value in values], dtype=object)


def run(
    step: Callable[..., tuple[Array, Array]],
    w: Array,
    state: Array,
    gradients: Sequence[Any] | Callable[[Array], Array],
    lrs: Sequence[Any],
    mus: Sequence[Any],
) -> tuple[list[Array], list[Array]]:
    """Iterate a pure step; the gradients are a given sequence (open loop) or a function of w."""
    ws, states = [w], [state]
    for k, (lr, mu) in enumerate(zip(lrs, mus, strict=True)):
        g = gradients(w) if callable(gradients) else gradients[k]
        w, state = step(w, state, g, lr, mu)
        ws.append(w)
        states.append(state)
    return ws, states


def equal(left: Sequence[Array], right: Sequence[Array]) -> bool:
    """Compare two trajectories for equality, entry by entry and with nothing rounded."""
    return len(left) == len(right) and all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def same_bits(left: Array, right: Array) -> bool:
    """Compare two float arrays bit for bit: the sign of zero counts, and nan equals nan."""
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


def parts(low: int, high: int, denominator: int) -> st.SearchStrategy[Fraction]:
    """Draw a multiple of 1/denominator; much faster than `st.fractions`."""
    return st.integers(low, high).map(lambda n: Fraction(n, denominator))


numbers = parts(-48, 48, 12)
nonzero_numbers = numbers.filter(bool)
learning_rates = parts(1, 50, 50)
momenta = parts(0, 49, 50)
positive_momenta = parts(1, 49, 50)


def vectors(dim: int = 2) -> st.SearchStrategy[Array]:
    """Draw an exact vector."""
    return st.tuples(*[numbers] * dim).map(lambda values: exact(*values))


def gradient_sequences(min_size: int = 2, max_size: int = 8) -> st.SearchStrategy[list[Array]]:
    """Draw an arbitrary sequence of exact gradients of two weights: no function is behind it."""
    return st.lists(vectors(), min_size=min_size, max_size=max_size)


def per_step(values: st.SearchStrategy[Any], steps: int) -> st.SearchStrategy[list[Any]]:
    """Draw one value for each step: a schedule."""
    return st.lists(values, min_size=steps, max_size=steps)
