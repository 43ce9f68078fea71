"""`EscapeLab`: in which valley the ball comes to rest, for every momentum coefficient."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.figure import Figure

from momentum.descent import Path, descend
from momentum.lab.base import Lab, Number, landscape_data, state
from momentum.landscapes import Landscape, double_well
from momentum.plotting import plot_landscape, plot_path, style
from momentum.theory.escape import SETTLE, outcomes, thresholds
from momentum.theory.orbits import barrier

CELLS, SHOWN = 161, 400
# Even steps of log(1 - mu), where what is of interest lies, from 0 to 0.999.
GRID = tuple(float(1 - 10 ** (-3 * i / (CELLS - 1))) for i in range(CELLS))
OUTCOMES = ("global", "local", "diverged", "unsettled")
PLACES = {
    "global": "comes to rest in the global minimum",
    "local": "comes to rest in the local minimum",
    "diverged": "diverges",
    "unsettled": f"has not settled after {SETTLE} updates",
}
MOST_SWITCHES = 12
LOOKS = {"global": ("#367D47", ""), "local": ("#D55E00", "////"), "diverged": ("#7A7A7A", "xxxx")}


@lru_cache(maxsize=32)
def mapped(tilt: float, start: float, lr: float) -> tuple[str, ...]:
    """Return where the ball ends for each momentum coefficient of `GRID`."""
    return tuple(outcomes(tilt, start, lr, np.array(GRID)))


@lru_cache(maxsize=32)
def switches(tilt: float, start: float, lr: float) -> tuple[float, ...]:
    """Return the momentum coefficients at which the outcome changes, the first twelve, by halving."""
    cells = mapped(tilt, start, lr)
    found = thresholds(partial(outcomes, tilt, start, lr), GRID, known=cells, most=MOST_SWITCHES)
    return tuple(float(each) for each in found)


class EscapeLab(Lab):
    """A ball on a hill with two valleys, and where it ends for every momentum coefficient.

    Attributes
    ----------
    tilt : float
        How much the right valley is lifted over the left.
    start : float
        Where the ball is let go.
    lr, mu : float
        The learning rate and the momentum coefficient.
    step : int
        The update that the figure stands at.

    Examples
    --------
    >>> lab = EscapeLab(tilt=0.2, start=2.0, lr=0.01, mu=0.9)
    >>> lab.outcome
    'global'
    >>> lab.close()
    """

    entry: ClassVar[str] = "escape.js"
    tilt = state(Number(0.2, min=0.01, max=0.38))
    start = state(Number(2.0, min=-2.5, max=2.5))
    lr = state(Number(0.01, min=0.001, max=0.5))
    mu = state(Number(0.9, min=0.0, max=0.999))
    step = state(traitlets.Int(SHOWN, min=0, max=SHOWN))
    steps = traitlets.Int(SHOWN, read_only=True).tag(sync=True)
    settle = traitlets.Int(SETTLE, read_only=True).tag(sync=True)
    grid = traitlets.List(traitlets.Float(), list(GRID), read_only=True).tag(sync=True)
    well = traitlets.Dict(landscape_data(double_well(0.2)), read_only=True).tag(sync=True)

    @traitlets.default("name")
    def _name(self) -> str:
        return "escape"

    @property
    def hill(self) -> Landscape:
        """The landscape."""
        return double_well(self.tilt)

    @property
    def path(self) -> Path:
        """The run that the figure draws, its first 400 updates."""
        return descend(self.hill, [self.start], lr=self.lr, mu=self.mu, steps=SHOWN)

    @property
    def outcome(self) -> str:
        """Where the ball ends, as "global", "local", "diverged" or "unsettled"."""
        return outcomes(self.tilt, self.start, self.lr, np.array([self.mu]))[0]

    @property
    def map(self) -> tuple[str, ...]:
        """Where the ball ends for each momentum coefficient of `grid`."""
        return mapped(self.tilt, self.start, self.lr)

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The momentum coefficients at which the outcome changes along `grid`, the first twelve."""
        return switches(self.tilt, self.start, self.lr)

    def describe(self) -> str:
        """Return what the figure shows, in a sentence or two."""
        words = f"A ball let go at {self.start:.4g} with mu {self.mu:.4g} {PLACES[self.outcome]}."
        cells, at = self.map, self.thresholds
        if not at:
            return f"{words} So it does for every mu."
        changes = [i for i in range(CELLS - 1) if cells[i] != cells[i + 1]]
        first = [f"{cells[0]} below {at[0]:.4f}"]
        first += [f"{cells[i + 1]} from {mu:.4f}" for i, mu in zip(changes, at, strict=False)][:3]
        more = len(changes) - 3
        return f"{words} Over mu: {', '.join(first)}{f', then {more} more changes' if more > 0 else ''}."

    def still(self) -> Figure:
        """Return the hill with the run, the position over the steps, and the outcomes over mu."""
        import matplotlib.pyplot as plt

        figure, axes = plt.subplot_mosaic(
            [["hill", "w"], ["map", "map"]], figsize=(5.6, 3.3), width_ratios=(1.2, 1), height_ratios=(4, 1)
        )
        path = self.path
        seen = path.w[: self.step + 1]
        away = np.flatnonzero(~(np.abs(seen[:, 0]) < 3))
        shown = path._replace(w=seen[: int(away[0]) if away.size else None])
        plot_landscape(axes["hill"], self.hill)
        plot_path(axes["hill"], shown, landscape=self.hill, markersize=2, linewidth=0.8)
        axes["w"].plot(shown.w[:, 0], **style("velocity", linewidth=1.2))
        axes["w"].axhline(barrier(self.tilt), **style("theory"), linewidth=1)
        axes["w"].annotate(
            "barrier", (SHOWN, barrier(self.tilt)), (0, 3), ha="right", textcoords="offset points"
        )
        axes["w"].set(xlabel="step $k$", ylabel="position $w$", xlim=(0, SHOWN))
        self._draw_map(axes["map"])
        return figure

    def _draw_map(self, ax: Any) -> None:
        from matplotlib.patches import Patch

        cells = self.map
        for i in range(CELLS):
            if cells[i] in LOOKS:
                color, hatch = LOOKS[cells[i]]
                solid = {"facecolor": color, "linewidth": 0}
                hatched = {"facecolor": "none", "edgecolor": color, "hatch": hatch, "linewidth": 0}
                ax.axvspan(i - 0.5, i + 0.5, **(hatched if hatch else solid))
        per_decade = (CELLS - 1) / 3
        ticks = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999]
        ax.set_xticks([-per_decade * np.log10(1 - mu) for mu in ticks], [f"{mu:g}" for mu in ticks])
        ax.axvline(-per_decade * np.log10(1 - self.mu), color="#222222", linewidth=2)
        ax.set(xlabel=r"$\mu$", yticks=[], xlim=(0, CELLS - 1))
        ax.spines["left"].set_visible(False)
        handles = [
            Patch(facecolor="none" if hatch else color, edgecolor=color, hatch=hatch, label=name)
            for name, (color, hatch) in LOOKS.items()
            if name in cells
        ]
        ax.legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 0.95), ncols=3, borderpad=0)
