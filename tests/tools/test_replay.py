"""nbval on the runs of a book: what it passes, and what it must not."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import replay

TOOLS = Path(replay.__file__).parent
RUN_BY = {"language_info": {"name": "python", "version": platform.python_version()}}


def cells(printed: str, source: str = "print(a)") -> list[nbformat.NotebookNode]:
    """A heading, a cell that prints and one whose output nobody compares."""
    ignored = new_code_cell("b", execution_count=2, metadata={"tags": ["nbval-ignore-output"]})
    ignored.outputs = [new_output("stream", name="stdout", text=printed[::-1])]
    told = new_code_cell(
        source, execution_count=1, outputs=[new_output("stream", name="stdout", text=printed)]
    )
    return [new_markdown_cell("# A"), told, ignored]


def compare(folder: Path, executed: nbformat.NotebookNode | None) -> subprocess.CompletedProcess[str]:
    """Let nbval compare a chapter that prints 1 with what a build has run."""
    (folder / "run").mkdir()
    nbformat.write(new_notebook(cells=cells("1\n")), folder / "a.ipynb")
    if executed is not None:
        nbformat.write(executed, folder / "run" / "a.ipynb")
    plugins = [f"-p{name}" for name in ("nbval.plugin", "replay", "no:cacheprovider")]
    options = [*plugins, "--executed=run", "--nbval", "--nbval-current-env"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "a.ipynb", "-q", "-c", "none.ini", "--rootdir=.", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(TOOLS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


SKIPPED = cells("1\n")
SKIPPED[1].metadata["tags"] = ["skip-execution"]


@pytest.mark.parametrize("parts", [["1\n"], ["1", "\n"]])
def test_a_run_that_says_the_same_passes_in_however_many_parts(tmp_path: Path, parts: list[str]) -> None:
    (tmp_path / "none.ini").write_text("[pytest]\n", "utf-8")
    executed = new_notebook(cells=cells("1\n"), metadata=RUN_BY)
    executed.cells[1].outputs = [new_output("stream", name="stdout", text=part) for part in parts]
    executed.cells[2].outputs = []
    done = compare(tmp_path, executed)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


@pytest.mark.parametrize(
    ("executed", "said"),
    [
        (None, "is not there"),
        (new_notebook(cells=cells("1\n")), "it was not run when the book was built"),
        (new_notebook(cells=cells("1\n", "print(c)"), metadata=RUN_BY), "cell 1 was"),
        (new_notebook(cells=cells("1\n")[:2], metadata=RUN_BY), "there were 2 cells"),
        (new_notebook(cells=SKIPPED, metadata=RUN_BY), "tagged skip-execution"),
        (new_notebook(cells=cells("2\n"), metadata=RUN_BY), "1 failed, 1 passed"),
    ],
)
def test_another_run_or_none_does_not_pass(
    tmp_path: Path, executed: nbformat.NotebookNode | None, said: str
) -> None:
    (tmp_path / "none.ini").write_text("[pytest]\n", "utf-8")
    done = compare(tmp_path, executed)
    assert done.returncode != 0
    assert said in done.stdout


def test_the_cells_are_asked_for_in_their_order() -> None:
    kernel = replay.Recorded(new_notebook(cells=cells("1\n")))
    kernel.execute_cell_input("print(a)")
    sent = [kernel.get_message("iopub")["msg_type"] for _ in range(2)]
    assert sent == ["stream", "status"]
    with pytest.raises(replay.ReplayError, match=r"no such cell here: 'print\(a\)'"):
        kernel.execute_cell_input("print(a)")
