"""What PyTorch, Keras and optax compute: their steps as pure functions, and recorded runs to hold them to."""

from momentum.frameworks.recordings import Recording, recordings, replay, versions
from momentum.frameworks.steps import keras_step, optax_step, pytorch_step

__all__ = [
    "Recording",
    "keras_step",
    "optax_step",
    "pytorch_step",
    "recordings",
    "replay",
    "versions",
]
