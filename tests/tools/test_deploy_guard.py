"""The guard before publishing: an empty or shrunken site is refused."""

import re
import tarfile
from pathlib import Path

import pytest
import yaml

import deploy_guard
from deploy_guard import Extent, ShrunkError, check, main, measure

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Extent(pages=10, bytes=1000)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "html"
    for name, size in {"index.html": 60, "a/b.html": 30, "_static/c.html": 5, "d.js": 5}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * size)
    return folder


@pytest.mark.parametrize("now", [Extent(10, 800), Extent(10, 1000), Extent(11, 5000)])
def test_a_whole_site_may_be_published(now: Extent) -> None:
    check(now, KNOWN)


@pytest.mark.parametrize(
    ("now", "word"), [(Extent(9, 1000), "pages"), (Extent(10, 799), "bytes"), (Extent(0, 0), "pages")]
)
def test_a_shrunken_site_is_refused(now: Extent, word: str) -> None:
    with pytest.raises(ShrunkError, match=rf"{word}; expected at least"):
        check(now, KNOWN)


def test_a_folder_and_its_archive_measure_the_same(site: Path, tmp_path: Path) -> None:
    archive = tmp_path / "artifact.tar"
    with tarfile.open(archive, "w") as written:
        written.add(site, arcname=".")
    assert measure(site) == measure(archive) == Extent(pages=2, bytes=100)


def test_what_was_recorded_passes_and_less_does_not(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = f"--manifest={tmp_path / 'manifest.json'}"
    main(["record", str(site), manifest])
    main(["check", str(site), manifest])
    assert "2 pages" in capsys.readouterr().out
    (site / "a" / "b.html").unlink()
    with pytest.raises(SystemExit, match="has 1 pages; expected at least 2"):
        main(["check", str(site), manifest])


@pytest.mark.parametrize("known", [Extent(0, 100), Extent(1, 0)])
def test_a_manifest_that_lets_everything_through_is_refused(known: Extent, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(f'{{"pages": {known.pages}, "bytes": {known.bytes}}}', "utf-8")
    with pytest.raises(ShrunkError, match="at least a page"):
        deploy_guard.read(manifest)


def test_the_manifest_knows_every_page_of_the_contents() -> None:
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    assert deploy_guard.read(deploy_guard.MANIFEST).pages > len(re.findall("- file:", toc))


def test_publishing_waits_for_the_guard() -> None:
    steps = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text("utf-8"))["jobs"]["publish"][
        "steps"
    ]
    runs = [number for number, step in enumerate(steps) if "deploy_guard.py check" in step.get("run", "")]
    publishes = [number for number, step in enumerate(steps) if "deploy-pages" in step.get("uses", "")]
    assert runs
    assert publishes
    assert max(runs) < min(publishes)
