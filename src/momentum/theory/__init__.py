"""What can be said without running anything: closed forms, each next to the experiment that checks it.

Throughout, ``a = lr * curvature`` is the dimensionless step, and every function works element by element
on arrays that broadcast against each other.
"""

from momentum.theory.lookahead import (
    nesterov_limit,
    nesterov_optimal,
    nesterov_radius,
    nesterov_rate,
    nesterov_standard,
    nesterov_standard_rate,
)
from momentum.theory.memory import (
    Memory,
    gap_after_lr_change,
    memory,
    steps_to_terminal,
)
from momentum.theory.noise import noise_floor_ratio, stationary_variance, step_variance
from momentum.theory.stability import energy_bound, is_stable, regime, saddle_growth, spectral_radius
from momentum.theory.tuning import (
    condition_number_for,
    gradient_descent_rate,
    optimal_hyperparameters,
    rate,
)

__all__ = [
    "Memory",
    "condition_number_for",
    "energy_bound",
    "gap_after_lr_change",
    "gradient_descent_rate",
    "is_stable",
    "memory",
    "nesterov_limit",
    "nesterov_optimal",
    "nesterov_radius",
    "nesterov_rate",
    "nesterov_standard",
    "nesterov_standard_rate",
    "noise_floor_ratio",
    "optimal_hyperparameters",
    "rate",
    "regime",
    "saddle_growth",
    "spectral_radius",
    "stationary_variance",
    "step_variance",
    "steps_to_terminal",
]
