"""The environments for conda, Binder and a dev container are those of the locks and of the Makefile."""

import json
import re
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
# What the reference of dev containers lists and these may need; a misspelt name is silently ignored there.
KEYS = {"name", "image", "features", "postCreateCommand", "forwardPorts", "customizations", "remoteUser"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def names(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


def asked() -> set[str]:
    """Return the names in requirements.in."""
    return names([line for line in read("requirements.in").splitlines() if line and line[0] not in "#-"])


def test_conda_gets_what_the_notebooks_need():
    parts = yaml.safe_load(read("environment.yml"))["dependencies"]
    (pip,) = [part["pip"] for part in parts if isinstance(part, dict)]
    from_conda = [part for part in parts if isinstance(part, str)]
    assert pip[-1] == "-e ."
    found = names([re.sub(r"(?<![=<>])=(?!=)", "==", part) for part in from_conda]) | names(pip[:-1])
    assert found - {"python", "pip"} == asked()


def test_binder_reads_the_environment_that_installs_the_package():
    # Binder looks into these folders first and then nowhere else, and prefers environment.yml to other files.
    assert [name for name in ("binder", ".binder") if (ROOT / name).exists()] == []
    parts = yaml.safe_load(read("environment.yml"))["dependencies"]
    (pip,) = [part["pip"] for part in parts if isinstance(part, dict)]
    # For a local line it copies the whole repository before it fills the environment.
    assert "-e ." in pip


def test_python_is_that_of_the_stored_outputs():
    version = read(".python-version").strip()
    assert f"python={version}" in yaml.safe_load(read("environment.yml"))["dependencies"]
    image = json.loads(read(".devcontainer/devcontainer.json"))["image"]
    assert re.fullmatch(rf"mcr\.microsoft\.com/devcontainers/python:\d+-{re.escape(version)}-\w+", image)


def test_the_dev_container_runs_what_the_readme_says():
    container = json.loads(read(".devcontainer/devcontainer.json"))
    assert set(container) <= KEYS
    assert f"`{container['postCreateCommand']}`" in read("README.md")
    assert container["forwardPorts"] == [
        int(re.findall(r"^PORT \?= (\d+)", read("Makefile"), re.MULTILINE)[0])
    ]
    settings = container["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"].endswith("/.venv/bin/python")
