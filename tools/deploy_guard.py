"""Refuse to publish a site that is empty or has shrunk.

``python tools/deploy_guard.py check SITE`` compares a built site with ``tests/site/manifest.json``: it may
not have fewer pages, nor less than 80 % of the bytes. ``... record SITE`` writes the manifest anew, after a
page was taken away on purpose. SITE is a folder, or the tar archive that Pages takes. A PDF does not count,
since a site may be built with or without; ``--with FILE ...`` are files that it must have.
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST = Path(__file__).resolve().parents[1] / "tests" / "site" / "manifest.json"
SMALLEST = 0.8


class ShrunkError(RuntimeError):
    """The site is not what it was; the message says in what."""


@dataclass(frozen=True)
class Extent:
    """How much of a site there is: its pages, and the bytes of all its files but PDFs."""

    pages: int
    bytes: int


def sizes(site: Path) -> dict[str, int]:
    """Return the size of each file of a site, a folder or a tar archive of one, by its path."""
    if site.is_file():
        with tarfile.open(site) as archive:
            return {one.name.removeprefix("./"): one.size for one in archive if one.isfile()}
    found = (path for path in site.rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix(): path.stat().st_size for path in found}


def measure(site: Path) -> Extent:
    """Return how much of a site there is."""
    found = {name: size for name, size in sizes(site).items() if not name.endswith(".pdf")}
    pages = [name for name in found if name.endswith(".html") and not name.startswith("_static/")]
    return Extent(len(pages), sum(found.values()))


def check(now: Extent, known: Extent) -> None:
    """Compare a site with what it was.

    Raises
    ------
    ShrunkError
        If it has fewer pages, or less than 80 % of the bytes.
    """
    mend = "If that is meant, record it: python tools/deploy_guard.py record SITE, and commit."
    if now.pages < known.pages:
        raise ShrunkError(f"The site has {now.pages} pages; expected at least {known.pages}. {mend}")
    if now.bytes < SMALLEST * known.bytes:
        least = round(SMALLEST * known.bytes)
        raise ShrunkError(f"The site has {now.bytes} bytes; expected at least {least}. {mend}")


def check_files(site: Path, wanted: list[str]) -> None:
    """Look for files that a site must have.

    Raises
    ------
    ShrunkError
        If one is not there, or empty.
    """
    found = sizes(site)
    if missing := [name for name in wanted if not found.get(name)]:
        raise ShrunkError(f"The site lacks {', '.join(missing)}: build it with python tools/book.py --pdf.")


def read(manifest: Path) -> Extent:
    """Return what the manifest says; one without a page would let everything through.

    Raises
    ------
    ShrunkError
        If it says that there is nothing.
    """
    known = Extent(**json.loads(manifest.read_text("utf-8")))
    if known.pages < 1 or known.bytes < 1:
        raise ShrunkError(f"{manifest.name} expects {known}; expected at least a page.")
    return known


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description="Refuse to publish a site that has shrunk.")
    parser.add_argument("do", choices=["check", "record"])
    parser.add_argument("site", type=Path, help="the folder of the site, or a tar archive of it")
    parser.add_argument("--manifest", type=Path, default=MANIFEST)
    parser.add_argument("--with", nargs="+", default=[], dest="wanted", help="files that it must have")
    chosen = parser.parse_args(arguments)
    if not chosen.site.exists():
        sys.exit(f"There is no site at {chosen.site}.")
    now = measure(chosen.site)
    if chosen.do == "record":
        chosen.manifest.write_text(json.dumps(asdict(now), indent=2) + "\n", "utf-8")
    else:
        try:
            check(now, read(chosen.manifest))
            check_files(chosen.site, chosen.wanted)
        except ShrunkError as error:
            sys.exit(str(error))
    print(f"{now.pages} pages, {now.bytes} bytes")


if __name__ == "__main__":
    main()
