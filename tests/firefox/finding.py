"""Find a Firefox for the tests, or install one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
INSTALL = "No Firefox for the tests: install it (on Debian, firefox-esr), or set FIREFOX to the path of one."


def installed() -> str | None:
    """Return the Firefox that FIREFOX names, or that the machine has."""
    chosen = os.environ.get("FIREFOX")
    return next(filter(None, map(shutil.which, [chosen] if chosen else NAMES)), None)


def install() -> None:
    """On Debian, where we may: its own package."""
    if not Path("/etc/debian_version").is_file() or os.geteuid() != 0:
        return
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "firefox-esr"]):
        subprocess.run(
            ["apt-get", *command],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )
