"""Every mistake of the catalogue is rejected and called by its name, by its own sentence."""

from collections.abc import Callable

import numpy as np
import pytest

from momentum import check
from momentum.check.catalogue import mutants
from momentum.check.comparing import compare
from momentum.check.judge import judge
from momentum.check.mutant import Mutant
from momentum.check.problems import STEPS, problems
from momentum.check.rule import RULES
from momentum.check.running import Run

ALL = [(name, mutant) for name in RULES for mutant in mutants(name)]
IN_EVERY_RULE = {
    "sign",
    "lr_squared",
    "lr_missing",
    "gradient_twice",
    "lr_and_mu_exchanged",
    "still",
    "change_only",
    "first_lr_kept",
    "lr_fixed",
}
WITH_MEMORY = {
    "backwards",
    "velocity_not_kept",
    "old_state_returned",
    "exchanged_results",
    "mu_missing",
    "mu_complement",
    "mu_squared",
    "first_mu_kept",
    "reset_with_lr",
    "mu_fixed",
    "reset",
}
OWN = {
    "sgd": {"momentum", "divided", "shrunk", "old_weights_scaled"},
    "velocity": {
        "stale",
        "lr_on_old",
        "mu_on_all",
        "averaged",
        "complement_squared",
        "nesterov_twice",
        "nesterov",
        "accumulator",
        "uphill_velocity",
        "corrected",
        "gradient_twice",
        "lr_twice",
        "mu_on_new",
        "state_and_gradient_exchanged",
        "starts_with_g",
    },
    "accumulator": {
        "stale",
        "lr_on_old",
        "mu_on_all",
        "averaged",
        "complement_squared",
        "velocity",
        "lr_twice",
        "nesterov",
        "gradient_twice",
        "state_and_gradient_exchanged",
    },
    "averaged": {
        "stale",
        "accumulator",
        "velocity",
        "complement_squared",
        "lr_on_old",
        "mu_on_all",
        "lr_twice",
        "bias_corrected",
        "nesterov",
    },
    "heavy_ball": {
        "momentum_sign",
        "new_point_twice",
        "velocity",
        "averaged",
        "mu_on_all",
        "lr_on_old",
        "from_the_previous_point",
        "state_and_gradient_exchanged",
    },
    "nesterov": {
        "no_look_ahead",
        "nesterov_twice",
        "gradient_left_out",
        "gradient_twice",
        "accumulator",
        "lr_on_old",
        "mu_on_all",
        "averaged",
        "state_and_gradient_exchanged",
        "starts_with_g",
    },
}


def label(case: object) -> str:
    return case.name if isinstance(case, Mutant) else str(case)


@pytest.mark.parametrize(("name", "mutant"), ALL, ids=label)
def test_each_mistake_is_rejected_and_named(name, mutant):
    verdict = judge(name, mutant.make())
    assert not verdict
    assert verdict.bug == mutant.name
    assert verdict.words.startswith(mutant.words)
    assert 1 <= verdict.parted_at <= STEPS
    assert f"step {verdict.parted_at}." in verdict.words
    assert len(verdict.yours) == len(verdict.expected) == STEPS + 1


@pytest.mark.parametrize("name", RULES)
def test_the_catalogue_is_complete(name):
    memory = set() if name == "sgd" else WITH_MEMORY
    assert {mutant.name for mutant in mutants(name)} == IN_EVERY_RULE | memory | OWN[name]


@pytest.mark.parametrize("name", RULES)
def test_a_sentence_belongs_to_one_mistake(name):
    names: dict[str, set[str]] = {}
    for mutant in mutants(name):
        names.setdefault(mutant.words, set()).add(mutant.name)
    assert all(len(found) == 1 for found in names.values()), names


@pytest.mark.parametrize("name", RULES)
def test_a_mistake_is_far_from_the_rule_in_some_run(name):
    """The tolerance for rounding is no excuse for a mistake."""
    for mutant in mutants(name):
        gaps = []
        for problem in problems(name):
            step, (w, s) = mutant.make(), (problem.w.astype(float), problem.state.astype(float))
            rows = list(zip(problem.gradients, problem.lrs, problem.mus, strict=True))
            run = Run(
                [w], [s], list(problem.lrs), list(problem.mus), [g.astype(float) for g in problem.gradients]
            )
            for g, lr, mu in rows:
                w, s = step(w, s, g.astype(float), lr, mu)
                run.add(w, s)
            found = compare(run, RULES[name].step, name != "sgd")
            gaps.append(found.distance if found.parted_at else 0.0)
        assert max(gaps) > 1e-3, mutant.name


@pytest.mark.parametrize("name", RULES)
def test_the_rule_taken_apart_is_the_reference(name):
    rule, rng = RULES[name], np.random.default_rng(3)
    for _ in range(20):
        w, s, g = rng.normal(size=(3, 4))
        lr, mu = rng.uniform(0.01, 0.9, 2)
        for one, other in zip(rule.apply(w, s, g, lr, mu), rule.step(w, s, g, lr, mu), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-13)


SENTENCES = {
    "lr_on_old": "You scale the old velocity by `lr` as well",
    "velocity_not_kept": "The velocity is not kept between calls",
    "averaged": "This is the averaged form",
    "accumulator": "This is the accumulator form",
    "stale": "`w` moves by the old velocity",
    "complement_squared": "The factor `1 - mu` counts twice",
    "starts_with_g": "The velocity begins as the gradient itself",
    "nesterov_twice": "Nesterov's move is applied twice",
    "sign": "The sign of the gradient is wrong",
    "mu_complement": "`mu` and `1 - mu` are exchanged",
    "lr_squared": "The learning rate counts twice",
    "gradient_twice": "The gradient is counted twice",
    "reset": "The velocity is set back to rest in the middle of the run, every ",
}


@pytest.mark.parametrize("bug", SENTENCES)
def test_what_the_sentences_say(bug):
    found = [mutant.words for mutant in mutants("velocity") if mutant.name == bug]
    assert found
    assert all(words.startswith(SENTENCES[bug]) for words in found)


def optimizer(step: Callable, start: Callable) -> type:
    """Return a class that runs a step and keeps its state to itself."""

    class Optimizer:
        def __init__(self, lr, mu):
            self.lr, self.mu, self.state = lr, mu, None

        def step(self, params, grads):
            if self.state is None:
                self.state = start(params)
            moved, self.state = step(params, self.state, grads, self.lr, self.mu)
            params[...] = moved

    return Optimizer


@pytest.mark.parametrize("name", ["velocity", "accumulator", "averaged", "nesterov"])
@pytest.mark.parametrize(
    "bug", ["sign", "velocity_not_kept", "mu_missing", "mu_complement", "lr_squared", "lr_fixed"]
)
def test_a_mistake_in_an_object_is_named_too(name, bug):
    mutant = next(mutant for mutant in mutants(name) if mutant.name == bug)
    verdict = judge(name, optimizer(mutant.make(), np.zeros_like))
    assert not verdict
    # From rest, and without the state, some are the same; with `mu` = 1 the average never moves.
    alike = {mutant.name, "backwards", "lr_twice", "returns_none"}
    assert verdict.bug in alike


def test_an_object_that_forgets_at_a_new_learning_rate():
    class Rebuilt:
        def __init__(self, lr, mu):
            self._lr, self.mu, self.v = lr, mu, 0.0

        @property
        def lr(self):
            return self._lr

        @lr.setter
        def lr(self, lr):
            if lr != self._lr:
                self.v = 0.0
            self._lr = lr

        def step(self, w, g):
            self.v = self.mu * self.v - self.lr * g
            w += self.v

    verdict = check.velocity_step(Rebuilt)
    assert (verdict.bug, verdict.parted_at) == ("reset_with_lr", 21)


def test_a_memory_that_is_lost_at_odd_times_is_seen():
    calls = 0

    def step(w, v, g, lr, mu):
        nonlocal calls
        calls += 1
        v = (0 if calls in (7, 90, 333) else mu * v) - lr * g
        return w + v, v

    verdict = check.velocity_step(step)
    assert verdict.bug == "reset"
    assert (
        verdict.words
        == "The velocity is set back to rest in the middle of the run. The paths part at step 7."
    )


def test_a_mistake_from_the_second_step_on_says_that_the_first_is_right():
    verdict = check.velocity_step(lambda w, v, g, lr, mu: (w + lr * (mu * v - g), lr * (mu * v - g)))
    assert verdict.words == (
        "You scale the old velocity by `lr` as well: the learning rate belongs to the gradient alone. "
        "The first step is right; the paths part at step 2."
    )


def test_what_has_no_name_is_told_by_its_numbers():
    def step(w, v, g, lr, mu):
        v = mu * v - lr * np.sign(g)
        return w + v, v

    verdict = check.velocity_step(step)
    assert (verdict.bug, verdict.parted_at) == (None, 1)
    yours, expected = verdict.yours[1], verdict.expected[1]
    assert verdict.words == (
        f"After step 1 of a run from rest, `w` is {yours:.4g} and should be {expected:.4g}."
    )


def test_right_for_the_first_step_only():
    verdict = check.velocity_step(lambda w, v, g, lr, mu: (w + mu**3 * v - lr * g, mu**3 * v - lr * g))
    assert (verdict.bug, verdict.parted_at) == ("first_step_only", 2)
    assert verdict.words.startswith("Right for the first step only. After step 2 of a run from rest, `w` is ")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda lr, mu: mu if lr == 0.07 else mu / 2, "Right from rest only."),
        (
            lambda lr, mu: mu if lr in (0.07, 0.23, 0.2) else 0.9 * mu,
            "Right as long as the learning rate is",
        ),
        (lambda lr, mu: mu if mu < 0.9 and lr != 0.5 else 0.9, "Right as long as `mu` is constant."),
    ],
)
def test_what_was_right_until_then_is_said(wrong, words):
    def step(w, v, g, lr, mu):
        v = wrong(lr, mu) * v - lr * g
        return w + v, v

    verdict = check.velocity_step(step)
    assert verdict.bug is None
    assert verdict.words.startswith(words)


def test_a_wrong_state_is_told_from_wrong_weights():
    def step(w, v, g, lr, mu):
        v = mu * v - lr * g
        return w + v, 1.25 * v

    verdict = check.velocity_step(step)
    assert verdict.quantity == "velocity"
    assert "the velocity `v` is" in verdict.words
    assert verdict.yours[1] == pytest.approx(1.25 * verdict.expected[1])
