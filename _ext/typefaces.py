"""Give the site its typefaces, from the npm packages that hold them.

The setting ``typefaces`` lists files, from the folder of ``_config.yml``. Each is copied to
``_static/fonts``, where the project's own stylesheet names it: so the stylesheet decides what a
face is for, and the package's version in the lock decides how it looks.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError


def collect(files: list[Path], target: Path) -> None:
    """Copy the files into a folder that then has these alone.

    Raises
    ------
    ExtensionError
        If a file is missing.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in files:
        if not file.is_file():
            raise ExtensionError(f"{file} is missing: run `npm ci` (`make book` does it).")
        shutil.copyfile(file, target / file.name)


def prepare(app: Sphinx, config: Config) -> None:
    """Make the folder that the site copies to ``_static/fonts``."""
    static = Path(app.doctreedir) / "typefaces_static"
    collect([Path(app.srcdir, name) for name in config.typefaces], static / "fonts")
    config.html_static_path.append(str(static))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the setting ``typefaces``."""
    app.add_config_value("typefaces", [], "html", types=(list,))
    app.connect("config-inited", prepare)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
