"""What every chapter must keep, so that a comparison of its outputs means something.

Each guard takes a chapter and returns its complaints. The last two take all the chapters at once.
"""

import ast
import base64
import builtins
import io
import re
import statistics
import symtable
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from PIL import Image
from pybtex.database import parse_file

from . import notebook as nb
from .notebook import Chapter

LINES, MEDIAN_LINES, WORDS_A_LINE, OPT_OUT_SHARE = 20, 5, 12, 0.05
HEIGHT, WIDTH, ALT = 800, 1344, 20
# A figure whose box is white would have at least the axes in this colour.
WHITE_SHARE = 0.2
FRAME = ["do", "learn", "need", "time"]
# What Python calls the scopes of a lambda and of comprehensions.
EXPRESSIONS = {"lambda", "listcomp", "genexpr", "setcomp", "dictcomp"}
ENDING = ["Summary", "Exercises", "Further reading"]

Guard = Callable[[Chapter], list[str]]


def counts(chapter: Chapter) -> list[str]:
    """Execution counts are those of one clean run: nbval compares nothing in a stripped cell."""
    found = [cell.execution_count for cell in chapter.code]
    return [] if found == list(range(1, len(found) + 1)) else [f"execution counts are {found}"]


def errors(chapter: Chapter) -> list[str]:
    """No stored error, but where one is announced, and nothing on stderr."""
    found = []
    for cell in chapter.code:
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in nb.tags(cell):
                found.append(f"{cell.id} stores the error {output.ename}")
            if output.get("name") == "stderr":
                found.append(f"{cell.id} stores stderr: {output.text.strip()}")
    return found


def lengths(chapter: Chapter) -> list[str]:
    """Cells are short: longer code belongs in the package."""
    sizes = {cell.id: len(nb.code_lines(cell.source)) for cell in chapter.code}
    found = [f"{name} has {n} lines, over {LINES}" for name, n in sizes.items() if n > LINES]
    median = statistics.median(sizes.values()) if sizes else 0
    if median > MEDIAN_LINES:
        found.append(f"the median cell has {median} lines, over {MEDIAN_LINES}")
    return found


def words(chapter: Chapter) -> list[str]:
    """There is enough prose: a chapter is no script with comments."""
    lines = sum(len(nb.code_lines(cell.source)) for cell in chapter.code)
    count = nb.words(chapter.prose)
    if count >= WORDS_A_LINE * lines:
        return []
    return [f"{count} words of prose to {lines} lines of code: fewer than {WORDS_A_LINE} a line"]


def shown(chapter: Chapter) -> set[object]:
    """Return the numbers that nbval compares, and those of the parameter cells."""
    texts = []
    for cell in chapter.code:
        if "parameters" in nb.tags(cell):
            texts.append(cell.source.replace("_", ""))
        if not nb.tags(cell) & nb.OPT_OUTS:
            texts += [nb.output_text(output) for output in cell.outputs]
    return set(nb.shown_values("\n".join(texts)))


def numerals(chapter: Chapter) -> list[str]:
    """A number that the prose or a caption states is one that a cell has printed."""
    known = shown(chapter)
    captions = [nb.prose(chapter.figure(cell)[0]) for cell in chapter.code]
    return [
        f"the prose states {numeral.text!r}, which no output and no parameter cell shows"
        for numeral in nb.numerals("\n".join([chapter.prose, *captions]))
        if not numeral.values() & known
    ]


def captions(chapter: Chapter) -> list[str]:
    """Each figure has caption, name and alt text, and the text refers to it."""
    found = []
    targets = {content for text in chapter.texts for _, content in nb.roles(text)}
    targets |= set(re.findall(r"<([^>]+)>", " ".join(targets)))
    for cell in chapter.code:
        caption, name, alt = chapter.figure(cell)
        number = len(nb.pictures(cell))
        if number > 1:
            found.append(f"{cell.id} shows {number} pictures: one cell, one figure")
        if not number:
            if caption or name or alt:
                found.append(f"{cell.id} describes a figure and shows none")
            continue
        if not caption.strip():
            found.append(f"{cell.id} has no caption")
        if not re.fullmatch(r"fig-[a-z0-9-]+", name):
            found.append(f"{cell.id} names its figure {name!r}: expected fig-some-name")
        elif name not in targets:
            found.append(f"{cell.id}: no {{numref}} in the text refers to {name}")
        if len(alt.strip()) < ALT or alt.strip() == caption.strip():
            found.append(f"{cell.id} has no alt text of its own of {ALT} characters: {alt!r}")
    return found


def plots(chapter: Chapter) -> list[str]:
    """A plot ends with `plt.show()`, silences nothing by `;`, and leaves its title to the caption."""
    found = []
    for cell in chapter.code:
        drawn = any(output.output_type == "display_data" for output in nb.pictures(cell))
        if drawn and nb.code_lines(cell.source)[-1] != "plt.show()":
            found.append(f"{cell.id} does not end with plt.show()")
        if ";" in nb.statement_ends(cell.source):
            found.append(f"{cell.id} ends a line with a semicolon")
        for call in (n for n in ast.walk(nb.tree(cell.source)) if isinstance(n, ast.Call)):
            name = ast.unparse(call.func).rsplit(".", 1)
            by_keyword = name[-1] == "set" and any(k.arg == "title" for k in call.keywords)
            if name[-1] in {"set_title", "suptitle"} or name == ["plt", "title"] or by_keyword:
                found.append(f"{cell.id} sets a title in the picture")
    return found


def png_faults(data: str) -> list[str]:
    """Say what is wrong with the size or the background of a picture."""
    picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA")
    found = []
    if picture.height > HEIGHT or picture.width > WIDTH:
        found.append(f"{picture.width} x {picture.height} pixels, over {WIDTH} x {HEIGHT}")
    right, bottom = picture.width - 1, picture.height - 1
    corners = [picture.getpixel((x, y)) for x in (0, right) for y in (0, bottom)]
    if any(corner[3] for corner in corners):
        found.append("the background is not transparent")
    colours = picture.getcolors(picture.width * picture.height)
    white = sum(number for number, colour in colours if colour == (255, 255, 255, 255))
    if white > WHITE_SHARE * picture.width * picture.height:
        found.append("there is a white box")
    return found


def images(chapter: Chapter) -> list[str]:
    """Pictures are PNG, not too large, and transparent, so that they fit the dark mode."""
    found = []
    for cell in chapter.code:
        for output in nb.pictures(cell):
            others = sorted(k for k in output.data if k.startswith("image/") and k != "image/png")
            found += [f"{cell.id} stores {kind}" for kind in others]
            if "image/png" in output.data:
                faults = png_faults(output.data["image/png"])
                found += [f"{cell.id}: {fault}" for fault in faults]
    return found


def functions_of(table: symtable.SymbolTable) -> Iterable[symtable.SymbolTable]:
    """Yield the tables of the functions that a module defines; lambdas are expressions."""
    for child in table.get_children():
        if child.get_type() == "function" and child.get_name() not in EXPRESSIONS:
            yield child
        elif child.get_type() == "class":
            yield from functions_of(child)


def globals_of(table: symtable.SymbolTable) -> set[str]:
    """Return the global names that a function and what is nested in it read."""
    own = {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    return own.union(*map(globals_of, table.get_children()))


def hidden_inputs(chapter: Chapter) -> list[str]:
    """A function reads its arguments only, and what is imported, built in or another function."""
    source = "\n".join(nb.python(cell.source) for cell in chapter.code)
    allowed = set(dir(builtins)) | {"display", "get_ipython"}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            allowed |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            allowed.add(node.name)
    found = []
    for function in functions_of(symtable.symtable(source, chapter.name, "exec")):
        hidden = sorted(globals_of(function) - allowed)
        found += [f"{function.get_name()} reads the global {name}" for name in hidden]
    return found


@lru_cache
def bibliography() -> frozenset[str]:
    """Return the keys of the bibliography."""
    return frozenset(parse_file(nb.ROOT / "references.bib").entries)


def citations(chapter: Chapter) -> list[str]:
    """What is cited is in the bibliography."""
    keys = [
        key.strip()
        for text in chapter.texts
        for role, content in nb.roles(text)
        if role.startswith("cite")
        for key in content.split(",")
    ]
    return [f"{key} is not in references.bib" for key in keys if key not in bibliography()]


def opt_outs(chapter: Chapter) -> list[str]:
    """Nearly every cell is compared."""
    out = [cell.id for cell in chapter.code if nb.tags(cell) & nb.OPT_OUTS]
    if len(out) <= OPT_OUT_SHARE * len(chapter.code):
        return []
    return [f"{len(out)} of {len(chapter.code)} cells opt out of nbval: {', '.join(out)}"]


def is_literal(node: ast.expr) -> bool:
    """Say whether an expression is a number, a text, or made of such by arithmetic and brackets."""
    plain = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.UnaryOp, ast.BinOp)
    inner = (ast.operator, ast.unaryop, ast.expr_context)
    return all(isinstance(part, plain + inner) for part in ast.walk(node))


def is_name(node: ast.expr) -> bool:
    """Say whether a target is a name, or several in a row."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return all(isinstance(part, ast.Name) for part in parts)


def parameters(chapter: Chapter) -> list[str]:
    """A parameter cell assigns constants and computes nothing: what the prose quotes is seen there."""
    found = []
    for cell in chapter.code:
        if "parameters" not in nb.tags(cell):
            continue
        for node in nb.tree(cell.source).body:
            simple = isinstance(node, ast.Assign) and all(map(is_name, node.targets))
            if not simple or not is_literal(node.value):
                found.append(f"{cell.id} is a parameter cell and holds: {ast.unparse(node)}")
    return found


def frame(chapter: Chapter) -> list[str]:
    """A chapter opens with label, title, question and promise, and ends with its three sections."""
    found = []
    stem = chapter.name.lstrip("_")
    labels = {f"(chap-{stem})=", f"(chap-{stem.replace('_', '-')})="}
    kinds = [cell.cell_type for cell in chapter.cells]
    start = kinds.index("code") if "code" in kinds else len(kinds)
    opening = "\n\n".join(c.source for c in chapter.cells[:start] if c.cell_type == "markdown")
    lines = opening.split("\n")
    if lines[0] not in labels or not any(line.startswith("# ") for line in lines[1:3]):
        found.append(f"it does not open with (chap-{stem.replace('_', '-')})= and a title")
    titles = [d.argument for d in nb.directives(opening) if d.name == "admonition"]
    if not any("question" in title.lower() for title in titles):
        found.append("no admonition with a question before the first cell of code")
    told = " ".join(re.findall(r"[a-z]+", " ".join(nb.terms(opening)).lower())).split()
    missing = [word for word in FRAME if word not in told]
    if missing:
        found.append(f"the opening has no term in bold or of a list for: {', '.join(missing)}")
    sections = [title for text in chapter.texts for level, title in nb.headings(text) if level == 2]
    if sections[-len(ENDING) :] != ENDING:
        found.append(f"its last sections are {sections[-3:]}, not {ENDING}")
    return found


def exercises(chapter: Chapter) -> list[str]:
    """Each exercise has a drop-down solution, and the solutions run code."""
    found, solved, labels, gates, runs = [], Counter[str](), [], [], 0
    for cell in chapter.cells:
        if cell.cell_type == "code" and gates and gates[-1] == "solution":
            runs += 1
        if cell.cell_type != "markdown":
            continue
        for directive in nb.directives(cell.source):
            kind, _, gate = directive.name.partition("-")
            if kind not in {"exercise", "solution"}:
                continue
            if gate == "end":
                if not gates or gates.pop() != kind:
                    found.append(f"{cell.id}: {directive.name} ends nothing")
                continue
            gates += [kind] if gate else []
            if kind == "exercise":
                labels.append(directive.options.get("label", ""))
            else:
                solved[directive.argument] += 1
                if "dropdown" not in directive.options.get("class", ""):
                    found.append(f"{cell.id}: the solution is no drop-down")
    found += [f"{kind}-start without an end" for kind in gates]
    for label in labels:
        if solved[label] != 1 or not label:
            found.append(f"exercise {label!r} has {solved[label]} solutions")
    if not labels:
        found.append("there is no exercise")
    if not runs:
        found.append("no solution runs a cell")
    return found


def figure_names(chapters: Iterable[Chapter]) -> list[str]:
    """A figure's name is its own over the book."""
    names = Counter(c.figure(cell)[1] for c in chapters for cell in c.code if nb.pictures(cell))
    return [f"{n} figures are named {name}" for name, n in names.items() if n > 1 and name]


def function_names(chapters: Iterable[Chapter]) -> list[str]:
    """No function or class is defined in two chapters: it belongs in the package."""
    homes: dict[str, set[str]] = {}
    for chapter in chapters:
        for cell in chapter.code:
            nodes = list(ast.walk(nb.tree(cell.source)))
            methods = {id(part) for node in nodes if isinstance(node, ast.ClassDef) for part in node.body}
            for node in nodes:
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and id(node) not in methods:
                    homes.setdefault(node.name, set()).add(chapter.name)
    return [f"{name} is defined in {', '.join(sorted(h))}" for name, h in homes.items() if len(h) > 1]


GUARDS: list[Guard] = [counts, errors, lengths, words, numerals, captions, plots, images]
GUARDS += [hidden_inputs, citations, opt_outs, parameters, frame, exercises]
BOOK_GUARDS = [figure_names, function_names]
