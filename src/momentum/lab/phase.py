"""`PhaseLab`: what momentum does on a parabola, for every learning rate and every mu at once."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.figure import Figure

from momentum.descent import Path, descend
from momentum.lab.base import Lab, Number, landscape_data, state
from momentum.landscapes import bowl
from momentum.plotting import plot_phase, style
from momentum.theory import energy_bound, optimal_hyperparameters, regime, spectral_radius

Array = np.ndarray[Any, np.dtype[Any]]

GROUND = bowl(1.0)
BOUNDS = (0.001, 4.2)
LEVELS = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
FATES = {
    "monotone": "creeps to the minimum from one side",
    "oscillating": "swings around the minimum",
    "alternating": "jumps across the minimum at every step",
    "marginal": "neither converges nor diverges",
    "divergent": "runs away",
}


def level_region(radius: float) -> list[tuple[float, float]]:
    r"""Return the corners (a, mu) of the region where the spectral radius is at most `radius`.

    The region is a trapezoid exactly: where the roots are complex it ends at :math:`\mu = \rho^2`, and
    where they are real it ends where one of them is :math:`\rho` or :math:`-\rho`, which is linear in
    :math:`a` and :math:`\mu`.

    Parameters
    ----------
    radius : float
        The spectral radius, in (0, 1].

    Returns
    -------
    list of four pairs

    Examples
    --------
    >>> level_region(1.0)
    [(0.0, 0.0), (2.0, 0.0), (4.0, 1.0), (0.0, 1.0)]
    """
    top = radius**2
    return [(1 - radius, 0.0), (1 + radius, 0.0), ((1 + radius) ** 2, top), ((1 - radius) ** 2, top)]


class PhaseLab(Lab):
    """The map of learning rate times curvature and mu, with the run at one point of it.

    Attributes
    ----------
    a : float
        The learning rate times the curvature.
    mu : float
        The momentum coefficient.
    condition : float
        The condition number for which the map marks the best point; the largest curvature is then at `a`
        and the smallest at ``a / condition``.
    steps : int
        How many updates of the run are shown.

    Examples
    --------
    >>> lab = PhaseLab(a=0.5, mu=0.81)
    >>> lab.regime, round(lab.radius, 6)
    ('oscillating', 0.9)
    >>> lab.close()
    """

    entry: ClassVar[str] = "phase.js"
    a = state(Number(0.1, min=BOUNDS[0], max=BOUNDS[1]))
    mu = state(Number(0.9, min=0.0, max=0.999))
    condition = state(Number(10.0, min=1.0, max=10000.0))
    steps = state(traitlets.Int(60, min=10, max=400))
    bounds = traitlets.List(traitlets.Float(), list(BOUNDS), read_only=True).tag(sync=True)
    levels = traitlets.List(traitlets.Float(), list(LEVELS), read_only=True).tag(sync=True)
    ground = traitlets.Dict(landscape_data(GROUND), read_only=True).tag(sync=True)

    @traitlets.default("name")
    def _name(self) -> str:
        return "phase"

    @property
    def path(self) -> Path:
        """The run at the chosen point, with curvature 1, from rest at 1."""
        return descend(GROUND, [1.0], lr=self.a, mu=self.mu, steps=self.steps)

    @property
    def radius(self) -> float:
        """The spectral radius at the chosen point."""
        return float(spectral_radius(self.a, self.mu))

    @property
    def regime(self) -> str:
        """The regime at the chosen point, as `momentum.theory.regime` names it."""
        return str(regime(self.a, self.mu))

    @property
    def worst_radius(self) -> float:
        """The slower of the two extreme curvatures, at `a`, and at ``a / condition``."""
        return float(max(self.radius, spectral_radius(self.a / self.condition, self.mu)))

    @property
    def tuned(self) -> tuple[float, float]:
        """The best (a, mu) for the condition number."""
        lr, mu = optimal_hyperparameters(self.condition, 1.0)
        return float(lr * self.condition), float(mu)

    @property
    def envelope(self) -> Array:
        r"""The bound :math:`c \rho^k` that the run touches in the long run, shape (steps + 1,).

        The roots and the start at rest fix `c`; it has no finite value where both roots are one.
        """
        trace, k = 1 + self.mu - self.a, np.arange(self.steps + 1)
        discriminant = trace * trace - 4 * self.mu
        # How far the first step is from the mean of the roots, over half their distance.
        lean = 1 - self.a - trace / 2
        half = np.sqrt(abs(discriminant)) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = lean / half if half else np.inf
            side = 1.0 if trace >= 0 else -1.0
            size = np.sqrt(1 + ratio**2) if discriminant < 0 else abs(1 + side * ratio) / 2
            bound: Array = size * self.radius**k
        return bound

    def describe(self) -> str:
        """Return what the figure shows, in a sentence or two."""
        words = (
            f"At learning rate times curvature {self.a:.4g} and mu {self.mu:.4g} the ball "
            f"{FATES[self.regime]}; in the long run each step multiplies its distance by {self.radius:.3g}."
        )
        if self.regime in ("divergent", "marginal"):
            return words
        if self.a <= energy_bound(self.mu, 1.0):
            return f"{words} Its energy never rises."
        return f"{words} This lies above the energy bound: the energy may rise on the way."

    def still(self) -> Figure:
        """Return the map with its borders, and the run at the chosen point."""
        import matplotlib.pyplot as plt

        figure, axes = plt.subplot_mosaic(
            [["map", "w"], ["map", "v"]], figsize=(5.6, 3.3), width_ratios=(1.3, 1), height_ratios=(1, 1)
        )
        self._draw_map(axes["map"])
        path = self.path
        k, w = np.arange(self.steps + 1), path.w[:, 0]
        limit = 1.1 * min(max(1.0, float(np.nanmax(np.abs(w)))), 10.0)
        # A run that has left the picture would only cross it up and down.
        away = np.flatnonzero(~(np.abs(w) <= 30))
        until = int(away[0]) + 1 if away.size else len(w)
        axes["w"].plot(k[:until], w[:until], **style("velocity", linewidth=1.2))
        if np.isfinite(self.envelope).all():
            for sign in (1, -1):
                axes["w"].plot(k, sign * self.envelope, **style("theory", linewidth=1))
        axes["w"].set(xlabel="step $k$", ylabel="$w_k$", ylim=(-limit, limit))
        plot_phase(axes["v"], path._replace(w=path.w[:until]), markersize=2)
        axes["v"].set(xlim=(-limit, limit))
        return figure

    def _draw_map(self, ax: Any) -> None:
        mu = np.linspace(0, 1, 201)
        root = np.sqrt(mu)
        for radius in LEVELS:
            ax.fill(*zip(*level_region(radius), strict=True), color="#0072B2", alpha=0.075, linewidth=0)
        ax.plot(2 * (1 + mu), mu, color="#222222", linewidth=1.6, label="stability")
        ax.plot((1 - root) ** 2, mu, **style("averaged", label="critical damping", linewidth=1.6))
        ax.plot((1 + root) ** 2, mu, **style("averaged", label="", linewidth=1.6))
        ax.plot(2 * (1 - mu), mu, **style("accumulator", label="energy bound", linewidth=1.6))
        best = 2 * (1 + mu) / (1 + 1 / self.condition)
        ax.plot(best, mu, **style("theory", label=rf"best, $\kappa = {self.condition:.4g}$", linewidth=1.2))
        ax.plot(*self.tuned, "D", color="#222222", markersize=5, fillstyle="none")
        ax.plot([self.a / self.condition, self.a], [self.mu] * 2, color="#D55E00", linewidth=1)
        ax.plot(self.a, self.mu, "o", color="#D55E00", markersize=7)
        ax.set(xlabel=r"$a = \eta\lambda$", ylabel=r"$\mu$", xlim=(0, 4.6), ylim=(0, 1))
        ax.legend(loc="lower right", fontsize=7, handlelength=1.6, borderpad=0, labelspacing=0.3)
