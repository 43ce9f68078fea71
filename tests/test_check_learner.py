"""Code that cannot be compared, or does harm on the way, gets its sentence, and nothing else is disturbed."""

import sys
import time

import matplotlib as mpl
import numpy as np
import pytest

from momentum import check
from momentum.check.deadline import OutOfTimeError, run_until
from momentum.check.judge import judge
from momentum.check.problems import problems


def said(f, name="velocity", **options):
    """Return name and sentence of what is wrong."""
    verdict = judge(name, f, **options)
    assert not verdict
    return verdict.bug, verdict.words


@pytest.mark.parametrize("empty", [None, ...])
def test_nothing_to_check(empty):
    assert said(empty) == ("empty", "There is nothing to check yet: put your function in its place.")


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (3, "Give the function itself, with its name alone, and not an int."),
        ((1.0, 2.0), "Give the function itself, with its name alone, and not a tuple."),
    ],
)
def test_no_function(thing, words):
    assert said(thing) == ("no_function", words)


def test_wrong_arguments():
    bug, words = said(lambda w, g, lr: w - lr * g)
    assert bug == "wrong_arguments"
    assert words == "It has to take the five arguments `(w, state, g, lr, mu)`; yours takes `(w, g, lr)`."
    assert said(lambda w, state, g, lr: (w, state))[0] == "wrong_arguments"
    assert check.sgd_step(lambda w, state, g, lr: (w - lr * g, state))


def test_a_class_with_other_arguments():
    class Odd:
        def __init__(self, one, two, three):
            """Take three."""

        def step(self, w, g):
            """Do nothing."""

    assert said(Odd) == ("wrong_arguments", "The class has to take `(lr, mu)`.")


def test_an_object_without_attributes():
    class Odd:
        def step(self, w, g):
            """Do nothing."""

    bug, words = said(Odd())
    assert bug == "no_attributes"
    assert words == "Give the class itself: the object has no `lr` and `mu` to set."


def test_code_that_raises():
    def step(w, v, g, lr, mu):
        v = mu * v
        return w + velocity, v  # noqa: F821

    bug, words = said(step)
    assert bug == "raises"
    assert words == "It raises NameError (name 'velocity' is not defined) at step 1 in its line 3."


def test_code_that_raises_later():
    calls = []

    def step(w, v, g, lr, mu):
        calls.append(1)
        v = mu * v - lr * g
        return w + v, [v, 0][len(calls) % 300 == 3]

    assert said(step)[0] in ("raises", "wrong_shape")


def test_code_that_leaves_python():
    assert said(lambda *args: sys.exit(7)) == ("raises", "It raises SystemExit (7) at step 1 in its line 1.")


def test_a_keyboard_interrupt_is_the_learners_own():
    def step(*args):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check.velocity_step(step)


def test_a_recursion_without_an_end():
    def step(w, v, g, lr, mu):
        return step(w, v, g, lr, mu)

    bug, words = said(step)
    assert bug == "raises"
    assert "RecursionError" in words


def endless(w, v, g, lr, mu):
    while True:
        w = w - lr * g


def endless_through_exceptions(w, v, g, lr, mu):
    while True:
        try:
            w = w[10**6]
        except Exception:
            continue


def late(w, v, g, lr, mu, calls=[]):  # noqa: B006
    calls.append(1)
    while len(calls) > 100:
        v = v + 1
    return w + mu * v - lr * g, mu * v - lr * g


@pytest.mark.parametrize(("f", "step"), [(endless, 1), (endless_through_exceptions, 1), (late, 41)])
def test_code_that_never_ends(f, step):
    begun = time.monotonic()
    bug, words = said(f, seconds=0.5)
    assert time.monotonic() - begun < 20
    assert bug == "never_ends"
    assert words.startswith(f"It does not come to an end: after 0.5 seconds it was still in step {step}.")


def test_code_that_is_slow():
    def step(w, v, g, lr, mu):
        for _ in range(20_000):
            v = v * 1.0
        v = mu * v - lr * g
        return w + v, v

    bug, words = said(step, seconds=0.5)
    assert bug == "too_slow"
    assert words.startswith("It is too slow: its steps on a few numbers took more than 0.5 seconds together.")


def test_a_class_that_never_ends():
    class Endless:
        def __init__(self, lr, mu):
            self.lr, self.mu = lr, mu

        def step(self, w, g):
            while True:
                w -= self.lr * g

    assert said(Endless, seconds=0.3)[0] == "never_ends"


def test_a_class_that_does_nothing():
    class Idle:
        def __init__(self, lr, mu):
            """Keep nothing."""

        def step(self, w, g):
            """Do nothing."""

    bug, words = said(Idle)
    assert bug == "returns_none"
    assert words.endswith("return the new parameters, or change them in place.")


def test_the_limit_puts_the_tracing_function_back():
    def trace(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with pytest.raises(OutOfTimeError):
            run_until(time.monotonic() + 0.05, endless, 1.0, 0.0, 0.0, 0.1, 0.9)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is trace
    assert run_until(time.monotonic() + 60, sys.gettrace) is not trace


@pytest.mark.parametrize(
    ("f", "bug", "words"),
    [
        (
            lambda w, v, g, lr, mu: None,
            "returns_none",
            "It returns `None` and leaves `w` alone: return `(w, v)`",
        ),
        (
            lambda w, v, g, lr, mu: w + mu * v - lr * g,
            "wrong_type",
            "It returns an array, one value: return two",
        ),
        (lambda w, v, g, lr, mu: (w, v, g), "wrong_type", "It returns 3 values: return two, `(w, v)`."),
        (lambda w, v, g, lr, mu: (w, None), "wrong_type", "`v` is `None` after the step"),
        (lambda w, v, g, lr, mu: ("w", v), "wrong_type", "`w` is a str after the step"),
        (
            lambda w, v, g, lr, mu: (w * 1j, v),
            "wrong_type",
            "`w` is an array after the step, and no array of real",
        ),
        (lambda w, v, g, lr, mu: {"w": w, "v": v}, "wrong_type", "It returns a dict, one value"),
        (
            lambda w, v, g, lr, mu: ((w - lr * g).sum(), v),
            "wrong_shape",
            "`w` has the shape () after the step; it",
        ),
        (
            lambda w, v, g, lr, mu: (w[None], v),
            "wrong_shape",
            "`w` has the shape (1, 3) after the step; it came",
        ),
        (lambda w, v, g, lr, mu: (w, v[:2]), "wrong_shape", "`v` has the shape (2,) after the step; it came"),
        (lambda w, v, g, lr, mu: (w / 0, v), "not_finite", "After step 1 there is a nan or an infinity"),
        (lambda w, v, g, lr, mu: (w, v * np.nan), "not_finite", "After step 1 there is a nan or an infinity"),
    ],
)
def test_what_comes_back_is_no_pair_of_arrays(f, bug, words):
    found = said(f)
    assert found[0] == bug
    assert found[1].startswith(words)


def test_a_generator_is_no_pair():
    def step(w, v, g, lr, mu):
        yield w + mu * v - lr * g

    assert said(step) == ("wrong_type", "It returns a generator, one value: return two, `(w, v)`.")


def test_a_rebound_name_does_not_change_the_callers_array():
    def step(w, v, g, lr, mu):
        v *= mu
        v -= lr * g
        w = w + v

    assert said(step)[0] == "returns_none"


def test_a_number_that_comes_back_as_none():
    def step(w, v, g, lr, mu):
        w, v = float(w), float(v)
        v = mu * v - lr * g
        w = w + v

    assert said(step) == ("returns_none", "It returns `None`: return `(w, v)`.")


def change_g(w, v, g, lr, mu):
    g *= lr
    v = mu * v - g
    return w + v, v


def keep_g(w, b, g, lr, mu):
    new = g if mu == 0 or not np.any(b) else mu * b + g
    return w - lr * new, new


class KeepsW:
    """Remembers the previous weights by reference, and moves new ones."""

    def __init__(self, lr, mu):
        self.lr, self.mu, self.old = lr, mu, None

    def step(self, w, g):
        old = w if self.old is None else self.old
        self.old = w
        return w - self.lr * g + self.mu * (w - old)


def test_changing_the_gradient_is_reported():
    bug, words = said(change_g)
    assert bug == "changes_g"
    assert (
        words == "The path is right, but you change the caller's `g`: compute `lr * g` instead of `g *= lr`."
    )


def test_keeping_the_callers_gradient_is_reported():
    bug, words = said(keep_g, "accumulator")
    assert bug == "keeps_reference"
    assert "you keep the caller's `g` itself for the next call. Keep a copy." in words


def test_keeping_the_callers_weights_is_reported():
    bug, words = said(KeepsW, "heavy_ball")
    assert bug == "keeps_reference"
    assert "you keep the caller's `w` or state itself" in words


def test_weights_and_state_in_one_array():
    def step(w, w_prev, g, lr, mu):
        old = w
        w += mu * (w - w_prev) - lr * g
        return w, old

    bug, words = said(step, "heavy_ball")
    assert bug == "one_array"
    assert words.startswith(
        "`w` and `w_prev` are the same array: what changes one changes the other. Copy it."
    )


def test_a_velocity_kept_in_a_global():
    memory = {"v": 0.0}

    def step(w, v, g, lr, mu):
        memory["v"] = mu * memory["v"] - lr * np.mean(g)
        return w + memory["v"], v

    bug, words = said(step)
    assert bug == "remembers"
    assert words.startswith("Two calls with the same arguments give different results")


def test_prints_get_through(capsys):
    def step(w, v, g, lr, mu):
        print("here I am")
        return w + mu * v - lr * g, mu * v - lr * g

    assert check.velocity_step(step)
    assert capsys.readouterr().out.split("\n").count("here I am") == 60 * len(problems("velocity"))


def test_nothing_of_the_session_is_changed():
    rng_before = np.random.get_state()[1].copy()  # noqa: NPY002
    errors, settings, trace = np.geterr(), dict(mpl.rcParams), sys.gettrace()
    print_options = np.get_printoptions()
    for f in (change_g, keep_g, endless, lambda w, v, g, lr, mu: (w / 0, v), KeepsW):
        verdict = check.velocity_step(f, seconds=0.2)
        verdict._repr_mimebundle_()
    assert np.array_equal(rng_before, np.random.get_state()[1])  # noqa: NPY002
    assert errors == np.geterr()
    assert settings == dict(mpl.rcParams)
    assert trace is sys.gettrace()
    assert repr(print_options) == repr(np.get_printoptions())


def test_the_answer_is_the_same_every_time():
    def step(w, v, g, lr, mu):
        return w + mu**3 * v - lr * g, v

    one, other = check.velocity_step(step), check.velocity_step(step)
    assert one == other
    assert one.yours == other.yours
