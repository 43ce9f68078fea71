"""Weight decay under momentum, and the expected loss under a schedule."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from momentum.descent import descend
from momentum.landscapes import bowl, ravine
from momentum.theory import (
    coupled_decay,
    coupled_from_decoupled,
    expected_loss,
    oscillation_threshold,
    stationary_variance,
)
from momentum.updates import accumulator_step, velocity_step

MU = st.floats(0.0, 0.99)


@given(lr=st.floats(1e-3, 1.0), mu=MU, share=st.floats(0.0, 0.99))
def test_below_the_threshold_it_is_the_larger_root_and_real(lr, mu, share):
    wd = share * oscillation_threshold(lr, mu)
    factor = coupled_decay(lr, wd, mu)
    roots = np.roots([1.0, -(1 + mu - lr * wd), mu])
    assert factor == pytest.approx(roots.real.max(), abs=1e-6)
    assert factor**2 >= mu - 1e-9


@given(lr=st.floats(1e-3, 1.0), mu=st.floats(0.01, 0.99), excess=st.floats(1.01, 1.5))
def test_above_the_threshold_it_swings(lr, mu, excess):
    d = excess * oscillation_threshold(lr, mu) * lr
    assume(d < (1 + np.sqrt(mu)) ** 2)
    assert coupled_decay(lr, d / lr, mu) == pytest.approx(np.sqrt(mu))
    assert np.roots([1.0, -(1 + mu - d), mu]).imag.any()


@pytest.mark.parametrize("step", [velocity_step, accumulator_step])
def test_a_run_with_nothing_but_decay_shrinks_by_the_factor(step):
    path = descend(bowl(0.05), [1.0], lr=0.1, mu=0.8, steps=300, step=step).w[:, 0]
    assert path[300] / path[299] == pytest.approx(coupled_decay(0.1, 0.05, 0.8), rel=1e-9)


def test_the_factor_is_one_over_one_minus_mu_to_first_order():
    for mu in (0.0, 0.5, 0.9):
        assert 1 - coupled_decay(0.1, 1e-6, mu) == pytest.approx(1e-7 / (1 - mu), rel=1e-3)


@given(lr=st.floats(1e-3, 1.0), mu=MU, share=st.floats(0.0, 0.95))
def test_conversion_from_decoupled_gives_the_same_factor(lr, mu, share):
    wd = share * (1 - np.sqrt(mu)) / lr
    inside = coupled_from_decoupled(lr, wd, mu)
    assert coupled_decay(lr, inside, mu) == pytest.approx(1 - lr * wd, abs=1e-7)
    assert inside <= (1 - mu) * wd + 1e-12


def test_values_by_hand():
    assert coupled_decay(1.0, 0.25, 0.25) == pytest.approx(0.5)
    assert oscillation_threshold(0.5, 0.25) == 0.5
    assert oscillation_threshold(0.1, 0.9) == pytest.approx(0.026334, abs=1e-6)
    assert coupled_from_decoupled(0.1, np.array([0.05, 0.5]), 0.9) == pytest.approx(
        [0.004774, 0.026316], abs=1e-6
    )
    assert coupled_from_decoupled(0.5, 1.0, 0.0) == 1.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: coupled_decay(-0.1, 0.1, 0.9), "lr must be finite and not negative"),
        (lambda: coupled_decay(0.1, -0.1, 0.9), "wd must be finite and not negative"),
        (lambda: coupled_decay(0.1, 0.1, 1.0), "mu must be in"),
        (lambda: oscillation_threshold(0.0, 0.9), "lr must be finite and positive"),
        (lambda: oscillation_threshold(0.1, 1.0), "mu must be in"),
        (lambda: coupled_from_decoupled(0.0, 0.1, 0.9), "lr must be finite and positive"),
        (lambda: coupled_from_decoupled(0.1, -0.1, 0.9), "wd must be finite and not negative"),
        (lambda: coupled_from_decoupled(0.1, 0.1, 1.0), "mu must be in"),
        (lambda: coupled_from_decoupled(0.1, 0.6, 0.9), "wd must be so small"),
        (lambda: coupled_from_decoupled(0.1, 10.0, 0.0), "wd must be so small"),
        (lambda: expected_loss([-0.1], [0.9], [1.0], [1.0], 1.0), "rates must"),
        (lambda: expected_loss([0.1], [1.0], [1.0], [1.0], 1.0), "momenta must be in"),
        (lambda: expected_loss([0.1], [0.9], [0.0], [1.0], 1.0), "curvatures must"),
        (lambda: expected_loss([0.1], [0.9], [1.0], [np.nan], 1.0), "w0 must be finite"),
        (lambda: expected_loss([0.1], [0.9], [1.0], [1.0], -1.0), "s2 must"),
        (
            lambda: expected_loss([0.1, 0.1], [0.9], [1.0], [1.0], 1.0),
            "momenta must be of the shape",
        ),
        (lambda: expected_loss(0.1, 0.9, [1.0], [1.0], 1.0), "momenta must be of the shape"),
        (
            lambda: expected_loss([0.1], [0.9], [1.0], [1.0, 2.0], 1.0),
            "w0 must be of the shape",
        ),
        (lambda: expected_loss([0.1], [0.9], 1.0, 1.0, 1.0), "w0 must be of the shape"),
    ],
)
def test_nonsense_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_without_noise_the_expected_loss_is_the_loss_of_the_run():
    rng = np.random.default_rng(0)
    rates, momenta = rng.uniform(0, 0.2, 50), rng.uniform(0, 0.99, 50)
    path = descend(ravine(10.0), [-2.0, 1.0], lr=rates.item, mu=momenta.item, steps=50)
    loss = expected_loss(rates, momenta, [1.0, 10.0], [-2.0, 1.0], s2=0.0)
    assert loss == pytest.approx(path.loss, rel=1e-9)


def test_in_the_end_it_stands_on_the_noise_floor():
    curvatures = np.array([1.0, 20.0])
    loss = expected_loss([0.02] * 3000, [0.9] * 3000, curvatures, [1.0, 1.0], s2=3.0)
    floor = (curvatures / 2 * stationary_variance(0.02, 0.9, curvatures, 3.0)).sum()
    assert loss[-1] == pytest.approx(floor, rel=1e-9)


def test_noise_of_the_first_step_by_hand():
    assert expected_loss([0.5], [0.9], [2.0, 4.0], [0.0, 0.0], s2=3.0).tolist() == [0.0, 2.25]
