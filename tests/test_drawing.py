"""The visual grammar: the ground is grey, thin and below; a run has dots; its start is ringed."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure

from momentum import descend, double_well, ravine
from momentum.plotting import GROUND, plot_landscape, plot_loss, plot_path, plot_phase


@pytest.fixture
def ax():
    # Not the defaults: what a helper leaves unsaid would show as one of these.
    settings = {"lines.linewidth": 7, "lines.markersize": 7, "lines.linestyle": ":", "lines.marker": "x"}
    settings |= {"contour.negative_linestyle": "dotted", "contour.linewidth": 7}
    with mpl.rc_context(settings):
        yield Figure().add_subplot()


@pytest.fixture
def run():
    return descend(ravine(10), [2.0, 1.0], lr=0.05, mu=0.5, steps=5)


def dress(line):
    """Return what a line looks like, colour apart."""
    return (line.get_marker(), line.get_markersize(), line.get_linewidth(), line.get_zorder())


def test_the_hill(ax):
    plot_landscape(ax, double_well())
    assert same_color(ax.lines[0].get_color(), GROUND)
    assert ax.lines[0].get_zorder() == 1


def test_the_map(ax):
    plot_landscape(ax, ravine(10), points=50)
    (contours,) = ax.collections
    assert all(same_color(color, GROUND) for color in contours.get_edgecolor())
    assert set(contours.get_linewidth()) == {0.6}
    assert {style for _, style in contours.get_linestyle()} == {None}
    assert contours.get_zorder() == 1


def test_levels_crowd_where_the_loss_is_low(ax):
    plot_landscape(ax, ravine(10), points=50)
    (contours,) = ax.collections
    x, y = (np.linspace(low, high, 50) for low, high in ravine(10).domain)
    loss = ravine(10).value(np.stack(np.meshgrid(x, y), axis=-1))
    below = [(loss < level).mean() for level in contours.levels]
    np.testing.assert_allclose(below, (np.arange(1, 15) / 15) ** 2, atol=2e-3)


def test_a_path_on_the_map(ax, run):
    plot_path(ax, run)
    dots, ring = ax.lines
    assert dress(dots) == ("o", 3, 1.5, 3)
    assert (ring.get_marker(), ring.get_markersize(), ring.get_zorder()) == ("o", 8, 4)
    assert ring.get_fillstyle() == "none"


def test_a_phase_portrait(ax, run):
    plot_phase(ax, run)
    dots, ring = ax.lines
    assert dress(dots)[:3] == ("o", 3, 1)
    assert (ring.get_marker(), ring.get_markersize()) == ("o", 8)
    assert ring.get_fillstyle() == "none"


def test_a_loss_over_the_steps(ax, run):
    plot_loss(ax, run)
    assert ax.lines[0].get_xdata().tolist() == [0, 1, 2, 3, 4, 5]
