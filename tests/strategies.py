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


numbers = st.fractions(min_value=-4, max_value=4, max_denominator=12)
nonzero_numbers = numbers.filter(bool)
learning_rates = st.fractions(min_value=Fraction(1, 50), max_value=1, max_denominator=50)
momenta = st.fractions(min_value=0, max_value=Fraction(49, 50), max_denominator=50)
positive_momenta = st.fractions(min_value=Fraction(1, 50), max_value=Fraction(49, 50), max_denominator=50)


@st.composite
def vectors(draw: st.DrawFn, dim: int = 2) -> Array:
    """Draw an exact vector."""
    return exact(*draw(st.lists(numbers, min_size=dim, max_size=dim)))


@st.composite
def gradient_sequences(draw: st.DrawFn, min_size: int = 2, max_size: int = 8) -> list[Array]:
    """Draw an arbitrary sequence of exact gradients of two weights: no function is behind it."""
    return draw(st.lists(vectors(), min_size=min_size, max_size=max_size))


def per_step(values: st.SearchStrategy[Any], steps: int) -> st.SearchStrategy[list[Any]]:
    """Draw one value for each step: a schedule."""
    return st.lists(values, min_size=steps, max_size=steps)
