"""Merge style sheets and leave out the rules that no page and no script can use.

A rule stays if every class, id and element in one of its selectors occurs: in a page, or as a word
anywhere in a script. What stands in ``:not()`` and its like, and attributes, are not looked at. So a
rule goes only if nothing can match it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

STRING = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
COMMENT = re.compile(rf"({STRING})|/\*.*?\*/", re.DOTALL)
TOKEN = re.compile(rf"{STRING}|url\([^)\"']*\)|[{{}};]", re.DOTALL)
NESTED = re.compile(r"@(media|supports|layer|container)\b", re.IGNORECASE)
URL = re.compile(r"""url\(\s*(?P<quote>["']?)(?P<address>.*?)(?P=quote)\s*\)""", re.DOTALL)
IMPORT = re.compile(rf"@import\s+(?:url\()?({STRING})\)?\s*;")
NAME = r"-?[_a-zA-Z\u0080-\uffff](?:[\w-]|\\.)*"
WORD = re.compile(r"[A-Za-z_-][\w-]*")
VARIABLE = re.compile(r"--[\w-]+")


@dataclass(frozen=True)
class Rule:
    """A rule: what stands before the brace, and a body of declarations or of more rules.

    A statement such as ``@charset`` has neither.
    """

    head: str
    body: str = ""
    rules: tuple[Rule, ...] | None = None


def uncommented(css: str) -> str:
    """Return a style sheet without its comments.

    >>> uncommented('a{/* b */content:"/* c */"}')
    'a{content:"/* c */"}'
    """
    return COMMENT.sub(lambda match: match[1] or "", css)


def parse(css: str) -> tuple[Rule, ...]:
    """Return the rules of a style sheet without comments.

    >>> [rule.head for rule in parse("a{b:c}@media print{d{e:f}}")]
    ['a', '@media print']
    """
    found, start, position = [], 0, 0
    while token := TOKEN.search(css, position):
        position = token.end()
        if token[0] == ";":
            found.append(Rule(css[start : token.start()].strip()))
            start = position
        elif token[0] == "{":
            end = closing(css, position)
            head, body = squeeze(css[start : token.start()]), css[position:end].strip()
            inner = parse(body) if NESTED.match(head) else None
            found.append(Rule(head, "" if inner is not None else body, inner))
            start = position = end + 1
    return tuple(rule for rule in found if rule.head)


def closing(css: str, start: int) -> int:
    """Return where the brace that was opened before ``start`` closes, or the end."""
    depth = 1
    for token in TOKEN.finditer(css, start):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if depth == 0:
            return token.start()
    return len(css)


def squeeze(text: str) -> str:
    """Return text with single blanks."""
    return re.sub(r"\s+", " ", text).strip()


def write(rules: Iterable[Rule]) -> str:
    """Return the text of rules, without what a browser does not need."""
    parts = []
    for rule in rules:
        if rule.rules is not None:
            parts.append(f"{rule.head}{{{write(rule.rules)}}}")
        elif rule.body or "{" in rule.head:
            parts.append(f"{rule.head}{{{';'.join(tight(one) for one in declarations(rule.body))}}}")
        elif rule.head.startswith("@"):
            parts.append(f"{rule.head};")
    return "\n".join(parts)


def tight(declaration: str) -> str:
    """Return a declaration without blanks about its colon.

    >>> tight("color :  red")
    'color:red'
    """
    if "{" in declaration:
        return declaration
    return re.sub(r"\s*:\s*", ":", squeeze(declaration), count=1)


def declarations(body: str) -> list[str]:
    """Return the declarations of a body; a nested rule is part of one.

    >>> declarations("a: url(b;c); d: ';'")
    ['a: url(b;c)', "d: ';'"]
    """
    found, start, depth = [], 0, 0
    for token in re.finditer(rf"{STRING}|[(){{}};]", body, re.DOTALL):
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(token[0], 0)
        if token[0] == ";" and depth == 0:
            found.append(body[start : token.start()].strip())
            start = token.end()
    return [one for one in [*found, body[start:].strip()] if one]


def every(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yield the rules that have a body, at any depth."""
    for rule in rules:
        if rule.rules is None:
            yield rule
        else:
            yield from every(rule.rules)


def selectors(head: str) -> list[str]:
    """Return the selectors in a list of them.

    >>> selectors("a:is(b, c), d")
    ['a:is(b, c)', 'd']
    """
    found, start, depth = [], 0, 0
    for token in re.finditer(rf"{STRING}|[(),\[\]]", head):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token[0], 0)
        if token[0] == "," and depth == 0:
            found.append(head[start : token.start()].strip())
            start = token.end()
    return [*found, head[start:].strip()]


def needs(selector: str) -> set[str]:
    """Return the words without which a selector can match nothing.

    >>> sorted(needs("div.note:not(.open) > a[href='#x']:hover"))
    ['a', 'div', 'note']
    """
    bare = re.sub(rf"\[(?:{STRING}|[^\]])*\]", "", selector)
    while "(" in bare:
        shorter = re.sub(r"(?<!\\)::?[\w-]+\([^()]*\)", "", bare)
        if shorter == bare:
            return set()
        bare = shorter
    bare = re.sub(r"(?<!\\)::?[\w-]+", "", bare)
    named = {re.sub(r"\\(.)", r"\1", name) for name in re.findall(rf"[.#]({NAME})", bare)}
    return named | {name.lower() for name in re.findall(r"(?:^|[\s>+~])([a-zA-Z][\w-]*)", bare)}


def occur(named: set[str], words: set[str], begun: tuple[str, ...]) -> bool:
    """Say whether each name is one of the words, or has one of the beginnings."""
    return all(name in words or name.startswith(begun) for name in named)


def beginnings(code: Iterable[str]) -> tuple[str, ...]:
    """Return how the names begin that scripts put together.

    >>> beginnings(["x.className = `lab-curve lab-${style}`"])
    ('lab-',)
    """
    return tuple(sorted({each for text in code for each in re.findall(r"([A-Za-z][\w-]*-)\$\{", text)}))


def purge(rules: Iterable[Rule], words: set[str], begun: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """Return the rules that something can match, each with the selectors that can match.

    ``begun`` are the beginnings of names that occur with any ending.
    """
    kept = []
    for rule in rules:
        if rule.rules is not None:
            if inner := purge(rule.rules, words, begun):
                kept.append(replace(rule, rules=inner))
        elif rule.head.startswith("@"):
            kept.append(rule)
        elif left := [one for one in selectors(rule.head) if occur(needs(one), words, begun)]:
            kept.append(replace(rule, head=",".join(left)))
    return tuple(kept)


def drop_unused(rules: tuple[Rule, ...], elsewhere: set[str]) -> tuple[Rule, ...]:
    """Leave out variables that nothing reads and movements that nothing names.

    ``elsewhere`` are the variables that scripts and pages name.
    """
    while True:
        used, words = set(elsewhere), set()
        for rule in every(rules):
            for one in declarations(rule.body) if rule.body else ():
                key, _, value = one.partition(":")
                used |= set(VARIABLE.findall(value)) | (set(VARIABLE.findall(one)) if "{" in one else set())
                words |= set(WORD.findall(value)) if "animation" in key or "--" in key else set()

        def keep(rule: Rule, used: set[str] = used, words: set[str] = words) -> Rule | None:
            if rule.rules is not None:
                inner = tuple(one for one in map(keep, rule.rules) if one)
                return replace(rule, rules=inner) if inner else None
            if "keyframes" in rule.head:
                return rule if rule.head.split()[-1] in words else None
            if "--" not in rule.body or "{" in rule.body:
                return rule
            left = [
                one
                for one in declarations(rule.body)
                if not one.startswith("--") or one.partition(":")[0].strip() in used
            ]
            return replace(rule, body=";".join(left)) if left else None

        smaller = tuple(one for one in map(keep, rules) if one)
        if smaller == rules:
            return rules
        rules = smaller


def gather(name: str, read: Callable[[str], str]) -> str:
    """Return the text of a style sheet of the site, with what it imports in it.

    The addresses in it become those from the root of the site, with a slash before them.
    """
    css, folder = uncommented(read(name)), posixpath.dirname(name)

    def rooted(address: str) -> str:
        return posixpath.normpath(posixpath.join(folder, address.split("?")[0].split("#")[0]))

    def place(match: re.Match[str]) -> str:
        address = match["address"]
        if address.startswith(("data:", "#", "/", "http:", "https:")):
            return match[0]
        return f'url("/{rooted(address)}")'

    while found := IMPORT.search(css):
        inner = gather(rooted(found[1][1:-1]), read)
        css = css[: found.start()] + inner + css[found.end() :]
    return URL.sub(place, css)
