"""Fractions stay fractions on every way through the package, and only finite numbers come in."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from strategies import MOMENTUM_STEPS, exact, name_of

from momentum.descent import descend
from momentum.landscapes import Landscape, bowl, lessard
from momentum.landscapes.tables import degree
from momentum.landscapes.tables import exact as table
from momentum.updates import velocity_step


@pytest.mark.parametrize("step", MOMENTUM_STEPS, ids=name_of)
def test_the_last_point_alone_is_the_end_of_the_path(step):
    start, lr, mu = exact("3/2"), Fraction(1, 30), Fraction(1, 2)
    path = descend(lessard(), start, lr, mu, steps=6, step=step)
    end = descend(lessard(), start, lr, mu, steps=6, step=step, keep_path=False)
    assert end.w[-1, 0] == path.w[-1, 0]


def test_a_batch_of_fractions_has_a_mark_for_each_run():
    starts = np.array([[Fraction(1)], [Fraction(2)], [Fraction(3)]])
    for keep_path in (True, False):
        path = descend(bowl(), starts, Fraction(1, 2), Fraction(0), steps=2, keep_path=keep_path)
        assert path.diverged_at.shape == (3,)


def test_learning_rates_in_a_float_array_are_taken_exactly():
    starts = np.array([[Fraction(1)], [Fraction(1)]])
    path = descend(bowl(), starts, np.array([[0.5], [0.1]]), Fraction(0), steps=1)
    assert path.w[1, :, 0].tolist() == [Fraction(1, 2), 1 - Fraction(0.1)]


def test_a_float_learning_rate_is_taken_exactly_by_a_step():
    w, v = velocity_step(exact(1), exact(0), exact(3), lr=0.1, mu=0.9)
    assert (w[0], v[0]) == (1 - 3 * Fraction(0.1), -3 * Fraction(0.1))


def test_a_break_between_floats_is_where_it_is():
    third = Fraction(1, 3)
    pieces = (table([[0], [1]]), table([[0], [2]]))
    land = Landscape("kink at a third", 1, pieces, ((0.0, 1.0),), (third,))
    just_below = third - Fraction(1, 10**40)
    assert land.gradient(np.array([[just_below], [third]])).ravel().tolist() == [1, 2]


def test_the_zero_polynomial_has_degree_zero():
    assert degree(table([[0], [0, 0]])) == 0


@pytest.mark.parametrize("bad", [-np.inf, np.inf, np.nan])
def test_a_start_that_is_not_finite_is_refused(bad):
    with pytest.raises(ValueError, match="w0 must be finite"):
        descend(bowl(), [bad], lr=0.1)
