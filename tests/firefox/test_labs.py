"""The labs in Firefox, the one browser engine besides Chromium that every system has."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import labpage


@pytest.fixture(scope="session")
def seen(drive: Callable[..., str]) -> dict[str, dict[str, Any]]:
    """What each lab did."""
    with labpage.served() as address:
        found: dict[str, dict[str, Any]] = json.loads(
            drive("labs.mjs", address, *(lab.__name__ for lab in labpage.LABS))
        )
    return found


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
