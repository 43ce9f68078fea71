"""Run the notebooks of a book side by side, and read each page when its notebook is done.

myst-nb runs a notebook when it comes to its page: one processor works, and the others wait. Here all of them
are begun before the first page is read, as many at a time as there are processors. A page is then made from
its notebook as it ran, so myst-nb itself must not run any: ``nb_execution_mode = "off"``, which in a Jupyter
Book is ``execute_notebooks: off``. Files that are not ``.ipynb`` are left to myst-nb.

A notebook that fails is a warning with the traceback of its cell; the page shows how far it came.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import logging

logger = logging.getLogger(__name__)
Ran = tuple[str, str | None]


def run(path: Path, timeout: int | None) -> Ran:
    """Run a notebook in its folder. Return it with its outputs, as JSON, and what went wrong, if anything."""
    notebook = nbformat.read(path, as_version=4)
    failure = None
    try:
        client = NotebookClient(notebook, timeout=timeout, resources={"metadata": {"path": str(path.parent)}})
        # Its own `execute` would leave the event loop of this thread open.
        asyncio.run(client.async_execute())
    except (CellExecutionError, CellTimeoutError) as error:
        failure = str(error)
    return nbformat.writes(notebook), failure


class Runs:
    """The notebooks of one build that are running or have run, by the names of their pages."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(max(2, os.cpu_count() or 1))
        self.begun: dict[str, Future[Ran]] = {}

    def begin(self, app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
        """Begin with all notebooks among the pages that are to be read."""
        if app.config.nb_execution_mode != "off":
            mode = app.config.nb_execution_mode
            raise ConfigError(f'side_by_side runs the notebooks: nb_execution_mode is {mode!r}, not "off"')
        timeout = app.config.nb_execution_timeout
        for page in sorted(pages):
            path = Path(env.doc2path(page))
            if path.suffix == ".ipynb":
                self.begun[page] = self.pool.submit(run, path, timeout)

    def give(self, _app: Sphinx, page: str, source: list[str]) -> None:
        """Put the notebook as it ran in the place of the page's source."""
        if page in self.begun:
            source[0], failure = self.begun.pop(page).result()
            if failure:
                logger.warning("The notebook failed.\n%s", failure, location=page, type="side_by_side")

    def end(self, _app: Sphinx, _error: Exception | None) -> None:
        """Leave out what has not begun when a build is given up."""
        self.pool.shutdown(cancel_futures=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Begin before the first page is read, and be the first to touch a page's source."""
    runs = Runs()
    app.connect("env-before-read-docs", runs.begin)
    app.connect("source-read", runs.give, priority=100)
    app.connect("build-finished", runs.end)
    # Sphinx's other way to use several processors: the processes that would read pages do not have the runs.
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
