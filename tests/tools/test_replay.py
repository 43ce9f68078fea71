"""nbval on the runs of a book: what it passes, and what it must not."""

import os
import platform
import re
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


def run_of(
    printed: str = "1\n", source: str = "print(a)", *, parts: list[str] | None = None
) -> nbformat.NotebookNode:
    """The notebook as a build has run it, and what it printed, in one part or more."""
    executed = new_notebook(cells=cells(printed, source), metadata=RUN_BY)
    if parts:
        executed.cells[1].outputs = [new_output("stream", name="stdout", text=part) for part in parts]
        executed.cells[2].outputs = []
    return executed


SHORT, SKIPPED = run_of(), run_of()
SHORT.cells.pop()
SKIPPED.cells[1].metadata["tags"] = ["skip-execution"]
# By name: what a build has left of a chapter that prints 1, and what is said of it.
CASES = {
    "same": (run_of(parts=["1\n"]), "2 passed"),
    "in_parts": (run_of(parts=["1", "\n"]), "2 passed"),
    "another_output": (run_of("2\n"), "1 failed, 1 passed"),
    "gone": (None, "is not there"),
    "not_run": (new_notebook(cells=cells("1\n")), "it was not run when the book was built"),
    "another_cell": (run_of(source="print(c)"), "cell 1 was"),
    "too_short": (SHORT, "there were 2 cells"),
    "skipped": (SKIPPED, "tagged skip-execution"),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each: all in one process."""
    folder = tmp_path_factory.mktemp("replay")
    (folder / "run").mkdir()
    (folder / "none.ini").write_text("[pytest]\n", "utf-8")
    for name, (executed, _) in CASES.items():
        nbformat.write(new_notebook(cells=cells("1\n")), folder / f"{name}.ipynb")
        if executed is not None:
            nbformat.write(executed, folder / "run" / f"{name}.ipynb")
    plugins = [f"-p{name}" for name in ("nbval.plugin", "replay", "no:cacheprovider")]
    options = [
        *plugins,
        "--executed=run",
        "--nbval",
        "--nbval-current-env",
        "--continue-on-collection-errors",
    ]
    notebooks = [f"{name}.ipynb" for name in CASES]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *notebooks,
            "-v",
            "-c",
            "none.ini",
            "--rootdir=.",
            *plugins,
            *options,
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(TOOLS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return {name: verdict(name, done.stdout) for name in CASES}


def verdict(name: str, stdout: str) -> str:
    """Return how many cells of a notebook failed and passed, or why it could not be compared."""
    if error := re.search(rf"_ ERROR collecting {name}\.ipynb _+\n(.*?)\n_", stdout, re.DOTALL):
        return error[1]
    ended = re.findall(rf"^{name}::.* (PASSED|FAILED)", stdout, re.MULTILINE)
    counts = {word.lower(): ended.count(word) for word in ("FAILED", "PASSED")}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)


@pytest.mark.parametrize("name", CASES)
def test_only_a_run_of_the_same_cells_that_says_the_same_passes(said: dict[str, str], name: str) -> None:
    assert CASES[name][1] in said[name]
    assert (said[name] == "2 passed") is (name in {"same", "in_parts"})


def test_the_cells_are_asked_for_in_their_order() -> None:
    kernel = replay.Recorded(new_notebook(cells=cells("1\n")))
    kernel.execute_cell_input("print(a)")
    sent = [kernel.get_message("iopub")["msg_type"] for _ in range(2)]
    assert sent == ["stream", "status"]
    with pytest.raises(replay.ReplayError, match=r"no such cell here: 'print\(a\)'"):
        kernel.execute_cell_input("print(a)")
