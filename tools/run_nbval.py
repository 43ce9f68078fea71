"""Run the chapters again and compare their outputs with the stored ones (nbval).

``python tools/run_nbval.py`` chooses the mode and says which:

* strict, on Linux with the Python of ``.python-version``: every text output must be the same;
* lax, elsewhere: every cell must run, and outputs of cells tagged ``nbval-check-output`` must be
  the same. Another platform may differ in a number's last digit.

``--strict`` or ``--lax`` chooses by hand; other options go to pytest. The chapters that train networks take
a minute each: they are left to ``--slow``, which runs nothing else. Building the book runs them all, with
their assertions.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SANITISER = "tests/chapters/nbval.cfg"
SLOW = ["chapters/choosing_mu.ipynb", "chapters/deep_networks.ipynb"]
MODES = {"strict": "--nbval", "lax": "--nbval-lax"}


def mode(platform: str, version: tuple[int, ...], pinned: str) -> str:
    """Return the mode for a platform and a Python.

    >>> mode("linux", (3, 11, 9), "3.11")
    'strict'
    >>> mode("darwin", (3, 11, 9), "3.11"), mode("linux", (3, 12, 1), "3.11")
    ('lax', 'lax')
    """
    wanted = tuple(int(part) for part in pinned.strip().split(".")[:2])
    return "strict" if platform == "linux" and version[:2] == wanted else "lax"


def command(chosen: str, options: list[str], slow: bool = False) -> list[str]:
    """Return the call of pytest that compares the chapters.

    >>> command("lax", [], slow=True)[3:6]
    ['chapters/choosing_mu.ipynb', 'chapters/deep_networks.ipynb', '--nbval-lax']
    """
    which = SLOW if slow else ["chapters", *(f"--ignore={each}" for each in SLOW)]
    return [
        *(sys.executable, "-m", "pytest", *which, MODES[chosen]),
        *("--nbval-current-env", f"--nbval-sanitize-with={SANITISER}"),
        *("-p", "no:cacheprovider", "-n", "2", "--dist", "loadscope", "-q"),
        *options,
    ]


def main(arguments: list[str]) -> int:
    """Run nbval and return its exit code."""
    pinned = (ROOT / ".python-version").read_text("utf-8")
    chosen = mode(sys.platform, sys.version_info[:3], pinned)
    for name in MODES:
        if f"--{name}" in arguments:
            arguments.remove(f"--{name}")
            chosen = name
    slow = "--slow" in arguments
    rest = [option for option in arguments if option != "--slow"]
    running = ".".join(str(part) for part in sys.version_info[:3])
    print(f"nbval: {chosen} mode ({sys.platform}, Python {running})", flush=True)
    # pytest's own filter stays in its process; this variable reaches the kernels.
    variables = os.environ | {"PYTHONWARNINGS": "error"}
    done = subprocess.run(command(chosen, rest, slow), cwd=ROOT, env=variables, check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
