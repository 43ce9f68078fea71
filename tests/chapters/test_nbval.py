"""What nbval compares with our two patterns, and what only the guards see."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from . import guards
from .notebook import Chapter

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).with_name("nbval.cfg")
FIGURE = "import matplotlib.pyplot as plt\nplt.subplots(figsize=(2, 1))\nplt.show()"


def printed(value, source="print(0.1 + 0.1)"):
    output = new_output("stream", name="stdout", text=f"{value}\n")
    return new_code_cell(source, outputs=[output], execution_count=1)


def drawn(shown):
    data = {"text/plain": f"<Figure size {shown}>", "image/png": "AAAA"}
    output = new_output("display_data", data)
    return new_code_cell(FIGURE, outputs=[output], execution_count=1)


CASES = {
    "as_stored": (printed("0.2"), "passed"),
    "another_number": (printed("0.3"), "failed"),
    "another_stream": (printed("0.2", "print(0.2)\nprint(1, file=__import__('sys').stderr)"), "failed"),
    "another_address": (printed("at 0x7fAB", "print(f'at {id(object):#x}')"), "passed"),
    "another_size": (drawn("9x9 with 0 Axes"), "failed"),
    "same_but_for_the_size": (drawn("9x9 with 1 Axes"), "passed"),
    "stripped": (new_code_cell("print(0.1 + 0.2)"), "passed"),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """What nbval says of each case: all in one notebook, for each would start a kernel."""
    folder = tmp_path_factory.mktemp("nbval")
    nbformat.write(new_notebook(cells=[cell for cell, _ in CASES.values()]), folder / "cases.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-v", "-p"]
    command += ["no:cacheprovider", f"--nbval-sanitize-with={CONFIG}", "--rootdir=.", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = re.findall(r"^cases::.* (PASSED|FAILED)", done.stdout, re.MULTILINE)
    return dict(zip(CASES, said, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_nbval(verdicts, name):
    assert verdicts[name].lower() == CASES[name][1]


def test_what_nbval_lets_pass_when_stripped_the_counts_do_not():
    stripped = Chapter("x", nbformat.from_dict({"cells": [CASES["stripped"][0]]}))
    assert guards.counts(stripped)


def test_the_sanitiser_has_two_patterns():
    patterns = re.findall(r"^regex: (.*)$", CONFIG.read_text(encoding="utf-8"), re.MULTILINE)
    assert patterns == [r"Figure size \d+x\d+", "0x[0-9a-fA-F]+"]
