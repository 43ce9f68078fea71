"""Critical points where it is easy to miss one: on a break, behind a straight piece, on gentle ground."""

from __future__ import annotations

from fractions import Fraction

import pytest

from momentum import Landscape, saddle
from momentum.landscapes.tables import exact

HALF = Fraction(1, 2)


def test_a_minimum_where_two_pieces_meet_is_found_once():
    pieces = (exact([[0], [0], [HALF]]), exact([[0], [0], [1]]))
    (point,) = Landscape("kink of the curvature", 1, pieces, ((-1, 1),), (Fraction(0),)).critical_points
    assert (point.w, point.kind, point.value) == ((0.0,), "minimum", 0.0)


def test_a_straight_piece_has_none_and_does_not_hide_those_behind_it():
    # Downhill with slope -1, then the parabola that goes on from there and has its lowest point at 1.
    pieces = (exact([[0], [-1]]), exact([[0], [-1], [HALF]]))
    (point,) = Landscape("slide", 1, pieces, ((-2, 3),), (Fraction(0),)).critical_points
    assert (point.w, point.kind, point.value) == ((1.0,), "minimum", -0.5)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_gentle_hollow_is_found_from_nearby(sign):
    # The determinant of the Hessian is 1/4, and the first guess is off.
    table = exact([[0, 0, sign * Fraction(1, 4)], [0], [sign * Fraction(1, 4)]])
    (point,) = Landscape("hollow", 2, (table,), ((-1, 1),) * 2, near=((0.3, 0.2),)).critical_points
    assert point.w == pytest.approx((0, 0), abs=1e-15)
    assert point.kind == ("minimum" if sign > 0 else "maximum")


def test_a_gentle_saddle_is_a_saddle():
    (point,) = saddle(0.5).critical_points
    assert (point.w, point.kind) == ((0.0, 0.0), "saddle")
