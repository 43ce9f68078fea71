"""Find a Chromium for the tests of the site, or install one.

``python tools/browser.py`` prints the path of the browser that the tests will drive.

The order: the variable CHROME; a Chromium, Chrome or Edge on the path or in its usual place;
what Playwright has installed or can install; on Debian, as root, the package ``chromium``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
WINDOWS_ROOTS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
# The browser must talk to nobody but the page under test.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
INSTALL = "No browser for the tests: install Chromium or Chrome, or set CHROME to the path of one."


class NoBrowserError(RuntimeError):
    """There is no browser, and none could be installed."""


def launch_flags() -> list[str]:
    """Return the command-line flags for the browser (root cannot use its sandbox)."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*FLAGS, *(["--no-sandbox"] if root else [])]


def usual_places() -> Iterator[Path]:
    """Yield where browsers lie that are not on the path."""
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (folder / name for name in MAC)
    for variable in WINDOWS_ROOTS:
        if os.environ.get(variable):
            yield from (Path(os.environ[variable]) / name for name in WINDOWS)


def named() -> str | None:
    """Return what CHROME names; a CHROME that is not there is an error, not a reason to look on."""
    chosen = os.environ.get("CHROME")
    if not chosen:
        return None
    found = shutil.which(chosen)
    if found is None:
        raise NoBrowserError(f"CHROME is {chosen!r}, which is no program that can be run.")
    return found


def installed() -> str | None:
    """Return a browser that the machine already has."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return next((str(path) for path in usual_places() if path.is_file()), None)


def playwright_path() -> str | None:
    """Return Playwright's own Chromium if it is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def run(*command: str) -> bool:
    """Run a command that installs something, and say whether it went well."""
    print("$", *command, file=sys.stderr, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False, env=environment
        )
    except OSError:
        return False
    return done.returncode == 0


def is_debian_root() -> bool:
    """Say whether Debian's own package may be installed."""
    debian = Path("/etc/debian_version").is_file() and shutil.which("apt-get") is not None
    return debian and hasattr(os, "geteuid") and os.geteuid() == 0


def install() -> str | None:
    """Install a browser: Playwright's, or Debian's where we may."""
    if run(sys.executable, "-m", "playwright", "install", "chromium") and (path := playwright_path()):
        return path
    if is_debian_root() and run("apt-get", "update", "-q"):
        run("apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium")
    return installed()


def find() -> str:
    """Return the path of a browser.

    Raises
    ------
    NoBrowserError
        If there is none and none can be installed.
    """
    path = named() or installed() or playwright_path() or install()
    if path is None:
        raise NoBrowserError(INSTALL)
    return path


@contextmanager
def launched() -> Iterator[Browser]:
    """Open a browser without a window.

    It is looked for first: Playwright, once started, cannot be started again to be asked for its own.
    """
    from playwright.sync_api import sync_playwright

    path = find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=launch_flags())
        yield chromium
        chromium.close()


if __name__ == "__main__":
    try:
        print(find())
    except NoBrowserError as error:
        sys.exit(str(error))
