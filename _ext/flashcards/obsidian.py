"""A collection of flashcards as a note for Obsidian and its plugin Spaced Repetition.

The plugin takes a deck from a tag that begins with ``#flashcards``, and a card from a question, a line with
``?``, and an answer, which ends at the next empty line. Concepts are links to notes: ``[[concept]]``.
"""

from __future__ import annotations

from .cards import Card, Collection
from .markup import one_block


def tag(*parts: str) -> str:
    """Return the tag of a deck.

    >>> tag("waves", "deep_water")
    '#flashcards/waves/deep_water'
    """
    return "/".join(["#flashcards", *parts])


def card_block(card: Card) -> str:
    r"""Return the lines of a card.

    >>> print(card_block(Card("a", "one", "Why?", "So.\n\nYes.", {"concepts": ["wave", "wind"]}, "https://a.example/")))
    Why?
    ?
    So.
    Yes.
    [[wave]], [[wind]]
    [Where it is taught](https://a.example/)
    """
    lines = [one_block(card.front), "?", one_block(card.back)]
    words = [f"[[{word}]]" for word in card.fields.get("concepts", ())]
    lines += [", ".join(words)] if words else []
    lines += [f"[Where it is taught]({card.address})"] if card.address else []
    return "\n".join(lines)


def notes(collection: Collection) -> bytes:
    """Return the file."""
    parts = [f"# {collection.title}"]
    for deck in collection.decks:
        parts += [f"## {deck.title}", tag(collection.name, deck.id), *map(card_block, deck.cards)]
    return ("\n\n".join(parts) + "\n").encode()
