"""The site as a folder: what is in it, by path from its root, and names that tell the content."""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import Path

STATIC = "_static"
# Named by Sphinx, MyST-NB or static_widgets after what is in them.
NAMED_BY_CONTENT = re.compile(r"/[0-9a-f]{16,64}\.\w+$|\.[0-9a-f]{12}\.\w+$|/loader-[0-9a-f]{12}/")
NAMED = re.compile(r"""\s(?:href|src|content)=["']([^"'?#]+)""")


def digest(content: bytes) -> str:
    """Return twelve letters that tell one content from another."""
    return hashlib.sha256(content).hexdigest()[:12]


def hashed(name: str, content: bytes) -> str:
    """Return a path with the hash of the content before its ending.

    >>> hashed("a/b.css", b"")
    'a/b.e3b0c44298fc.css'
    """
    stem, ending = posixpath.splitext(name)
    return f"{stem}.{digest(content)}{ending}"


def relative(page: str, target: str) -> str:
    """Return how one file of the site is addressed from another.

    >>> relative("chapters/a.html", "_static/b.css")
    '../_static/b.css'
    """
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


class Folder:
    """A site on the disk.

    Parameters
    ----------
    root
        Its folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written: set[str] = set()

    def pages(self) -> dict[str, str]:
        """Return the text of each page by its path, in a fixed order."""
        found = sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*.html"))
        return {name: self.text(name) for name in found if not name.startswith(f"{STATIC}/")}

    def text(self, name: str) -> str:
        """Return the text of a file."""
        return (self.root / name).read_text("utf-8")

    def content(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return (self.root / name).read_bytes()

    def has(self, name: str) -> bool:
        """Say whether there is such a file."""
        return (self.root / name).is_file()

    def names(self, under: str) -> list[str]:
        """Return the files in a folder of the site, at any depth."""
        found = (path for path in (self.root / under).rglob("*") if path.is_file())
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def put(self, name: str, content: str | bytes) -> str:
        """Write a file and return its path."""
        self.written.add(name)
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def put_hashed(self, name: str, content: str | bytes) -> str:
        """Write a file under a name that tells its content, and return its path."""
        data = content.encode() if isinstance(content, str) else content
        return self.put(hashed(name, data), data)

    def rename(self, name: str) -> str:
        """Give a file a name that tells its content, if it has none, and return it."""
        return name if NAMED_BY_CONTENT.search(f"/{name}") else self.put_hashed(name, self.content(name))

    def sweep(self, keep: re.Pattern[str]) -> None:
        """Remove the files of ``_static`` that finishing has not written and that no page names.

        ``keep`` are those whose names a script puts together.
        """
        said = {
            posixpath.normpath(posixpath.join(posixpath.dirname(page), address))
            for page, text in self.pages().items()
            for address in set(NAMED.findall(text))
        }
        for name in self.names(STATIC):
            if name not in said and name not in self.written and not keep.search(name):
                (self.root / name).unlink()
        for folder in sorted((self.root / STATIC).rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
