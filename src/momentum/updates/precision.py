"""A number format that numpy does not have."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_finite

# float32 has 23 bits after the leading one, bfloat16 keeps 7 of them.
DROPPED = 16


def to_bfloat16(x: Any) -> Any:
    """Return the nearest bfloat16 numbers, ties to even, as float32.

    Parameters
    ----------
    x : number or array_like
        Finite. Rounded to float32 first.

    Returns
    -------
    float32 or array of float32, shape of `x`

    Raises
    ------
    ValueError
        If `x` is not finite.

    References
    ----------
    The upper half of IEEE 754 binary32.

    Examples
    --------
    >>> float(to_bfloat16(0.999)), float(to_bfloat16(0.9))
    (1.0, 0.8984375)
    """
    bits = np.asarray(x, dtype=np.float32).view(np.uint32)
    check_finite(bits.view(np.float32), "x")
    half_less_one = np.uint32((1 << (DROPPED - 1)) - 1)
    odd = (bits >> np.uint32(DROPPED)) & np.uint32(1)
    kept = (bits + half_less_one + odd) >> np.uint32(DROPPED)
    return (kept << np.uint32(DROPPED)).view(np.float32)[()]
