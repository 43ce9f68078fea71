"""nbgrader's own generator and grader on the exercises: model answers, empty sheets, one mistake.

Needs nbgrader, which has an environment of its own: `make test-assignments`.
"""

import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from tagged_chapters import chapters

import assignments
import grading

ROOT = Path(__file__).parents[2]
NOWHERE = {"repository": "", "site": ""}
MISTAKE = "def my_step(w, v, g, lr, mu):\n    v = lr * (mu * v - g)\n    return w + v, v"
SMALL = ["rolling", "ending"]

# What nbgrader itself does is not ours to mend; the processes that grade take the filter over.
pytestmark = pytest.mark.filterwarnings("default::sqlalchemy.exc.SAWarning")

Course = dict[str, tuple[Path, list[str]]]


def submit(folder: Path, student: str, sheets: dict[str, Any]) -> None:
    """Put notebooks where a student's would lie."""
    for name, notebook in sheets.items():
        place = folder / "submitted" / student / name
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{name}.ipynb")


def scores(folder: Path, student: str, name: str) -> dict[str, tuple[float, float]]:
    """Return the points of a student, and those that can be had, by question."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        found = book.find_submission_notebook(name, name, student).grades
        return {grade.name: (grade.score, grade.max_score) for grade in found}


def sheet(folder: Path, kind: str, name: str) -> Any:
    """Return a notebook of a course folder."""
    return nbformat.read(folder / kind / name / f"{name}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """For each of three students a course folder, with what was handed in and graded."""
    first, small = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("chapters")
    for name, notebook in chapters().items():
        nbformat.write(notebook, small / f"{name}.ipynb")
    paths = [*sorted(small.glob("*.ipynb")), *assignments.order(ROOT / "_toc.yml")]
    names = assignments.write_sources(paths, first, NOWHERE)
    grading.generate(first, names)
    slip = sheet(first, "source", "rolling")
    (cell,) = (cell for cell in slip.cells if cell.id == "ex-lines-answer")
    cell.source = MISTAKE
    handed_in = {
        "model": {name: sheet(first, "source", name) for name in names},
        "empty": {name: sheet(first, "release", name) for name in names},
        "slip": {"rolling": slip},
    }
    # Each in a folder of its own, so that two can be graded at a time.
    found: Course = {}
    with ProcessPoolExecutor(2) as pool:
        runs = []
        for student, sheets in handed_in.items():
            folder = first.with_name(f"course-of-{student}")
            shutil.copytree(first, folder)
            submit(folder, student, sheets)
            found[student] = (folder, list(sheets))
            runs.append(pool.submit(grading.grade, folder, student, list(sheets)))
        for run in runs:
            run.result()
    yield found
    for folder, _ in found.values():
        shutil.rmtree(folder)


def test_the_two_small_chapters_and_the_books_have_sheets(course: Course) -> None:
    _, names = course["model"]
    tagged = [
        path.stem for path in assignments.order(ROOT / "_toc.yml") if '"your-turn"' in path.read_text("utf-8")
    ]
    assert sorted(names) == sorted([*SMALL, *tagged])


def test_the_model_answers_get_every_point(course: Course) -> None:
    folder, names = course["model"]
    for name in names:
        found = scores(folder, "model", name)
        assert found, name
        assert [question for question, (got, most) in found.items() if got != most] == [], name
    assert sum(most for _, most in scores(folder, "model", "rolling").values()) == 4


def test_an_untouched_sheet_gets_none(course: Course) -> None:
    folder, names = course["empty"]
    for name in names:
        found = scores(folder, "empty", name)
        assert [question for question, (got, most) in found.items() if got or not most] == [], name


def test_one_mistake_loses_the_points_of_its_question_and_is_named(course: Course) -> None:
    folder, _ = course["slip"]
    assert scores(folder, "slip", "rolling") == {"ex-lines-test": (0, 3), "ex-age-test": (1, 1)}
    graded = nbformat.read(folder / "autograded" / "slip" / "rolling" / "rolling.ipynb", as_version=4)
    (cell,) = (cell for cell in graded.cells if cell.id == "ex-lines-test")
    assert "You scale the old velocity by lr as well" in cell.outputs[0].text


def test_the_students_notebooks_hold_no_answer(course: Course) -> None:
    folder, names = course["model"]
    for name in names:
        model = sheet(folder, "source", name)
        text = "\n".join(cell.source for cell in sheet(folder, "release", name).cells)
        assert "SOLUTION" not in text
        assert "HIDDEN" not in text
        for cell in model.cells:
            if cell.metadata.nbgrader.solution:
                answer = cell.source.split("### BEGIN SOLUTION\n")[1].split("\n### END SOLUTION")[0]
                assert answer not in text, cell.id


def test_the_zip_holds_the_students_notebooks(course: Course) -> None:
    folder, names = course["model"]
    with zipfile.ZipFile(assignments.pack(folder, names)) as archive:
        for name in names:
            packed = archive.read(f"momentum-exercises/{name}.ipynb")
            assert packed == (folder / "release" / name / f"{name}.ipynb").read_bytes()
