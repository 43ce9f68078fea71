"""The package for Anki in Anki's own library: what arrives, how it looks, and what an update keeps."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from anki.collection import Collection as Anki
from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest, ImportLogWithChanges
from anki.scheduler.v3 import CardAnswer

from flashcards import apkg
from flashcards.cards import Collection, read

CARDS = Path(__file__).resolve().parents[2] / "practice" / "cards.yml"
SITE = "https://site.example/"

Bring = Callable[[Collection], ImportLogWithChanges]


@pytest.fixture(scope="module")
def cards() -> Collection:
    return read(CARDS, "momentum", "Momentum")


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[Anki]:
    """An empty collection of Anki's."""
    opened = Anki(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


@pytest.fixture
def bring(anki: Anki, tmp_path: Path) -> Bring:
    """Import cards as the program does when the reader opens the file and changes no option."""

    def run(collection: Collection) -> ImportLogWithChanges:
        path = tmp_path / "cards.apkg"
        path.write_bytes(apkg.package(collection))
        options = ImportAnkiPackageOptions()
        return anki.import_anki_package(ImportAnkiPackageRequest(package_path=str(path), options=options))

    return run


def changed(collection: Collection, edition: int) -> Collection:
    """The first card with another back, in an edition."""
    first = collection.decks[0]
    card = replace(first.cards[0], back="Another answer, $x$.")
    deck = replace(first, cards=(card, *first.cards[1:]))
    return replace(collection, edition=edition, decks=(deck, *collection.decks[1:]))


def note_of(anki: Anki, name: str):
    (found,) = anki.find_notes(f"Id:{name}")
    return anki.get_note(found)


def learn(anki: Anki, name: str) -> None:
    """Answer a card as a reader does: good, three times."""
    card = note_of(anki, name).cards()[0]
    anki.decks.select(card.did)
    for _ in range(3):
        queued = next(
            each for each in anki.sched.get_queued_cards(fetch_limit=200).cards if each.card.id == card.id
        )
        card = anki.get_card(card.id)
        card.start_timer()
        anki.sched.answer_card(
            anki.sched.build_answer(card=card, states=queued.states, rating=CardAnswer.GOOD)
        )
        if anki.get_card(card.id).queue == 2:
            return


def test_every_card_arrives(anki: Anki, bring: Bring, cards: Collection) -> None:
    log = bring(cards).log
    wanted = [card for deck in cards.decks for card in deck.cards]
    assert len(log.new) == log.found_notes == len(wanted)
    assert anki.note_count() == anki.card_count() == len(wanted)
    names = {deck.name for deck in anki.decks.all_names_and_ids()}
    assert names - {"Default", "Momentum"} == {f"Momentum::{deck.title}" for deck in cards.decks}
    for deck in cards.decks:
        for card in deck.cards:
            note = note_of(anki, card.id)
            assert note.keys() == list(apkg.FIELDS)
            assert note["Front"]
            assert note["Back"]
            assert note.tags == [deck.id]
            assert anki.decks.name(note.cards()[0].did) == f"Momentum::{deck.title}"


def test_no_picture_is_missing_and_no_card_is_empty(anki: Anki, bring: Bring, cards: Collection) -> None:
    bring(cards)
    media = anki.media.check()
    assert list(media.missing) == list(media.unused) == []
    assert list(anki.get_empty_cards().notes) == []
    problems, good = anki.fix_integrity()
    assert good, problems


def test_formulas_are_where_anki_looks_for_them(anki: Anki, bring: Bring, cards: Collection) -> None:
    bring(cards.with_addresses(lambda card: SITE + card.deck))
    seen = 0
    for deck in cards.decks:
        for card in deck.cards:
            shown = note_of(anki, card.id).cards()[0]
            question, answer = shown.question(), shown.answer()
            assert "$" not in question + answer, card.id
            assert question.count(r"\(") == card.front.count("$") / 2, card.id
            assert answer.count(r"\(") == (card.front + card.back).count("$") / 2, card.id
            assert answer.count(r"\(") == answer.count(r"\)")
            assert '<hr id="answer">' in answer
            assert f'<a href="{SITE}{deck.id}">' in answer
            seen += answer.count(r"\(")
    assert seen > 100


def test_a_new_edition_updates_a_note_and_keeps_what_was_learnt(
    anki: Anki, bring: Bring, cards: Collection
) -> None:
    bring(cards)
    name = cards.decks[0].cards[0].id
    learn(anki, name)
    before = note_of(anki, name).cards()[0]
    reviews = anki.db.all("select * from revlog")
    assert reviews
    assert before.reps == len(reviews)
    assert before.ivl > 0
    log = bring(changed(cards, cards.edition + 1)).log
    assert (len(log.new), len(log.updated)) == (0, anki.note_count())
    note = note_of(anki, name)
    assert note["Back"] == r"<p>Another answer, \(x\).</p>"
    after = note.cards()[0]
    assert after.id == before.id
    fields = ("did", "type", "queue", "due", "ivl", "factor", "reps", "lapses", "left")
    assert [getattr(after, field) for field in fields] == [getattr(before, field) for field in fields]
    assert anki.db.all("select * from revlog") == reviews


def test_the_same_edition_changes_nothing(anki: Anki, bring: Bring, cards: Collection) -> None:
    bring(cards)
    log = bring(changed(cards, cards.edition)).log
    assert (len(log.new), len(log.updated)) == (0, 0)
    assert "Another" not in note_of(anki, cards.decks[0].cards[0].id)["Back"]
