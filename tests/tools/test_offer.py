"""The PDF on the site: pages that offer it where it is, and say nothing where it is not."""

import re
from pathlib import Path

import pytest

import book
import deploy_guard
import offer
import pdf

PAGE = (
    "<!DOCTYPE html><title>{0}</title><p>{0}"
    '<!--with momentum.pdf: <a href="{1}momentum.pdf" download>On paper</a>, {{size}}--> end'
    "<!-- with other.pdf: no offer -->"
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site, finished."""
    folder = tmp_path / "html"
    (folder / "chapters").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE.format("Home", ""), "utf-8")
    (folder / "chapters/a.html").write_text(PAGE.format("A", "../"), "utf-8")
    (folder / "chapters/b.html").write_text("<!DOCTYPE html><title>B</title>B", "utf-8")
    offer.write_worker(offer.Folder(folder))
    return folder


def text_of(site: Path) -> dict[str, str]:
    return {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}


def test_each_page_offers_what_is_there(site: Path) -> None:
    before, worker = text_of(site), (site / "sw.js").read_text("utf-8")
    offer.put(site, {"momentum.pdf": b"x" * 4200})
    after = text_of(site)
    for name, back in (("index.html", ""), ("chapters/a.html", "../")):
        link = f'<a href="{back}momentum.pdf" download>On paper</a>, 4 kB end'
        assert link in after[name]
        assert "<!-- with other.pdf" in after[name]
        # The rest of the page stands as it stood.
        whole = re.sub("<a .*? end", "", after[name])
        assert whole == re.sub("<!--with .*? end", "", before[name])
    assert after["chapters/b.html"] == before["chapters/b.html"]
    # Readers without a network get the pages that have changed, and no PDF.
    assert (site / "sw.js").read_text("utf-8") != worker
    assert '"momentum.pdf"' not in (site / "sw.js").read_text("utf-8")


def test_a_site_without_the_file_is_left_alone(site: Path) -> None:
    before, worker = text_of(site), (site / "sw.js").read_bytes()
    offer.put(site, {"another.pdf": b"x"})
    assert text_of(site) == before
    assert (site / "sw.js").read_bytes() == worker


def test_the_same_files_give_the_same_site_once_and_twice(site: Path) -> None:
    states = []
    for _ in range(2):
        offer.put(site, {"momentum.pdf": b"x"})
        states.append({path: path.read_bytes() for path in sorted(site.rglob("*.*"))})
    assert states[0] == states[1]


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stands in for the browser, and says what it was asked to print."""
    asked: list[list[str]] = []

    def make(_root: Path, _site: Path, names: list[str], _title: str) -> bytes:
        asked.append(names)
        return b"%PDF " + " ".join(names).encode()

    monkeypatch.setattr(pdf, "make", make)
    return asked


def test_the_whole_course_and_its_cheat_sheet_are_printed(site: Path, printer: list[list[str]]) -> None:
    assert not offer.is_done(site)
    offer.print_into(book.ROOT, site)
    assert offer.is_done(site)
    course, sheet = printer
    assert course[0] == "chapters/intro"
    assert sheet == ["chapters/cheat_sheet"]
    assert set(sheet) < set(course)


def test_a_built_site_is_printed_once(
    site: Path, printer: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(book, "is_fresh", lambda *_: True)
    monkeypatch.setattr(book, "ROOT", site.parent)
    (site.parent / "_build").mkdir()
    site.rename(site.parent / "_build/html")
    for name in ("_config.yml", "_toc.yml"):
        (site.parent / name).write_text((Path(__file__).parents[2] / name).read_text("utf-8"), "utf-8")
    book.main([])
    assert printer == []
    book.main(["--pdf"])
    book.main(["--pdf"])
    assert len(printer) == 2
    assert capsys.readouterr().out.count("Printing") == 1


def test_what_cannot_be_printed_says_why(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bytes:
        raise pdf.PrintError("chapters/a lacks pictures: b.png")

    monkeypatch.setattr(pdf, "make", fails)
    monkeypatch.setattr(book, "build", lambda _root, output: output / "html")
    with pytest.raises(SystemExit, match=r"lacks pictures: b\.png"):
        book.main(["--pdf", f"--output={site.parent}"])
    assert not (site / "momentum.pdf").exists()


def test_the_guard_asks_for_the_pdf_and_does_not_count_it(site: Path) -> None:
    before = deploy_guard.measure(site)
    with pytest.raises(deploy_guard.ShrunkError, match=r"lacks momentum\.pdf, cheat_sheet\.pdf"):
        deploy_guard.check_files(site, [offer.COURSE, offer.SHEET])
    (site / offer.COURSE).write_bytes(b"x" * 9000)
    (site / offer.SHEET).touch()
    with pytest.raises(deploy_guard.ShrunkError, match=r"lacks cheat_sheet\.pdf:"):
        deploy_guard.check_files(site, [offer.COURSE, offer.SHEET])
    (site / offer.SHEET).write_bytes(b"x" * 900)
    deploy_guard.check_files(site, [offer.COURSE, offer.SHEET])
    assert deploy_guard.measure(site) == before


def test_the_files_that_are_published_are_those_that_are_asked_for() -> None:
    workflow = (book.ROOT / ".github/workflows/deploy.yml").read_text("utf-8")
    (asked,) = re.findall(r"deploy_guard\.py check \S+ --with (.+)", workflow)
    assert asked.split() == [offer.COURSE, offer.SHEET]
    assert "make test PDF=1" in (book.ROOT / ".github/workflows/test.yml").read_text("utf-8")
