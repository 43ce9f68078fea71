"""Where the tests' browser comes from, on machines that have one and that have none."""

from pathlib import Path

import pytest

import browser


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, ...]]:
    """A machine with no browser at all, where nothing can be installed; returns what is tried."""
    tried: list[tuple[str, ...]] = []

    def run(*command: str) -> bool:
        tried.append(command)
        return False

    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for variable in browser.WINDOWS_ROOTS:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(browser, "MAC", ())
    monkeypatch.setattr(browser, "playwright_path", lambda: None)
    monkeypatch.setattr(browser, "run", run)
    return tried


def program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", "utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.usefixtures("bare")
def test_chrome_names_the_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path / "chromium")
    chosen = program(tmp_path / "elsewhere" / "my-browser")
    monkeypatch.setenv("CHROME", chosen)
    assert browser.find() == chosen


@pytest.mark.usefixtures("bare")
def test_a_chrome_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path / "chromium")
    monkeypatch.setenv("CHROME", "/no/such/browser")
    with pytest.raises(browser.NoBrowserError, match="/no/such/browser"):
        browser.find()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", ["chromium", "google-chrome", "msedge"])
def test_the_path_comes_first(tmp_path: Path, name: str) -> None:
    chosen = program(tmp_path / name)
    assert browser.find() == chosen


@pytest.mark.usefixtures("bare")
def test_the_usual_place_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    chosen = program(tmp_path / "Google/Chrome/Application/chrome.exe")
    assert browser.find() == chosen


@pytest.mark.usefixtures("bare")
def test_what_playwright_has_comes_before_an_installation(
    monkeypatch: pytest.MonkeyPatch, bare: list[tuple[str, ...]]
) -> None:
    monkeypatch.setattr(browser, "playwright_path", lambda: "/playwright/chrome")
    assert browser.find() == "/playwright/chrome"
    assert bare == []


def test_nothing_at_all_ends_in_a_sentence(bare: list[tuple[str, ...]]) -> None:
    with pytest.raises(browser.NoBrowserError, match="install Chromium or Chrome"):
        browser.find()
    assert bare[0][1:] == ("-m", "playwright", "install", "chromium")


def test_debian_installs_its_package(
    bare: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def run(*command: str) -> bool:
        bare.append(command)
        if "install" in command and command[0] == "apt-get":
            program(tmp_path / "chromium")
        return command[0] == "apt-get"

    monkeypatch.setattr(browser, "run", run)
    monkeypatch.setattr(browser, "is_debian_root", lambda: True)
    assert browser.find() == str(tmp_path / "chromium")
    assert [command[:2] for command in bare[1:]] == [("apt-get", "update"), ("apt-get", "install")]


def test_the_sandbox_is_left_only_where_it_cannot_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0, raising=False)
    assert "--no-sandbox" in browser.launch_flags()
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000, raising=False)
    assert "--no-sandbox" not in browser.launch_flags()
