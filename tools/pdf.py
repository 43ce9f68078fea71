"""Print the built book as one PDF, ``_build/momentum.pdf``, in the order of ``_toc.yml``.

``python tools/pdf.py`` prints ``_build/html``; ``--site`` names another folder. A page's name, as
in ``_toc.yml``, prints that page alone: ``python tools/pdf.py chapters/notation``.

Chromium prints each page with its solutions open and without scripts: each lab is the picture that
keeps its place, and nothing moves while it is printed. pypdf joins them. The browser gets the files
under a made-up address, without a server, so that no port is left in a link; and the date is the
commit's, so that the same site gives the same bytes.
"""

from __future__ import annotations

import argparse
import io
import mimetypes
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import yaml
from playwright.sync_api import Browser, Page, Route
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

import browser
import contents

ROOT = Path(__file__).resolve().parents[1]
HOST = "http://book.invalid/"
# Not every machine's own table has these, and a wrong one stops a style sheet or a font.
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
NAME = re.compile(rb"/[FGPX]\d+(?:-\d+)?(?![\w-])")
KINDS = {"/ExtGState", "/Font", "/Pattern", "/XObject"}
# Two pages may give a section the same name; in one PDF each needs its own.
OPEN = """(name) => {
  document.documentElement.dataset.theme = "light";
  for (const box of document.querySelectorAll("details")) box.open = true;
  for (const box of document.querySelectorAll(".toggle-hidden")) box.classList.remove("toggle-hidden");
  for (const picture of document.images) picture.loading = "eager";
  const targets = new Map();
  for (const link of document.querySelectorAll('article a[href^="#"]')) {
    const id = decodeURIComponent(link.hash.slice(1));
    const target = targets.get(id) ?? document.getElementById(id);
    if (!id || !target) continue;
    targets.set(id, target);
    target.id = `${name}:${id}`;
    link.href = `#${encodeURIComponent(target.id)}`;
  }
}"""
# A face that is asked for only while the page is printed may come too late for it.
READY = """async () => {
  await Promise.all([...document.fonts].map((face) => face.load().catch(() => {})));
  await Promise.all([...document.images].map((picture) => picture.decode().catch(() => {})));
  // Lines that were set before a face came stand a hair off those set after it: set all anew.
  document.body.hidden = true;
  document.body.getBoundingClientRect();
  document.body.hidden = false;
  await new Promise(requestAnimationFrame);
}"""
MISSING = "[...document.images].filter((one) => !one.naturalWidth).map((one) => one.src)"


class PrintError(RuntimeError):
    """The book could not be printed; the message says what to do."""


def commit_date(root: Path) -> datetime:
    """Return the time of the last commit, or the epoch where there is none."""
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        seconds = int(done.stdout)
    except (OSError, ValueError, subprocess.CalledProcessError):
        seconds = 0
    return datetime.fromtimestamp(seconds, UTC)


def answer(route: Route, site: Path) -> None:
    """Answer the browser from the site's folder, and refuse all else."""
    path = (site / unquote(urlsplit(route.request.url).path).lstrip("/")).resolve()
    is_ours = route.request.url.startswith(HOST) and path.is_relative_to(site) and path.is_file()
    if not is_ours or route.request.resource_type == "script":
        route.abort()
        return
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # On paper there is no second look: what would take another typeface waits for its own.
    body = path.read_bytes().replace(b"font-display:optional", b"font-display:block")
    route.fulfill(body=body, content_type=kind)


def print_page(page: Page, name: str) -> bytes:
    """Return the PDF of one page of the site.

    Raises
    ------
    PrintError
        If the page or one of its pictures is missing.
    """
    page.goto(f"{HOST}{name}.html", wait_until="load")
    page.evaluate(OPEN, name)
    page.evaluate(READY)
    if missing := page.evaluate(MISSING):
        raise PrintError(f"{name} lacks pictures: {', '.join(missing)}")
    return page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)


def print_pages(chromium: Browser, site: Path, names: list[str]) -> dict[str, bytes]:
    """Return the PDF of each page."""
    printed = {}
    for name in names:
        if not (site / f"{name}.html").is_file():
            raise PrintError(f"{site / name}.html is missing: build the book first (`make book`).")
        # A context of its own is a process of its own, which counts its objects from the start.
        context = chromium.new_context(color_scheme="light", reduced_motion="reduce")
        context.route("**/*", lambda route: answer(route, site))
        page = context.new_page()
        page.emulate_media(media="print", color_scheme="light", reduced_motion="reduce")
        printed[name] = print_page(page, name)
        context.close()
    return printed


def numbers(chromium: Browser, count: int) -> PdfReader:
    """Return pages that are empty but for their number at the foot."""
    page = chromium.new_page()
    sheets = "".join(f"<p>{number}</p>" for number in range(1, count + 1))
    page.set_content(
        "<style>@page { size: A4; margin: 0 } body { margin: 0 } p { box-sizing: border-box; margin: 0;"
        " height: 296mm; padding-top: 281mm; text-align: center; font: 9pt serif; break-after: page }"
        f"</style>{sheets}"
    )
    content = page.pdf(prefer_css_page_size=True)
    page.close()
    return PdfReader(io.BytesIO(content))


def rename(resources: DictionaryObject, content: bytes) -> bytes:
    """Call what a page uses by the order of its use, and return the content with these names.

    Chromium counts as things come to hand, which is not the same each time. Its texts are written in
    hexadecimal, so that a slash begins a name and nothing else. Forms keep their own names.
    """
    used = [name.decode() for name in dict.fromkeys(NAME.findall(content))]
    names = {old: f"{old[:2]}{count}" for count, old in enumerate(used, 1)}
    for kind in KINDS & resources.keys():
        entries = resources[kind].get_object()
        ordered = {NameObject(names[old]): entries.raw_get(old) for old in used if old in entries}
        resources[NameObject(kind)] = DictionaryObject(ordered)
    return NAME.sub(lambda match: names[match[0].decode()].encode(), content)


def steady(content: bytes) -> PdfReader:
    """Return the PDF of a page of the site with names that are the same each time."""
    reader = PdfReader(io.BytesIO(content))
    for page in reader.pages:
        stream = DecodedStreamObject()
        stream.set_data(rename(page["/Resources"].get_object(), page["/Contents"].get_object().get_data()))
        page[NameObject("/Contents")] = stream
        # In one order, since what is joined is counted by it.
        resources = page["/Resources"].get_object()
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject(key): resources.raw_get(key) for key in sorted(resources)}
        )
    return reader


def turn_links_inward(writer: PdfWriter, firsts: dict[str, int]) -> None:
    """Let each link to another page of the site lead to that page's place in the PDF."""
    for page in writer.pages:
        kept = ArrayObject()
        for reference in page.get("/Annots", ()):
            note = reference.get_object()
            address = note.get("/A", DictionaryObject()).get("/URI")
            if isinstance(address, str) and address.startswith(HOST):
                name = urldefrag(address.removeprefix(HOST))[0].removesuffix(".html")
                if name not in firsts:
                    continue  # a download: there is none on paper
                del note["/A"]
                target = writer.pages[firsts[name]].indirect_reference
                note[NameObject("/Dest")] = ArrayObject([target, NameObject("/Fit")])
            kept.append(reference)
        if "/Annots" in page:
            page[NameObject("/Annots")] = kept


def join(printed: dict[str, bytes], sheets: PdfReader | None, written: datetime, title: str) -> bytes:
    """Return one PDF of the pages, each with its number where ``sheets`` has them.

    Parameters
    ----------
    printed
        The PDF of each page of the site, in reading order.
    sheets
        A page for each page, to lay over it.
    written
        The date that the PDF states.
    title
        What the PDF is called in a reader's window.
    """
    writer = PdfWriter()
    firsts: dict[str, int] = {}
    for name, content in printed.items():
        firsts[name] = len(writer.pages)
        writer.append(steady(content), import_outline=True)
    for page, sheet in zip(writer.pages, sheets.pages if sheets else (), strict=False):
        page.merge_page(sheet)
    for page in writer.pages:
        page.compress_content_streams()
    turn_links_inward(writer, firsts)
    # One copy of what all pages share, fonts above all.
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    date = written.strftime("D:%Y%m%d%H%M%SZ")
    writer.metadata = {"/Title": title, "/CreationDate": date, "/ModDate": date}
    writer.root_object[NameObject("/PageMode")] = NameObject("/UseOutlines")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def make(root: Path, site: Path, names: list[str], title: str) -> bytes:
    """Return the PDF of the named pages of the site in the folder ``site``."""
    with browser.launched() as chromium:
        printed = print_pages(chromium, site.resolve(), names)
        count = sum(len(PdfReader(io.BytesIO(content)).pages) for content in printed.values())
        sheets = numbers(chromium, count) if count > 1 else None
    return join(printed, sheets, commit_date(root), title)


def main(arguments: list[str] | None = None) -> None:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(description="Print the book as a PDF.")
    parser.add_argument("page", nargs="?", help="this page alone, by its name in _toc.yml")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html", help="the built site")
    parser.add_argument("--output", type=Path, help="where the PDF goes")
    chosen = parser.parse_args(arguments)
    title = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["title"]
    if chosen.page:
        names, stem = [chosen.page], Path(chosen.page).name
    else:
        names, stem = contents.pages(ROOT / "_toc.yml"), title.lower()
    output = chosen.output or ROOT / "_build" / f"{stem}.pdf"
    try:
        content = make(ROOT, chosen.site, names, title)
    except PrintError as error:
        sys.exit(str(error))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(content)
    print(f"The PDF: {output}")


if __name__ == "__main__":
    main()
