"""Serve the built book to this machine, compressed as a web host would.

``python tools/serve.py`` serves ``_build/html`` at port 8000 or the next free one; PORT chooses
another, and 0 takes any.
"""

from __future__ import annotations

import argparse
import asyncio
import mimetypes
import os
import sys
from http import HTTPStatus
from pathlib import Path

from tornado import httputil
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler

from finish.folder import NAMED_BY_CONTENT

YEAR = 365 * 24 * 3600
ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
DEFAULT_PORT = 8000
PORTS_TO_TRY = 20
LAST_PORT = 65535
# Not every machine's own table has these, and a wrong one stops a script or a font.
TYPES = {
    ".css": "text/css",
    ".ipynb": "application/json",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


class Page(StaticFileHandler):
    """A file of the site. The browser asks each time and gets a short "not modified".

    A file whose name tells its content is another one when it changes, so it is kept and not asked for.
    """

    def set_extra_headers(self, path: str) -> None:
        """Let nothing be shown from an older build."""
        known = NAMED_BY_CONTENT.search(f"/{path}")
        self.set_header("Cache-Control", f"max-age={YEAR}, immutable" if known else "no-cache")

    def compute_etag(self) -> str:
        """Tell one build's file from another's; Tornado would hash it once and keep the answer."""
        state = Path(self.absolute_path or "").stat()
        return f'"{state.st_mtime_ns:x}-{state.st_size:x}"'

    def write_error(self, status_code: int, **_: object) -> None:
        """Send the site's own page for a wrong address, or say what is wrong in a line."""
        own = Path(self.root) / "404.html"
        if status_code == HTTPStatus.NOT_FOUND and own.is_file():
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish(own.read_bytes())
            return
        reason = httputil.responses.get(status_code, "error")
        self.finish(
            f'<!doctype html><html lang="en"><title>{status_code}</title><body>'
            f'<p>{status_code}: {reason}. <a href="/">To the book</a></p></body></html>'
        )


def application(site: Path) -> Application:
    """Return the web application that serves the folder ``site``."""
    for suffix, kind in TYPES.items():
        mimetypes.add_type(kind, suffix)
    settings = {"path": str(site), "default_filename": "index.html"}
    return Application([(r"/(.*)", Page, settings)], compress_response=True)


def listen(site: Path, port: int) -> int:
    """Start to serve on ``port``, or the next that is free, and return it.

    Raises
    ------
    OSError
        If the port cannot be, or none of the ports is free.
    """
    if not 0 <= port <= LAST_PORT:
        raise OSError(f"expected a port from 0 to {LAST_PORT}")
    last = min(port + PORTS_TO_TRY, LAST_PORT) if port else 0
    for candidate in range(port, last + 1):
        try:
            sockets = bind_sockets(candidate, HOST)
        except OSError:
            if candidate == last:
                raise
            continue
        server = HTTPServer(application(site))
        server.add_sockets(sockets)
        return int(sockets[0].getsockname()[1])
    raise AssertionError("the last port returns or raises")


async def serve(site: Path, port: int) -> None:
    """Serve until interrupted."""
    taken = listen(site, port)
    print(f"The book is at http://{HOST}:{taken}/ (stop with Ctrl+C)", flush=True)
    await asyncio.Event().wait()


def main(arguments: list[str] | None = None) -> None:
    """Serve what the command line asks for."""
    parser = argparse.ArgumentParser(description="Serve the built book.")
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--port", type=int, default=os.environ.get("PORT") or DEFAULT_PORT)
    chosen = parser.parse_args(arguments)
    if not (chosen.site / "index.html").is_file():
        sys.exit(f"There is no site in {chosen.site}: build it first (make book).")
    try:
        asyncio.run(serve(chosen.site, chosen.port))
    except OSError as error:
        sys.exit(f"Cannot serve on port {chosen.port} or the next ones: {error}")
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
