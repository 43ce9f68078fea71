"""Landscapes against formulas that sympy derives, against finite differences, and in fractions."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from strategies import exact, name_of, numbers
from sympy.parsing.sympy_parser import (
    implicit_multiplication_application,
    parse_expr,
    standard_transformations,
)

from momentum.landscapes import (
    Landscape,
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
from momentum.landscapes.tables import degree

F = Fraction
x, y = sympy.symbols("w_1 w_2")

# Each landscape with its formula, written down a second time. They are made anew in every test, so
# that nothing that one has computed is left to another.
FORMULAS = {
    "slope": (lambda: slope(F(3, 7)), sympy.Rational(3, 7) * x),
    "bowl": (lambda: bowl(F(5, 3)), sympy.Rational(5, 6) * x**2),
    "ravine": (lambda: ravine(F(29, 2)), (x**2 + sympy.Rational(29, 2) * y**2) / 2),
    "double well": (lambda: double_well(F(1, 5)), (x**2 - 1) ** 2 / 4 + x / 5),
    "saddle": (lambda: saddle(F(3, 2)), sympy.Rational(3, 4) * (x**2 - y**2)),
    "rosenbrock": (rosenbrock, (1 - x) ** 2 + 100 * (y - x**2) ** 2),
    "himmelblau": (himmelblau, (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2),
}
ALL = [slope, bowl, ravine, double_well, bumps, saddle, rosenbrock, himmelblau, lessard]
formulas = pytest.mark.parametrize(("make", "formula"), FORMULAS.values(), ids=FORMULAS)
landscapes = pytest.mark.parametrize("make", ALL, ids=name_of)


def variables(land):
    return (x, y)[: land.dim]


def at(expression, point):
    """Evaluate a sympy expression exactly, as a fraction."""
    values = zip((x, y), map(sympy.Rational, point), strict=False)
    result = sympy.sympify(expression).subs(dict(values))
    return F(int(result.p), int(result.q))


# --- value, gradient, hessian --------------------------------------------------------------------


@formulas
@given(st.tuples(numbers, numbers))
def test_value_gradient_and_hessian_are_the_formulas_exactly(make, formula, point):
    land = make()
    point = point[: land.dim]
    w = exact(*point)
    first = [sympy.diff(formula, v) for v in variables(land)]
    second = [[sympy.diff(d, v) for v in variables(land)] for d in first]
    assert land.value(w) == at(formula, point)
    assert land.gradient(w).tolist() == [at(d, point) for d in first]
    assert land.hessian(w).tolist() == [[at(d, point) for d in row] for row in second]


@given(st.fractions(-5, 2, max_denominator=12), st.fractions(F(1, 9), 3, max_denominator=9))
def test_bumps_is_the_integral_of_its_polygon(point, rise):
    land = bumps(rise)
    knots = np.arange(-5.0, 3.0)
    heights = [-2.0, float(rise)] * 3 + [-2.0, 3.0]
    assert land.value(exact(-5)) == 0
    assert land.gradient(exact(point))[0] == pytest.approx(np.interp(float(point), knots, heights))
    area, _ = quad(np.interp, -5, float(point), args=(knots, heights), points=knots[knots < float(point)])
    assert float(land.value(exact(point))) == pytest.approx(area, abs=1e-9)


def test_bumps_goes_on_straight_on_both_sides():
    gradient = bumps(F(1, 2)).gradient(exact(-7, -6, -5, 2, 3, 4)[:, None])[:, 0]
    assert gradient.tolist() == [-7, F(-9, 2), -2, 3, 8, 13]
    assert bumps().gradient(exact(-4)).tolist() == [F(1, 2)]


def test_lessard_is_the_published_function():
    # Lessard, Recht and Packard (2016), equation 4.11, and its integral.
    points = exact(-3, 0, F(1, 2), 1, F(3, 2), 2, 3)
    gradient = [-75, 0, F(25, 2), 25, F(51, 2), 26, 51]
    value = [F(225, 2), 0, F(25, 8), F(25, 2), F(201, 8), 38, F(153, 2)]
    assert lessard().gradient(points[:, None])[:, 0].tolist() == gradient
    assert lessard().value(points[:, None]).tolist() == value
    assert lessard().hessian(points[:, None])[:, 0, 0].tolist() == [25, 25, 25, 1, 1, 25, 25]


@pytest.mark.parametrize("make", [lessard, bumps], ids=name_of)
def test_pieces_meet_smoothly(make):
    land = make()
    for edge in land.breaks:
        w = exact(edge - F(1, 10**9), edge)[:, None]
        assert abs(np.diff(land.value(w))[0]) < F(1, 10**7)
        assert abs(np.diff(land.gradient(w)[:, 0])[0]) < F(1, 10**7)


@landscapes
def test_gradient_and_hessian_against_finite_differences(make):
    land = make()
    w = np.random.default_rng(0).uniform(-2, 2, (40, land.dim)) + 0.003
    h = 1e-6 * np.eye(land.dim)
    gradient = [(land.value(w + e) - land.value(w - e)) / 2e-6 for e in h]
    hessian = [(land.gradient(w + e) - land.gradient(w - e)) / 2e-6 for e in h]
    np.testing.assert_allclose(land.gradient(w), np.stack(gradient, -1), rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(land.hessian(w), np.stack(hessian, -1), rtol=1e-6, atol=1e-5)


# --- arithmetic and shapes -----------------------------------------------------------------------


@landscapes
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=name_of)
@pytest.mark.parametrize("batch", [(), (3,), (2, 0), (2, 3)], ids=str)
def test_shapes_and_dtypes(make, dtype, batch):
    land = make()
    w = np.full((*batch, land.dim), 0.25, dtype=dtype)
    assert land.value(w).shape == batch
    assert land.gradient(w).shape == w.shape
    assert land.hessian(w).shape == (*batch, land.dim, land.dim)
    for result in (land.value(w), land.gradient(w), land.hessian(w)):
        assert result.dtype == dtype
    assert (w == 0.25).all()


@landscapes
def test_fractions_stay_exact(make):
    land = make()
    w = exact(*[F(1, 3), F(-2, 7)][: land.dim])
    results = [land.value(w), *land.gradient(w), *land.hessian(w).ravel()]
    assert all(isinstance(value, F | int) for value in results)
    assert isinstance(land.value(w), F)
    copy = w.copy()
    land.gradient(w)[...] = 0
    assert w.tolist() == copy.tolist()


@landscapes
def test_float_arithmetic_is_the_exact_one_rounded(make):
    land = make()
    w = np.random.default_rng(1).uniform(-2, 2, (50, land.dim))
    as_fractions = np.vectorize(F, otypes=[object])(w)
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-3)):
        for method in (land.value, land.gradient, land.hessian):
            exactly = method(as_fractions).astype(float)
            rounded = method(w.astype(dtype))
            np.testing.assert_allclose(rounded, exactly, rtol=tolerance, atol=2 * tolerance)


@landscapes
def test_a_batch_is_its_points_one_by_one(make):
    land = make()
    w = np.random.default_rng(2).uniform(-3, 3, (6, 2, land.dim))
    for i in np.ndindex(6, 2):
        assert land.value(w)[i] == land.value(w[i])
        assert np.array_equal(land.gradient(w)[i], land.gradient(w[i]))
        assert np.array_equal(land.hessian(w)[i], land.hessian(w[i]))


@landscapes
def test_nan_stays_nan_where_the_weights_matter(make):
    land = make()
    w = np.full((1, land.dim), np.nan)
    assert np.isnan(land.value(w)).all()
    constant = np.isfinite(land.gradient(w))
    assert not constant.any() or land.name == "slope"


def test_lists_and_integers_are_taken_as_floats():
    assert ravine(10).gradient([1, 2]).tolist() == [1.0, 20.0]
    assert ravine(10).gradient([1, 2]).dtype == np.float64
    assert bowl(3).value([[2], [4]]).tolist() == [6.0, 24.0]


def test_the_defaults():
    assert slope().gradient([5.0]).tolist() == [1.0]
    assert bowl().hessian([5.0]).tolist() == [[1.0]]
    assert ravine().hessian([0.0, 0.0]).tolist() == [[1.0, 0.0], [0.0, 10.0]]
    assert double_well().gradient([0.0]).tolist() == [0.2]
    assert saddle().hessian([0.0, 0.0]).tolist() == [[1.0, 0.0], [0.0, -1.0]]


# --- critical points -----------------------------------------------------------------------------


@landscapes
def test_critical_points_are_critical_and_of_their_kind(make):
    land = make()
    for point in land.critical_points:
        scale = max(1.0, np.abs(land.hessian(np.array(point.w))).max())
        assert np.abs(land.gradient(np.array(point.w))).max() < 1e-12 * scale
        assert point.value == pytest.approx(land.value(np.array(point.w)))
        curvatures = np.linalg.eigvalsh(land.hessian(np.array(point.w)))
        positive = int((curvatures > 0).sum())
        names = {land.dim: "minimum", 0: "maximum"}
        assert point.kind == names.get(positive, "saddle")


@landscapes
def test_no_critical_point_is_missing_or_there_twice(make):
    land = make()
    kinds = [point.kind for point in land.critical_points]
    expected = {
        "slope": (0, 0, 0),
        "bowl": (1, 0, 0),
        "ravine": (1, 0, 0),
        "double well": (2, 1, 0),
        "bumps": (4, 3, 0),
        "saddle": (0, 0, 1),
        "rosenbrock": (1, 0, 0),
        "himmelblau": (4, 1, 4),
        "lessard": (1, 0, 0),
    }
    assert tuple(kinds.count(k) for k in ("minimum", "maximum", "saddle")) == expected[land.name]
    assert len({tuple(np.round(point.w, 6)) for point in land.critical_points}) == len(kinds)
    assert list(land.critical_points) == sorted(land.critical_points)


def test_himmelblau_has_the_nine_points_of_the_literature():
    published = [
        (-3.7793, -3.2832, "minimum"), (-3.0730, -0.0814, "saddle"), (-2.8051, 3.1313, "minimum"),
        (-0.2708, -0.9230, "maximum"), (-0.1280, -1.9537, "saddle"), (0.0867, 2.8843, "saddle"),
        (3.0, 2.0, "minimum"), (3.3852, 0.0739, "saddle"), (3.5844, -1.8481, "minimum"),
    ]  # fmt: skip
    found = himmelblau().critical_points
    assert [point.kind for point in found] == [kind for *_, kind in published]
    np.testing.assert_allclose([p.w for p in found], [w[:2] for w in published], atol=6e-5)
    assert [p.value for p in found if p.kind == "minimum"] == pytest.approx([0] * 4, abs=1e-12)


def test_the_double_well_of_the_course():
    left, top, right = double_well(0.2).critical_points
    assert np.round([left.w[0], top.w[0], right.w[0]], 4).tolist() == [-1.0880, 0.2091, 0.8789]
    assert left.value < right.value
    assert round(top.value - right.value, 4) == 0.0817


@given(st.fractions(F(-37, 100), F(37, 100), max_denominator=100))
def test_a_double_well_has_two_minima_while_the_tilt_is_small(tilt):
    roots = sorted(np.roots([1, 0, -1, float(tilt)]).real)
    points = double_well(tilt).critical_points
    assert [point.kind for point in points] == ["minimum", "maximum", "minimum"]
    np.testing.assert_allclose([point.w[0] for point in points], roots, atol=1e-12)


@pytest.mark.parametrize("tilt", [0.4, -0.4, 2])
def test_a_steep_tilt_leaves_one_minimum(tilt):
    (point,) = double_well(tilt).critical_points
    assert point.kind == "minimum"
    assert point.w[0] * tilt < 0


def test_a_flat_direction_is_degenerate():
    quartic = Landscape("quartic", 1, (((F(0),), (), (), (), (F(1),)),), ((-1.0, 1.0),))
    (point,) = quartic.critical_points
    assert point.kind == "degenerate"
    assert point.w[0] == pytest.approx(0, abs=1e-6)


# --- description ---------------------------------------------------------------------------------


def parsed(text):
    """Read the TeX of a polynomial back as a formula."""
    text = re.sub(r"\\tfrac\{(\d+)\}\{(\d+)\}", r"(\1/\2)", text)
    text = re.sub(r"w(_\d)?", lambda m: f"({m[0] if m[1] else 'w_1'})", text)
    return parse_expr(
        text.replace("^", "**"),
        local_dict={"w_1": x, "w_2": y},
        transformations=(*standard_transformations, implicit_multiplication_application),
    )


@formulas
def test_latex_says_the_formula(make, formula):
    land = make()
    assert sympy.expand(parsed(land.latex) - formula) == 0
    assert "$" not in land.latex


WRITTEN = {
    r"\tfrac{3}{7} w": lambda: slope(F(3, 7)),
    r"\tfrac{1}{20} w": lambda: slope(F(1, 20)),
    "0.047619 w": lambda: slope(F(1, 21)),
    "w": lambda: slope(1),
    "-w": lambda: slope(-1),
    "0": lambda: slope(0),
    r"\tfrac{1}{2} w_1^2 + 5 w_2^2": lambda: ravine(10),
    r"\tfrac{1}{4} w^4 - \tfrac{1}{2} w^2 + 0.2 w + \tfrac{1}{4}": lambda: double_well(0.2),
    r"\tfrac{1}{4} w^4 - \tfrac{1}{2} w^2 - \tfrac{1}{3} w + \tfrac{1}{4}": lambda: double_well(F(-1, 3)),
    r"2 w_1^2 - 2 w_2^2": lambda: saddle(4),
    r"100 w_1^4 - 200 w_1^2 w_2 + w_1^2 + 100 w_2^2 - 2 w_1 + 1": rosenbrock,
    r"w_1^4 + w_2^4 + 2 w_1^2 w_2 + 2 w_1 w_2^2 - 21 w_1^2 - 13 w_2^2 - 14 w_1 - 22 w_2 + 170": himmelblau,
    r"\begin{cases} \tfrac{25}{2} w^2 & w < 1 \\ \tfrac{1}{2} w^2 + 24 w - 12 & 1 \le w < 2 \\ "
    r"\tfrac{25}{2} w^2 - 24 w + 36 & w \ge 2 \end{cases}": lessard,
}


@pytest.mark.parametrize("tex", WRITTEN)
def test_latex_is_written_as_one_would_by_hand(tex):
    assert WRITTEN[tex]().latex == tex


def test_latex_of_every_piece():
    rows = bumps().latex.removeprefix(r"\begin{cases} ").removesuffix(r" \end{cases}").split(r" \\ ")
    assert [row.split(" & ")[1] for row in rows] == [
        "w < -4", r"-4 \le w < -3", r"-3 \le w < -2", r"-2 \le w < -1", r"-1 \le w < 0",
        r"0 \le w < 1", r"w \ge 1",
    ]  # fmt: skip


DRAWN = {
    slope: ("slope", ((-4, 4),)),
    bowl: ("bowl", ((-2, 2),)),
    ravine: ("ravine", ((-2.5, 2.5), (-1.5, 1.5))),
    double_well: ("double well", ((-2, 2),)),
    bumps: ("bumps", ((-5.5, 3),)),
    saddle: ("saddle", ((-2, 2), (-2, 2))),
    rosenbrock: ("rosenbrock", ((-2, 2), (-1, 3))),
    himmelblau: ("himmelblau", ((-5, 5), (-5, 5))),
    lessard: ("lessard", ((-2.5, 3.5),)),
}


@landscapes
def test_name_and_domain(make):
    land = make()
    assert (land.name, land.domain) == DRAWN[make]
    assert len(land.domain) == land.dim
    for point in land.critical_points:
        assert all(low < w < high for w, (low, high) in zip(point.w, land.domain, strict=True))


@pytest.mark.parametrize(
    ("table", "highest"),
    [
        ([[0, 0], [0, 3]], 2),
        ([[1, 2, 0]], 1),
        ([[0], [0], [5]], 2),
        ([[0, 0, 1], [0, 1]], 2),
        ([[0]], 0),
        ([], 0),
    ],
)
def test_the_degree_counts_both_variables(table, highest):
    assert degree(table) == highest
