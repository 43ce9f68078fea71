"""`FormsLab`: the forms of momentum under a learning rate that changes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.figure import Figure

from momentum.descent import Path, descend
from momentum.lab.base import Lab, Number, landscape_data, state
from momentum.lab.schedules import SCHEDULES, Array, cosine_shape, learning_rates
from momentum.landscapes import Landscape, bowl, double_well, slope
from momentum.plotting import style
from momentum.theory import gap_after_lr_change
from momentum.updates import Step, accumulator_step, averaged_step, rescale_velocity, velocity_step

GROUNDS: dict[str, Landscape] = {"slope": slope(), "bowl": bowl(), "double well": double_well()}
# A start and a schedule with which there is something to see.
SUITS: dict[str, dict[str, Any]] = {
    "slope": {"start": 0.0, "lr": 0.1, "lr_end": 0.01, "when": 60},
    "bowl": {"start": 2.0, "lr": 0.1, "lr_end": 0.01, "when": 15},
    # Form A is thrown over the barrier, form B is not.
    "double well": {"start": 1.8, "lr": 0.02, "lr_end": 0.005, "when": 6},
}
FORMS: dict[str, tuple[str, Step]] = {
    "velocity": ("form A", velocity_step),
    "accumulator": ("form B", accumulator_step),
    "averaged": ("form E", averaged_step),
}
KNOTS = 5
# Two runs whose distance stays below this fraction of the way agree but for rounding.
ROUNDING = 1e-12


def with_correction(step: Step) -> Step:
    """Return an update rule that rescales the velocity when the learning rate changes; for one run."""
    last: list[Any] = []

    def corrected(w: Any, v: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        if last and lr != last[0]:
            v = rescale_velocity(v, last[0], lr)
        last[:] = [lr]
        return step(w, v, g, lr, mu)

    return corrected


class FormsLab(Lab):
    """Forms A, B and E of momentum over one schedule of the learning rate.

    Form E gets the learning rate divided by ``1 - mu``, with which it moves as form B does.

    Parameters
    ----------
    **traits
        Initial values. Without `lr`, `lr_end` or `when`, those that suit the landscape.

    Attributes
    ----------
    landscape : {"slope", "bowl", "double well"}
        What is descended. On the slope the gradient is always 1.
    schedule : {"constant", "step", "cosine", "warm-up", "drawn"}
        How the learning rate changes: see `momentum.lab.schedules.learning_rates`.
    lr, lr_end : float
        The learning rate at the first step and at the last.
    when : int
        The step of the drop, or the end of the warm-up.
    knots : list of five floats
        The learning rates that a drawn schedule goes through, evenly spaced.
    mu : float
        The momentum coefficient.
    forms : list of {"velocity", "accumulator", "averaged"}
        The forms that are drawn: A, B and E.
    rescale : bool
        Whether form A's velocity is rescaled when the learning rate changes (momentum correction).
    step : int
        The update that the figure stands at.

    Examples
    --------
    >>> lab = FormsLab(landscape="slope", schedule="step", lr=0.1, lr_end=0.01, when=60)
    >>> float(lab.gap.max().round(2))
    8.07
    >>> lab.close()
    """

    entry: ClassVar[str] = "forms.js"
    landscape = state(traitlets.Enum(list(GROUNDS), default_value="slope"))
    schedule = state(traitlets.Enum(list(SCHEDULES), default_value="step"))
    lr = state(Number(min=1e-4, max=1.0))
    lr_end = state(Number(min=1e-4, max=1.0))
    when = state(traitlets.Int(min=1, max=119))
    knots = state(
        traitlets.List(Number(min=1e-4, max=1.0), [0.02, 0.1, 0.1, 0.03, 0.01], minlen=KNOTS, maxlen=KNOTS)
    )
    mu = state(Number(0.9, min=0.0, max=0.999))
    forms = state(traitlets.List(traitlets.Enum(list(FORMS)), ["velocity", "accumulator"]))
    rescale = state(traitlets.Bool(False))
    step = state(traitlets.Int(120, min=0, max=120))
    steps = traitlets.Int(120, read_only=True).tag(sync=True)
    cosine = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)
    grounds = traitlets.Dict(read_only=True).tag(sync=True)

    @traitlets.default("cosine")
    def _cosine(self) -> list[float]:
        return [float(each) for each in cosine_shape(self.steps)]

    @traitlets.default("grounds")
    def _grounds(self) -> dict[str, Any]:
        return {name: landscape_data(each) | {"suits": SUITS[name]} for name, each in GROUNDS.items()}

    @traitlets.default("lr")
    def _lr(self) -> float:
        return float(SUITS[self.landscape]["lr"])

    @traitlets.default("lr_end")
    def _lr_end(self) -> float:
        return float(SUITS[self.landscape]["lr_end"])

    @traitlets.default("when")
    def _when(self) -> int:
        return int(SUITS[self.landscape]["when"])

    @traitlets.default("name")
    def _name(self) -> str:
        return "forms"

    @property
    def rates(self) -> Array:
        """The learning rate of each step, shape (120,)."""
        return learning_rates(self.schedule, self.steps, self.lr, self.lr_end, self.when, self.knots)

    @property
    def paths(self) -> dict[str, Path]:
        """The runs that the figure draws, by form."""
        return {form: self._run(form) for form in FORMS if form in self.forms}

    @property
    def path(self) -> Path:
        """The run of form A, whether it is drawn or not."""
        return self._run("velocity")

    def _run(self, form: str) -> Path:
        step = FORMS[form][1]
        if form == "velocity" and self.rescale:
            step = with_correction(step)
        rates = self.rates / (1 - self.mu) if form == "averaged" else self.rates
        start = [SUITS[self.landscape]["start"]]
        return descend(GROUNDS[self.landscape], start, lr=rates.item, mu=self.mu, steps=self.steps, step=step)

    @property
    def gap(self) -> Array:
        """How far forms A and B are apart after each step, shape (121,)."""
        with np.errstate(invalid="ignore"):
            distance: Array = np.abs(self._run("velocity").w[:, 0] - self._run("accumulator").w[:, 0])
        return distance

    @property
    def predicted_gap(self) -> float | None:
        """How far they part in the end by the formula, where it holds, on the slope, after one drop."""
        if (self.landscape, self.schedule, self.rescale) != ("slope", "step", False):
            return None
        memory = (1 - self.mu**self.when) / (1 - self.mu)
        return float(abs(gap_after_lr_change(self.lr, self.lr_end, memory, self.mu)))

    @property
    def parted_at(self) -> int:
        """The last step at which forms A and B agree to rounding, -1 if they do all the way."""
        way = np.nanmax(np.abs(self._run("accumulator").w - SUITS[self.landscape]["start"]))
        apart = np.flatnonzero(~(self.gap <= ROUNDING * max(1.0, way)))
        return int(apart[0]) - 1 if apart.size else -1

    def describe(self) -> str:
        """Return what the figure shows, in a sentence or two."""
        return f"Forms of momentum on a {self.landscape}, learning rate: {self.schedule}. {self._outcome()}"

    def _outcome(self) -> str:
        for form in FORMS:
            at = self._run(form).diverged_at
            if at >= 0:
                return f"{FORMS[form][0].replace('f', 'F')} diverged at step {at}."
        if self.parted_at < 0:
            return "Forms A and B agree to rounding."
        k, gap, predicted = self.step, self.gap, self.predicted_gap
        words = f"Forms A and B part at step {self.parted_at}, by up to {gap.max():.3g}"
        words += f"; at step {k} they are {gap[k]:.3g} apart."
        return words if predicted is None else f"{words} The formula says {predicted:.3g} in the end."

    def still(self) -> Figure:
        """Return the paths of the forms, the schedule, and the gap between forms A and B."""
        import matplotlib.pyplot as plt

        figure, axes = plt.subplot_mosaic(
            [["w", "lr"], ["w", "gap"]], figsize=(5.6, 3.2), width_ratios=(1.2, 1), height_ratios=(1, 1.4)
        )
        # Where the forms agree, each stays visible on the wider one beneath it.
        for (form, path), width in zip(self.paths.items(), (4.0, 2.5, 1.2), strict=False):
            axes["w"].plot(path.w[:, 0], **style(form, linewidth=width))
        axes["w"].axvline(self.step, color="#7A7A7A", linewidth=1)
        axes["w"].set(xlabel="step $k$", ylabel="position $w$")
        if self.forms:
            axes["w"].legend()
        axes["lr"].plot(self.rates, drawstyle="steps-post", color="#222222", linewidth=1.2)
        axes["lr"].set(ylabel=r"$\eta$", yscale="log", xticklabels=[])
        axes["gap"].plot(np.maximum(self.gap, 2e-17), color="#222222", linewidth=1.2)
        axes["gap"].set(xlabel="step $k$", ylabel="A from B", yscale="log", ylim=(1e-17, 1e3))
        if self.predicted_gap is not None:
            axes["gap"].axhline(self.predicted_gap, **style("theory"), linewidth=1)
            axes["gap"].annotate(
                "formula", (0, self.predicted_gap), (2, 3), textcoords="offset points", fontsize=9
            )
        return figure
