"""The chapters keep what `guards` demands, and are stored in the normal form."""

from pathlib import Path

import pytest

from notebooks import faults, home

from . import guards
from .notebook import ROOT, Chapter

PATHS = sorted((ROOT / "chapters").glob("*.ipynb"))


def named(value: object) -> str:
    """Name a case by its chapter or its guard."""
    return value.stem if isinstance(value, Path) else value.__name__


def test_there_are_chapters():
    assert PATHS, "chapters/ holds no notebook: the guards would guard nothing"


@pytest.mark.parametrize("guard", guards.GUARDS, ids=named)
@pytest.mark.parametrize("path", PATHS, ids=named)
def test_chapter(path, guard):
    complaints = guard(Chapter.read(path))
    assert not complaints, "\n".join([f"{path.name}: {guard.__doc__}", *complaints])


@pytest.mark.parametrize("guard", guards.BOOK_GUARDS, ids=named)
def test_book(guard):
    complaints = guard([Chapter.read(path) for path in PATHS])
    assert not complaints, "\n".join([guard.__doc__, *complaints])


@pytest.mark.parametrize("path", PATHS, ids=named)
def test_normal_form(path):
    repository = home(ROOT / "_config.yml")
    found = faults(path.read_text(encoding="utf-8"), path.stem, repository)
    assert not found, f"{path.name}: run `make notebooks`: {found}"
