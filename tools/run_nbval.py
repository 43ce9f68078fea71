"""Compare what the chapters print with the outputs that they store (nbval).

``python tools/run_nbval.py`` chooses the mode and says which:

* strict, on Linux with the Python of ``.python-version``: every text output must be the same;
* lax, elsewhere: every cell must run, and outputs of cells tagged ``nbval-check-output`` must be
  the same. Another platform may differ in a number's last digit.

``--strict`` or ``--lax`` chooses by hand; other options go to pytest.

Which runs are compared:

* those of kernels that nbval starts, but not for the chapters that train networks and take a minute each;
  ``--all`` runs these too. A warning in such a kernel is an error, even one that Python does not show;
* with ``--book FOLDER``, those that a build of the book into this folder has made already, of every chapter
  (``replay.py``): ``make test`` builds the book anyway. What a cell writes to stderr, and so a
  warning that Python shows, has failed that build. The template, which is no page, runs in a kernel.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import book

ROOT = Path(__file__).resolve().parents[1]
SANITISER = "tests/chapters/nbval.cfg"
SLOW = ["chapters/choosing_mu.ipynb", "chapters/deep_networks.ipynb"]
# No page of the book.
TEMPLATE = "chapters/_template.ipynb"
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


def command(chosen: str, options: list[str], which: list[str]) -> list[str]:
    """Return the call of pytest that compares chapters.

    >>> command("lax", ["-x"], ["chapters"])[3:5]
    ['chapters', '--nbval-lax']
    """
    return [
        *(sys.executable, "-m", "pytest", *which, MODES[chosen]),
        *("--nbval-current-env", f"--nbval-sanitize-with={SANITISER}"),
        *("-p", "no:cacheprovider", "-q", *options),
    ]


def read(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return our options and those for pytest."""
    parser = argparse.ArgumentParser(description="Compare the chapters' outputs with the stored ones.")
    modes = parser.add_mutually_exclusive_group()
    for name in MODES:
        modes.add_argument(f"--{name}", dest="mode", action="store_const", const=name, help=f"be {name}")
    parser.add_argument("--all", action="store_true", help="run the chapters that train networks too")
    parser.add_argument("--book", type=Path, help="run nothing: take the runs of the book in this folder")
    return parser.parse_known_args(arguments)


def main(arguments: list[str]) -> int:
    """Run nbval and return its exit code."""
    asked, options = read(arguments)
    pinned = (ROOT / ".python-version").read_text("utf-8")
    chosen = asked.mode or mode(sys.platform, sys.version_info[:3], pinned)
    running = ".".join(str(part) for part in sys.version_info[:3])
    runs = "its own runs" if asked.book is None else f"the runs of the book in {asked.book}"
    print(f"nbval: {chosen} mode ({sys.platform}, Python {running}), {runs}", flush=True)
    if asked.book is None:
        left = [] if asked.all else [f"--ignore={each}" for each in SLOW]
        return run(command(chosen, [*left, "-n", "2", "--dist", "loadscope", *options], ["chapters"]))
    output = asked.book.resolve()
    if not book.is_fresh(ROOT, output):
        print(f"{asked.book} has no book of the files as they are: build it first.", file=sys.stderr)
        return 1
    executed = output / book.EXECUTED / "chapters"
    replayed = ["-p", "replay", f"--executed={executed}", f"--ignore={TEMPLATE}", *options]
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    with_plugin = {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    first = run(command(chosen, replayed, ["chapters"]), with_plugin)
    return first or run(command(chosen, options, [TEMPLATE]))


def run(call: list[str], variables: dict[str, str] | None = None) -> int:
    """Run nbval with some variables, and return its exit code."""
    # pytest's own filter of warnings stays in its process; this variable reaches the kernels.
    settings = os.environ | {"PYTHONWARNINGS": "error"} | (variables or {})
    return subprocess.run(call, cwd=ROOT, env=settings, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
