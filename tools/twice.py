"""Build the site twice and compare every byte: ``make test-twice``.

Both builds take the outputs that the notebooks store, so no cell runs and no widget stands on the pages (that
the same widgets give the same page is in ``tests/site/static_widgets``). They differ in the folder and in the
seed by which Python orders its sets. Compared are the names and the bytes of all files: pages, the search's
index, the inventory, pictures, fonts, sources.
"""

from __future__ import annotations

import filecmp
import os
import re
import sys
import tempfile
from pathlib import Path

import book
from finish import finish

RUNS = re.compile(r"execute_notebooks: *\w+")


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


def build(root: Path, output: Path, seed: str) -> Path:
    """Build the site into a folder from the stored outputs, and return where it is.

    Raises
    ------
    BuildError
        If Sphinx has a warning.
    """
    output.mkdir(parents=True)
    text, count = RUNS.subn('execute_notebooks: "off"', (root / "_config.yml").read_text("utf-8"))
    if count != 1:
        raise book.BuildError("_config.yml: expected one line with execute_notebooks.")
    config = output / "_config.yml"
    # Its paths are from the project's folder all the same.
    config.write_text(text, "utf-8")
    os.environ["PYTHONHASHSEED"] = seed
    os.environ["PYTHONPATH"] = os.pathsep.join([str(root / "_ext"), os.environ.get("PYTHONPATH", "")])
    options = ("--config", str(config), "--path-output", str(output), "-n", "-W", "--keep-going", "-q")
    if book.run("jupyter-book", "build", ".", *options, cwd=root) != 0:
        raise book.BuildError("The book was not built: see the messages above.")
    site = output / "_build" / "html"
    finish(site)
    return site


def main() -> None:
    """Build, compare, and say what differs."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            sites = [
                build(book.ROOT, Path(folder, name), seed) for name, seed in (("a", "1"), ("other", "2"))
            ]
        except book.BuildError as error:
            sys.exit(str(error))
        if found := differences(*sites):
            sys.exit("Two builds differ:\n" + "\n".join(found))
        print(f"Two builds are the same, byte for byte: {sum(1 for _ in sites[0].rglob('*.*'))} files.")


if __name__ == "__main__":
    main()
