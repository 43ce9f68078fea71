"""The project's layout: what lies where, how long it is, and in which direction imports run."""

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "momentum"

# Lowest first. A module imports from layers below its own, never from its own or from above. What
# begins with an underscore lies below all of them; `__init__` and the chapters import from any.
LAYERS = [
    ["updates", "landscapes"],
    ["descent", "sweep", "deep"],
    ["theory", "physics", "frameworks"],
    ["plotting"],
    ["lab", "check"],
]
LONGEST_SOURCE, LONGEST_TEST = 300, 500
CODE = {".py", ".js", ".mjs", ".ts", ".css", ".html", ".sh", ""}

# Paths of one machine, and the hosts of package registries. No line here matches itself.
MACHINE = re.compile(r"(?<![\w.:/+])/(?:work|root|tmp|home/[a-z]+)(?=[/\s\"'`,;:)]|$)", re.MULTILINE)
REGISTRY = re.compile(r"\b(?:pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org)")


def files(root: Path = ROOT) -> list[Path]:
    """Return the files of the project: what git tracks, or without git what it does not ignore."""
    if (root / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True
        ).stdout
        return sorted(path for name in listed.split("\0") if (path := root / name).is_file())
    ignored = (root / ".gitignore").read_text(encoding="utf-8").split()
    patterns = [pattern.strip("/") for pattern in ignored]
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and not any(fnmatch(p, q) for p in path.relative_to(root).parts for q in patterns)
    )


def text(path: Path) -> str:
    """Return the text of a file, empty for one that holds bytes."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def drawing(modules: set[str]) -> str:
    """Draw the direction of imports, in one line, for the modules that exist."""
    layers = [", ".join(m for m in layer if m in modules) for layer in LAYERS]
    return " <- ".join(layer for layer in layers if layer)


def imported(source: str, module: str = "", is_package: bool = False) -> Iterator[str]:
    """Yield the modules of `momentum`, by dotted name, that a source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] == "momentum")
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                parts = parts[: len(parts) - node.level + is_package]
                base = ".".join([*parts, *filter(None, [node.module])])
            if base == "momentum":
                yield from (f"momentum.{alias.name}" for alias in node.names)
            elif base.startswith("momentum."):
                yield base


def wrong_imports(sources: dict[str, tuple[str, bool]]) -> list[str]:
    """Say which modules import against the direction.

    `sources` gives source and "is it a package" by dotted name, as in ``momentum.updates.rules``.
    """
    rank = {module: i for i, layer in enumerate(LAYERS) for module in layer}
    modules = {name.split(".")[1] for name in sources if "." in name}
    found = [
        f"{module} has no place in the drawing"
        for module in sorted(modules)
        if module not in rank and not module.startswith("_")
    ]
    for name, (source, is_package) in sources.items():
        if name == "momentum":
            continue
        own = name.split(".")[1]
        for target in imported(source, name, is_package):
            other = [*target.split("."), ""][1]
            if other not in modules:
                found.append(f"{name} imports {target}: name the module, not the package")
            elif other != own and rank.get(other, -1) >= rank.get(own, -1) and other[0] != "_":
                found.append(f"{name} imports {target}, which is not below it")
    return found


def package_sources() -> dict[str, tuple[str, bool]]:
    """Return the sources of the package by dotted name."""
    sources = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        sources[".".join(parts[:-1] if is_package else parts)] = (text(path), is_package)
    return sources


def test_imports_run_one_way():
    found = wrong_imports(package_sources())
    modules = {name.split(".")[1] for name in package_sources() if "." in name}
    assert not found, "\n".join([f"imports run {drawing(modules)} <- chapters", *found])


def test_chapters_import_nothing_private():
    for path in (ROOT / "chapters").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        code = [c.source for c in cells if c.cell_type == "code"]
        source = "\n".join(map(TransformerManager().transform_cell, code))
        private = [name for name in imported(source) if "._" in name]
        assert not private, f"{path.name} imports {private}"


@pytest.mark.parametrize(
    ("module", "source", "wrong"),
    [
        ("momentum.descent", "from momentum.updates import sgd_step", False),
        ("momentum.descent", "from momentum._checks import refuse", False),
        ("momentum.descent", "from . import updates", False),
        ("momentum.descent", "import numpy", False),
        ("momentum.updates.rules", "from .kernels import f", False),
        ("momentum.updates.rules", "from momentum.updates.kernels import f", False),
        ("momentum.updates.rules", "from ..descent import descend", True),
        ("momentum.updates.rules", "from momentum import landscapes", True),
        ("momentum.updates.rules", "import momentum.plotting", True),
        ("momentum.theory", "from momentum.physics import energy", True),
        ("momentum.theory", "def f():\n    from momentum.plotting import style", True),
        ("momentum.theory", "from momentum import descend", True),
        ("momentum.theory", "import momentum", True),
        ("momentum._checks", "from momentum.updates import sgd_step", True),
        ("momentum.stray", "", True),
    ],
)
def test_the_direction_is_seen(module, source, wrong):
    names = ["updates", "landscapes", "descent", "theory", "physics", "plotting", "_checks"]
    sources = {f"momentum.{name}": ("", name == "updates") for name in names}
    sources |= {"momentum": ("", True), "momentum.updates.kernels": ("", False)}
    assert bool(wrong_imports(sources | {module: (source, False)})) is wrong


def test_a_package_resolves_its_own_relative_imports():
    assert list(imported("from .rules import f", "momentum.updates", True)) == ["momentum.updates.rules"]
    assert list(imported("from .. import _checks", "momentum.updates.rules")) == ["momentum._checks"]


def test_the_drawings_in_the_texts_are_the_one_that_is_checked():
    modules = {name.split(".")[1] for name in package_sources() if "." in name}
    expected = drawing(modules)
    drawings = re.findall(r"updates, landscapes *<-[^`\n]*", text(ROOT / "CONTRIBUTING.md"))
    assert drawings == [f"{expected} <- chapters"]
    drawings = re.findall(r"updates, landscapes *<-[^`\n]*", text(PACKAGE / "__init__.py"))
    assert drawings == [expected]


def test_extensions_know_nothing_of_the_course():
    known = [p.name for p in files() if p.is_relative_to(ROOT / "_ext") and "momentum" in text(p).lower()]
    assert not known, f"_ext/ is for any book, and {known} name this one's subject"


def listed(contributing: str) -> dict[str, str]:
    """Return name and reason of each line of the layout that `CONTRIBUTING.md` gives."""
    block = re.search(r"^## Layout\n+```\w*\n(.*?)^```", contributing, re.DOTALL | re.MULTILINE)
    assert block, "CONTRIBUTING.md has no block under ## Layout"
    lines = [line.split(None, 1) for line in block[1].splitlines() if line.strip()]
    assert all(len(line) == 2 for line in lines), "a line of the layout gives no reason"
    return {name.rstrip("/"): reason for name, reason in lines}


def test_the_top_level_holds_what_contributing_lists():
    found = {path.relative_to(ROOT).parts[0] for path in files()}
    expected = set(listed(text(ROOT / "CONTRIBUTING.md")))
    assert not found - expected, f"CONTRIBUTING.md gives no reason for {sorted(found - expected)}"
    assert not expected - found, f"CONTRIBUTING.md lists {sorted(expected - found)}, which git does not track"


def test_a_layout_is_read():
    page = "# C\n\n## Layout\n\n```\nsrc/   the package\nMakefile  commands, a line each\n```\n"
    assert listed(page) == {"src": "the package", "Makefile": "commands, a line each"}
    with pytest.raises(AssertionError, match="no reason"):
        listed(page.replace("the package", ""))


def too_long(path: Path) -> bool:
    """Say whether a file of code has more lines than its kind may have."""
    limit = LONGEST_TEST if "tests" in path.relative_to(ROOT).parts else LONGEST_SOURCE
    return path.suffix in CODE and path.name != "LICENSE" and len(text(path).splitlines()) >= limit


def test_files_are_short():
    long = [str(path.relative_to(ROOT)) for path in files() if too_long(path)]
    assert not long, f"split by idea: {long}"


def strays(path: Path) -> list[str]:
    """Return the paths of a machine and the registries that a file names."""
    return MACHINE.findall(text(path)) + REGISTRY.findall(text(path))


def test_no_file_names_a_machine_or_a_registry():
    found = {str(path.relative_to(ROOT)): strays(path) for path in files()}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("cd {}work/main", True),
        ("open('{}tmp/a')", True),
        ("in {}root", True),
        ("PATH={}home/ann/bin", True),
        ("https://example.org{}work/", False),
        ("a/b{}tmp/c", False),
        ("src{}tmp", False),
        ("{}worker", False),
        ("AbC+{}tmp/9", False),
        ("get it from pypi{dot}org/simple", True),
        ("https:{0}{0}registry.npmjs{dot}org", True),
    ],
)
def test_strays_are_seen(tmp_path, line, seen):
    path = tmp_path / "page.md"
    path.write_text(line.format("/", dot="."), encoding="utf-8")
    assert bool(strays(path)) is seen


def untidy(path: Path) -> list[str]:
    """Say what is untidy in a text file; of a file that holds bytes, nothing."""
    # Git on Windows may write the system's line ends into its copy.
    content = path.read_bytes().replace(os.linesep.encode(), b"\n")
    if b"\0" in content:
        return []
    checks = {
        "it does not end with one newline": not re.search(rb"\A\Z|[^\n]\n\Z", content),
        "a line ends with spaces": re.search(rb"[ \t]\r?$", content, re.MULTILINE),
        "lines end with a carriage return": b"\r\n" in content,
        "a conflict is not resolved": re.search(rb"^(<{7}|>{7})( |$)", content, re.MULTILINE),
    }
    return [fault for fault, found in checks.items() if found]


def test_files_are_tidy():
    found = {str(path.relative_to(ROOT)): untidy(path) for path in files()}
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", 0),
        (b"a\nb\n", 0),
        (b"a", 1),
        (b"a\n\n", 1),
        (b"a \nb\n", 1),
        (b"a\t\n", 1),
        (b"a\r\n", 1),
        (b"<" * 7 + b" ours\n", 1),
        (b"\0\r\n a ", 0),
    ],
)
def test_each_untidiness_is_seen(tmp_path, content, faults):
    (tmp_path / "a").write_bytes(content)
    assert len(untidy(tmp_path / "a")) == faults


def test_files_without_git_are_those_that_it_would_not_ignore(tmp_path):
    (tmp_path / ".gitignore").write_text(".venv*/\n*.pyc\n", encoding="utf-8")
    for name in (".venv-x/a", "src/a.py", "src/a.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert files(tmp_path) == [tmp_path / ".gitignore", tmp_path / "src" / "a.py"]
