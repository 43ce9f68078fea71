r"""Turn text, code and TeX into what a search compares: stems of words, and formulas on one line.

``static/section-ranking.js`` does the same to what a reader types; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import snowballstemmer

# Words that say nothing of what is looked for. Sphinx's own list has no words of questions.
# fmt: off
STOP = frozenset({
    "a", "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
    "can", "could", "did", "do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in",
    "into", "is", "it", "its", "just", "may", "me", "my", "no", "not", "of", "on", "or", "our", "should",
    "so", "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "those", "to", "us", "very", "was", "we", "were", "what", "when", "where", "which", "who", "why",
    "will", "with", "would", "you", "your",
})
# fmt: on
LETTERS = {"α": "alpha", "β": "beta", "γ": "gamma", "ε": "epsilon", "η": "eta", "κ": "kappa", "λ": "lambda"}  # noqa: RUF001
LETTERS |= {"μ": "mu", "µ": "mu", "ξ": "xi", "ρ": "rho", "σ": "sigma", "τ": "tau", "θ": "theta"}  # noqa: RUF001
SIGNS = {"−": "-", "–": "-", "√": "sqrt", "≤": "<=", "≥": ">=", "≈": "~", "²": "^2", "·": "*", "×": "*"}  # noqa: RUF001
SHOWN = {name: letter for letter, name in LETTERS.items() if letter != "µ"} | {"sqrt": "√"}
WORD = re.compile(r"\d*\.\d+|\w+")
HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
TEX = re.compile(r"\\([a-zA-Z]+)|\\(.)|([A-Za-z]|\d*\.?\d+|\S)")
FRACTIONS = {"frac", "tfrac", "dfrac"}
FACES = {"text", "mathrm", "mathbf", "mathcal", "operatorname", "boldsymbol", "bar", "hat", "tilde"}
SAID = {"le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "approx": "~", "cdot": "", "times": "", "to": "->"}
LAYOUT = {"left", "right", "bigl", "bigr", "big", "quad", "qquad", "displaystyle", "tag", "begin", "end"}
PIECES = re.compile(r"<=|>=|[=<>~,;:]")
FORMULA = re.compile(r"[/^+(]|-(?!>)|sqrt")
SHORTEST, LONGEST = 3, 28

_stem = cache(snowballstemmer.stemmer("porter").stemWord)


def spelled(text: str) -> str:
    """Return a text in small letters, with Greek letters and signs spelled out.

    >>> spelled("The η of √κ")
    'the  eta  of sqrt kappa '
    """
    text = "".join(f" {LETTERS[c]} " if c in LETTERS else SIGNS.get(c, c) for c in text.lower())
    return text.replace("’", "'").replace("'s ", " ")  # noqa: RUF001


def stems(text: str) -> Iterator[str]:
    """Yield the stems of the words that say something; parts joined by a hyphen or _ come joined too.

    >>> list(stems("What's the look-ahead of spectral_radius at .9?"))
    ['look', 'ahead', 'spectral_radiu', 'spectral', 'radiu', '0.9', 'lookahead']
    """
    text = spelled(f"{text} ")
    for word in WORD.findall(text):
        parts = [word, *(part for part in word.split("_") if part)] if "_" in word.strip("_") else [word]
        for part in parts:
            if part.startswith("."):
                yield f"0{part}"
            elif part not in STOP and (len(part) > 1 and (not part.isdigit() or len(part) > 2)):
                yield _stem(part)
    for joined in re.findall(r"[a-z]+(?:-[a-z]+)+", text):
        yield _stem(HYPHEN.sub("", joined))


def normal(formula: str) -> str:
    """Return a formula as it is compared: no spaces, no signs of multiplication, one name for η and lr.

    >>> normal("η / (1 - μ)"), normal("v = mu * v - lr * g")
    ('lr/(1-mu)', 'v=muv-lrg')
    """
    named = re.sub(r"(?<![a-z])eta(?![a-z])", "lr", spelled(formula))
    return re.sub(r"[\s*]", "", named)


def tokens(tex: str) -> list[str]:
    r"""Return the signs of a formula in TeX, with fractions and roots on one line.

    >>> "".join(tokens(r"\frac{\sqrt\kappa - 1}{2}"))
    '(sqrt(kappa)-1)/2'
    """
    left = [a or b or c for a, b, c in TEX.findall(re.sub(r"\\(?:begin|end)\{\w+\*?\}", "", tex))]

    def group() -> list[str]:
        if not left:
            return []
        if left[0] != "{":
            return atom()
        left.pop(0)
        found: list[str] = []
        while left and left[0] != "}":
            found += atom()
        left[:1] = []
        return found

    def atom() -> list[str]:
        sign = left[0]
        if sign == "{":
            return group()
        left.pop(0)
        if sign in FRACTIONS:
            over, under = group(), group()
            return [*wrapped(over), "/", *wrapped(under)]
        if sign == "sqrt":
            return ["sqrt", "(", *group(), ")"]
        if sign in {"^", "_"}:
            return [sign, *wrapped(group())]
        if sign in FACES:
            return group()
        if sign in LAYOUT or sign in {"\\", "&", "!", "}"} or sign == ";":
            return []
        return [said] if (said := SAID.get(sign, sign)) else []

    found: list[str] = []
    while left:
        found += atom()
    return found


def wrapped(inside: list[str]) -> list[str]:
    """Return signs in brackets if they are more than one."""
    return inside if len(inside) < 2 or {"+", "-", "/"}.isdisjoint(inside) else ["(", *inside, ")"]


def shown(tex: str) -> str:
    r"""Return a formula as plain text that a reader can read.

    >>> shown(r"\frac{1}{1 - \mu}")
    '1/(1-μ)'
    """
    return "".join(SHOWN.get(sign, sign) for sign in tokens(tex))


def pieces(formula: str) -> Iterator[str]:
    """Yield a formula in its normal form, and its sides: what is long enough to be looked for.

    >>> list(pieces("rho = sqrt(mu)"))
    ['rho=sqrt(mu)', 'sqrt(mu)']
    """
    whole = normal(formula)
    for one in dict.fromkeys([whole, *PIECES.split(whole)]):
        if SHORTEST <= len(one) <= LONGEST and FORMULA.search(one) and re.search("[a-z]", one):
            yield one
