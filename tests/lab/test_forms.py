"""The lab of forms: its schedules, its runs, the gap and the formula, its words and its picture."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from momentum.descent import descend
from momentum.lab import FormsLab
from momentum.lab.forms import FORMS, GROUNDS, SUITS, with_correction
from momentum.lab.schedules import SCHEDULES, cosine_shape, learning_rates
from momentum.theory import gap_after_lr_change
from momentum.updates import accumulator_step, averaged_step, velocity_step


@pytest.fixture
def make(keep):
    return lambda **state: keep(FormsLab(**state))


def test_schedules_have_a_rate_for_each_step():
    given = {"steps": 5, "lr": 0.5, "lr_end": 0.25, "when": 2}
    assert learning_rates("constant", **given).tolist() == [0.5] * 5
    assert learning_rates("step", **given).tolist() == [0.5, 0.5, 0.25, 0.25, 0.25]
    assert learning_rates("warm-up", **given).tolist() == [0.5, 0.375, 0.25, 0.25, 0.25]
    cosine = learning_rates("cosine", **given)
    assert cosine[[0, 2, 4]] == pytest.approx([0.5, 0.375, 0.25])
    assert np.all(np.diff(cosine) < 0)
    assert learning_rates("drawn", **given, knots=[0.5, 1.0, 0.25]).tolist() == [0.5, 0.75, 1.0, 0.625, 0.25]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schedule": "linear"}, "schedule must be one of constant"),
        ({"lr": 0.0}, "lr must be finite and positive"),
        ({"lr_end": -1.0}, "lr_end must be finite and positive"),
        ({"when": 0}, "when must be from 1 to 5"),
        ({"steps": 1}, "steps must be at least 2"),
        ({"schedule": "drawn"}, "knots must be a list of at least two"),
        ({"schedule": "drawn", "knots": [0.5, 0.0]}, "knots must be finite and positive"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(change, words):
    given = {"schedule": "step", "steps": 5, "lr": 0.5, "lr_end": 0.25, "when": 2} | change
    with pytest.raises(ValueError, match=words):
        learning_rates(**given)


def test_the_cosine_needs_two_steps_and_is_handed_over_as_it_is(make):
    with pytest.raises(ValueError, match="steps must be at least 2"):
        cosine_shape(1)
    assert cosine_shape(2).tolist() == [1.0, 0.0]
    assert make().cosine == cosine_shape(120).tolist()


@pytest.mark.parametrize("landscape", list(GROUNDS))
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_path_is_what_descend_returns(make, landscape, schedule):
    lab = make(landscape=landscape, schedule=schedule, forms=list(FORMS))
    rates = lab.rates
    given = {"landscape": GROUNDS[landscape], "w0": [SUITS[landscape]["start"]], "mu": 0.9, "steps": 120}
    for form, step in (("velocity", velocity_step), ("accumulator", accumulator_step)):
        expected = descend(**given, lr=lambda k: rates[k], step=step)
        np.testing.assert_array_equal(lab.paths[form].w, expected.w)
    expected = descend(**given, lr=lambda k: rates[k] / (1 - 0.9), step=averaged_step)
    np.testing.assert_array_equal(lab.paths["averaged"].w, expected.w)
    np.testing.assert_array_equal(lab.path.w, lab.paths["velocity"].w)


@pytest.mark.parametrize("landscape", list(GROUNDS))
def test_at_a_constant_rate_all_forms_agree(make, landscape):
    lab = make(landscape=landscape, schedule="constant", forms=list(FORMS))
    a = lab.paths["velocity"].w
    for path in lab.paths.values():
        np.testing.assert_allclose(path.w, a, atol=1e-12, rtol=1e-12)
    assert lab.parted_at == -1
    assert "Forms A and B agree to rounding." in lab.describe()


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("landscape", list(GROUNDS))
def test_rescaling_the_velocity_makes_form_a_follow_form_b(make, schedule, landscape):
    lab = make(landscape=landscape, schedule=schedule, rescale=True)
    assert lab.gap.max() < 1e-12 * max(1.0, np.abs(lab.path.w).max())
    assert "agree to rounding" in lab.describe()
    assert lab.predicted_gap is None


def test_the_correction_leaves_a_constant_rate_alone():
    plain = descend(GROUNDS["bowl"], [1.0], lr=0.1, mu=0.9, steps=50)
    corrected = descend(GROUNDS["bowl"], [1.0], lr=0.1, mu=0.9, steps=50, step=with_correction(velocity_step))
    np.testing.assert_array_equal(corrected.w, plain.w)


def test_form_e_lies_on_form_b_whatever_the_schedule(make):
    for schedule in SCHEDULES:
        paths = make(landscape="bowl", schedule=schedule, forms=list(FORMS)).paths
        np.testing.assert_allclose(paths["averaged"].w, paths["accumulator"].w, atol=1e-13)


@pytest.mark.parametrize(("lr", "lr_end", "when", "mu"), [(0.1, 0.01, 20, 0.9), (0.02, 0.5, 30, 0.8)])
def test_on_the_slope_the_gap_tends_to_the_formula(make, lr, lr_end, when, mu):
    lab = make(schedule="step", lr=lr, lr_end=lr_end, when=when, mu=mu)
    memory = sum(mu**k for k in range(when))
    assert lab.predicted_gap == pytest.approx(abs(gap_after_lr_change(lr, lr_end, memory, mu)), rel=1e-12)
    assert lab.gap[-1] == pytest.approx(lab.predicted_gap, rel=2 * mu ** (120 - when))
    assert lab.gap[when] < 1e-12
    assert lab.parted_at == when


def test_the_formula_is_only_said_where_it_holds(make):
    assert make(landscape="slope", schedule="step").predicted_gap is not None
    assert make(landscape="bowl", schedule="step").predicted_gap is None
    assert make(landscape="slope", schedule="cosine").predicted_gap is None


def test_the_witness_of_the_chapter_parts_after_two_steps(make):
    lab = make(schedule="step", lr=0.1, lr_end=0.01, when=1)
    assert lab.paths["velocity"].w[2, 0] == pytest.approx(-0.2)
    assert lab.paths["accumulator"].w[2, 0] == pytest.approx(-0.119)


def test_in_the_double_well_the_forms_end_in_different_valleys(make):
    lab = make(landscape="double well")
    assert lab.paths["velocity"].w[-1, 0] < -1
    assert lab.paths["accumulator"].w[-1, 0] > 0.8


def test_the_words_say_where_the_forms_part_and_by_how_much(make):
    words = make(step=80).describe()
    assert "part at step 60, by up to 8.07; at step 80 they are 7.1 apart. The formula says 8.09" in words
    assert "Form A diverged at step" in make(landscape="double well", lr=1.0, lr_end=1.0).describe()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"landscape": "ravine"}, "landscape"),
        ({"schedule": "linear"}, "schedule"),
        ({"lr": 0.0}, "lr"),
        ({"lr_end": 2.0}, "lr_end"),
        ({"lr_end": float("nan")}, "lr_end"),
        ({"when": 120}, "when"),
        ({"when": 0}, "when"),
        ({"knots": [0.1, 0.2]}, "knots"),
        ({"knots": [0.1, 0.2, 0.3, 0.4, 0.0]}, "knots"),
        ({"mu": 1.0}, "mu"),
        ({"forms": ["nesterov"]}, "forms"),
        ({"step": 121}, "step"),
    ],
)
def test_a_state_that_makes_no_sense_is_refused_by_name(state, words):
    with pytest.raises(traitlets.TraitError, match=words):
        FormsLab(**state)


def test_the_repr_gives_the_same_lab_back(make):
    lab = make(landscape="bowl", schedule="drawn", rescale=True, forms=["averaged"])
    again = eval(repr(lab), {"FormsLab": FormsLab})
    assert repr(again) == repr(lab)
    again.close()


@pytest.mark.parametrize("landscape", list(GROUNDS))
@pytest.mark.parametrize(("lr", "forms"), [(0.01, ["velocity"]), (1.0, list(FORMS)), (0.1, [])])
def test_the_picture_warns_of_nothing_and_shows_the_formula(make, landscape, lr, forms):
    lab = make(landscape=landscape, lr=lr, forms=forms)
    with warnings.catch_warnings(), plt.style.context("momentum.book"):
        warnings.simplefilter("error")
        figure = lab.still()
        figure.draw_without_rendering()
        plt.close(figure)
        assert lab.describe()
    assert tuple(figure.get_size_inches()) <= (5.6, 3.3)
    position, _, gap = figure.axes
    assert len(position.lines) == len(forms) + 1
    labels = [text.get_text() for text in gap.texts]
    assert labels == (["formula"] if landscape == "slope" else [])
