"""Training under many pairs of learning rate and momentum at once, over folds and seeds, and fair comparison.

Needs scikit-learn (the splits) and joblib (the workers), which the rest of the package does not.
"""

from momentum.sweep.classifier import Classifier
from momentum.sweep.compare import Comparison, holm, paired, tuned
from momentum.sweep.curvature import largest_curvature
from momentum.sweep.progress import watched
from momentum.sweep.run import SweepResult, sweep, sweep_bytes

__all__ = [
    "Classifier",
    "Comparison",
    "SweepResult",
    "holm",
    "largest_curvature",
    "paired",
    "sweep",
    "sweep_bytes",
    "tuned",
    "watched",
]
