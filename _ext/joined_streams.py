"""Set what a cell prints as one block, in however many messages its kernel sent it.

A kernel empties its buffer when it likes, so what one ``print`` after another writes comes as one stream
output or as several, and no two runs alike. myst-nb sets a box for each. Here neighbours of one name are
joined before a page is made of them, with nothing added and nothing taken away. Only neighbours: a figure
between two prints stays between them, and so does a line of the other stream.

myst-nb has a setting for it, ``nb_merge_streams``, which joins over the figures in between, puts errors
after prints and ends each part with a line break, also within a line.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import groupby
from typing import Any

from myst_nb.core.execute.base import NotebookClientBase
from myst_nb.core.execute.inline import NotebookClientInline
from nbformat import NotebookNode
from sphinx.application import Sphinx

Found = tuple[int | None, list[NotebookNode]]


def stream(output: NotebookNode) -> str | None:
    """Return the name of the stream that an output is a part of, or None if it is of another kind."""
    return output.name if output.output_type == "stream" else None


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    r"""Return a cell's outputs with neighbouring parts of one stream as one.

    >>> parts = [NotebookNode(output_type="stream", name="stdout", text=text) for text in ("0.", "5\n")]
    >>> joined(parts)
    [{'output_type': 'stream', 'name': 'stdout', 'text': '0.5\n'}]
    """
    whole: list[NotebookNode] = []
    for name, run in groupby(outputs, key=stream):
        parts = list(run)
        if name is None:
            whole += parts
        else:
            whole.append(NotebookNode(parts[0], text="".join(part.text for part in parts)))
    return whole


def join(outputs_of: Callable[..., Found]) -> Callable[..., Found]:
    """Return myst-nb's method that gives the outputs of a cell, which then gives them joined."""

    @wraps(outputs_of)
    def code_cell_outputs(self: NotebookClientBase, cell_index: int) -> Found:
        count, outputs = outputs_of(self, cell_index)
        return count, joined(outputs)

    return code_cell_outputs


def setup(_app: Sphinx) -> dict[str, Any]:
    """Give pages joined outputs, whether they are stored, or made before the page or while it is made."""
    for client in (NotebookClientBase, NotebookClientInline):
        client.code_cell_outputs = join(client.code_cell_outputs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
