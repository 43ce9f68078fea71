"""The formulas and proofs of the first chapters, asked for by name, and the second points of the forms."""

from itertools import permutations

import pytest
import sympy

from momentum import accumulator_step, nesterov_step, velocity_step
from momentum.check import FORMULAS, PROOFS, number, ordering
from momentum.updates import nesterov_accumulator_step

mu, lr, lr_old, lr_new, b, g = sympy.symbols("mu lr lr_old lr_new b g", positive=True)
# The steps refuse a momentum of which they cannot see that it is below one.
s = sympy.Symbol("s", positive=True)
BELOW_ONE = s / (1 + s)


def formula(name):
    symbols = {symbol.name: symbol for symbol in (mu, lr, lr_old, lr_new, b, g)}
    return sympy.sympify(FORMULAS[name][0], locals=symbols).subs(mu, BELOW_ONE)


def second_points(factor=1):
    """Return where forms A and B are after two steps, with the velocity multiplied between them."""
    w_a, v = velocity_step(sympy.Integer(0), sympy.Integer(0), g, lr_old, BELOW_ONE)
    w_b, memory = accumulator_step(sympy.Integer(0), sympy.Integer(0), g, lr_old, BELOW_ONE)
    return (
        velocity_step(w_a, factor * v, g, lr_new, BELOW_ONE)[0],
        accumulator_step(w_b, memory, g, lr_new, BELOW_ONE)[0],
    )


def test_the_gap_after_two_steps():
    w_a, w_b = second_points()
    assert sympy.simplify(w_a - w_b - formula("gap after two steps")) == 0


def test_momentum_correction_closes_the_gap():
    w_a, w_b = second_points(formula("momentum correction"))
    assert sympy.simplify(w_a - w_b) == 0


def test_the_gap_of_nesterov_s_forms():
    keras, _ = nesterov_step(sympy.Integer(0), -lr_old * b, g, lr, BELOW_ONE)
    pytorch, _ = nesterov_accumulator_step(sympy.Integer(0), b, g, lr, BELOW_ONE)
    assert sympy.simplify(keras - pytorch - formula("gap of Nesterov's forms")) == 0


@pytest.mark.parametrize(
    ("name", "right", "orders"),
    [
        ("best learning rate", "DAFBCG", 1),
        # A and F need what is free otherwise: B, E and G, in any order.
        ("energy law", "BEGAFC", 8),
        # The start of the induction may stand anywhere before the conclusion.
        ("when the forms agree", "CEAFBHD", 6),
    ],
)
def test_a_proof_has_its_orders_and_no_others(name, right, orders):
    assert ordering(name, right)
    wrong = [label for label, needed in PROOFS[name].items() if needed is None]
    assert [ordering(name, label + right).bug for label in wrong] == ["distractor"]
    assert sum(bool(ordering(name, order)) for order in permutations(right)) == orders


@pytest.mark.parametrize(
    ("guess", "words"),
    [
        (-0.119, "That is the second point of form B."),
        (-0.2, "That is the second point of form A."),
        (-0.11, "That is the second point of gradient descent."),
    ],
)
def test_the_point_of_another_form_is_named(guess, words):
    given = {"lr_old": 0.1, "lr_new": 0.01, "mu": 0.9, "g": 1.0}
    assert number("second point of form B, corrected in vain", -0.1109, 1e-4, **given)
    assert number("second point of form B, corrected in vain", guess, 1e-4, **given).words == words
