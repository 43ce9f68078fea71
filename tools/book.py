"""Build the book into ``_build/html``, and only if something it is made from has changed.

``python tools/book.py`` is all that ``make book`` runs once the environment stands. Add ``--output DIR`` to
build into ``DIR/html`` instead, as for the tests, and ``--pdf`` for a site that offers the course as a PDF,
which takes a browser and some minutes more (``offer.py``).

A build starts from nothing each time. Sphinx could keep the pages whose source has not changed,
but a chapter's output also depends on the package it imports, and a page on the labels of the
others, so what it keeps may be stale. Instead a fingerprint of every input says whether there is
anything to do. The site is built beside its place, finished (``finish/``: less on the wire, nothing
inline), and moved there when it is whole.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import offer
from browser import NoBrowserError
from finish import FinishError, finish
from pdf import PrintError

ROOT = Path(__file__).resolve().parents[1]
# What no page depends on. All else counts, so that a new folder can never be forgotten.
NOT_INPUTS = {"_build", "benchmarks", "build", "dist", "mutants", "node_modules", "tests"}
LEFTOVERS = {"__pycache__", ".ipynb_checkpoints"}
FINGERPRINT = "fingerprint"
UNFINISHED = "unfinished"
# The notebooks as this build has run them: `tools/replay.py` compares them with the stored ones.
EXECUTED = "executed"
# Each notebook's kernel says so; it listens to this machine alone.
NOISE = "[IPKernelApp] WARNING | Kernel is running over TCP without encryption."


class BuildError(RuntimeError):
    """The book could not be built; the message says what to do."""


def inputs(root: Path) -> Iterator[Path]:
    """Yield the files that the site is made from, in a fixed order."""
    for top in sorted(root.iterdir()):
        if top.name in NOT_INPUTS or top.name.startswith("."):
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            parts = path.relative_to(root).parts
            if path.is_file() and not LEFTOVERS.intersection(parts):
                yield path


def fingerprint(root: Path) -> str:
    """Return a hash of the names and contents of all inputs, and of the environment."""
    digest = hashlib.sha256(sys.version.encode())
    packages = {f"{one.name}=={one.version}" for one in metadata.distributions()}
    digest.update("\n".join(sorted(packages)).encode())
    for path in inputs(root):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    # Each page tells the day of the commit.
    digest.update(commit_day(root).encode())
    return digest.hexdigest()


def commit_day(root: Path) -> str:
    """Return the day of the last commit, or nothing without git."""
    git = shutil.which("git")
    if git is None:
        return ""
    command = [git, "log", "-1", "--format=%cs"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout.strip()


def environment() -> dict[str, str]:
    """Return the variables for a command, with this environment's programs first on the path."""
    programs = str(Path(sys.executable).parent)
    path = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])
    return os.environ | {"PATH": path, "PYTHONUTF8": "1"}


def run(*command: str, cwd: Path) -> int:
    """Run a program of this environment, pass on its messages, and return its exit code."""
    variables = environment()
    program = shutil.which(command[0], path=variables["PATH"])
    if program is None:
        raise BuildError(
            f"{command[0]} is not there: install the environment first "
            "(`make venv`, or pip install -r requirements-dev.txt)."
        )
    with subprocess.Popen(
        [program, *command[1:]],
        cwd=cwd,
        env=variables,
        stdin=subprocess.DEVNULL,
        # Their good news names the place where the site is made, not the one where it will stand.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stderr or ():
            if not line.startswith(NOISE):
                sys.stderr.write(line)
                sys.stderr.flush()
    return process.returncode


def install_node_packages(root: Path) -> None:
    """Install what package-lock.json lists, unless that is what is there."""
    wanted = (root / "package-lock.json").read_text("utf-8")
    record = root / "node_modules" / ".installed"
    if record.is_file() and record.read_text("utf-8") == wanted:
        return
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    if run("npm", "ci", *quiet, cwd=root) != 0:
        raise BuildError("npm ci failed: KaTeX's stylesheet and fonts could not be installed.")
    record.parent.mkdir(exist_ok=True)
    record.write_text(wanted, "utf-8")


def build(root: Path, output: Path) -> Path:
    """Build the book from nothing and return the folder of the site.

    Parameters
    ----------
    root
        The folder of ``_config.yml``.
    output
        Gets ``html``, ``executed`` (the notebooks, run) and ``fingerprint``; what it has of these is removed
        first.

    Raises
    ------
    BuildError
        If a cell fails, or Sphinx has a warning. There is no site then.
    """
    mark, site, unfinished = output / FINGERPRINT, output / "html", output / UNFINISHED
    executed = output / EXECUTED
    mark.unlink(missing_ok=True)
    for old in (site, executed, unfinished):
        shutil.rmtree(old, ignore_errors=True)
    unfinished.mkdir(parents=True)
    # Taken before the build: a file that is edited meanwhile makes the next call build again.
    taken = fingerprint(root)
    install_node_packages(root)
    strict = ("-n", "-W", "--keep-going", "-q")
    code = run("jupyter-book", "build", ".", "--path-output", str(unfinished), *strict, cwd=root)
    whole = unfinished / "_build" / "html"
    if code != 0 or not (whole / "index.html").is_file():
        shutil.rmtree(unfinished, ignore_errors=True)
        raise BuildError("The book was not built: see the messages above.")
    try:
        finish(whole)
    except FinishError as error:
        raise BuildError(f"The site was built, but not finished: {error}") from error
    whole.replace(site)
    keep_executed(unfinished / "_build" / "jupyter_execute", executed)
    shutil.rmtree(unfinished, ignore_errors=True)
    mark.write_text(taken, "utf-8")
    return site


def keep_executed(source: Path, target: Path) -> None:
    """Keep the notebooks of a folder by their paths there, but not the pictures beside them."""
    for path in source.rglob("*.ipynb"):
        kept = target / path.relative_to(source)
        kept.parent.mkdir(parents=True, exist_ok=True)
        path.replace(kept)


def is_fresh(root: Path, output: Path) -> bool:
    """Say whether the site is there and made from the inputs as they are now."""
    mark = output / FINGERPRINT
    whole = mark.is_file() and (output / "html" / "index.html").is_file()
    return whole and mark.read_text("utf-8") == fingerprint(root)


def main(arguments: list[str] | None = None) -> None:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(description="Build the book.")
    parser.add_argument("--output", type=Path, help="build into this folder")
    parser.add_argument("--pdf", action="store_true", help="print it, and offer the PDF on its pages")
    chosen = parser.parse_args(arguments)
    output = (chosen.output or ROOT / "_build").resolve()
    try:
        if is_fresh(ROOT, output):
            print("Nothing has changed since the book was built.")
        else:
            print("Building the book: every notebook runs, then Sphinx sets the pages.", flush=True)
            build(ROOT, output)
        if chosen.pdf and not offer.is_done(output / "html"):
            print("Printing the book: every page becomes a part of one PDF.", flush=True)
            offer.print_into(ROOT, output / "html")
    except (BuildError, NoBrowserError, PrintError) as error:
        sys.exit(str(error))
    print(f"The book: {output / 'html' / 'index.html'}")


if __name__ == "__main__":
    main()
