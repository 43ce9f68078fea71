"""Weight decay under momentum: how strong it is, and when it swings."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from momentum.descent import descend
from momentum.landscapes import bowl
from momentum.theory import (
    coupled_decay,
    coupled_from_decoupled,
    oscillation_threshold,
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
    # The strongest there is, at the double root.
    assert coupled_from_decoupled(1.0, 0.5, 0.25) == 0.25


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
        (
            lambda: coupled_from_decoupled(0.1, 0.6, 0.9),
            "wd must be so small that 1 - lr .* positive and at least the square root of mu, got 0.6$",
        ),
        (lambda: coupled_from_decoupled(0.1, 10.0, 0.0), "wd must be so small"),
    ],
)
def test_nonsense_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
