"""`make bench-frames`: how long a drag takes to reach the screen, against a page with nothing but a slider.

The processor is slowed four times, as on a phone. A pointer drags a slider, one move a frame. From the time
of each pointer event to the first task after the frame it caused is what a reader waits; the page with a
slider and nothing else, in the same run, says how much of that is the browser's own.

``python -m benchmarks.frames --profile BallLab`` measures one lab and adds the functions that took the time.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import CDPSession, Page

sys.path.insert(0, "tools")
import browser
import labpage

SLOWED, MOVES, TURNS = 4, 40, 2
MOST = 2.0
EMPTY = '<!doctype html><title>empty</title><input type="range" style="width: 600px" max="400">'
# From the event's own time stamp to a task of its own after the frame, which is when it is painted.
MEASURE = """() => {
  window.times = [];
  let last = 0;
  addEventListener("input", (event) => {
    if (event.timeStamp === last) return;
    last = event.timeStamp;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => times.push(performance.now() - event.timeStamp);
      port2.postMessage(0);
    });
  }, true);
}"""


class Row(NamedTuple):
    """One line of the table: a slider, and its times in milliseconds."""

    name: str
    times: list[float]


def drag(page: Page, slider: Any) -> list[float]:
    """Drag a slider to and fro, and return a time for each move that did something."""
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    page.evaluate("times.length = 0")
    page.mouse.move(box["x"] + 0.3 * box["width"], y)
    page.mouse.down()
    for k in range(MOVES):
        part = 0.3 + 0.4 * abs((k / MOVES * 2) % 2 - 1)
        page.mouse.move(box["x"] + part * box["width"], y)
        page.evaluate("new Promise(requestAnimationFrame)")
    page.mouse.up()
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    return page.evaluate("times")


def slowed(page: Page) -> CDPSession:
    """Slow the processor for this page."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    return session


def profiled(session: CDPSession) -> list[tuple[str, float]]:
    """Return the functions that took most of the time of the profile, with the part they took."""
    profile = session.send("Profiler.stop")["profile"]
    names = {node["id"]: node["callFrame"] for node in profile["nodes"]}
    count = Counter(
        f"{names[each]['functionName'] or '(anonymous)'}:{names[each]['lineNumber'] + 1}"
        for each in profile["samples"]
        if names[each]["functionName"] not in {"(idle)", "(root)"}
    )
    total = max(1, sum(count.values()))
    return [(name, each / total) for name, each in count.most_common(8)]


def measure(page: Page, name: str, profile: bool) -> Iterator[Row]:
    """Drag each slider of a page that can be seen."""
    page.evaluate(MEASURE)
    session = slowed(page)
    if profile:
        session.send("Profiler.enable")
    for slider in page.locator("input[type=range]").all():
        if not slider.is_visible():
            continue
        if profile:
            session.send("Profiler.start")
        label = slider.get_attribute("data-trait")
        yield Row(f"{name} {label}" if label else name, drag(page, slider))
        if profile:
            print(f"{name} {label}:", *(f"{part:.0%} {each}" for each, part in profiled(session)), sep="  ")


def rows(labs: list[str], profile: bool) -> list[Row]:
    """Measure the empty page and the labs in turns, so that what slows one slows the other."""
    found: dict[str, list[float]] = {}
    with browser.launched() as chromium, labpage.served() as address:
        for turn in range(TURNS):
            for name in [each for lab in labs for each in ("empty page", lab)]:
                page = chromium.new_page(viewport={"width": 1280, "height": 1400})
                if name == "empty page":
                    page.set_content(EMPTY)
                else:
                    page.goto(f"{address}?lab={name}")
                    page.wait_for_selector("html[data-ready]", state="attached")
                for row in measure(page, name, profile and turn == 0):
                    found.setdefault(row.name, []).extend(row.times)
                page.close()
    return [Row(name, times) for name, times in found.items()]


def main() -> None:
    """Print the table, and exit with 1 if a lab takes more than it may."""
    asked = [name for name in sys.argv[1:] if name != "--profile"]
    table = rows(asked or [lab.__name__ for lab in labpage.LABS], "--profile" in sys.argv)
    base = float(np.percentile(table[0].times, 95))
    print(f"{'drag':28} {'frames':>6} {'median':>8} {'95th':>8} {'over':>8}   ms, CPU slowed {SLOWED} times")
    slow = []
    for name, times in table:
        late = float(np.percentile(times, 95))
        slow += [name] if late - base > MOST else []
        print(f"{name:28} {len(times):6} {np.median(times):8.1f} {late:8.1f} {late - base:+8.1f}")
    sys.exit(f"more than {MOST} ms over the empty page: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
