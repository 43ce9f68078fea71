"""A collection of flashcards as a table, CSV in UTF-8."""

from __future__ import annotations

import csv
import io

from .cards import Collection
from .markup import plain

HEAD = ("id", "deck", "front", "back", "address")


def rows(collection: Collection) -> bytes:
    """Return the file: a header, and a row for each card in plain text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for deck in collection.decks:
        for card in deck.cards:
            writer.writerow([card.id, deck.title, plain(card.front), plain(card.back), card.address])
    return out.getvalue().encode()
