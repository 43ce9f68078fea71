"""The ledger of claims, on a small book: a page with the ledger and a notebook whose cell shows a claim."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

Build = Callable[..., tuple[str, str]]

PAGE = """# Claims

{ref}`The first <claim-halves>`.

```{toctree}
one
```

```{bibliography}
```

```{claims-ledger} claims.yml
```
"""
BIB = "@book{doe2000one, author={Doe, Ann}, title={One}, publisher={Two}, year={2000}}"
HALVES = {
    "id": "halves",
    "claim": "Each step *halves* $x$, they say.",
    "source": ["doe2000one", "talk", "[a page](https://example.org/)"],
    "chapter": "one",
    "status": "shown",
    "cell": "one-run",
    "find": "left: {}",
    "measured": "The share {} of $x$ is left.",
    "verdict": "holds when `a` is small",
}
LATER = {"id": "later", "claim": "It stops.", "source": ["talk"], "chapter": "far_away", "status": "open"}
LEDGER = {"A first theme": [HALVES], "Another": [LATER]}


@pytest.fixture
def ledger(build: Build, tmp_path: Path) -> Callable[..., tuple[str, str, str]]:
    """Build the book; return the ledger's page, the notebook's page and the warnings."""

    def run(entries: object = LEDGER, page: str = PAGE) -> tuple[str, str, str]:
        source = tmp_path / "source"
        source.mkdir()
        output = new_output("stream", name="stdout", text="left:  0.5\n")
        cells = [
            new_markdown_cell("# One\n\n## What $x$ does"),
            new_code_cell("hidden()", id="one-hidden", metadata={"tags": ["remove-cell"]}),
            new_code_cell("run()", id="one-run", outputs=[output]),
            new_code_cell("more()", id="one-more"),
        ]
        metadata = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
        nbformat.write(new_notebook(cells=cells, metadata=metadata), source / "one.ipynb")
        (source / "claims.yml").write_text(yaml.safe_dump(entries, sort_keys=False), "utf-8")
        (source / "all.bib").write_text(BIB, "utf-8")
        html, warnings = build(
            page,
            ("sphinxcontrib.bibtex", "claims_ledger"),
            bibtex_bibfiles=["all.bib"],
            claims_sources={"talk": "what one *hears*"},
            nitpicky=True,
        )
        return html, (tmp_path / "html" / "one.html").read_text("utf-8"), warnings

    return run


def test_a_claim_has_its_verdict_its_figure_and_its_sources(ledger):
    html, _, warnings = ledger()
    assert warnings == ""
    assert "Statements: 2. <em>Holds</em>: 0, <em>Holds when …</em>: 1" in html
    assert re.search(r'<dt id="claim-halves">Each step <em>halves</em> <span class="math', html)
    assert re.search(
        r'<strong><span class="verdict holds-when">Holds when <code.*?</strong>: The share 0.5 of', html
    )
    said = re.search(r'<p class="claim-source">Said by (.*?)</p>', html, re.DOTALL)[1]
    assert "Doe" in said
    assert "what one <em>hears</em>" in said
    assert '<a class="reference external" href="https://example.org/">a page</a>' in said


def test_a_theme_is_a_section_and_an_open_claim_says_so(ledger):
    html, _, _ = ledger()
    assert re.search(r'<section id="a-first-theme">\s*<h2>A first theme', html)
    later = html[html.index('id="claim-later"') :]
    assert '<span class="verdict open">Open</span></strong></p>' in later
    assert "Said by what one <em>hears</em>. To come: <em>far away</em>." in later


def test_the_link_lands_at_the_cell(ledger):
    html, notebook, _ = ledger()
    link = re.search(r'Shown in <a class="reference internal" href="one.html#cell-one-run">(.*?)</a>', html)[
        1
    ]
    assert "What" in link
    assert 'class="math' in link
    cell = notebook[notebook.index('id="cell-one-run"') :]
    assert cell.index("run") < cell.index("left:  0.5") < cell.index('id="cell-one-more"')
    assert "one-hidden" not in notebook
    assert 'href="#claim-halves"' in html


@pytest.mark.parametrize(
    ("entries", "warning"),
    [
        ({"A": [HALVES | {"cell": "two-run"}]}, "halves: one has no cell of code 'two-run'"),
        ({"A": [HALVES | {"chapter": "two"}]}, "halves: there is no notebook 'two'"),
        ({"A": [HALVES | {"find": "right: {}"}]}, "halves: 'right: {}' is not in what one-run has printed"),
        ({"A": [HALVES | {"verdict": "maybe"}]}, "claims.yml, halves: the verdict is 'maybe'"),
        ([HALVES], "claims.yml: expected themes"),
    ],
)
def test_a_fault_is_a_warning_that_names_its_place(ledger, entries, warning):
    _, _, warnings = ledger(entries, PAGE.replace("{ref}`The first <claim-halves>`.", ""))
    assert re.search(rf"page\.md:\d+: WARNING: {re.escape(warning)}", warnings), warnings


def test_a_ledger_that_is_not_there_is_a_warning(ledger):
    _, _, warnings = ledger(page="# Claims\n\n```{claims-ledger} none.yml\n```\n")
    assert "WARNING: none.yml cannot be read" in warnings
