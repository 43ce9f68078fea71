"""What nbgrader does with a course folder: make the students' notebooks, and grade what they hand in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CONFIG = "nbgrader_config.py"


@contextmanager
def api(folder: Path) -> Iterator[Any]:
    """Give nbgrader's interface for a course folder."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config, PyFileConfigLoader

    # nbgrader starts `alembic` by its name, and this Python's folder may not be on the path.
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ["PATH"]])
    config = Config(PyFileConfigLoader(CONFIG, path=str(folder)).load_config())
    config.CourseDirectory.root = str(folder)
    with TemporaryDirectory() as sockets:
        if os.name == "posix":
            # Two that grade at a time would race for the same free ports.
            config.KernelManager.transport = "ipc"
            config.KernelManager.ip = str(Path(sockets, "kernel"))
        yield NbGraderAPI(config=config)


def _insist(done: dict[str, Any], what: str) -> None:
    """Raise an error unless nbgrader reports success."""
    if not done["success"]:
        raise RuntimeError(f"nbgrader could not {what}: {done.get('error', '')}\n{done.get('log', '')}")


def generate(folder: Path, names: Iterable[str]) -> None:
    """Let nbgrader make the students' notebooks.

    Raises
    ------
    RuntimeError
        If nbgrader could not; its log is the message.
    """
    with api(folder) as maker:
        for name in names:
            _insist(maker.generate_assignment(name, force=True, create=True), f"make {name}")


def grade(folder: Path, student: str, names: Iterable[str]) -> None:
    """Let nbgrader grade what a student has handed in.

    Raises
    ------
    RuntimeError
        If nbgrader could not; its log is the message.
    """
    with api(folder) as grader:
        for name in names:
            _insist(grader.autograde(name, student), f"grade {name} of {student}")
