"""Bad input: every refusal is a ValueError that names the argument, its value and what was expected."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from matplotlib import pyplot as plt
from strategies import ALL_STEPS, name_of

from momentum.descent import descend
from momentum.landscapes import (
    Landscape,
    bowl,
    bumps,
    double_well,
    himmelblau,
    ravine,
    saddle,
    slope,
)
from momentum.physics import energy, roll, terminal_velocity, to_ball, to_optimizer
from momentum.plotting import plot_landscape, plot_loss, plot_path, plot_phase, style
from momentum.theory import (
    condition_number_for,
    energy_bound,
    gap_after_lr_change,
    gradient_descent_rate,
    is_stable,
    memory,
    noise_floor_ratio,
    optimal_hyperparameters,
    rate,
    regime,
    saddle_growth,
    spectral_radius,
    stationary_variance,
    step_variance,
    steps_to_terminal,
)
from momentum.updates import (
    SGD,
    accumulator_from_velocity,
    initial_state,
    rescale_velocity,
    velocity_from_accumulator,
    velocity_step,
)

NAN, INF = float("nan"), float("inf")
ONE, TWO = np.ones(1), np.ones(2)

# What no learning rate, and what no momentum coefficient, can be; how the message shows it.
BAD_LR = [
    (-0.1, "-0.1"), (-1, "-1"), (NAN, "nan"), (INF, "inf"), (-INF, "-inf"), ("0.1", "'0.1'"),
    (None, "None"), (1j, "1j"), (np.array([-0.5]), "-0.5"), (np.array([NAN]), "nan"),
    (Fraction(-1, 3), "Fraction(-1, 3)"),
]  # fmt: skip
BAD_MU = [
    (1.0, "1.0"), (1, "1"), (1.5, "1.5"), (-0.1, "-0.1"), (NAN, "nan"), (INF, "inf"),
    ("0.9", "'0.9'"), (None, "None"), (np.array([1.0]), "1."), (Fraction(1), "Fraction(1, 1)"),
]  # fmt: skip
NOT_POSITIVE = [(0.0, "0.0"), (-2.0, "-2.0"), (NAN, "nan"), (INF, "inf"), ("1", "'1'")]


def complains(call, name, shown):
    with pytest.raises(ValueError, match="must") as caught:
        call()
    message = str(caught.value)
    assert message.startswith(name)
    assert shown in message
    assert len(message) > len(name) + len(shown) + len(" must be ,")


def momentum_run(**options):
    return descend(**({"landscape": bowl(), "w0": ONE, "lr": 0.1, "steps": 3} | options))


# --- lr and mu, wherever they are taken ----------------------------------------------------------

TAKES_LR = {
    **{step.__name__: lambda lr, step=step: step(ONE, ONE, ONE, lr, 0.5) for step in ALL_STEPS},
    "SGD": lambda lr: SGD(lr),
    "SGD.lr": lambda lr: setattr(SGD(0.1), "lr", lr),
    "descend": lambda lr: momentum_run(lr=lr),
    "velocity_from_accumulator": lambda lr: velocity_from_accumulator(ONE, lr),
    "terminal_velocity": lambda lr: terminal_velocity(lr, 0.5, 1.0),
}
TAKES_POSITIVE_LR = {
    "accumulator_from_velocity": lambda lr: accumulator_from_velocity(ONE, lr),
    "to_ball": lambda lr: to_ball(lr, 0.5),
    "energy": lambda lr: energy(momentum_run(), bowl(), lr, 0.5),
    "stationary_variance": lambda lr: stationary_variance(lr, 0.5, 1.0, 1.0),
    "step_variance": lambda lr: step_variance(lr, 0.5, 1.0, 1.0),
}
TAKES_MU = {
    **{step.__name__: lambda mu, step=step: step(ONE, ONE, ONE, 0.1, mu) for step in ALL_STEPS},
    "SGD": lambda mu: SGD(0.1, mu),
    "SGD.mu": lambda mu: setattr(SGD(0.1), "mu", mu),
    "descend": lambda mu: momentum_run(mu=mu),
    "to_ball": lambda mu: to_ball(0.1, mu),
    "terminal_velocity": lambda mu: terminal_velocity(0.1, mu, 1.0),
    "energy": lambda mu: energy(momentum_run(), bowl(), 0.1, mu),
    "spectral_radius": lambda mu: spectral_radius(0.1, mu),
    "is_stable": lambda mu: is_stable(0.1, mu),
    "regime": lambda mu: regime(0.1, mu),
    "saddle_growth": lambda mu: saddle_growth(0.1, mu),
    "energy_bound": lambda mu: energy_bound(mu, 1.0),
    "condition_number_for": condition_number_for,
    "stationary_variance": lambda mu: stationary_variance(0.1, mu, 1.0, 1.0),
    "step_variance": lambda mu: step_variance(0.1, mu, 1.0, 1.0),
    "gap_after_lr_change": lambda mu: gap_after_lr_change(0.1, 0.1, 1.0, mu),
}


TAKES_ANY_LR = TAKES_LR | TAKES_POSITIVE_LR


@pytest.mark.parametrize("call", TAKES_ANY_LR.values(), ids=TAKES_ANY_LR)
@pytest.mark.parametrize(("lr", "shown"), BAD_LR, ids=str)
def test_lr_is_finite_and_not_negative(call, lr, shown):
    complains(lambda: call(lr), "lr", shown)


@pytest.mark.parametrize("call", TAKES_POSITIVE_LR.values(), ids=TAKES_POSITIVE_LR)
def test_lr_is_positive_where_it_divides(call):
    complains(lambda: call(0.0), "lr", "0.0")


@pytest.mark.parametrize("call", TAKES_LR.values(), ids=TAKES_LR)
def test_lr_zero_is_taken_elsewhere(call):
    call(0.0)


@pytest.mark.parametrize("call", TAKES_MU.values(), ids=TAKES_MU)
@pytest.mark.parametrize(("mu", "shown"), BAD_MU, ids=str)
def test_mu_lies_in_the_half_open_unit_interval(call, mu, shown):
    complains(lambda: call(mu), "mu", shown)


@pytest.mark.parametrize("call", TAKES_MU.values(), ids=TAKES_MU)
def test_mu_zero_is_taken(call):
    call(0.0)


# --- one by one ----------------------------------------------------------------------------------


def optimizer_after(*params):
    optimizer = SGD(0.1)
    optimizer.step(list(params), [np.zeros_like(p) for p in params])
    return optimizer


def loaded(**changes):
    saved = SGD(0.1).state_dict() | changes
    SGD(0.1).load_state_dict({key: value for key, value in saved.items() if value is not None})


def drawn(call, **options):
    figure, ax = plt.subplots()
    try:
        call(ax, **options)
    finally:
        plt.close(figure)


QUARTIC = (((), (), (), (), (Fraction(1),)),)
CASES = {
    # shapes
    "state of a step": (lambda: velocity_step(TWO, ONE, TWO, 0.1, 0.5), "state", "(1,)"),
    "g of a step": (lambda: velocity_step(TWO, TWO, ONE, 0.1, 0.5), "g", "(1,)"),
    "number for g": (lambda: velocity_step(TWO, TWO, 1.0, 0.1, 0.5), "g", "()"),
    "list for g": (lambda: velocity_step(TWO, TWO, [1, 1], 0.1, 0.5), "g", "[1, 1]"),
    "list for w": (lambda: velocity_step([1, 1], TWO, TWO, 0.1, 0.5), "w", "[1, 1]"),
    "lr of a step": (lambda: velocity_step(TWO, TWO, TWO, np.ones(3), 0.5), "lr", "(3,)"),
    "lr that widens": (lambda: velocity_step(TWO, TWO, TWO, np.ones((3, 1)), 0.5), "lr", "(3, 1)"),
    "mu of a step": (lambda: velocity_step(TWO, TWO, TWO, 0.1, np.zeros(3)), "mu", "(3,)"),
    # the optimizer
    "form": (lambda: SGD(0.1, form="polyak"), "form", "'polyak'"),
    "form of no kind": (lambda: SGD(0.1, form=None), "form", "None"),
    "nesterov, averaged": (lambda: SGD(0.1, form="averaged", nesterov=True), "nesterov", "True"),
    "grads, shape": (lambda: SGD(0.1).step(TWO.copy(), ONE), "grads", "(1,)"),
    "grads, none": (lambda: SGD(0.1).step([TWO.copy()], []), "grads", "[]"),
    "grads, one array": (lambda: SGD(0.1).step([TWO.copy()], TWO), "grads", "array([1., 1.])"),
    "grads, a list": (lambda: SGD(0.1).step(TWO.copy(), [1.0, 1.0]), "grads", "[1.0, 1.0]"),
    "params, integers": (lambda: SGD(0.1).step(np.array([7]), ONE), "params", "array([7])"),
    "params, half": (lambda: SGD(0.1).step(np.ones(1, "f2"), ONE), "params", "float16"),
    "params, number": (lambda: SGD(0.1).step(5.0, 1.0), "params", "5.0"),
    "params, numbers": (lambda: SGD(0.1).step([5.0], [1.0]), "params", "5.0"),
    "params, other": (lambda: optimizer_after(ONE.copy()).step(TWO.copy(), TWO), "params", "(2,)"),
    "params, more": (
        lambda: optimizer_after(ONE.copy()).step([ONE.copy()] * 2, [ONE] * 2), "params", "[(1,), (1,)]"
    ),
    "state_dict, key": (lambda: loaded(mu=None), "state_dict", "['form', 'lr', 'nesterov', 'state']"),
    "state_dict, form": (lambda: loaded(form="averaged"), "state_dict['form']", "'averaged'"),
    "state_dict, nesterov": (lambda: loaded(nesterov=True), "state_dict['nesterov']", "True"),
    "state_dict, lr": (lambda: loaded(lr=-1.0), "lr", "-1.0"),
    # conversions
    "lr_old": (lambda: rescale_velocity(ONE, 0.0, 0.1), "lr_old", "0.0"),
    "lr_old, nan": (lambda: rescale_velocity(ONE, NAN, 0.1), "lr_old", "nan"),
    "lr_new": (lambda: rescale_velocity(ONE, 0.1, -0.1), "lr_new", "-0.1"),
    # descend
    "landscape": (lambda: momentum_run(landscape="bowl"), "landscape", "'bowl'"),
    "w0, nan": (lambda: momentum_run(w0=[NAN]), "w0", "nan"),
    "w0, inf": (lambda: momentum_run(w0=np.array([[1.0], [INF]])), "w0", "inf"),
    "w0, number": (lambda: momentum_run(w0=2.0), "w0", "2.0"),
    "w0, text": (lambda: momentum_run(w0=["a"]), "w0", "'a'"),
    "w0, complex": (lambda: momentum_run(w0=[1j]), "w0", "1j"),
    "w0, half": (lambda: momentum_run(w0=np.ones(1, "f2")), "w0", "float16"),
    "w0, ragged": (lambda: momentum_run(w0=[[1.0], [1.0, 2.0]]), "w0", "[[1.0], [1.0, 2.0]]"),
    "w0, dim": (lambda: momentum_run(w0=TWO), "w0", "(2,)"),
    "w0, dim of two": (lambda: momentum_run(landscape=himmelblau(), w0=ONE), "w0", "(1,)"),
    "lr, shape": (lambda: momentum_run(w0=np.ones((4, 1)), lr=np.ones((3, 1))), "lr", "(3, 1)"),
    "mu, shape": (lambda: momentum_run(w0=np.ones((4, 1)), mu=np.zeros((3, 1))), "mu", "(3, 1)"),
    "lr, dim": (lambda: momentum_run(lr=np.full(2, 0.1)), "w0", "(2,)"),
    "lr, schedule": (lambda: momentum_run(lr=lambda k: 0.1 - 0.1 * k), "lr(2)", "-0.1"),
    "mu, schedule": (lambda: momentum_run(mu=lambda k: k / 2), "mu(2)", "1.0"),
    "lr, schedule's shape": (lambda: momentum_run(lr=lambda _: np.ones(3)), "lr(0)", "(3,)"),
    "mu, schedule's shape": (lambda: momentum_run(mu=lambda _: np.zeros(3)), "mu(0)", "(3,)"),
    "steps": (lambda: momentum_run(steps=-1), "steps", "-1"),
    "steps, float": (lambda: momentum_run(steps=2.0), "steps", "2.0"),
    "steps, text": (lambda: momentum_run(steps="2"), "steps", "'2'"),
    "steps, bool": (lambda: momentum_run(steps=True), "steps", "True"),
    "step": (lambda: momentum_run(step="velocity"), "step", "'velocity'"),
    "step, result": (lambda: momentum_run(step=lambda *_: (TWO, TWO)), "step", "(2,)"),
    "gradient": (lambda: momentum_run(landscape=lambda _: TWO), "the gradient", "(2,)"),
    "gradient, number": (lambda: momentum_run(landscape=lambda _: 1.0), "the gradient", "()"),
    "state0, shape": (lambda: momentum_run(state0=TWO), "state0", "(2,)"),
    "state0, nan": (lambda: momentum_run(state0=[NAN]), "state0", "nan"),
    "state0, text": (lambda: momentum_run(state0=["a"]), "state0", "'a'"),
    "rng": (lambda: momentum_run(noise=0.1), "rng", "None"),
    "rng, seed": (lambda: momentum_run(noise=0.1, rng=3), "rng", "3"),
    "rng, for a function": (lambda: momentum_run(noise=lambda *_: ONE), "rng", "None"),
    "noise": (lambda: momentum_run(noise=-0.1, rng=np.random.default_rng()), "noise", "-0.1"),
    "noise, nan": (lambda: momentum_run(noise=NAN, rng=np.random.default_rng()), "noise", "nan"),
    "noise, shape": (lambda: momentum_run(noise=TWO, rng=np.random.default_rng()), "noise", "(2,)"),
    "noise, exact": (
        lambda: momentum_run(w0=np.array([Fraction(1)]), noise=0.1, rng=np.random.default_rng()),
        "noise", "0.1",
    ),
    "noise, result": (
        lambda: momentum_run(noise=lambda *_: TWO, rng=np.random.default_rng()), "the gradient", "(2,)"
    ),
    # landscapes
    "gradient of a slope": (lambda: slope(NAN), "gradient", "nan"),
    "tilt": (lambda: double_well(INF), "tilt", "inf"),
    "tilt, text": (lambda: double_well("0.2"), "tilt", "'0.2'"),
    "dim": (lambda: Landscape("x", 3, QUARTIC, ((0.0, 1.0),) * 3), "dim", "3"),
    "domain": (lambda: Landscape("x", 1, QUARTIC, ((0.0, 1.0),) * 2), "domain", "((0.0, 1.0), (0.0, 1.0))"),
    "breaks": (lambda: Landscape("x", 1, QUARTIC, ((0.0, 1.0),), (1,)), "breaks", "(1,)"),
    "breaks, none": (lambda: Landscape("x", 1, QUARTIC * 2, ((0.0, 1.0),)), "breaks", "()"),
    "breaks in the plane": (
        lambda: Landscape("x", 2, QUARTIC * 2, ((0.0, 1.0),) * 2, (1,)), "breaks", "(1,)"
    ),
    "breaks, falling": (lambda: Landscape("x", 1, QUARTIC * 3, ((0.0, 1.0),), (2, 1)), "breaks", "(2, 1)"),
    "breaks, twice": (lambda: Landscape("x", 1, QUARTIC * 3, ((0.0, 1.0),), (1, 1)), "breaks", "(1, 1)"),
    "value": (lambda: himmelblau().value(np.ones(3)), "w", "(3,)"),
    "gradient of": (lambda: bowl().gradient(2.0), "w", "()"),
    "hessian": (lambda: bowl().hessian(TWO), "w", "(2,)"),
    "value, text": (lambda: bowl().value(["a"]), "w", "'a'"),
    # the ball
    "integrator": (lambda: to_optimizer(1, 1, 0.1, "explicit"), "integrator", "'explicit'"),
    "drag, too strong": (lambda: to_optimizer(1.0, 1.01, 1.0), "drag", "1.01"),
    "gradient of a terminal velocity": (lambda: terminal_velocity(0.1, 0.5, NAN), "gradient", "nan"),
    "drag": (lambda: roll(bowl(), ONE, [1.0], drag=-1.0), "drag", "-1.0"),
    "w0 of a roll": (lambda: roll(bowl(), TWO, [1.0]), "w0", "(2,)"),
    "w0 of a roll, nan": (lambda: roll(bowl(), [NAN], [1.0]), "w0", "nan"),
    "velocity0": (lambda: roll(bowl(), ONE, [1.0], velocity0=TWO), "velocity0", "(2,)"),
    "velocity0, inf": (lambda: roll(bowl(), ONE, [1.0], velocity0=[INF]), "velocity0", "inf"),
    "times, number": (lambda: roll(bowl(), ONE, 1.0), "times", "1.0"),
    "times, none": (lambda: roll(bowl(), ONE, []), "times", "[]"),
    "times, nan": (lambda: roll(bowl(), ONE, [NAN]), "times", "nan"),
    "times, before zero": (lambda: roll(bowl(), ONE, [-1.0, 1.0]), "times", "-1.0"),
    "times, back": (lambda: roll(bowl(), ONE, [2.0, 1.0]), "times", "[2.0, 1.0]"),
    "times, twice": (lambda: roll(bowl(), ONE, [1.0, 1.0]), "times", "[1.0, 1.0]"),
    "times, too long": (lambda: roll(saddle(), TWO, [1e4]), "times", "10000.0"),
    "times, too long for a solver": (
        lambda: roll(Landscape("hill", 1, (((), (), (), (), (Fraction(-1),)),), ((-1.0, 1.0),)), ONE, [9.0]),
        "times", "9.0",
    ),
    # theory
    "a, radius": (lambda: spectral_radius(NAN, 0.5), "a", "nan"),
    "a, stable": (lambda: is_stable(INF, 0.5), "a", "inf"),
    "a, regime": (lambda: regime(NAN, 0.5), "a", "nan"),
    "a, saddle": (lambda: saddle_growth(-0.1, 0.5), "a", "-0.1"),
    "l over L": (lambda: optimal_hyperparameters(1.0, 2.0), "l", "2.0"),
    "s2": (lambda: stationary_variance(0.1, 0.5, 1.0, -1.0), "s2", "-1.0"),
    "s2 of a step": (lambda: step_variance(0.1, 0.5, 1.0, NAN), "s2", "nan"),
    "lr, unstable": (lambda: stationary_variance(3.0, 0.5, 1.0, 1.0), "lr", "3.0"),
    "lr, one unstable": (lambda: step_variance(np.array([0.1, 4.0]), 0.5, 1.0, 1.0), "lr", "4."),
    "lr_old of a gap": (lambda: gap_after_lr_change(-0.1, 0.1, 1.0, 0.5), "lr_old", "-0.1"),
    "lr_new of a gap": (lambda: gap_after_lr_change(0.1, -0.2, 1.0, 0.5), "lr_new", "-0.2"),
    "b": (lambda: gap_after_lr_change(0.1, 0.1, NAN, 0.5), "b", "nan"),
    "mu, memory of nothing": (lambda: memory(0.0), "mu", "0.0"),
    "mu, memory of all": (lambda: memory(1.0), "mu", "1.0"),
    "mu, no fraction reached": (lambda: steps_to_terminal(0.5, 0.0), "mu", "0.0"),
    "fraction": (lambda: steps_to_terminal(1.0, 0.5), "fraction", "1.0"),
    "fraction, none": (lambda: steps_to_terminal(0.0, 0.5), "fraction", "0.0"),
    # drawings
    "method": (lambda: style("adam"), "method", "'adam'"),
    "points": (lambda: drawn(plot_landscape, landscape=bowl(), points=1), "points", "1"),
    "points, float": (lambda: drawn(plot_landscape, landscape=bowl(), points=2.5), "points", "2.5"),
    "path": (lambda: drawn(plot_path, path=momentum_run(w0=np.ones((2, 1)))), "path.w", "(4, 2, 1)"),
    "phase": (lambda: drawn(plot_phase, path=momentum_run(w0=np.ones((2, 1)))), "path.w", "(4, 2, 1)"),
    "axis": (lambda: drawn(plot_phase, path=momentum_run(), axis=1), "axis", "1"),
    "loss": (lambda: drawn(plot_loss, path=momentum_run(w0=np.ones((2, 1)))), "path.loss", "(4, 2)"),
    "no loss": (lambda: drawn(plot_loss, path=momentum_run(landscape=lambda w: w)), "path.loss", "None"),
    "method of a path": (lambda: drawn(plot_path, path=momentum_run(), method="a"), "method", "'a'"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "name", "shown"), CASES.values(), ids=CASES)
def test_bad_input_is_refused(call, name, shown):
    complains(call, name, shown)


TAKES_POSITIVE = {
    "bowl": (bowl, "curvature"),
    "saddle": (saddle, "curvature"),
    "ravine": (ravine, "condition_number"),
    "bumps": (bumps, "rise"),
    "to_optimizer's mass": (lambda value: to_optimizer(value, 1.0, 0.1), "mass"),
    "to_optimizer's drag": (lambda value: to_optimizer(1.0, value, 0.1), "drag"),
    "to_optimizer's time_step": (lambda value: to_optimizer(1.0, 1.0, value), "time_step"),
    "to_ball's mass": (lambda value: to_ball(0.1, 0.5, value), "mass"),
    "roll's mass": (lambda value: roll(bowl(), ONE, [1.0], mass=value), "mass"),
    "energy_bound's L": (lambda value: energy_bound(0.5, value), "L"),
    "optimal_hyperparameters' L": (lambda value: optimal_hyperparameters(value, 1.0), "L"),
    "optimal_hyperparameters' l": (lambda value: optimal_hyperparameters(1.0, value), "l"),
    "stationary_variance's curvature": (
        lambda value: stationary_variance(0.1, 0.5, value, 1.0),
        "curvature",
    ),
    "step_variance's curvature": (lambda value: step_variance(0.1, 0.5, value, 1.0), "curvature"),
}


@pytest.mark.parametrize(("call", "name"), TAKES_POSITIVE.values(), ids=TAKES_POSITIVE)
@pytest.mark.parametrize(("value", "shown"), NOT_POSITIVE, ids=str)
def test_what_has_to_be_positive(call, name, value, shown):
    complains(lambda: call(value), name, shown)


@pytest.mark.parametrize("call", [rate, gradient_descent_rate, noise_floor_ratio], ids=name_of)
@pytest.mark.parametrize(("kappa", "shown"), [(0.9, "0.9"), (NAN, "nan"), (INF, "inf"), ("2", "'2'")])
def test_a_condition_number_is_at_least_one(call, kappa, shown):
    complains(lambda: call(kappa), "condition_number", shown)


# --- what is not refused -------------------------------------------------------------------------


def test_a_refused_optimizer_step_changes_nothing():
    params, optimizer = [np.ones(2), np.ones(1)], SGD(0.5, 0.5)
    with pytest.raises(ValueError, match="grads"):
        optimizer.step(params, [np.ones(2), np.ones(3)])
    assert [p.tolist() for p in params] == [[1, 1], [1]]
    optimizer.step(params, [np.ones(2), np.ones(1)])
    assert [p.tolist() for p in params] == [[0.5, 0.5], [0.5]]


def test_a_refused_setting_keeps_the_old_one():
    optimizer = SGD(0.5, 0.25)
    for name in ("lr", "mu"):
        with pytest.raises(ValueError, match=name):
            setattr(optimizer, name, -1.0)
    assert (optimizer.lr, optimizer.mu) == (0.5, 0.25)


def test_numbers_of_every_kind_are_taken():
    for number in (0, 0.5, Fraction(1, 2), np.float32(0.5), np.float64(0.5), np.array(0.5)):
        assert momentum_run(lr=number, mu=number, steps=np.int64(2)).w.shape == (3, 1)
    assert momentum_run(lr=[0.1], mu=(0.5,), state0=[0.5]).w.dtype == np.float64
    exact = momentum_run(w0=np.array([Fraction(1)]), lr=0.5, mu=np.float32(0.25), steps=2)
    assert exact.w[:, 0].tolist() == [1, Fraction(1, 2), Fraction(1, 8)]


@pytest.mark.parametrize("assumptions", [{}, {"positive": True}, {"real": True}], ids=str)
@pytest.mark.parametrize("step", ALL_STEPS, ids=name_of)
def test_symbols_are_taken(step, assumptions):
    w, g = sympy.symbols("w g", real=True)
    lr, mu = sympy.symbols("eta mu", **assumptions)
    moved, _ = step(w, initial_state(step, w), g, lr, mu)
    assert sympy.expand((moved - w).subs(mu, 0) + lr * g) == 0
