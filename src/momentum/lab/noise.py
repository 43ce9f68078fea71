"""`NoiseLab`: a cloud of balls on a bowl, shaken by noisy gradients."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.figure import Figure

from momentum.descent import Path, descend
from momentum.lab.base import Lab, Number, state
from momentum.lab.random import unit_noise
from momentum.landscapes import bowl
from momentum.plotting import style
from momentum.theory import is_stable, spectral_radius, stationary_variance, step_variance

Array = np.ndarray[Any, np.dtype[Any]]

BALLS, STEPS = 320, 400
QUANTITIES = ("position", "step", "excess loss")


@lru_cache(maxsize=4)
def draws(seed: int) -> Array:
    """Return the noise of each step and ball, shape (400, 320), as the browser makes it."""
    return unit_noise(seed, STEPS * BALLS).reshape(STEPS, BALLS)


class NoiseLab(Lab):
    """A cloud of balls that start at the minimum of a bowl and are driven apart by noise.

    Attributes
    ----------
    lock : {"lr", "effective lr"}
        What stays when `mu` changes: the learning rate, or the effective one, ``lr / (1 - mu)``.
    lr, effective_lr : float
        Both; the one that is not locked follows from the other and `mu`.
    mu : float
        The momentum coefficient.
    noise : float
        The standard deviation of the noise in one gradient.
    curvature : float
        The curvature of the bowl.
    seed : int
        Where the noise comes from.
    step : int
        The update that the figure stands at.

    Examples
    --------
    >>> lab = NoiseLab(lock="effective lr", effective_lr=0.1, mu=0.9)
    >>> round(lab.lr, 3), lab.cloud.shape
    (0.01, (401, 320))
    >>> lab.close()
    """

    entry: ClassVar[str] = "noise.js"
    lock = state(traitlets.Enum(["lr", "effective lr"], default_value="lr"))
    lr = state(Number(0.1, min=1e-6, max=2.0))
    effective_lr = state(Number(1.0, min=1e-6, max=2000.0))
    mu = state(Number(0.9, min=0.0, max=0.999))
    noise = state(Number(1.0, min=0.01, max=10.0))
    curvature = state(Number(1.0, min=0.1, max=10.0))
    seed = state(traitlets.Int(1, min=0, max=999))
    step = state(traitlets.Int(STEPS, min=0, max=STEPS))
    steps = traitlets.Int(STEPS, read_only=True).tag(sync=True)
    balls = traitlets.Int(BALLS, read_only=True).tag(sync=True)

    @traitlets.default("name")
    def _name(self) -> str:
        return "noise"

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._follow()

    @traitlets.observe("lock", "lr", "effective_lr", "mu")
    def _follow(self, _: Any = None) -> None:
        # The same operations as in noise.js, so that the two sides agree and nothing is sent twice.
        if self.lock == "lr":
            self.effective_lr = self.lr / (1 - self.mu)
        else:
            self.lr = min(2.0, max(1e-6, self.effective_lr * (1 - self.mu)))

    def free_traits(self) -> list[str]:
        """Return the state without the rate that follows from the other and `mu`."""
        follower = "effective_lr" if self.lock == "lr" else "lr"
        return [name for name in self.state_traits() if name != follower]

    @property
    def path(self) -> Path:
        """The runs of all balls, as one batch; ``path.w`` has the shape (401, 320, 1)."""
        rows: Iterator[Array] = iter(draws(self.seed))

        def shaken(_: Array, g: Array, __: np.random.Generator) -> Array:
            noisy: Array = g + self.noise * next(rows)[:, None]
            return noisy

        # The generator is asked for by `descend`, and not used: the noise is that of the browser.
        rng = np.random.default_rng(0)
        start = np.zeros((BALLS, 1))
        return descend(bowl(self.curvature), start, self.lr, self.mu, STEPS, noise=shaken, rng=rng)

    @property
    def cloud(self) -> Array:
        """Where each ball is after each step, shape (401, 320)."""
        return self.path.w[..., 0]

    def _squares(self) -> tuple[Array, Array]:
        """Return the mean squares over the balls of position and of step, each of shape (401,)."""
        cloud = self.cloud
        with np.errstate(all="ignore"):
            moved = np.diff(cloud, axis=0, prepend=cloud[:1])
            return np.mean(cloud**2, axis=1), np.mean(moved**2, axis=1)

    @property
    def measured(self) -> dict[str, float]:
        """The variances at `step`, over all balls and over the later half of the steps up to it.

        Every ball starts at the minimum, so that the mean is known to be zero.
        """
        later = slice((self.step + 1) // 2, self.step + 1)
        with np.errstate(all="ignore"):
            position, moved = (float(each[later].mean()) for each in self._squares())
        return dict(zip(QUANTITIES, (position, moved, self.curvature / 2 * position), strict=True))

    @property
    def stable(self) -> bool:
        """Whether the cloud stays together."""
        return bool(is_stable(self.lr * self.curvature, self.mu))

    @property
    def expected(self) -> dict[str, float] | None:
        """The closed forms of the same three, None where the learning rate is too large."""
        return self._closed_forms(self.lr, self.mu)

    @property
    def expected_without(self) -> dict[str, float] | None:
        """The closed forms at mu = 0, with the learning rate that is locked."""
        return self._closed_forms(self.lr if self.lock == "lr" else self.effective_lr, 0.0)

    def _closed_forms(self, lr: float, mu: float) -> dict[str, float] | None:
        if not is_stable(lr * self.curvature, mu):
            return None
        arguments = (lr, mu, self.curvature, self.noise * self.noise)
        position, moved = float(stationary_variance(*arguments)), float(step_variance(*arguments))
        return dict(zip(QUANTITIES, (position, moved, self.curvature / 2 * position), strict=True))

    @property
    def settled(self) -> bool:
        """Whether the start is forgotten to five per cent when the measuring begins."""
        return bool(spectral_radius(self.lr * self.curvature, self.mu) ** self.step < 0.05)

    def _variance_range(self) -> tuple[float, float]:
        """Return the range of both variances over all steps, without what has run away."""
        squares = np.concatenate(self._squares())
        usual = squares[(squares > 0) & (squares < 1e9)]
        return float(usual.min()) / 3, float(usual.max()) * 3

    def describe(self) -> str:
        """Return what the figure shows, in a sentence or two."""
        expected = self.expected
        if expected is None:
            return f"A cloud of {BALLS} balls on a bowl: it diverges, no variance is stationary."
        measured, without = self.measured, self.expected_without
        words = (
            f"A cloud of {BALLS} balls on a bowl after {self.step} updates: variance of position "
            f"{measured['position']:.3g}, by the formula {expected['position']:.3g}; variance of step "
            f"{measured['step']:.3g}, by the formula {expected['step']:.3g}."
        )
        if not self.settled:
            words += " The cloud has not settled yet."
        if without is None:
            return f"{words} Without momentum the same {self.lock} diverges."
        ratio = expected["position"] / without["position"]
        return (
            f"{words} Without momentum, at the same {self.lock}, the position would have 1/{ratio:.3g} of it."
        )

    def still(self) -> Figure:
        """Return the cloud on its bowl, and the two variances over the steps."""
        import matplotlib.pyplot as plt

        figure, (place, variances) = plt.subplots(1, 2, figsize=(5.6, 2.8), width_ratios=(1, 1))
        reach = 3 * self.noise / np.sqrt(self.curvature)
        top = self.curvature / 2 * reach**2
        w = np.linspace(-reach, reach, 201)
        at = self.cloud[self.step]
        at = at[np.abs(at) <= reach]
        lifted = self.curvature / 2 * at**2 + 0.3 * top * ((np.arange(at.size) * 0.618034) % 1)
        place.plot(w, self.curvature / 2 * w**2, color="#7A7A7A")
        place.plot(at, lifted, "o", color="#D55E00", markersize=2.5, alpha=0.45, markeredgewidth=0)
        for i, (forms, method) in enumerate([(self.expected, "theory"), (self.expected_without, "sgd")]):
            if forms is not None:
                deviation = np.sqrt(forms["position"])
                look = {"marker": "|", "markersize": 8, "linewidth": 1.5}
                label = r"$\pm$ one deviation" if i == 0 else r"the same at $\mu = 0$"
                place.plot(
                    [-deviation, deviation],
                    [-(0.09 + 0.11 * i) * top] * 2,
                    **style(method, label=label),
                    **look,
                )
        place.set(
            xlabel="position $w$", ylabel="loss $f(w)$", xlim=(-reach, reach), ylim=(-0.3 * top, 1.35 * top)
        )
        # Below zero there is room for the deviations, and no loss.
        place.set_yticks([tick for tick in place.get_yticks() if 0 <= tick <= 1.35 * top])
        if self.expected or self.expected_without:
            place.legend(loc="upper center")
        for squares, method, key in zip(
            self._squares(), ("velocity", "accumulator"), QUANTITIES, strict=False
        ):
            shown = np.where((squares > 0) & (squares < 1e9), squares, np.nan)[: self.step + 1]
            variances.plot(shown, **style(method, label=f"of {key}", linewidth=1.2))
            if self.expected is not None:
                label = "formula" if key == "step" else "_"
                variances.axhline(self.expected[key], **style("theory", label=label), linewidth=1)
        # The scale needs a positive number, and an empty panel has none.
        variances.set_ylim(self._variance_range())
        variances.set(xlabel="step $k$", ylabel="variance", xlim=(0, STEPS), yscale="log")
        variances.legend(loc="lower right")
        return figure
