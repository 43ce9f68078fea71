"""Run the chapters once, from a clean kernel, and store what came out in one normal form.

    python tools/notebooks.py              run every chapter (`make notebooks`)
    python tools/notebooks.py two_forms    run one
    python tools/notebooks.py --check      run nothing: are the stored files in the normal form?

The normal form holds nothing that differs from run to run, so a second run of an unchanged chapter
leaves the file as it was, byte for byte, and a diff shows only what the reader would see.
"""

import argparse
import asyncio
import copy
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
import yaml
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
# What a highlighter needs. The rest of what a kernel reports changes with its version.
LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}

# Left behind by the tools an author may use, and of no use to a reader.
STRAY_NOTEBOOK_KEYS = {"celltoolbar", "colab", "jupytext", "orig_nbformat", "signature", "toc"}
STRAY_NOTEBOOK_KEYS |= {"accelerator", "interpreter", "toc-autonumbering", "vscode", "widgets"}
STRAY_CELL_KEYS = {"ExecuteTime", "collapsed", "colab", "execution", "id", "outputId", "papermill"}
STRAY_CELL_KEYS |= {"editable", "lines_to_next_cell", "pycharm", "scrolled", "trusted", "vscode"}
# `needs_background` says that a picture is transparent; the others size it.
OUTPUT_METADATA = {"needs_background", "height", "width", "alt"}
# It names a widget by a random number, and means nothing without the kernel that drew it.
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

GOOD_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?")
HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*$", re.MULTILINE)
LONGEST_ID = 64  # of the notebook format

COLAB = 'import sys\n\nif "google.colab" in sys.modules:\n    %pip install -q "{}"'
DISTRIBUTION = "momentum-course"

# In a kernel of a chapter a warning is an error, but for one of ipykernel about itself.
WARNINGS = "error,ignore::PendingDeprecationWarning:ipykernel.kernelbase"

# A cell that raised or took too long, and a kernel that died.
FAILURES = (CellControlSignal, DeadKernelError)


def slug(text: str) -> str:
    """Turn a heading or a file name into a part of a cell id."""
    text = re.sub(r"\{[\w:]+\}`([^`<]*)[^`]*`", r"\1", text)  # a role, by what it shows
    text = re.sub(r"[\'\u2019`]|\$[^$]*\$", "", text)
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def is_good_id(identifier: str) -> bool:
    """Say whether an id was given by a person or by this tool, and not drawn at random."""
    return (
        len(identifier) <= LONGEST_ID
        and GOOD_ID.fullmatch(identifier) is not None
        and RANDOM_ID.fullmatch(identifier) is None
    )


def give_ids(notebook: NotebookNode, name: str) -> None:
    """Give each cell whose id is random, or taken already, one made of chapter and heading."""
    taken = {cell.id for cell in notebook.cells if is_good_id(cell.get("id", ""))}
    seen: set[str] = set()
    stem = slug(name)
    for cell in notebook.cells:
        heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if heading and slug(heading[1]):
            stem = f"{slug(name)}-{slug(heading[1])}"[: LONGEST_ID - 4].rstrip("-")
        identifier = cell.get("id", "")
        if not is_good_id(identifier) or identifier in seen:
            number = 1
            identifier = stem
            while identifier in taken | seen:
                number += 1
                identifier = f"{stem}-{number}"
            cell.id = identifier
        seen.add(cell.id)


def merge_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: where a kernel cuts its prints is chance."""
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def clean_output(output: NotebookNode, count: int | None) -> None:
    """Remove from an output what differs from run to run."""
    if output.output_type == "execute_result":
        output.execution_count = count
    if "data" in output:
        output.data.pop(WIDGET_VIEW, None)
    if "metadata" in output:
        output.metadata = {
            key: {k: v for k, v in value.items() if k in OUTPUT_METADATA}
            if isinstance(value, dict)
            else value
            for key, value in output.metadata.items()
            if key in OUTPUT_METADATA or key in output.data
        }


def set_up_colab(notebook: NotebookNode, name: str, repository: str) -> None:
    """Put the cell that installs the package in Colab before the first code cell, or remove it."""
    identifier = f"{slug(name)}-colab"
    cells = [cell for cell in notebook.cells if cell.get("id") != identifier]
    if repository:
        source = COLAB.format(f"{DISTRIBUTION} @ git+{repository}")
        cell = nbformat.v4.new_code_cell(source, id=identifier, metadata={"tags": ["remove-cell"]})
        kept = [old for old in notebook.cells if old.get("id") == identifier]
        if kept:
            cell.outputs, cell.execution_count = kept[0].outputs, kept[0].execution_count
        kinds = [old.cell_type for old in cells]
        cells.insert(kinds.index("code") if "code" in kinds else len(cells), cell)
    notebook.cells = cells


def normalise(notebook: NotebookNode, name: str, repository: str = "") -> NotebookNode:
    """Return a copy of the notebook in the normal form."""
    notebook = nbformat.from_dict(copy.deepcopy(notebook))
    set_up_colab(notebook, name, repository)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    kept = {k: v for k, v in notebook.metadata.items() if k not in STRAY_NOTEBOOK_KEYS}
    notebook.metadata = {**kept, "kernelspec": dict(KERNELSPEC), "language_info": dict(LANGUAGE)}
    give_ids(notebook, name)
    count = 0
    for cell in notebook.cells:
        cell.metadata = {
            key: value
            for key, value in cell.metadata.items()
            if key not in STRAY_CELL_KEYS and value not in ({}, [])
        }
        if not cell.get("attachments", True):
            del cell["attachments"]
        if cell.cell_type == "code":
            count += bool(cell.source.strip())
            cell.execution_count = count if cell.source.strip() else None
            cell.outputs = merge_streams(cell.outputs)
            for output in cell.outputs:
                clean_output(output, cell.execution_count)
    notebook = nbformat.from_dict(notebook)
    nbformat.validate(notebook)
    return notebook


def to_text(notebook: NotebookNode) -> str:
    """Return what stands in the file: one format version, one newline at the end."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"


def faults(text: str, name: str, repository: str = "") -> list[str]:
    """Say in which ways the text of a stored notebook is not in the normal form."""
    stored = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    normal = normalise(nbformat.reads(text, as_version=4), name, repository)
    if to_text(normal) == text:
        return []
    found = []
    if stored.metadata != normal.metadata:
        found.append("the notebook's metadata")
    if [cell.get("id") for cell in stored.cells] != [cell.id for cell in normal.cells]:
        found.append("the cells or their ids")
    else:
        for old, new in zip(stored.cells, normal.cells, strict=True):
            keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
            found += [f"cell {new.id}: {key}" for key in keys]
    return found or ["the layout of the file"]


async def run(notebook: NotebookNode, folder: Path) -> None:
    """Execute the notebook in a kernel of this environment, where a warning is an error."""
    # With no folders to look in, the kernel is the running Python: no other spec shadows it.
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=600,
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    await client.async_execute(cleanup_kc=True, env={**os.environ, "PYTHONWARNINGS": WARNINGS})


async def refresh(path: Path, repository: str) -> str:
    """Run one chapter and store it; return what to tell the author."""
    # Normalised first as well, so that the set-up cell, if any, takes part in the run.
    notebook = normalise(nbformat.read(path, as_version=4), path.stem, repository)
    await run(notebook, path.parent)
    text = to_text(normalise(notebook, path.stem, repository))
    if text == path.read_text(encoding="utf-8"):
        return "unchanged"
    draft = path.with_suffix(".ipynb.part")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(path)
    return "written"


async def refresh_all(paths: list[Path], repository: str) -> bool:
    """Run the chapters side by side, as many as there are cores; say whether all of them passed."""
    slots = asyncio.Semaphore(os.cpu_count() or 1)

    async def one(path: Path) -> bool:
        async with slots:
            try:
                print(f"{path.name}: {await refresh(path, repository)}", flush=True)
            except FAILURES as error:
                print(f"{path.name}: failed, left as it was\n{error}", file=sys.stderr, flush=True)
                return False
        return True

    return all(await asyncio.gather(*(one(path) for path in paths)))


def home(config: Path) -> str:
    """Read from the book's configuration where its repository lives; empty while none is set."""
    if not config.exists():
        return ""
    settings = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    for key in ("sphinx", "config", "book_home"):
        settings = settings.get(key) or {}
    return settings.get("repository") or ""


def find(names: list[str], folder: Path) -> list[Path]:
    """Return the chapters of these names (`two_forms`, or a path that ends so), by default all."""
    chapters = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    unknown = [name for name in names if Path(name).stem not in chapters]
    if unknown:
        raise SystemExit(f"no chapter {', '.join(unknown)} in {folder.name}/; there are: "
                         f"{', '.join(chapters) or 'none'}")  # fmt: skip
    return [chapters[Path(name).stem] for name in names] if names else list(chapters.values())


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run or check the chapters; return the exit status."""
    parser = argparse.ArgumentParser(description="Run the chapters and store them in normal form.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="chapters; default: all")
    parser.add_argument("--check", action="store_true", help="only say which are not in order")
    options = parser.parse_args(arguments)
    paths = find(options.names, root / "chapters")
    repository = home(root / "_config.yml")
    if not options.check:
        return 0 if asyncio.run(refresh_all(paths, repository)) else 1
    status = 0
    for path in paths:
        for fault in faults(path.read_text(encoding="utf-8"), path.stem, repository):
            print(f"{path.name}: not in the normal form: {fault}; run `make notebooks`")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
