"""The wheel: built, installed where the source is not, and tested there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

import momentum
from mutation import is_of_the_package

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
UV = Path(sysconfig.get_path("scripts"), "uv")

SMOKE = """
import importlib.metadata
import sys
from pathlib import Path

import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt

import momentum
import momentum.physics
import momentum.plotting
import momentum.theory

assert Path(momentum.__file__).is_relative_to(sys.prefix), momentum.__file__
assert momentum.__version__ == importlib.metadata.version("momentum-course")
plt.style.use("momentum.book")
path = momentum.descend(momentum.ravine(10), [1.0, 1.0], lr=0.05, mu=0.9, steps=500)
assert abs(path.w[-1]).max() < 1e-6
fig, ax = plt.subplots()
momentum.plotting.plot_landscape(ax, momentum.ravine(10))
fig.savefig("figure.png")
print(momentum.__version__)
"""


def run(*command: str | Path, folder: Path) -> str:
    """Run a command elsewhere, without this environment's settings of Python."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-10_000:]
    return done.stdout


def build(source: Path, folder: Path) -> Path:
    """Build a wheel from a folder or a zip of the source."""
    options = ["--no-deps", "--no-build-isolation", "--no-cache-dir", "--wheel-dir", folder]
    run(sys.executable, "-m", "pip", "wheel", *options, source, folder=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def files(wheel: Path) -> set[str]:
    """Return the names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an environment that holds the locked requirements and the wheel."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", "--without-pip", "venv", folder=folder)
    install = [UV, "pip", "install", "--quiet", "--python", "venv"]
    run(*install, "--require-hashes", "-r", ROOT / "requirements-dev.txt", folder=folder)
    run(*install, "--no-deps", wheel, folder=folder)
    return folder


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    source = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src/momentum").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = files(wheel)
    assert {"momentum/__init__.py", "momentum/py.typed", "momentum/book.mplstyle"} <= found
    questions = {f"momentum/practice/quizzes/{path.name}" for path in (ROOT / "practice/quizzes").iterdir()}
    assert "momentum/practice/quizzes/schema.json" in questions
    assert {name for name in found if ".dist-info/" not in name} == source | questions
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in found)


def test_the_metadata_is_that_of_the_project(wheel: Path) -> None:
    version = momentum.__version__
    assert wheel.name == f"momentum_course-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"momentum_course-{version}.dist-info/METADATA").decode()
    needed = {
        line.removeprefix("Requires-Dist: ") for line in metadata.splitlines() if "Requires-Dist" in line
    }
    assert needed == set(PROJECT["dependencies"])
    assert f"Version: {version}\n" in metadata
    assert f"Requires-Python: {PROJECT['requires-python']}\n" in metadata


def test_a_zip_of_the_source_installs_as_the_readme_says(tmp_path: Path) -> None:
    source = tmp_path / "momentum.zip"
    archive = ["git", "archive", "--format=zip", "--prefix=momentum-main/", f"--output={source}", "HEAD"]
    run(*archive, folder=ROOT)
    assert "momentum/book.mplstyle" in files(build(source, tmp_path))


def test_it_works_elsewhere(elsewhere: Path) -> None:
    said = run(elsewhere / "venv/bin/python", "-W", "error", "-c", SMOKE, folder=elsewhere)
    assert said.strip() == momentum.__version__
    assert (elsewhere / "figure.png").stat().st_size > 1000
    run(UV, "pip", "check", "--python", "venv", folder=elsewhere)


def test_the_unit_tests_pass_elsewhere(elsewhere: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", elsewhere)  # pytest's settings
    (elsewhere / "tests").mkdir()
    for path in (ROOT / "tests").glob("*.py"):
        if not path.name.startswith("test_") or is_of_the_package(path):
            shutil.copy(path, elsewhere / "tests")
    pytest_ = [elsewhere / "venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2"]
    said = run(*pytest_, "tests", folder=elsewhere)
    assert " passed" in said
    said = run(*pytest_, "--doctest-modules", "--pyargs", "momentum", folder=elsewhere)
    assert " passed" in said
