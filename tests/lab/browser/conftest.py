"""Each lab on a page of its own, in a browser that may talk to nobody else."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import browser
import labpage

# Neither folder is a package: `crawl` is shared with the tests of the site, `asked` lies here.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "site"))
from asked import PAGE_HELPERS
from crawl import Visit, watch

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with browser.launched() as started:
        yield started


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the labs are served, ending in a slash."""
    with labpage.served() as address:
        yield address


@pytest.fixture(params=labpage.LABS, ids=lambda lab: lab.__name__)
def lab(request: pytest.FixtureRequest) -> type[labpage.Lab]:
    """Each lab that the package has."""
    return request.param


@pytest.fixture(scope="session")
def visit() -> Visit:
    """One record for all pages, since only one test at a time looks at any."""
    return Visit("lab")


@pytest.fixture
def record(visit: Visit) -> Visit:
    """What the browser complained of during this test, and which other hosts the page asked."""
    visit.complaints.clear()
    visit.strangers.clear()
    return visit


@pytest.fixture(scope="session")
def tabs() -> dict[tuple[object, ...], Page]:
    """The tabs that are kept, by the options of their window: to load a page there is twice as fast."""
    return {}


@pytest.fixture
def open_lab(
    chromium: Browser,
    address: str,
    lab: type[labpage.Lab],
    record: Visit,
    tabs: dict[tuple[object, ...], Page],
) -> Iterator[Open]:
    """A function that opens the lab's page anew. `query` goes into its address, the rest to the browser.

    A second page of the same options in one test, and one whose clock stands still, has a window of its own.
    """
    opened: list[Page] = []

    def new(width: int, options: dict[str, object]) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch(page, address, record)
        page.add_init_script(PAGE_HELPERS)
        return page

    def start(query: str = "", *, clock: bool = False, width: int = 1280, **options: object) -> Page:
        key = (width, *sorted(options.items()))
        kept = None if clock else tabs.get(key)
        if kept is None or kept in opened:
            page = new(width, options)
            if clock:
                page.clock.install(time=0)
            elif kept is None:
                tabs[key] = page
        else:
            page = kept
            # What another test has left: a page, another size, the pointer above something.
            page.goto("about:blank")
            page.set_viewport_size({"width": width, "height": 900})
            page.mouse.move(0, 0)
        opened.append(page)
        page.goto(f"{address}?lab={lab.__name__}{query}")
        page.wait_for_selector("html[data-ready]", state="attached")
        page.evaluate("settled()")
        return page

    yield start
    for page in opened:
        if page not in tabs.values():
            page.context.close()
    assert record.strangers == []
    assert record.complaints == []
