"""Search by sections: ranked by how well they fit, and kind to how readers write.

Sphinx's own search knows which pages have all the words, and puts them in the order of their titles. This
one ranks sections, entries of glossaries, functions and works: a word counts by how rare it is and whether a
title has it, a formula is found however it is written, and a word that the book does not have is taken as
another form of it, as two words, as a slip of the pen, or as what the setting says. It takes the place of the
theme's page ``search.html``; the script there reads an index that is fetched only to search.

The setting ``section_search`` in ``_config.yml``, all of it optional::

    section_search:
      weights: {chapters/api: 0.5, "#exercises": 0.6}  # how much a page counts, or a section by its anchor
      also: {nan: diverges explodes}  # a word of readers: what the book says for it
      help: [chapters/glossary]  # pages to offer where nothing is found
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import logging

from .index import Section, assemble, plain, sections

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent
INDEX, STYLE = "section-search.json", "section-search.css"
KEYS = {"weights": dict, "also": dict, "help": list}


def check(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the setting with its gaps filled.

    Raises
    ------
    ConfigError
        If there is an unknown key, or a value of the wrong kind.
    """
    for key, value in settings.items():
        if key not in KEYS or not isinstance(value, KEYS[key]):
            wanted = {name: kind.__name__ for name, kind in KEYS.items()}
            raise ConfigError(f"section_search: {key} is {value!r}; expected {wanted}.")
    return {key: settings.get(key, kind()) for key, kind in KEYS.items()}


def in_order(env: BuildEnvironment, page: str) -> Iterator[str]:
    """Yield a page and all below it, in the order of the contents."""
    yield page
    for below in env.toctree_includes.get(page, []):
        yield from in_order(env, below)


def prepare(_app: Sphinx, config: Config) -> None:
    """Judge the setting, and put the template of the search page in reach."""
    check(config.section_search)
    config.templates_path = [*config.templates_path, str(HERE / "templates")]


class Collector:
    """What a build has seen of the pages."""

    def __init__(self) -> None:
        self.found: dict[str, list[Section]] = {}

    def take(
        self, app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
    ) -> None:
        """Take the sections of a page that is written; tell the search page what it offers."""
        if doctree is not None:
            self.found[page] = sections(doctree)
        elif page == "search":
            titles = {name: plain(app.env.titles[name]) for name in in_order(app.env, app.config.root_doc)}
            offered = check(app.config.section_search)["help"]
            context["search_contents"] = list(titles.items())
            context["search_help"] = [(name, titles[name]) for name in offered if name in titles]
            context["search_index"] = f"_static/{INDEX}"
            app.add_css_file(STYLE)

    def write(self, app: Sphinx, error: Exception | None) -> None:
        """Write the index, in the order of the contents, and what reads it."""
        if error is not None or app.builder.format != "html":
            return
        settings = check(app.config.section_search)
        order = dict.fromkeys([*in_order(app.env, app.config.root_doc), *sorted(app.env.all_docs)])
        strange = sorted(
            {one for one in [*settings["weights"], *settings["help"]] if one[:1] != "#"} - set(order)
        )
        if strange:
            logger.warning("section_search names pages that the book does not have: %s", ", ".join(strange))
        pages = {}
        for name in order:
            # A page that a second build has left as it was has not been written.
            found = self.found.get(name) or sections(app.env.get_and_resolve_doctree(name, app.builder))
            pages[name] = (plain(app.env.titles[name]), found)
        static = Path(app.outdir, "_static")
        index = assemble(pages, settings["weights"], settings["also"])
        (static / INDEX).write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), "utf-8")
        for path in (HERE / "static").iterdir():
            shutil.copyfile(path, static / path.name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the setting, and take part in the writing of the pages."""
    collector = Collector()
    app.add_config_value("section_search", {}, "html", types=(dict,))
    app.connect("config-inited", prepare)
    app.connect("html-page-context", collector.take)
    app.connect("build-finished", collector.write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
