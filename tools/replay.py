"""Let nbval compare what a build of the book has run already, instead of running it again.

A plugin of pytest (``-p replay --executed FOLDER``) beside nbval's own. nbval still reads each chapter, its
tags and comments, cleans the outputs and compares them; but where it asks a kernel for what a cell says, it
gets what the same cell said when the book was built. Before that the two notebooks must be one: the same
cells in the same order, run by a kernel of the build.
"""

from __future__ import annotations

import platform
from collections import deque
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbFile


class ReplayError(Exception):
    """There is no run of this chapter as it stands; the message says what to do."""


def read(executed: Path) -> NotebookNode:
    """Return a notebook that a build has run."""
    if not executed.is_file():
        raise ReplayError(f"{executed} is not there: build the book, with this chapter in _toc.yml.")
    return nbformat.read(executed, 4)


def difference(stored: NotebookNode, executed: NotebookNode) -> str:
    """Say in what an executed notebook is not a run of the stored one; "" if it is.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> stored = new_notebook(cells=[new_code_cell("1 + 1")])
    >>> kernel = {"language_info": {"name": "python", "version": platform.python_version()}}
    >>> difference(stored, new_notebook(cells=[new_code_cell("1 + 2")], metadata=kernel))
    "cell 0 was 'code: 1 + 2' when the book was built, and is 'code: 1 + 1' now"
    >>> difference(stored, stored)
    'it was not run when the book was built'
    """
    # A kernel tells its version, which is not stored (tools/notebooks.py).
    if executed.metadata.get("language_info", {}).get("version") != platform.python_version():
        return "it was not run when the book was built"
    was, now = ([f"{cell.cell_type}: {cell.source}" for cell in one.cells] for one in (executed, stored))
    if len(was) != len(now):
        return f"there were {len(was)} cells when the book was built, and are {len(now)} now"
    for number, (old, new) in enumerate(zip(was, now, strict=True)):
        if old != new:
            return f"cell {number} was {old!r} when the book was built, and is {new!r} now"
    # Such a cell has its stored outputs in the book too.
    if skipped := [
        cell.source for cell in executed.cells if "skip-execution" in cell.metadata.get("tags", [])
    ]:
        return f"the build does not run its cell {skipped[0]!r}, which is tagged skip-execution"
    return ""


def messages(outputs: list[NotebookNode], asked: str) -> Iterator[dict[str, Any]]:
    """Yield what a kernel sends while a cell runs that has these outputs."""
    for output in outputs:
        content = {name: value for name, value in output.items() if name != "output_type"}
        yield {"msg_type": output.output_type, "content": content, "parent_header": {"msg_id": asked}}
    idle = {"execution_state": "idle"}
    yield {"msg_type": "status", "content": idle, "parent_header": {"msg_id": asked}}


class Recorded:
    """Stands in for a running kernel (``nbval.kernel.RunningKernel``), with what a run has left.

    Parameters
    ----------
    executed
        The notebook that was run.
    """

    def __init__(self, executed: NotebookNode) -> None:
        self.cells = deque(cell for cell in executed.cells if cell.cell_type == "code")
        self.said: Iterator[dict[str, Any]] = iter(())

    def execute_cell_input(self, source: str, allow_stdin: bool | None = None) -> str:  # noqa: ARG002
        """Take the next cell of this source; nbval asks for them in order, but for those it skips."""
        while self.cells:
            cell = self.cells.popleft()
            if cell.source == source:
                asked = f"with {len(self.cells)} to come"
                self.said = messages(cell.outputs, asked)
                return asked
        raise ReplayError(f"The build has run no such cell here: {source!r}")

    def await_reply(self, asked: str, timeout: float | None = None) -> None:
        """Return at once: the cell has run."""

    def await_idle(self, asked: str, timeout: float | None = None) -> None:
        """Return at once: the kernel has ended."""

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:  # noqa: ARG002
        """Return what the cell said next."""
        return next(self.said)

    def is_alive(self) -> bool:
        """Say that there is something to be asked."""
        return True

    def stop(self) -> None:
        """Do nothing: no process waits."""


class Replayed(IPyNbFile):
    """A chapter whose cells have run already."""

    def collect(self) -> list[pytest.Item]:
        """Find the run of this chapter as it stands, and collect its cells."""
        cells = list(super().collect())
        try:
            self.executed = read(self.config.getoption("executed") / self.path.name)
        except ReplayError as error:
            raise self.CollectError(str(error)) from error
        if why := difference(self.nb, self.executed):
            raise self.CollectError(f"{self.path.name}: {why}. Build the book again.")
        return cells

    def setup(self) -> None:
        """Start no kernel."""
        self.kernel = Recorded(self.executed)
        self.setup_sanitize_files()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the folder of the notebooks that a build has run."""
    parser.addoption("--executed", type=Path, required=True, help="the notebooks that a build has run")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Put our collector into the place of nbval's."""
    found = yield
    return [
        Replayed.from_parent(parent, path=file_path) if isinstance(one, IPyNbFile) else one for one in found
    ]
