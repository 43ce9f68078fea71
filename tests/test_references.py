"""The bibliography: keys by one rule, sorted, every entry complete enough to be found."""

import re
import unicodedata
from pathlib import Path

import pytest
from pybtex.database import Entry, parse_file

BIBLIOGRAPHY = Path(__file__).parents[1] / "references.bib"
LITTLE_WORDS = {"a", "an", "the", "on"}
NEEDED = {
    "article": {"journal", "volume", "pages"},
    "book": {"publisher"},
    "inproceedings": {"booktitle"},
    "misc": set(),
}
# Distill numbers neither its volumes nor its pages.
WITHOUT = {"goh2017why": {"volume", "pages"}}
# Printed before there was an address for it, and none of the publisher's is stable.
PRINT_ONLY = {"jury1964theory", "kish1965survey", "nemirovsky1983problem", "nesterov1983method"}

ENTRIES = dict(parse_file(BIBLIOGRAPHY).entries)


def plain(text: str) -> str:
    """Reduce a name or title to lower-case ASCII letters, digits and spaces."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9 ]", "", ascii_only.lower())


def rule(entry: Entry) -> str:
    """Return the key that an entry must have."""
    author = entry.persons["author"][0]
    family = plain(" ".join(author.prelast_names + author.last_names)).replace(" ", "")
    words = plain(entry.fields["title"]).split()
    return family + entry.fields["year"] + next(word for word in words if word not in LITTLE_WORDS)


def test_keys_are_sorted() -> None:
    written = re.findall(r"^@\w+\{(.+),$", BIBLIOGRAPHY.read_text(encoding="utf-8"), re.MULTILINE)
    assert written == sorted(set(written))
    assert len(written) == len(ENTRIES)


@pytest.mark.parametrize("key", ENTRIES)
def test_the_key_follows_the_rule(key: str) -> None:
    assert key == rule(ENTRIES[key])


@pytest.mark.parametrize("key", ENTRIES)
def test_the_entry_is_complete(key: str) -> None:
    entry = ENTRIES[key]
    missing = NEEDED[entry.type] - WITHOUT.get(key, set()) - set(entry.fields)
    assert not missing
    assert re.fullmatch(r"(19|20)\d\d", entry.fields["year"])


@pytest.mark.parametrize("key", ENTRIES)
def test_the_work_can_be_found(key: str) -> None:
    fields = ENTRIES[key].fields
    addresses = {"doi", "url", "eprint"} & set(fields)
    assert bool(addresses) is (key not in PRINT_ONLY)
    assert re.fullmatch(r"10\.\d{4,5}/\S+", fields.get("doi", "10.1000/x"))
    assert re.fullmatch(r"\d{4}\.\d{4,5}", fields.get("eprint", "0000.00000"))
    assert fields.get("url", "https://").startswith("https://")
