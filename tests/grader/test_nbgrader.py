"""nbgrader's own generator and grader on the exercises: model answers, empty sheets, one mistake.

Needs nbgrader, which has an environment of its own: `make test-assignments`.
"""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from tagged_chapters import chapters

import assignments

ROOT = Path(__file__).parents[2]
NOWHERE = {"repository": "", "site": ""}
# The course's own exercises are graded at once with those of the two small chapters.
MISTAKE = "def my_step(w, v, g, lr, mu):\n    v = lr * (mu * v - g)\n    return w + v, v"
SMALL = ["rolling", "ending"]

# What nbgrader itself does is not ours to mend.
pytestmark = pytest.mark.filterwarnings("default::sqlalchemy.exc.SAWarning")


def submit(folder: Path, student: str, name: str, notebook: Any) -> None:
    """Put a notebook where a student's would lie."""
    place = folder / "submitted" / student / name
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{name}.ipynb")


def scores(folder: Path, student: str, name: str) -> dict[str, tuple[float, float]]:
    """Return the points of a student, and those that can be had, by question."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        found = book.find_submission_notebook(name, name, student).grades
        return {grade.name: (grade.score, grade.max_score) for grade in found}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """A course folder, with what three students have handed in, graded."""
    folder = tmp_path_factory.mktemp("course")
    small = tmp_path_factory.mktemp("chapters")
    for name, notebook in chapters().items():
        nbformat.write(notebook, small / f"{name}.ipynb")
    paths = [*sorted(small.glob("*.ipynb")), *assignments.order(ROOT / "_toc.yml")]
    names = assignments.write_sources(paths, folder, NOWHERE)
    assignments.generate(folder, names)
    for name in names:
        files = {kind: folder / kind / name / f"{name}.ipynb" for kind in ("source", "release")}
        model, empty = (nbformat.read(files[kind], as_version=4) for kind in ("source", "release"))
        submit(folder, "model", name, model)
        submit(folder, "empty", name, empty)
    slip = nbformat.read(folder / "source" / "rolling" / "rolling.ipynb", as_version=4)
    (cell,) = (cell for cell in slip.cells if cell.id == "ex-lines-answer")
    cell.source = MISTAKE
    submit(folder, "slip", "rolling", slip)
    grader = assignments.api(folder)
    for name in names:
        for student in sorted(path.parent.name for path in folder.glob(f"submitted/*/{name}")):
            done = grader.autograde(name, student)
            assert done["success"], done["log"]
    yield folder, names
    shutil.rmtree(folder)


def test_the_two_small_chapters_and_the_books_have_sheets(course: tuple[Path, list[str]]) -> None:
    _, names = course
    tagged = [
        path.stem for path in assignments.order(ROOT / "_toc.yml") if '"your-turn"' in path.read_text("utf-8")
    ]
    assert sorted(names) == sorted([*SMALL, *tagged])


def test_the_model_answers_get_every_point(course: tuple[Path, list[str]]) -> None:
    folder, names = course
    for name in names:
        found = scores(folder, "model", name)
        assert found, name
        assert [question for question, (got, most) in found.items() if got != most] == [], name
    assert sum(most for _, most in scores(folder, "model", "rolling").values()) == 4


def test_an_untouched_sheet_gets_none(course: tuple[Path, list[str]]) -> None:
    folder, names = course
    for name in names:
        found = scores(folder, "empty", name)
        assert [question for question, (got, most) in found.items() if got or not most] == [], name


def test_one_mistake_loses_the_points_of_its_question_and_is_named(course: tuple[Path, list[str]]) -> None:
    folder, _ = course
    assert scores(folder, "slip", "rolling") == {"ex-lines-test": (0, 3), "ex-age-test": (1, 1)}
    graded = nbformat.read(folder / "autograded" / "slip" / "rolling" / "rolling.ipynb", as_version=4)
    (cell,) = (cell for cell in graded.cells if cell.id == "ex-lines-test")
    assert "You scale the old velocity by lr as well" in cell.outputs[0].text


def test_the_students_notebooks_hold_no_answer(course: tuple[Path, list[str]]) -> None:
    folder, names = course
    for name in names:
        student = nbformat.read(folder / "release" / name / f"{name}.ipynb", as_version=4)
        model = nbformat.read(folder / "source" / name / f"{name}.ipynb", as_version=4)
        text = "\n".join(cell.source for cell in student.cells)
        assert "SOLUTION" not in text
        assert "HIDDEN" not in text
        for cell in model.cells:
            if cell.metadata.nbgrader.solution:
                answer = cell.source.split("### BEGIN SOLUTION\n")[1].split("\n### END SOLUTION")[0]
                assert answer not in text, cell.id


def test_the_zip_holds_the_students_notebooks(course: tuple[Path, list[str]]) -> None:
    folder, names = course
    with zipfile.ZipFile(assignments.pack(folder, names)) as archive:
        for name in names:
            packed = archive.read(f"momentum-exercises/{name}.ipynb")
            assert packed == (folder / "release" / name / f"{name}.ipynb").read_bytes()
