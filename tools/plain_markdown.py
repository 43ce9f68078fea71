"""Turn the book's Markdown into what JupyterLab shows without an extension.

Drop-downs become ``<details>``, other boxes a quotation with a bold head, references the title of what they
lead to, with a link where the site's address is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\}[ ]*(?P<title>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ ]*$",
    re.M | re.S,
)
OPTIONS = re.compile(r"\A(?:\s*:[\w-]+:[^\n]*\n)+")
LABEL = re.compile(r"^:label:[ ]*(\S+)", re.M)
NAME = re.compile(r"^\(([\w-]+)\)=\n+#+[ ]+(.+)$", re.M)
ROLE = re.compile(r"\{([\w:]+)\}`([^`]+)`")
WITH_TEXT = re.compile(r"(.*?)\s*<([^>]+)>", re.S)
EQUATION = re.compile(r"\$\$(?P<tex>(?:(?!\$\$).)*)\$\$[ ]*\((?P<name>[\w-]+)\)", re.S)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)([^)\s]+)\)")
KINDS = {"prf:theorem": "the theorem", "prf:lemma": "the lemma", "prf:corollary": "the corollary",
         "prf:definition": "the definition", "exercise": "the exercise"}  # fmt: skip
CITATIONS = {"cite", "cite:t", "cite:p"}


class MarkdownError(ValueError):
    """Something that JupyterLab would show as it is written; the message names it."""


@dataclass(frozen=True)
class Target:
    """What a reference can lead to."""

    words: str
    page: str
    """The chapter, without its ending."""
    anchor: str = ""


def targets(chapters: Mapping[str, Any]) -> dict[str, Target]:
    """Return what the notebooks of the chapters, by name, can be asked for: labels, headings, chapters."""
    found: dict[str, Target] = {}
    for page, notebook in chapters.items():
        text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        title = re.search(r"^# (.+)$", text, re.M)
        found[page] = Target(f"*{title[1] if title else page}*", page)
        for name, heading in NAME.findall(text):
            found[name] = Target(f"*{heading}*", page, name.lower().replace("_", "-"))
        for match in FENCE.finditer(text):
            label = LABEL.search(match["body"])
            if label:
                kind = KINDS.get(match["name"], "the part")
                found[label[1]] = Target(
                    f"{kind} *{match['title'].strip()}*".removesuffix(" **"), page, label[1]
                )
        for match in EQUATION.finditer(text):
            # In full: the number of an equation says nothing without the chapter.
            tex = " ".join(match["tex"].split()).rstrip(" .,;")
            found[match["name"]] = Target(f"${tex}$", page)
        for cell in notebook.cells:
            figure = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
            if figure:
                found[figure] = Target("a figure of the chapter", page, figure)
    return found


def plain(text: str, known: Mapping[str, Target], page: str, site: str = "") -> str:
    """Return the book's Markdown as JupyterLab shows it.

    Parameters
    ----------
    text : str
    known : dict of Target
        What references may lead to, by name.
    page : str
        The chapter that the text stands in.
    site : str
        Where the book is published, ending in a slash; empty if nowhere yet.

    Raises
    ------
    MarkdownError
        If it holds a reference to something unknown, or markup that has no plain form.
    """
    text = _boxes(text, lambda inner: plain(inner, known, page, site))
    text = EQUATION.sub(lambda match: f"$${match['tex']}$$", text)
    text = ROLE.sub(lambda match: _cased(text, match, _role(match[1], match[2], known, site)), text)
    text = LINK.sub(lambda match: _link(match[1], match[2], page, site), text)
    strange = re.search(r"^(?:`{3,}|:{3,})\{.*|\{[\w:]+\}`[^`]*`", text, re.M)
    if strange:
        raise MarkdownError(f"{page}: {strange[0]!r} has no plain form")
    return text.strip()


def _boxes(text: str, convert: Callable[[str], str]) -> str:
    def one(match: re.Match[str]) -> str:
        options = OPTIONS.match(match["body"])
        body = convert(match["body"][options.end() if options else 0 :].strip())
        if match["name"] == "math":
            return f"$$\n{body}\n$$"
        title = match["title"].strip() or match["name"].rpartition(":")[2].capitalize()
        if options and "dropdown" in options[0]:
            # The empty lines make JupyterLab read the Markdown and the formulas inside.
            return f"<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>"
        return "\n".join(f"> {line}".rstrip() for line in [f"**{title}.**", "", *body.splitlines()])

    return FENCE.sub(one, text)


def _cased(text: str, match: re.Match[str], words: str) -> str:
    """Begin with a capital what begins a sentence."""
    before = text[: match.start()].rstrip(" ")
    begins = not before or before.endswith((".", "?", "!", "\n\n"))
    return re.sub(r"\A(\[?)(the|an|a)\b", lambda m: m[1] + m[2].capitalize(), words) if begins else words


def _role(name: str, content: str, known: Mapping[str, Target], site: str) -> str:
    named = WITH_TEXT.fullmatch(content)
    words, target = (named[1], named[2]) if named else ("", content)
    if name == "term":
        return words or target
    if name in CITATIONS:
        return words or ", ".join(f"[{key.strip()}]" for key in target.split(","))
    if name in {"doc", "ref", "prf:ref", "numref", "eq"}:
        key = PurePosixPath(target).name if name == "doc" else target
        found = known.get(key)
        if found is None and name == "doc":
            found = Target(f"*{key.replace('_', ' ')}*", key)
        if found is None:
            raise MarkdownError(f"{{{name}}}`{content}` leads to nothing in the chapters")
        shown = words or found.words
        if name == "eq":
            return shown
        return (
            f"[{shown}]({site}chapters/{found.page}.html{'#' * bool(found.anchor)}{found.anchor})"
            if site
            else shown
        )
    raise MarkdownError(f"{{{name}}}`{content}` has no plain form")


def _link(words: str, target: str, page: str, site: str) -> str:
    if not site:
        return words
    file, _, anchor = target.partition("#")
    file = re.sub(r"\.(?:ipynb|md)$", "", file) or page
    return f"[{words}]({site}chapters/{file}.html{'#' * bool(anchor)}{anchor})"


def leftovers(texts: Iterable[str]) -> list[str]:
    """Return what JupyterLab would show as it is written.

    >>> leftovers(["all is well", "see {doc}`noise`"])
    ['{doc}`noise`']
    """
    pattern = re.compile(r"^(?:`{3,}|:{3,})\{[^\n]*|\{[\w:]+\}`[^`]*`|^:[a-z]+:[^\n]*", re.M)
    return [match[0] for text in texts for match in pattern.finditer(text)]
