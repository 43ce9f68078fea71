"""Helpers that draw: what lies on the axes is what was in the arrays, in one look a method."""

from __future__ import annotations

import itertools

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex, to_rgb
from strategies import exact, name_of

from momentum.descent import descend
from momentum.landscapes import bowl, double_well, himmelblau, ravine, slope
from momentum.plotting import GROUND, plot_landscape, plot_loss, plot_path, plot_phase, style

METHODS = ["sgd", "velocity", "accumulator", "averaged", "heavy_ball", "nesterov", "ball", "theory"]
PAGE_LIGHT, PAGE_DARK = (1.0, 1.0, 1.0), to_rgb("#121212")


@pytest.fixture
def ax():
    mpl.use("Agg")
    with plt.style.context("momentum.book"):
        figure, axes = plt.subplots()
        yield axes
        plt.close(figure)


@pytest.fixture
def line():
    return descend(double_well(), np.array([2.0]), 0.01, 0.9, steps=20)


@pytest.fixture
def plane():
    return descend(ravine(), np.array([2.0, 1.0]), 0.05, 0.8, steps=15)


def data(artist):
    return artist.get_xydata().T.tolist()


# --- the grammar ---------------------------------------------------------------------------------


def luminance(colour):
    channels = np.asarray(colour)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, two):
    """Return the contrast ratio of WCAG 2."""
    low, high = sorted([luminance(one), luminance(two)])
    return (high + 0.05) / (low + 0.05)


def in_the_dark(colour):
    """Do what the page's filter does, invert(1) hue-rotate(180deg) of the W3C's filter effects."""
    rotate = [[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]]
    return np.clip(rotate @ (1 - np.asarray(colour)), 0, 1)


CONES = {
    "all cones": np.eye(3),
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}


def seen_with(kind, colour):
    """Return CIELAB of a colour as dichromats see it (Machado, Oliveira and Fernandes, 2009)."""
    channels = np.asarray(colour)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = to_xyz @ np.clip(CONES[kind] @ linear, 0, 1) / [0.9505, 1.0, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("method", METHODS)
def test_every_line_stands_out_on_both_pages(method):
    colour = to_rgb(style(method)["color"])
    assert contrast(colour, PAGE_LIGHT) >= 3
    assert contrast(in_the_dark(colour), PAGE_DARK) >= 3


def test_all_text_can_be_read_on_both_pages():
    with plt.style.context("momentum.book"):
        for key in ("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"):
            colour = to_rgb(mpl.rcParams[key])
            assert contrast(colour, PAGE_LIGHT) >= 4.5
            assert contrast(in_the_dark(colour), PAGE_DARK) >= 4.5


@pytest.mark.parametrize("kind", CONES)
@pytest.mark.parametrize("page", ["light", "dark"])
def test_no_two_methods_look_alike(kind, page):
    for one, two in itertools.combinations(METHODS, 2):
        colours = [to_rgb(style(method)["color"]) for method in (one, two)]
        if page == "dark":
            colours = [in_the_dark(colour) for colour in colours]
        # About 2 is the least difference that anybody sees side by side.
        difference = np.linalg.norm(np.subtract(*(seen_with(kind, c) for c in colours)))
        assert difference > (25 if kind == "all cones" else 12)
        assert style(one)["label"] != style(two)["label"]


def test_a_line_style_belongs_to_one_method():
    lines = [str(style(method)["linestyle"]) for method in METHODS]
    # The continuous ball is the one solid line beside form A: grey, and without markers.
    assert {line for line in lines if lines.count(line) > 1} == {"-"}
    assert lines.count("-") == 2


def test_a_style_is_a_dict_of_its_own_and_can_be_overridden():
    assert set(style("velocity")) == {"color", "linestyle", "label"}
    changed = style("velocity", label="momentum", linewidth=1)
    assert (changed["label"], changed["linewidth"]) == ("momentum", 1)
    style("velocity")["label"] = "spoilt"
    assert style("velocity")["label"] != "spoilt"


def test_the_stylesheet():
    with plt.style.context("momentum.book"):
        width, height = mpl.rcParams["figure.figsize"]
        assert (width * 240, height * 240) == (1344, 768)
        assert mpl.rcParams["figure.dpi"] == mpl.rcParams["savefig.dpi"] == 240
        for key in ("figure.facecolor", "axes.facecolor", "savefig.facecolor"):
            assert mpl.rcParams[key] == "none"
        cycle = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
        assert cycle[0].lstrip("#") == style("velocity")["color"].lstrip("#")


# --- landscapes ----------------------------------------------------------------------------------


def test_a_curve_is_the_landscape_over_its_domain(ax):
    assert plot_landscape(ax, double_well()) is None
    (curve,) = ax.lines
    w, loss = curve.get_xydata().T
    assert (w[0], w[-1], len(w)) == (*double_well().domain[0], 400)
    np.testing.assert_allclose(np.diff(w), np.diff(w)[0])
    assert np.array_equal(loss, double_well().value(w[:, None]))
    assert curve.get_color() == GROUND
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w$", "loss $f(w)$")
    assert ax.get_title() == ""


def test_contours_lie_where_the_landscape_has_their_height(ax):
    assert plot_landscape(ax, himmelblau(), points=200) is None
    (contours,) = ax.collections
    # The quantiles at (k / 15)^2: dense in the valleys, which hold most of the steps.
    axes = np.meshgrid(*[np.linspace(low, high, 200) for low, high in himmelblau().domain])
    loss = himmelblau().value(np.stack(axes, axis=-1))
    np.testing.assert_allclose(contours.levels, np.quantile(loss, (np.arange(1, 15) / 15) ** 2))
    assert {to_hex(colour).upper() for colour in contours.get_edgecolor()} == {GROUND}
    assert set(contours.get_linewidth()) == {0.6}
    assert {style for _, style in contours.get_linestyle()} == {None}
    for level, curve in zip(contours.levels, contours.get_paths(), strict=True):
        heights = himmelblau().value(curve.vertices)
        assert np.abs(heights - level).max() < 0.02 * level + 0.5
    (left, right), (low, high) = himmelblau().domain
    assert ax.get_xlim() == pytest.approx((left, right), rel=0.1)
    assert ax.get_ylim() == pytest.approx((low, high), rel=0.1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w_1$", "$w_2$")


@pytest.mark.parametrize("make", [ravine, double_well], ids=name_of)
def test_the_landscape_lies_below_the_path(ax, make):
    land = make()
    plot_landscape(ax, land)
    path = descend(land, np.full(land.dim, 1.0), 0.01, steps=3)
    plot_path(ax, path, landscape=land)
    ground, run, start = [*ax.collections, *ax.lines]
    assert ground.get_zorder() < 2 < run.get_zorder() < start.get_zorder()


def test_two_points_are_enough_for_a_curve(ax):
    plot_landscape(ax, slope(), points=2)
    assert data(ax.lines[0]) == [[-4.0, 4.0], [-4.0, 4.0]]


# --- runs ----------------------------------------------------------------------------------------


def assert_ring(start, run):
    """Check the mark of the start: a ring in the colour of the run, and not in the legend."""
    assert start.get_color() == run.get_color()
    assert (start.get_marker(), start.get_fillstyle(), start.get_linestyle()) == ("o", "none", "None")
    assert start.get_markersize() == 8 > 2 * run.get_markersize() > 0
    assert start.get_label().startswith("_")


def assert_look(artist, method):
    expected = style(method)
    reference = mpl.lines.Line2D([], [], **expected)
    assert artist.get_color() == expected["color"]
    assert artist.get_linestyle() == reference.get_linestyle()
    assert artist.get_label() == expected["label"]


@pytest.mark.parametrize("method", METHODS)
def test_a_path_on_the_map(ax, plane, method):
    assert plot_path(ax, plane, method=method) is None
    run, start = ax.lines
    assert data(run) == plane.w.T.tolist()
    assert data(start) == [[2.0], [1.0]]
    assert_look(run, method)
    assert_ring(start, run)
    assert (run.get_marker(), run.get_markersize(), run.get_linewidth()) == ("o", 3, 1.5)
    assert ax.get_title() == ""


def test_a_path_on_its_hill(ax, line):
    assert plot_path(ax, line, landscape=double_well()) is None
    run, start = ax.lines
    assert data(run) == [line.w[:, 0].tolist(), line.loss.tolist()]
    assert data(start) == [[2.0], [line.loss[0]]]
    assert_look(run, "velocity")


def test_a_path_over_the_steps(ax, line):
    assert plot_path(ax, line, method="sgd") is None
    run, start = ax.lines
    assert data(run) == [list(range(21)), line.w[:, 0].tolist()]
    assert data(start) == [[0], [2.0]]
    assert_look(run, "sgd")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step $k$", "$w_k$")


def test_a_loss(ax, line):
    assert plot_loss(ax, line, method="nesterov", minimum=-0.5) is None
    (run,) = ax.lines
    assert data(run) == [list(range(21)), (line.loss + 0.5).tolist()]
    assert_look(run, "nesterov")
    assert ax.get_yscale() == "log"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step $k$", "loss above the minimum")


def test_a_loss_lies_on_the_zero_level_by_default(ax, plane):
    plot_loss(ax, plane)
    assert data(ax.lines[0])[1] == plane.loss.tolist()
    assert_look(ax.lines[0], "velocity")


@pytest.mark.parametrize("axis", [0, 1])
def test_a_phase_portrait(ax, plane, axis):
    assert plot_phase(ax, plane, method="heavy_ball", axis=axis) is None
    run, start = ax.lines
    velocity = [0.0, *np.diff(plane.w[:, axis])]
    assert data(run) == [plane.w[:, axis].tolist(), velocity]
    assert data(start) == [[plane.w[0, axis]], [0.0]]
    assert_look(run, "heavy_ball")
    assert_ring(start, run)
    assert (run.get_marker(), run.get_markersize(), run.get_linewidth()) == ("o", 3, 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("position $w$", "velocity $v$")


def test_a_phase_portrait_is_of_the_first_variable_in_form_a_by_default(ax, plane):
    plot_phase(ax, plane)
    assert data(ax.lines[0])[0] == plane.w[:, 0].tolist()
    assert_look(ax.lines[0], "velocity")


@pytest.mark.parametrize("draw", [plot_path, plot_loss, plot_phase], ids=name_of)
def test_what_is_passed_on_reaches_the_line(ax, line, draw):
    draw(ax, line, method="sgd", label="mine", color="#123456", linewidth=0.5)
    assert ax.lines[0].get_label() == "mine"
    assert ax.lines[0].get_linewidth() == 0.5
    assert {artist.get_color() for artist in ax.lines} == {"#123456"}


def test_exact_runs_can_be_drawn(ax):
    path = descend(bowl(1), exact(1), exact(1)[0] / 3, exact(1)[0] / 2, steps=4)
    plot_path(ax, path)
    plot_phase(ax, path)
    assert data(ax.lines[0])[1] == path.w[:, 0].astype(float).tolist()


@pytest.mark.parametrize("draw", [plot_path, plot_loss, plot_phase], ids=name_of)
def test_only_the_given_axes_are_drawn_on(line, draw):
    mpl.use("Agg")
    figure, (left, right) = plt.subplots(1, 2)
    plt.sca(right)
    draw(left, line)
    assert left.lines
    assert not right.lines
    plt.close(figure)


def test_drawing_leaves_the_path_alone(ax, line):
    w, loss = line.w.copy(), line.loss.copy()
    for draw in (plot_path, plot_loss, plot_phase):
        draw(ax, line)
    plot_path(ax, line, landscape=double_well())
    assert np.array_equal(line.w, w)
    assert np.array_equal(line.loss, loss)
