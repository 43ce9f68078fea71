"""The ball: its dictionary to and from the optimizer, its energy, and the continuous motion."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from strategies import equal, exact, gradient_sequences, momenta, name_of, numbers, parts, run, vectors

from momentum.descent import descend
from momentum.landscapes import (
    bowl,
    bumps,
    double_well,
    himmelblau,
    lessard,
    ravine,
    saddle,
    slope,
)
from momentum.physics import energy, roll, terminal_velocity, to_ball, to_optimizer
from momentum.theory import energy_bound
from momentum.updates import velocity_step

F = Fraction
positive = parts(1, 24, 12)
scales = st.floats(0.05, 20)
coefficients = st.floats(0, 0.999)


# --- the dictionary ------------------------------------------------------------------------------


def drag_of_the_old_velocity(velocity, g, mass, drag, h):
    return velocity + h / mass * (-drag * velocity - g)


def drag_of_the_new_velocity(velocity, g, mass, drag, h):
    return (velocity - h * g / mass) / (1 + drag * h / mass)


def drag_solved_exactly(velocity, g, mass, drag, h):
    terminal = -g / drag
    return terminal + (velocity - terminal) * np.exp(-drag * h / mass)


INTEGRATORS = {
    "semi-implicit": drag_of_the_old_velocity,
    "implicit-drag": drag_of_the_new_velocity,
    "exact-drag": drag_solved_exactly,
}


def integrate(push, gradients, w, velocity, mass, drag, h):
    """Move a ball: first its velocity, then its position with the new velocity."""
    positions = [w]
    for k in range(len(gradients) if not callable(gradients) else 400):
        g = gradients(w) if callable(gradients) else gradients[k]
        velocity = push(velocity, g, mass, drag, h)
        w = w + h * velocity
        positions.append(w)
    return positions


@pytest.mark.parametrize("integrator", ["semi-implicit", "implicit-drag"])
@given(
    gradients=gradient_sequences(),
    start=st.tuples(vectors(), vectors()),
    ball=st.tuples(positive, positive, parts(1, 6, 12)),
)
def test_form_a_is_the_ball_exactly(integrator, gradients, start, ball):
    mass, drag, h = ball
    if drag * h > mass:
        drag = mass
    w0, velocity0 = start
    lr, mu = to_optimizer(mass, drag, h, integrator)
    n = len(gradients)
    ws, _ = run(velocity_step, w0, h * velocity0, gradients, [lr] * n, [mu] * n)
    push = INTEGRATORS[integrator]
    assert equal(ws, integrate(push, gradients, w0, velocity0, mass, drag, h))


@pytest.mark.parametrize("integrator", INTEGRATORS)
@pytest.mark.parametrize("make", [double_well, himmelblau], ids=name_of)
def test_form_a_is_the_ball_to_rounding(integrator, make):
    land = make()
    mass, drag, h = 1.5, 0.7, 0.03
    w0, velocity0 = np.array([1.9, 0.4])[: land.dim], np.array([-0.5, 1.0])[: land.dim]
    lr, mu = to_optimizer(mass, drag, h, integrator)
    path = descend(land, w0, lr, mu, steps=400, state0=h * velocity0)
    ball = integrate(INTEGRATORS[integrator], land.gradient, w0, velocity0, mass, drag, h)
    np.testing.assert_allclose(path.w, np.array(ball), rtol=0, atol=2e-13)


def test_explicit_euler_is_not_momentum():
    land, (mass, drag, h) = double_well(), (1.0, 0.5, 0.1)
    lr, mu = to_optimizer(mass, drag, h)
    w, velocity, positions = np.array([1.9]), np.zeros(1), []
    for _ in range(60):
        w, velocity = (
            w + h * velocity,
            drag_of_the_old_velocity(velocity, land.gradient(w), mass, drag, h),
        )
        positions.append(w)
    path = descend(land, np.array([1.9]), lr, mu, steps=60)
    assert np.abs(path.w[1:] - positions).max() > 0.02


def test_semi_implicit_is_the_default():
    assert to_optimizer(F(2), F(1), F(1, 2)) == (F(1, 8), F(3, 4))
    assert to_optimizer(F(2), F(1), F(1, 2), "implicit-drag") == (F(1, 10), F(4, 5))
    lr, mu = to_optimizer(2.0, 1.0, 0.5, "exact-drag")
    assert mu == pytest.approx(np.exp(-0.25), rel=1e-15)
    assert lr == pytest.approx(0.5 * (1 - np.exp(-0.25)), rel=1e-14)


def test_the_strongest_drag_that_an_integrator_takes():
    assert to_optimizer(F(1), F(4), F(1, 4)) == (F(1, 16), 0)
    lr, mu = to_optimizer(1.0, 4.0, 1.0, "implicit-drag")
    assert (lr, mu) == (0.2, 0.2)


def test_exact_drag_keeps_its_digits_when_the_drag_is_weak():
    lr, _ = to_optimizer(1.0, 1e-12, 0.1, "exact-drag")
    assert lr == pytest.approx(0.01, rel=1e-12)


@given(scales, coefficients, scales)
def test_to_ball_and_to_optimizer_invert_each_other(lr, mu, mass):
    drag, h = to_ball(lr, mu, mass)
    again = to_optimizer(mass, drag, h)
    assert again[0] == pytest.approx(lr, rel=1e-13)
    assert again[1] == pytest.approx(mu, abs=1e-13)


@given(scales, st.floats(0.001, 0.999), scales)
def test_to_optimizer_and_to_ball_invert_each_other(mass, damping, h):
    drag = damping * mass / h
    again = to_ball(*to_optimizer(mass, drag, h), mass)
    assert again == pytest.approx((drag, h), rel=1e-11)


def test_to_ball_of_unit_mass():
    drag, h = to_ball(0.04, 0.9)
    assert (drag, h) == pytest.approx((0.5, 0.2), rel=1e-14)
    drag, h = to_ball(0.04, 0.9, mass=4.0)
    assert (drag, h) == pytest.approx((1.0, 0.4), rel=1e-14)


@pytest.mark.parametrize("integrator", INTEGRATORS)
def test_the_dictionary_takes_exact_numbers(integrator):
    found = to_optimizer(F(2), F(1, 4), F(1, 2), integrator)
    assert [float(x) for x in found] == pytest.approx(to_optimizer(2.0, 0.25, 0.5, integrator), rel=1e-15)
    assert to_ball(F(1, 4), F(1, 2), F(4)) == to_ball(0.25, 0.5, 4.0) == (2.0, 1.0)


@pytest.mark.parametrize("integrator", INTEGRATORS)
def test_the_dictionary_is_vectorised(integrator):
    mass, drag, h = np.array([1.0, 2.0]), np.array([[0.3], [0.5], [0.7]]), 0.25
    lr, mu = to_optimizer(mass, drag, h, integrator)
    for i, j in np.ndindex(3, 2):
        one = to_optimizer(mass[j], drag[i, 0], h, integrator)
        assert (np.broadcast_to(lr, (3, 2))[i, j], mu[i, j]) == one
    drags, hs = to_ball(np.array([0.01, 0.04]), np.array([[0.0], [0.5]]))
    assert drags.shape == (2, 2)
    assert np.broadcast_to(hs, (2, 2))[1, 1] == to_ball(0.04, 0.5)[1]


@given(parts(1, 50, 50), momenta, numbers)
def test_terminal_velocity_is_the_velocity_that_stays(lr, mu, g):
    v = terminal_velocity(lr, mu, g)
    assert velocity_step(exact(0), exact(v), exact(g), lr, mu)[1].tolist() == [v]
    drag, h = to_ball(float(lr), float(mu))
    assert float(v) == pytest.approx(h * -float(g) / drag, rel=1e-12)


def test_terminal_velocity_has_a_sign_and_is_reached():
    assert terminal_velocity(0.25, 0.5, 2.0) == -1.0
    assert terminal_velocity(0.25, 0.5, -2.0) == 1.0
    path = descend(slope(-3.0), np.zeros(1), 0.01, 0.9, steps=400)
    assert path.state[0] == pytest.approx(terminal_velocity(0.01, 0.9, -3.0), rel=1e-14)
    assert terminal_velocity(np.array([0.1, 0.2]), 0.5, 1.0).tolist() == [-0.2, -0.4]


# --- energy --------------------------------------------------------------------------------------


def test_energy_by_hand():
    path = descend(bowl(F(2)), exact(1), F(1, 4), F(1, 2), steps=2)
    # w: 1, 1/2, 0; v: 0, -1/2, -1/2; f = w^2; mu / (2 lr) = 1
    assert energy(path, bowl(F(2)), F(1, 4), F(1, 2)).tolist() == [1, F(1, 2), F(1, 4)]


def test_energy_of_a_batch_is_that_of_each_run():
    w0 = np.random.default_rng(0).uniform(-1, 1, (3, 2))
    lr, mu = np.array([[0.01], [0.02], [0.04]]), np.array([[0.0], [0.5], [0.9]])
    path = descend(ravine(), w0, lr, mu, steps=6)
    batch = energy(path, ravine(), lr, mu)
    assert batch.shape == (7, 3)
    for i in range(3):
        one = descend(ravine(), w0[i], lr[i], mu[i], steps=6)
        assert np.array_equal(batch[:, i], energy(one, ravine(), lr[i], mu[i]))
        v = np.diff(one.w, axis=0)
        kinetic = mu[i] / (2 * lr[i]) * (v**2).sum(-1)
        np.testing.assert_allclose(batch[1:, i], one.loss[1:] + kinetic, rtol=1e-14)
        assert batch[0, i] == one.loss[0]


@pytest.mark.parametrize(
    ("make", "largest"),
    [(bowl, 1), (ravine, 10), (lessard, 25), (bumps, 5)],
    ids=name_of,
)
@given(start=vectors(), mu=parts(0, 9, 10), share=parts(1, 8, 8))
def test_energy_falls_by_what_the_theorem_says(make, largest, start, mu, share):
    land = make()
    w0 = start[: land.dim]
    lr = share * 2 * (1 - mu) / largest
    path = descend(land, w0, lr, mu, steps=12)
    heights = energy(path, land, lr, mu)
    v = np.diff(path.w, axis=0)
    drops = ((1 - mu) / lr - F(largest, 2)) * (v**2).sum(-1)
    assert (np.diff(heights) <= -drops).all()
    assert (drops >= 0).all()


@given(parts(-24, 24, 12).filter(bool), parts(1, 9, 10), parts(1, 30, 10))
def test_the_energy_bound_is_sharp(v, mu, a):
    # On a parabola of curvature 1, so that a is the learning rate, thrown from w = -(1 - mu) v / a.
    w = -(1 - mu) * v / a

    def height(w, v):
        return w**2 / 2 + mu / (2 * a) * v**2

    (after,), (v_after,) = velocity_step(exact(w), exact(v), exact(w), a, mu)
    bound = 2 * (1 - mu)
    assert (height(after, v_after) > height(w, v)) == (a > bound)
    assert energy_bound(mu, 1) == bound


class Waves:
    """A random smooth function of three variables whose curvature is at most `largest`."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.direction = rng.standard_normal((5, 3))
        self.height, self.phase = rng.standard_normal(5), rng.uniform(0, 2 * np.pi, 5)
        self.largest = (np.abs(self.height) * (self.direction**2).sum(-1)).sum()

    def value(self, w):
        return np.cos(w @ self.direction.T + self.phase) @ self.height

    def gradient(self, w):
        return -(np.sin(w @ self.direction.T + self.phase) * self.height) @ self.direction


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9, 0.99])
def test_energy_never_rises_on_a_smooth_function_below_the_bound(seed, mu):
    waves = Waves(seed)
    lr = energy_bound(mu, waves.largest)
    w0 = np.random.default_rng(seed).uniform(-3, 3, (20, 3))
    path = descend(waves.gradient, w0, lr, mu, steps=200)
    heights = energy(path, waves, lr, mu)
    assert np.diff(heights, axis=0).max() < 1e-13 * np.abs(heights).max()
    if mu == 0.9:
        assert np.diff(waves.value(path.w), axis=0).max() > 1e-6


def test_energy_rises_above_the_bound_and_the_ball_may_still_settle():
    mu, largest = 0.5, 25
    lr = 2.5 * energy_bound(mu, largest)
    path = descend(bowl(largest), np.ones(1), lr, mu, steps=200)
    heights = energy(path, bowl(largest), lr, mu)
    assert np.diff(heights).max() > 0.1 * heights[0]
    assert abs(path.w[-1, 0]) < 1e-12


# --- the continuous ball -------------------------------------------------------------------------

TIMES = np.linspace(0.0, 6.0, 25)


@pytest.mark.parametrize("mass", [0.5, 2.0])
@pytest.mark.parametrize("damping", [0.0, 0.3, 1.0, 3.0])
def test_the_ball_in_a_bowl(mass, damping):
    curvature, start, push = 3.0, 1.5, -0.7
    drag = damping * 2 * np.sqrt(mass * curvature)
    r = np.roots([mass, drag, curvature])
    if damping == 1.0:
        s = -drag / (2 * mass)
        linear = push - s * start
        expected = (start + linear * TIMES) * np.exp(s * TIMES)
        speed = (push + s * linear * TIMES) * np.exp(s * TIMES)
    else:
        first = (push - r[1] * start) / (r[0] - r[1])
        waves = [first * np.exp(r[0] * TIMES), (start - first) * np.exp(r[1] * TIMES)]
        expected, speed = sum(waves).real, (r[0] * waves[0] + r[1] * waves[1]).real
    motion = roll(bowl(curvature), [start], TIMES, mass=mass, drag=drag, velocity0=[push])
    np.testing.assert_allclose(motion.position[:, 0], expected, atol=1e-12)
    np.testing.assert_allclose(motion.velocity[:, 0], speed, atol=1e-12)


def test_the_ball_on_a_slope():
    g, mass, drag = 2.0, 0.5, 0.8
    motion = roll(slope(g), [1.0], TIMES, mass=mass, drag=drag)
    lag = mass / drag * (1 - np.exp(-drag / mass * TIMES))
    np.testing.assert_allclose(motion.position[:, 0], 1 - g / drag * (TIMES - lag), atol=1e-12)
    speed = -g / drag * (1 - np.exp(-drag / mass * TIMES))
    np.testing.assert_allclose(motion.velocity[:, 0], speed, atol=1e-12)
    free = roll(slope(g), [0.0], TIMES, mass=mass, drag=0.0)
    np.testing.assert_allclose(free.position[:, 0], -g / mass * TIMES**2 / 2, rtol=1e-12)


def test_the_defaults_are_unit_mass_unit_drag_and_rest():
    one = roll(double_well(), [2.0], TIMES)
    two = roll(double_well(), [2.0], TIMES, mass=1.0, drag=1.0, velocity0=[0.0])
    assert np.array_equal(one.position, two.position)
    assert one.velocity[0].tolist() == [0.0]
    assert one.position[0].tolist() == [2.0]
    bowl_one = roll(bowl(), [2.0], TIMES)
    bowl_two = roll(bowl(), [2.0], TIMES, mass=1.0, drag=1.0, velocity0=[0.0])
    assert np.array_equal(bowl_one.velocity, bowl_two.velocity)


@pytest.mark.parametrize("make", [bowl, ravine, double_well, himmelblau, lessard], ids=name_of)
def test_the_motion_solves_newtons_law(make):
    land = make()
    mass, drag = 1.3, 0.4
    start, push = np.array([1.7, 0.9])[: land.dim], np.array([0.2, -0.3])[: land.dim]
    motion = roll(land, start, TIMES, mass=mass, drag=drag, velocity0=push)
    assert motion.position.shape == motion.velocity.shape == (25, land.dim)
    assert np.array_equal(motion.times, TIMES)

    def law(_, state):
        velocity = state[land.dim :]
        return np.append(velocity, (-drag * velocity - land.gradient(state[: land.dim])) / mass)

    solution = solve_ivp(
        law, (0, 6), np.append(start, push), "RK45", TIMES, rtol=1e-9, atol=1e-10, max_step=0.01
    )
    np.testing.assert_allclose(motion.position.T, solution.y[: land.dim], atol=3e-7)
    np.testing.assert_allclose(motion.velocity.T, solution.y[land.dim :], atol=3e-6)


@pytest.mark.parametrize("make", [double_well, himmelblau, saddle, bumps], ids=name_of)
def test_without_drag_the_energy_stays(make):
    land = make()
    start = np.array([1.7, 0.4])[: land.dim]
    motion = roll(land, start, TIMES[:13], mass=0.7, drag=0.0)
    total = land.value(motion.position) + 0.35 * (motion.velocity**2).sum(-1)
    np.testing.assert_allclose(total, total[0], rtol=1e-8)
    damped = roll(land, start, TIMES[:13], mass=0.7, drag=0.3)
    total = land.value(damped.position) + 0.35 * (damped.velocity**2).sum(-1)
    assert (np.diff(total) < 0).all()


@pytest.mark.parametrize("make", [bowl, double_well], ids=name_of)
def test_one_moment_is_enough(make):
    land = make()
    for moment in (0.0, 1.0):
        motion = roll(land, [1.2], [moment])
        assert motion.position.shape == (1, 1)
    assert roll(land, [1.2], [0.0]).position[0, 0] == 1.2
    assert roll(land, [1.2], TIMES[4:]).position[0] == pytest.approx(motion.position[0], rel=1e-9)


def test_inputs_of_a_roll_are_left_alone():
    w0, times, push = np.array([2.0]), TIMES.copy(), np.array([1.0])
    for land in (bowl(), double_well()):
        motion = roll(land, w0, times, velocity0=push)
        motion.times[0] = 7.0
        motion.position[0] = motion.velocity[0] = 9.0
    assert (w0[0], times[0], push[0]) == (2.0, 0.0, 1.0)


@pytest.mark.parametrize("integrator", INTEGRATORS)
def test_the_run_tends_to_the_ball_with_the_first_power_of_the_time_step(integrator):
    land, mass, drag, end = double_well(), 1.0, 0.5, 4.0
    target = roll(land, [1.9], [end], mass=mass, drag=drag).position[0, 0]
    errors = []
    for n in (400, 800, 1600):
        lr, mu = to_optimizer(mass, drag, end / n, integrator)
        errors.append(abs(descend(land, [1.9], lr, mu, steps=n).w[-1, 0] - target))
    assert np.divide(errors[:-1], errors[1:]) == pytest.approx([2, 2], abs=0.12)
