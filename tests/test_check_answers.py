"""Numbers that were predicted, steps put in order, gaps filled, and what quick checks let pass."""

import inspect
from fractions import Fraction

import numpy as np
import pytest
import sympy

from momentum import physics, theory
from momentum.check import QUANTITIES, expression, naive_checks, nine_bugs, number, ordering
from momentum.check.judge import judge

OFF_BY_ONE = "It is off by one: do you count from zero or from one, steps or points?"
SLOPE = {"lr": 0.1, "mu": 0.9, "g": 2.0}


@pytest.mark.parametrize(
    "guess", [-2, -2.0, Fraction(-2), np.float32(-2), np.array(-2.0), "-2", sympy.Integer(-2)]
)
def test_a_right_number_passes(guess):
    verdict = number("terminal velocity", guess, **SLOPE)
    assert verdict
    assert verdict.words == ""


@pytest.mark.parametrize(
    ("guess", "tolerance", "right"),
    [
        (-2.019, 0.01, True),
        (-2.021, 0.01, False),
        (-1.981, 0.01, True),
        (-1.979, 0.01, False),
        (-2.1, 0.06, True),
    ],
)
def test_the_tolerance_is_relative(guess, tolerance, right):
    assert bool(number("terminal velocity", guess, tolerance, **SLOPE)) is right


def test_the_tolerance_is_exact_if_one_likes():
    assert number(0.3, 0.1 + 0.2, tolerance=0)
    assert not number(0.3, 0.3001, tolerance=0)


def test_the_tolerance_of_zero_is_absolute():
    assert number(0.0, 0.009)
    assert not number(0.0, 0.011)


@pytest.mark.parametrize(
    ("guess", "bug", "words"),
    [
        (2, "sign", "The size is right, the sign is not."),
        (-0.02, "upside_down", "You have the factor `1/(1 - mu)` upside down."),
        (-0.2, "factor_missing", "A factor `1/(1 - mu)` is missing."),
        (-20, "factor_too_much", "There is a factor `1/(1 - mu)` too much."),
        (-1.8, "mu_too_much", "There is a factor `mu` too much."),
        (-2 / 0.9, "mu_missing", "A factor `mu` is missing."),
        (-1, "half", "It is half of what it should be: a factor 2 is missing."),
        (-4, "twice", "It is twice what it should be."),
        (1, "other_quantity", "That is the effective learning rate."),
        (10, "other_quantity", "That is the sum of the weights."),
        (-0.5, "reciprocal", "It is upside down: you have one over the number."),
        (0.02, "upside_down", "The sign is wrong, and more: You have the factor `1/(1 - mu)` upside down."),
        (-3.4, "wrong", "It is too large by a factor of about 1.7."),
        (-0.4, "wrong", "It is too small by a factor of about 5."),
        (3.4, "wrong", "The sign is wrong, and so is the size."),
        (0, "wrong", "It is too large."),
        ("many", "no_number", "A number was asked for, and 'many' is none."),
        ([1, 2], "no_number", "A number was asked for, and [1, 2] is none."),
        (float("nan"), "no_number", "A number was asked for, and nan is no finite one."),
        (..., "empty", "There is nothing to check yet: put your number in its place."),
        (None, "empty", "There is nothing to check yet: put your number in its place."),
    ],
)
def test_what_is_wrong_with_a_number(guess, bug, words):
    verdict = number("terminal velocity", guess, **SLOPE)
    assert not verdict
    assert (verdict.bug, verdict.words) == (bug, words)


@pytest.mark.parametrize(
    ("expected", "guess", "given", "bug", "words"),
    [
        (5.0, 1.0, {"lr": 0.2}, "lr_too_much", "There is a factor `lr` too much."),
        (5.0, 25.0, {"lr": 0.2}, "lr_missing", "The factor `lr` is missing."),
        (0.5, 50.0, {}, "percent", "It is a hundred times too large: did you give percent?"),
        (0.5, 0.005, {}, "percent", "It is a hundred times too small: did you divide by 100 for percent?"),
        (3.0, 27.0, {"mu": 2 / 3}, "upside_down", "You have the factor `1 - mu` upside down."),
        (3.0, 9.0, {}, "square", "You have the square of the number: take the root."),
        (9.0, 3.0, {}, "root", "You have the square root of the number."),
        (44, 43, {}, "off_by_one", OFF_BY_ONE),
        (44, 45, {}, "off_by_one", OFF_BY_ONE),
        (44, 46, {}, "wrong", "It is too large by a factor of about 1."),
        (0.0, 7.0, {}, "wrong", "It is too large."),
        (0.0, -7.0, {}, "wrong", "It is too small."),
    ],
)
def test_factors_and_powers(expected, guess, given, bug, words):
    verdict = number(expected, guess, tolerance=1e-6, **given)
    assert not verdict
    assert (verdict.bug, verdict.words) == (bug, words)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("mean age of a gradient", "sum of the weights"),
        ("sum of the weights", "mean age of a gradient"),
        ("half-life of a gradient", "effective sample size"),
        ("effective sample size", "sum of the weights"),
    ],
)
def test_another_answer_to_the_same_question_is_named(name, other):
    guess = QUANTITIES[other](mu=0.9)
    assert number(name, guess, mu=0.9).words == f"That is the {other}."


def test_own_hints_come_first():
    hints = {-0.2: "Once, not in the end.", -9.0: "Nine?"}
    assert number("terminal velocity", -0.2, hints=hints, **SLOPE).words == "Once, not in the end."
    assert number("terminal velocity", -2.0, hints=hints, **SLOPE)
    assert number("terminal velocity", 2.0, hints=hints, **SLOPE).bug == "sign"


VALUES = {
    "lr": 0.05,
    "mu": 0.8,
    "g": 1.5,
    "fraction": 0.9,
    "mu_old": 0.9,
    "mu_new": 0.95,
    "batch_old": 32.0,
    "batch_new": 256.0,
    "step": 3.0,
    "loss_factor": 4.0,
    "lr_old": 0.1,
    "lr_new": 0.01,
    "b": 3.0,
    "a": 0.4,
    "L": 25.0,
    "l": 1.0,
    "condition_number": 25.0,
    "curvature": 2.0,
    "s2": 3.0,
    "gradient": 1.5,
    "v": 0.7,
}
EXPECTED = {
    "terminal velocity": physics.terminal_velocity(0.05, 0.8, 1.5),
    "effective learning rate": 0.05 / (1 - 0.8),
    "learning rate taken from the averaged form": 0.05 * (1 - 0.8),
    "learning rate at another momentum": 0.05 / 2,
    "learning rate for another minibatch": 0.05 / 2 * 8,
    "momentum under bias correction": 0.8 * (1 - 0.64) / (1 - 0.512),
    "curvature of a wreck": (1 + 0.8 + 2 + 0.4) / 0.05,
    "largest learning rate of Nesterov's method": 3.6 / 2.6 / 2,
    "steps to a fraction of the terminal velocity": theory.steps_to_terminal(0.9, 0.8),
    "sum of the weights": 1 / (1 - 0.8),
    "mean age of a gradient": 0.8 / (1 - 0.8),
    "half-life of a gradient": np.log(0.5) / np.log(0.8),
    "effective sample size": 1.8 / (1 - 0.8),
    "gap between the forms": -0.09 * 3 * 0.8 / (1 - 0.8),
    "second point of form A": -(0.1 * 1.8 + 0.01) * 1.5,
    "second point of form B": -(0.1 + 0.01 * 1.8) * 1.5,
    "second point of form B, corrected in vain": -(0.1 + 0.01 * 1.08) * 1.5,
    "second point of gradient descent": -(0.1 + 0.01) * 1.5,
    "spectral radius": np.sqrt(0.8),
    "growth at a saddle": theory.saddle_growth(0.4, 0.8),
    "largest learning rate of the energy theorem": 2 * (1 - 0.8) / 25,
    "best learning rate": 4 / 36,
    "best momentum": 4 / 9,
    "best rate with momentum": 4 / 6,
    "best rate of gradient descent": 24 / 26,
    "condition number for which a momentum is best": ((1 + np.sqrt(0.8)) / (1 - np.sqrt(0.8))) ** 2,
    "Nesterov's stability limit": 3.6 / 2.6,
    "stationary variance": theory.stationary_variance(0.05, 0.8, 2.0, 3.0),
    "variance of a step": theory.step_variance(0.05, 0.8, 2.0, 3.0),
    "variance ratio at equal learning rate": 1.8 / 0.2 * 1.6 / 3.2,
    "variance ratio at equal effective learning rate": 1.8 * 1.6 / (3.6 - 0.4 * 0.2),
    "coasting distance on a plateau": 0.8 / (1 - 0.8) * 0.7,
    "height of a climb": theory.climb(0.05, 0.8, 1.5, 0.7),
}


@pytest.mark.parametrize("name", QUANTITIES)
def test_each_quantity_has_its_value(name):
    needed = inspect.signature(QUANTITIES[name]).parameters
    assert number(name, EXPECTED[name], 1e-12, **{key: VALUES[key] for key in needed})


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("speed", {}, "expected must be a number or one of terminal velocity, "),
        ("sum of the weights", {}, r"given must be \['mu'\] for the sum of the weights, got \[\]"),
        ("sum of the weights", {"mu": 0.9, "lr": 1.0}, r"given must be \['mu'\]"),
        ("sum of the weights", {"mu": 1.5}, "mu must be in"),
    ],
)
def test_an_exercise_that_is_put_wrong(name, given, message):
    with pytest.raises(ValueError, match=message):
        number(name, 1.0, **given)


@pytest.mark.parametrize("tolerance", [-1.0, float("nan"), float("inf")])
def test_a_tolerance_that_is_none(tolerance):
    with pytest.raises(ValueError, match="tolerance must be finite and not negative"):
        number(1.0, 1.0, tolerance)


STEPS = {"a": "", "b": "a", "c": "a", "d": ["b", "c"], "x": None}


@pytest.mark.parametrize("answer", ["abcd", "acbd", ["a", "b", "c", "d"], ("a", "c", "b", "d")])
def test_every_order_that_holds_is_right(answer):
    assert ordering(STEPS, answer)


def test_the_number_of_right_orders():
    """A step that nothing ties may stand anywhere."""
    from itertools import permutations

    steps = STEPS | {"e": ""}
    assert sum(bool(ordering(steps, order)) for order in permutations("abcde")) == 2 * 5


@pytest.mark.parametrize(
    ("answer", "bug", "words"),
    [
        ("adbc", "too_early", "Step d comes too early: it uses step b."),
        ("abdc", "too_early", "Step d comes too early: it uses step c."),
        ("bacd", "too_early", "Step b comes too early: it uses step a."),
        ("abxcd", "distractor", "Step x does not belong to the proof."),
        ("abc", "missing", "The order is right so far, but step d is missing."),
        ("abbcd", "repeated", "Step b is there twice."),
        ("abzcd", "unknown", "There is no step z."),
        ("", "empty", "There is nothing to check yet: put the labels in order."),
        ([], "empty", "There is nothing to check yet: put the labels in order."),
        (None, "empty", "There is nothing to check yet: put the labels in order."),
        (..., "empty", "There is nothing to check yet: put the labels in order."),
    ],
)
def test_what_is_wrong_with_an_order(answer, bug, words):
    verdict = ordering(STEPS, answer)
    assert not verdict
    assert (verdict.bug, verdict.words) == (bug, words)


def test_where_an_order_goes_wrong():
    assert ordering(STEPS, "adbc").parted_at == 2
    assert ordering(STEPS, "bacd").parted_at == 1


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ({"a": "z"}, r"^steps\['a'\] must be labels of steps of the proof, got \['z'\]$"),
        ({"a": "x", "x": None}, r"steps\['a'\] must be labels of steps of the proof"),
        ({"a": "b", "b": "a"}, r"^steps must be free of circles, got \[.*'a'.*\]$"),
    ],
)
def test_a_proof_that_is_put_wrong(steps, message):
    with pytest.raises(ValueError, match=message):
        ordering(steps, "a")


TERMINAL = "-lr*g/(1 - mu)"
lr, mu, g = sympy.symbols("lr mu g")


@pytest.mark.parametrize(
    "answer",
    [
        TERMINAL,
        "lr*g/(mu - 1)",
        "lr g / (mu - 1)",
        "-g lr (1 - mu)^(-1)",
        "-g*lr*(1 + mu)/(1 - mu**2)",
        "−lr·g/(1 − mu)",  # noqa: RUF001
        "-lr*sqrt(g**2)/(1 - mu)",
        "-lr*g*exp(-log(1 - mu))",
        -lr * g / (1 - mu),
        "-1.0*lr*g/(1 - mu)",
    ],
)
def test_a_right_formula_passes(answer):
    verdict = expression(TERMINAL, answer, "lr g mu")
    assert verdict, verdict.words
    assert verdict.words == ""


def test_where_algebra_does_not_decide_the_values_do():
    assert expression("1 + sqrt(mu)", "sqrt(1 + mu + 2*sqrt(mu))", "mu")
    assert expression("Max(lr, mu)", "(lr + mu + Abs(lr - mu))/2", "lr mu")
    assert not expression("1 + sqrt(mu)", "sqrt(1 + mu + 2.0001*sqrt(mu))", "mu")
    assert not expression("Max(lr, mu)", "lr", "lr mu")


def test_greek_letters_and_numbers():
    assert expression("(1 - sqrt(mu))^2", "1 - 2 sqrt(μ) + μ", ["mu"])
    assert expression("2*(1 + mu)/lam", "(2 + 2μ)/λ", "mu lam")
    assert expression("0", "mu - mu", "mu")
    assert expression(2, 2, "mu")
    assert expression("1/3", Fraction(1, 3), "mu")
    assert expression("1/2", 0.5, "mu")
    assert expression("1e-3*mu", "0.001 mu", "mu")


@pytest.mark.parametrize(
    ("answer", "bug", "words"),
    [
        ("lr*g/(1 - mu)", "sign", "All is right but the sign."),
        ("-lr*g", "factor", "Yours is the right one times `1 - mu`."),
        ("-2*lr*g/(1 - mu)", "factor", "Yours is the right one times `2`."),
        ("-g/(1 - mu)", "factor", "Yours is the right one times `1/lr`."),
        ("g + mu", "differs", "At lr = 1/2, g = 1/3, mu = 1/4 yours is 0.5833 and should be -0.2222."),
        ("0", "differs", "At lr = 1/2, g = 1/3, mu = 1/4 yours is 0 and should be -0.2222."),
        ("eta*g/(mu - 1)", "unknown", "`eta` does not occur here: the symbols are lr, g, mu."),
        (sympy.Symbol("eta"), "unknown", "`eta` does not occur here: the symbols are lr, g, mu."),
        ("lr*g/(1 - mu", "no_formula", "That is no formula that can be read: look for a bracket or a sign."),
        ("lr =", "no_formula", "That is no formula that can be read: look for a bracket or a sign."),
        ("__import__('os')", "unknown", "`__import__` does not occur here: the symbols are lr, g, mu."),
        ("", "empty", "There is nothing to check yet: put your formula in its place."),
        (..., "empty", "There is nothing to check yet: put your formula in its place."),
    ],
)
def test_what_is_wrong_with_a_formula(answer, bug, words):
    verdict = expression(TERMINAL, answer, "lr g mu")
    assert not verdict
    assert (verdict.bug, verdict.words) == (bug, words)


@pytest.mark.parametrize("answer", [object(), {"lr"}, ["lr", "g"], ("lr",), True, sympy.Eq(lr, mu)])
def test_what_is_no_formula_at_all(answer):
    verdict = expression(TERMINAL, answer, "lr g mu")
    assert not verdict
    words = f"A formula was asked for, and {answer!r} is none."
    assert (verdict.bug, verdict.words) == ("no_formula", words)


def test_a_gap_that_is_put_wrong():
    with pytest.raises(ValueError, match="expected must be a formula in lr, mu"):
        expression("eta*mu", "lr", "lr mu")


def test_the_naive_checks():
    """Of nine bugs: the figures of the chapter's box."""
    assert naive_checks() == {
        "the loss went down after 60 steps": (
            "velocity_not_kept",
            "complement_squared",
            "lr_on_old",
            "starts_with_g",
            "reset",
            "averaged",
        ),
        "one step from rest": ("velocity_not_kept", "lr_on_old", "reset", "nesterov_twice"),
        "one step with a velocity": ("starts_with_g", "reset"),
        "the terminal velocity after 400 steps": ("stale", "starts_with_g"),
        "the path of 60 steps": (),
    }


@pytest.mark.parametrize(("curvature", "passed"), [(0.1, 8), (0.3, 8), (1.0, 7), (3.0, 6)])
def test_how_many_bugs_lower_the_loss_depends_on_the_landscape(curvature, passed):
    assert len(naive_checks(curvature)["the loss went down after 60 steps"]) == passed


@pytest.mark.parametrize("bug", nine_bugs())
def test_each_of_the_nine_is_named(bug):
    assert judge("velocity", nine_bugs()[bug]()).bug == bug
