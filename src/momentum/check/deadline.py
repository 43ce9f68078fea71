"""A limit on the time of Python code that works in a notebook, on every platform, in any thread."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any


class OutOfTimeError(BaseException):
    """The code ran too long. No `Exception`, so that the learner's ``except Exception`` lets it pass."""


def run_until(moment: float, call: Callable[..., Any], *args: Any) -> Any:
    """Call a function, and stop it once `time.monotonic` is past a moment.

    A tracing function looks at the clock before every line and raises; there is no signal and no second
    thread, which not every platform has. What it cannot stop: one call into C that does not come back
    (``time.sleep(1e9)``), and code that catches everything with a bare ``except:`` inside its loop.
    A debugger's own tracing function pauses meanwhile, and is put back.

    Parameters
    ----------
    moment : float
        When the time is up, on the clock of `time.monotonic`.
    call : function
        What to call.
    *args
        With what.

    Returns
    -------
    object
        What the function returns.

    Raises
    ------
    OutOfTimeError
        If it was stopped.

    Examples
    --------
    >>> run_until(time.monotonic() + 60, max, 1, 2)
    2
    """

    def look(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        del frame, event, argument
        if time.monotonic() > moment:
            raise OutOfTimeError
        return look

    before = sys.gettrace()
    # This frame is not traced itself, since it began before: its `finally` cannot be stopped.
    sys.settrace(look)
    try:
        return call(*args)
    finally:
        sys.settrace(before)
