"""Cut each font down to the characters that the site sets in it.

Which characters those are is read off the pages and the style sheet: a rule that chooses a family
gives it all the text of the elements that the rule may match, by their classes, ids and names.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterable
from html import unescape

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from .markup import ATTRIBUTES, attributes
from .styles import STRING, URL, Rule, declarations, every, needs, selectors

PIECE = re.compile(
    r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|"
    rf"<(?P<close>/?)(?P<name>[a-zA-Z][\w-]*)(?P<rest>{ATTRIBUTES})>|(?P<text>[^<]+)",
    re.DOTALL,
)
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# A formula's characters are set in its own fonts, so they are no text of what is around it.
APART = "katex"
LATIN = {chr(code) for code in range(0x20, 0x7F)}
WEIGHTS = {"normal": "400", "bold": "700"}
ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)")
SIZE = re.compile(r"^.*?(?:\d[\w.%]*|\))(?:\s*/\s*\S+)?\s+")
FEATURES = ("tnum", "lnum", "onum", "pnum", "smcp", "c2sc", "zero")
# A formula or an icon in another font is nonsense, so they wait for theirs; text does as its face says.
NEVER_ANOTHER = re.compile("KaTeX|Awesome")
FORMULA_FONTS = {("KaTeX_Main", "400", "normal"), ("KaTeX_Math", "400", "italic")}
# So much of an article, in letters of its HTML, is surely more than the first screen.
FIRST_PART = 9000
ITALIC = re.compile(r"<(em|cite|dfn)\b")

Characters = dict[str, set[str]]


def collect(pages: Iterable[str]) -> Characters:
    """Return the characters inside the elements of each class, id and name; ``*`` has all.

    >>> found = collect(['<p>ab<b class="c">d&amp;</b></p>'])
    >>> sorted(found["p"]), sorted(found["c"])
    (['&', 'a', 'b', 'd'], ['&', 'd'])
    """
    found: Characters = defaultdict(set)
    for page in pages:
        stack: list[tuple[str, list[str], set[str]]] = [("", ["*"], set())]

        def end(stack: list[tuple[str, list[str], set[str]]] = stack) -> None:
            _, keys, inside = stack.pop()
            for key in keys:
                found[key] |= inside
            if stack and APART not in keys:
                stack[-1][2].update(inside)

        for piece in PIECE.finditer(page):
            if piece["text"]:
                stack[-1][2].update(unescape(piece["text"]))
                continue
            name = (piece["name"] or "").lower()
            if not name:
                continue
            if piece["close"]:
                # Nearly always it is the innermost element that ends; one that was never open ends nothing.
                if name == stack[-1][0] or any(name == one for one, _, _ in stack):
                    while stack[-1][0] != name:
                        end()
                    end()
            elif name not in VOID and not piece["rest"].endswith("/"):
                said = attributes(piece["rest"])
                keys = [name, *said.get("class", "").split(), said.get("id", "")]
                stack.append((name, [key for key in keys if key], set()))
        while stack:
            end()
    return found


def decoded(text: str) -> str:
    r"""Return the characters that a string in a style sheet stands for.

    >>> decoded(r'"\41 b"')
    'Ab'
    """
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text[1:-1])


def families(value: str, variables: dict[str, str], *, short: bool = False) -> set[str]:
    r"""Return the font families that a value names, also through variables.

    ``short`` says that it is the value of ``font``, where they follow the size.

    >>> sorted(families('var(--face), "Two Words"', {"--face": "One"}))
    ['One', 'Two Words']
    >>> families(r"normal 1.2em/1 Three\ Words", {}, short=True)
    {'Three Words'}
    """
    for _ in range(8):
        value = re.sub(r"var\((--[\w-]+)[^()]*\)", lambda match: variables.get(match[1], ""), value)
    if short:
        value = SIZE.sub("", value, count=1)
    parts = (part.strip() for part in value.split(","))
    return {part[1:-1] if re.fullmatch(STRING, part) else part.replace("\\", "") for part in parts if part}


def faces(rules: Iterable[Rule]) -> dict[Rule, dict[str, str]]:
    """Return the declarations of each rule that brings a font."""
    return {
        rule: {
            key.strip(): value.strip()
            for key, _, value in (one.partition(":") for one in declarations(rule.body))
        }
        for rule in every(rules)
        if rule.head == "@font-face"
    }


def file_of(face: dict[str, str]) -> str:
    """Return the address of a face's WOFF2 file, or nothing.

    >>> file_of({"src": 'url("/a.woff2") format("woff2"),url("/a.ttf")'})
    '/a.woff2'
    """
    found = [match["address"] for match in URL.finditer(face.get("src", ""))]
    return next((one for one in found if one.endswith(".woff2")), "")


def wanted(rules: tuple[Rule, ...], found: Characters) -> dict[tuple[str, str, str], set[str]]:
    """Return the characters that the style sheet sets in a family, a weight and a style.

    A rule that says no weight counts for "normal", and its characters for every weight of a family
    that inherits it: see ``characters``.
    """
    variables, result = {}, defaultdict(set)
    for rule in every(rules):
        for one in declarations(rule.body):
            if one.startswith("--"):
                variables[one.partition(":")[0].strip()] = one.partition(":")[2].strip()
    icons = {
        character
        for rule in every(rules)
        for one in declarations(rule.body)
        if one.startswith(("content", "--fa"))
        for text in re.findall(STRING, one)
        for character in decoded(text)
    }
    for rule in every(rules):
        if rule.head.startswith("@"):
            continue
        said = dict(one.split(":", 1) for one in declarations(rule.body) if ":" in one)
        named = set()
        for key in ("font", "font-family"):
            named |= families(said.get(key, ""), variables, short=key == "font")
        if not named:
            continue
        weight = WEIGHTS.get(said.get("font-weight", "400"), said.get("font-weight", "400"))
        characters = set(icons)
        for selector in selectors(rule.head):
            keys = needs(selector) - {"html", "body"} or {"*"}
            characters |= set.intersection(*(found.get(key, set()) for key in keys))
        for family in named:
            result[family, weight, said.get("font-style", "normal")] |= characters
    return result


def characters(face: dict[str, str], sets: dict[tuple[str, str, str], set[str]]) -> set[str]:
    """Return what a face has to have: all that its family sets, if weight and style are inherited.

    KaTeX resets both at each formula, so there they are as its rules say.
    """
    family = families(face["font-family"], {}).pop()
    weight = WEIGHTS.get(face.get("font-weight", "400"), face.get("font-weight", "400"))
    style = face.get("font-style", "normal")
    exact = family.startswith("KaTeX")
    found = {
        character
        for (name, heavy, slant), inside in sets.items()
        if name == family and (not exact or (heavy, slant) == (weight, style) or "Math" in family)
        for character in inside
    }
    return found if exact or "Awesome" in family or not found else found | LATIN


def subset(content: bytes, keep: set[str], *, more: bool = False) -> bytes:
    """Return a font, WOFF2 again, with the characters in ``keep``; ``more`` keeps kinds of figures."""
    options = Options()
    options.flavor = "woff2"
    options.layout_features = [*options.layout_features, *(FEATURES if more else ())]
    options.name_IDs = [0, 1, 2, 13, 14]
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.hinting = False
    with TTFont(io.BytesIO(content), recalcTimestamp=False, lazy=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(sorted(keep)))
        subsetter.subset(font)
        font.flavor = "woff2"
        out = io.BytesIO()
        font.save(out, reorderTables=False)
    return out.getvalue()


def with_source(rule: Rule, address: str, display: str) -> Rule:
    """Return a face's rule that takes its font from one address."""
    kept = [one for one in declarations(rule.body) if not re.match(r"(src|font-display)\s*:", one)]
    source = f'src:url("{address}") format("woff2")'
    return Rule(rule.head, ";".join([*kept, f"font-display:{display}", source]))


def first_text_fonts(body: str, faces: dict[tuple[str, str, str], str]) -> list[str]:
    """Return the fonts of text to fetch at once.

    What comes too late is not shown on this page (`font-display: optional`), and a page should not be set
    half in one face and half in another: so italics, if it has any, come with the upright.
    """
    slanted = bool(ITALIC.search(body))
    found = {
        path
        for face, path in faces.items()
        if not NEVER_ANOTHER.search(face[0]) and is_in_sight(face) and (face[2] == "normal" or slanted)
    }
    return sorted(found)


def first_sign_fonts(body: str, faces: dict[tuple[str, str, str], str]) -> list[str]:
    """Return the fonts of signs to fetch at once: of icons, and of formulas if the first screen has any."""
    start = body.find("<article")
    first = body[start : start + FIRST_PART] if start >= 0 else ""
    found = {
        path
        for face, path in faces.items()
        if (face in FORMULA_FONTS and 'class="katex"' in first) or ("Awesome" in face[0] and face[1] == "900")
    }
    return sorted(found)


def is_in_sight(face: tuple[str, str, str]) -> bool:
    """Say whether a face sets what stands on the first screen of any page: text, or a heading.

    >>> [is_in_sight(("Serif", weight, "normal")) for weight in ("200 900", "400", "600", "700")]
    [True, True, True, False]
    """
    ends = [float(one) for one in face[1].split()]
    return any(ends[0] <= weight <= ends[-1] for weight in (400, 600))
