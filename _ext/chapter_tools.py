"""Put a box below each chapter that is a notebook: run it, mend it, and remember that it was read.

Settings in ``_config.yml``::

    chapter_tools:
      archive: course-notebooks.zip
      files: [requirements.txt, pyproject.toml, README.md, LICENSE, "src/package/**/*"]
      readme: |
        What the archive's RUN.md says.
      form: erratum.yml
      field: where

The archive holds the notebooks of the contents, the files that the patterns name, from the source
folder on, and ``RUN.md``. Times and order in it are fixed, so two builds give the same bytes.

The links to Colab, Binder, to the source on its host and to the form for errata need ``book_home``;
while its repository is empty they are left out. ``form`` is the file of an issue form in
``.github/ISSUE_TEMPLATE``, and ``field`` the id of its field that says where the error is.

The box is the template ``chapter-tools.html``, named in the theme's ``article_footer_items``. The
chapters that a reader has reached the end of are kept by ``chapter-tools.js`` in the browser alone.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

import book_home

KEYS = {"archive", "files", "readme", "form", "field"}
# The earliest that a zip can tell: the files' own times differ from copy to copy.
MOMENT = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16
LEFTOVERS = {"__pycache__", ".ipynb_checkpoints"}
SCRIPT, STYLE = "chapter-tools.js", "chapter-tools.css"


def check(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings.

    Raises
    ------
    ConfigError
        If there is an unknown key, or one is missing.
    """
    if set(settings) != KEYS:
        raise ConfigError(f"chapter_tools has keys {sorted(settings)}; it takes all of {sorted(KEYS)}.")
    return settings


def chosen(root: Path, patterns: Iterable[str]) -> list[Path]:
    """Return the files that patterns name, in a fixed order.

    Raises
    ------
    ConfigError
        If a pattern names none.
    """
    found: set[Path] = set()
    for pattern in patterns:
        named = {path for path in root.glob(pattern) if path.is_file()}
        named = {path for path in named if not LEFTOVERS.intersection(path.parts)}
        if not named:
            raise ConfigError(f"chapter_tools: {pattern!r} in files names no file of {root.name}.")
        found |= named
    return sorted(found)


def write_archive(path: Path, contents: dict[str, bytes]) -> None:
    """Write a zip whose bytes depend on names and contents alone; all lies in a folder of its name."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(f"{path.stem}/{name}", MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = PLAIN_FILE
            # Else it says on which system it was made.
            entry.create_system = 3
            archive.writestr(entry, contents[name])


def links(home: dict[str, str], path: str, title: str, settings: dict[str, Any]) -> dict[str, str]:
    """Return the addresses on the repository's host, and where it can be run, of a page's source.

    Parameters
    ----------
    home
        The setting ``book_home``, checked.
    path
        The source, from the repository's root on.
    title
        The page's title.

    Returns
    -------
    dict
        Some of ``colab``, ``binder``, ``edit`` and ``erratum``; nothing without a repository.
    """
    repository, branch = home["repository"].rstrip("/"), home["branch"] or "main"
    if not repository:
        return {}
    binder = book_home.addresses(home)["{binder}"].partition("?")[0]
    found = {"binder": f"{binder}?{urlencode({'urlpath': f'lab/tree/{path}'})}"}
    if urlsplit(repository).netloc == "github.com":
        where = urlsplit(repository).path.strip("/").removesuffix(".git")
        page = f"https://github.com/{where}"
        asked = {
            "template": settings["form"],
            "title": f"Erratum: {title}",
            settings["field"]: f"{title} ({path})",
        }
        found |= {
            "colab": f"{book_home.COLAB}/github/{where}/blob/{quote(branch)}/{quote(path)}",
            "edit": f"{page}/edit/{quote(branch)}/{quote(path)}",
            "erratum": f"{page}/issues/new?{urlencode(asked)}",
            "install": f"%pip install git+{page}@{branch}",
        }
    return found


def is_notebook(app: Sphinx, page: str) -> bool:
    """Say whether a page is made of a notebook."""
    return page in app.env.all_docs and app.env.doc2path(page, base=False).endswith(".ipynb")


def complete_page(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Give each page the marks of what was read, and the page of a notebook what its box says."""
    app.add_js_file(SCRIPT, loading_method="defer")
    app.add_css_file(STYLE)
    if not is_notebook(app, page):
        return
    settings = check(app.config.chapter_tools)
    source = app.env.doc2path(page, base=False)
    home = book_home.check(app.config.book_home)
    context["chapter_tools"] = {
        "page": page,
        "notebook": context["pathto"](f"_sources/{context['sourcename']}", 1),
        "archive": context["pathto"](settings["archive"], 1),
        **links(home, source, app.env.titles[page].astext(), settings),
    }


def finish(app: Sphinx, error: Exception | None) -> None:
    """Write the archive when the pages are written."""
    if error or app.builder.format != "html":
        return
    settings = check(app.config.chapter_tools)
    root = Path(app.srcdir)
    notebooks = [
        root / app.env.doc2path(page, base=False) for page in app.env.all_docs if is_notebook(app, page)
    ]
    files = {*chosen(root, settings["files"]), *notebooks}
    contents = {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    contents["RUN.md"] = settings["readme"].encode()
    write_archive(Path(app.outdir, settings["archive"]), contents)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the settings; ``book_home`` has to be loaded too."""
    app.setup_extension("book_home")
    app.add_config_value("chapter_tools", {}, "html", types=(dict,))
    app.connect("html-page-context", complete_page)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
