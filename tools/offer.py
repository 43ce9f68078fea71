"""Offer the printed course on its site: ``tools/book.py --pdf`` does it when the site is built.

A page says what it would offer in a comment, with the file's name from the root of the site::

    <!--with momentum.pdf: <a href="../momentum.pdf" download>The course as a PDF</a>, {size}-->

On a site that has the file, the comment becomes what is in it. On any other it stays, and no reader sees
it. The service worker keeps no PDF for reading without a network: it is as large as the rest.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import contents
import pdf
from finish.folder import Folder
from finish.offline import write_worker

COURSE = "momentum.pdf"
SHEET = "cheat_sheet.pdf"
SHEET_PAGE = "chapters/cheat_sheet"
COMMENT = re.compile(r"<!--with (?P<file>[\w./-]+): (?P<text>.*?)-->", re.DOTALL)


def size(count: int) -> str:
    """Return a number of bytes as a reader wants it.

    >>> size(3_456_789), size(40_123)
    ('3.5 MB', '40 kB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def show(page: str, sizes: dict[str, int]) -> str:
    """Return a page that offers the files that are there.

    >>> show("<!--with a.pdf: A, {size}--><!--with b.pdf: B-->", {"a.pdf": 2000})
    'A, 2 kB<!--with b.pdf: B-->'
    """

    def offered(match: re.Match[str]) -> str:
        count = sizes.get(match["file"])
        return match[0] if count is None else match["text"].replace("{size}", size(count))

    return COMMENT.sub(offered, page)


def put(site: Path, files: dict[str, bytes]) -> None:
    """Write files into a finished site, offer them on its pages, and tell the service worker.

    Parameters
    ----------
    site
        The folder of the site.
    files
        The content of each file, by its path from the root of the site.
    """
    folder = Folder(site)
    # The files come first: at no time is there a link without one.
    for name, content in files.items():
        folder.put(name, content)
    sizes = {name: len(content) for name, content in files.items()}
    for name, text in folder.pages().items():
        if (shown := show(text, sizes)) != text:
            folder.put(name, shown)
    write_worker(folder)


def is_done(site: Path) -> bool:
    """Say whether a site has all that it can offer."""
    return all((site / name).is_file() for name in (COURSE, SHEET))


def print_into(root: Path, site: Path) -> None:
    """Print the course and its cheat sheet from a finished site, and offer them on it.

    Raises
    ------
    PrintError
        If a page or a picture is missing.
    """
    title = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["title"]
    names = contents.pages(root / "_toc.yml")
    wanted = {COURSE: names, SHEET: [SHEET_PAGE]}
    put(site, {file: pdf.make(root, site, pages, title) for file, pages in wanted.items()})
