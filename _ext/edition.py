"""Say which edition of the book a page belongs to, and how to cite it.

Version, title, authors and abstract come from ``CITATION.cff`` in the source folder; the date is that of
the last commit, so that two builds of one commit agree. Without git, or outside a repository, the date is
left out. The template ``edition.html``, named in the theme's ``footer_content_items``, writes both on
each page. On a page of Markdown::

    ```{citation} KEY
    ```

is the BibTeX entry under that key; with ``book_home`` set, it has the address too.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import book_home

FILE = "CITATION.cff"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def commit_day(root: Path) -> str:
    """Return the day of the last commit, as in 2026-01-31, or nothing where there is no repository."""
    try:
        done = subprocess.run(
            ["git", "log", "-1", "--format=%cs"], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    day = done.stdout.strip()
    # Not that of a repository that only holds this folder, such as one of somebody's whole home.
    return day if done.returncode == 0 and DAY.fullmatch(day) and (root / ".git").exists() else ""


def read(root: Path) -> dict[str, Any]:
    """Return what the file says on how to cite the book."""
    said: dict[str, Any] = yaml.safe_load((root / FILE).read_text("utf-8"))
    return said


def author(person: dict[str, str]) -> str:
    """Return an author as BibTeX wants it; braces keep the name of a group whole.

    >>> author({"name": "The authors"}), author({"given-names": "Ann", "family-names": "Lee"})
    ('{The authors}', 'Lee, Ann')
    """
    return (
        f"{{{person['name']}}}" if "name" in person else f"{person['family-names']}, {person['given-names']}"
    )


def bibtex(key: str, said: dict[str, Any], day: str, address: str) -> str:
    """Return the BibTeX entry; what is empty is left out.

    >>> print(bibtex("a2026", {"title": "T", "authors": [{"name": "A"}], "version": "1"}, "2026-01-31", ""))
    @misc{a2026,
      author  = {{A}},
      title   = {{T}},
      year    = {2026},
      version = {1},
    }
    """
    fields = {
        "author": " and ".join(author(person) for person in said["authors"]),
        "title": f"{{{said['title']}}}",
        "year": day[:4],
        "version": str(said.get("version", "")),
        "url": address,
    }
    lines = [f"  {name:<7} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


class Citation(SphinxDirective):
    """The directive ``citation``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the entry."""
        home = book_home.check(self.config.book_home)
        text = bibtex(
            self.arguments[0],
            read(Path(self.env.srcdir)),
            self.config.edition_day,
            home["site"] or home["repository"],
        )
        self.env.note_dependency(str(Path(self.env.srcdir, FILE)))
        block = nodes.literal_block(text, text, language="bibtex")
        self.set_source_info(block)
        return [block]


def tell(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Tell the template the edition."""
    context["edition"] = {"version": app.config.edition_version, "day": app.config.edition_day}


def prepare(app: Sphinx, config: Any) -> None:
    """Look version and day up, once."""
    root = Path(app.srcdir)
    config.edition_version = config.edition_version or str(read(root).get("version", ""))
    config.edition_day = config.edition_day or commit_day(root)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what is looked up, which a configuration may state instead, and the directive."""
    app.setup_extension("book_home")
    app.add_config_value("edition_version", "", "env", types=(str,))
    app.add_config_value("edition_day", "", "env", types=(str,))
    app.add_directive("citation", Citation)
    app.connect("config-inited", prepare)
    app.connect("html-page-context", tell)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
