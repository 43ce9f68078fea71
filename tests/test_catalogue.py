"""What each landscape is called, how many variables it has, and which part of it is drawn."""

from __future__ import annotations

from fractions import Fraction

import pytest
from strategies import name_of

from momentum import (
    bowl,
    bumps,
    double_well,
    himmelblau,
    lessard,
    ravine,
    rosenbrock,
    saddle,
    slope,
)

DESCRIPTIONS = [
    (slope, "slope", [(-4, 4)]),
    (bowl, "bowl", [(-2, 2)]),
    (ravine, "ravine", [(-2.5, 2.5), (-1.5, 1.5)]),
    (double_well, "double well", [(-2, 2)]),
    (bumps, "bumps", [(-5.5, 3)]),
    (saddle, "saddle", [(-2, 2), (-2, 2)]),
    (rosenbrock, "rosenbrock", [(-2, 2), (-1, 3)]),
    (himmelblau, "himmelblau", [(-5, 5), (-5, 5)]),
    (lessard, "lessard", [(-2.5, 3.5)]),
]


@pytest.mark.parametrize(("factory", "name", "domain"), DESCRIPTIONS, ids=name_of)
def test_its_name_and_its_domain(factory, name, domain):
    land = factory()
    assert (land.name, land.dim, list(land.domain)) == (name, len(domain), domain)
    assert all(type(end) is float for interval in land.domain for end in interval)


def test_where_the_pieces_meet():
    assert bumps().breaks == tuple(map(Fraction, range(-4, 2)))
    assert lessard().breaks == (Fraction(1), Fraction(2))
    assert himmelblau().breaks == ()


def test_bumps_rise_by_a_half_unless_told_otherwise():
    # The loss is set to zero at the left end of the polygon that is its gradient.
    at = [[Fraction(-5)], [Fraction(-4)], [Fraction(-2)]]
    assert list(bumps().value(at)) == [0, Fraction(-3, 4), Fraction(-9, 4)]
    assert list(bumps(1).gradient(at).ravel()) == [-2, 1, 1]
