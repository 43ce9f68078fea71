"""Bad input: every refusal is a ValueError that names the argument, its value and what was expected."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
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
    rescale_velocity,
    velocity_from_accumulator,
    velocity_step,
)

NAN, INF = float("nan"), float("inf")
ONE, TWO = np.ones(1), np.ones(2)

# What no learning rate, and what no momentum coefficient, can be; how the message shows it.
BAD_LR = [
    -0.1, -1, NAN, INF, -INF, "0.1", None, 1j, np.array([-0.5]), np.array([NAN]), Fraction(-1, 3),
]  # fmt: skip
BAD_MU = [1.0, 1, 1.5, -0.1, NAN, INF, "0.9", None, np.array([1.0]), Fraction(1)]
NOT_POSITIVE = [0.0, -2.0, NAN, INF, "1"]


def complains(call, message):
    """Check the whole message: the argument, what was expected of it, and its value."""
    with pytest.raises(ValueError, match="must") as caught:
        call()
    assert str(caught.value) == message


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


@pytest.mark.parametrize("call", TAKES_LR.values(), ids=TAKES_LR)
@pytest.mark.parametrize("lr", BAD_LR, ids=str)
def test_lr_is_finite_and_not_negative(call, lr):
    complains(lambda: call(lr), f"lr must be finite and not negative, got {lr!r}")


@pytest.mark.parametrize("call", TAKES_POSITIVE_LR.values(), ids=TAKES_POSITIVE_LR)
@pytest.mark.parametrize("lr", [*BAD_LR, 0.0, 0], ids=str)
def test_lr_is_positive_where_it_divides(call, lr):
    complains(lambda: call(lr), f"lr must be finite and positive, got {lr!r}")


@pytest.mark.parametrize("call", TAKES_LR.values(), ids=TAKES_LR)
def test_lr_zero_is_taken_elsewhere(call):
    call(0.0)


@pytest.mark.parametrize("call", TAKES_MU.values(), ids=TAKES_MU)
@pytest.mark.parametrize("mu", BAD_MU, ids=str)
def test_mu_lies_in_the_half_open_unit_interval(call, mu):
    complains(lambda: call(mu), f"mu must be in [0, 1), got {mu!r}")


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
REFUSALS = {
    # shapes
    "state must have the shape of w, (2,), got shape (1,)":
        lambda: velocity_step(TWO, ONE, TWO, 0.1, 0.5),
    "g must have the shape of w, (2,), got shape (1,)":
        lambda: velocity_step(TWO, TWO, ONE, 0.1, 0.5),
    "g must have the shape of w, (2,), got shape ()":
        lambda: velocity_step(TWO, TWO, 1.0, 0.1, 0.5),
    "g must be an array or a number, got [1, 1]":
        lambda: velocity_step(TWO, TWO, [1, 1], 0.1, 0.5),
    "w must be an array or a number, got [1, 1]":
        lambda: velocity_step([1, 1], TWO, TWO, 0.1, 0.5),
    "lr must broadcast to the shape of w, (2,), got shape (3,)":
        lambda: velocity_step(TWO, TWO, TWO, np.ones(3), 0.5),
    "lr must broadcast to the shape of w, (2,), got shape (3, 1)":
        lambda: velocity_step(TWO, TWO, TWO, np.ones((3, 1)), 0.5),
    "mu must broadcast to the shape of w, (2,), got shape (3,)":
        lambda: velocity_step(TWO, TWO, TWO, 0.1, np.zeros(3)),
    # the optimizer
    "form must be one of velocity, accumulator, averaged, got 'polyak'":
        lambda: SGD(0.1, form="polyak"),
    "form must be one of velocity, accumulator, averaged, got None":
        lambda: SGD(0.1, form=None),
    'nesterov must be False when form is "averaged", got True':
        lambda: SGD(0.1, form="averaged", nesterov=True),
    "grads must have the shape of params, (2,), got shape (1,)":
        lambda: SGD(0.1).step(TWO.copy(), ONE),
    "grads must be a list of 1 arrays, as params is, got []":
        lambda: SGD(0.1).step([TWO.copy()], []),
    "grads must be a list of 1 arrays, as params is, got array([1., 1.])":
        lambda: SGD(0.1).step([TWO.copy()], TWO),
    "grads must be an array or a number, got [1.0, 1.0]":
        lambda: SGD(0.1).step(TWO.copy(), [1.0, 1.0]),
    "params must be an array of float32, float64 or Fraction, or a list of them, got array([7])":
        lambda: SGD(0.1).step(np.array([7]), ONE),
    "params must be an array of float32, float64 or Fraction, or a list of them, "
    "got array([1.], dtype=float16)":
        lambda: SGD(0.1).step(np.ones(1, "f2"), ONE),
    "params must be an array, or a list of arrays, got 5.0":
        lambda: SGD(0.1).step(5.0, 1.0),
    "params must be an array of float32, float64 or Fraction, or a list of them, got 5.0":
        lambda: SGD(0.1).step([5.0], [1.0]),
    "params must be of the shapes of the state, [(1,)], got [(2,)]":
        lambda: optimizer_after(ONE.copy()).step(TWO.copy(), TWO),
    "params must be of the shapes of the state, [(1,)], got [(1,), (1,)]":
        lambda: optimizer_after(ONE.copy()).step([ONE.copy()] * 2, [ONE] * 2),
    "state_dict must be a dict with the keys ['form', 'lr', 'mu', 'nesterov', 'state'], "
    "got ['form', 'lr', 'nesterov', 'state']":
        lambda: loaded(mu=None),
    "state_dict['form'] must be 'velocity', got 'averaged'":
        lambda: loaded(form="averaged"),
    "state_dict['nesterov'] must be False, got True":
        lambda: loaded(nesterov=True),
    "lr must be finite and not negative, got -1.0":
        lambda: loaded(lr=-1.0),
    # conversions
    "lr_old must be finite and positive, got 0.0":
        lambda: rescale_velocity(ONE, 0.0, 0.1),
    "lr_old must be finite and positive, got nan":
        lambda: rescale_velocity(ONE, NAN, 0.1),
    "lr_new must be finite and not negative, got -0.1":
        lambda: rescale_velocity(ONE, 0.1, -0.1),
    # descend
    "landscape must be a Landscape or a gradient function, got 'bowl'":
        lambda: momentum_run(landscape="bowl"),
    "w0 must be finite, got array([nan])": (
        lambda: momentum_run(w0=[NAN]),
        lambda: roll(bowl(), [NAN], [1.0]),
    ),
    "w0 must be finite, got array([[ 1.],\n       [inf]])":
        lambda: momentum_run(w0=np.array([[1.0], [INF]])),
    "w0 must be of shape (*batch, dim), with at least one axis, got 2.0":
        lambda: momentum_run(w0=2.0),
    "w0 must be an array of float32, float64 or Fraction, got ['a']":
        lambda: momentum_run(w0=["a"]),
    "w0 must be an array of float32, float64 or Fraction, got [1j]":
        lambda: momentum_run(w0=[1j]),
    "w0 must be an array of float32, float64 or Fraction, got array([1.], dtype=float16)":
        lambda: momentum_run(w0=np.ones(1, "f2")),
    "w0 must be an array, all of its rows of one length, got [[1.0], [1.0, 2.0]]":
        lambda: momentum_run(w0=[[1.0], [1.0, 2.0]]),
    "w0 must be of shape (*batch, 1) on bowl, got (2,)":
        lambda: momentum_run(w0=TWO),
    "w0 must be of shape (*batch, 2) on himmelblau, got (1,)":
        lambda: momentum_run(landscape=himmelblau(), w0=ONE),
    "lr must broadcast with w0, of shape (4, 1), got shape (3, 1)":
        lambda: momentum_run(w0=np.ones((4, 1)), lr=np.ones((3, 1))),
    "mu must broadcast with w0, of shape (4, 1), got shape (3, 1)":
        lambda: momentum_run(w0=np.ones((4, 1)), mu=np.zeros((3, 1))),
    "lr must broadcast with w0, of shape (1,), got shape (2,)":
        lambda: momentum_run(lr=np.full(2, 0.1)),
    "lr(2) must be finite and not negative, got -0.1":
        lambda: momentum_run(lr=lambda k: 0.1 - 0.1 * k),
    "mu(2) must be in [0, 1), got 1.0":
        lambda: momentum_run(mu=lambda k: k / 2),
    "lr(0) must broadcast to the shape of w0, (1,), got shape (3,)":
        lambda: momentum_run(lr=lambda _: np.ones(3)),
    "mu(0) must broadcast to the shape of w0, (1,), got shape (3,)":
        lambda: momentum_run(mu=lambda _: np.zeros(3)),
    "steps must be a whole number, not negative, got -1":
        lambda: momentum_run(steps=-1),
    "steps must be a whole number, not negative, got 2.0":
        lambda: momentum_run(steps=2.0),
    "steps must be a whole number, not negative, got '2'":
        lambda: momentum_run(steps="2"),
    "steps must be a whole number, not negative, got True":
        lambda: momentum_run(steps=True),
    "step must be an update rule (w, state, g, lr, mu) -> (w, state), got 'velocity'":
        lambda: momentum_run(step="velocity"),
    "step must return weights of shape (1,), got (2,)":
        lambda: momentum_run(step=lambda *_: (TWO, TWO)),
    "the gradient must have the shape of w, (1,), got shape (2,)": (
        lambda: momentum_run(landscape=lambda _: TWO),
        lambda: momentum_run(noise=lambda *_: TWO, rng=np.random.default_rng()),
    ),
    "the gradient must have the shape of w, (1,), got shape ()":
        lambda: momentum_run(landscape=lambda _: 1.0),
    "state0 must have the shape of w0, (1,), got shape (2,)":
        lambda: momentum_run(state0=TWO),
    "state0 must be finite, got array([nan])":
        lambda: momentum_run(state0=[NAN]),
    "state0 must be an array of float32, float64 or Fraction, got ['a']":
        lambda: momentum_run(state0=["a"]),
    "rng must be a numpy.random.Generator when noise is given, got None": (
        lambda: momentum_run(noise=0.1),
        lambda: momentum_run(noise=lambda *_: ONE),
    ),
    "rng must be a numpy.random.Generator when noise is given, got 3":
        lambda: momentum_run(noise=0.1, rng=3),
    "noise must be finite and not negative, got -0.1":
        lambda: momentum_run(noise=-0.1, rng=np.random.default_rng()),
    "noise must be finite and not negative, got nan":
        lambda: momentum_run(noise=NAN, rng=np.random.default_rng()),
    "noise must broadcast to the shape of w0, (1,), got shape (2,)":
        lambda: momentum_run(noise=TWO, rng=np.random.default_rng()),
    "noise must be None or a function on exact fractions, got 0.1":
        lambda: momentum_run(w0=np.array([Fraction(1)]), noise=0.1, rng=np.random.default_rng()),
    # landscapes
    "gradient must be finite, got nan": (
        lambda: slope(NAN),
        lambda: terminal_velocity(0.1, 0.5, NAN),
    ),
    "tilt must be finite, got inf":
        lambda: double_well(INF),
    "tilt must be finite, got '0.2'":
        lambda: double_well("0.2"),
    "dim must be 1 or 2, got 3":
        lambda: Landscape("x", 3, QUARTIC, ((0.0, 1.0),) * 3),
    "domain must be 1 pairs (low, high), got ((0.0, 1.0), (0.0, 1.0))":
        lambda: Landscape("x", 1, QUARTIC, ((0.0, 1.0),) * 2),
    "breaks must be 0 numbers, in one variable, got (1,)":
        lambda: Landscape("x", 1, QUARTIC, ((0.0, 1.0),), (1,)),
    "breaks must be 1 numbers, in one variable, got ()":
        lambda: Landscape("x", 1, QUARTIC * 2, ((0.0, 1.0),)),
    "breaks must be 1 numbers, in one variable, got (1,)":
        lambda: Landscape("x", 2, QUARTIC * 2, ((0.0, 1.0),) * 2, (1,)),
    "breaks must be increasing, got (2, 1)":
        lambda: Landscape("x", 1, QUARTIC * 3, ((0.0, 1.0),), (2, 1)),
    "breaks must be increasing, got (1, 1)":
        lambda: Landscape("x", 1, QUARTIC * 3, ((0.0, 1.0),), (1, 1)),
    "w must have the shape (..., 2) on himmelblau, got shape (3,)":
        lambda: himmelblau().value(np.ones(3)),
    "w must have the shape (..., 1) on bowl, got shape ()":
        lambda: bowl().gradient(2.0),
    "w must have the shape (..., 1) on bowl, got shape (2,)":
        lambda: bowl().hessian(TWO),
    "w must be an array of float32, float64 or Fraction, got ['a']":
        lambda: bowl().value(["a"]),
    # the ball
    "integrator must be one of semi-implicit, implicit-drag, exact-drag, got 'explicit'":
        lambda: to_optimizer(1, 1, 0.1, "explicit"),
    "drag must be at most mass / time_step for the semi-implicit integrator, got 1.01":
        lambda: to_optimizer(1.0, 1.01, 1.0),
    "drag must be finite and not negative, got -1.0":
        lambda: roll(bowl(), ONE, [1.0], drag=-1.0),
    "w0 must have the shape of a point of the landscape, (1,), got shape (2,)":
        lambda: roll(bowl(), TWO, [1.0]),
    "velocity0 must have the shape of w0, (1,), got shape (2,)":
        lambda: roll(bowl(), ONE, [1.0], velocity0=TWO),
    "velocity0 must be finite, got array([inf])":
        lambda: roll(bowl(), ONE, [1.0], velocity0=[INF]),
    "times must be a list of finite numbers, got 1.0":
        lambda: roll(bowl(), ONE, 1.0),
    "times must be a list of finite numbers, got []":
        lambda: roll(bowl(), ONE, []),
    "times must be a list of finite numbers, got [nan]":
        lambda: roll(bowl(), ONE, [NAN]),
    "times must be not negative and increasing, got [-1.0, 1.0]":
        lambda: roll(bowl(), ONE, [-1.0, 1.0]),
    "times must be not negative and increasing, got [2.0, 1.0]":
        lambda: roll(bowl(), ONE, [2.0, 1.0]),
    "times must be not negative and increasing, got [1.0, 1.0]":
        lambda: roll(bowl(), ONE, [1.0, 1.0]),
    "times must be early enough that the ball is still at a finite place, got [10000.0]":
        lambda: roll(saddle(), TWO, [1e4]),
    "times must be early enough that the ball is still at a finite place, got [9.0]":
        lambda: roll(Landscape("hill", 1, (((), (), (), (), (Fraction(-1),)),), ((-1.0, 1.0),)), ONE, [9.0]),
    # theory
    "a must be finite, got nan": (
        lambda: spectral_radius(NAN, 0.5),
        lambda: regime(NAN, 0.5),
    ),
    "a must be finite, got inf":
        lambda: is_stable(INF, 0.5),
    "a must be finite and not negative, got -0.1":
        lambda: saddle_growth(-0.1, 0.5),
    "l must be at most L = 1.0, got 2.0":
        lambda: optimal_hyperparameters(1.0, 2.0),
    "s2 must be finite and not negative, got -1.0":
        lambda: stationary_variance(0.1, 0.5, 1.0, -1.0),
    "s2 must be finite and not negative, got nan":
        lambda: step_variance(0.1, 0.5, 1.0, NAN),
    "lr must be below the stability limit 2 (1 + mu) / curvature, got 3.0":
        lambda: stationary_variance(3.0, 0.5, 1.0, 1.0),
    "lr must be below the stability limit 2 (1 + mu) / curvature, got array([0.1, 4. ])":
        lambda: step_variance(np.array([0.1, 4.0]), 0.5, 1.0, 1.0),
    "lr_old must be finite and not negative, got -0.1":
        lambda: gap_after_lr_change(-0.1, 0.1, 1.0, 0.5),
    "lr_new must be finite and not negative, got -0.2":
        lambda: gap_after_lr_change(0.1, -0.2, 1.0, 0.5),
    "b must be finite, got nan":
        lambda: gap_after_lr_change(0.1, 0.1, NAN, 0.5),
    "mu must be in (0, 1), got 0.0": (
        lambda: memory(0.0),
        lambda: steps_to_terminal(0.5, 0.0),
    ),
    "mu must be in (0, 1), got 1.0":
        lambda: memory(1.0),
    "fraction must be in (0, 1), got 1.0":
        lambda: steps_to_terminal(1.0, 0.5),
    "fraction must be in (0, 1), got 0.0":
        lambda: steps_to_terminal(0.0, 0.5),
    # drawings
    "method must be one of sgd, velocity, accumulator, averaged, heavy_ball, nesterov, ball, theory, "
    "got 'adam'":
        lambda: style("adam"),
    "points must be a whole number, at least 2, got 1":
        lambda: drawn(plot_landscape, landscape=bowl(), points=1),
    "points must be a whole number, at least 2, got 2.5":
        lambda: drawn(plot_landscape, landscape=bowl(), points=2.5),
    "path.w must be of shape (steps + 1, dim): one run, got (4, 2, 1)": (
        lambda: drawn(plot_path, path=momentum_run(w0=np.ones((2, 1)))),
        lambda: drawn(plot_phase, path=momentum_run(w0=np.ones((2, 1)))),
    ),
    "axis must be one of the 1 variables of the run, counted from 0, got 1":
        lambda: drawn(plot_phase, path=momentum_run(), axis=1),
    "path.loss must be of shape (steps + 1,), got (4, 2)":
        lambda: drawn(plot_loss, path=momentum_run(w0=np.ones((2, 1)))),
    "path.loss must be of shape (steps + 1,), got None":
        lambda: drawn(plot_loss, path=momentum_run(landscape=lambda w: w)),
    "method must be one of sgd, velocity, accumulator, averaged, heavy_ball, nesterov, ball, theory, "
    "got 'a'":
        lambda: drawn(plot_path, path=momentum_run(), method="a"),
}  # fmt: skip


@pytest.mark.parametrize("message", REFUSALS)
def test_bad_input_is_refused(message):
    calls = REFUSALS[message]
    for call in calls if isinstance(calls, tuple) else (calls,):
        complains(call, message)


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
@pytest.mark.parametrize("value", NOT_POSITIVE, ids=str)
def test_what_has_to_be_positive(call, name, value):
    complains(lambda: call(value), f"{name} must be finite and positive, got {value!r}")


@pytest.mark.parametrize("call", [rate, gradient_descent_rate, noise_floor_ratio], ids=name_of)
@pytest.mark.parametrize(
    ("kappa", "expected"), [(0.9, "at least 1"), (NAN, "finite"), (INF, "finite"), ("2", "finite")]
)
def test_a_condition_number_is_at_least_one(call, kappa, expected):
    complains(lambda: call(kappa), f"condition_number must be {expected}, got {kappa!r}")
