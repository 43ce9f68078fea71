"""Show the labs and a quiz one by one, without a book and without a kernel.

``python tools/labpage.py`` serves them and prints their addresses. The tests of the labs and the
benchmark of their frames open the same pages.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import momentum.lab
from momentum.lab import Lab, Quiz
from momentum.lab.questions import questions
from momentum.lab.widget import Assembled

SOURCES = Path(momentum.lab.__file__).parent / "js"
# What every widget of Jupyter carries; none of it is a lab's own.
OTHERS = {"comm", "layout", "tabbable", "tooltip"}
LABS: list[type[Lab]] = [
    lab
    for name in momentum.lab.__all__
    if isinstance(lab := getattr(momentum.lab, name), type) and issubclass(lab, Lab) and lab is not Lab
]


def shown() -> Iterator[Assembled]:
    """Yield each lab, and a quiz with questions of all kinds."""
    yield from (lab() for lab in LABS)
    yield Quiz("rolling_ball", *questions("rolling_ball"))


def write(folder: Path) -> None:
    """Write the page, and for each lab its code, its style and its initial state."""
    shutil.copy(Path(__file__).with_name("labpage.html"), folder / "index.html")
    shutil.copytree(SOURCES, folder / "js")
    for lab in shown():
        name = type(lab).__name__
        state = {key: getattr(lab, key) for key in lab.keys if key not in OTHERS and key[0] != "_"}
        (folder / f"{name}.js").write_text(lab._esm, "utf-8")
        (folder / f"{name}.css").write_text(lab._css, "utf-8")
        (folder / f"{name}.json").write_text(json.dumps(state), "utf-8")
        lab.close()


class Quiet(SimpleHTTPRequestHandler):
    """A file of the folder, never from a cache, and without a line a request."""

    def end_headers(self) -> None:
        """Let nothing be shown from an earlier run."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    """Write the pages into a folder that goes away again, serve it, and give its address."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()


if __name__ == "__main__":
    with served() as address:
        print(
            *(f"{address}?lab={lab.__name__}" for lab in [*LABS, Quiz]),
            "(stop with Ctrl+C)",
            sep="\n",
            flush=True,
        )
        try:
            Event().wait()
        except KeyboardInterrupt:
            print()
