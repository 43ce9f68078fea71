"""The noise of a minibatch: its formula against every minibatch there is, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from momentum.theory import minibatch_variance

gradients = st.lists(st.integers(-9, 9), min_size=1, max_size=6)


def spread(means):
    """Return mean and variance of numbers that are equally likely."""
    mean = Fraction(sum(means), len(means))
    return mean, sum((m - mean) ** 2 for m in means) / len(means)


@given(gradients, st.integers(1, 3), st.booleans())
def test_all_minibatches_counted(values, size, replacement):
    size = size if replacement else min(size, len(values))
    batches = product(values, repeat=size) if replacement else combinations(values, size)
    mean, variance = spread([Fraction(sum(batch), size) for batch in batches])
    mean_of_all, variance_of_one = spread(values)
    assert mean == mean_of_all
    formula = minibatch_variance(float(variance_of_one), len(values), size, replacement=replacement)
    assert formula == pytest.approx(float(variance), rel=1e-12, abs=1e-12)


@given(st.integers(1, 1000), st.floats(0, 1e6))
def test_the_ends(n, variance):
    assert minibatch_variance(variance, n, n) == 0
    assert minibatch_variance(variance, n + 1, 1) == variance
    assert minibatch_variance(variance, n, 1, replacement=True) == variance


def test_hand_values_and_arrays():
    assert minibatch_variance(6, 4, 2) == 2
    assert minibatch_variance(6, 4, 2, replacement=True) == 3
    assert minibatch_variance(6, 4, 12, replacement=True) == 0.5
    assert minibatch_variance(6, 2, 1) == 6
    assert minibatch_variance(6, np.uint8(4), np.uint8(2)) == 2
    np.testing.assert_allclose(minibatch_variance(6.0, 4, np.array([1, 2, 3, 4])), [6, 2, 2 / 3, 0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"variance": -1.0}, "variance must be finite and not negative, got -1.0"),
        ({"n": 0}, "n must be a whole number, at least 1, got 0"),
        ({"n": 4.0}, "n must be a whole number, at least 1, got 4.0"),
        ({"batch_size": 0}, "batch_size must be a whole number, at least 1, got 0"),
        ({"batch_size": True}, "batch_size must be a whole number, at least 1, got True"),
        ({"batch_size": 5}, "batch_size must be at most n = 4 without replacement, got 5"),
    ],
)
def test_bad_input(change, message):
    arguments = {"variance": 1.0, "n": 4, "batch_size": 2} | change
    with pytest.raises(ValueError, match=f"^{message}"):
        minibatch_variance(**arguments)
