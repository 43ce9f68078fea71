"""What GitHub reads: the workflows, Dependabot's settings, the issue forms, the citation."""

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import check_jsonschema
import pytest
import yaml
from click.testing import CliRunner

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))


def run(tool: str, *arguments: str) -> None:
    """Run a tool of this environment and show what it says if it is not content."""
    program = shutil.which(tool, path=sysconfig.get_path("scripts"))
    assert program, f"{tool} is not installed: it is in requirements-dev.txt"
    done = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("custom.github-workflows-require-timeout", WORKFLOWS),
        ("vendor.dependabot", [GITHUB / "dependabot.yml"]),
        ("vendor.github-issue-forms", FORMS),
        ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
    ],
)
def test_files_fit_their_schema(schema: str, files: list[Path]) -> None:
    assert files
    # In this process: to load the validator takes longer than to use it.
    done = CliRunner().invoke(check_jsonschema.main, ["--builtin-schema", schema, *map(str, files)])
    assert done.exit_code == 0, done.output


def test_zizmor_finds_nothing() -> None:
    run("zizmor", "--offline", "--quiet", "--persona=auditor", str(GITHUB))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_with_their_version(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.search(r"uses: (\S+)(.*)", line):
            action, comment = match.groups()
            ours = action.startswith("$/.github/workflows/")
            assert ours or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), line
            assert ours or re.fullmatch(r" # v\d+\.\d+\.\d+", comment), line


def test_one_action_has_one_pin() -> None:
    pins: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        for action, commit in re.findall(r"uses: (\S+)@(\S+)", path.read_text(encoding="utf-8")):
            pins.setdefault(action, set()).add(commit)
    assert pins
    assert all(len(commits) == 1 for commits in pins.values()), pins


def test_publishing_waits_for_every_gate() -> None:
    jobs = yaml.safe_load((GITHUB / "workflows/deploy.yml").read_text(encoding="utf-8"))["jobs"]
    gates = {name for name in jobs if name != "publish"}
    assert set(jobs["publish"]["needs"]) == gates == {"test", "release-checks"}
    called = {Path(jobs[name]["uses"]).name for name in gates}
    assert called | {"deploy.yml"} == {path.name for path in WORKFLOWS}


def test_the_make_targets_exist() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = {
        target
        for path in WORKFLOWS
        for line in re.findall(r"run: make (.+)", path.read_text(encoding="utf-8"))
        for target in line.split()
        if "=" not in target
    }
    assert used
    assert used <= targets


def test_the_pinned_python_is_the_oldest_supported() -> None:
    pinned = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    tests = (GITHUB / "workflows/test.yml").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'requires-python = ">={pinned}"' in project
    assert f'python-version: "{pinned}"' in tests
