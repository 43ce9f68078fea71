"""Two small chapters with exercises that check themselves, and a chapter without."""

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

WRITE = """\
## Exercises

`````{exercise} The two lines
:label: ex-lines
:class: write-it

Write form A. {prf:ref}`thm-slope` says what it does on a slope, {doc}`downhill` what comes before:

$$
v \\leftarrow \\mu v - \\eta g
$$ (eq-lines)

````{admonition} Hint 1
:class: dropdown hint
Look at {eq}`eq-lines`.
````

````{admonition} Hint 2
:class: dropdown hint
The weights move by $v$, the {term}`velocities <velocity>`' sum.
````
`````
"""
PREDICT = """\
```{exercise} How old
:label: ex-age
:class: predict-it

How old is a gradient at $\\mu = 0.8$, in the mean? [Read up](#the-memory) if you must.
```
"""
PROVE = """\
```{exercise} The end
:label: ex-end
:class: prove-it

Which formula has the terminal velocity? And in which order is it found?
```
"""
STUB = "def my_step(w, v, g, lr, mu):\n    ...\n\n\nprint(check.velocity_step(my_step))"
STEP = """\
def my_step(w, v, g, lr, mu):
    v = mu * v - lr * g
    return w + v, v


print(check.velocity_step(my_step))
assert check.velocity_step(my_step)"""
AGE = "age = {}\n{}check.number('mean age of a gradient', age, mu=coefficient){}"
FORMULA = "formula = {}\n{}check.expression('-lr*g/(1 - mu)', formula, 'lr mu g'){}"
ORDER = "order = {}\n{}check.ordering(steps, order){}"


def asked(text: str) -> str:
    """The code of the cell that is the reader's."""
    return text.format("...", "print(", ")")


def answered(text: str, answer: str) -> str:
    """The code of the cell in the solution."""
    given = text.format(answer, "print(", ")")
    return given + "\nassert " + text.splitlines()[1].replace("{}", "")


def code(source: str, *tags: str) -> NotebookNode:
    """A cell of code."""
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def around(label: str, *cells: NotebookNode) -> list[NotebookNode]:
    """Cells between the fences of a solution."""
    start = new_markdown_cell(f"```{{solution-start}} {label}\n:class: dropdown\n```\n\nBecause.")
    return [start, *cells, new_markdown_cell("```{solution-end}\n```")]


def chapters() -> dict[str, Any]:
    """Return the chapters by name."""
    slope = "```{prf:theorem} Down a slope\n:label: thm-slope\n\nIt ends.\n```"
    rolling = [
        new_markdown_cell(f"(chap-rolling)=\n# Does it roll?\n\n{slope}"),
        code("import math, os\nfrom momentum import check, descend\n\nlr = 0.1"),
        code("def half(x):\n    return math.floor(x) / 2\n\n\nunused = 3"),
        code("coefficient = half(1.0) + 0.3"),
        new_markdown_cell(WRITE),
        code(STUB, "your-turn", "remove-output"),
        *around("ex-lines", code(STEP, "model-answer"), code("print(unused)")),
        new_markdown_cell(PREDICT),
        code(asked(AGE), "your-turn"),
        *around("ex-age", code(answered(AGE, "4.0"), "model-answer")),
        new_markdown_cell("```{exercise} By hand\n:label: ex-hand\n\nNothing checks this.\n```"),
    ]
    ending = [
        new_markdown_cell("# Where does it end?"),
        code("from momentum import check\nsteps = {'a': '', 'b': 'a', 'c': 'b'}"),
        new_markdown_cell(PROVE),
        code(asked(FORMULA), "your-turn"),
        code(asked(ORDER), "your-turn"),
        *around(
            "ex-end",
            code(answered(FORMULA, "'lr*g/(mu - 1)'"), "model-answer"),
            code(answered(ORDER, "'abc'"), "model-answer"),
        ),
    ]
    downhill = [new_markdown_cell("# Only downhill"), code("1 + 1")]
    made = {"downhill": downhill, "rolling": rolling, "ending": ending}
    return {name: new_notebook(cells=cells) for name, cells in made.items()}
