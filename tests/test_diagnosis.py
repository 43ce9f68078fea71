"""Reading a loss curve backwards: the stability formulas and real runs are the judges."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from strategies import parts

from momentum import bowl, descend
from momentum.theory import curvature_from_growth, curvature_from_period, spectral_radius

momenta, inner, rates = parts(0, 19, 20), parts(1, 19, 20), parts(1, 40, 8)


@given(momenta, rates, parts(21, 80, 20))
def test_growth_gives_back_the_curvature(mu, lr, growth):
    curvature = curvature_from_growth(growth, lr, mu)
    assert isinstance(curvature, Fraction)
    assert np.isclose(spectral_radius(float(lr * curvature), float(mu)), float(growth))
    # -growth is a root of the characteristic polynomial, exactly.
    assert growth**2 + (1 + mu - lr * curvature) * growth + mu == 0


@given(inner, rates, parts(21, 400, 10))
def test_period_gives_back_the_curvature(mu, lr, period):
    mu, lr, period = float(mu), float(lr), float(period)
    root = np.sqrt(mu) * np.exp(2j * np.pi / period)
    a = lr * curvature_from_period(period, lr, mu)
    assert np.isclose(root**2 - (1 + mu - a) * root + mu, 0)


def test_growth_of_a_run():
    loss = descend(bowl(7.0), [1.0], lr=0.5, mu=0.5, steps=60).loss
    growth = np.sqrt(loss[60] / loss[59])
    assert np.isclose(curvature_from_growth(growth, 0.5, 0.5), 7.0)


def test_period_of_a_run():
    loss = descend(bowl(3.0), [1.0], lr=0.0003, mu=0.999, steps=2000).loss
    lows = np.flatnonzero((loss[1:-1] < loss[:-2]) & (loss[1:-1] <= loss[2:])) + 1
    period = 2 * (lows[-1] - lows[0]) / (len(lows) - 1)
    assert np.isclose(curvature_from_period(period, 0.0003, 0.999), 3.0, rtol=0.02)


def test_by_hand():
    assert curvature_from_growth(2, Fraction(1, 4), Fraction(1, 2)) == 15
    # At the stability limit the growth is one, and at the shortest period the two formulas meet.
    assert curvature_from_growth(1, Fraction(1, 2), Fraction(9, 10)) == Fraction(38, 5)
    assert np.isclose(curvature_from_period(2, 0.5, 0.64), 2 * 1.8**2)
    assert np.isclose(curvature_from_growth(0.8, 0.5, 0.64), 2 * 1.8**2)
    assert np.isclose(curvature_from_period(6, 0.5, 0.25), 2 * (1.25 - 0.5))


def test_they_broadcast():
    assert curvature_from_growth(np.array([[1.0], [2.0]]), 0.5, np.array([0.1, 0.5, 0.9])).shape == (2, 3)
    assert curvature_from_period(np.array([[4.0], [9.0]]), 0.5, np.array([0.1, 0.5, 0.9])).shape == (2, 3)


@pytest.mark.parametrize("function", [curvature_from_growth, curvature_from_period])
@pytest.mark.parametrize(
    ("first", "lr", "mu", "complaint"),
    [
        (3.0, 0.0, 0.5, "lr must be finite and positive, got 0.0"),
        (3.0, 0.1, 1.0, r"mu must be in \[0, 1\), got 1.0"),
        (np.nan, 0.1, 0.5, "must be finite and positive, got nan"),
        (0.0, 0.1, 0.5, "(growth|period) must be finite and positive, got 0.0"),
    ],
)
def test_they_refuse(function, first, lr, mu, complaint):
    with pytest.raises(ValueError, match=complaint):
        function(first, lr, mu)


def test_each_refuses_what_cannot_be():
    with pytest.raises(ValueError, match=r"growth must be at least the square root of mu = 0\.81, got 0\.8"):
        curvature_from_growth(0.8, 0.1, 0.81)
    assert curvature_from_growth(0.9, 0.1, 0.81) > 0
    with pytest.raises(ValueError, match=r"period must be at least 2 steps, got 1\.9"):
        curvature_from_period(1.9, 0.1, 0.81)
