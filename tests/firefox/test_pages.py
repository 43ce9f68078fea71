"""The site in Firefox: what it complains of, and what the checker axe finds.

Needs the built site: the variable SITE names it. Each chapter is looked at once, by turns wide and light, and
dark on a phone; with ALL=1 in both looks. All pages in all looks are Chromium's: `make test-access`.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crawl import served
from judging import AXE, BEYOND, CHECK, LAY_OUT, PHONE, READ, WIDE

ROOT = Path(__file__).resolve().parents[2]
LOOKS = [("light", WIDE), ("dark", PHONE)]
# Firefox says so when a page is left while it loads.
ITS_OWN = re.compile("A ServiceWorker intercepted the request and encountered an unexpected error")

Visits = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="session")
def visits(drive: Callable[..., str]) -> Visits:
    """What was seen on each page, by page and colour mode."""
    site = (ROOT / os.environ["SITE"]).resolve()
    names = sorted(path.relative_to(site).as_posix() for path in site.glob("chapters/*.html"))
    found: Visits = {}
    with served(ROOT / "tools" / "serve.py", site) as address:
        for turn, (scheme, width) in enumerate(LOOKS):
            chosen = names if os.environ.get("ALL") else names[turn::2]
            looks = [{"name": name, "scheme": scheme, "width": width} for name in chosen]
            asked = {"layOut": LAY_OUT, "read": READ, "check": CHECK, "beyond": BEYOND, "looks": looks}
            told = json.dumps(asked | {"axe": AXE.read_text("utf-8")})
            seen = json.loads(drive("pages.mjs", address, told=told, seconds=900))
            found |= {(name, scheme): each for name, each in seen.items()}
    assert len(found) > 4
    return found


def trouble(visits: Visits, what: str) -> dict[tuple[str, str], Any]:
    """Return what was noted, of the pages where it is not empty."""
    return {page: seen[what] for page, seen in visits.items() if seen[what]}


def test_every_page_has_the_colours_that_were_asked_for(visits: Visits) -> None:
    assert [page for page, seen in visits.items() if seen["theme"] != page[1]] == []


def test_axe_finds_nothing(visits: Visits) -> None:
    assert trouble(visits, "faults") == {}
    assert all(seen["passes"] > 10 for seen in visits.values())


def test_every_widget_starts(visits: Visits) -> None:
    assert {state for seen in visits.values() for state in seen["mounted"]} == {"mounted"}


def test_no_page_complains_or_asks_another_host(visits: Visits) -> None:
    said = {
        page: [one for one in seen["complaints"] if not ITS_OWN.search(one)] for page, seen in visits.items()
    }
    assert {page: complaints for page, complaints in said.items() if complaints} == {}
    assert trouble(visits, "strangers") == {}


def test_formulas_can_be_heard_and_pictures_have_names(visits: Visits) -> None:
    assert trouble(visits, "silent") == {}
    assert trouble(visits, "nameless") == {}
    assert sum(seen["formulas"] for seen in visits.values()) > 100


def test_nothing_reaches_beyond_the_screen(visits: Visits) -> None:
    assert trouble(visits, "beyond") == {}
