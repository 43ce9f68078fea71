"""Build the site twice and compare every byte: ``make test-twice``.

Each build runs every notebook. The first is the one that ``make test`` has left, where it is of this state:
it was built at another time, with Python's sets in another order. Compared are the names and the bytes of all
files: pages, widgets, pictures, the search's index, the inventory, fonts, downloads. The course as a PDF is
printed twice by ``make test-pdf``.
"""

from __future__ import annotations

import filecmp
import os
import sys
import tempfile
from pathlib import Path

import book
import offer


def differences(one: Path, other: Path) -> list[str]:
    """Return the files that only one of two folders has, or that differ, each with the reason."""
    names = [
        {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
        for root in (one, other)
    ]
    found = [f"{name}: only in one of the two" for name in sorted(names[0] ^ names[1])]
    for name in sorted(names[0] & names[1]):
        if not filecmp.cmp(one / name, other / name, shallow=False):
            found.append(
                f"{name}: {first_difference((one / name).read_bytes(), (other / name).read_bytes())}"
            )
    return found


def first_difference(one: bytes, other: bytes) -> str:
    """Say where two contents part.

    >>> first_difference(b"abcd", b"abxd")
    "at byte 2: b'abcd' and b'abxd'"
    """
    at = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    start = max(0, at - 30)
    return f"at byte {at}: {one[start : at + 30]!r} and {other[start : at + 30]!r}"


def first_site(root: Path, folder: Path) -> Path:
    """Return the site that ``make test`` has built, if it is of this state and without a PDF; else build it.

    Raises
    ------
    BuildError
        If the book cannot be built.
    """
    tested = root / "_build" / "test"
    if book.is_fresh(root, tested) and not offer.is_done(tested / "html"):
        return tested / "html"
    return book.build(root, folder / "first")


def main() -> None:
    """Build, compare, and say what differs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            os.environ["PYTHONHASHSEED"] = "1"
            one = first_site(book.ROOT, folder)
            # The order of Python's sets is another, in the kernels too.
            os.environ["PYTHONHASHSEED"] = "2"
            other = book.build(book.ROOT, folder / "other")
        except book.BuildError as error:
            sys.exit(str(error))
        if found := differences(one, other):
            sys.exit("Two builds differ:\n" + "\n".join(found))
        print(f"Two builds are the same, byte for byte: {sum(1 for _ in one.rglob('*.*'))} files.")


if __name__ == "__main__":
    main()
