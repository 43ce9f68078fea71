"""Read the exercises that check themselves out of a chapter's notebook.

Such an exercise is a box ``{exercise} Title`` with the class ``write-it``, ``predict-it`` or ``prove-it``,
a cell of code tagged ``your-turn`` whose last line prints the check of an empty answer, and, in its
solution, a cell tagged ``model-answer`` that gives the same names their values and ends with the same check,
printed and asserted.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

YOUR_TURN, MODEL_ANSWER = "your-turn", "model-answer"
KINDS = ("write-it", "predict-it", "prove-it")
BOX = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{exercise\}[ ]*(?P<title>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.M | re.S
)
OPTION = re.compile(r"\A\s*:([\w-]+):[ ]*([^\n]*)\n")
# What the setup of every notebook imports, whether or not an answer of ours needs it.
ALWAYS = ("import numpy as np", "from momentum import check")


class ExerciseError(ValueError):
    """A chapter that breaks the rules above; the message names the exercise and what was expected."""


@dataclass(frozen=True)
class Part:
    """A question of an exercise: one cell to fill in, and one that checks it."""

    given: str
    """The code that the learner's cell opens with."""
    answer: str
    """The code that a learner should find."""
    test: str
    """The code that checks it."""
    needs: tuple[str, ...]
    """What the first two take over from cells above, other than imports."""
    test_needs: tuple[str, ...]
    """What only the test takes over."""


@dataclass(frozen=True)
class Exercise:
    """An exercise that checks itself."""

    label: str
    title: str
    kind: str
    """One of `KINDS`."""
    body: str
    """The text of the box, in the chapter's Markdown."""
    parts: tuple[Part, ...]
    imports: tuple[str, ...]


def split_box(body: str) -> tuple[dict[str, str], str]:
    r"""Return the options of a box and the text below them.

    >>> split_box(":label: ex-a\n:class: write-it\n\nDo it.\n")
    ({'label': 'ex-a', 'class': 'write-it'}, 'Do it.')
    """
    options = {}
    while match := OPTION.match(body):
        options[match[1]] = match[2].strip()
        body = body[match.end() :]
    return options, body.strip()


def split_code(source: str) -> tuple[str, str]:
    r"""Cut a cell's code before its first check: a line that prints or asserts one.

    >>> split_code("a = 2\nprint(check.number(2, a))\nassert check.number(2, a)\n")
    ('a = 2', 'print(check.number(2, a))\nassert check.number(2, a)')
    """
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if _is_check(node):
            return "\n".join(lines[: node.lineno - 1]).strip(), "\n".join(lines[node.lineno - 1 :]).strip()
    return source.strip(), ""


def _is_check(node: ast.stmt) -> bool:
    """Say whether a statement is ``print(check. ...)`` or ``assert check. ...``."""
    if isinstance(node, ast.Assert):
        inner: ast.AST = node.test
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and node.value.args:
        inner = node.value.args[0]
    else:
        return False
    called = inner.func if isinstance(inner, ast.Call) else None
    return isinstance(called, ast.Attribute) and getattr(called.value, "id", "") == "check"


def bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives a value.

    >>> sorted(bound(ast.parse("lr, mu = 0.1, 0.9").body[0]))
    ['lr', 'mu']
    """
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    stored = (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return {name.id for name in stored}


def used(source: str) -> set[str]:
    r"""Return the names that code reads without having given them a value at its top level.

    >>> sorted(used("a = b + 1\nprint(a, c)"))
    ['b', 'c']
    """
    own: set[str] = set()
    found: set[str] = set()
    for node in ast.parse(source).body:
        inner = {a.arg for n in ast.walk(node) if isinstance(n, ast.arguments) for a in _arguments(n)}
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.With):
            inner |= {
                n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }
        inner |= {
            n.id
            for part in ast.walk(node)
            if isinstance(part, ast.comprehension)
            for n in ast.walk(part.target)
            if isinstance(n, ast.Name)
        }
        inner |= {part.name for part in ast.walk(node) if isinstance(part, ast.FunctionDef | ast.ClassDef)}
        read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        if isinstance(node, ast.AugAssign):
            read |= bound(node)
        found |= read - inner - own
        own |= bound(node)
    return {name for name in found if not hasattr(builtins, name)}


def _arguments(node: ast.arguments) -> Iterator[ast.arg]:
    yield from (*node.posonlyargs, *node.args, *node.kwonlyargs)
    yield from (arg for arg in (node.vararg, node.kwarg) if arg)


def needs(names: set[str], above: list[str], label: str) -> tuple[list[str], list[str]]:
    """Return the imports and the other statements of the code above that give names their values.

    Raises
    ------
    ExerciseError
        If nothing above gives a name a value.
    """
    statements = [(s, node) for s in above for node in ast.parse(s).body]
    # With a position, so that a name is looked for only above the statement that reads it.
    wanted, taken = [(name, len(statements)) for name in sorted(names)], set()
    while wanted:
        name, end = wanted.pop()
        place = next((i for i in range(end - 1, -1, -1) if name in bound(statements[i][1])), None)
        if place is None:
            raise ExerciseError(f"{label}: {name!r} is read, and no cell above gives it a value")
        if place not in taken:
            taken.add(place)
            wanted += [(more, place) for more in sorted(used(_text(*statements[place]))) if more]
    imports, rest = [], []
    for place in sorted(taken):
        node = statements[place][1]
        if isinstance(node, ast.Import | ast.ImportFrom):
            kept = [
                a
                for a in node.names
                if (a.asname or a.name).split(".")[0] in _reached(names, taken, statements)
            ]
            node.names = kept or node.names
            imports.append(ast.unparse(node))
        else:
            rest.append(_text(*statements[place]))
    return imports, rest


def _reached(names: set[str], taken: set[int], statements: list[tuple[str, ast.stmt]]) -> set[str]:
    """Return the names that are asked for, or read by a statement that is taken."""
    return names.union(*(used(_text(*statements[i])) for i in taken))


def _text(source: str, node: ast.stmt) -> str:
    """Return the code of a statement with its decorators."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


def without_magics(source: str) -> str:
    """Return the code without the lines that only IPython understands."""
    return "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))


def read(notebook: Any) -> list[Exercise]:
    """Return the exercises of a notebook that check themselves.

    Raises
    ------
    ExerciseError
        If a tagged cell does not belong to a box, or a box breaks the rules at the head of this file.
    """
    found: list[Exercise] = []
    boxes: list[tuple[dict[str, str], str, str]] = []
    turns: dict[str, list[tuple[str, list[str]]]] = {}
    answers: dict[str, list[str]] = {}
    above: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for match in BOX.finditer(cell.source):
                options, body = split_box(match["body"])
                boxes.append((options, match["title"].strip(), body))
            continue
        if cell.cell_type != "code":
            continue
        source, tags = without_magics(cell.source), cell.metadata.get("tags", [])
        tagged = {YOUR_TURN, MODEL_ANSWER} & set(tags)
        if tagged and not boxes:
            raise ExerciseError(f"cell {cell.get('id')}: tagged {tagged.pop()}, and there is no box above it")
        label = boxes[-1][0].get("label", "") if boxes else ""
        if YOUR_TURN in tags:
            turns.setdefault(label, []).append((source, list(above)))
        elif MODEL_ANSWER in tags:
            answers.setdefault(label, []).append(source)
        # A later exercise may build on an answer; it must not build on an empty one.
        if YOUR_TURN not in tags:
            above.append(source)
    for options, title, body in boxes:
        label = options.get("label", "")
        if label in turns or label in answers:
            found.append(_exercise(options, title, body, turns.get(label, []), answers.get(label, [])))
    return found


def fixed(given: str, test: str) -> list[str]:
    r"""Return what is given, not asked for, and read by the test: the test says it again.

    So it counts as it was given, whatever a student's cell makes of it.

    >>> fixed("age = ...\nat = {'mu': 0.9}\nlr = 1", "check.number('age', age, **at)")
    ["at = {'mu': 0.9}"]
    """
    nodes = [node for node in ast.parse(given).body if isinstance(node, ast.Assign)]
    known = [node for node in nodes if ast.unparse(node.value) != "..."]
    return [_text(given, node) for node in known if bound(node) & used(test)]


def _exercise(
    options: dict[str, str], title: str, body: str, turns: list[tuple[str, list[str]]], answers: list[str]
) -> Exercise:
    """Put an exercise together."""
    label = options.get("label", "")
    kinds = [kind for kind in options.get("class", "").split() if kind in KINDS]
    if not label or len(kinds) != 1:
        raise ExerciseError(f"{label or title}: expected a label, and one class of {', '.join(KINDS)}")
    if len(turns) != len(answers):
        raise ExerciseError(
            f"{label}: {len(turns)} cells {YOUR_TURN} and {len(answers)} {MODEL_ANSWER}, expected as many"
        )
    imports, parts = list(ALWAYS), []
    for (turn, above), model in zip(turns, answers, strict=True):
        given, asked = split_code(turn)
        answer, test = split_code(model)
        if not asked or "assert" not in test:
            raise ExerciseError(
                f"{label}: expected {YOUR_TURN} to end with a printed check, and {MODEL_ANSWER} to assert it"
            )
        # The check comes after the answer, which may bring imports of its own.
        ready = {"check", "np"}
        brought, rest = needs(used("\n".join([given, answer, test])) - ready, above, label)
        own = needs(used("\n".join([given, answer])) - ready, above, label)[1]
        imports += [line for line in brought if line not in imports]
        more = [line for line in rest if line not in own] + fixed(given, test)
        parts.append(Part(given, answer, test, tuple(own), tuple(more)))
    return Exercise(label, title, kinds[0], body, tuple(parts), tuple(imports))


def title_of(notebook: Any, path: Path) -> str:
    """Return the title of a chapter."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (match := re.search(r"^# (.+)$", cell.source, re.M)):
            return str(match[1])
    return path.stem
