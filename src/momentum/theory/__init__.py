"""What can be said without running anything: closed forms, each next to the experiment that checks it.

Throughout, ``a = lr * curvature`` is the dimensionless step, and every function works element by element
on arrays that broadcast against each other.
"""

from momentum.theory.decay import (
    coupled_decay,
    coupled_from_decoupled,
    oscillation_threshold,
)
from momentum.theory.diagnosis import curvature_from_growth, curvature_from_period
from momentum.theory.escape import (
    basins,
    climb,
    outcomes,
    thresholds,
)
from momentum.theory.floors import (
    autocovariances,
    nesterov_variance,
    noise_floor,
    quietest_hyperparameters,
    ratio_at_equal_effective_lr,
    ratio_at_equal_lr,
)
from momentum.theory.iteration import (
    best_lr,
    best_rate,
    chebyshev_coefficients,
    iteration_matrix,
    iteration_power,
    lower_bound,
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
from momentum.theory.orbits import (
    barrier,
    loop_areas,
    orbits_above,
)
from momentum.theory.stability import (
    energy_bound,
    is_stable,
    regime,
    saddle_growth,
    spectral_radius,
)
from momentum.theory.transient import (
    mean_squares,
)
from momentum.theory.tuning import (
    condition_number_for,
    gradient_descent_rate,
    optimal_hyperparameters,
    rate,
)

__all__ = [
    "Memory",
    "autocovariances",
    "barrier",
    "basins",
    "best_lr",
    "best_rate",
    "chebyshev_coefficients",
    "climb",
    "condition_number_for",
    "coupled_decay",
    "coupled_from_decoupled",
    "curvature_from_growth",
    "curvature_from_period",
    "energy_bound",
    "gap_after_lr_change",
    "gradient_descent_rate",
    "is_stable",
    "iteration_matrix",
    "iteration_power",
    "loop_areas",
    "lower_bound",
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
    "orbits_above",
    "oscillation_threshold",
    "outcomes",
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
    "thresholds",
]
