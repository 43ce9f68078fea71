"""Print a sheet of short tables from a YAML file, with verdicts out of a ledger of claims.

The directive reads the sheet, and the ledger if one of its tables asks for it::

    ```{fact-sheet} ../practice/sheet.yml
    :ledger: ../practice/claims.yml
    :style: sheet.css
    ```

The file is a list of tables; each becomes a section of the page::

    - title: A title
      columns: [one, two]
      rows:
        - cells: [Markdown, Markdown]
      note: A sentence below the table, if there is one.
    - title: What people say
      columns: [they say, verdict]
      claims: [an-id-of-the-ledger, another]

A row may have more keys, such as expressions for a test to compute; they are not printed. The style, a file
of ``html_static_path``, is loaded on the pages that have a sheet and on no other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import claims_ledger

logger = logging.getLogger(__name__)

Table = dict[str, Any]
Claims = dict[str, dict[str, Any]]
KEYS = {"title", "columns", "rows", "claims", "note"}


class SheetError(ValueError):
    """A sheet that cannot be printed; the message names the table and says what was expected."""


def faults(table: Any) -> list[str]:
    """Say what is wrong with a table.

    >>> faults({"title": "T", "columns": ["a", "b"], "rows": [{"cells": ["1"]}]})
    ['row 1 has 1 cells, expected 2']
    """
    if not isinstance(table, dict):
        return [f"{table!r} is no mapping"]
    found = [f"unknown key {key}" for key in sorted(set(table) - KEYS)]
    found += [f"the key {key} is missing" for key in ("title", "columns") if not table.get(key)]
    if ("rows" in table) == ("claims" in table):
        found.append("expected either rows or claims")
    if found:
        return found
    width = len(table["columns"])
    if "claims" in table and width != 2:
        found.append(f"a table of claims has {width} columns, expected 2")
    for number, row in enumerate(table.get("rows", []), 1):
        count = len(row.get("cells", []))
        if count != width:
            found.append(f"row {number} has {count} cells, expected {width}")
    return found


def read(path: Path) -> list[Table]:
    """Return the tables of a sheet.

    Raises
    ------
    SheetError
        If the file is no such sheet.
    """
    try:
        sheet = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SheetError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(sheet, list):
        raise SheetError(f"{path.name}: expected a list of tables")
    for number, table in enumerate(sheet, 1):
        found = faults(table)
        if found:
            name = table.get("title", f"table {number}") if isinstance(table, dict) else f"table {number}"
            raise SheetError(f"{path.name}, {name}: {'; '.join(found)}")
    return sheet


def claim_cells(name: str, claims: Claims) -> list[str]:
    """Return a claim and its verdict as the cells of a row.

    >>> claim_cells("ice", {"ice": {"claim": "It melts.", "verdict": "holds when it is warm"}})
    ['It melts.', '[Holds](#claim-ice) when it is warm']

    Raises
    ------
    SheetError
        If the ledger has no verdict on the claim.
    """
    verdict = claims.get(name, {}).get("verdict")
    if verdict is None:
        raise SheetError(f"the ledger has no verdict on {name!r}")
    first, when, condition = verdict.partition(" when ")
    return [claims[name]["claim"], f"[{first.capitalize()}](#claim-{name}){when}{condition}"]


def markdown(table: Table, claims: Claims) -> list[str]:
    r"""Return the lines of a table, and of its note.

    >>> markdown({"columns": ["a"], "rows": [{"cells": ["x | y"]}]}, {})
    ['| a |', '| --- |', '| x \\| y |']
    """
    rows = [claim_cells(name, claims) for name in table.get("claims", [])]
    rows += [[str(cell) for cell in row["cells"]] for row in table.get("rows", [])]
    lines = [table["columns"], ["---"] * len(table["columns"]), *rows]
    found = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return [*found, *(["", table["note"]] if "note" in table else [])]


class FactSheet(SphinxDirective):
    """The directive ``fact-sheet``: a section a table."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"ledger": directives.unchanged_required, "style": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the sheet."""
        sheet = nodes.container(classes=["fact-sheet"], style_file=self.options.get("style", ""))
        try:
            claims = self.claims()
            sheet += [self.section(table, claims) for table in read(self.path(self.arguments[0]))]
        except (SheetError, claims_ledger.LedgerError) as error:
            logger.warning("%s", error, location=self.get_location(), type="fact_sheet")
        return [sheet]

    def path(self, name: str) -> Path:
        """Return where a file is that the page names, which is built again when the file changes."""
        relative, absolute = self.env.relfn2path(name)
        self.env.note_dependency(relative)
        return Path(absolute)

    def claims(self) -> Claims:
        """Return the ledger's entries by id."""
        if "ledger" not in self.options:
            return {}
        ledger = claims_ledger.read(self.path(self.options["ledger"]))
        return {entry["id"]: entry for entries in ledger.values() for entry in entries}

    def section(self, table: Table, claims: Claims) -> nodes.section:
        """Return the section of a table."""
        name = nodes.fully_normalize_name(table["title"])
        section = nodes.section(names=[name], classes=["claims"] if "claims" in table else [])
        section += nodes.title(table["title"], table["title"])
        self.state.document.note_implicit_target(section, section)
        lines = StringList(markdown(table, claims), source=self.arguments[0])
        self.state.nested_parse(lines, self.content_offset, section)
        return section


def style(app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: Any) -> None:
    """Load the style of a sheet on the page that has it."""
    if doctree is None:
        return
    for sheet in doctree.findall(nodes.container):
        if sheet.get("style_file"):
            app.add_css_file(sheet["style_file"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("fact-sheet", FactSheet)
    app.connect("html-page-context", style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
