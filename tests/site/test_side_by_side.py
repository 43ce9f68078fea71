"""Notebooks run at the same time, each in its folder; one that fails is told; no page shows an old run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from sphinx.errors import ConfigError

Build = Callable[..., tuple[str, str]]
HERE = ("side_by_side",)
# Leaves a word for the other notebook and waits for the other's; alone it fails.
MEETS = """
import pathlib, time
pathlib.Path("{mine}").touch()
for _ in range(400):
    if pathlib.Path("{other}").exists():
        break
    time.sleep(0.1)
else:
    raise TimeoutError("nobody came")
print("{mine} has met {other}")
"""


def notebook(*cells: str) -> str:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Page")])
    made.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    return nbformat.writes(made)


def told(warnings: str) -> list[str]:
    """Return the warnings, without those of kernels."""
    return [line for line in warnings.splitlines() if "WARNING: " in line]


def test_two_notebooks_run_at_the_same_time_in_their_folder(build: Build, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    other = notebook(MEETS.format(mine="b", other="a"))
    (tmp_path / "source" / "other.ipynb").write_text(other, "utf-8")
    page, warnings = build(notebook(MEETS.format(mine="a", other="b")), HERE, ".ipynb")
    assert "a has met b" in page
    assert (tmp_path / "source" / "a").exists()
    assert [line for line in told(warnings) if "toctree" not in line] == []
    ran = nbformat.read(tmp_path / "jupyter_execute" / "other.ipynb", as_version=4)
    assert ran.cells[1].outputs[0].text == "b has met a\n"


def test_what_a_notebook_has_stored_is_not_shown(build: Build) -> None:
    old = nbformat.reads(notebook("print(1 + 1)"), as_version=4)
    old.cells[1].outputs = [nbformat.v4.new_output("stream", name="stdout", text="of yesterday\n")]
    page, _ = build(nbformat.writes(old), HERE, ".ipynb")
    assert "<pre>2\n</pre>" in page.replace("<span></span>", "")
    assert "of yesterday" not in page


def test_a_notebook_that_fails_is_a_warning_with_its_reason(build: Build) -> None:
    page, warnings = build(notebook("print('before')", "1 / 0", "print('behind')"), HERE, ".ipynb")
    (warning,) = told(warnings)
    assert warning.endswith("source/page.ipynb: WARNING: The notebook failed.")
    assert "1 / 0" in warnings
    assert "ZeroDivisionError: division by zero" in re.sub(r"\x1b\[[\d;]*m", "", warnings)
    assert "<pre>before\n</pre>" in page.replace("<span></span>", "")
    assert "<pre>behind" not in page.replace("<span></span>", "")


def test_a_cell_that_takes_too_long_is_one_too(build: Build) -> None:
    _, warnings = build(notebook("while True:\n    pass"), HERE, ".ipynb", nb_execution_timeout=1)
    assert "The notebook failed." in warnings
    assert "A cell timed out while it was being executed, after 1 seconds." in warnings


def test_a_page_that_is_no_notebook_is_left_alone(build: Build) -> None:
    page, warnings = build("# Page\n\nNo code.\n", HERE)
    assert "No code." in page
    assert warnings == ""


def test_myst_nb_must_not_run_them_too(build: Build) -> None:
    with pytest.raises(ConfigError, match="nb_execution_mode is 'force', not \"off\""):
        build(notebook("1 + 1"), HERE, ".ipynb", nb_execution_mode="force")
