"""The sheet of short tables, on a small book."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Build = Callable[..., tuple[str, str]]

PAGE = """# Sheet

```{fact-sheet} sheet.yml
:style: sheet.css
```
"""
TABLE = {
    "title": "How *far*",
    "columns": ["who", "how"],
    "rows": [{"cells": ["Ann", "$x$ | `y`"], "holds": ["1"]}],
}


@pytest.fixture
def sheet(build: Build, tmp_path: Path) -> Callable[[Any], tuple[str, str]]:
    """Build a page with a sheet; return its HTML and the warnings."""

    def run(tables: Any) -> tuple[str, str]:
        source = tmp_path / "source"
        (source / "static").mkdir(parents=True)
        (source / "static" / "sheet.css").write_text("p { margin: 0; }", "utf-8")
        (source / "sheet.yml").write_text(yaml.safe_dump(tables), "utf-8")
        return build(PAGE, ("fact_sheet",), html_static_path=["static"])

    return run


def test_a_table_becomes_a_section(sheet: Callable[[Any], tuple[str, str]]) -> None:
    html, warnings = sheet([{**TABLE, "note": "That is *all*."}])
    assert warnings == ""
    assert '<section id="how-far">' in html
    assert html.count("<td>") == 2
    assert "<em>all</em>" in html
    assert "holds" not in html
    assert "sheet.css" in html


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"title": "x"}, "expected a list of tables"),
        ([{**TABLE, "colums": []}], "unknown key colums"),
        ([{"title": "T", "columns": ["a"], "rows": [{"cells": []}]}], "row 1 has 0 cells, expected 1"),
        ([{"title": "T", "columns": ["a", "b"], "claims": ["none"]}], "no verdict on 'none'"),
        ([{"title": "T", "columns": ["a", "b"]}], "expected either rows or claims"),
        (["x"], "'x' is no mapping"),
    ],
)
def test_a_sheet_that_cannot_be_printed_is_a_warning(
    sheet: Callable[[Any], tuple[str, str]], tables: Any, message: str
) -> None:
    assert message in sheet(tables)[1]
