"""`BallLab`: a ball on a hill, the same motion as a run of form A."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.figure import Figure

from momentum.descent import Path, descend
from momentum.lab.base import Lab, Number, landscape_data, state
from momentum.lab.schedules import Array
from momentum.landscapes import Landscape, bowl, bumps, double_well, slope
from momentum.physics import energy
from momentum.plotting import plot_landscape, plot_path, style

HILLS: dict[str, Landscape] = {
    "slope": slope(),
    "bowl": bowl(),
    "double well": double_well(),
    "bumps": bumps(),
}
BOUNDS = (-5.5, 4.0)
# What goes in as the last of one pair must not come out as an ulp more than the last of the other.
LR, MU = (1e-4, 1.0), (0.0, 0.999)
MASS, DRAG = (0.04, 400.0), (1e-4, 2000.0)
# From the bottom to the top of the energy, and in whose line style the upper edge is drawn.
BANDS = {"lost": "accumulator", "kinetic": "averaged", "potential": "sgd"}
LABELS = {"lost": "lost to drag", "kinetic": "kinetic", "potential": "potential"}


def _within(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


class BallLab(Lab):
    """A ball that rolls down a hill, one update of form A after the other.

    Attributes
    ----------
    hill : {"slope", "bowl", "double well", "bumps"}
        The landscape.
    control : {"optimizer", "ball"}
        Which pair the reader sets: `lr` and `mu`, or `mass` and `drag`; the other pair follows.
    lr, mu : float
        The learning rate and the momentum coefficient.
    mass, drag : float
        The ball that moves so, at the fixed `time_step` of 0.2.
    start : float
        Where the ball is let go.
    step : int
        The update that the figure stands at.

    Examples
    --------
    >>> lab = BallLab(hill="bowl", lr=0.1, mu=0.5, start=1.0)
    >>> lab.path.w.shape
    (201, 1)
    >>> lab.close()
    """

    entry: ClassVar[str] = "ball.js"
    hill = state(traitlets.Enum(list(HILLS), default_value="bowl"))
    control = state(traitlets.Enum(["optimizer", "ball"], default_value="optimizer"))
    lr = state(Number(0.02, min=LR[0], max=LR[1]))
    mu = state(Number(0.9, min=MU[0], max=MU[1]))
    mass = state(Number(2.0, min=MASS[0], max=MASS[1]))
    drag = state(Number(1.0, min=DRAG[0], max=DRAG[1]))
    start = state(Number(-2.0, min=BOUNDS[0], max=BOUNDS[1]))
    step = state(traitlets.Int(0, min=0, max=200))
    time_step = traitlets.Float(0.2, read_only=True).tag(sync=True)
    steps = traitlets.Int(200, read_only=True).tag(sync=True)
    bounds = traitlets.List(traitlets.Float(), list(BOUNDS), read_only=True).tag(sync=True)
    hills = traitlets.Dict(read_only=True).tag(sync=True)

    @traitlets.default("hills")
    def _hills(self) -> dict[str, Any]:
        return {name: landscape_data(hill) for name, hill in HILLS.items()}

    @traitlets.default("name")
    def _name(self) -> str:
        return "ball"

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._follow()

    @traitlets.observe("control", "lr", "mu", "mass", "drag")
    def _follow(self, _: Any = None) -> None:
        # The same operations as in ball.js, so that the two sides agree and nothing is sent twice.
        h = self.time_step
        if self.control == "optimizer":
            self.mass = _within(h * h / self.lr, *MASS)
            self.drag = _within((1 - self.mu) * h / self.lr, *DRAG)
        else:
            self.lr = _within(h * h / self.mass, *LR)
            self.mu = _within(1 - self.drag * h / self.mass, *MU)

    def free_traits(self) -> list[str]:
        """Return the state without the pair that follows from the other."""
        followers = ("mass", "drag") if self.control == "optimizer" else ("lr", "mu")
        return [name for name in self.state_traits() if name not in followers]

    @property
    def path(self) -> Path:
        """The run that the figure draws."""
        return descend(HILLS[self.hill], [self.start], lr=self.lr, mu=self.mu, steps=self.steps)

    @property
    def energies(self) -> dict[str, Array]:
        """The energy over the steps, "kinetic", "potential" and "lost" to drag, each of shape (201,).

        Together they are the energy at the start. The potential is the height above the lowest point of the
        hill or of the run. Where the learning rate is too large the loss of energy is negative.
        """
        hill, path = HILLS[self.hill], self.path
        (low, high), loss = hill.domain[0], path.loss
        assert loss is not None
        heights = hill.value(low + (high - low) * np.arange(161)[:, None] / 160)
        with np.errstate(invalid="ignore", over="ignore"):
            total = energy(path, hill, self.lr, self.mu)
            finite = loss[np.isfinite(loss)]
            potential = loss - min(heights.min(), finite.min())
            return {"lost": total[0] - total, "kinetic": total - loss, "potential": potential}

    def describe(self) -> str:
        """Return what the figure shows, in a sentence or two."""
        path, k = self.path, self.step
        if 0 <= path.diverged_at <= k:
            return f"A ball on a hill ({self.hill}): the run diverged at step {path.diverged_at}."
        now = {name: each[k] for name, each in self.energies.items()}
        return (
            f"A ball on a hill ({self.hill}), let go at {self.start:g}: after {k} updates it is at "
            f"{path.w[k, 0]:.3g}. Of the energy {sum(now.values()):.3g} at the start, "
            f"{now['potential']:.3g} is potential, {now['kinetic']:.3g} kinetic, "
            f"{now['lost']:.3g} lost to drag."
        )

    def still(self) -> Figure:
        """Return the hill with the ball's way up to the step, and where its energy is."""
        import matplotlib.pyplot as plt

        hill, path, energies = HILLS[self.hill], self.path, self.energies
        figure, (place, bands) = plt.subplots(1, 2, figsize=(5.6, 2.8), width_ratios=(1.35, 1))
        plot_landscape(place, hill)
        if self.hill != "slope":
            # A run that leaves the hill goes on outside the picture.
            place.set(xlim=place.get_xlim(), ylim=place.get_ylim())
        shown = path.w[: self.step + 1]
        # What diverges is left out long before its loss overflows.
        shown = shown[(np.abs(shown) < 1e9).all(axis=-1)]
        plot_path(place, path._replace(w=shown), landscape=hill)
        place.plot(shown[-1], hill.value(shown[-1:]), "o", color=style("velocity")["color"], markersize=9)
        steps, floor = np.arange(len(path.w)), np.zeros(len(path.w))
        start = sum(each[0] for each in energies.values())
        bottom = -start if np.nanmin(energies["lost"]) < -1e-9 * start else 0.0
        for name, method in BANDS.items():
            top = floor + np.nan_to_num(energies[name]).clip(-9 * start, 9 * start)
            look = style(method, label=LABELS[name], linewidth=1.2)
            bands.fill_between(steps, floor, top, color=look["color"], alpha=0.25, linewidth=0)
            bands.plot(steps, top, **look)
            floor = top
        bands.axvline(self.step, color="#7A7A7A", linewidth=1)
        bands.set(xlabel="step $k$", ylabel="energy", ylim=(bottom, 1.05 * start))
        handles, labels = bands.get_legend_handles_labels()
        figure.legend(handles[::-1], labels[::-1], loc="outside upper right", ncols=3)
        return figure
