"""The server of the built book."""

import gzip
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

TOOL = Path(__file__).resolve().parents[2] / "tools" / "serve.py"
LONG = "<!doctype html><title>Ball</title>" + "<p>It rolls.</p>" * 500


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "chapters").mkdir()
    (folder / "index.html").write_text(LONG, "utf-8")
    for name in ("a.js", "a.mjs", "a.woff2", "a.svg", "chapters/a.ipynb"):
        (folder / name).write_text("content", "utf-8")
    return folder


def serve(site: Path, *options: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(TOOL), str(site), *options],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def stop(process: subprocess.Popen[str]) -> str:
    process.terminate()
    return process.communicate()[1]


def printed_address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
    assert found
    return found[0]


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    process = serve(site, PORT="0")
    yield printed_address(process)
    stop(process)


def test_pages_come_compressed_and_whole(address: str) -> None:
    answer = requests.get(address, timeout=10, stream=True)
    assert answer.headers["Content-Encoding"] == "gzip"
    sent = answer.raw.read()
    assert len(sent) < len(LONG) / 10
    assert gzip.decompress(sent).decode() == LONG


def test_an_unchanged_page_is_not_sent_again(address: str, site: Path) -> None:
    first = requests.get(address, timeout=10)
    assert first.headers["Cache-Control"] == "no-cache"
    again = {"If-None-Match": first.headers["Etag"]}
    assert requests.get(address, headers=again, timeout=10).status_code == 304
    (site / "index.html").write_text(LONG + "new", "utf-8")
    changed = requests.get(address, headers=again, timeout=10)
    (site / "index.html").write_text(LONG, "utf-8")
    assert (changed.status_code, changed.text) == (200, LONG + "new")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.js", "text/javascript"),
        ("a.mjs", "text/javascript"),
        ("a.woff2", "font/woff2"),
        ("a.svg", "image/svg+xml"),
        ("chapters/a.ipynb", "application/json"),
    ],
)
def test_files_have_the_type_that_a_browser_needs(address: str, name: str, kind: str) -> None:
    assert requests.get(address + name, timeout=10).headers["Content-Type"] == kind


def test_what_is_not_there_is_not_found(address: str, site: Path) -> None:
    for name in ("nowhere.html", "chapters/nowhere", "%2e%2e/" + site.parent.name):
        answer = requests.get(address + name, timeout=10)
        assert answer.status_code in {403, 404}
        assert "To the book" in answer.text


def test_the_site_s_own_page_is_sent_for_a_wrong_address(address: str, site: Path) -> None:
    (site / "404.html").write_text("<!doctype html><title>Ours</title>", "utf-8")
    answer = requests.get(address + "a/b/nowhere.html", timeout=10)
    assert (answer.status_code, answer.text) == (404, "<!doctype html><title>Ours</title>")
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_taken_port_gives_the_next(address: str, site: Path) -> None:
    taken = int(address.rstrip("/").rsplit(":", 1)[1])
    process = serve(site, PORT=str(taken))
    other = printed_address(process)
    assert int(other.rstrip("/").rsplit(":", 1)[1]) > taken
    assert requests.get(other, timeout=10).status_code == 200
    stop(process)


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_cannot_be_is_refused_in_a_sentence(site: Path, port: str) -> None:
    process = serve(site, f"--port={port}")
    _, message = process.communicate(timeout=20)
    assert process.returncode != 0
    assert "port" in message
    assert "Traceback" not in message


def test_no_site_is_said_in_a_sentence(tmp_path: Path) -> None:
    process = serve(tmp_path)
    _, message = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "make book" in message
    assert "Traceback" not in message


@pytest.mark.parametrize("name", ["_static/site.0123456789ab.css", "_static/widgets/0123456789abcdef.js"])
def test_a_file_named_by_its_content_is_not_asked_for_again(address: str, site: Path, name: str) -> None:
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text("content", "utf-8")
    assert requests.get(address + name, timeout=10).headers["Cache-Control"] == "max-age=31536000, immutable"
    assert requests.get(address + "a.js", timeout=10).headers["Cache-Control"] == "no-cache"
