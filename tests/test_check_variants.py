"""A right answer passes, however it is written."""

import functools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest

from momentum import SGD, check
from momentum.check.judge import judge
from momentum.check.rule import RULES


class Pair(NamedTuple):
    w: object
    state: object


def only(*kinds: type) -> Callable:
    """Return a decorator: the function raises for weights of another type."""

    def decorate(f: Callable) -> Callable:
        def step(w, state, g, lr, mu):
            if not isinstance(w, kinds):
                raise TypeError(type(w).__name__)
            return f(w, state, g, lr, mu)

        return step

    return decorate


def cast(step: Callable, kind: type) -> Callable:
    """Return the step computed in floats of another size."""

    def in_kind(w, state, g, lr, mu):
        return step(*(np.asarray(x, dtype=kind) for x in (w, state, g)), kind(lr), kind(mu))

    return in_kind


def each(step: Callable, w, state, g, lr, mu) -> list:
    """Return the results of the step for each of the entries."""
    return [step(*row, lr, mu) for row in zip(w, state, g, strict=True)]


def variants(step: Callable) -> Iterator[tuple[str, Callable]]:
    """Yield ways to write a step that do the same, by name."""

    def in_place(w, state, g, lr, mu):
        w[...], state[...] = step(w, state, g, lr, mu)

    def in_place_returned(w, state, g, lr, mu):
        w[...], state[...] = step(w, state, g, lr, mu)
        return w, state

    def state_in_place(w, state, g, lr, mu):
        new_w, state[...] = step(w, state, g, lr, mu)
        return new_w, state

    def by_entries(w, state, g, lr, mu):
        w, state = w.copy(), state.copy()
        for i in range(len(w)):
            w[i], state[i] = step(w[i], state[i], g[i], lr, mu)
        return w, state

    def entries_in_place(w, state, g, lr, mu):
        for i in range(len(w)):
            w[i], state[i] = step(w[i], state[i], g[i], lr, mu)

    def comprehension(w, state, g, lr, mu):
        rows = each(step, w, state, g, lr, mu)
        return [row[0] for row in rows], [row[1] for row in rows]

    def tuples(w, state, g, lr, mu):
        return tuple(zip(*each(step, w, state, g, lr, mu), strict=True))

    @only(list)
    def lists(w, state, g, lr, mu):
        return comprehension(w, state, g, lr, mu)

    @only(list)
    def lists_in_place(w, state, g, lr, mu):
        w[:], state[:] = comprehension(w, state, g, lr, mu)

    @only(float)
    def numbers(w, state, g, lr, mu):
        return step(w, state, g, lr, mu)

    @only(float)
    def numpy_scalars(w, state, g, lr, mu):
        return tuple(map(np.float64, step(w, state, g, lr, mu)))

    @only(float)
    def through_fractions(w, state, g, lr, mu):
        return tuple(map(float, step(*map(Fraction, (w, state, g, lr, mu)))))

    @only(Fraction)
    def fractions(w, state, g, lr, mu):
        return step(w, state, g, lr, mu)

    def exact_arrays(w, state, g, lr, mu):
        exact = (np.vectorize(lambda x: Fraction(float(x)), otypes=[object])(x) for x in (w, state, g))
        return tuple(np.array(x, dtype=object) for x in step(*exact, Fraction(lr), Fraction(mu)))

    def keywords(w, state, g, lr=0.1, mu=0.9, verbose=False):
        return step(w, state, g, lr, mu) if verbose else None

    def anything(*args):
        return step(*args)

    def talkative(w, state, g, lr, mu):
        print("step")
        return step(w, state, g, lr, mu)

    class Called:
        def __call__(self, w, state, g, lr, mu):
            return step(w, state, g, lr, mu)

        def method(self, w, state, g, lr, mu):
            return step(w, state, g, lr, mu)

    yield "the reference", step
    yield "pair", lambda *args: Pair(*step(*args))
    yield "list of two", lambda *args: list(step(*args))
    yield "float32", cast(step, np.float32)
    yield "float16", cast(step, np.float16)
    yield "longdouble", cast(step, np.longdouble)
    yield "partial with keywords", functools.partial(keywords, verbose=True)
    yield "callable", Called()
    yield "method", Called().method
    for f in (
        in_place,
        in_place_returned,
        state_in_place,
        by_entries,
        entries_in_place,
        comprehension,
        tuples,
    ):
        yield f.__name__, f
    yield from {
        "lists": lists,
        "lists in place": lists_in_place,
        "numbers": numbers,
        "numpy scalars": numpy_scalars,
        "through fractions": through_fractions,
        "fractions": fractions,
        "exact arrays": exact_arrays,
        "anything": anything,
        "talkative": talkative,
    }.items()


def bare(name: str) -> Callable:
    """Return the formula of a rule, without the checks of arguments that the package makes."""

    def step(w, state, g, lr, mu):
        w, new = RULES[name].apply(w, state, g, lr, mu)
        return w, new + 0  # a copy: the heavy ball's state is the old `w` itself

    return step


CASES = [pytest.param(name, f, id=f"{name}, {words}") for name in RULES for words, f in variants(bare(name))]


@pytest.mark.parametrize(("name", "f"), CASES)
def test_a_right_answer_passes(name, f):
    verdict = judge(name, f, seconds=120)  # exact fractions take seconds
    assert verdict, verdict.words
    assert verdict.bug is None
    assert verdict.parted_at is None


@pytest.mark.parametrize("name", RULES)
def test_there_are_twenty_of_each(name):
    assert len([case for case in CASES if case.values[0] == name]) >= 20


ALGEBRA = {
    "sgd": [
        lambda w, _, g, lr: w - lr * g,
        lambda w, _, g, lr, _mu: (w + (-lr) * g, None),
        lambda w, state, g, lr, _mu: (-(lr * g - w), state),
    ],
    "velocity": [
        lambda w, v, g, lr, mu: (w - (lr * g - mu * v), -(lr * g - mu * v)),
        lambda w, v, g, lr, mu: (w - lr * (g - mu * v / lr), -lr * (g - mu * v / lr)),
        lambda w, v, g, lr, mu: (w + mu * v - lr * g, (w + mu * v - lr * g) - w),
    ],
    "accumulator": [
        lambda w, b, g, lr, mu: (w - lr * g - lr * mu * b, g + b * mu),
        lambda w, b, g, lr, mu: (w - lr * (mu * b + g), b - (1 - mu) * b + g),
    ],
    "averaged": [
        lambda w, e, g, lr, mu: (w - lr * (g + mu * (e - g)), g + mu * (e - g)),
        lambda w, e, g, lr, mu: (w - lr * (e + (1 - mu) * (g - e)), e + (1 - mu) * (g - e)),
    ],
    "heavy_ball": [
        lambda w, old, g, lr, mu: ((1 + mu) * w - mu * old - lr * g, w),
        lambda w, old, g, lr, mu: (w + (mu * (w - old) - lr * g), w.copy() if hasattr(w, "copy") else w),
    ],
    "nesterov": [
        lambda w, v, g, lr, mu: (w + mu * mu * v - (1 + mu) * lr * g, mu * v - lr * g),
        lambda w, v, g, lr, mu: (w - mu * v + (1 + mu) * (mu * v - lr * g), mu * v - lr * g),
    ],
}


@pytest.mark.parametrize(("name", "f"), [(name, f) for name, all_ in ALGEBRA.items() for f in all_])
def test_other_formulas_for_the_same_rule_pass(name, f):
    verdict = judge(name, f)
    assert verdict, verdict.words


class Plain:
    """Keeps its state, moves in place."""

    def __init__(self, lr, mu):
        self.lr, self.mu, self.v = lr, mu, None

    def step(self, params, grads):
        self.v = np.zeros_like(params) if self.v is None else self.v
        self.v *= self.mu
        self.v -= self.lr * grads
        params += self.v


class Returning(Plain):
    """Moves a new array."""

    def step(self, params, grads):
        self.v = (0 if self.v is None else self.mu * self.v) - self.lr * grads
        return params + self.v


class OfLists(Plain):
    """Takes the parameters of a network, a list of arrays."""

    def step(self, params, grads):
        if self.v is None:
            self.v = [np.zeros_like(p) for p in params]
        for p, v, g in zip(params, self.v, grads, strict=True):
            v[...] = self.mu * v - self.lr * g
            p += v


class NewLists(OfLists):
    """Returns a new list."""

    def step(self, params, grads):
        self.v = self.v or [0.0 for _ in params]
        self.v = [self.mu * v - self.lr * g for v, g in zip(self.v, grads, strict=True)]
        return [p + v for p, v in zip(params, self.v, strict=True)]


class ByName(Plain):
    """Has to be made with keywords."""

    def __init__(self, *, mu, lr):
        super().__init__(lr, mu)


class OtherNames(Plain):
    """Calls its hyperparameters otherwise, so it takes part at constant ones only."""

    def __init__(self, rate, momentum):
        self.rate, self.momentum, self.v = rate, momentum, 0.0

    def step(self, params, grads):
        self.v = self.momentum * self.v - self.rate * grads
        params += self.v


@pytest.mark.parametrize(
    "optimizer", [Plain, Returning, OfLists, NewLists, ByName, OtherNames, Plain(1.0, 0.5), SGD(1.0), SGD]
)
def test_a_right_optimizer_passes(optimizer):
    verdict = check.velocity_step(optimizer)
    assert verdict, verdict.words


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("velocity", {}),
        ("accumulator", {"form": "accumulator"}),
        ("averaged", {"form": "averaged"}),
        ("nesterov", {"nesterov": True}),
        ("sgd", {"mu": 0.0}),
    ],
)
def test_the_package_itself_passes(name, options):
    if name != "sgd":  # an object's momentum is set, and plain descent has none to set
        assert judge(name, SGD(lr=0.1, **options))
    assert judge(name, RULES[name].step)


def test_plain_descent_as_a_class():
    class Descent:
        def __init__(self, lr):
            self.lr = lr

        def step(self, w, g):
            w -= self.lr * g

    assert check.sgd_step(Descent)
    assert check.sgd_step(Descent(0.1))


def test_an_object_is_left_as_it_was():
    optimizer = Plain(0.5, 0.25)
    assert check.velocity_step(optimizer)
    assert (optimizer.lr, optimizer.mu, optimizer.v) == (0.5, 0.25, None)


def test_a_function_for_vectors_passes_with_a_note():
    def step(w, v, g, lr, mu):
        (_,) = w.shape
        v = mu * v - lr * g
        return w + v, v

    verdict = check.velocity_step(step)
    assert verdict
    assert verdict.words.startswith("(On a matrix: It raises ValueError")


def test_a_copy_of_a_list_is_excused_though_it_is_no_copy_of_an_array():
    def step(w, w_prev, g, lr, mu):
        old = w[:]
        for i in range(len(w)):
            w[i] = w[i] - lr * g[i] + mu * (w[i] - w_prev[i])
        return w, old

    verdict = check.heavy_ball_step(step)
    assert verdict
    assert verdict.words.startswith("It is right on lists; on arrays: `w` and `w_prev` are the same array")
