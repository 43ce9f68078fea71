"""Flashcards: a deck on a page to read or to flip through, and files for Anki, Obsidian and spreadsheets.

README.md in this folder tells what the directive takes. The order of things: when the page is read, each
card becomes nodes, so that links, code and formulas in it are those of the book (this file); when the page
is written, the files to download are written beside it (`apkg.py`, `table.py`, `obsidian.py`), and the page
gets the script that makes a desk of the list, which is plain JavaScript in `loader/`.
"""

from __future__ import annotations

import hashlib
import posixpath
import shutil
from collections.abc import Callable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from . import apkg, obsidian, table
from .cards import Card, CardsError, Collection, Deck, read

logger = logging.getLogger(__name__)

LOADER = Path(__file__).parent / "loader"
ENTRY, STYLE = "flashcards.js", "flashcards.css"
FOLDER = "flashcards"
# What a reader can download: the ending of the file, what it is for, and what writes it.
FILES: dict[str, tuple[str, Callable[[Collection], bytes]]] = {
    ".apkg": ("Anki", apkg.package),
    ".md": ("Obsidian, with the plugin Spaced Repetition", obsidian.notes),
    ".csv": ("a spreadsheet", table.rows),
}


class flashcards(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """All decks of a directive."""


class flashcard_deck(nodes.General, nodes.Element):  # noqa: N801
    """The cards of a deck."""


class flashcard(nodes.General, nodes.Element):  # noqa: N801
    """A card: what stands before its back is its front."""


class flashcard_back(nodes.General, nodes.Element):  # noqa: N801
    """The back of a card, and what is said about the card."""


def filled(template: str, card: Card) -> str:
    """Return a template with a card's fields in it, or nothing if the card lacks one of them.

    >>> card = Card("a", "one", "Front?", "Back.", {"section": "first"})
    >>> filled("Taught in [](${deck}.md#${section}).", card), filled("See ${page}.", card)
    ('Taught in [](one.md#first).', '')
    """
    try:
        return Template(template).substitute(card.names)
    except KeyError:
        return ""


class Flashcards(SphinxDirective):
    """The directive ``flashcards``."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {  # noqa: RUF012 (docutils has it so)
        "name": directives.unchanged_required,
        "title": directives.unchanged_required,
        "about": directives.unchanged,
        "concept": directives.unchanged,
        "address": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the links to the files, and the decks."""
        relative, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        name = self.options.get("name", Path(path).stem)
        try:
            collection = read(Path(path), name, self.options.get("title", name))
        except CardsError as error:
            logger.warning("%s", error, location=self.get_location(), type="flashcards")
            return []
        found = flashcards("", flashcards_file=path, flashcards_name=name)
        found["flashcards_title"] = collection.title
        found["flashcards_address"] = self.options.get("address", "")
        found += [self.deck(deck) for deck in collection.decks]
        return [self.downloads(name), found]

    def downloads(self, name: str) -> nodes.bullet_list:
        """Return the list of files to download."""
        here = posixpath.dirname(self.env.docname)
        rows = nodes.bullet_list(classes=["flashcards-files"])
        for ending, (use, _) in FILES.items():
            address = posixpath.relpath(f"{FOLDER}/{name}{ending}", here or ".")
            link = nodes.reference("", f"{name}{ending}", refuri=address, internal=False)
            rows += nodes.list_item("", nodes.paragraph("", "", link, nodes.Text(f" for {use}")))
        return rows

    def deck(self, deck: Deck) -> flashcard_deck:
        """Return the node of a deck."""
        found = flashcard_deck("", deck=deck.id, deck_title=deck.title, deck_size=len(deck.cards))
        found += [self.card(card) for card in deck.cards]
        return found

    def card(self, card: Card) -> flashcard:
        """Return the node of a card."""
        back = flashcard_back("", *self.parsed(card.back))
        about = [filled(line, card) for line in self.options.get("about", "").splitlines()]
        concept = Template(self.options.get("concept", ""))
        words = [concept.safe_substitute(concept=word) for word in card.fields.get("concepts", ())]
        about = [line for line in [*about, f"Words: {', '.join(words)}." if any(words) else ""] if line]
        for said in self.parsed(" ".join(about)) if about else []:
            said["classes"].append("flashcard-about")
            back += said
        return flashcard("", *self.parsed(card.front), back, card=card.id)

    def parsed(self, text: str) -> list[nodes.Node]:
        """Return the nodes of a text in the page's language."""
        holder = nodes.container()
        lines = StringList(text.splitlines(), source=self.get_source_info()[0])
        self.state.nested_parse(lines, self.content_offset, holder)
        return holder.children


def tag(name: str, **attributes: object) -> str:
    """Return an opening tag; ``class_`` stands for ``class``, and an underscore for a hyphen.

    >>> tag("div", class_="a", data_card='x"y')
    '<div class="a" data-card="x&quot;y">'
    """
    said = [
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items()
    ]
    return f"<{name}{''.join(said)}>"


def visit_flashcards(self: Any, node: flashcards) -> None:
    """Open the decks, with a place for the desk that the script sets up."""
    self.body.append(tag("div", class_="flashcards", data_flashcards=node["flashcards_name"]))
    self.body.append('<div class="flashcards-desk" hidden></div>\n')


def visit_deck(self: Any, node: flashcard_deck) -> None:
    """Open a deck: its title, behind which it unfolds."""
    size = f"{node['deck_size']} cards"
    self.body.append(tag("details", class_="flashcard-deck", data_deck=node["deck"]))
    self.body.append(
        f'<summary><span class="flashcard-deck-title">{escape(node["deck_title"])}</span> '
        f'<span class="flashcard-deck-size">{size}</span></summary>\n'
    )


def visit_card(self: Any, node: flashcard) -> None:
    """Open a card and its front."""
    self.body.append(tag("div", class_="flashcard", id=f"flashcard-{node['card']}", data_card=node["card"]))
    self.body.append('<div class="flashcard-front">\n')


def visit_back(self: Any, _node: flashcard_back) -> None:
    """Close the front, and open the back."""
    self.body.append('</div>\n<details><summary>Answer</summary>\n<div class="flashcard-back">\n')


def close(*names: str) -> Callable[[Any, nodes.Element], None]:
    """Return the function that closes elements."""

    def depart(self: Any, _node: nodes.Element) -> None:
        self.body.append("".join(f"</{name}>" for name in names) + "\n")

    return depart


def loader_folder() -> str:
    """Return the script's folder on the site, named by what is in it: no two versions are mixed."""
    content = b"".join(path.read_bytes() for path in sorted(LOADER.iterdir()))
    return f"{FOLDER}/desk-{hashlib.sha256(content).hexdigest()[:12]}"


def write_files(app: Sphinx, node: flashcards) -> None:
    """Write the files to download."""
    base, address = str(app.config.html_baseurl or ""), node["flashcards_address"]
    collection = read(Path(node["flashcards_file"]), node["flashcards_name"], node["flashcards_title"])
    if base and address:
        collection = collection.with_addresses(lambda card: base + filled(address, card))
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for ending, (_, write) in FILES.items():
        (folder / f"{collection.name}{ending}").write_bytes(write(collection))


def complete_page(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page with flashcards its script and its style, and write its files."""
    found = list(doctree.findall(flashcards)) if doctree is not None else []
    for node in found:
        write_files(app, node)
    if found:
        app.add_css_file(f"{loader_folder()}/{STYLE}")
        app.add_js_file(f"{loader_folder()}/{ENTRY}", type="module")
        for module in sorted(LOADER.glob("*.js")):
            if module.name != ENTRY:
                address = context["pathto"](f"_static/{loader_folder()}/{module.name}", 1)
                context["metatags"] += tag("link", rel="modulepreload", href=address)


def prepare(app: Sphinx, config: Config) -> None:
    """Make the folder that the site copies the script from."""
    static = Path(app.doctreedir) / "flashcards_static"
    shutil.rmtree(static, ignore_errors=True)
    shutil.copytree(LOADER, static / loader_folder())
    config.html_static_path.append(str(static))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive; the extension has no settings."""
    app.add_node(flashcards, html=(visit_flashcards, close("div")))
    app.add_node(flashcard_deck, html=(visit_deck, close("details")))
    app.add_node(flashcard, html=(visit_card, close("div")))
    app.add_node(flashcard_back, html=(visit_back, close("div", "details")))
    app.add_directive("flashcards", Flashcards)
    app.connect("config-inited", prepare)
    app.connect("html-page-context", complete_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
