"""A verdict is true or false, words, Markdown, a page with a figure that has its alt text."""

import base64
import dataclasses
import re
import subprocess
import sys

import matplotlib.pyplot as plt
import pytest

import momentum
from momentum import check
from momentum.check import Verdict
from momentum.plotting import STYLES

WRONG = check.velocity_step(lambda w, v, g, lr, mu: (w + lr * (mu * v - g), lr * (mu * v - g)))
RIGHT = check.velocity_step(lambda w, v, g, lr, mu: (w + mu * v - lr * g, mu * v - lr * g))


def test_it_is_true_or_false():
    assert RIGHT
    assert not WRONG
    with pytest.raises(AssertionError):
        assert WRONG, WRONG.words


def test_it_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        WRONG.right = True


def test_its_words():
    assert str(RIGHT) == "Right."
    assert str(WRONG).startswith("Not yet. You scale the old velocity by lr as well: ")
    assert RIGHT._repr_markdown_() == "**Right.** "
    assert WRONG._repr_markdown_().startswith("**Not yet.** You scale the old velocity by `lr` as well")
    assert repr(WRONG).startswith("Verdict(right=False, words='You scale")
    assert len(repr(WRONG)) < 300


def test_the_page_has_the_figure_and_its_alt_text():
    bundle = WRONG._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/plain", "text/markdown", "text/html"}
    assert bundle["text/plain"] == str(WRONG)
    page = bundle["text/html"]
    assert page.startswith(
        "<p><strong>Not yet.</strong> You scale the old velocity by <code>lr</code> as well"
    )
    picture, alt = re.search(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', page).groups()
    assert base64.b64decode(picture).startswith(b"\x89PNG")
    assert len(picture) < 60_000
    assert "&#x27;" in alt
    assert WRONG.alt == (
        "Two lines over 60 steps, your w and the reference's: they part at step 2, and end at "
        f"{WRONG.yours[-1]:.3g} and {WRONG.expected[-1]:.3g}."
    )


def test_a_right_answer_has_no_figure():
    assert RIGHT.figure() is None
    assert RIGHT.alt == ""
    assert "<img" not in RIGHT._repr_mimebundle_()["text/html"]


def test_markup_in_the_words_is_escaped():
    page = Verdict(False, "It raises `a < b` & <script>.")._repr_mimebundle_()["text/html"]
    assert page == "<p><strong>Not yet.</strong> It raises <code>a &lt; b</code> &amp; &lt;script&gt;.</p>"


def test_the_figure_shows_both_paths_and_where_they_part():
    before = plt.get_fignums()
    figure = WRONG.figure()
    assert plt.get_fignums() == before
    (ax,) = figure.axes
    yours, reference, mark = ax.lines
    assert tuple(yours.get_ydata()) == WRONG.yours
    assert tuple(reference.get_ydata()) == WRONG.expected
    assert tuple(yours.get_xdata()) == tuple(range(61))
    assert reference.get_color() == STYLES["theory"]["color"]
    assert set(mark.get_xdata()) == {WRONG.parted_at}
    assert [text.get_text() for text in ax.texts] == ["step 2"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["yours", "reference"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step $k$", "w")
    assert figure.get_facecolor()[3] == 0
    assert tuple(figure.get_size_inches()) == (4.8, 2.2)


def test_a_figure_without_a_step_to_mark():
    figure = Verdict(False, "", yours=(0.0, 1.0), expected=(0.0, 2.0)).figure()
    assert len(figure.axes[0].lines) == 2


def test_it_is_imported_only_when_it_is_asked_for():
    code = """
import sys, momentum
assert not [name for name in sys.modules if name.startswith(("momentum.check", "matplotlib", "sympy"))]
assert momentum.check.velocity_step(momentum.velocity_step)
assert "sympy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_package_has_no_other_late_names():
    with pytest.raises(AttributeError, match="module 'momentum' has no attribute 'checks'"):
        momentum.checks  # noqa: B018
