"""What all the tests share: where the project lies, and its scripts and extensions importable."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Scripts of `tools/` and Sphinx extensions of `_ext/` are no package that one installs; Make and
# Sphinx find them by their folder as well. `src/` must not be here: the tests use the installed
# `momentum`, so that a broken installation is seen.
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "_ext")]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT
