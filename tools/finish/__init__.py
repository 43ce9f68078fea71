"""Finish a built site: less of everything on the wire, under a strict policy for its content.

``finish(folder)`` works on what Sphinx has written and needs neither Sphinx nor the book. Pages
get one style sheet with the rules that something on the site can match, one script with what the
page uses, fonts with the characters that the site sets, names that tell the content, and a
Content-Security-Policy that allows nothing inline: styles become classes, handlers become names.

The modules: ``markup`` (tags and attributes), ``styles``, ``scripts``, ``fonts``, ``pictures``,
``folder`` (files and names), ``widgets`` (the data of static_widgets), ``offline`` (the service
worker), and here the order of it all.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from . import fonts, pictures, scripts, styles, widgets
from .folder import STATIC, Folder, relative
from .markup import (
    FinishError,
    class_rules,
    let_scroll,
    mend_roles,
    name_handlers,
    name_styles,
    tag,
    use_classes,
    wait_for_pictures,
    whole_addresses,
)
from .offline import write_worker
from .scripts import Needs

__all__ = ["POLICY", "FinishError", "finish"]

POLICY = "default-src 'self'; img-src 'self' data:"
EARLY = Path(__file__).with_name("early.js")
CONTROLS = [Path(__file__).with_name(name) for name in ("controls.js", "register.js")]
LAST_STYLES = Path(__file__).with_name("finish.css")
# What Sphinx needs to build again, and the index of its own search, which lies under another name if a
# page reads it.
LEFT_OVER = (".buildinfo", "searchindex.js")
CHARSET = re.compile(r"<meta charset=[^>]*>")
VIEWPORT = re.compile(r"""\s*<meta name="viewport"[^>]*>""")
# A browser asks the root of the host for an icon if a page names none.
NO_ICON = '<link rel="icon" href="data:,">'
# doctools.js swaps these two by their last letters; the pages' data name the code of their widgets.
KEEP = re.compile(r"/(plus|minus)\.png$|/widgets/[0-9a-f]{16}\.js$")


def finish(site: Path) -> None:
    """Finish the site in a folder, in place.

    Raises
    ------
    FinishError
        If something is there that the policy forbids and no rule can mend.
    """
    folder = Folder(site)
    pages = {name: scripts.take(name, text) for name, text in folder.pages().items()}
    strings = [text for needs in pages.values() for text in widgets.strings(needs.body)]
    names = name_styles([*(needs.body for needs in pages.values()), *strings])
    for needs in pages.values():
        body = widgets.change(needs.body, lambda text: use_classes(text, names))
        body = name_handlers(use_classes(body, names))
        needs.body = wait_for_pictures(let_scroll(mend_roles(body)))
    drawn = pictures.smaller(folder, [needs.body for needs in pages.values()])
    heads = {name: write_scripts(folder, name, needs) for name, needs in pages.items()}
    code = [folder.text(name) for name in folder.names(f"{STATIC}/widgets") if name.endswith(".js")]
    sheet, faces = write_styles(folder, pages, names, [*(text for _, text in heads.values()), *code])
    # Text is set in another face if its own is late, and stays so on that page: its fonts are asked for
    # beside the styles. Those of formulas and icons are waited for, so they come after the page.
    for name, needs in pages.items():
        first = [sheets(folder, name, needs, sheet), *own_styles(folder, name, needs, pages)]
        first.append(write_early(folder, name, needs))
        if needs.styles:
            first.append(preloads(name, fonts.first_text_fonts(needs.body, faces)))
        last = [heads[name][0]]
        if needs.styles:
            last.append(preloads(name, fonts.first_sign_fonts(needs.body, faces)))
        body = begin_light(pictures.use(needs.body, drawn, folder, name))
        folder.put(name, complete(name, body, "".join(first), "".join(last)))
    for left in LEFT_OVER:
        (site / left).unlink(missing_ok=True)
    for old in {one for needs in pages.values() for one in needs.alone}:
        (site / old).unlink(missing_ok=True)
    folder.sweep(KEEP)
    for name in pages:
        folder.put(name, whole_addresses(name, folder.text(name)))
    write_worker(folder)


def in_order(lists: Iterable[list[str]]) -> list[str]:
    """Merge lists, each name once, and each after what it follows in the longest list.

    >>> in_order([["a", "c"], ["a", "b", "c", "d"]])
    ['a', 'b', 'c', 'd']
    """
    merged: list[str] = []
    for names in sorted(lists, key=len, reverse=True):
        place = 0
        for name in names:
            if name in merged:
                place = max(place, merged.index(name) + 1)
            else:
                merged.insert(place, name)
                place += 1
    return merged


def begin_light(page: str) -> str:
    """Return a page in light colours, which a script makes those of the reader: "auto" would have none.

    >>> begin_light('<html lang="en" data-theme="auto">')
    '<html lang="en" data-theme="light">'
    """
    return page.replace(' data-theme="auto"', ' data-theme="light"', 1)


def write_early(folder: Folder, name: str, needs: Needs) -> str:
    """Write the script that runs before the page is drawn, and return its tag.

    It holds up the drawing, as the styles do, and not the reading of the page. One that did would wait for
    the styles before it; and before them it would keep them waiting, because a browser fetches nothing
    ahead of a policy. Firefox knows nothing of ``blocking`` yet and may draw before it.
    """
    text = scripts.early(needs, EARLY.read_text("utf-8"))
    if not text:
        return ""
    early = folder.put_hashed(f"{STATIC}/early.js", text)
    said = {"async": "", "blocking": "render", "src": relative(name, early)}
    return tag("script", **said) + "</script>\n"


def write_scripts(folder: Folder, name: str, needs: Needs) -> tuple[str, str]:
    """Write the scripts that wait for the page, and return their tags and their text."""
    texts = {one: folder.text(one) for one in needs.scripts}
    controls = "\n".join(f"{{\n{one.read_text('utf-8')}\n}}" for one in CONTROLS)
    said, told = [], []
    if needs.scripts:
        # The early script may come after this one, on a line that brings them in another order.
        told.append(scripts.early(needs, EARLY.read_text("utf-8")) + scripts.bundle(needs, texts, controls))
        main = folder.put_hashed(f"{STATIC}/page.js", told[-1])
        said.append(tag("script", defer="", src=relative(name, main)) + "</script>")
    for one in needs.alone:
        large = folder.put_hashed(f"{STATIC}/{posixpath.basename(one)}", folder.content(one))
        said.append(tag("script", defer="", src=relative(name, large)) + "</script>")
    for entry in needs.modules:
        path = posixpath.dirname(entry)
        beside = {
            posixpath.basename(one): folder.text(one) for one in folder.names(path) if one.endswith(".js")
        }
        told.append(scripts.join_modules(posixpath.basename(entry), beside))
        # It looks for the widgets' code beside its own folder.
        module = folder.put_hashed(f"{posixpath.dirname(path)}/loader/widgets.js", told[-1])
        said.append(tag("script", type="module", src=relative(name, module)) + "</script>")
    return "".join(f"{one}\n" for one in said), "\n".join(told)


def words_of(pages: Iterable[str], code: Iterable[str]) -> set[str]:
    """Return all that a selector may name: classes, ids and elements of pages, and words of scripts.

    >>> sorted(words_of(['<p class="a b" id="c">d</p>'], ["e.add('f-g')"]))
    ['a', 'add', 'b', 'body', 'c', 'e', 'f-g', 'html', 'p']
    """
    found = {"html", "body"}
    for page in pages:
        for names in set(re.findall(r'\sclass="([^"]*)"', page)):
            found.update(names.split())
        found.update(re.findall(r'\sid="([^"]*)"', page))
        found.update(name.lower() for name in set(re.findall(r"<([a-zA-Z][\w-]*)", page)))
        found.update(styles.WORD.findall("".join(widgets.strings(page))))
    for text in code:
        found.update(styles.WORD.findall(text))
    return found


def write_styles(
    folder: Folder, pages: dict[str, Needs], names: dict[str, str], code: list[str]
) -> tuple[str, dict[tuple[str, str, str], str]]:
    """Write the site's style sheet, and return its path and that of each font by its face."""
    bodies = [needs.body for needs in pages.values()]
    shared = in_order([one for one in needs.styles if not is_own(one, pages)] for needs in pages.values())
    gathered = [styles.gather(one, folder.text) for one in shared]
    gathered.append(styles.uncommented(LAST_STYLES.read_text("utf-8")))
    rules = styles.parse(class_rules(names) + "\n" + "\n".join(gathered))
    rules = styles.purge(rules, words_of(bodies, code), styles.beginnings(code))
    inside = styles.VARIABLE.findall(
        "\n".join([*code, *(one for body in bodies for one in widgets.strings(body))])
    )
    rules = styles.drop_unused(rules, set(inside))
    rules, faces = cut_fonts(folder, rules, bodies, code)

    def place(match: re.Match[str]) -> str:
        address = match["address"]
        if not address.startswith(f"/{STATIC}/") and not address.startswith("/_images/"):
            return match[0]
        return f'url("{relative(f"{STATIC}/site.css", folder.rename(address[1:]))}")'

    css = styles.URL.sub(place, styles.write(rules))
    return folder.put_hashed(f"{STATIC}/site.css", css), faces


def is_own(style: str, pages: dict[str, Needs]) -> bool:
    """Say whether a style sheet is that of one page among others: how it prints, say, is not for them."""
    return sum(style in needs.styles for needs in pages.values()) == 1 and len(pages) > 2


def own_styles(folder: Folder, name: str, needs: Needs, pages: dict[str, Needs]) -> list[str]:
    """Write the style sheets that one page has alone, and return their tags."""
    said = []
    for one in needs.styles:
        if is_own(one, pages):
            rules = styles.parse(styles.gather(one, folder.text))
            path = folder.put_hashed(f"{STATIC}/{posixpath.basename(one)}", styles.write(rules))
            said.append(tag("link", rel="stylesheet", href=relative(name, path)))
    return said


def cut_fonts(
    folder: Folder, rules: tuple[styles.Rule, ...], bodies: list[str], code: list[str]
) -> tuple[tuple[styles.Rule, ...], dict[tuple[str, str, str], str]]:
    """Write the fonts that the rules set something in, and return the rules that name them."""
    strings = [text for body in bodies for text in widgets.strings(body)]
    found = fonts.collect([*bodies, *strings])
    # A script may write what it says anywhere.
    found["*"] |= {letter for text in [*code, *strings] for letter in text if not letter.isspace()}
    sets = fonts.wanted(rules, found)
    replaced: dict[styles.Rule, styles.Rule | None] = {}
    files: dict[tuple[str, str, str], str] = {}
    more = "font-variant" in (text := styles.write(rules)) or "font-feature" in text
    for rule, face in fonts.faces(rules).items():
        address, keep = fonts.file_of(face).lstrip("/"), fonts.characters(face, sets)
        replaced[rule] = None
        if address and keep and folder.has(address):
            family = fonts.families(face["font-family"], {}).pop()
            content = fonts.subset(folder.content(address), keep, more=more)
            path = folder.put_hashed(f"{STATIC}/fonts/{posixpath.basename(address)}", content)
            display = "block" if fonts.NEVER_ANOTHER.search(family) else face.get("font-display", "optional")
            replaced[rule] = fonts.with_source(rule, f"/{path}", display)
            weight = face.get("font-weight", "400")
            files[family, fonts.WEIGHTS.get(weight, weight), face.get("font-style", "normal")] = path
    kept = tuple(one for rule in rules if (one := replaced.get(rule, rule)) is not None)
    return kept, files


def sheets(folder: Folder, name: str, needs: Needs, sheet: str) -> str:
    """Return the links to the style sheet of all pages, and to that of a page without scripts."""
    if not needs.styles:
        return ""
    said = [tag("link", rel="stylesheet", href=relative(name, sheet))]
    if needs.without_scripts:
        plain = folder.put_hashed(f"{STATIC}/without-scripts.css", "\n".join(needs.without_scripts))
        said.append(f"<noscript>{tag('link', rel='stylesheet', href=relative(name, plain))}</noscript>")
    return "\n".join(said) + "\n"


def preloads(name: str, first: list[str]) -> str:
    """Return the links that fetch fonts before a rule asks for them."""
    as_font = {"as": "font", "type": "font/woff2", "crossorigin": ""}
    return "".join(tag("link", rel="preload", href=relative(name, font), **as_font) + "\n" for font in first)


def complete(name: str, body: str, first: str, last: str) -> str:
    """Return a page with its policy, and with what it loads; a page that has no character set gets one.

    ``first`` is what the first paint waits for. ``last`` stands at the end of the page, with whose text it
    would share the line.
    """
    policy = tag("meta", **{"http-equiv": "Content-Security-Policy", "content": POLICY})
    viewport = VIEWPORT.findall(body)[:1]
    body = VIEWPORT.sub("", body)
    start = CHARSET.search(body)
    if start is None:
        title = "" if "<title" in body else "<title>The book</title>"
        return f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8">{title}{policy}{NO_ICON}\n{body}'
    if "<style" in body:
        raise FinishError(f"{name} has a style element; expected a style sheet, which is a file.")
    head, found, rest = body[start.end() :].rpartition("</body>")
    if not found:
        raise FinishError(f"{name} has no </body>; expected one, before which its scripts are named.")
    said = "\n".join([start[0], policy, *(one.strip() for one in viewport), first])
    return f"{body[: start.start()]}{said}{head}{last}{found}{rest}"
