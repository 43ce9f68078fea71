"""Print a ledger of claims: what is said, by whom, the verdict, the figure, and the cell that shows it.

The directive reads a YAML file, and the outputs that the notebooks beside its page store::

    ```{claims-ledger} ../practice/claims.yml
    ```

The file has one list of entries a theme, ``Theme: [entry, ...]``, and a theme becomes a section. An entry
has the fields ``id``, ``claim``, ``source`` (a list of citation keys, links in Markdown, and names from the
setting ``claims_sources``), ``chapter`` (a notebook beside the page, without its ending) and ``status``. If
the status is ``shown`` and not ``open``, these come on top:

``cell``
    The id of the cell that shows it.
``find``
    What that cell has printed, with ``{}`` where a figure stands and ``...`` where anything may stand.
``measured``
    A sentence with as many ``{}``, which receive the figures in their order. So no figure is typed.
``verdict``
    ``holds``, ``holds when ...`` or ``false as stated``.

Each entry can be linked to as ``claim-ID``. And each cell of code in the book, named in a ledger or not, can
be linked to as ``cell-ID``: ``[text](#cell-ID)``.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

Entry = dict[str, Any]
ALWAYS = ("id", "claim", "source", "chapter", "status")
FIELDS = {"open": ALWAYS, "shown": (*ALWAYS, "cell", "find", "measured", "verdict")}
VERDICT = re.compile(r"holds|holds when \S.*|false as stated")
KINDS = {"holds": "Holds", "holds when": "Holds when ...", "false": "False as stated", "open": "Open"}
GAP, FIGURE = "...", "{}"
# A number, also as a fraction or in per cent, or the answer of a test.
VALUE = r"(?<![\w.])([-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?(?:/\d+)?(?:\s?%)?(?![\w.]*\d)|True|False)"
ANSWERS = {"True": "yes", "False": "no"}
HEADING = re.compile(r"^(#+)[ \t]+(.+?)[ \t]*$", re.MULTILINE)


class LedgerError(ValueError):
    """An entry that cannot be printed; the message names it and says what was expected."""


def faults(entry: Entry) -> list[str]:
    """Say what is wrong with the fields of an entry.

    >>> faults({"id": "a", "claim": "It is.", "source": ["card"], "chapter": "one", "status": "maybe"})
    ["status 'maybe': expected shown or open"]
    """
    status = entry.get("status")
    if status not in FIELDS:
        return [f"status {status!r}: expected shown or open"]
    missing = [field for field in FIELDS[status] if field not in entry]
    strange = [field for field in entry if field not in FIELDS[status]]
    found = [f"the field {field} is missing, and the status is {status}" for field in missing]
    found += [f"the field {field} is not one of an entry that is {status}" for field in strange]
    for field, value in entry.items():
        kind = list if field == "source" else str
        good = isinstance(value, kind) and value and all(isinstance(part, str) and part for part in value)
        if field in FIELDS[status] and not good:
            wanted = "a list of texts, [one, two]" if kind is list else "a text, in quotes if need be"
            found.append(f"the field {field} is {value!r}: expected {wanted}")
    if not found and status == "shown":
        found += [f"the verdict is {entry['verdict']!r}: expected holds, holds when ..., or false as stated"]
        found = [] if VERDICT.fullmatch(entry["verdict"]) else found
        count, wanted = entry["find"].count(FIGURE), entry["measured"].count(FIGURE)
        if count != wanted or not count:
            found.append(f"find has {count} {FIGURE} and measured {wanted}: expected as many, at least one")
    return found


def read(path: Path) -> dict[str, list[Entry]]:
    """Return the entries of a ledger by theme.

    Raises
    ------
    LedgerError
        If the file is no such ledger, an entry has wrong fields, or two have one id.
    """
    try:
        ledger = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise LedgerError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(ledger, dict) or not all(isinstance(entries, list) for entries in ledger.values()):
        raise LedgerError(f"{path.name}: expected themes, each with a list of entries")
    entries = [entry for theme in ledger.values() for entry in theme]
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise LedgerError(f"{path.name}, entry {number}: {entry!r} is no mapping")
        found = faults(entry)
        if found:
            raise LedgerError(f"{path.name}, {entry.get('id', f'entry {number}')}: {'; '.join(found)}")
    twice = [name for name, count in Counter(entry["id"] for entry in entries).items() if count > 1]
    if twice:
        raise LedgerError(f"{path.name}: more than one entry has the id {', '.join(twice)}")
    return ledger


def printed(cell: Any) -> str:
    """Return what a cell has printed, and its result as text."""
    parts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stdout":
            parts.append(output.text)
        elif output.output_type in {"execute_result", "display_data"}:
            parts.append(output.data.get("text/plain", ""))
    return "\n".join(parts)


def figures(find: str, text: str) -> list[str] | None:
    """Return the figures that ``find`` points to in a text, or None if the text is another.

    >>> figures("at {} degrees ... {} left", "at -20 degrees: half of it, 0.5 left")
    ['-20', '0.5']
    >>> figures("equal: {}", "all of them equal:   True")
    ['yes']
    """
    parts = re.split(r"\s*(\.\.\.)\s*|(\{\}|\s+)", find)
    special = {GAP: ".*?", FIGURE: VALUE}
    pattern = "".join(r"\s+" if p.isspace() else special.get(p, re.escape(p)) for p in parts if p)
    match = re.search(pattern, text, re.DOTALL)
    return [ANSWERS.get(value, value) for value in match.groups()] if match else None


def cell_of(entry: Entry, notebook: Any) -> tuple[Any, str]:
    """Return the cell that shows an entry, and the heading above it.

    Raises
    ------
    LedgerError
        If the notebook has no cell of code of that id.
    """
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            titles = HEADING.findall(cell.source)
            heading = titles[-1][1] if titles else heading
        elif cell.cell_type == "code" and cell.get("id") == entry["cell"]:
            return cell, heading
    raise LedgerError(f"{entry['id']}: {entry['chapter']} has no cell of code {entry['cell']!r}")


def measured(entry: Entry, notebook: Any) -> str:
    """Return the sentence of an entry with the figures that its cell has printed.

    Raises
    ------
    LedgerError
        If the cell is not there, or has printed something else.
    """
    cell, _ = cell_of(entry, notebook)
    values = figures(entry["find"], printed(cell))
    if values is None:
        raise LedgerError(f"{entry['id']}: {entry['find']!r} is not in what {entry['cell']} has printed")
    sentence = entry["measured"]
    for value in values:
        sentence = sentence.replace(FIGURE, value, 1)
    return str(sentence)


def kind(entry: Entry) -> str:
    """Return the key of ``KINDS`` that an entry falls under."""
    verdict = entry.get("verdict", "open")
    return next(name for name in ("holds when", "holds", "false", "open") if verdict.startswith(name))


class ClaimsLedger(SphinxDirective):
    """The directive ``claims-ledger``: a section a theme, and in it a definition list of the claims."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the summary and the sections."""
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        try:
            ledger = read(Path(path))
        except LedgerError as error:
            logger.warning("%s", error, location=self.get_location(), type="claims_ledger")
            return []
        count = Counter(kind(entry) for entries in ledger.values() for entry in entries)
        told = ", ".join(f"*{words}*: {count[name]}" for name, words in KINDS.items())
        summary = nodes.paragraph("", "", classes=["claims-summary"])
        summary += self.inline(f"Statements: {count.total()}. {told}.")
        return [summary, *(self.section(theme, entries) for theme, entries in ledger.items())]

    def inline(self, text: str) -> list[nodes.Node]:
        """Return the nodes of a line of the page's language."""
        found, messages = self.state.inline_text(text, self.lineno)
        return [*found, *messages]

    def section(self, theme: str, entries: list[Entry]) -> nodes.section:
        """Return the section of a theme."""
        section = nodes.section(names=[nodes.fully_normalize_name(theme)])
        section += nodes.title(theme, "", *self.inline(theme))
        self.state.document.note_implicit_target(section, section)
        rows = nodes.definition_list(classes=["claims"])
        section += rows
        for entry in entries:
            try:
                rows += self.row(entry)
            except LedgerError as error:
                logger.warning("%s", error, location=self.get_location(), type="claims_ledger")
        return section

    def row(self, entry: Entry) -> nodes.definition_list_item:
        """Return a claim as a term, and its verdict, its figure and where they come from."""
        place = self.place(entry)
        verdict = entry.get("verdict", "open")
        verdict = verdict[:1].upper() + verdict[1:]
        name = f"claim-{entry['id']}"
        term = nodes.term("", "", *self.inline(entry["claim"]), names=[name])
        self.state.document.note_explicit_target(term, term)
        classes = ["verdict", kind(entry).replace(" ", "-")]
        badge = nodes.inline("", "", *self.inline(verdict), classes=classes)
        judged = nodes.paragraph("", "", nodes.strong("", "", badge), classes=["claim-verdict"])
        if entry["status"] == "shown":
            judged += [nodes.Text(": "), *self.inline(measured(entry, self.notebook(entry)))]
        known = self.config.claims_sources
        sources = (known.get(s, s if s.startswith("[") else f"{{cite:t}}`{s}`") for s in entry["source"])
        said = nodes.paragraph("", "", *self.inline(f"Said by {'; '.join(sources)}. {place}"))
        said["classes"] = ["claim-source"]
        return nodes.definition_list_item("", term, nodes.definition("", judged, said))

    def place(self, entry: Entry) -> str:
        """Return the sentence that leads to the cell, or says where the claim will be looked at."""
        if entry["status"] == "open":
            return f"To come: *{entry['chapter'].replace('_', ' ')}*."
        _, heading = cell_of(entry, self.notebook(entry))
        return f"Shown in [{heading}](#cell-{entry['cell']})."

    def notebook(self, entry: Entry) -> Any:
        """Return the notebook of the chapter of an entry."""
        name = posixpath.join(posixpath.dirname(self.env.docname), entry["chapter"])
        path = Path(self.env.doc2path(name))
        if path.suffix != ".ipynb" or not path.is_file():
            raise LedgerError(f"{entry['id']}: there is no notebook {entry['chapter']!r}")
        self.env.note_dependency(str(path))
        return nbformat.read(path, as_version=4)


def anchor_cells(app: Sphinx, document: nodes.document) -> None:
    """Let each cell of code that the page shows be linked to by its id in the notebook."""
    name = app.env.docname
    path = Path(app.env.doc2path(name))
    if path.suffix != ".ipynb":
        return
    cells = nbformat.read(path, as_version=4).cells
    labels = app.env.get_domain("std").data["anonlabels"]
    for node in document.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            anchor = f"cell-{cells[node['cell_index']].id}"
            node["ids"].append(anchor)
            labels[anchor] = (name, anchor)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, and the setting ``claims_sources``: what a source's name stands for."""
    app.add_config_value("claims_sources", {}, "env", types=(dict,))
    app.add_directive("claims-ledger", ClaimsLedger)
    app.connect("doctree-read", anchor_cells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
