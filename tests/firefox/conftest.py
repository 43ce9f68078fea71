"""A Firefox, and the node that drives it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "site"))
from finding import INSTALL, install, installed

Drive = Callable[..., str]


@pytest.fixture(scope="session")
def firefox() -> str:
    """The path of a Firefox."""
    if not installed() and not os.environ.get("FIREFOX"):
        install()
    found = installed()
    assert found, INSTALL
    return found


@pytest.fixture(scope="session")
def drive(firefox: str) -> Drive:
    """Run a script beside this file with Firefox, and return what it prints."""
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "node is missing: it is in requirements-dev.txt"

    def run(script: str, *arguments: str, told: str = "", seconds: int = 300) -> str:
        command = [node, str(Path(__file__).with_name(script)), firefox, *arguments]
        done = subprocess.run(
            command, input=told, capture_output=True, text=True, check=False, timeout=seconds
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
