"""The check of a number that was predicted before it was computed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from math import isfinite, sqrt
from typing import Any

from momentum import physics, theory, updates
from momentum._checks import check_not_negative, refuse
from momentum.check.verdict import Verdict


def _second_point(
    step: updates.Step, lr_old: float, lr_new: float, mu: float, g: float, factor: float = 1.0
) -> Any:
    """Return where two steps lead from 0, with the memory multiplied by a factor between them."""
    w, memory = step(0.0, 0.0, g, lr_old, mu)
    return step(w, factor * memory, g, lr_new, mu)[0]


# By the name that a hint can use: "That is the ...". None of the values is typed, all come from the package.
QUANTITIES: dict[str, Callable[..., Any]] = {
    "terminal velocity": lambda lr, mu, g: physics.terminal_velocity(lr, mu, g),
    "effective learning rate": lambda lr, mu: lr * theory.memory(mu).total,
    "learning rate taken from the averaged form": lambda lr, mu: lr / theory.memory(mu).total,
    "learning rate at another momentum": lambda lr, mu_old, mu_new: (
        lr * theory.memory(mu_old).total / theory.memory(mu_new).total
    ),
    "learning rate for another minibatch": lambda lr, mu_old, mu_new, batch_old, batch_new: (
        lr * theory.memory(mu_old).total / theory.memory(mu_new).total * batch_new / batch_old
    ),
    "momentum under bias correction": lambda mu, step: mu * (1 - mu ** (step - 1)) / (1 - mu**step),
    "curvature of a wreck": lambda loss_factor, lr, mu: theory.curvature_from_growth(
        sqrt(loss_factor), lr, mu
    ),
    "largest learning rate of Nesterov's method": lambda curvature, mu: theory.nesterov_limit(mu) / curvature,
    "steps to a fraction of the terminal velocity": theory.steps_to_terminal,
    "sum of the weights": lambda mu: theory.memory(mu).total,
    "mean age of a gradient": lambda mu: theory.memory(mu).mean_age,
    "half-life of a gradient": lambda mu: theory.memory(mu).half_life,
    "effective sample size": lambda mu: theory.memory(mu).effective_sample_size,
    "gap between the forms": theory.gap_after_lr_change,
    "second point of form A": lambda lr_old, lr_new, mu, g: _second_point(
        updates.velocity_step, lr_old, lr_new, mu, g
    ),
    "second point of form B": lambda lr_old, lr_new, mu, g: _second_point(
        updates.accumulator_step, lr_old, lr_new, mu, g
    ),
    "second point of form B, corrected in vain": lambda lr_old, lr_new, mu, g: _second_point(
        updates.accumulator_step, lr_old, lr_new, mu, g, factor=lr_new / lr_old
    ),
    "second point of gradient descent": lambda lr_old, lr_new, mu, g: _second_point(
        updates.sgd_step, lr_old, lr_new, mu, g
    ),
    "spectral radius": theory.spectral_radius,
    "growth at a saddle": theory.saddle_growth,
    "largest learning rate of the energy theorem": theory.energy_bound,
    "best learning rate": lambda L, l: theory.optimal_hyperparameters(L, l)[0],  # noqa: E741, N803
    "best momentum": lambda L, l: theory.optimal_hyperparameters(L, l)[1],  # noqa: E741, N803
    "best rate with momentum": theory.rate,
    "best rate of gradient descent": theory.gradient_descent_rate,
    "condition number for which a momentum is best": theory.condition_number_for,
    "Nesterov's stability limit": theory.nesterov_limit,
    "stationary variance": theory.stationary_variance,
    "variance of a step": theory.step_variance,
    "variance ratio at equal learning rate": theory.ratio_at_equal_lr,
    "variance ratio at equal effective learning rate": theory.ratio_at_equal_effective_lr,
    "coasting distance on a plateau": lambda mu, v: theory.memory(mu).mean_age * v,
    "height of a climb": theory.climb,
}


def number(
    expected: str | float,
    guess: Any,
    tolerance: float = 0.01,
    *,
    hints: Mapping[float, str] | None = None,
    **given: float,
) -> Verdict:
    """Check a number, and recognise the usual ways to get it wrong.

    Parameters
    ----------
    expected : str or float
        A name in `QUANTITIES`, whose value the package computes from `given`, or the value itself.
    guess : number
        The learner's; ``...`` stands for none yet.
    tolerance : float
        How far the guess may be off, next to the size of the expected value; if that is 0, absolutely.
    hints : dict, optional
        What to say to particular wrong values, before anything else is tried.
    **given
        What the quantity depends on. With a value, `mu` and `lr` serve to recognise a factor too much or
        too few.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the name is unknown, `given` does not fit it, or `tolerance` is negative or not finite.

    Examples
    --------
    >>> print(number("terminal velocity", -0.01, lr=0.1, mu=0.9, g=1.0))
    Not yet. You have the factor 1/(1 - mu) upside down.
    >>> print(number("mean age of a gradient", 10, mu=0.9))
    Not yet. That is the sum of the weights.
    """
    check_not_negative(tolerance, "tolerance")
    value = float(_value(expected, given) if isinstance(expected, str) else expected)
    if guess is None or guess is Ellipsis:
        return Verdict(False, "There is nothing to check yet: put your number in its place.", "empty")
    try:
        found = float(guess)
    except (TypeError, ValueError):
        return Verdict(False, f"A number was asked for, and {guess!r} is none.", "no_number")
    if not isfinite(found):
        return Verdict(False, f"A number was asked for, and {found} is no finite one.", "no_number")
    if _close(found, value, tolerance):
        return Verdict(True, "")
    for wrong, words in (hints or {}).items():
        if _close(found, wrong, tolerance):
            return Verdict(False, words, "hint")
    name = expected if isinstance(expected, str) else ""
    bug, words = _explain(found, value, tolerance, name, given)
    return Verdict(False, words, bug)


def _value(name: str, given: dict[str, float]) -> Any:
    if name not in QUANTITIES:
        raise refuse("expected", name, f"a number or one of {', '.join(QUANTITIES)}")
    needed = set(inspect.signature(QUANTITIES[name]).parameters)
    if set(given) != needed:
        raise refuse("given", sorted(given), f"{sorted(needed)} for the {name}")
    return QUANTITIES[name](**given)


def _close(found: float, value: float, tolerance: float) -> bool:
    return abs(found - value) <= tolerance * (abs(value) or 1) + 1e-12 * abs(value)


def _others(name: str, given: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Yield the quantities that can be computed from the same numbers, by name."""
    for other, function in QUANTITIES.items():
        needed = inspect.signature(function).parameters
        if other != name and name and set(needed) <= set(given):
            try:
                yield other, float(function(**{key: given[key] for key in needed}))
            except ValueError:
                continue  # outside the range of that formula


def _factors(given: dict[str, float]) -> Iterator[tuple[float, str, str]]:
    """Yield what the guess may be a multiple by, a name for it, and the sentence."""
    mu, lr = given.get("mu", 0.0), given.get("lr", 1.0)
    if 0 < mu < 1:
        rest = 1 - mu
        yield rest**2, "upside_down", "You have the factor `1/(1 - mu)` upside down."
        yield rest, "factor_missing", "A factor `1/(1 - mu)` is missing."
        yield 1 / rest, "factor_too_much", "There is a factor `1/(1 - mu)` too much."
        yield rest**-2, "upside_down", "You have the factor `1 - mu` upside down."
        yield mu, "mu_too_much", "There is a factor `mu` too much."
        yield 1 / mu, "mu_missing", "A factor `mu` is missing."
    if lr > 0 and lr != 1:
        yield lr, "lr_too_much", "There is a factor `lr` too much."
        yield 1 / lr, "lr_missing", "The factor `lr` is missing."
    yield 0.5, "half", "It is half of what it should be: a factor 2 is missing."
    yield 2.0, "twice", "It is twice what it should be."
    yield 100.0, "percent", "It is a hundred times too large: did you give percent?"
    yield 0.01, "percent", "It is a hundred times too small: did you divide by 100 for percent?"


def _explain(
    found: float, value: float, tolerance: float, name: str, given: dict[str, float]
) -> tuple[str, str]:
    """Return the name of a mistake and the sentence on it."""
    for other, wrong in _others(name, given):
        if _close(found, wrong, tolerance) and not _close(value, wrong, tolerance):
            return "other_quantity", f"That is the {other}."
    if value and _close(-found, value, tolerance):
        return "sign", "The size is right, the sign is not."
    for factor, bug, words in _factors(given):
        for sign in (1, -1):
            if value and _close(found, sign * factor * value, tolerance):
                return bug, words if sign == 1 else f"The sign is wrong, and more: {words}"
    if value and _close(found * value, 1, tolerance):
        return "reciprocal", "It is upside down: you have one over the number."
    if _close(found, value**2, tolerance):
        return "square", "You have the square of the number: take the root."
    if value > 0 and _close(found, sqrt(value), tolerance):
        return "root", "You have the square root of the number."
    if value == round(value) and abs(found - value) == 1:
        return "off_by_one", "It is off by one: do you count from zero or from one, steps or points?"
    if found * value < 0:
        return "wrong", "The sign is wrong, and so is the size."
    if found and value:
        ratio = abs(found / value)
        large = ratio > 1
        times = ratio if large else 1 / ratio
        return "wrong", f"It is too {'large' if large else 'small'} by a factor of about {times:.2g}."
    return "wrong", f"It is too {'large' if found > value else 'small'}."
