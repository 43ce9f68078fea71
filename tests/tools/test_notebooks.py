"""The normal form of a notebook, and the tool that runs the chapters into it."""

import copy
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

import notebooks

UUID = "3f2b8c1e-1b2a-4c3d-9e8f-0123456789ab"
REPOSITORY = "https://example.org/course.git"


def book(*cells, **metadata):
    # `new_notebook` would mend doubled ids itself.
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    return nbformat.from_dict(content)


def normal(*cells, name="two_forms", repository="", **metadata):
    return notebooks.normalise(book(*cells, **metadata), name, repository)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Newton's law", "newtons-law"),
        ("What $1/(1-\\mu)$ counts, and what not", "what-counts-and-what-not"),
        ("See {doc}`the ball <rolling_ball>` `mu`", "see-the-ball-mu"),
        ("rolling_ball", "rolling-ball"),
    ],
)
def test_slug(heading, expected):
    assert notebooks.slug(heading) == expected


@pytest.mark.parametrize("good", ["setup", "rolling-ball-07", "two-forms-the-theorem"])
def test_an_id_made_of_words_is_kept(good):
    assert normal(new_code_cell("1", id=good)).cells[0].id == good


@pytest.mark.parametrize("random", ["deadbeef", "01234567", UUID, "W0sZmlsZQ", "xY_3fGhIjK"])
def test_a_random_id_is_replaced(random):
    assert normal(new_code_cell("1", id=random)).cells[0].id == "two-forms"


def test_ids_follow_chapter_and_heading_and_stay_once_given():
    notebook = normal(
        new_markdown_cell("(chap-x)=\n# Two forms", id=UUID),
        new_code_cell("1", id="deadbeef"),
        new_markdown_cell("## The theorem", id="deadbee0"),
        new_code_cell("2", id="deadbee1"),
        new_code_cell("3", id="by-hand"),
        new_code_cell("4", id="by-hand"),
    )
    expected = ["two-forms-two-forms", "two-forms-two-forms-2", "two-forms-the-theorem"]
    expected += ["two-forms-the-theorem-2", "by-hand", "two-forms-the-theorem-3"]
    assert [cell.id for cell in notebook.cells] == expected
    del notebook.cells[1]
    again = notebooks.normalise(notebook, "two_forms")
    assert [cell.id for cell in again.cells] == [e for e in expected if not e.endswith("forms-2")]


def test_a_new_id_does_not_take_one_that_stands_further_down():
    cells = new_code_cell("1", id=UUID), new_code_cell("2", id="two-forms")
    assert [cell.id for cell in normal(*cells).cells] == ["two-forms-2", "two-forms"]


def test_ids_of_long_headings_fit_the_format():
    cells = [new_markdown_cell("## " + "long " * 40, id=UUID), new_code_cell("", id=UUID)]
    ids = [cell.id for cell in normal(*cells).cells]
    assert len(set(ids)) == 2
    assert all(len(identifier) <= 64 for identifier in ids)


def test_counts_run_from_one_over_the_cells_with_code():
    result = new_output("execute_result", {"text/plain": "2"}, execution_count=9)
    notebook = normal(
        new_code_cell("1", execution_count=7),
        new_code_cell(""),
        new_code_cell("1 + 1", execution_count=9, outputs=[result]),
    )
    assert [cell.execution_count for cell in notebook.cells] == [1, None, 2]
    assert notebook.cells[2].outputs[0].execution_count == 2


def test_metadata_that_varies_goes_and_the_rest_stays():
    picture = new_output(
        "display_data",
        {"image/png": "AAAA", notebooks.WIDGET_VIEW: {"model_id": "random"}},
        metadata={"needs_background": "light", "image/png": {"width": 9, "at": 1}, "time": 3},
    )
    tags = {"tags": ["parameters"], "mystnb": {"figure": {"name": "fig-a"}}}
    stray = {"execution": {"iopub.execute_input": "now"}, "scrolled": True, "slideshow": {}}
    notebook = normal(
        new_code_cell("draw()", outputs=[picture], metadata={**tags, **stray}),
        widgets={"state": {}},
        jupytext={"main_language": "python"},
        mystnb={"execution_timeout": 9},
        language_info={"name": "python", "version": "3.11.7"},
        kernelspec={"name": "course", "display_name": "My kernel"},
    )
    cell = notebook.cells[0]
    assert cell.metadata == tags
    assert cell.outputs[0].data == {"image/png": "AAAA"}
    kept = {"needs_background": "light", "image/png": {"width": 9}}
    assert cell.outputs[0].metadata == kept
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        "mystnb": {"execution_timeout": 9},
    }


def test_neighbouring_pieces_of_a_stream_are_joined_and_no_others():
    def stream(name, text):
        return new_output("stream", name=name, text=text)

    show = new_output("display_data", {"text/plain": "x"})
    pieces = [stream("stdout", "a"), stream("stdout", "b"), stream("stderr", "c")]
    pieces += [show, stream("stderr", "d")]
    outputs = normal(new_code_cell("f()", outputs=pieces)).cells[0].outputs
    assert [output.get("text") for output in outputs] == ["ab", "c", None, "d"]


def test_the_input_is_not_changed():
    notebook = book(new_code_cell("1", id=UUID), widgets={})
    before = copy.deepcopy(notebook)
    notebooks.normalise(notebook, "x")
    assert notebook == before


def test_the_normal_form_is_its_own_and_ends_with_one_newline():
    notebook = normal(new_markdown_cell("# One"), new_code_cell("print(1)"))
    text = notebooks.to_text(notebook)
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    again = notebooks.normalise(nbformat.reads(text, as_version=4), "two_forms")
    assert notebooks.to_text(again) == text
    assert notebooks.faults(text, "two_forms") == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda n: n["metadata"].update(widgets={}), "the notebook's metadata"),
        (lambda n: n["cells"][0].update(id=UUID), "the cells or their ids"),
        (lambda n: n["cells"][0].update(execution_count=None), "cell one: execution_count"),
        (lambda n: n["cells"][0]["metadata"].update(execution={}), "cell one: metadata"),
        (lambda n: n.update(nbformat_minor=4), "the layout of the file"),
    ],
)
def test_each_departure_from_the_normal_form_is_named(spoil, fault):
    content = json.loads(notebooks.to_text(normal(new_code_cell("1", id="one"))))
    spoil(content)
    assert fault in notebooks.faults(json.dumps(content, indent=1) + "\n", "two_forms")


def test_a_file_that_is_laid_out_differently_is_at_fault():
    text = notebooks.to_text(normal(new_code_cell("1", id="one")))
    assert notebooks.faults(text + "\n", "two_forms") == ["the layout of the file"]


def test_without_a_repository_there_is_no_colab_cell():
    cells = new_markdown_cell("# Two"), new_code_cell("1")
    assert len(normal(*cells).cells) == 2
    with_it = normal(*cells, repository=REPOSITORY)
    assert len(notebooks.normalise(with_it, "two_forms").cells) == 2


def test_the_colab_cell_comes_first_is_hidden_and_guarded():
    notebook = normal(new_markdown_cell("# Two"), new_code_cell("1"), repository=REPOSITORY)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds == ["markdown", "code", "code"]
    cell = notebook.cells[1]
    assert cell.id == "two-forms-colab"
    assert cell.metadata.tags == ["remove-cell"]
    assert 'if "google.colab" in sys.modules:\n    %pip install' in cell.source
    assert f'"momentum-course @ git+{REPOSITORY}"' in cell.source
    assert notebooks.normalise(notebook, "two_forms", REPOSITORY) == notebook


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, ""),
        ("title: x\n", ""),
        ("sphinx:\n  config:\n", ""),
        ("sphinx: {config: {book_home: {repository: }}}\n", ""),
        (f"sphinx: {{config: {{book_home: {{repository: '{REPOSITORY}'}}}}}}\n", REPOSITORY),
    ],
)
def test_the_repository_is_read_from_the_configuration(tmp_path, config, expected):
    if config is not None:
        (tmp_path / "_config.yml").write_text(config)
    assert notebooks.home(tmp_path / "_config.yml") == expected


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "chapters").mkdir()
    return tmp_path


def store(folder, name, *sources):
    notebook = book(new_markdown_cell("# One"), *(new_code_cell(source) for source in sources))
    path = folder / "chapters" / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def test_chapters_are_found_by_name_and_by_path(folder):
    one, two = store(folder, "one"), store(folder, "two")
    chapters = folder / "chapters"
    assert notebooks.find([], chapters) == [one, two]
    assert notebooks.find(["two"], chapters) == [two]
    assert notebooks.find(["chapters/two.ipynb", "one"], chapters) == [two, one]
    with pytest.raises(SystemExit, match="no chapter three in chapters/; there are: one, two"):
        notebooks.find(["three"], chapters)


def test_check_runs_nothing_and_names_what_is_not_in_order(folder, capsys):
    path = store(folder, "one", "print(1)")
    before = path.read_bytes()
    assert notebooks.main(["--check"], folder) == 1
    assert "one.ipynb: not in the normal form: the cells or their ids" in capsys.readouterr().out
    assert path.read_bytes() == before


@pytest.mark.slow
def test_a_run_stores_what_came_out_and_a_second_run_changes_nothing(folder, capsys):
    # The plot, the set-up of Colab, the working directory and the print in two pieces all count.
    (folder / "_config.yml").write_text(
        f"sphinx: {{config: {{book_home: {{repository: '{REPOSITORY}'}}}}}}\n"
    )
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    pieces = 'import sys\nprint("a")\nsys.stdout.flush()\nprint("b")'
    path = store(folder, "one", plot, pieces, "from pathlib import Path\nPath.cwd().name")
    assert notebooks.main([], folder) == 0
    first = path.read_bytes()
    code = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4]
    assert code[0].outputs == []
    assert "image/png" in code[1].outputs[-1].data
    assert [output.text for output in code[2].outputs] == ["a\nb\n"]
    assert code[3].outputs[0].data["text/plain"] == "'chapters'"
    assert notebooks.main(["one"], folder) == 0
    assert path.read_bytes() == first
    assert capsys.readouterr().out == "one.ipynb: written\none.ipynb: unchanged\n"
    assert notebooks.main(["--check"], folder) == 0


def test_a_failure_is_shown_and_leaves_the_file_as_it_was(folder, capsys):
    warn = "import warnings\nwarnings.warn('look out')"
    path, good = store(folder, "one", "print(1)", warn), store(folder, "two", "print(2)")
    before = path.read_bytes()
    assert notebooks.main([], folder) == 1
    shown = capsys.readouterr()
    assert "one.ipynb: failed, left as it was" in shown.err
    assert "warnings.warn('look out')" in shown.err
    assert "UserWarning" in shown.err
    assert path.read_bytes() == before
    assert shown.out == "two.ipynb: written\n"
    assert sorted(folder.glob("chapters/*")) == [path, good]
