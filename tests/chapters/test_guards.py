"""Each guard passes a good chapter, and complains of a bad one: one that cannot go red guards nothing."""

import base64
import io

import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from PIL import Image

from . import guards
from .notebook import Chapter

CAPTION, ALT = "The path of one run.", "A line falls from the upper left to the lower right."


def png(size=(1344, 768), colour=(0, 0, 0, 0), box=None):
    """A picture of one colour, in the middle of it a box of another over half of each side."""
    picture = Image.new("RGBA", size, colour)
    if box:
        picture.paste(box, (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def code(source, *outputs, tags=(), count=1, identifier="a-cell"):
    metadata = {"tags": list(tags)} if tags else {}
    return new_code_cell(
        source, id=identifier, outputs=list(outputs), metadata=metadata, execution_count=count
    )


def figure(source="ax.plot(x)\nplt.show()", data=None, caption=CAPTION, name="fig-one", alt=ALT):
    cell = code(source, new_output("display_data", data or {"image/png": png()}))
    cell.metadata["mystnb"] = {"figure": {"caption": caption, "name": name}, "image": {"alt": alt}}
    return from_dict(cell)


def chapter(*cells, name="two_forms"):
    return Chapter(name, from_dict({"cells": list(cells)}))


def text(*paragraphs):
    return new_markdown_cell("\n\n".join(paragraphs))


OPENING = """(chap-two-forms)=
# Two forms

```{admonition} A question first
Which of the two is it?
```

You will do
: One thing.

You will learn
: Another thing.

You need
: Nothing.

Time
: An hour."""
REFER = text("{numref}`fig-one` shows it.")
EXERCISE = "```{exercise-start}\n:label: ex-one\n```\n\nDo it.\n\n```{exercise-end}\n```"
START = "```{solution-start} ex-one\n:class: dropdown\n```\n\nDone."
END = "```{solution-end}\n```"
SECTIONS = ["## Summary", "## Exercises", "## Further reading"]
BODY = [text(OPENING), code("x = 1"), text(*SECTIONS)]


def test_a_good_chapter_passes_every_guard():
    good = chapter(
        text(OPENING, "It was {cite:t}`polyak1964some` who measured 0.25 first. " + "Word. " * 160),
        code("lr, mu = 0.1, 0.9", tags=["remove-input"]),
        code("TIMES = -3 * 2", tags=["parameters"], count=2),
        code("def f(w):\n    return np.sum([a * w for a in range(3)])", count=3),
        code("import numpy as np\nprint('w = 0.25')", stream("w = 0.25"), count=4),
        from_dict(figure() | {"execution_count": 5}),
        text("We ran it 3 times, see {numref}`the path <fig-one>`.", "## Summary", "## Exercises"),
        text(EXERCISE),
        text(START),
        code("assert f(0) == 0", count=6),
        text(END, "## Further reading"),
    )
    assert {guard.__name__: guard(good) for guard in guards.GUARDS if guard(good)} == {}
    assert all(guard([good]) == [] for guard in guards.BOOK_GUARDS)


RED = [
    (guards.counts, "execution counts are [None]", code("1", count=None)),
    (guards.counts, "execution counts are [2]", code("1", count=2)),
    (guards.errors, "a-cell stores the error E", code("1", new_output("error", ename="E"))),
    (guards.errors, "a-cell stores stderr: look out", code("1", stream("look out", "stderr"))),
    (guards.lengths, "a-cell has 21 lines, over 20", code("x = 1\n" * 21)),
    (guards.lengths, "the median cell has 6 lines, over 5", code("x = 1\n" * 6)),
    (guards.words, "11 words of prose to 1 lines", [text("One. " * 11), code("1")]),
    (guards.numerals, "the prose states '0.2'", [text("It is 0.2."), code("x = 0.2")]),
    (guards.numerals, "states '0.2'", code("f()", stream("0.2", "stderr")), text("It is 0.2.")),
    (guards.numerals, "states '7'", figure(caption="It takes 7 steps.")),
    (guards.captions, "a-cell has no caption", [REFER, figure(caption="")]),
    (guards.captions, "names its figure 'one'", figure(name="one")),
    (guards.captions, "names its figure ''", figure(name="")),
    (guards.captions, "no {numref} in the text refers to fig-one", figure()),
    (guards.captions, "no alt text of its own", [REFER, figure(alt="")]),
    (guards.captions, "no alt text of its own", [REFER, figure(alt="x" * 19)]),
    (guards.captions, "no alt text of its own", [REFER, figure(alt=CAPTION)]),
    (guards.plots, "does not end with plt.show()", figure("ax.plot(x)")),
    (guards.plots, "ends a line with a semicolon", code("plt.plot(x);")),
    (guards.plots, "sets a title", code('ax.set_title("x")')),
    (guards.plots, "sets a title", code('ax.set(xlabel="w", title="x")')),
    (guards.plots, "sets a title", code('fig.suptitle("x")')),
    (guards.plots, "sets a title", code('plt.title("x")')),
    (guards.images, "1344 x 801 pixels", figure(data={"image/png": png((1344, 801))})),
    (guards.images, "1345 x 768 pixels", figure(data={"image/png": png((1345, 768))})),
    (guards.images, "not transparent", figure(data={"image/png": png(colour=(9, 9, 9, 255))})),
    (guards.images, "a white box", figure(data={"image/png": png(box=(255, 255, 255, 255))})),
    (guards.images, "stores image/svg+xml", figure(data={"image/svg+xml": "<svg/>"})),
    (guards.images, "stores image/jpeg", figure(data={"image/jpeg": "AAAA"})),
    (guards.hidden_inputs, "f reads the global lr", code("lr = 1\ndef f(w):\n    return lr * w")),
    (guards.hidden_inputs, "f reads the global a", code("def f(w):\n    return [a for _ in w]")),
    (guards.hidden_inputs, "f reads the global a", code("class C:\n    def f(w):\n        return a")),
    (guards.citations, "nobody1900 is not in references.bib", text("See {cite:p}`nobody1900`.")),
    (guards.opt_outs, "1 of 19 cells opt out", [code("1", tags=["nbval-skip"])], [code("1")] * 18),
    (guards.opt_outs, "1 of 1 cells", code("1", tags=["nbval-ignore-output"])),
    (guards.parameters, "holds: x = f(1)", code("x = f(1)", tags=["parameters"])),
    (guards.parameters, "holds: x.a = 1", code("x.a = 1", tags=["parameters"])),
    (guards.parameters, "holds: print(0.2)", code("print(0.2)", tags=["parameters"])),
    (guards.parameters, "holds: import a", code("import a", tags=["parameters"])),
    (guards.frame, "does not open with (chap-two-forms)=", text("# Two forms"), BODY[1:]),
    (guards.frame, "no admonition with a question", text(OPENING.replace("question", "x"))),
    (guards.frame, "no term in bold or of a list for: time", text(OPENING.replace("Time", "x"))),
    (guards.frame, "its last sections are", [BODY[:2], text(*SECTIONS[:2])]),
    (guards.frame, "its last sections are", [BODY, text("## More")]),
    (guards.exercises, "there is no exercise", BODY),
    (guards.exercises, "exercise 'ex-one' has 0 solutions", text(EXERCISE)),
    (guards.exercises, "exercise 'ex-one' has 2 solutions", text(EXERCISE, START, END, START, END)),
    (guards.exercises, "exercise '' has 0 solutions", text(EXERCISE.replace(":label: ex-one", ""))),
    (guards.exercises, "the solution is no drop-down", text(START.replace("dropdown", "x"), END)),
    (guards.exercises, "solution-start without an end", text(EXERCISE, START)),
    (guards.exercises, "solution-end ends nothing", text(EXERCISE, END)),
    (guards.exercises, "no solution runs a cell", [text(EXERCISE, START, END), code("1")]),
]


def flat(cells):
    """The cells of a row of the table, lists of cells taken apart."""
    for cell in cells:
        if isinstance(cell, list):
            yield from flat(cell)
        else:
            yield cell


@pytest.mark.parametrize("row", RED, ids=lambda row: f"{row[0].__name__}-{row[1]}")
def test_each_guard_goes_red(row):
    guard, complaint, *cells = row
    found = guard(chapter(*flat(cells)))
    assert any(complaint in line for line in found), found


def test_every_guard_has_a_red_case():
    assert {row[0] for row in RED} == set(guards.GUARDS)


GREEN = [
    (guards.errors, code("1 / 0", new_output("error", ename="E"), tags=["raises-exception"])),
    (guards.counts, [code("1"), code("", count=None), code("1", count=2)]),
    (guards.numerals, [text("It is 0.2."), code("x = [-0.2]", tags=["parameters"])]),
    (guards.numerals, [text("Of 250,000."), code("N = 250_000", tags=["parameters"])]),
    (guards.numerals, [text("# Part 2\n\nIt is $0.2$ and `0.3`, see {eq}`4`.\n\n<!-- 5 -->")]),
    (guards.numerals, [text("It is 1/9."), code("f()", stream("1/9"))]),
    (guards.plots, code("a = 1; b = 2\nax.set_xlabel('title')\nax.get_title()")),
    (guards.images, figure(data={"image/png": png((900, 400), box=(240, 200, 100, 255))})),
    (guards.hidden_inputs, code("import a\ndef f(w):\n    return a.b(len(w), g(w))\ndef g(w): 1")),
    (guards.hidden_inputs, code("lr = 1\nf(lambda w: lr * w, [lr for _ in w])")),
    (guards.parameters, code("a = 1e-3\nb, C = -2, 2**-4 / 3", tags=["parameters"])),
    (guards.opt_outs, [[code("1", tags=["nbval-skip"])], [code("1")] * 19]),
    (guards.citations, text("See {doc}`nobody1900`.")),
]


@pytest.mark.parametrize("row", GREEN, ids=lambda row: row[0].__name__)
def test_no_guard_goes_red_without_need(row):
    guard, *cells = row
    assert guard(chapter(*flat(cells))) == []


def test_a_number_of_a_cell_that_is_not_compared_does_not_count():
    cell = code("f()", stream("0.2"), tags=["nbval-ignore-output"])
    assert guards.numerals(chapter(text("It is 0.2."), cell))


def test_a_template_is_labelled_without_the_underscore():
    opening = OPENING.replace("two-forms", "template")
    assert guards.frame(chapter(text(opening), *BODY[1:], name="_template")) == []


def test_names_are_unique_over_the_book():
    define = code("def f(w):\n    return w")
    one, two = (chapter(figure(), define, name=name) for name in ("one", "two"))
    assert guards.figure_names([one, two]) == ["2 figures are named fig-one"]
    assert guards.function_names([one, two]) == ["f is defined in one, two"]
    assert guards.function_names([chapter(define, define)]) == []
    both = [chapter(code(f"class {name}:\n    def step(self): ..."), name=name) for name in ("C", "D")]
    assert guards.function_names(both) == []  # a method is its class's own
    assert guards.function_names([*both, chapter(both[0].code[0], name="E")]) == ["C is defined in C, E"]
