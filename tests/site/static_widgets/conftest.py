"""A site of toy widgets, built by plain Sphinx: the extension needs nothing of this book."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crawl import Visit, served, watch
from playwright.sync_api import Browser, Page

PROJECT = Path(__file__).parent / "project"
Build = Callable[..., subprocess.CompletedProcess[str]]
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def build(root: Path) -> Build:
    """A function that builds the project in `folder`/source into `folder`/html."""

    def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
        start = f"import sys; sys.path.insert(0, {str(root / '_ext')!r}); import sphinx.cmd.build as b; "
        options = ["-W", "--keep-going", "-n", "-q", "-b", "html", "-d", "doctrees", *more, "source", "html"]
        return subprocess.run(
            [sys.executable, "-c", start + f"sys.exit(b.main({options}))"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def toys(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    folder = tmp_path_factory.mktemp("toys")
    shutil.copytree(PROJECT, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    done = build(folder)
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture(scope="session")
def toy_address(root: Path, toys: Path) -> Iterator[str]:
    """Where the site of toys is served, ending in a slash."""
    with served(root / "tools" / "serve.py", toys) as address:
        yield address


@pytest.fixture
def record() -> Visit:
    """What the browser complained of, and which other hosts the pages asked."""
    return Visit("toys")


@pytest.fixture
def open_page(chromium: Browser, toy_address: str, record: Visit) -> Iterator[Open]:
    """A function that opens a page of the toys and waits for the mark that its widgets are there."""
    contexts = []

    def start(name: str, *, ready: bool = True, **options: object) -> Page:
        contexts.append(chromium.new_context(viewport={"width": 1000, "height": 700}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        watch(page, toy_address, record)
        page.goto(toy_address + name)
        if ready:
            page.wait_for_selector("html[data-widgets-ready]", state="attached")
        return page

    yield start
    for context in contexts:
        context.close()
    assert record.strangers == []
