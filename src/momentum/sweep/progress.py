"""A progress bar for whoever waits, and for nobody else: what is stored of a notebook does not show it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
WIDTH = 30


def bar(done: int, total: int) -> str:
    """Return a bar of text.

    Parameters
    ----------
    done, total : int

    Returns
    -------
    str

    Examples
    --------
    >>> bar(1, 4)
    '[########......................] 1 of 4'
    """
    full = round(WIDTH * done / total)
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {done} of {total}"


def somebody_waits() -> bool:
    """Say whether this cell was started by a person: only such a cell may ask for input.

    JupyterLab, VS Code and Colab let a cell ask; what runs a notebook to store or to compare it does not.

    Returns
    -------
    bool
        False outside a notebook.
    """
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    content = kernel.get_parent("shell").get("content", {})
    return bool(content.get("allow_stdin", False))


def watched(items: Iterable[Item], total: int) -> Iterator[Item]:
    """Pass the items on, and show in a notebook how many have come.

    The bar is cleared in the end, together with all that the cell has printed before: print afterwards.

    Parameters
    ----------
    items : iterable
    total : int
        How many there will be.

    Yields
    ------
    item
        The items, unchanged and in their order.

    Examples
    --------
    >>> list(watched("abc", total=3))
    ['a', 'b', 'c']
    """
    if not somebody_waits():
        yield from items
        return
    from IPython.display import clear_output, display

    print_bar = {"text/plain": bar(0, total)}
    handle = display(print_bar, raw=True, display_id=True)  # type: ignore[no-untyped-call]
    try:
        for done, item in enumerate(items, start=1):
            handle.update({"text/plain": bar(done, total)}, raw=True)
            yield item
    finally:
        clear_output()  # type: ignore[no-untyped-call]
