"""`NoiseLab`: its cloud has the variances of the closed forms, and its noise is the browser's."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from momentum.lab import Lab
from momentum.lab.noise import BALLS, STEPS, NoiseLab, draws
from momentum.lab.random import mulberry32, unit_noise
from momentum.theory import spectral_radius, stationary_variance, step_variance
from momentum.updates import velocity_step


@pytest.fixture
def lab(keep: Callable[[Lab], Lab]) -> NoiseLab:
    return keep(NoiseLab())


def reference(seed: int, count: int) -> list[float]:
    """Return mulberry32 by its definition, one number after the other, in whole numbers of Python."""
    a, numbers = seed, []
    for _ in range(count):
        a = (a + 0x6D2B79F5) % 2**32
        t = (a ^ (a >> 15)) * (a | 1) % 2**32
        t = ((t + (t ^ (t >> 7)) * (t | 61)) % 2**32) ^ t
        numbers.append((t ^ (t >> 14)) / 2**32)
    return numbers


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**32 - 1])
def test_the_generator_is_mulberry32(seed: int) -> None:
    assert mulberry32(seed, 1000).tolist() == reference(seed, 1000)


def test_a_unit_of_noise_is_twice_three_uniforms_less_three() -> None:
    expected = [2 * sum(reference(5, 30)[3 * i : 3 * i + 3]) - 3 for i in range(10)]
    assert unit_noise(5, 10).tolist() == expected


@pytest.mark.parametrize(("seed", "count", "named"), [(-1, 1, "seed"), (2**32, 1, "seed"), (1, -1, "count")])
def test_the_generator_refuses_what_it_cannot_do(seed: int, count: int, named: str) -> None:
    wrong = seed if named == "seed" else count
    with pytest.raises(ValueError, match=rf"^{named} must be a whole number.*, got {wrong}$"):
        mulberry32(seed, count)


def test_the_cloud_is_form_a_on_the_bowl_with_that_noise(lab: NoiseLab) -> None:
    lab.lr, lab.mu, lab.noise, lab.curvature, lab.seed = 0.07, 0.8, 1.5, 2.5, 9
    cloud, noise = lab.cloud, draws(9)
    w, v = np.zeros(BALLS), np.zeros(BALLS)
    for k in range(STEPS):
        w, v = velocity_step(w, v, 2.5 * w + 1.5 * noise[k], lr=0.07, mu=0.8)
        assert cloud[k + 1].tobytes() == w.tobytes()


@pytest.mark.parametrize("curvature", [0.5, 2.0])
@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("lr", [0.05, 0.5])
def test_the_measured_variances_are_those_of_the_closed_forms(
    lab: NoiseLab, lr: float, mu: float, curvature: float
) -> None:
    lab.lr, lab.mu, lab.curvature, lab.noise = lr, mu, curvature, 1.7
    assert lab.settled
    expected = lab.expected
    assert expected is not None
    assert expected["position"] == pytest.approx(stationary_variance(lr, mu, curvature, 1.7**2))
    assert expected["step"] == pytest.approx(step_variance(lr, mu, curvature, 1.7**2))
    assert expected["excess loss"] == pytest.approx(curvature / 2 * expected["position"])
    # Squares of one ball are alike for 1 / (1 - rho^2) steps; the rest are as many independent samples.
    forgetting = 1 - spectral_radius(lr * curvature, mu) ** 2
    samples = BALLS * max(1.0, STEPS / 2 * forgetting / 2)
    for quantity, measured in lab.measured.items():
        assert abs(measured / expected[quantity] - 1) < 5 * np.sqrt(2 / samples)


@pytest.mark.parametrize("step", [0, 1, 2, 7, 400])
def test_what_is_measured_are_mean_squares_over_the_later_half(lab: NoiseLab, step: int) -> None:
    lab.step = step
    first = (step + 1) // 2
    cloud = lab.cloud
    moves = np.concatenate([np.zeros((1, BALLS)), np.diff(cloud, axis=0)])
    expected = [np.mean(each[first : step + 1] ** 2) for each in (cloud, moves)]
    np.testing.assert_allclose([lab.measured["position"], lab.measured["step"]], expected, rtol=1e-12)


def test_the_locked_rate_stays_when_mu_changes(lab: NoiseLab) -> None:
    lab.lr, lab.mu = 0.2, 0.5
    assert lab.effective_lr == 0.4
    lab.mu = 0.75
    assert (lab.lr, lab.effective_lr) == (0.2, 0.8)
    lab.lock = "effective lr"
    lab.mu = 0.5
    assert (lab.lr, lab.effective_lr) == (0.4, 0.8)


def test_momentum_adds_noise_at_equal_lr_and_almost_none_at_equal_effective_lr(lab: NoiseLab) -> None:
    lab.lr, lab.mu = 0.01, 0.9
    assert lab.expected is not None
    assert lab.expected_without is not None
    assert lab.expected["position"] / lab.expected_without["position"] == pytest.approx(9.98, abs=0.01)
    lab.lock, lab.effective_lr = "effective lr", 0.1
    assert lab.expected["position"] / lab.expected_without["position"] == pytest.approx(0.9525, abs=1e-4)


@pytest.mark.parametrize(
    ("trait", "bad"),
    [
        *[("lock", "mu"), ("lr", 0.0), ("mu", 1.0), ("noise", 0.0), ("step", 401)],
        *[(trait, float("nan")) for trait in ("lr", "effective_lr", "mu", "noise", "curvature")],
    ],
)
def test_values_out_of_range_are_refused(lab: NoiseLab, trait: str, bad: object) -> None:
    with pytest.raises(traitlets.TraitError, match=trait):
        setattr(lab, trait, bad)


def test_it_says_that_the_cloud_has_not_settled(lab: NoiseLab) -> None:
    assert "settled" not in lab.describe()
    lab.step = 3
    assert lab.describe().startswith("A cloud of 320 balls on a bowl after 3 updates: ")
    assert ". The cloud has not settled yet. Without momentum" in lab.describe()


def test_it_says_in_words_what_happens(lab: NoiseLab) -> None:
    assert "by the formula 0.514" in lab.describe()
    assert "at the same lr, the position would have 1/9.76 of it" in lab.describe()
    lab.step = 5
    assert "has not settled yet" in lab.describe()
    lab.curvature, lab.lr, lab.mu = 10.0, 1.0, 0.5
    assert "diverges" in lab.describe()
    lab.lock, lab.effective_lr, lab.mu = "effective lr", 0.3, 0.9
    assert "Without momentum the same effective lr diverges." in lab.describe()


def test_its_repr_holds_the_state_and_nothing_else() -> None:
    lab = NoiseLab(lock="effective lr", effective_lr=0.5, mu=0.5)
    rest = "mu=0.5, noise=1.0, curvature=1.0, seed=1, step=400)"
    assert repr(lab) == f"NoiseLab(lock='effective lr', effective_lr=0.5, {rest}"
    again = eval(repr(lab), {"NoiseLab": NoiseLab})
    assert (again.lr, repr(again)) == (0.25, repr(lab))
    lab.lock = "lr"
    # Not the rate that follows: rounded it would be another, and in full it would be 1.0000000000000002.
    assert repr(lab) == f"NoiseLab(lock='lr', lr=0.25, {rest}"
    for each in (lab, again):
        each.close()


@pytest.mark.parametrize(("lr", "mu", "step"), [(0.1, 0.9, 400), (2.0, 0.0, 400), (0.1, 0.9, 0)])
def test_the_still_picture_draws(lab: NoiseLab, lr: float, mu: float, step: int) -> None:
    lab.lr, lab.mu, lab.step, lab.curvature = lr, mu, step, 2.0
    with plt.style.context("momentum.book"):
        figure = lab.still()
        figure.canvas.draw()
    assert figure.get_size_inches()[1] <= 3.3
    # Below zero there are deviations, and no loss.
    assert min(figure.axes[0].get_yticks()) == 0
    plt.close(figure)
