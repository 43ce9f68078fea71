"""Which comparison of the stored outputs runs where."""

from pathlib import Path

import pytest

import run_nbval


@pytest.mark.parametrize(
    ("platform", "version", "expected"),
    [
        ("linux", (3, 11, 9), "strict"),
        ("linux", (3, 12, 0), "lax"),
        ("linux", (3, 1, 1), "lax"),
        ("darwin", (3, 11, 9), "lax"),
        ("win32", (3, 11, 9), "lax"),
    ],
)
def test_strict_where_the_outputs_were_made(platform: str, version: tuple[int, ...], expected: str) -> None:
    assert run_nbval.mode(platform, version, "3.11\n") == expected


def test_warnings_reach_the_kernels_and_the_mode_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    class Done:
        returncode = 5

    def run(command: list[str], *, cwd: Path, env: dict[str, str], check: bool) -> Done:
        calls.append((command, cwd, env, check))
        return Done()

    monkeypatch.setattr(run_nbval.subprocess, "run", run)
    assert run_nbval.main(["--lax", "-x"]) == 5
    command, cwd, variables, _ = calls[0]
    assert variables["PYTHONWARNINGS"] == "error"
    assert "--nbval-lax" in command
    assert "--nbval" not in command
    assert command[-1] == "-x"
    assert f"--ignore={run_nbval.SLOW[0]}" in command
    assert (cwd / run_nbval.SANITISER).is_file()
    assert "lax mode" in capsys.readouterr().out


def test_the_runs_of_a_book_that_is_stale_are_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_nbval.main(["--book", str(tmp_path)]) == 1
    assert "has no book of the files as they are" in capsys.readouterr().err
