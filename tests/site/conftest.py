"""The built site, served to a browser that may talk to nobody else; and small books of one page."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

import book
import browser

# The folder cannot be a package: Python has a module `site` of its own.
sys.path.insert(0, str(Path(__file__).parent))
from crawl import Visit, served, visit_all

Build = Callable[..., tuple[str, str]]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site: the variable SITE names one, else the book is built."""
    chosen = os.environ.get("SITE")
    if chosen:
        return (root / chosen).resolve()
    return book.build(root, tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="session")
def address(root: Path, site: Path) -> Iterator[str]:
    """Where the site is served, ending in a slash."""
    with served(root / "tools" / "serve.py", site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with browser.launched() as started:
        yield started


@pytest.fixture(scope="session")
def pages(site: Path) -> list[str]:
    """Every page of the site by its path, but for ``index.html``, which leads on at once."""
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [name for name in found if name != "index.html" and not name.startswith("_static/")]


@pytest.fixture(scope="session")
def visits(chromium: Browser, address: str, pages: list[str]) -> list[Visit]:
    """What the browser saw on each page, on a wide screen and, when a reader had used it, on a phone."""
    return visit_all(chromium, address, pages, walk=True)


@pytest.fixture(scope="session")
def plain_visits(chromium: Browser, address: str, pages: list[str]) -> list[Visit]:
    """The same with scripts switched off."""
    return visit_all(chromium, address, pages, scripts=False)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build one page and return its HTML and Sphinx's warnings."""

    def run(
        text: str, extensions: tuple[str, ...] = (), suffix: str = ".md", **settings: Any
    ) -> tuple[str, str]:
        source = tmp_path / "source"
        source.mkdir(exist_ok=True)
        (source / f"page{suffix}").write_text(text, "utf-8")
        warnings = io.StringIO()
        with patch_docutils(None), docutils_namespace():
            app = Sphinx(
                srcdir=source,
                confdir=None,
                outdir=tmp_path / "html",
                doctreedir=tmp_path / "doctrees",
                buildername="html",
                confoverrides={
                    "extensions": ["myst_nb", *extensions],
                    "root_doc": "page",
                    "myst_enable_extensions": ["amsmath", "dollarmath"],
                    "nb_execution_mode": "off",
                    **settings,
                },
                status=None,
                warning=warnings,
                freshenv=True,
            )
            app.build()
        return (tmp_path / "html" / "page.html").read_text("utf-8"), warnings.getvalue()

    return run
