"""Checks of arguments, shared by every module: each failure names argument, value and expectation."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def refuse(name: str, value: object, expected: str) -> ValueError:
    """Return the error for a bad argument; the caller raises it."""
    return ValueError(f"{name} must be {expected}, got {value!r}")


def _holds(value: Any, low: float, high: float, *, low_open: bool) -> bool:
    """Whether every entry of a number or an array lies in [low, high), or (low, high)."""
    try:
        above = value > low if low_open else value >= low
        inside = above & (value < high)
    except (TypeError, ValueError):
        return False
    try:
        return bool(np.all(inside))
    except TypeError:
        return True  # a symbol, which has no value yet: the proofs compute with it


def check_lr(lr: Any, name: str = "lr") -> None:
    """Refuse a learning rate that is negative or not finite."""
    if not _holds(lr, 0, inf, low_open=False):
        raise refuse(name, lr, "finite and not negative")


def check_mu(mu: Any, name: str = "mu") -> None:
    """Refuse a momentum coefficient outside [0, 1)."""
    if not _holds(mu, 0, 1, low_open=False):
        raise refuse(name, mu, "in [0, 1)")


def check_inside(value: Any, name: str) -> None:
    """Refuse a quantity, or a list of such, outside (0, 1)."""
    if not _holds(np.asarray(value), 0, 1, low_open=True):
        raise refuse(name, value, "in (0, 1)")


def check_positive(value: Any, name: str) -> None:
    """Refuse a quantity that is zero, negative or not finite."""
    if not _holds(value, 0, inf, low_open=True):
        raise refuse(name, value, "finite and positive")


def check_not_negative(value: Any, name: str) -> None:
    """Refuse a quantity that is negative or not finite."""
    if not _holds(value, 0, inf, low_open=False):
        raise refuse(name, value, "finite and not negative")


def check_finite(value: Any, name: str) -> None:
    """Refuse a number or an array that has a NaN or an infinity."""
    if not _holds(value, -inf, inf, low_open=True):
        raise refuse(name, value, "finite")


def check_shape(value: Any, shape: tuple[int, ...], name: str, owner: str) -> None:
    """Refuse an array whose shape is not exactly `shape`."""
    if isinstance(value, list | tuple):
        raise refuse(name, value, "an array or a number")
    found = getattr(value, "shape", ())
    if found != shape:
        raise ValueError(f"{name} must have the shape of {owner}, {shape}, got shape {found}")


def check_fits(value: Any, shape: tuple[int, ...], name: str, owner: str) -> None:
    """Refuse an array that does not broadcast to `shape`."""
    found = getattr(value, "shape", ())
    if found == ():
        return
    try:
        fits = np.broadcast_shapes(found, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"{name} must broadcast to the shape of {owner}, {shape}, got shape {found}")


def as_kind(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return a number or an array in the arithmetic of `dtype`; floats become exact fractions for objects."""
    if dtype.kind == "O":
        if isinstance(value, np.ndarray) and value.dtype.kind != "O":
            return np.vectorize(Fraction, otypes=[object])(value)
        return Fraction(float(value)) if isinstance(value, float | np.floating) else value
    return dtype.type(value) if not isinstance(value, np.ndarray) else value.astype(dtype, copy=False)


def as_points(w: Any, name: str) -> np.ndarray[Any, Any]:
    """Return `w` as a float32, float64 or object array; integers become float64."""
    try:
        array = np.asarray(w)
    except ValueError:
        raise refuse(name, w, "an array, all of its rows of one length") from None
    if array.dtype.kind == "O" or array.dtype in FLOATS:
        return array
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    raise refuse(name, w, "an array of float32, float64 or Fraction")
