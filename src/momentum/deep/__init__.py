"""Deep networks on NumPy arrays: gradients and Hessians by `autograd`, steps by `momentum.SGD`."""

from momentum.deep.curvature import hessian_times, sharpness
from momentum.deep.networks import gradients, init_networks, reconstruct, reconstruction_loss
from momentum.deep.training import Training, train

__all__ = [
    "Training",
    "gradients",
    "hessian_times",
    "init_networks",
    "reconstruct",
    "reconstruction_loss",
    "sharpness",
    "train",
]
