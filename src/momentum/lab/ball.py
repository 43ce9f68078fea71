"""`BallLab`: a ball on a hill, the same motion as a run of form A."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.figure import Figure

from momentum.descent import Path, descend
from momentum.lab.base import Lab, landscape_data, state
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
    step : float
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
    lr = state(traitlets.Float(0.02, min=1e-4, max=1.0))
    mu = state(traitlets.Float(0.9, min=0.0, max=0.999))
    mass = state(traitlets.Float(2.0, min=0.04, max=400.0))
    drag = state(traitlets.Float(1.0, min=0.0, max=2000.0))
    start = state(traitlets.Float(-2.0, min=BOUNDS[0], max=BOUNDS[1]))
    step = state(traitlets.Float(0.0, min=0.0, max=200.0))
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
            self.mass = h * h / self.lr
            self.drag = (1 - self.mu) * h / self.lr
        else:
            self.lr = h * h / self.mass
            self.mu = max(0.0, 1 - self.drag * h / self.mass)

    @property
    def path(self) -> Path:
        """The run that the figure draws."""
        return descend(HILLS[self.hill], [self.start], lr=self.lr, mu=self.mu, steps=self.steps)

    def describe(self) -> str:
        """Return what the figure shows, in a sentence or two."""
        path, k = self.path, int(self.step)
        if 0 <= path.diverged_at <= k:
            return f"A ball on a hill ({self.hill}): the run diverged at step {path.diverged_at}."
        total = energy(path, HILLS[self.hill], self.lr, self.mu)
        lost = total[0] - total[k]
        return (
            f"A ball on a hill ({self.hill}), let go at {self.start:g}: after {k} updates it is at "
            f"{path.w[k, 0]:.3g}, and {lost:.3g} of its energy is lost to drag."
        )

    def still(self) -> Figure:
        """Return the hill with the ball's way, and its energy over the steps."""
        import matplotlib.pyplot as plt

        hill, path = HILLS[self.hill], self.path
        figure, (place, energies) = plt.subplots(1, 2, figsize=(5.6, 2.6), width_ratios=(1.35, 1))
        plot_landscape(place, hill)
        plot_path(place, path, landscape=hill)
        steps = np.arange(len(path.w))
        total = energy(path, hill, self.lr, self.mu)
        energies.plot(steps, path.loss, **style("sgd", label="potential"))
        energies.plot(steps, total - path.loss, **style("averaged", label="kinetic"))
        energies.plot(steps, total, **style("velocity", label="total"))
        energies.set(xlabel="step $k$", ylabel="energy")
        energies.legend()
        return figure
