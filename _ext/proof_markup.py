"""Mend two things in the pages that sphinx-proof and sphinx-exercise write.

* Every proof, theorem, exercise and solution of a page gets the same ``id`` as its fellows
  (``proof``, ``proof-content`` and so on). An id has to be unique, and nothing links to these.
* The word "Proof." is plain text, and nothing tells it from the first sentence.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

REPEATED = {"proof", "proof-content", "exercise-content", "solution-content"}
LEAD = "Proof. "


def mend(document: nodes.document) -> None:
    """Drop the repeated ids, and mark the word that opens a proof."""
    for node in document.findall(nodes.Element):
        if REPEATED.intersection(node.get("ids", ())):
            mark_lead(node)
            node["ids"] = [name for name in node["ids"] if name not in REPEATED]


def mark_lead(node: nodes.Element) -> None:
    """Set the opening word in a paragraph of ``node`` in strong type, if it is a proof's."""
    paragraph = node.next_node(nodes.paragraph)
    if "proof" not in node["ids"] or paragraph is None or not paragraph.children:
        return
    first = paragraph[0]
    if isinstance(first, nodes.Text) and first.startswith(LEAD):
        word = nodes.strong("", LEAD.strip(), classes=["proof-lead"])
        paragraph[0:1] = [word, nodes.Text(" " + first[len(LEAD) :])]


def on_resolved(_app: Sphinx, document: nodes.document, _page: str) -> None:
    """Mend a page before it is written."""
    mend(document)


def setup(app: Sphinx) -> dict[str, Any]:
    """Run on each page when its references are resolved."""
    app.connect("doctree-resolved", on_resolved)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
