"""An environment has what the lock says, whoever installs it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import environment

LOCK = Path(__file__).parents[2] / "requirements-dev.txt"


class Commands:
    """Takes commands instead of running them; those with a word in common with `failing` fail."""

    def __init__(self, *failing: str) -> None:
        self.failing = set(failing)
        self.seen: list[list[str]] = []

    def __call__(self, command: Sequence[str | Path]) -> int:
        words = [Path(part).name for part in command]
        self.seen.append(words)
        return int(bool(self.failing.intersection(words)))


def installed(folder: Path, run: Commands, *beside: str) -> list[list[str]]:
    """Return the commands that fill an environment."""
    environment.install(folder / "bin", LOCK, beside, run)
    return run.seen


def test_uv_comes_by_its_hash_from_the_lock_and_installs_the_rest(tmp_path: Path) -> None:
    first, second = installed(tmp_path, Commands())
    assert first[:3] == ["python", "-m", "pip"]
    assert first[-3:] == ["--require-hashes", "--requirement", "uv.txt"]
    assert second[0] == "uv"
    assert second[-3:] == ["--require-hashes", "--requirement", LOCK.name]
    pinned = (tmp_path / "uv.txt").read_text("utf-8")
    assert pinned in LOCK.read_text("utf-8")
    assert pinned.startswith("uv==")
    assert pinned.count("--hash=sha256:") == len(pinned.splitlines()) - 1 > 0


@pytest.mark.parametrize("failing", ["uv", "uv.txt"])
def test_pip_does_it_by_hash_where_uv_cannot(failing: str, tmp_path: Path) -> None:
    last = installed(tmp_path, Commands(failing))[-1]
    assert last[:3] == ["python", "-m", "pip"]
    assert last[-3:] == ["--require-hashes", "--requirement", LOCK.name]


def test_what_stands_beside_the_lock_comes_last_and_in_order(tmp_path: Path) -> None:
    commands = installed(tmp_path, Commands(), "torch==1", "keras==2")
    assert [command[-1] for command in commands[-2:]] == ["torch==1", "keras==2"]


@pytest.mark.parametrize(("failing", "named"), [({"uv", LOCK.name}, "the lock"), ({"torch==1"}, "torch==1")])
def test_a_failure_names_what_is_missing(failing: set[str], named: str, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=named):
        installed(tmp_path, Commands(*failing), "torch==1", "keras==2")


def test_a_lock_without_the_package_is_refused() -> None:
    with pytest.raises(ValueError, match="must have uv"):
        environment.entry("a==1 \\\n    --hash=sha256:1\n", "uv")
