"""What all the tests share: scripts, extensions and strategies are importable, examples are fixed."""

import sys
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# Scripts of `tools/` and Sphinx extensions of `_ext/` are no package that one installs; Make and
# Sphinx find them by their folder as well. `src/` must not be here: the tests use the installed
# `momentum`, so that a broken installation is seen.
# `tests/` holds `strategies.py`; a relative import would meet another project's `tests` in the
# environment.
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "_ext"), str(ROOT / "tests")]

# The same examples in every run: a failure is one that everybody sees.
settings.register_profile("book", deadline=None, derandomize=True, max_examples=50, database=None)
settings.load_profile("book")
