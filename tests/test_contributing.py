"""What README.md and CONTRIBUTING.md say of the project is so."""

import json
import re
from pathlib import Path

import yaml

import momentum

ROOT = Path(__file__).parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """Return the text under a heading of the second level."""
    return read(name).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_every_dependency_has_its_line() -> None:
    asked = [
        re.match(r"[\w-]+", line).group()
        for name in ("requirements.in", "requirements-dev.in")
        for line in read(name).splitlines()
        if line and not line.startswith(("#", "-r"))
    ]
    package = json.loads(read("package.json"))
    asked += [*package.get("dependencies", {}), *package.get("devDependencies", {})]
    described = re.findall(r"^- `([@\w/-]+)`: .+", section("CONTRIBUTING.md", "Dependencies"), re.MULTILINE)
    assert described == sorted(described)
    assert sorted(asked) == sorted(described)


def test_every_make_target_that_is_mentioned_exists() -> None:
    targets = set(re.findall(r"^([\w-]+):", read("Makefile"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        mentioned = {
            target
            for call in re.findall(r"(?:`|^)make ([\w -]+?)(?:`|  )", read(name), re.MULTILINE)
            for target in call.split()
        }
        assert mentioned
        assert mentioned <= targets, name


def test_every_file_that_the_readme_names_exists() -> None:
    named = re.findall(
        r"`((?:\.github|_ext|assets|benchmarks|chapters|src|tests|tools)/[\w./-]*)`", read("README.md")
    )
    named += re.findall(r"`(\w+\.(?:md|cff|yml))`", read("README.md"))
    named += [path.replace("\\", "/") for path in re.findall(r"python (tools\\\w+\.py)", read("README.md"))]
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_setting_that_the_readme_names_exists() -> None:
    (setting,) = re.findall(r"`([\w.]+)` in `_config.yml`", read("README.md"))
    settings = yaml.safe_load(read("_config.yml"))
    for key in setting.split("."):
        settings = settings[key]
    assert {"repository", "site"} <= set(settings)


def test_the_windows_commands_are_those_that_the_workflow_runs() -> None:
    steps = re.findall(r"run: \.venv\\Scripts\\python (.+)", read(".github/workflows/test.yml"))
    assert steps
    for step in steps:
        assert step in read("README.md")


def test_the_version_is_stated_once() -> None:
    assert yaml.safe_load(read("CITATION.cff"))["version"] == momentum.__version__
