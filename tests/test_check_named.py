"""Functions checked by the quantities they compute, and formulas and proofs asked for by name."""

import inspect
import math
from itertools import permutations

import numpy as np
import pytest
import sympy

from momentum import averaged_step, bowl, descend, theory
from momentum.check import FORMULAS, PROOFS, QUANTITIES, expression, function, ordering
from momentum.check.functions import TRIED


def radius(a, mu):
    return max(abs(np.roots([1, -(1 + mu - a), mu])))


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_quantity_passes_its_own_check(name):
    assert function(name, QUANTITIES[name], 1e-12)


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_quantity_is_tried_more_than_once(name):
    seen = []
    function(name, lambda *given: seen.append(given) or QUANTITIES[name](*given))
    assert len(set(seen)) >= 3
    assert all(len(given) == len(inspect.signature(QUANTITIES[name]).parameters) for given in seen)


def test_the_radius_is_tried_in_all_three_regimes():
    pairs = zip(TRIED["a"], TRIED["mu"], strict=True)
    found = {str(theory.regime(a, mu)) for a, mu in pairs}
    assert {"monotone", "oscillating", "alternating"} <= found
    assert function("spectral radius", radius)


@pytest.mark.parametrize(
    ("f", "bug", "words"),
    [
        (..., "empty", "There is nothing to check yet: put your function in its place."),
        (None, "empty", "There is nothing to check yet: put your function in its place."),
        (lambda a, mu: None, "empty", "Your function returns nothing yet."),
        (0.9, "no_function", "Give the function itself, with its name alone."),
        (
            lambda a, mu: abs(1 + mu - a) / 2 + math.sqrt((1 + mu - a) ** 2 / 4 - mu),
            "raises",
            "At a = 0.4, mu = 0.63: your function raises ValueError: ",
        ),
        (lambda a: a, "raises", "At a = 0.002, mu = 0.8: your function raises TypeError: "),
        (lambda a, mu: 2 * radius(a, mu), "twice", "It is twice what it should be."),
        (theory.saddle_growth, "other_quantity", "That is the growth at a saddle."),
        (lambda a, mu: [a, mu], "no_number", "At a = 0.002, mu = 0.8: a number was asked for, and "),
        (lambda a, mu: np.sqrt(-a), "no_number", "A number was asked for, and nan is no finite one."),
    ],
)
def test_what_is_wrong_with_a_function(f, bug, words):
    verdict = function("spectral radius", f)
    assert not verdict
    assert verdict.bug == bug
    assert verdict.words.startswith(words)


def test_a_function_that_is_right_in_places_is_told_where_it_is_not():
    words = function("spectral radius", lambda a, mu: mu**0.5).words
    assert words == "At a = 0.002, mu = 0.8: it is too small by a factor of about 1.1."
    assert function("spectral radius", lambda a, mu: mu).words.startswith("At a = 0.002, mu = 0.8: ")


def test_a_function_that_never_ends():
    def endless(mu):
        while True:
            mu = mu * 1.0

    verdict = function("sum of the weights", endless, seconds=0.2)
    assert not verdict
    assert (verdict.bug, verdict.words) == ("never_ends", "Your function does not come to an end.")


def test_the_tolerance_is_the_number_s():
    def near(mu):
        return 1.005 / (1 - mu)

    assert function("sum of the weights", near)
    assert not function("sum of the weights", near, 0.001)


def test_a_quantity_that_does_not_exist():
    with pytest.raises(ValueError, match=r"^name must be one of terminal velocity, .*, got 'speed'$"):
        function("speed", lambda mu: mu)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_named_formula_is_right_and_its_double_is_not(name):
    formula, _ = FORMULAS[name]
    assert expression(name, formula)
    assert expression(name, f"2*({formula})").words == "Yours is the right one times `2`."
    assert expression(name, ...).bug == "empty"


def value(name, **given):
    return float(sympy.sympify(FORMULAS[name][0], locals={"lam": sympy.Symbol("lam")}).subs(given))


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
def test_the_stability_limit_of_the_averaged_form(mu):
    limit = value("stability limit of the averaged form", mu=mu)
    inside, outside = (
        abs(descend(bowl(), [1.0], share * limit, mu, 3000, averaged_step, keep_path=False).w[-1, 0])
        for share in (0.99, 1.01)
    )
    assert inside < 1e-3
    assert outside > 1e3


@pytest.mark.parametrize(("lr", "mu", "lam", "s2"), [(0.1, 0.9, 2.0, 3.0), (0.5, 0.3, 1.0, 0.2)])
def test_the_stationary_variance_of_the_averaged_form(lr, mu, lam, s2):
    """It is that of the velocity form with the learning rate times 1 - mu."""
    found = value("stationary variance of the averaged form", lr=lr, mu=mu, lam=lam, s2=s2)
    assert math.isclose(found, theory.stationary_variance(lr * (1 - mu), mu, lam, s2))


@pytest.mark.parametrize("a", [1.2, 1.5, 1.9])
def test_the_momentum_that_damps_bouncing_best(a):
    best = value("momentum that damps bouncing best", a=a)
    tries = np.linspace(0, 0.99, 991)
    assert theory.spectral_radius(a, best) <= theory.spectral_radius(a, tries).min() + 1e-9


@pytest.mark.parametrize("r", [0.1, 3.0])
def test_the_kinetic_energy_after_braking_twice(r):
    """The memory and the learning rate are both multiplied by r: form B, corrected once more."""
    lr, mu, b = 0.2, 0.9, 5.0
    before, after = (mu / (2 * rate) * (rate * memory) ** 2 for rate, memory in ((lr, b), (r * lr, r * b)))
    assert math.isclose(after / before, value("kinetic energy after braking twice", r=r))


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
def test_the_room_of_nesterov_s_method(mu):
    limit = 2 * value("room of Nesterov's method", mu=mu) * (1 - mu)
    assert theory.nesterov_radius(0.999 * limit, mu) < 1 < theory.nesterov_radius(1.001 * limit, mu)


@pytest.mark.parametrize(("lr", "mu", "wd"), [(0.1, 0.9, 2.0), (0.5, 0.3, 0.1)])
def test_the_edge_with_weight_decay(lr, mu, wd):
    edge = value("edge with weight decay", lr=lr, mu=mu, wd=wd)
    ends = [
        abs(descend(lambda w, c=share * edge: (c + wd) * w, [1.0], lr, mu, 3000, keep_path=False).w[-1, 0])
        for share in (0.99, 1.01)
    ]
    assert ends[0] < 1e-3 < 1e3 < ends[1]


@pytest.mark.parametrize("a", [0.01, 0.25, 0.7])
def test_the_critical_damping_of_nesterov_s_method(a):
    """There its two roots are one, so it forgets the fastest."""
    mu = value("critical damping of Nesterov's method", a=a)
    assert math.isclose(((1 + mu) * (1 - a)) ** 2, 4 * mu * (1 - a))
    assert (
        theory.nesterov_radius(a, mu) <= theory.nesterov_radius(a, np.linspace(0, 0.999, 1000)).min() + 1e-6
    )


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("stability of momentum", "FEGBAC"),
        ("stationary variances", "EAFCD"),
        ("sign test", "CGFAEB"),
        ("saddles at equal effective learning rate", "DFAEBC"),
        ("Nesterov's estimate", "BGCFHAD"),
    ],
)
def test_a_named_proof_has_its_order_and_not_the_alphabet_s(name, right):
    assert ordering(name, right)
    assert not ordering(name, sorted(right))
    wrong = [label for label, needed in PROOFS[name].items() if needed is None]
    assert [ordering(name, label + right).bug for label in wrong] == ["distractor"]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("stability of momentum", 5),
        ("stationary variances", 3),
        ("saddles at equal effective learning rate", 2),
        ("Nesterov's estimate", 15),
    ],
)
def test_how_many_orders_of_a_named_proof_are_right(name, count):
    """One that is missing among the uses lets more pass, one too many fewer."""
    steps = [label for label, needed in PROOFS[name].items() if needed is not None]
    assert sum(bool(ordering(name, order)) for order in permutations(steps)) == count


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: ordering("stability", "A"), "steps must be a dict or one of stability of momentum, "),
        (lambda: expression("mu", "mu"), "expected must be one of stability limit of the averaged form, "),
    ],
)
def test_a_name_that_does_not_exist(check, message):
    with pytest.raises(ValueError, match=message):
        check()


def test_symbols_with_a_numeral_in_them():
    assert expression("lr*s2/2", "0.5 s2 lr", "lr s2")
    assert (
        expression("lr*s2/2", "lr s3", "lr s2").words == "`s3` does not occur here: the symbols are lr, s2."
    )
