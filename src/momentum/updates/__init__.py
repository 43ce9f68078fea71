"""The update rules, the conversions between their states, and the optimizer that keeps its state."""

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

__all__ = [
    "SGD",
    "LookAhead",
    "Step",
    "accumulator_from_velocity",
    "accumulator_step",
    "averaged_step",
    "heavy_ball_step",
    "initial_state",
    "look_ahead",
    "look_ahead_step",
    "nesterov_accumulator_step",
    "nesterov_step",
    "rescale_velocity",
    "sgd_step",
    "two_point_step",
    "velocity_from_accumulator",
    "velocity_step",
]
