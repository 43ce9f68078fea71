"""`PathLab`: three ways down a landscape in two variables, from one start."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.figure import Figure

from momentum.descent import Path, descend
from momentum.lab.base import Lab, Number, landscape_data, state
from momentum.landscapes import Landscape, himmelblau, ravine, rosenbrock, saddle
from momentum.plotting import plot_landscape, plot_loss, plot_path, style
from momentum.updates import Step, nesterov_step, sgd_step, velocity_step

MAPS: dict[str, Landscape] = {
    "ravine": ravine(),
    "saddle": saddle(),
    "rosenbrock": rosenbrock(),
    "himmelblau": himmelblau(),
}
# The loss at the bottom. A saddle has none: there a run is done when it leaves the map.
MINIMUM: dict[str, float | None] = {"ravine": 0.0, "saddle": None, "rosenbrock": 0.0, "himmelblau": 0.0}
# A start and a learning rate from which there is something to see.
SUITS: dict[str, dict[str, Any]] = {
    "ravine": {"start": [-2.2, 0.8], "lr": 0.02},
    "saddle": {"start": [-1.8, 0.01], "lr": 0.05},
    "rosenbrock": {"start": [-1.2, 1.0], "lr": 0.0005},
    "himmelblau": {"start": [0.5, -4.0], "lr": 0.004},
}
METHODS: dict[str, tuple[str, Step]] = {
    "sgd": ("gradient descent", sgd_step),
    "velocity": ("momentum", velocity_step),
    "nesterov": ("Nesterov", nesterov_step),
}


class PathLab(Lab):
    """Gradient descent, momentum (form A) and Nesterov's method on a map, from one start.

    Parameters
    ----------
    **traits
        Initial values. Without a `start` or an `lr`, those that suit the landscape.

    Attributes
    ----------
    landscape : {"ravine", "saddle", "rosenbrock", "himmelblau"}
        The map.
    condition : float
        The condition number of the ravine.
    start : list of two floats
        Where all methods start.
    lr, mu : float
        The learning rate and the momentum coefficient.
    methods : list of {"sgd", "velocity", "nesterov"}
        Those that are drawn.
    tolerance : float
        The loss above the minimum that counts as arrived.
    step : int
        The update that the figure stands at.

    Examples
    --------
    >>> lab = PathLab(landscape="ravine", start=[1.0, 1.0], methods=["sgd", "velocity"])
    >>> {method: path.w.shape for method, path in lab.paths.items()}
    {'sgd': (301, 2), 'velocity': (301, 2)}
    >>> lab.close()
    """

    entry: ClassVar[str] = "path.js"
    landscape = state(traitlets.Enum(list(MAPS), default_value="ravine"))
    condition = state(Number(30.0, min=1.0, max=1000.0))
    start = state(traitlets.List(Number(min=-5.0, max=5.0), minlen=2, maxlen=2))
    lr = state(Number(min=1e-5, max=1.0))
    mu = state(Number(0.9, min=0.0, max=0.999))
    methods = state(traitlets.List(traitlets.Enum(list(METHODS)), list(METHODS)))
    tolerance = state(Number(1e-3, min=1e-8, max=1.0))
    step = state(traitlets.Int(40, min=0, max=300))
    steps = traitlets.Int(300, read_only=True).tag(sync=True)
    maps = traitlets.Dict(read_only=True).tag(sync=True)

    @traitlets.default("maps")
    def _maps(self) -> dict[str, Any]:
        return {
            name: landscape_data(each) | {"minimum": MINIMUM[name], "suits": SUITS[name]}
            for name, each in MAPS.items()
        }

    @traitlets.default("start")
    def _start(self) -> list[float]:
        return list(SUITS[self.landscape]["start"])

    @traitlets.default("lr")
    def _lr(self) -> float:
        return float(SUITS[self.landscape]["lr"])

    @traitlets.default("name")
    def _name(self) -> str:
        return "path"

    @property
    def surface(self) -> Landscape:
        """The landscape that is descended."""
        return ravine(self.condition) if self.landscape == "ravine" else MAPS[self.landscape]

    @property
    def paths(self) -> dict[str, Path]:
        """The runs that the figure draws, by method."""
        return {method: self._run(method) for method in METHODS if method in self.methods}

    @property
    def path(self) -> Path:
        """The run with momentum, whether it is drawn or not."""
        return self._run("velocity")

    def _run(self, method: str) -> Path:
        return descend(
            self.surface, self.start, lr=self.lr, mu=self.mu, steps=self.steps, step=METHODS[method][1]
        )

    @property
    def steps_needed(self) -> dict[str, int]:
        """After how many steps each run is done, -1 if it is not.

        Done is a run from the step on after which its loss stays within `tolerance` of the minimum; on the
        saddle, which has none, from the first step outside the map.
        """
        return {method: self._needed(path) for method, path in self.paths.items()}

    def _on_map(self, path: Path) -> Any:
        low, high = np.array(self.surface.domain).T
        return np.all((path.w >= low) & (path.w <= high), axis=-1)

    def _off_from(self, path: Path) -> int:
        """Return the step from which on a run is off the map, -1 if it ends on it."""
        on = np.flatnonzero(self._on_map(path))
        last = int(on[-1]) if on.size else -1
        return -1 if last == self.steps else last + 1

    def _needed(self, path: Path) -> int:
        minimum = MINIMUM[self.landscape]
        if minimum is None:
            outside = np.flatnonzero(~self._on_map(path))
            return int(outside[0]) if outside.size else -1
        assert path.loss is not None
        with np.errstate(invalid="ignore"):
            above = np.flatnonzero(~(path.loss - minimum <= self.tolerance))
        done = int(above[-1]) + 1 if above.size else 0
        return done if done <= self.steps else -1

    def describe(self) -> str:
        """Return what the figure shows, in a sentence or two."""
        parts = [self._outcome(method, path) for method, path in self.paths.items()]
        if not parts:
            return f"A map of the landscape {self.landscape}; no method is switched on."
        x, y = self.start
        return (
            f"A map of the landscape {self.landscape} with paths from ({x:g}, {y:g}). "
            f"Loss at step {self.step}: {'; '.join(parts)}."
        )

    def _outcome(self, method: str, path: Path) -> str:
        assert path.loss is not None
        loss, needed = path.loss[self.step], self._needed(path)
        off = self._off_from(path)
        if MINIMUM[self.landscape] is None:
            fate = f"on the map {f'until step {needed}' if needed >= 0 else f'for all {self.steps} steps'}"
        elif path.diverged_at >= 0:
            fate = f"diverged at step {path.diverged_at}"
        elif needed >= 0:
            fate = f"within {self.tolerance:.3g} from step {needed} on"
        elif off >= 0:
            fate = f"diverging, off the map from step {off} on"
        else:
            fate = f"not within {self.tolerance:.3g} in {self.steps} steps"
        name = METHODS[method][0]
        return f"{name} {loss:.3g}, {fate}" if np.isfinite(loss) else f"{name} {fate}"

    def still(self) -> Figure:
        """Return the map with the paths up to the step, and the losses of the whole runs."""
        import matplotlib.pyplot as plt

        surface, minimum = self.surface, MINIMUM[self.landscape]
        figure, (place, losses) = plt.subplots(1, 2, figsize=(5.6, 2.9), width_ratios=(1.2, 1))
        plot_landscape(place, surface, points=200)
        # A run that ends off the map is drawn up to where it leaves it for good.
        place.set(xlim=place.get_xlim(), ylim=place.get_ylim())
        start_loss = float(surface.value(self.start))
        for method, path in self.paths.items():
            off = self._off_from(path)
            until = self.step if off < 0 else min(self.step, off)
            shown = path._replace(w=path.w[: until + 1])
            shown = shown._replace(w=shown.w[np.isfinite(shown.w).all(axis=-1)])
            plot_path(place, shown, method=method, markersize=2, label="_")
            assert path.loss is not None
            high = 100 * max(start_loss - (minimum or 0.0), 1.0)
            loss = np.where(np.abs(path.loss) < high, path.loss, np.nan)
            visible = path._replace(loss=loss)
            look = {"label": METHODS[method][0], "linewidth": 1.2}
            if minimum is None:
                losses.plot(np.arange(len(loss)), loss, **style(method, **look))
                losses.set(xlabel="step $k$", ylabel="loss $f(w)$", ylim=(-2.2, 2.2))
            else:
                plot_loss(losses, visible, method=method, minimum=minimum, **look)
        if minimum is not None:
            losses.axhline(self.tolerance, **style("theory", label="tolerance"), linewidth=1)
            losses.set_ylim(bottom=1e-3 * self.tolerance)
        if self.methods:
            figure.legend(loc="outside upper center", ncols=4)
        return figure
