"""Make nbgrader's notebooks from the exercises that check themselves.

``python tools/assignments.py`` writes a course folder of nbgrader's into _build/assignments: for each chapter
with such exercises the notebook with the answers in ``source/`` and, by nbgrader's own generator, the
students' notebook in ``release/``; and a zip of the students' notebooks.
"""

from __future__ import annotations

import argparse
import ast
import re
import shutil
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import yaml

import contents
import exercises
import grading
import plain_markdown
from exercises import Exercise, Part
from notebooks import COLAB, DISTRIBUTION, KERNELSPEC, LANGUAGE, to_text

ROOT = Path(__file__).resolve().parent.parent
POINTS = {"write-it": 3, "predict-it": 1, "prove-it": 2}
TASK = {"write-it": "Write it", "predict-it": "Predict it", "prove-it": "Prove it"}
# A test is hidden from students if it holds the answer: these checks get it as their first argument,
# unless that is a name, under which the package knows it.
TELLING = {"expression", "number", "ordering"}
KNOWN = re.compile(r"[A-Za-z][\w']*(?: [\w'-]+)+")
ZIP = "momentum-exercises.zip"
SETTINGS = '''"""The settings of nbgrader for this folder."""

c = get_config()
c.CourseDirectory.course_id = "momentum"
c.ClearSolutions.code_stub = {"python": "# Replace each ... above by your answer."}
# One sheet is one run of at most this many seconds a cell.
c.Execute.timeout = 120
'''
HOW = """# {title}

Exercises to the chapter {chapter}.

Every question has a cell to fill in. It says `...` where your answer belongs. The cell below it looks at your
answer. Run both: where it can, the second one says in words what is wrong. You may try as often as you like.
Do not change the cells that check.

Points in all: {points}."""
INSTALL = """# The notebook needs Python 3.11 or newer, sympy and the package of the course.
# If a line below fails: {how}
{imports}"""
PACKAGE = "install them as the README of the course says."
LATER = "# The answer is looked at when it has been handed in."
# What the students' folder tells those who unpack it.
README = """Exercises of the course on momentum.

Open the notebooks in JupyterLab. They need Python 3.11 or newer, the package
{package} and sympy. Fill in the cells that say `...`, run the cells below
them, and hand the notebooks in under the same names.
"""


def tells(test: str) -> bool:
    """Say whether the code of a test holds the answer, so that it must be hidden.

    >>> tells("assert check.number(9, age)")
    True
    >>> tells("assert check.number('mean age of a gradient', age, mu=0.9)")
    False
    """
    calls = [node for node in ast.walk(ast.parse(test)) if isinstance(node, ast.Call)]
    for call in calls:
        name = getattr(call.func, "attr", "")
        first = call.args[0] if call.args else None
        named = isinstance(first, ast.Constant) and KNOWN.fullmatch(str(first.value))
        if name in TELLING and not named:
            return True
    return False


def hidden(part: Part) -> str:
    """Return the cell that checks a part, with what students do not get between nbgrader's marks."""
    head = "from momentum import check\n\n"
    test = _stacked([*part.test_needs, part.test])
    if not tells(part.test):
        return head + test
    blanks = [f'assert {name} is not ..., "There is no answer yet."' for name in _blanks(part.given)]
    return "\n".join([head + LATER, *blanks, "### BEGIN HIDDEN TESTS", test, "### END HIDDEN TESTS"])


def _blanks(given: str) -> list[str]:
    """Return the names whose value is ``...``."""
    found = (n for n in ast.parse(given).body if isinstance(n, ast.Assign) and ast.unparse(n.value) == "...")
    return [target.id for node in found for target in node.targets if isinstance(target, ast.Name)]


def _graded(name: str, *, points: int = 0, **kind: bool) -> dict[str, Any]:
    """Return the metadata of a cell that nbgrader knows."""
    entry = {
        "schema_version": 3,
        "grade_id": name,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
    }
    entry |= kind
    if entry["grade"]:
        entry["points"] = points
    return {"nbgrader": entry}


def _markdown(name: str, source: str) -> Any:
    meta = _graded(name, locked=True)
    return nbformat.v4.new_markdown_cell(source, id=name, metadata=meta)


def _code(name: str, source: str, metadata: dict[str, Any]) -> Any:
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata)


def _stacked(statements: Iterable[str]) -> str:
    """Return statements below one another, with room around those of more than one line."""
    text = "\n".join(
        f"\n\n{part}\n\n" if part.startswith(("def ", "class ")) else part for part in statements
    )
    return re.sub(r"\n{3,}", "\n\n\n", text).strip()


def cells(exercise: Exercise, number: int, text: str) -> list[Any]:
    """Return the cells of an exercise: its text, and for each part what is given, the answer and the test."""
    points = POINTS[exercise.kind]
    worth = "1 point" if points == 1 else f"{points} points"
    each = " for each part" if len(exercise.parts) > 1 else ""
    heading = f"## {number}. {exercise.title}\n\n*{TASK[exercise.kind]}. {worth.capitalize()}{each}.*"
    found = [_markdown(exercise.label, f"{heading}\n\n{text}")]
    for index, part in enumerate(exercise.parts, 1):
        name = exercise.label if len(exercise.parts) == 1 else f"{exercise.label}-{index}"
        if part.needs:
            given = "# This is given.\n" + _stacked(part.needs)
            found.append(_code(f"{name}-given", given, _graded(f"{name}-given", locked=True)))
        answer = f"{part.given}\n### BEGIN SOLUTION\n{part.answer}\n### END SOLUTION"
        found.append(_code(f"{name}-answer", answer, _graded(f"{name}-answer", solution=True)))
        meta = _graded(f"{name}-test", grade=True, locked=True, points=points)
        found.append(_code(f"{name}-test", hidden(part), meta))
    return found


def source(
    page: str, notebook: Any, known: Mapping[str, plain_markdown.Target], home: Mapping[str, str]
) -> Any | None:
    """Return the instructor's notebook of a chapter, or None if no exercise of it checks itself.

    Parameters
    ----------
    page : str
        The chapter's file name without its ending.
    notebook : NotebookNode
    known : dict of Target
        What references in the boxes may lead to.
    home : dict
        The addresses of the `repository` and of the `site`, each empty while there is none.
    """
    found = exercises.read(notebook)
    if not found:
        return None
    site = home["site"].rstrip("/") + "/" if home["site"] else ""
    title = exercises.title_of(notebook, Path(page))
    chapter = f"[{title}]({site}chapters/{page}.html)" if site else f"*{title}*"
    total = sum(POINTS[exercise.kind] * len(exercise.parts) for exercise in found)
    package = (
        f'"{DISTRIBUTION} @ git+{home["repository"]}"' if home["repository"] else "the wheel of the course"
    )
    imports = dict.fromkeys(line for exercise in found for line in exercise.imports)
    ordered = sorted(imports, key=lambda line: (line.startswith("from"), line))
    setup = INSTALL.format(how=package if home["repository"] else PACKAGE, imports="\n".join(ordered))
    if home["repository"]:
        setup = COLAB.format(f"{DISTRIBUTION} @ git+{home['repository']}") + "\n\n" + setup
    content = [
        _markdown("about", HOW.format(title=f"Exercises: {title}", chapter=chapter, points=total)),
        _code("setup", setup, _graded("setup", locked=True)),
    ]
    for number, exercise in enumerate(found, 1):
        content += cells(exercise, number, plain_markdown.plain(exercise.body, known, page, site))
    made = nbformat.v4.new_notebook(cells=content)
    made.metadata = {"kernelspec": dict(KERNELSPEC), "language_info": dict(LANGUAGE)}
    nbformat.validate(made)
    return made


def home_of(config: Path) -> dict[str, str]:
    """Read from the book's configuration where the repository and the site are; empty if nowhere yet."""
    settings = yaml.safe_load(config.read_text("utf-8")) if config.exists() else {}
    for key in ("sphinx", "config", "book_home"):
        settings = (settings or {}).get(key) or {}
    return {key: str(settings.get(key) or "") for key in ("repository", "site")}


def write_sources(chapters: Iterable[Path], folder: Path, home: Mapping[str, str]) -> list[str]:
    """Write nbgrader's settings and the instructor's notebooks into a folder; return their names."""
    read = {path.stem: nbformat.read(path, as_version=4) for path in chapters}
    known = plain_markdown.targets(read)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / grading.CONFIG).write_text(SETTINGS, "utf-8", newline="\n")
    names = []
    for page, notebook in read.items():
        made = source(page, notebook, known, home)
        if made is not None:
            place = folder / "source" / page
            place.mkdir(parents=True)
            (place / f"{page}.ipynb").write_text(to_text(made), "utf-8", newline="\n")
            names.append(page)
    return names


def pack(folder: Path, names: Iterable[str]) -> Path:
    """Zip the students' notebooks, the same bytes for the same notebooks."""
    path = folder / ZIP
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {"README.txt": README.format(package=DISTRIBUTION)}
        files |= {
            f"{name}.ipynb": (folder / "release" / name / f"{name}.ipynb").read_text("utf-8")
            for name in sorted(names)
        }
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"momentum-exercises/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return path


def order(toc: Path) -> list[Path]:
    """Return the notebooks of the book in their order."""
    return [path for name in contents.pages(toc) if (path := toc.parent / f"{name}.ipynb").exists()]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write the course folder; return the exit status."""
    parser = argparse.ArgumentParser(description="Make nbgrader's notebooks from the exercises.")
    parser.add_argument("--output", type=Path, default=root / "_build" / "assignments")
    parser.add_argument("--sources-only", action="store_true", help="do not call nbgrader")
    options = parser.parse_args(arguments)
    for kind in ("source", "release"):
        shutil.rmtree(options.output / kind, ignore_errors=True)
    names = write_sources(order(root / "_toc.yml"), options.output, home_of(root / "_config.yml"))
    if not names:
        print("No exercise checks itself yet: no chapter has a cell tagged your-turn.")
        return 0
    if not options.sources_only:
        grading.generate(options.output, names)
        print(f"{len(names)} notebooks for students: {pack(options.output, names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
