"""Change the package a line at a time, and see whether its unit tests notice.

``python tools/mutation.py`` (`make test-mutation`) lets mutmut make its mutants of `src/momentum` and run
the unit tests on one in ten of them, always the same; ``--all`` runs all, which the weekly checks do.
It fails when fewer than 95 % are killed, when a mutant survives that `tests/survivors.toml` does not list
with a reason, and when a listed one is killed after all.

The labs' still pictures and the figure of a verdict are left out: details of a drawing are for the eye, and
for tests in a browser, where mutmut cannot run. Of `src/momentum/check` what judges a learner's step is left
out: it is called at each step of long runs, where mutmut's detours around every call cost the most. It is
held by a catalogue of mistakes, a mutation test itself, each of them rejected and named.

mutmut lives in an environment of its own, `.venv-mutation`: the locked requirements and mutmut, which is
outside the lock. It works on a copy in `_build/mutation`, so that no mutant ever lies in the source.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import environment

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv-mutation"
WORK = ROOT / "_build/mutation"
LIST = ROOT / "tests/survivors.toml"
MUTMUT = "mutmut==3.8.1"
TO_KILL = 0.95
# Fewer examples a law than in `make unit`: a mutant's tests are run hundreds of times.
EXAMPLES = 10
# The sample: mutmut numbers the mutants of each function, and those with this last digit are run:
# the first of every function is among them.
SAMPLE = "1"
# How mutmut reports that the tests passed on a mutant, that one failed, and that none calls the function.
SURVIVED, KILLED, UNTESTED = 0, 1, 33

# What judges a learner's step, by module and by test: the docstring says why they are left out.
JUDGES = (
    *("catalogue", "common", "comparing", "form_a", "judge", "learner", "moving", "mutant", "naive"),
    *("problems", "rule", "running", "steps", "sums"),
)
OF_JUDGES = ("learner", "mutants", "variants")
# The labs' still pictures: which marks there are and where is looked at, and measured in a browser.
DRAWS = re.compile(r"^( +def (?:still|_draw\w*|_variance_range)\(self.*:)$", re.MULTILINE)
# What costs much and holds nothing that quicker tests do not, beside the tests that are marked as slow.
NEEDLESS = (
    *("test_it_is_imported_only_when", "naive_checks", "how_many_bugs_lower_the_loss"),
    *("of_the_nine_is_named", "test_the_still_picture_draws", "test_the_picture_"),
)

SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-m", "not slow", "-k", {quick}]
pytest_add_cli_args_test_selection = {tests}
track_dependencies = false
use_git_change_detection = false
also_copy = ["practice"]
do_not_mutate = {left_out}
"""

# A mutant is dead with the first example that fails: looking for a smaller one costs more than all the rest.
# And mutmut forks after a run of all the tests, which showed it what each of them calls: what the package had
# cached by then would hide a mutant from the tests, and from all but one test what it calls.
PROFILE = f"""
from hypothesis import Phase

settings.register_profile(
    "mutation", settings.get_profile("book"), max_examples={EXAMPLES}, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("mutation")

import pytest

@pytest.fixture(autouse=True)
def nothing_is_cached():
    package = [module for name, module in sys.modules.items() if name.startswith("momentum.")]
    for each in [each for module in package for each in vars(module).values()]:
        if hasattr(each, "cache_clear"):
            each.cache_clear()
"""


class Mutant(NamedTuple):
    """One change of one function, named so that the name outlives edits elsewhere."""

    where: str
    change: str


class Listed(NamedTuple):
    """What `tests/survivors.toml` says of one or more survivors."""

    where: str
    change: str
    why: str

    def describes(self, mutant: Mutant) -> bool:
        """Whether this entry is about that mutant; in both fields "…" stands for anything.

        >>> entry = Listed("momentum.a.…", "…strict=True) -> …strict=None)", "the lengths are equal")
        >>> entry.describes(Mutant("momentum.a.f", "zip(x, y, strict=True) -> zip(x, y, strict=None)"))
        True
        >>> entry.describes(Mutant("momentum.b.f", "zip(x, y, strict=True) -> zip(x, y, strict=None)"))
        False
        """
        return fits(self.where, mutant.where) and fits(self.change, mutant.change)


def fits(pattern: str, text: str) -> bool:
    """Whether a text is what the pattern says."""
    return bool(re.fullmatch(re.escape(pattern).replace("…", ".*"), text))


def is_of_the_package(test: Path) -> bool:
    """Whether a test needs the package and nothing else of the project."""
    text = test.read_text("utf-8")
    return "from momentum" in text and "ROOT" not in text


def make_environment() -> Path:
    """Return mutmut's program, in an environment that has what the lock and the pin say."""
    stamp = ENVIRONMENT / "locked.txt"
    wanted = MUTMUT + "\n" + (ROOT / "requirements-dev.txt").read_text("utf-8")
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        environment.make(ENVIRONMENT, [MUTMUT])
        stamp.write_text(wanted, "utf-8")
    return ENVIRONMENT / "bin/mutmut"


def copy_project() -> None:
    """Lay the package and its unit tests into the working folder, with settings of their own."""
    shutil.rmtree(WORK, ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", WORK / "src", ignore=ignore)
    for path in (WORK / "src/momentum/lab").glob("*.py"):
        path.write_text(DRAWS.sub(r"\1  # pragma: no mutate block", path.read_text("utf-8")), "utf-8")
    shutil.copytree(ROOT / "practice/quizzes", WORK / "practice/quizzes")
    found = [*(ROOT / "tests").glob("test_*.py"), *(ROOT / "tests/lab").glob("test_*.py")]
    tests = [path.relative_to(ROOT) for path in sorted(found) if is_of_the_package(path)]
    tests = [path for path in tests if path.stem.removeprefix("test_check_") not in OF_JUDGES]
    (WORK / "tests/lab").mkdir(parents=True)
    for path in [*tests, Path("tests/strategies.py"), Path("tests/lab/conftest.py")]:
        shutil.copy(ROOT / path, WORK / path)
    conftest = (ROOT / "tests/conftest.py").read_text("utf-8")
    (WORK / "tests/conftest.py").write_text(conftest + PROFILE, "utf-8")
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    values = {
        "tests": [str(path) for path in tests],
        "left_out": [f"src/momentum/check/{name}.py" for name in ("drawing", *JUDGES)],
        "quick": f"not ({' or '.join(NEEDLESS)})",
    }
    settings += SETTINGS.format(**{name: json.dumps(value) for name, value in values.items()})
    (WORK / "pyproject.toml").write_text(settings, "utf-8")


def run_mutmut(program: Path, names: list[str]) -> None:
    """Make every mutant, and test those with these names; none means all."""
    processes = os.cpu_count() or 2
    command = [str(program), "run", "--max-children", str(processes), *names]
    log = WORK / "mutmut.log"
    with log.open("w") as out:
        done = subprocess.run(command, cwd=WORK, stdout=out, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise SystemExit(f"mutmut failed. The end of {log}:\n{log.read_text('utf-8')[-3000:]}")


def functions(source: str) -> dict[str, str]:
    r"""Return the text of every function of a module, and of its classes, by name.

    >>> functions("class A:\n    def f(self):\n        return  1")
    {'f': 'def f(self):\n    return 1'}
    """
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            found[node.name] = ast.unparse(node)
    return found


def change(original: str, mutated: str) -> str:
    r"""Return what a mutant changes, in one line.

    >>> change("def f():\n    return 1", "def f():\n    return 2")
    'return 1 -> return 2'
    """
    sides: dict[str, list[str]] = {"-": [], "+": []}
    for line in list(difflib.unified_diff(original.splitlines(), mutated.splitlines(), n=0, lineterm=""))[2:]:
        if line[0] in sides:
            sides[line[0]].append(line[1:].strip())
    return " -> ".join(" ".join(lines) for lines in sides.values())


def mutants(folder: Path) -> Iterator[tuple[Mutant, int]]:
    """Yield every mutant that mutmut made, with the code that it left."""
    for meta in sorted(folder.rglob("*.py.meta")):
        codes = json.loads(meta.read_text("utf-8"))["exit_code_by_key"]
        texts = functions(meta.with_suffix("").read_text("utf-8"))
        for key, code in codes.items():
            module, _, name = key.rpartition(".")
            base = re.sub(r"__mutmut_\d+$", "", name)
            original = texts[base + "__mutmut_orig"].replace(base + "__mutmut_orig", "f")
            plain = re.sub(r"^x_|^xǁ", "", base).replace("ǁ", ".")
            yield Mutant(f"{module}.{plain}", change(original, texts[name].replace(name, "f"))), code


def main() -> int:
    """Run mutmut and judge what it found."""
    parser = argparse.ArgumentParser(description="Change the package a line at a time: do its tests notice?")
    parser.add_argument("--all", action="store_true", help="run every mutant, not one in ten")
    everything = parser.parse_args().all
    start = time.monotonic()
    program = make_environment()
    copy_project()
    run_mutmut(program, [] if everything else [f"*__mutmut_*[{SAMPLE}]"])
    made = list(mutants(WORK / "mutants/src"))
    found = made if everything else [one for one in made if one[1] is not None]
    alive = [mutant for mutant, code in found if code in (SURVIVED, UNTESTED)]
    untested = sum(code == UNTESTED for _, code in found)
    unfinished = sum(code is None for _, code in found)
    listed = [Listed(**entry) for entry in tomllib.loads(LIST.read_text("utf-8")).get("survivor", [])]
    unlisted = [mutant for mutant in alive if not any(entry.describes(mutant) for entry in listed)]
    # A mutant that is only slower may run out of time on a busy machine: that does not make it dead. Neither
    # does a sample that leaves some of the described ones out. What describes no mutant at all is outdated.
    tried = {entry: {code for mutant, code in made if entry.describes(mutant)} for entry in listed}
    dead = [entry for entry, codes in tried.items() if codes <= {KILLED}]
    for mutant in unlisted:
        print(f"survived, and {LIST.name} gives no reason: {mutant.where}: {mutant.change}")
    for entry in dead:
        print(f"listed in {LIST.name}, but it does not survive: {entry.where}: {entry.change}")
    killed = len(found) - len(alive) - unfinished
    share = killed / len(found) if found else 0.0
    minutes = (time.monotonic() - start) / 60
    print(
        f"{killed} killed of {len(found)} run and {len(made)} made ({share:.1%}; at least {TO_KILL:.0%} "
        f"wanted), {untested} of the survivors called by no test, in {minutes:.1f} minutes"
    )
    return 1 if unlisted or dead or unfinished or share < TO_KILL else 0


if __name__ == "__main__":
    sys.exit(main())
