"""Flashcards on a small book: the cards on the page, and the files to download."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from flashcards import apkg, obsidian, table
from flashcards.cards import CardsError, Collection, collection_of, read

Build = Callable[..., tuple[str, str]]

PAGE = """# Cards

(the-top)=
## The top

```{flashcards} cards.yml
---
name: waves
title: Waves
about: |
  Taught in [${title}](#${section}).
  Said by [a page](https://example.org/${claim}).
concept: "*${concept}*"
address: "${deck}.html#${section}"
---
```
"""
DEEP = {
    "id": "deep",
    "front": "Is $a<b$ *so*?",
    "back": "It is `a & b`.\n\nAlways, and $$x^2$$",
    "section": "the-top",
}
WIND = {"id": "wind", "front": "What blows?", "back": "Wind.", "section": "the-top", "claim": "air"}
WIND |= {"concepts": ["wind", "air"]}
DATA = {
    "edition": 3,
    "digest": "",
    "decks": [
        {"deck": "sea", "title": "The sea", "cards": [DEEP]},
        {"deck": "sky", "title": "Sky", "cards": [WIND]},
    ],
}


def collection(**changes: object) -> Collection:
    return collection_of(DATA | changes, "waves", "Waves", "cards.yml")


@pytest.fixture
def page(build: Build, tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Build a book with the cards."""

    def run(data: object = DATA, **settings: object) -> tuple[str, str]:
        (tmp_path / "source").mkdir()
        (tmp_path / "source" / "cards.yml").write_text(yaml.safe_dump(data), "utf-8")
        return build(PAGE, ("flashcards",), **settings)

    return run


def test_cards_are_part_of_the_page(page: Callable[..., tuple[str, str]]) -> None:
    html, warnings = page()
    assert warnings == ""
    deck = re.search(r'<details class="flashcard-deck" data-deck="sea">.*?</details></div>', html, re.DOTALL)
    assert deck is None or "sky" not in deck[0]
    card = html[html.index('id="flashcard-wind"') :]
    assert re.search(r'<div class="flashcard-front">\s*<p>What blows\?</p>\s*</div>', card)
    back = re.search(
        r'<details><summary>Answer</summary>\s*<div class="flashcard-back">(.*?)</div>', card, re.DOTALL
    )
    assert back
    assert "<p>Wind.</p>" in back[1]
    assert '<p class="flashcard-about">' in back[1]
    assert re.search(r'href="#the-top">.*Sky', back[1])
    assert 'href="https://example.org/air"' in back[1]
    assert "<em>wind</em>, <em>air</em>" in back[1]
    deep = html[html.index('id="flashcard-deep"') : html.index('data-deck="sky"')]
    assert "example.org" not in deep
    assert deep.count('class="math') == 2
    assert "<code" in deep
    assert html.count("<details") == html.count("</details>") == 4


def test_the_script_comes_with_the_page_and_is_nowhere_inline(
    page: Callable[..., tuple[str, str]], tmp_path: Path
) -> None:
    html, _ = page()
    (entry,) = re.findall(r'<script type="module" src="(_static/flashcards/desk-\w{12}/flashcards\.js)', html)
    for name in re.findall(r'(?:src|href)="(_static/flashcards/[^"?]+)', html):
        assert (tmp_path / "html" / name).is_file()
    assert html.count("modulepreload") == 3
    assert (tmp_path / "html" / entry).with_name("desk.js").is_file()
    cards = html[html.index('class="flashcards"') : html.index('data-deck="sky"')]
    assert not re.search(r"<script|\sstyle=|\son\w+=", cards)


def test_a_page_without_cards_gets_none_of_this(build: Build) -> None:
    html, _ = build("# Page\n", ("flashcards",))
    assert "flashcards" not in html.replace("The flashcards", "")


def test_the_files_lie_where_the_links_lead(page: Callable[..., tuple[str, str]], tmp_path: Path) -> None:
    html, _ = page()
    links = re.findall(r'href="(flashcards/[^"]+)"', html)
    assert links == ["flashcards/waves.apkg", "flashcards/waves.md", "flashcards/waves.csv"]
    for link in links:
        content = (tmp_path / "html" / link).read_bytes()
        assert content
        assert b"http" not in content


def test_with_an_address_of_the_site_the_files_lead_there(
    page: Callable[..., tuple[str, str]], tmp_path: Path
) -> None:
    page(html_baseurl="https://site.example/book/")
    for name in ("waves.md", "waves.csv"):
        assert (
            b"https://site.example/book/sea.html#the-top"
            in (tmp_path / "html/flashcards" / name).read_bytes()
        )
    fields = notes((tmp_path / "html/flashcards/waves.apkg").read_bytes())
    assert fields[0][2] == '<a href="https://site.example/book/sea.html#the-top">Where it is taught</a>'


@pytest.mark.parametrize(
    ("data", "warning"),
    [
        ([], "expected an edition and a list of decks"),
        (DATA | {"edition": "new"}, "the edition is 'new'; expected a whole number"),
        (DATA | {"decks": [{"deck": "sea", "title": "", "cards": []}]}, "title is ''; expected a text"),
        (
            DATA | {"decks": [{"deck": "sea", "title": "Sea", "cards": [DEEP, DEEP]}]},
            "more than one card has the id deep",
        ),
        (DATA | {"decks": [{"deck": "a", "title": "A"}] * 2}, "more than one deck has the id a"),
        (
            DATA | {"decks": [{"deck": "a", "title": "A", "cards": [DEEP | {"back": 3}]}]},
            "a, deep: back is 3",
        ),
        (DATA | {"decks": [{"deck": "a", "title": "A", "cards": ["x"]}]}, "a card is 'x'; expected fields"),
    ],
)
def test_a_fault_is_a_warning_that_names_its_place(
    page: Callable[..., tuple[str, str]], data: object, warning: str
) -> None:
    _, warnings = page(data)
    assert re.search(rf"page\.md:\d+: WARNING: cards\.yml.*{re.escape(warning)}", warnings), warnings


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CardsError, match=r"none\.yml cannot be read"):
        read(tmp_path / "none.yml", "none", "None")


# The files


def notes(package: bytes) -> list[list[str]]:
    """The fields of the notes in a package."""
    return [row[0].split("\x1f") for row in query(package, "select flds from notes")]


def query(package: bytes, question: str) -> list[tuple]:
    """Ask the database in a package."""
    with zipfile.ZipFile(io.BytesIO(package)) as members:
        database = sqlite3.connect(":memory:")
        database.deserialize(members.read("collection.anki2"))
    rows = database.execute(question).fetchall()
    database.close()
    return rows


def test_anki_gets_formulas_in_its_own_marks() -> None:
    assert notes(apkg.package(collection())) == [
        [
            r"<p>Is \(a&lt;b\) <em>so</em>?</p>",
            "<p>It is <code>a &amp; b</code>.</p>\n<p>Always, and \\[x^2\\]</p>",
            "",
            "deep",
        ],
        ["<p>What blows?</p>", "<p>Wind.</p>", "", "wind"],
    ]


def test_the_same_cards_are_the_same_bytes() -> None:
    assert apkg.package(collection()) == apkg.package(collection())
    with zipfile.ZipFile(io.BytesIO(apkg.package(collection()))) as members:
        assert {member.date_time for member in members.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_a_reader_has_is_known_again() -> None:
    """Names that schedules hang on; if one of these changes, readers get every card twice."""
    package = apkg.package(collection())
    assert query(package, "select guid, mid from notes") == [
        ("c;}:(lDW}Y", 1273641690),
        ("kk!z^tSo;,", 1273641690),
    ]
    decks = json.loads(query(package, "select decks from col")[0][0])
    assert {deck["name"]: key for key, deck in decks.items() if key != "1"} == {
        "Waves::The sea": "1399008256",
        "Waves::Sky": "1918401334",
    }


def test_a_new_edition_is_newer_and_has_the_old_names() -> None:
    old, new = apkg.package(collection()), apkg.package(collection(edition=4))
    ids = "select guid, mid from notes"
    assert query(old, ids) == query(new, ids)
    assert query(old, "select max(mod) from notes") < query(new, "select min(mod) from notes")


def test_a_table_has_a_row_for_each_card() -> None:
    content = table.rows(collection()).decode("utf-8")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert rows == [
        ["id", "deck", "front", "back", "address"],
        ["deep", "The sea", "Is $a<b$ so?", "It is a & b.\nAlways, and $$x^2$$", ""],
        ["wind", "Sky", "What blows?", "Wind.", ""],
    ]


def test_a_note_has_questions_and_answers_without_empty_lines() -> None:
    content = obsidian.notes(collection()).decode("utf-8")
    blocks = content.strip().split("\n\n")
    assert blocks == [
        "# Waves",
        "## The sea",
        "#flashcards/waves/sea",
        "Is $a<b$ *so*?\n?\nIt is `a & b`.\nAlways, and $$x^2$$",
        "## Sky",
        "#flashcards/waves/sky",
        "What blows?\n?\nWind.\n[[wind]], [[air]]",
    ]
