"""Schedules, restarts, Adam's step and bfloat16: laws first, then hand values, then refusals."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from momentum.descent import descend
from momentum.landscapes import ravine, slope
from momentum.updates import (
    Moments,
    adam_start,
    adam_step,
    averaged_step,
    cosine_schedule,
    cycle_schedule,
    linear_schedule,
    nesterov_step,
    restarting_step,
    rising_momentum,
    step_schedule,
    to_bfloat16,
)

VALUES = st.floats(0.0, 10.0)
PAIR = st.lists(st.floats(-3, 3), min_size=2, max_size=2)
BETWEEN = [step_schedule, linear_schedule, cosine_schedule]


@pytest.mark.parametrize("make", BETWEEN)
@given(start=VALUES, end=VALUES, n=st.integers(2, 60))
def test_a_schedule_goes_from_start_to_end_and_never_beyond(make, start, end, n):
    values = make(start, end, n)(np.arange(3 * n))
    assert values[0] == pytest.approx(start, abs=1e-12)
    assert values[n:] == pytest.approx(np.full(2 * n, end), abs=1e-12)
    low, high = min(start, end) - 1e-12, max(start, end) + 1e-12
    assert np.all((values >= low) & (values <= high))
    assert np.all(np.diff(values) * np.sign(end - start) >= -1e-12)


@pytest.mark.parametrize(
    "schedule",
    [
        step_schedule(0.5, 0.25, 3),
        linear_schedule(0.5, 0.25, 3),
        cosine_schedule(0.5, 0.25, 4),
        cycle_schedule(0.5, 0.25, 5),
        rising_momentum(0.9, every=2),
    ],
)
def test_one_step_at_a_time_gives_what_all_at_once_gives(schedule):
    together = schedule(np.arange(12))
    assert [float(schedule(k)) for k in range(12)] == together.tolist()
    assert np.shape(schedule(3)) == ()


def test_schedules_by_hand():
    assert step_schedule(1, 2, when=1)([0, 1]).tolist() == [1.0, 2.0]
    assert linear_schedule(1.0, 3.0, when=4)(np.arange(6)).tolist() == [1.0, 1.5, 2.0, 2.5, 3.0, 3.0]
    wave = cosine_schedule(3.0, 1.0, steps=7)(np.arange(7))
    assert wave == pytest.approx([3, 2 + np.sqrt(3) / 2, 2.5, 2, 1.5, 2 - np.sqrt(3) / 2, 1])
    assert cycle_schedule(1.0, 3.0, steps=5)(np.arange(7)).tolist() == [1, 2, 3, 2, 1, 1, 1]
    assert cycle_schedule(0.95, 0.85, steps=3)(np.arange(3)) == pytest.approx([0.95, 0.85, 0.95])


def test_rising_momentum_is_the_formula_of_its_authors():
    k = np.arange(3000)
    with_logarithms = np.minimum(1 - 2.0 ** (-1 - np.log2(k // 250 + 1)), 0.95)
    assert rising_momentum(0.95)(k) == pytest.approx(with_logarithms)
    assert rising_momentum(0.99, every=1)([0, 1, 2]) == pytest.approx([1 / 2, 3 / 4, 5 / 6])


def test_a_schedule_is_what_descend_takes():
    path = descend(slope(1.0), [0.0], lr=linear_schedule(0.0, 1.0, 2), mu=0.0, steps=3)
    assert path.w[:, 0].tolist() == [0.0, 0.0, -0.5, -1.5]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: step_schedule(-1.0, 0.0, 1), "start must be finite and not negative, got -1.0"),
        (lambda: step_schedule(1.0, np.inf, 1), "end must be finite"),
        (lambda: step_schedule(1.0, 0.0, 0), "when must be a whole number, at least 1, got 0"),
        (lambda: step_schedule(1.0, 0.0, 1.5), "when must be a whole number"),
        (lambda: step_schedule(1.0, 0.0, True), "when must be a whole number"),
        (lambda: linear_schedule(-1.0, 0.0, 1), "start must"),
        (lambda: linear_schedule(1.0, -1.0, 1), "end must"),
        (lambda: linear_schedule(1.0, 1.0, 0), "when must be a whole number, at least 1"),
        (lambda: cosine_schedule(-1.0, 0.0, 2), "start must"),
        (lambda: cosine_schedule(1.0, -1.0, 2), "end must"),
        (lambda: cosine_schedule(1.0, 1.0, 1), "steps must be a whole number, at least 2"),
        (lambda: cycle_schedule(-1.0, 0.0, 3), "start must"),
        (lambda: cycle_schedule(1.0, -1.0, 3), "peak must"),
        (lambda: cycle_schedule(1.0, 1.0, 1), "steps must be a whole number, at least 3"),
        (lambda: cycle_schedule(1.0, 1.0, 4), "steps must be odd, got 4"),
        (lambda: rising_momentum(1.0), "mu_max must be in"),
        (lambda: rising_momentum(0.9, every=0), "every must be a whole number, at least 1"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@given(
    g=st.lists(st.floats(-3, 3), min_size=2, max_size=2), v=st.lists(st.floats(-3, 3), min_size=2, max_size=2)
)
def test_a_restart_happens_where_the_new_velocity_points_uphill_and_nowhere_else(g, v):
    w, g, v, lr, mu = np.array([0.5, -1.0]), np.array(g), np.array(v), 0.25, 0.5
    plain_w, plain_v = nesterov_step(w, v, g, lr, mu)
    new_w, new_v = restarting_step(w, v, g, lr, mu)
    if g @ plain_v > 0:
        # The point without the look-ahead: theta + v, where theta = w - mu * v.
        assert new_w == pytest.approx(w - mu * v + plain_v, abs=1e-12)
        assert new_v.tolist() == [0.0, 0.0]
    else:
        assert np.array_equal(new_w, plain_w)
        assert np.array_equal(new_v, plain_v)


def test_on_level_ground_nothing_points_uphill():
    w, v = restarting_step(np.ones(2), np.array([1.0, -2.0]), np.zeros(2), 0.25, 0.5)
    assert v.tolist() == [0.5, -1.0]
    assert w.tolist() == [1.25, 0.5]


def test_a_batch_restarts_run_by_run_and_far_fewer_steps_are_needed():
    w, v = np.array([[1.0], [1.0]]), np.array([[2.0], [-2.0]])
    _, new = restarting_step(w, v, np.ones((2, 1)), 0.1, 0.5)
    assert new.ravel().tolist() == pytest.approx([0.0, -1.1])
    run = {"lr": 0.009, "mu": 0.999, "steps": 400}
    plain = descend(ravine(100.0), [-2.0, 1.0], step=nesterov_step, **run).loss
    restarted = descend(ravine(100.0), [-2.0, 1.0], step=restarting_step, **run).loss
    assert restarted[-1] < 1e-9 * plain[-1]


def test_adam_by_the_papers_algorithm_in_fractions():
    """Two steps, the square roots chosen to be exact."""
    w, moments = 1.0, adam_start(1.0)
    w, moments = adam_step(w, moments, 3.0, lr=0.5, beta1=0.5, beta2=0.75, eps=1.0)
    assert moments == Moments(1.5, 2.25, 1)
    assert w == pytest.approx(1 - 0.5 * 3 / (3 + 1))
    w, moments = adam_step(w, moments, -1.0, lr=0.5, beta1=0.5, beta2=0.75, eps=1.0)
    first = Fraction(1, 2) * Fraction(3, 2) - Fraction(1, 2)
    second = Fraction(3, 4) * Fraction(9, 4) + Fraction(1, 4)
    assert moments == Moments(float(first), float(second), 2)
    mean, square = float(first / Fraction(3, 4)), float(second / Fraction(7, 16))
    assert w == pytest.approx(0.625 - 0.5 * mean / (np.sqrt(square) + 1))


@given(c=st.floats(0.1, 10), signs=st.lists(st.sampled_from([-1.0, 1.0]), min_size=1, max_size=30))
def test_with_gradients_of_one_size_adam_is_form_e_with_bias_correction(c, signs):
    w, moments, other, e = 0.0, adam_start(0.0), 0.0, 0.0
    for t, sign in enumerate(signs, 1):
        w, moments = adam_step(w, moments, sign * c, lr=0.1, eps=0.0)
        other, e = averaged_step(other, e, sign * c, 0.1 / (1 - 0.9**t) / c, 0.9)
    assert w == pytest.approx(other, abs=1e-9)
    assert moments.steps == len(signs)


def test_adam_keeps_its_denominator_from_zero():
    # A first gradient as small as eps takes half the step of a large one.
    assert adam_step(0.0, adam_start(0.0), 1e-8, lr=1.0)[0] == pytest.approx(-0.5)
    assert adam_step(0.0, adam_start(0.0), 1.0, lr=1.0)[0] == pytest.approx(-1.0)


def test_adams_decay_is_decoupled_and_arrays_keep_their_shape():
    w = np.array([[1.0, -2.0]])
    new, moments = adam_step(w, adam_start(w), 0 * w, lr=0.5, wd=0.25)
    assert np.array_equal(new, 0.875 * w)
    assert moments.first.shape == w.shape == moments.second.shape


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lr": -1.0}, "lr must"),
        ({"beta1": 1.0}, "beta1 must be in"),
        ({"beta2": -0.1}, "beta2 must be in"),
        ({"eps": -1.0}, "eps must"),
        ({"wd": -1.0}, "wd must"),
        ({"moments": (0.0, 0)}, r"moments must be Moments, such as adam_start returns, got \(0.0, 0\)$"),
    ],
)
def test_adam_refuses(change, words):
    with pytest.raises(ValueError, match=words):
        adam_step(**({"w": 1.0, "moments": adam_start(1.0), "g": 1.0, "lr": 0.1} | change))


@given(st.floats(-(2.0**100), 2.0**100, width=32).filter(lambda x: abs(x) >= 2.0**-120))
def test_bfloat16_is_the_nearest_number_of_eight_bits_ties_to_even(x):
    unit = Fraction(2) ** (math.frexp(x)[1] - 8)
    # `round` of a fraction takes ties to even, exactly.
    assert Fraction(float(to_bfloat16(x))) == round(Fraction(x) / unit) * unit


def test_bfloat16_by_hand():
    given = [1.0, 1 + 2**-8, 1 + 3 * 2**-8, 1 - 2**-9, -1 - 2**-8 - 2**-12, 0.999, 0.998, 0.0]
    expected = [1.0, 1.0, 1 + 2**-6, 1.0, -1 - 2**-7, 1.0, 1 - 2**-8, 0.0]
    found = to_bfloat16(given)
    assert found.dtype == np.float32
    assert found.tolist() == expected
    with pytest.raises(ValueError, match="x must be finite"):
        to_bfloat16([1.0, np.inf])
