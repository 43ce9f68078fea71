"""Read a file of flashcards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

NEEDED = ("id", "front", "back")


class CardsError(ValueError):
    """A file that holds no flashcards; the message names the card and says what was expected."""


@dataclass(frozen=True)
class Card:
    """A card, with the fields that only some readers of the file know."""

    id: str
    deck: str
    front: str
    back: str
    fields: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    title: str = ""

    @property
    def names(self) -> dict[str, Any]:
        """All fields by name, and the title of the deck."""
        return {**self.fields, "id": self.id, "deck": self.deck, "title": self.title}


@dataclass(frozen=True)
class Deck:
    """Cards of one theme."""

    id: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Collection:
    """All decks of a file; an edition that is larger is newer."""

    name: str
    title: str
    edition: int
    decks: tuple[Deck, ...]

    def with_addresses(self, address: Callable[[Card], str]) -> Collection:
        """Return the same cards, each with the address of the place that teaches it."""
        decks = [
            replace(deck, cards=tuple(replace(card, address=address(card)) for card in deck.cards))
            for deck in self.decks
        ]
        return replace(self, decks=tuple(decks))


def text(entry: dict[str, Any], name: str, where: str) -> str:
    """Return a field that must be a text."""
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CardsError(f"{where}: {name} is {value!r}; expected a text")
    return value.strip()


def card_of(entry: Any, deck: str, title: str, where: str) -> Card:
    """Return the card of an entry."""
    if not isinstance(entry, dict):
        raise CardsError(f"{where}: a card is {entry!r}; expected fields and their values")
    named = f"{where}, {entry.get('id', 'a card without an id')}"
    identity, front, back = (text(entry, name, named) for name in NEEDED)
    rest = {name: value for name, value in entry.items() if name not in NEEDED}
    return Card(identity, deck, front, back, rest, title=title)


def collection_of(data: Any, name: str, title: str, where: str) -> Collection:
    """Return the cards of what a file holds.

    Parameters
    ----------
    data
        ``{"edition": 1, "decks": [{"deck": ..., "title": ..., "cards": [...]}, ...]}``.
    name, title
        What files and what people call the collection.
    where
        What a message calls the file.

    Raises
    ------
    CardsError
        If it is something else, or two cards have one id.

    Examples
    --------
    >>> cards = [{"id": "a", "front": "Why?", "back": "So."}]
    >>> data = {"edition": 1, "decks": [{"deck": "d", "title": "D", "cards": cards}]}
    >>> found = collection_of(data, "name", "Name", "a file")
    >>> found.decks[0].cards[0].front
    'Why?'
    """
    decks = data.get("decks") if isinstance(data, dict) else None
    if not isinstance(decks, list) or not all(isinstance(deck, dict) for deck in decks):
        raise CardsError(f"{where}: expected an edition and a list of decks")
    edition = data.get("edition")
    if not isinstance(edition, int) or edition < 1:
        raise CardsError(f"{where}: the edition is {edition!r}; expected a whole number from 1 on")
    found = []
    for deck in decks:
        identity, title_of_deck = text(deck, "deck", where), text(deck, "title", where)
        entries = deck.get("cards") or []
        cards = tuple(card_of(entry, identity, title_of_deck, f"{where}, {identity}") for entry in entries)
        found.append(Deck(identity, title_of_deck, cards))
    for what, names in (("deck", [d.id for d in found]), ("card", [c.id for d in found for c in d.cards])):
        twice = [each for each, count in Counter(names).items() if count > 1]
        if twice:
            raise CardsError(f"{where}: more than one {what} has the id {', '.join(twice)}")
    return Collection(name, title, edition, tuple(found))


def read(path: Path, name: str, title: str) -> Collection:
    """Return the cards of a file; see `collection_of`."""
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise CardsError(f"{path.name} cannot be read: {error}") from error
    return collection_of(data, name, title, path.name)
