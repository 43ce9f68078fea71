"""`make bench-site`: what a page of the site costs a reader with a slow line and a slow machine.

The project's own server with gzip, HTTP/1.1, a window of 1280x900, nothing in the cache, 1.6 Mbit/s, a
round trip of 150 ms, the processor slowed four times; the median of five visits. Requests and bytes are all
up to three seconds after the page has loaded, without scrolling. ``next`` is the largest paint of the page
that is opened after it, with what the first has left in the cache.

``python -m benchmarks.site --site FOLDER --visits 1 chapters/noise.html`` measures what is named.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

sys.path.insert(0, "tools")
sys.path.insert(0, "tests/site")
from crawl import served

import browser

ROOT = Path(__file__).resolve().parents[1]

MEGABITS, ROUND_TRIP, SLOWED = 1.6, 150, 4
WIDTH, HEIGHT = 1280, 900
# What comes later than this belongs to what the reader does.
AFTER_LOAD = 3.0
OBSERVE = """
window.measured = {shift: 0, largest: 0, tasks: [], first: 0};
const watch = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
watch("layout-shift", (entry) => entry.hadRecentInput || (measured.shift += entry.value));
watch("largest-contentful-paint", (entry) => (measured.largest = entry.startTime));
watch("longtask", (entry) => measured.tasks.push([entry.startTime, entry.duration]));
watch("paint", (entry) => entry.name === "first-contentful-paint" && (measured.first = entry.startTime));
"""


@dataclass(frozen=True)
class Cost:
    """What one visit costs: times in milliseconds, kilobytes of 1000 as they come over the wire."""

    first: float
    largest: float
    blocked: float
    shift: float
    requests: int
    kilobytes: float
    bare: float
    next: float = 0.0


def blocked(tasks: list[list[float]], start: float) -> float:
    """Return the part of the tasks above 50 ms each, from the first paint on.

    >>> blocked([[0, 200], [300, 80], [500, 20]], 250.0)
    30
    """
    return sum(max(0, length - 50) for begin, length in tasks if begin + length > start)


class Wire:
    """Counts what a page fetches."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.kinds: dict[str, str] = {}
        self.sizes: dict[str, float] = {}
        self.names: dict[str, str] = {}
        self.session.on("Network.requestWillBeSent", self.sent)
        self.session.on("Network.loadingFinished", self.finished)
        self.session.send("Network.enable")

    def sent(self, event: Any) -> None:
        """Note a request. A data address is none."""
        if not event["request"]["url"].startswith("data:"):
            self.kinds[event["requestId"]] = event.get("type", "Other")
            self.names[event["requestId"]] = event["request"]["url"].rsplit("/", 1)[-1]

    def finished(self, event: Any) -> None:
        """Note how many bytes came, with the headers."""
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def kilobytes(self, *, pictures: bool) -> float:
        """Return what came over the wire, with the pictures or without."""
        return (
            sum(
                size
                for one, size in self.sizes.items()
                if one in self.kinds and (pictures or self.kinds[one] != "Image")
            )
            / 1000
        )

    def slow(self) -> None:
        """Slow the line and the processor."""
        speed = MEGABITS * 1e6 / 8
        line = {
            "offline": False,
            "latency": ROUND_TRIP,
            "downloadThroughput": speed,
            "uploadThroughput": speed,
        }
        self.session.send("Network.emulateNetworkConditions", line)
        self.session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})


def open_page(context: BrowserContext, url: str, *, slow: bool) -> tuple[Page, Wire]:
    """Send a page to a new tab that measures."""
    page = context.new_page()
    page.add_init_script(OBSERVE)
    wire = Wire(page)
    if slow:
        wire.slow()
    page.goto(url, wait_until="commit")
    return page, wire


def read(page: Page, wire: Wire) -> Cost:
    """Wait until the page has loaded and some more, and return what it took."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(AFTER_LOAD * 1000)
    seen = page.evaluate("measured")
    return Cost(
        first=seen["first"],
        largest=seen["largest"],
        blocked=blocked(seen["tasks"], seen["first"]),
        shift=seen["shift"],
        requests=len(wire.kinds),
        kilobytes=wire.kilobytes(pictures=True),
        bare=wire.kilobytes(pictures=False),
    )


def visit(chromium: Browser, address: str, name: str, after: str) -> Cost:
    """Visit a page with nothing in the cache, then another one."""
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    cost = read(*open_page(context, address + name, slow=True))
    following = read(*open_page(context, address + after, slow=True))
    context.close()
    return Cost(**{**vars(cost), "next": following.largest})


def middle(costs: list[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(**{field.name: median(getattr(cost, field.name) for cost in costs) for field in fields(Cost)})


def row(name: str, cost: Cost) -> str:
    """Return a line of the table."""
    times = f"{cost.first:6.0f} {cost.largest:6.0f} {cost.blocked:6.0f} {cost.shift:7.3f}"
    return f"{name:32} {times} {cost.requests:8.0f} {cost.bare:7.1f} {cost.kilobytes:7.1f} {cost.next:6.0f}"


def main() -> None:
    """Print the table, for all pages of the contents or those that the command line names."""
    parser = argparse.ArgumentParser(description="Measure the pages of the built site.")
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--visits", type=int, default=5)
    chosen = parser.parse_args()
    names = chosen.pages or sorted(
        path.relative_to(chosen.site).as_posix() for path in chosen.site.glob("chapters/*.html")
    )
    print(f"{'':32}  first  large  block   shift requests bare kB      kB   next")
    with served(ROOT / "tools" / "serve.py", chosen.site) as address, browser.launched() as chromium:
        for number, name in enumerate(names):
            after = names[number - 1] if len(names) > 1 else "chapters/glossary.html"
            print(
                row(name, middle([visit(chromium, address, name, after) for _ in range(chosen.visits)])),
                flush=True,
            )


if __name__ == "__main__":
    main()
