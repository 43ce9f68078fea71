"""The parsing on which the guards of the chapters rest."""

from fractions import Fraction

import pytest
from nbformat.v4 import new_output

from . import notebook as nb

MARKDOWN = r"""(chap-x)=
# Title 101

% comment 102
Plain **bold 1** and *thin 2*, $a = 103$ {cite:t}`key104` [link 105](http://x/106) `code 107`.

<!-- 108 -->
<div class="a109">3</div>

$$ x = 110 $$ (eq-111)

\begin{align} 112 \end{align}

You will do
: learn 4

```{admonition} A question 113
:class: tip114
Body 5 {eq}`eq-115`.
```

````{prf:theorem} Title 116
---
label: thm-117
---
Inner 6.

```{math}
:label: x118
119
```
````

:::{note}
Colon 7, {numref}`Figure 120 <fig-121>`.
:::

```python
x = 122
```

| a | b |
|---|---|
| 8 | 9 |

1. list ![picture 123](a124.png)
"""


def test_numerals_of_the_running_text_are_seen_and_no_others():
    values = [numeral.value for numeral in nb.numerals(nb.prose(MARKDOWN))]
    assert values == list(range(1, 10))


def test_words_are_those_of_the_running_text():
    text = "# No title\n\nDon't count $x$ or `y`, but *well-known* {cite:p}`key` 3 **words**."
    assert nb.words(nb.prose(text)) == 6


def test_parts_of_a_text():
    assert nb.headings(MARKDOWN) == [(1, "Title 101")]
    assert nb.terms(MARKDOWN) == ["bold 1", "You will do"]
    assert nb.roles(MARKDOWN)[1:] == [("eq", "eq-115"), ("numref", "Figure 120 <fig-121>")]
    found = nb.directives(MARKDOWN)
    assert [d.name for d in found] == ["admonition", "prf:theorem", "math", "note"]
    assert found[0].options == {"class": "tip114"}
    assert found[1].options == {"label": "thm-117"}
    assert found[1].argument == "Title 116"
    assert found[3].body.startswith("Colon 7")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It is 10.", [10]),
        ("at 0.200 and -0.1", ["0.2", "-0.1"]),
        ("at \u22120.5, (-2) and +3", ["-0.5", -2, 3]),
        ("from 3-5, 10\u201320 and x-7", [3, 5, 10, 20, 7]),
        ("250,000 and 1\u202f500.5 but 1, 200", [250000, "1500.5", 1, 200]),
        ("1e-6 or 2.5E3", ["1/1000000", 2500]),
        ("1/9 of -10/9, 3/0", ["1/9", "-10/9", 3]),
        ("the 2nd, 22nd, 3D, 10x, 10-fold", [10, 10]),
        ("float64, L2, a_1, form_2, v0.9", []),
        ("5 and 5.", [5, 5]),
        ("0.5, 0.25; 1.", ["0.5", "0.25", 1]),
    ],
)
def test_numerals(text, values):
    assert [n.value for n in nb.numerals(text)] == [Fraction(v) for v in values]


def test_a_version_is_compared_by_its_text():
    assert [n.value for n in nb.numerals("Python 3.11.7")] == ["3.11.7"]


@pytest.mark.parametrize(
    ("stated", "output", "agrees"),
    [
        ("0.200", "-0.200", True),
        ("-0.200", "0.200", False),
        ("0.2", "0.200", True),
        ("0.21", "0.2", False),
        ("1/9", "1/9", True),
        ("1/9", "0.111", False),
        ("1/2", "0.5", True),
        ("9", "1/9", False),
        ("5 %", "0.05", True),
        ("5%", "5 %", True),
        ("0.05", "5 %", True),
        ("5 %", "0.5", False),
        ("1,000", "1000", True),
        ("10", "0.10", False),
        ("10", "100", False),
        ("0.5", "10.5", False),
        ("1e-6", "1e-06", True),
    ],
)
def test_a_number_agrees_with_an_output_by_its_value(stated, output, agrees):
    (numeral,) = nb.numerals(stated)
    assert bool(numeral.values() & nb.shown_values(output)) is agrees


@pytest.mark.parametrize(
    ("output", "values"),
    [
        (new_output("stream", name="stdout", text="w = 7"), [7]),
        (new_output("stream", name="stderr", text="7"), []),
        (new_output("display_data", {"text/plain": "<Figure size 640x480 with 1 Axes>"}), []),
        (new_output("display_data", {"text/plain": "<function f at 0x7f00>"}), []),
        (new_output("execute_result", {"text/plain": "Fraction(-1, 9)"}), ["1/9", "-1/9"]),
        (new_output("display_data", {"text/html": "<p style='top:7px'>8&nbsp;m</p>"}), [8]),
        (new_output("display_data", {"text/latex": r"$\frac{1}{9} x + 3.5$"}), ["1/9", "3.5"]),
        (new_output("display_data", {"text/markdown": "so 4"}), [4]),
        (new_output("display_data", {"image/png": "1234"}), []),
    ],
)
def test_the_numbers_that_an_output_shows(output, values):
    assert nb.shown_values(nb.output_text(output)) == {Fraction(v) for v in values}


@pytest.mark.parametrize("source", ["f();", "f();  # done", "if x:\n    f();\n", "x = [1,\n2];"])
def test_a_semicolon_at_the_end_of_a_line_is_seen(source):
    assert ";" in nb.statement_ends(source)


@pytest.mark.parametrize("source", ['s = "a;"', "f(1); g(2)", "f()  # no;", '"""a;\nb"""'])
def test_any_other_semicolon_is_not(source):
    assert ";" not in nb.statement_ends(source)


def test_magics_do_not_hinder():
    assert nb.tree("if x:\n    %pip install -q y").body
