"""Landscapes: polynomials given by their tables of coefficients, and the ones that the course walks on."""

from momentum.landscapes.catalogue import (
    bowl,
    bumps,
    double_well,
    himmelblau,
    lessard,
    ravine,
    rosenbrock,
    saddle,
    slope,
)
from momentum.landscapes.critical import CriticalPoint
from momentum.landscapes.landscape import Landscape

__all__ = [
    "CriticalPoint",
    "Landscape",
    "bowl",
    "bumps",
    "double_well",
    "himmelblau",
    "lessard",
    "ravine",
    "rosenbrock",
    "saddle",
    "slope",
]
