"""The labs in Firefox, the one browser engine besides Chromium that every system has."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import labpage

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


@pytest.fixture(scope="session")
def firefox() -> str:
    """The path of a Firefox."""
    if not installed() and not os.environ.get("FIREFOX"):
        install()
    found = installed()
    assert found, INSTALL
    return found


@pytest.fixture(scope="session")
def seen(firefox: str) -> dict[str, dict[str, Any]]:
    """What each lab did."""
    names = [lab.__name__ for lab in labpage.LABS]
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "node is missing: it is in requirements-dev.txt"
    with labpage.served() as address:
        done = subprocess.run(
            [node, str(Path(__file__).with_name("drive.mjs")), firefox, address, *names],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(params=labpage.LABS, ids=lambda lab: lab.__name__)
def visit(request: pytest.FixtureRequest, seen: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What one lab did."""
    return seen[request.param.__name__]


def test_it_mounts_without_a_complaint(visit: dict[str, Any]) -> None:
    assert visit["complaints"] == []
    assert visit["marks"] >= 2
    assert len(visit["words"].split()) >= 4


def test_keys_move_every_slider(visit: dict[str, Any]) -> None:
    assert len(visit["sliders"]) >= 2
    assert [name for name, moved in visit["sliders"].items() if not moved] == []
    assert visit["redrawn"]


def test_what_can_be_dragged_follows_the_mouse(visit: dict[str, Any]) -> None:
    assert all(visit["drags"])


def test_nothing_scrolls_sideways_on_a_phone(visit: dict[str, Any]) -> None:
    assert visit["width"] <= 390


def test_a_firefox_that_is_not_there_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREFOX", "no-such-firefox")
    assert installed() is None
    assert INSTALL.startswith("No Firefox for the tests: install it")
