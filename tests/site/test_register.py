"""Who is asked to keep the whole site for reading without a network, and who is not."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

WATCH = """
window.registered = [];
ServiceWorkerContainer.prototype.register = async (address) => registered.push(String(address));
"""
SAVING = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"
CHAPTER, LAB = "chapters/glossary.html", "embed/fig-ball-lab.html"
LATER = 60_000


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A function that opens a page as a reader who saves data or not, and lets a minute pass."""
    contexts = []

    def run(name: str, *more: str) -> Page:
        contexts.append(chromium.new_context())
        page = contexts[-1].new_page()
        page.clock.install()
        for script in (WATCH, *more):
            page.add_init_script(script)
        page.goto(f"{address}{name}", wait_until="load")
        page.clock.run_for(LATER)
        return page

    yield run
    for context in contexts:
        context.close()


def test_a_page_asks_for_the_worker_of_the_whole_site(visit: Callable[..., Page], address: str) -> None:
    assert visit(CHAPTER).evaluate("registered") == [f"{address}sw.js"]


def test_a_reader_who_saves_data_is_left_alone(visit: Callable[..., Page]) -> None:
    assert visit(CHAPTER, SAVING).evaluate("registered") == []


def test_a_lab_on_a_page_of_its_own_asks_for_nothing(visit: Callable[..., Page]) -> None:
    assert visit(LAB).evaluate("registered") == []


@pytest.mark.parametrize("name", [CHAPTER, LAB])
def test_a_page_that_is_part_of_another_asks_for_nothing(
    visit: Callable[..., Page], address: str, name: str
) -> None:
    page = visit(LAB)
    page.evaluate(
        """(src) => new Promise((done) => {
          const frame = document.createElement("iframe");
          Object.assign(frame, { src, title: "A part", onload: done });
          document.body.append(frame);
        })""",
        f"{address}{name}",
    )
    page.clock.run_for(LATER)
    (_, frame) = page.frames
    assert frame.evaluate("registered") == []
    assert page.evaluate("registered") == []
