"""The service worker: which files of the site it keeps for reading without a network."""

from __future__ import annotations

import hashlib
import json
import posixpath
from pathlib import Path

from .folder import Folder

WORKER = "sw.js"
SCRIPT = Path(__file__).with_name("worker.js")
# All else is what a reader downloads on purpose, or only other programs ask for.
KEPT = {".html", ".css", ".js", ".json", ".woff2", ".svg", ".png", ".webp", ".jpg", ".gif"}
# The pages' sources, and the pictures that others show with a link to them.
LEFT = ("_sources/", "social/")


def kept(names: list[str]) -> list[str]:
    """Return the files that are needed to read, of all files of a site.

    >>> kept(["a.html", "_sources/a.md", "a.ipynb", "social/a.png", "sw.js", "_static/b.css"])
    ['_static/b.css', 'a.html']
    """
    return sorted(
        name
        for name in names
        if posixpath.splitext(name)[1] in KEPT and not name.startswith(LEFT) and name != WORKER
    )


def version(folder: Folder, names: list[str]) -> str:
    """Return a hash of the names and contents of files."""
    known = hashlib.sha256()
    for name in names:
        content = folder.content(name)
        known.update(f"{name} {len(content)}\n".encode())
        known.update(content)
    return known.hexdigest()[:16]


def write_worker(folder: Folder) -> str:
    """Write the service worker for the files that are in the folder now, and return its path."""
    names = kept(folder.names(""))
    call = f"keep({json.dumps(version(folder, names))}, {json.dumps(names)});\n"
    return folder.put(WORKER, SCRIPT.read_text("utf-8") + "\n" + call)
