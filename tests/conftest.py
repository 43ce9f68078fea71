"""What all the tests share: the project's scripts and extensions are importable."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Scripts of `tools/` and Sphinx extensions of `_ext/` are no package that one installs; Make and
# Sphinx find them by their folder as well. `src/` must not be here: the tests use the installed
# `momentum`, so that a broken installation is seen.
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "_ext")]
