"""What is asked for and what is locked agree, and a lock says what to install, not from where."""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.txt", "requirements-dev.txt"]
PIN = re.compile(r"([\w.-]+)==([\w.+!-]+)(?: ; [^\\]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def asked(text: str) -> dict[str, Requirement]:
    """Return the requirements of an input file by name."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def entries(lock: str) -> list[str]:
    """Return the entries of a lock, each with the lines that continue it."""
    kept = [line for line in lock.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(kept))


def lock_faults(lock: str) -> list[str]:
    """Return the entries that are no exact version with hashes, and the lines with an address."""
    loose = [entry.splitlines()[0] for entry in entries(lock) if not PIN.fullmatch(entry)]
    return loose + [line for line in lock.splitlines() if "://" in line]


def locked(lock: str) -> set[tuple[str, str]]:
    """Return name and version of each entry: a name may have one for each platform or Python."""
    return {(canonicalize_name(match[1]), match[2]) for match in PIN.finditer(lock)}


def imported(source: str) -> set[str]:
    """Return the packages that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    return found


def test_what_the_package_depends_on_is_asked_for_the_notebooks():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    names = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    assert names
    assert names <= set(asked(read("requirements.in")))


def test_whoever_installs_the_package_can_import_all_of_it():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    said = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    # ipywidgets is of the project that makes these two, and needs both.
    said |= {"ipython", "traitlets"} if "ipywidgets" in said else set()
    homes = packages_distributions()
    for path in sorted(ROOT.glob("src/momentum/**/*.py")):
        for name in imported(path.read_text("utf-8")) - sys.stdlib_module_names - {"momentum"}:
            assert {canonicalize_name(one) for one in homes[name]} & said, f"{path.name} imports {name}"


def test_the_book_engine_stays_below_the_version_that_is_another_program():
    specifier = asked(read("requirements-dev.in"))["jupyter-book"].specifier
    assert specifier == SpecifierSet(">=1.0.4,<2")


def test_the_environment_of_the_tests_holds_that_of_the_notebooks():
    assert "-r requirements.in" in read("requirements-dev.in").splitlines()
    assert locked(read("requirements.txt")) <= locked(read("requirements-dev.txt"))


@pytest.mark.parametrize("name", LOCKS)
def test_everything_that_is_asked_for_is_locked(name):
    names = {name for name, _ in locked(read(name))}
    assert set(asked(read(name.replace(".txt", ".in")))) <= names


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_versions_and_hashes_and_no_address(name):
    assert lock_faults(read(name)) == []


HASH = " \\\n    --hash=sha256:" + "0" * 64
GOOD = f"# made by uv\nnumpy==2.0 ; python_version < '3.12'{HASH}{HASH}\n    # via scipy\nscipy==1.0{HASH}\n"


def test_a_good_lock_has_no_faults():
    assert lock_faults(GOOD) == []
    assert locked(GOOD) == {("numpy", "2.0"), ("scipy", "1.0")}


@pytest.mark.parametrize(
    "line",
    [
        "sympy==1.0",
        f"sympy>=1.0{HASH}",
        f"sympy==1.0{HASH[:-1]}",
        f"sympy @ https://example.org/sympy.whl{HASH}",
        "--index-url https://example.org/simple",
        "--extra-index-url mirror",
        "-e .",
        "# from https://example.org/simple",
    ],
)
def test_each_fault_of_a_lock_is_seen(line):
    assert lock_faults(GOOD + line + "\n")
    assert lock_faults(line + "\n" + GOOD)


def test_the_lock_of_npm_has_hashes_and_no_address():
    packages = json.loads(read("package-lock.json"))["packages"]
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name
