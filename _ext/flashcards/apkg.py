"""A collection of flashcards as a package for Anki.

A package that is imported again updates the notes that are there and leaves their schedules alone: a note
is known by its guid, which hangs on the names of the collection and of the card only, and it is updated if
the edition is higher. The same cards give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from html import escape
from pathlib import Path

import genanki

from .cards import Card, Collection
from .markup import for_anki

# An edition is a day of this clock: Anki compares the times at which notes were changed.
FIRST, DAY = 1_600_000_000, 86_400
FIRST_IN_A_ZIP = (1980, 1, 1, 0, 0, 0)
FIELDS = ("Front", "Back", "Source", "Id")
FRONT = "{{Front}}"
BACK = '{{FrontSide}}\n\n<hr id="answer">\n\n{{Back}}\n{{#Source}}<p class="source">{{Source}}</p>{{/Source}}'
STYLE = """.card { font-family: Georgia, serif; font-size: 20px; line-height: 1.5; text-align: left;
  max-width: 38em; margin: 0 auto; padding: 0.5em; }
code { font-size: 0.9em; }
.source { font-size: 0.8em; }
"""


def number(*names: str) -> int:
    """Return a number of 31 bits that hangs on names only.

    >>> number("a", "b") == number("a", "b") != number("ab")
    True
    """
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1 | 1 << 30


def model(collection: Collection) -> genanki.Model:
    """Return the note type: a question and an answer, and where it is taught."""
    return genanki.Model(
        number("flashcards", "model", collection.name),
        f"{collection.title} flashcard",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Card", "qfmt": FRONT, "afmt": BACK}],
        css=STYLE,
    )


def note(card: Card, kind: genanki.Model, name: str) -> genanki.Note:
    """Return the note of a card."""
    source = f'<a href="{escape(card.address)}">Where it is taught</a>' if card.address else ""
    return genanki.Note(
        kind,
        [for_anki(card.front), for_anki(card.back), source, card.id],
        sort_field=card.id,
        guid=genanki.guid_for("flashcards", name, card.id),
        tags=[card.deck],
    )


def package(collection: Collection) -> bytes:
    """Return the package: a deck for each deck, under one of the collection's title."""
    kind = model(collection)
    decks = []
    for deck in collection.decks:
        found = genanki.Deck(
            number("flashcards", collection.name, deck.id), f"{collection.title}::{deck.title}"
        )
        for card in deck.cards:
            found.add_note(note(card, kind, collection.name))
        decks.append(found)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cards.apkg")
        genanki.Package(decks).write_to_file(path, timestamp=FIRST + collection.edition * DAY)
        return without_times(path.read_bytes())


def without_times(package: bytes) -> bytes:
    """Return a zip file with the same members, which tells nothing of when and where it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, FIRST_IN_A_ZIP)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            new.writestr(member, old.read(name))
    return out.getvalue()
