"""Make an environment that has what the lock says.

``python tools/environment.py FOLDER`` makes it anew; packages that are named after the folder come on
top, from outside the lock. It runs before anything is installed, so it needs nothing but Python.

uv, which is in the lock itself, installs the rest in seconds, where pip takes a minute and a half. pip
does it where uv cannot: behind a proxy or a registry that only pip has been told of.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-dev.txt"

Run = Callable[[Sequence[str | Path]], int]


def entry(lock: str, name: str) -> str:
    r"""Return what a lock says of one package: its version, and its hashes in the lines below.

    Raises
    ------
    ValueError
        If the lock does not have the package.

    >>> entry("a==1 \\\n    --hash=sha256:1\nb==2 \\\n    --hash=sha256:2\n    # via a\n", "b")
    'b==2 \\\n    --hash=sha256:2\n'
    """
    found: list[str] = []
    for line in lock.splitlines():
        if found or line.startswith(f"{name}=="):
            found.append(line)
            if not line.endswith("\\"):
                return "\n".join(found) + "\n"
    raise ValueError(f"the lock must have {name}, and has not")


def install(programs: Path, lock: Path, beside: Sequence[str], run: Run) -> None:
    """Install a lock into a new environment, then what is named beside it.

    Parameters
    ----------
    programs
        The folder of the environment's programs.
    lock
        Requirements with hashes, uv among them.
    beside
        More packages, one after the other: the first may bring the build that the others need.
    run
        Runs a command and returns its exit code.

    Raises
    ------
    RuntimeError
        If pip cannot install them either.
    """
    pip: list[str | Path] = [programs / "python", "-m", "pip", "install", "--quiet"]
    alone = programs.parent / "uv.txt"
    alone.write_text(entry(lock.read_text("utf-8"), "uv"), "utf-8")
    with_uv = [programs / "uv", "pip", "install", "--quiet", "--python", programs.parent]
    locked: list[str | Path] = ["--require-hashes", "--requirement", lock]
    if run([*pip, "--require-hashes", "--requirement", alone]) or run([*with_uv, *locked]):
        print("uv could not install the lock: pip does.", file=sys.stderr)
        _insist(run([*pip, *locked]), "the lock")
    for package in beside:
        _insist(run([*pip, package]), package)


def _insist(code: int, what: str) -> None:
    """Raise an error unless a command succeeded."""
    if code:
        raise RuntimeError(f"{what} could not be installed: see the messages above")


def make(folder: Path, beside: Sequence[str] = ()) -> Path:
    """Make an environment anew, and return the folder of its programs."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    install(programs.resolve(), LOCK, beside, lambda command: subprocess.run(command, check=False).returncode)
    return programs


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]), sys.argv[2:])
    except RuntimeError as error:
        sys.exit(str(error))
