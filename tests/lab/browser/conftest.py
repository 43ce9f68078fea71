"""Each lab on a page of its own, in a browser that may talk to nobody else."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser.find(), args=browser.launch_flags())
        yield started
        started.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the labs are served, ending in a slash."""
    with labpage.served() as address:
        yield address


@pytest.fixture(params=labpage.LABS, ids=lambda lab: lab.__name__)
def lab(request: pytest.FixtureRequest) -> type[labpage.Lab]:
    """Each lab that the package has."""
    return request.param


@pytest.fixture
def record() -> Visit:
    """What the browser complained of, and which other hosts the page asked."""
    return Visit("lab")


@pytest.fixture
def open_lab(chromium: Browser, address: str, lab: type[labpage.Lab], record: Visit) -> Iterator[Open]:
    """A function that opens the lab's page. `query` goes into its address, the rest to the browser."""
    contexts = []

    def start(query: str = "", *, clock: bool = False, width: int = 1280, **options: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch(page, address, record)
        page.add_init_script(PAGE_HELPERS)
        if clock:
            page.clock.install(time=0)
        page.goto(f"{address}?lab={lab.__name__}{query}")
        page.wait_for_selector("html[data-ready]", state="attached")
        page.evaluate("settled()")
        return page

    yield start
    for context in contexts:
        context.close()
    assert record.strangers == []
    assert record.complaints == []
