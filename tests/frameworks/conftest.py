"""Make the helpers of this folder importable, as `tests/conftest.py` does for those of `tests/`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
