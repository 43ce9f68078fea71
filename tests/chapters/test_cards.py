"""The flashcards: each is taught somewhere, says what the ledger says, and has the package's numbers."""

import ast
import copy
import hashlib
import json
import math
import re
from dataclasses import dataclass
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml

import claims_ledger
from flashcards.cards import read
from momentum import descent, landscapes, physics, theory, updates

from . import notebook as nb
from .notebook import ROOT, Chapter
from .test_card import book

CARDS = ROOT / "practice" / "cards.yml"
FEWEST = 64
ASKS = "Say whether it holds, and when: "
NAMES = {"theory": theory, "physics": physics, "updates": updates, "descent": descent}
NAMES |= {"landscapes": landscapes, "np": np, "math": math}
FORMULA = re.compile(r"\$[^$]*\$|`[^`]*`")
NUMBER = re.compile(r"(?<![\w.])(?:(?<![^\s(,=])-)?\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
# What stands in a formula by itself, as in 1 - mu or 2 / L.
OF_FORMULAS = {"0", "1", "2"}


@dataclass
class Parts:
    """What must agree: the file of the cards, the ledger, the study card, the book and the glossary."""

    data: dict[str, Any]
    claims: dict[str, dict[str, Any]]
    statements: list[str]
    anchors: dict[str, set[str]]
    words: set[str]

    @property
    def cards(self) -> list[tuple[str, dict[str, Any]]]:
        """Each card with the deck it is of."""
        return [(deck["deck"], card) for deck in self.data["decks"] for card in deck["cards"]]


def digest(data: dict[str, Any]) -> str:
    """Return what stands for the text of all cards."""
    shown = [
        [
            deck["deck"],
            deck["title"],
            [[card[key] for key in ("id", "front", "back")] for card in deck["cards"]],
        ]
        for deck in data["decks"]
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:12]


def ledger_figures(claim: dict[str, Any]) -> list[float]:
    """Return the figures that the cell of a claim has printed."""
    cell, _ = claims_ledger.cell_of(claim, Chapter.read(ROOT / "chapters" / f"{claim['chapter']}.ipynb"))
    return [float(value) for value in claims_ledger.figures(claim["find"], claims_ledger.printed(cell)) or []]


def inputs(expression: str) -> set[float]:
    """Return the numbers that stand in an expression."""
    found = (
        node.value for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Constant)
    )
    return {float(value) for value in found if isinstance(value, (int, float))}


def as_number(printed: str) -> float:
    return float(printed.replace(",", ""))


def numbers(text: str) -> list[str]:
    """Return the numbers of a text that need an account, as they are printed."""
    formulas = [each for formula in FORMULA.findall(text) for each in NUMBER.findall(formula)]
    return [each for each in formulas if each not in OF_FORMULAS] + NUMBER.findall(FORMULA.sub("x", text))


def unquoted(card: dict[str, Any]) -> str:
    """Return front and back without what they quote from the ledger."""
    if not card["front"].startswith(ASKS):
        return f"{card['front']}\n{card['back']}"
    return card["back"].partition("**")[2].partition("**")[2]


def number_faults(card: dict[str, Any], claims: dict[str, dict[str, Any]]) -> list[str]:
    """Say which numbers of a card are wrong, which nothing accounts for, and which it does not print."""

    def ledger(name: str) -> list[float]:
        return ledger_figures(claims[name])

    found, given = [], set()
    printed = numbers(unquoted(card))
    for expression, value in card.get("numbers", {}).items():
        given |= inputs(expression)
        computed = float(eval(expression, NAMES | {"ledger": ledger}))
        decimals = len(value.partition(".")[2])
        if f"{computed:,.{decimals}f}".replace(",", "") != value.replace(",", ""):
            found.append(f"{expression} is {computed:.6g}, and the card says {value}")
        if value not in printed:
            found.append(f"it does not print {value}")
    known = set(card.get("numbers", {}).values())
    found += [f"no account of {n}" for n in printed if n not in known and abs(as_number(n)) not in given]
    return found


def verdict_faults(card: dict[str, Any], claims: dict[str, dict[str, Any]]) -> list[str]:
    """Say where a card that asks for a verdict is not the ledger's."""
    claim = claims.get(card.get("claim", ""))
    if claim is None:
        return ["it asks for a verdict and names no claim"] if card["front"].startswith(ASKS) else []
    if not card["front"].startswith(ASKS):
        return []
    verdict = claim["verdict"][:1].upper() + claim["verdict"][1:]
    found = []
    if card["front"] != f"{ASKS}*{claim['claim']}*":
        found.append(f"the ledger says {claim['claim']!r}")
    if not card["back"].startswith(f"**{verdict}.**"):
        found.append(f"the ledger's verdict is {verdict!r}")
    return found


def faults_of(deck: str, card: dict[str, Any], parts: Parts) -> list[str]:
    """Say what is wrong with a card."""
    found = [] if card["section"] in parts.anchors.get(deck, ()) else [f"{deck} has no #{card['section']}"]
    claim, covered = card.get("claim"), card.get("card", [])
    if claim is not None and claim not in parts.claims:
        found.append(f"the ledger has no {claim!r}")
    if covered and claim not in covered:
        found.append(f"it covers {', '.join(covered)} of the study card, and its claim is {claim!r}")
    found += [f"the study card has no {name!r}" for name in covered if name not in parts.statements]
    found += [f"the glossary has no {word!r}" for word in card.get("concepts", ()) if word not in parts.words]
    return found + verdict_faults(card, parts.claims) + number_faults(card, parts.claims)


def complaints(parts: Parts) -> list[str]:
    """Say everything that is wrong with the cards."""
    found = [f"{card['id']}: {fault}" for deck, card in parts.cards for fault in faults_of(deck, card, parts)]
    covered = {name for _, card in parts.cards for name in card.get("card", ())}
    found += [
        f"no card covers {name!r} of the study card" for name in parts.statements if name not in covered
    ]
    if parts.data["digest"] != digest(parts.data):
        found.append(f'the cards have changed: raise the edition, and write digest: "{digest(parts.data)}"')
    return found


def real() -> Parts:
    """Return the parts as they stand in the project."""
    glossary = (ROOT / "chapters" / "glossary.md").read_text("utf-8")
    claims = claims_ledger.read(ROOT / "practice" / "claims.yml")
    return Parts(
        data=yaml.safe_load(CARDS.read_text("utf-8")),
        claims={entry["id"]: entry for entries in claims.values() for entry in entries},
        statements=[each["id"] for each in yaml.safe_load((ROOT / "practice/card.yml").read_text("utf-8"))],
        anchors=book(),
        words=set(re.findall(r"^(\S.*)\n  \S", glossary.split("{glossary}\n")[1], re.MULTILINE)),
    )


@pytest.fixture(scope="module")
def whole() -> Parts:
    return real()


def schema() -> dict[str, Any]:
    return json.loads((ROOT / "practice" / "cards.schema.json").read_text("utf-8"))


def test_the_cards_follow_the_schema_and_the_reader(whole):
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(whole.data, schema())
    collection = read(CARDS, "cards", "Cards")
    assert sum(len(deck.cards) for deck in collection.decks) == len(whole.cards) >= FEWEST


def test_the_cards_are_true_to_the_course(whole):
    found = complaints(whole)
    assert not found, "\n".join(["practice/cards.yml (its first lines tell the format):", *found])


def test_the_decks_follow_the_chapters(whole):
    decks = [deck["deck"] for deck in whole.data["decks"]]
    assert decks == [name for name in whole.anchors if name in decks]
    assert set(whole.anchors) - set(decks) <= {"errata"}


# That it can go red: a few of the real cards, in which one thing is wrong.

PART = ("best-rate", "friction", "gap", "opening-question")


@pytest.fixture
def parts(whole):
    data = copy.deepcopy(whole.data)
    for deck in data["decks"]:
        deck["cards"] = [card for card in deck["cards"] if card["id"] in PART]
    data["digest"] = digest(data)
    return Parts(data, whole.claims, ["friction"], whole.anchors, whole.words)


def card_of(parts, name):
    return next(card for _, card in parts.cards if card["id"] == name)


def test_the_few_cards_are_in_order(parts):
    assert complaints(parts) == []


@pytest.mark.parametrize(
    ("name", "fields", "complaint"),
    [
        ("friction", {"section": "no-such-section"}, "rolling_ball has no #no-such-section"),
        ("friction", {"claim": "no-such-claim"}, "the ledger has no 'no-such-claim'"),
        ("friction", {"claim": None}, "it asks for a verdict and names no claim"),
        (
            "friction",
            {"claim": "shrinks"},
            "it covers friction of the study card, and its claim is 'shrinks'",
        ),
        ("friction", {"card": ["frictions"]}, "the study card has no 'frictions'"),
        ("friction", {"card": []}, "no card covers 'friction'"),
        ("friction", {"concepts": ["grease"]}, "the glossary has no 'grease'"),
        ("friction", {"front": ASKS + "*It slows.*"}, "the ledger says '`mu` acts as friction"),
        ("friction", {"back": "**Holds.** So."}, "the ledger's verdict is 'False as stated'"),
        ("friction", {"back": "**False as stated.** Of 12."}, "no account of 12"),
        ("best-rate", {"numbers": {"theory.rate(100)": "0.819"}}, "is 0.818182, and the card says 0.819"),
        ("best-rate", {"numbers": {"theory.rate(100)": "0.818"}}, "no account of 0.980"),
        ("best-rate", {"back": "It is small."}, "it does not print 0.818"),
        ("best-rate", {"front": "And for $7\\kappa$?"}, "no account of 7"),
        ("gap", {"front": "From `0.2` on?"}, "no account of 0.2"),
        ("gap", {"back": "It is 8.1."}, "no account of 8.1"),
        ("opening-question", {"back": "At -0.2000 and -0.119."}, "no account of -0.2000"),
    ],
    ids=str,
)
def test_a_wrong_card_is_seen(parts, name, fields, complaint):
    card = card_of(parts, name)
    card.update(fields)
    for key in [key for key, value in card.items() if value is None]:
        del card[key]
    assert any(complaint in line for line in complaints(parts)), complaints(parts)


def test_a_changed_card_asks_for_a_new_edition(parts):
    card_of(parts, "friction")["back"] += " It is."
    assert any("raise the edition" in line for line in complaints(parts))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("edition"),
        lambda data: data.update(edition=0),
        lambda data: data["decks"][0].update(cards=[]),
        lambda data: data["decks"][0]["cards"][0].update(id="Two Words"),
        lambda data: data["decks"][0]["cards"][0].update(note="nothing reads it"),
        lambda data: data["decks"][0]["cards"][0].update(numbers={"1 + 1": 2}),
        lambda data: data["decks"][0]["cards"][0].pop("section"),
    ],
)
def test_the_schema_refuses(whole, change):
    data = copy.deepcopy(whole.data)
    change(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("From 3.8 to -0.2, or 1,400 of 2.", ["3.8", "-0.2", "1,400", "2"]),
        ("$1 - 2\\mu_3^4$ and `lr = 0.1` in bfloat16, $L_2$", ["4", "0.1"]),
        ("$-(1 - \\mu)$ 0.818.", ["0.818"]),
    ],
)
def test_numbers_are_found(text, found):
    assert numbers(text) == found


def test_prose_has_the_numbers_that_the_guards_of_the_chapters_see(whole):
    for _, card in whole.cards:
        prose = FORMULA.sub("x", card["front"] + " " + card["back"])
        assert {each.text.lstrip("-") for each in nb.numerals(prose)} == {
            n.lstrip("-") for n in NUMBER.findall(prose)
        }
