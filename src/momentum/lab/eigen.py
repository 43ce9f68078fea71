"""`EigenLab`: the loss by eigen-direction, and the rate of each direction for every learning rate."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.figure import Figure

from momentum.descent import Path, descend
from momentum.lab.base import Lab, Number, state
from momentum.plotting import style
from momentum.theory import optimal_hyperparameters, spectral_radius

Array = np.ndarray[Any, np.dtype[Any]]

SHOWN, COUNTED = 200, 10_000
MILLIONTH = 1e-6
# A rate that is closer to one is taken for one: rounding decides on which side of it it lies.
NEAR_ONE = 1e-12
# Rates that differ by less, as a part, count as equal.
EQUAL = 1e-6
# What the range of learning rates in the figure may begin and end with.
ENDS = (*(float(f"{m}e{power}") for power in range(-3, 3) for m in (1, 2, 5)), 1e3)
SAMPLES = 161
# From the first direction on, in whose colour and line style each is drawn.
LOOKS = ("sgd", "velocity", "accumulator", "averaged", "heavy_ball", "nesterov")
DECADES_BELOW, DECADES_ABOVE = 15, 6


def distance_squared(w: Array) -> Array:
    """Return the sum of the squares over the last axis, one after the other, as the browser adds them."""
    return reduce(np.add, np.moveaxis(w * w, -1, 0))


class EigenLab(Lab):
    r"""A quadratic loss taken apart: each eigen-direction goes its own way, at its own rate.

    Along an eigenvector of curvature :math:`\lambda` with the error :math:`e` the loss is
    :math:`\tfrac12 \lambda e^2`, and the gradient is :math:`\lambda e`, whatever the others do.

    Attributes
    ----------
    curvatures : list of float
        The eigenvalues, two to six of them, in any order.
    start : list of float
        The size of the error in each eigen-direction at the start; its sign does not change the loss. Where
        `curvatures` gets longer, ones are added; where it gets shorter, the last are left out.
    lr, mu : float
        The learning rate and the momentum coefficient; 0 is gradient descent.
    step : int
        The update that the figure stands at.

    References
    ----------
    Goh (2017) draws the same decomposition for gradient descent.

    Examples
    --------
    >>> lab = EigenLab(curvatures=[0.1, 1.0], lr=1.5)
    >>> lab.rates.round(3), lab.limiting
    (array([0.85, 0.5 ]), [0])
    >>> round(lab.best_lr, 3), lab.steps_by_rate, lab.steps_counted
    (1.818, 86, 83)
    >>> lab.close()
    """

    entry: ClassVar[str] = "eigen.js"
    curvatures = state(
        traitlets.List(Number(min=0.01, max=10.0), [0.05, 0.3, 1.0], minlen=2, maxlen=len(LOOKS))
    )
    start = state(traitlets.List(Number(min=1e-4, max=10.0), minlen=2, maxlen=len(LOOKS)))
    lr = state(Number(0.5, min=ENDS[0], max=ENDS[-1]))
    mu = state(Number(0.0, min=0.0, max=0.999))
    step = state(traitlets.Int(50, min=0, max=SHOWN))
    steps = traitlets.Int(SHOWN, read_only=True).tag(sync=True)
    most = traitlets.Int(COUNTED, read_only=True).tag(sync=True)
    ends = traitlets.List(traitlets.Float(), list(ENDS), read_only=True).tag(sync=True)

    @traitlets.default("name")
    def _name(self) -> str:
        return "eigen"

    @traitlets.default("start")
    def _start(self) -> list[float]:
        return [1.0] * len(self.curvatures)

    @traitlets.observe("curvatures")
    def _follow(self, _: Any = None) -> None:
        # The same as in eigen.js, so that the two sides agree.
        count = len(self.curvatures)
        if len(self.start) != count:
            self.start = [*self.start, *[1.0] * count][:count]

    @traitlets.validate("start")
    def _one_for_each_curvature(self, proposal: Any) -> list[float]:
        start: list[float] = proposal["value"]
        if len(start) != len(self.curvatures):
            raise traitlets.TraitError(
                f"start must have an entry for each of the {len(self.curvatures)} curvatures, got {start!r}"
            )
        return start

    def _run(self, steps: int) -> Path:
        curvatures = np.array(self.curvatures)
        return descend(lambda w: curvatures * w, self.start, lr=self.lr, mu=self.mu, steps=steps)

    @property
    def path(self) -> Path:
        """The run that the figure is drawn from; ``path.w`` is the errors, shape (201, directions)."""
        return self._run(SHOWN)

    @property
    def losses(self) -> Array:
        """What each direction adds to the loss after each step, shape (201, directions)."""
        w = self.path.w
        with np.errstate(over="ignore", invalid="ignore"):
            losses: Array = np.array(self.curvatures) / 2 * w * w
        return losses

    @property
    def loss(self) -> Array:
        """The loss after each step, the sum of `losses` over the directions, shape (201,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return reduce(np.add, self.losses.T)

    @property
    def rates(self) -> Array:
        """By what a step multiplies the error of each direction in the long run, shape (directions,)."""
        return self.rates_at(self.lr)

    def rates_at(self, lr: Any) -> Array:
        """Return the rates of all directions at other learning rates, shape ``(*lr.shape, directions)``."""
        lr = np.asarray(lr, dtype=float)
        return np.asarray(spectral_radius(lr[..., None] * np.array(self.curvatures), self.mu))

    @property
    def rate(self) -> float:
        """The rate of the slowest direction, which is that of the whole run in the long run."""
        return float(self.rates.max())

    @property
    def limiting(self) -> list[int]:
        """The indices of the slowest directions in `curvatures`, several where they are equal."""
        return [int(i) for i in np.flatnonzero(self.rates >= self.rate * (1 - EQUAL))]

    @property
    def best_lr(self) -> float:
        r"""The best learning rate for `mu`, which is :math:`2(1 + \mu)/(L + \ell)`.

        There the largest curvature and the smallest are equally slow.
        """
        return float(2 * (1 + self.mu) / (max(self.curvatures) + min(self.curvatures)))

    @property
    def tuned(self) -> tuple[float, float]:
        """The best learning rate and mu for these curvatures."""
        lr, mu = optimal_hyperparameters(max(self.curvatures), min(self.curvatures))
        return float(lr), float(mu)

    @property
    def limit(self) -> float:
        r"""The learning rate :math:`2(1 + \mu)/L`, from which on the run does not converge."""
        return float(2 * (1 + self.mu) / max(self.curvatures))

    @property
    def steps_by_rate(self) -> int | None:
        """The steps to a millionth of the distance by the rate alone; None where it does not fall."""
        rate = self.rate
        if rate >= 1 - NEAR_ONE:
            return None
        return max(1, int(np.ceil(np.log(MILLIONTH) / np.log(rate)))) if rate else 1

    @property
    def steps_counted(self) -> int:
        """The step from which on the distance to the minimum is at most a millionth of what it was.

        It is -1 if there is none, or none within 10000 steps.
        """
        by_rate = self.steps_by_rate
        if by_rate is None:
            return -1
        # Four times as many bring it to 1e-24: what comes then is far below.
        steps = min(COUNTED, 4 * by_rate + 200)
        square = distance_squared(self._run(steps).w)
        far = np.flatnonzero(~(square <= MILLIONTH * MILLIONTH * square[0]))
        return int(far[-1]) + 1 if far[-1] < steps else -1

    @property
    def shown_range(self) -> tuple[float, float]:
        """The range of the learning rates in the figure."""
        low, high = 0.05 / max(self.curvatures), 5 / max(self.curvatures)
        first = [end for end in ENDS if end <= min(low, self.lr)]
        last = [end for end in ENDS if end >= max(high, self.lr)]
        return (first or ENDS)[-1 if first else 0], (last or ENDS)[0 if last else -1]

    @property
    def shown_rates(self) -> tuple[Array, Array]:
        """The learning rates of the figure, shape (n,), and the rates there, shape (n, directions).

        Besides even steps of the logarithm they are those at which a rate has a corner.
        """
        (low, high), root = self.shown_range, np.sqrt(self.mu)
        curvatures = np.array(self.curvatures)
        even = low * (high / low) ** (np.arange(SAMPLES) / (SAMPLES - 1))
        corners = np.array([*(1 - root) ** 2 / curvatures, *(1 + root) ** 2 / curvatures, self.best_lr])
        lr = np.sort(np.concatenate([even, corners[(corners > low) & (corners < high)]]))
        return lr, self.rates_at(lr)

    def describe(self) -> str:
        """Return what the figure shows, in a sentence or two."""
        rate, at = self.rate, f"At learning rate {self.lr:.4g} and mu {self.mu:.4g}"
        slow = [f"{self.curvatures[i]:.3g}" for i in self.limiting]
        which, verb = f"the direction of curvature {slow[0]}", "is the slowest"
        if len(slow) > 1:
            which, verb = f"the directions of curvature {' and '.join(slow)}", "are the slowest"
        if len(slow) == len(self.curvatures):
            which, verb = "all directions", "are equally slow"
        limit = f"the limit is the learning rate {self.limit:.4g}"
        if abs(rate - 1) <= NEAR_ONE:
            return f"{at} the error in {which} neither shrinks nor grows: {limit}."
        if rate > 1:
            return (
                f"{at} the loss diverges: each step multiplies the error in {which} by {rate:.3g}; {limit}."
            )
        counted, by_rate = self.steps_counted, f"{self.steps_by_rate} by the rate alone"
        if counted < 0:
            done = f"is not down to a millionth after {COUNTED} steps; it takes {by_rate}"
        else:
            done = f"falls to a millionth in {counted} steps, {by_rate}"
        best = self.best_lr
        return (
            f"{at} {which} {verb}: each step multiplies the error there "
            f"by {rate:.4g}. After {self.step} steps the loss is {self.loss[self.step]:.3g}. The distance to "
            f"the minimum {done}. The best learning rate for this mu is {best:.4g}, "
            f"with {self.rates_at(best).max():.4g}."
        )

    def still(self) -> Figure:
        """Return the losses of the directions over the steps, and their rates over the learning rate."""
        import matplotlib.pyplot as plt

        figure, (loss, rates) = plt.subplots(1, 2, figsize=(5.6, 3.1))
        self._draw_losses(loss)
        self._draw_rates(rates)
        handles, labels = loss.get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside upper center", ncols=5, handlelength=1.8, columnspacing=1.2
        )
        return figure

    def _draw_losses(self, ax: Any) -> None:
        losses, total, steps = self.losses, self.loss, np.arange(SHOWN + 1)
        top = int(np.ceil(np.log10(total[0])))
        low, high = 10.0 ** (top - DECADES_BELOW), 10.0 ** (top + (DECADES_ABOVE if self.rate > 1 else 1))

        def visible(values: Array) -> Array:
            return np.where((values > low * 1e-3) & (values < high * 1e3), values, np.nan)

        ax.plot(visible(total), color="#222222", linewidth=2.2, label="all")
        for curvature, each, look in zip(self.curvatures, losses.T, LOOKS, strict=False):
            ax.plot(visible(each), **style(look, label=rf"$\lambda = {curvature:.3g}$", linewidth=1.4))
        with np.errstate(over="ignore", under="ignore"):
            theory = losses[0, self.limiting].max() * np.power(self.rate, 2.0 * steps)
        ax.plot(visible(theory), **style("theory", label=r"slowest, $\rho^{2k}$", linewidth=1))
        ax.axvline(self.step, color="#7A7A7A", linewidth=1)
        if 0 <= (counted := self.steps_counted) <= SHOWN:
            ax.plot(counted, total[counted], "o", color="#222222", fillstyle="none", markersize=5)
        ax.set(xlabel="step $k$", ylabel="loss", yscale="log", xlim=(0, SHOWN), ylim=(low, high))

    def _draw_rates(self, ax: Any) -> None:
        lr, each = self.shown_rates
        ax.plot(lr, each.max(axis=1), color="#222222", linewidth=4)
        for rate, look in zip(each.T, LOOKS, strict=False):
            ax.plot(lr, rate, **style(look, linewidth=1.4))
        ax.axhline(1, color="#7A7A7A", linewidth=1)
        ax.axvspan(self.limit, max(self.limit, lr[-1]), color="#222222", alpha=0.1, linewidth=0)
        ax.axvline(self.limit, color="#7A7A7A", linewidth=1)
        ax.axvline(self.best_lr, **style("theory", linewidth=1))
        ax.text(self.limit, 0.02, " limit", ha="left", fontsize=8, clip_on=True)
        ax.text(self.best_lr, 0.02, "best ", ha="right", fontsize=8, clip_on=True)
        ax.axvline(self.lr, color="#222222", linewidth=1)
        ax.plot(self.lr, min(self.rate, 1.15), "o", color="#222222", markersize=6)
        ax.set(xlabel=r"learning rate $\eta$", ylabel=r"rate $\rho$ of a step", xscale="log")
        ax.set(xlim=self.shown_range, ylim=(0, 1.2))
