"""Helpers that draw on a given axes, in one visual grammar: one colour and one line style a method.

Each takes the axes first, draws, and returns nothing. The rest of a figure's look is the stylesheet
`book.mplstyle`, used as ``plt.style.use("momentum.book")``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from momentum._checks import refuse
from momentum.descent import Path
from momentum.landscapes import Landscape

# Far apart for the colour-blind too, and at least 3:1 on white and, inverted, on the dark page
# (`tests/test_plotting.py` computes both); never colour alone.
STYLES: dict[str, dict[str, Any]] = {
    "sgd": {"color": "#0072B2", "linestyle": (0, (1, 1)), "label": "gradient descent"},
    "velocity": {"color": "#D55E00", "linestyle": "-", "label": "form A"},
    "accumulator": {"color": "#367D47", "linestyle": (0, (5, 2)), "label": "form B"},
    "averaged": {"color": "#7D3660", "linestyle": (0, (5, 1, 1, 1)), "label": "form E"},
    "heavy_ball": {"color": "#B82E2E", "linestyle": (0, (8, 2)), "label": "heavy ball"},
    "nesterov": {"color": "#312E6B", "linestyle": (0, (3, 1, 1, 1, 1, 1)), "label": "Nesterov"},
    "ball": {"color": "#7A7A7A", "linestyle": "-", "label": "continuous ball"},
    "theory": {"color": "#222222", "linestyle": (0, (2, 2)), "label": "theory"},
}
GROUND = "#7A7A7A"
LEVELS = 14


def style(method: str, **overrides: Any) -> dict[str, Any]:
    """Return the colour, the line style and the label of a method, for `Axes.plot`.

    Parameters
    ----------
    method : str
        A key of `STYLES`.
    **overrides
        Anything to add or to replace, such as ``label``.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If the method is unknown.

    Examples
    --------
    >>> style("velocity", label="momentum")["label"]
    'momentum'
    """
    if method not in STYLES:
        raise refuse("method", method, f"one of {', '.join(STYLES)}")
    return STYLES[method] | overrides


def plot_landscape(ax: Axes, landscape: Landscape, points: int = 400) -> None:
    """Draw a landscape over its domain: the curve in one variable, contours in two.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    landscape : Landscape
        What to draw.
    points : int
        How many points along an axis.

    Raises
    ------
    ValueError
        If `points` is below 2 or no whole number.
    """
    if not isinstance(points, int) or points < 2:
        raise refuse("points", points, "a whole number, at least 2")
    axes = [np.linspace(low, high, points) for low, high in landscape.domain]
    if landscape.dim == 1:
        ax.plot(axes[0], landscape.value(axes[0][:, None]), color=GROUND, zorder=1)
        ax.set(xlabel="$w$", ylabel="loss $f(w)$")
        return
    x, y = np.meshgrid(*axes)
    loss = landscape.value(np.stack([x, y], axis=-1))
    # Levels at equal quantiles: a steep wall does not take them all, and the valley keeps its shape.
    levels = np.unique(np.quantile(loss, np.linspace(0, 1, LEVELS + 2)[1:-1] ** 2))
    ax.contour(x, y, loss, levels=levels, colors=GROUND, linewidths=0.6, linestyles="solid", zorder=1)
    ax.set(xlabel="$w_1$", ylabel="$w_2$")


def plot_path(
    ax: Axes, path: Path, method: str = "velocity", landscape: Landscape | None = None, **overrides: Any
) -> None:
    """Draw the points of one run, the start ringed: on the map in two variables, on the hill in one.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    path : Path
        One run, with its points kept, shape (steps + 1, dim).
    method : str
        Whose colour and line style it gets.
    landscape : Landscape, optional
        In one variable: the hill on which the points lie. Without it they are drawn over the step number.
    **overrides
        Passed to `Axes.plot`.

    Raises
    ------
    ValueError
        If the method is unknown or the path holds a batch of runs.
    """
    if path.w.ndim != 2:
        raise refuse("path.w", path.w.shape, "of shape (steps + 1, dim): one run")
    w = np.asarray(path.w, dtype=float)
    if w.shape[1] == 2:
        x, y = w.T
    elif landscape is not None:
        x, y = w[:, 0], landscape.value(w)
    else:
        x, y = np.arange(len(w)), w[:, 0]
        ax.set(xlabel="step $k$", ylabel="$w_k$")
    look: dict[str, Any] = {"marker": "o", "markersize": 3, "linewidth": 1.5, "zorder": 3} | style(
        method, **overrides
    )
    ax.plot(x, y, **look)
    ax.plot(x[:1], y[:1], "o", color=look["color"], markersize=8, fillstyle="none", zorder=4)


def plot_loss(ax: Axes, path: Path, method: str = "velocity", minimum: float = 0.0, **overrides: Any) -> None:
    """Draw the loss above its minimum over the step number, on a log scale.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    path : Path
        One run down a landscape.
    method : str
        Whose colour and line style it gets.
    minimum : float
        The loss at the bottom.
    **overrides
        Passed to `Axes.plot`.

    Raises
    ------
    ValueError
        If the method is unknown, the path holds a batch, or it has no loss (a bare gradient was descended).
    """
    if path.loss is None or path.loss.ndim != 1:
        raise refuse("path.loss", None if path.loss is None else path.loss.shape, "of shape (steps + 1,)")
    ax.semilogy(np.arange(len(path.loss)), path.loss - minimum, **style(method, **overrides))
    ax.set(xlabel="step $k$", ylabel="loss above the minimum")


def plot_phase(ax: Axes, path: Path, method: str = "velocity", axis: int = 0, **overrides: Any) -> None:
    """Draw velocity over position, step by step: the phase portrait of one run from rest.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    path : Path
        One run, with its points kept, shape (steps + 1, dim).
    method : str
        Whose colour and line style it gets.
    axis : int
        Which variable.
    **overrides
        Passed to `Axes.plot`.

    Raises
    ------
    ValueError
        If the method is unknown, the path holds a batch of runs, or it has no such variable.
    """
    if path.w.ndim != 2:
        raise refuse("path.w", path.w.shape, "of shape (steps + 1, dim): one run")
    if axis not in range(path.w.shape[1]):
        raise refuse("axis", axis, f"one of the {path.w.shape[1]} variables of the run, counted from 0")
    position = np.asarray(path.w[:, axis], dtype=float)
    velocity = np.diff(position, prepend=position[0])
    look: dict[str, Any] = {"marker": "o", "markersize": 3, "linewidth": 1} | style(method, **overrides)
    ax.plot(position, velocity, **look)
    ax.plot(position[:1], velocity[:1], "o", color=look["color"], markersize=8, fillstyle="none")
    ax.set(xlabel="position $w$", ylabel="velocity $v$")
