"""Every number that a chapter prints, computed once more by PyTorch.

The chapters run as in `make chapters`, strict, but in kernels whose update rules are replaced by
`torch.optim.SGD` (`torch_rules.py`). nbval compares what comes out with the stored outputs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from torch_rules import COUNT, FLIP

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
# PyTorch takes a step at a time, so these would take it an hour: millions of runs, or networks.
TOO_MANY_STEPS = {"choosing_mu", "deep_networks", "hills_and_saddles"}
CHAPTERS = sorted(path for path in (ROOT / "chapters").glob("*.ipynb") if path.stem not in TOO_MANY_STEPS)
# That the comparison can go red is shown on these.
FLIPPED = [path for path in CHAPTERS if path.stem in {"intro", "rolling_ball", "two_forms", "frameworks"}]
STARTUP = f"""
import sys, warnings
sys.path.insert(0, {str(HERE)!r})
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyTorch's own, while it is imported
    import torch_rules
torch_rules.install()
"""


def run(
    chapter: Path, folder: Path, *options: str, **variables: str
) -> tuple[subprocess.CompletedProcess[str], int]:
    """Run a chapter with PyTorch's rules; return how nbval ended and how many steps PyTorch took."""
    startup = folder / "ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "00-torch.py").write_text(STARTUP, encoding="utf-8")
    counts = folder / "counts"
    counts.mkdir()
    command = [sys.executable, "-m", "pytest", str(chapter), "--nbval", "--nbval-current-env"]
    command += [
        f"--nbval-sanitize-with={ROOT / 'tests/chapters/nbval.cfg'}",
        "-q",
        "-p",
        "no:cacheprovider",
        *options,
    ]
    environment = os.environ | {
        "IPYTHONDIR": str(startup.parents[1]),
        "PYTHONWARNINGS": "error",
        COUNT: str(counts),
        **variables,
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done, sum(int(path.read_text() or 0) for path in counts.iterdir())


def takes_steps(chapter: Path) -> bool:
    """Whether the chapter's code calls something that moves weights by an update rule."""
    code = [cell.source for cell in nbformat.read(chapter, 4).cells if cell.cell_type == "code"]
    return bool(re.search(r"\bdescend\b|_step\(|\bSGD\(", "\n".join(code)))


def test_there_are_chapters_that_take_steps() -> None:
    assert {"rolling_ball", "two_forms"} <= {chapter.stem for chapter in CHAPTERS if takes_steps(chapter)}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_pytorch_prints_the_same_numbers(chapter: Path, tmp_path: Path) -> None:
    done, steps = run(chapter, tmp_path)
    assert done.returncode == 0, done.stdout[-20_000:]
    print(f"{chapter.stem}: {steps} steps by torch.optim.SGD")
    assert bool(steps) is takes_steps(chapter)


@pytest.mark.parametrize("chapter", FLIPPED, ids=lambda chapter: chapter.stem)
def test_a_flipped_sign_in_pytorch_goes_red(chapter: Path, tmp_path: Path) -> None:
    done, steps = run(chapter, tmp_path, "--exitfirst", **{FLIP: "1"})
    assert done.returncode == 1, done.stdout[-20_000:]
    assert steps > 0
