"""The ball behind the update: mass, drag and time step against `lr` and `mu`, its energy, its motion."""

from momentum.physics.dictionary import INTEGRATORS, terminal_velocity, to_ball, to_optimizer
from momentum.physics.motion import Roll, energy, roll

__all__ = [
    "INTEGRATORS",
    "Roll",
    "energy",
    "roll",
    "terminal_velocity",
    "to_ball",
    "to_optimizer",
]
