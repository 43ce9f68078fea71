"""What a cell prints is one block, wherever its kernel cut it."""

import html
import re
from collections.abc import Callable
from copy import deepcopy
from itertools import pairwise

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode

import joined_streams

Build = Callable[..., tuple[str, str]]
# myst-nb's word for a message of standard output and of standard error.
BOX = re.compile(
    r'<div class="output (stream|stderr) highlight-\S+ notranslate">.*?<pre>(.*?)</pre>', re.DOTALL
)
PRINTS = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Page

```{code-cell}
for part in ("0.", "5 is\\n", "a half"):
    print(part, end="", flush=True)
```
"""


def part(name: str, text: str) -> NotebookNode:
    return nbformat.v4.new_output("stream", name=name, text=text)


def figure() -> NotebookNode:
    return nbformat.v4.new_output("display_data", {"text/plain": "a figure"})


names = st.sampled_from(["stdout", "stderr"])
runs = st.lists(st.builds(part, names, st.text("a\n \r", max_size=6)) | st.builds(figure), max_size=8)


@given(runs)
def test_nothing_is_added_or_lost_and_the_order_stays(outputs: list[NotebookNode]) -> None:
    def letters(some: list[NotebookNode]) -> list[object]:
        return [
            letter
            for one in some
            for letter in ([(one.name, each) for each in one.text] if one.output_type == "stream" else [one])
        ]

    before = deepcopy(outputs)
    assert letters(joined_streams.joined(outputs)) == letters(outputs)
    assert outputs == before


@given(runs)
def test_no_neighbours_are_of_one_stream(outputs: list[NotebookNode]) -> None:
    kinds = [one.get("name", "figure") for one in joined_streams.joined(outputs)]
    assert not any(one == after != "figure" for one, after in pairwise(kinds))


@given(runs, st.data())
def test_it_is_all_the_same_where_a_kernel_cuts(outputs: list[NotebookNode], data: st.DataObject) -> None:
    cut = []
    for one in outputs:
        if one.output_type != "stream":
            cut.append(one)
            continue
        at = data.draw(st.integers(0, len(one.text)))
        cut += [part(one.name, one.text[:at]), part(one.name, one.text[at:])]
    assert joined_streams.joined(cut) == joined_streams.joined(outputs)


def boxes(page: str) -> list[tuple[str, str]]:
    """Return the kind and the text of each box of prints."""
    return [(kind, html.unescape(re.sub("<[^>]*>", "", text))) for kind, text in BOX.findall(page)]


def test_a_page_has_a_box_for_each_run_of_one_stream(build: Build) -> None:
    outputs = [part("stdout", "0."), part("stdout", "5\n"), part("stderr", "hm\n"), part("stdout", "one\n")]
    outputs += [figure(), part("stdout", "t"), part("stdout", "wo\n")]
    cells = [
        nbformat.v4.new_markdown_cell("# Page"),
        nbformat.v4.new_code_cell("1", outputs=outputs, execution_count=1),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    page, warnings = build(nbformat.writes(notebook), ("joined_streams",), ".ipynb")
    assert warnings == ""
    assert boxes(page) == [
        ("stream", "0.5\n"),
        ("stderr", "hm\n"),
        ("stream", "one\n"),
        ("stream", "two\n"),
    ]
    assert page.index("one") < page.index("a figure") < page.index("two")


@pytest.mark.parametrize("mode", ["force", "inline"])
def test_what_a_kernel_sends_in_parts_is_one_box(build: Build, mode: str) -> None:
    page, _ = build(PRINTS, ("joined_streams",), nb_execution_mode=mode)
    assert boxes(page) == [("stream", "0.5 is\na half\n")]
