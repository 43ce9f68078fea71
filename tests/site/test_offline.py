"""Reading without a network: one visit, and the service worker has the rest."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawl import FETCH_PICTURES, WALK, served, until
from playwright.sync_api import Browser, BrowserContext, Page

import deploy_guard
from finish.folder import Folder
from finish.offline import kept, write_worker

READY = "navigator.serviceWorker.ready.then((one) => one.active.scriptURL)"
NAMES = "caches.keys()"
BROKEN = "[...document.images].filter((one) => !one.naturalWidth).map((one) => one.src)"
GONE = """
async (name) => {
  for (let tries = 0; tries < 100 && (await caches.keys()).includes(name); tries += 1) {
    await new Promise((done) => setTimeout(done, 50));
  }
}
"""
MOST = 25_000_000


def small(folder: Path, **pages: str) -> Path:
    for name, text in {"index": "Home", "404": "Not here", **pages}.items():
        (folder / f"{name}.html").write_text(f"<!DOCTYPE html><title>{name}</title><p>{text}", "utf-8")
    write_worker(Folder(folder))
    return folder


@pytest.fixture
def reader(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    yield context
    context.close()


def settle(page: Page) -> list[str]:
    """Ask for the worker, wait until one alone is in charge, and return the names of the caches."""
    page.evaluate("navigator.serviceWorker.register('/sw.js').then((one) => one.update())")
    page.evaluate(READY)
    until(page, "navigator.serviceWorker.controller?.state === 'activated'")
    return page.evaluate(NAMES)


def test_after_one_visit_every_page_and_lab_works_without_a_network(
    root: Path, site: Path, reader: BrowserContext, pages: list[str]
) -> None:
    page = reader.new_page()
    with served(root / "tools" / "serve.py", site) as address:
        page.goto(f"{address}{pages[0]}")
        # Nothing but the page's own script asks for it.
        assert page.evaluate(READY) == f"{address}sw.js"
        until(page, "navigator.serviceWorker.controller?.state === 'activated'")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    labs = 0
    for name in pages:
        page.goto(f"{address}{name}")
        assert "".join(page.locator("h1").all_text_contents()).strip(), name
        page.evaluate(WALK)
        page.evaluate(FETCH_PICTURES)
        assert page.evaluate(BROKEN) == [], name
        assert page.evaluate("[...document.styleSheets].length") > 0, name
        assert page.locator("[data-widget-state=failed]").count() == 0, name
        labs += page.locator("[data-widget-state]").count()
    assert labs >= 8
    page.goto(f"{address}search.html?q=momentum")
    page.locator("#search-results .search li a").first.wait_for(timeout=20000)
    page.goto(address)
    page.wait_for_url(f"{address}chapters/*.html")
    assert complaints == []


def test_a_new_version_replaces_the_old_one(root: Path, tmp_path: Path, reader: BrowserContext) -> None:
    other = "caches.open('offline http://elsewhere/ 1')"
    page = reader.new_page()
    with served(root / "tools" / "serve.py", small(tmp_path, old="Old", page="First")) as address:
        page.goto(address)
        page.evaluate(other)
        first = settle(page)
        small(tmp_path, page="Second")
        (tmp_path / "old.html").unlink()
        write_worker(Folder(tmp_path))
        page.evaluate("navigator.serviceWorker.ready.then((one) => one.update())")
        page.evaluate(GONE, first[-1])
        second = page.evaluate(NAMES)
    # Another site of the same host keeps its own.
    assert len(first) == len(second) == 2
    assert second[0] == first[0] == "offline http://elsewhere/ 1"
    page.goto(f"{address}page.html")
    assert page.inner_text("p") == "Second"
    page.goto(f"{address}old.html")
    assert page.inner_text("p") == "Not here"


def test_a_page_comes_from_the_network_while_there_is_one(
    root: Path, tmp_path: Path, reader: BrowserContext
) -> None:
    page = reader.new_page()
    with served(root / "tools" / "serve.py", small(tmp_path, page="First")) as address:
        page.goto(address)
        settle(page)
        (tmp_path / "page.html").write_text("<!DOCTYPE html><title>p</title><p>Corrected", "utf-8")
        page.goto(f"{address}page.html")
        assert page.inner_text("p") == "Corrected"
    page.goto(f"{address}page.html?q=1#there")
    assert page.inner_text("p") == "First"


def test_the_version_tells_the_content(tmp_path: Path) -> None:
    def text() -> str:
        return (small(tmp_path) / "sw.js").read_text("utf-8")

    first = text()
    assert text() == first
    shutil.copy(tmp_path / "index.html", tmp_path / "second.html")
    assert text() != first


def test_what_is_kept_is_bounded_and_holds_all_that_a_page_needs(site: Path, pages: list[str]) -> None:
    names = kept(Folder(site).names(""))
    assert set(pages) <= set(names)
    assert not [name for name in names if name.endswith((".ipynb", ".zip", ".pdf", ".apkg"))]
    assert sum((site / name).stat().st_size for name in names) < MOST


def test_the_guard_before_publishing_lets_the_site_through(site: Path) -> None:
    deploy_guard.check(deploy_guard.measure(site), deploy_guard.read(deploy_guard.MANIFEST))
