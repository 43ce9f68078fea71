"""Running an update rule down a landscape."""

from momentum.descent.descend import Path, descend

__all__ = ["Path", "descend"]
