"""The update rules, the conversions between their states, and the optimizer that keeps its state."""

from momentum.updates.adam import Moments, adam_start, adam_step
from momentum.updates.conversions import (
    accumulator_from_velocity,
    rescale_velocity,
    velocity_from_accumulator,
)
from momentum.updates.lookahead import (
    LookAhead,
    look_ahead,
    look_ahead_step,
    nesterov_accumulator_step,
    two_point_step,
)
from momentum.updates.optimizer import SGD
from momentum.updates.precision import to_bfloat16
from momentum.updates.restart import restarting_step
from momentum.updates.rules import (
    Step,
    accumulator_step,
    averaged_step,
    heavy_ball_step,
    initial_state,
    nesterov_step,
    sgd_step,
    velocity_step,
)
from momentum.updates.schedules import (
    cosine_schedule,
    cycle_schedule,
    linear_schedule,
    rising_momentum,
    step_schedule,
)

__all__ = [
    "SGD",
    "LookAhead",
    "Moments",
    "Step",
    "accumulator_from_velocity",
    "accumulator_step",
    "adam_start",
    "adam_step",
    "averaged_step",
    "cosine_schedule",
    "cycle_schedule",
    "heavy_ball_step",
    "initial_state",
    "linear_schedule",
    "look_ahead",
    "look_ahead_step",
    "nesterov_accumulator_step",
    "nesterov_step",
    "rescale_velocity",
    "restarting_step",
    "rising_momentum",
    "sgd_step",
    "step_schedule",
    "to_bfloat16",
    "two_point_step",
    "velocity_from_accumulator",
    "velocity_step",
]
