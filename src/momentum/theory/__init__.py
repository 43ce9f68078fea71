"""What can be said without running anything: closed forms, each next to the experiment that checks it.

Throughout, ``a = lr * curvature`` is the dimensionless step, and every function works element by element
on arrays that broadcast against each other.
"""

from momentum.theory.decay import coupled_decay, coupled_from_decoupled, oscillation_threshold
from momentum.theory.floors import (
    autocovariances,
    mean_squares,
    nesterov_variance,
    noise_floor,
    quietest_hyperparameters,
    ratio_at_equal_effective_lr,
    ratio_at_equal_lr,
)
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
from momentum.theory.minibatch import (
    minibatch_variance,
)
from momentum.theory.noise import (
    noise_floor_ratio,
    stationary_variance,
    step_variance,
)
from momentum.theory.stability import (
    energy_bound,
    is_stable,
    regime,
    saddle_growth,
    spectral_radius,
)
from momentum.theory.transient import expected_loss
from momentum.theory.tuning import (
    condition_number_for,
    gradient_descent_rate,
    optimal_hyperparameters,
    rate,
)

__all__ = [
    "Memory",
    "autocovariances",
    "condition_number_for",
    "coupled_decay",
    "coupled_from_decoupled",
    "energy_bound",
    "expected_loss",
    "gap_after_lr_change",
    "gradient_descent_rate",
    "is_stable",
    "mean_squares",
    "memory",
    "minibatch_variance",
    "nesterov_limit",
    "nesterov_optimal",
    "nesterov_radius",
    "nesterov_rate",
    "nesterov_standard",
    "nesterov_standard_rate",
    "nesterov_variance",
    "noise_floor",
    "noise_floor_ratio",
    "optimal_hyperparameters",
    "oscillation_threshold",
    "quietest_hyperparameters",
    "rate",
    "ratio_at_equal_effective_lr",
    "ratio_at_equal_lr",
    "regime",
    "saddle_growth",
    "spectral_radius",
    "stationary_variance",
    "step_variance",
    "steps_to_terminal",
]
