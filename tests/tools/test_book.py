"""The builder: what makes it build again, and what a failed build leaves behind."""

import sys
from itertools import islice
from pathlib import Path

import pytest

import book
import offer
import twice

SITE = Path("_build") / "unfinished" / "_build" / "html"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with everything that a site is made from, in an environment of a few packages."""
    few = list(islice(book.metadata.distributions(), 3))
    monkeypatch.setattr(book.metadata, "distributions", lambda: few)
    for name in (
        *("_config.yml", "_toc.yml", "references.bib", "package-lock.json"),
        *("requirements-dev.txt", "pyproject.toml", "chapters/intro.ipynb"),
        *("src/momentum/updates.py", "src/momentum/book.mplstyle", "_ext/one.py"),
        *("assets/static/book.css", "assets/templates/page.html", "practice/cards.yml"),
        *("README.md", "tests/test_one.py", "benchmarks/one.py", "node_modules/katex/katex.js"),
        *(".venv/lib/one.py", ".git/HEAD", "_build/html/index.html"),
        *("src/momentum/__pycache__/one.pyc", "chapters/.ipynb_checkpoints/intro.ipynb"),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    return tmp_path


@pytest.fixture
def sphinx(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Stands in for the programs: npm succeeds, jupyter-book writes a page."""
    calls: list[tuple[str, ...]] = []

    def run(*command: str, cwd: Path) -> int:
        calls.append(command)
        if command[0] == "jupyter-book":
            (cwd / SITE).mkdir(parents=True)
            (cwd / SITE / "index.html").write_text("new", "utf-8")
        return 0

    monkeypatch.setattr(book, "run", run)
    return calls


@pytest.mark.parametrize(
    "name",
    [
        *("_config.yml", "_toc.yml", "references.bib", "package-lock.json"),
        *("requirements-dev.txt", "chapters/intro.ipynb", "src/momentum/updates.py"),
        *("src/momentum/book.mplstyle", "_ext/one.py", "assets/static/book.css"),
        *("assets/templates/page.html", "practice/cards.yml"),
    ],
)
def test_an_edit_a_new_file_or_a_deleted_one_changes_the_fingerprint(project: Path, name: str) -> None:
    path = project / name
    seen = {book.fingerprint(project)}
    path.write_text("edited", "utf-8")
    seen.add(book.fingerprint(project))
    path.rename(path.with_name("renamed"))
    seen.add(book.fingerprint(project))
    (path.parent / "renamed").unlink()
    seen.add(book.fingerprint(project))
    assert len(seen) == 4


@pytest.mark.parametrize(
    "name",
    [
        *("tests/test_one.py", "benchmarks/one.py", "node_modules/katex/katex.js"),
        *(".venv/lib/one.py", ".git/HEAD", "_build/html/index.html"),
        *("src/momentum/__pycache__/one.pyc", "chapters/.ipynb_checkpoints/intro.ipynb"),
    ],
)
def test_what_no_page_depends_on_does_not_change_it(project: Path, name: str) -> None:
    before = book.fingerprint(project)
    (project / name).write_text("edited", "utf-8")
    assert book.fingerprint(project) == before


def test_another_environment_changes_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = book.fingerprint(project)
    monkeypatch.setattr(book.metadata, "distributions", list)
    assert book.fingerprint(project) != before


def test_a_build_is_fresh_until_something_changes(project: Path, sphinx: list[tuple[str, ...]]) -> None:
    output = project / "_build"
    assert not book.is_fresh(project, output)
    site = book.build(project, output)
    assert (site / "index.html").read_text("utf-8").endswith("\nnew")
    assert book.is_fresh(project, output)
    assert [command[0] for command in sphinx] == ["npm", "jupyter-book"]
    assert {"-n", "-W", "--keep-going"} <= set(sphinx[1])
    (project / "src/momentum/updates.py").write_text("v = -v", "utf-8")
    assert not book.is_fresh(project, output)
    book.build(project, output)
    (site / "index.html").unlink()
    assert not book.is_fresh(project, output)


def test_a_book_that_is_fresh_is_not_built_again_wherever_it_is_to_lie(
    project: Path, sphinx: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "ROOT", project)
    for _ in range(2):
        book.main(["--output", str(project / "_build")])
    assert [command[0] for command in sphinx].count("jupyter-book") == 1
    (project / "src/momentum/updates.py").write_text("v = -v", "utf-8")
    book.main(["--output", str(project / "_build")])
    assert [command[0] for command in sphinx].count("jupyter-book") == 2


def test_the_first_of_two_builds_is_that_of_the_tests(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tested, built = project / "_build/test", project / "_build/first"
    monkeypatch.setattr(book, "build", lambda _, output: output)
    assert twice.first_site(project, project / "_build") == built
    (tested / "html").mkdir(parents=True)
    (tested / "html/index.html").write_text("tested", "utf-8")
    (tested / book.FINGERPRINT).write_text(book.fingerprint(project), "utf-8")
    assert twice.first_site(project, project / "_build") == tested / "html"
    # With the course as a PDF it is another, and so after an edit.
    for name in (offer.COURSE, offer.SHEET):
        (tested / "html" / name).write_bytes(b"")
    assert twice.first_site(project, project / "_build") == built
    (tested / "html" / offer.COURSE).unlink()
    (project / "src/momentum/updates.py").write_text("v = -v", "utf-8")
    assert twice.first_site(project, project / "_build") == built


@pytest.mark.usefixtures("sphinx")
def test_a_failed_build_leaves_no_site_and_no_fingerprint(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = project / "_build"
    book.build(project, output)
    works = book.run

    def fails(*command: str, cwd: Path) -> int:
        works(*command, cwd=cwd)
        return int(command[0] == "jupyter-book")

    monkeypatch.setattr(book, "run", fails)
    with pytest.raises(book.BuildError, match="not built"):
        book.build(project, output)
    assert sorted(path.name for path in output.iterdir()) == []
    assert not book.is_fresh(project, output)


@pytest.mark.usefixtures("sphinx")
def test_an_edit_during_the_build_counts_for_the_next(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works = book.run

    def edits(*command: str, cwd: Path) -> int:
        (cwd / "chapters/intro.ipynb").write_text("edited meanwhile", "utf-8")
        return works(*command, cwd=cwd)

    monkeypatch.setattr(book, "run", edits)
    book.build(project, project / "_build")
    assert not book.is_fresh(project, project / "_build")


def test_node_packages_are_installed_once_for_a_lock(project: Path, sphinx: list[tuple[str, ...]]) -> None:
    book.install_node_packages(project)
    book.install_node_packages(project)
    assert [command[:2] for command in sphinx] == [("npm", "ci")]
    (project / "package-lock.json").write_text("another", "utf-8")
    book.install_node_packages(project)
    assert len(sphinx) == 2


def test_a_program_that_is_missing_is_named(project: Path) -> None:
    with pytest.raises(book.BuildError, match="no-such-program is not there"):
        book.run("no-such-program", cwd=project)


def test_programs_come_from_this_environment_and_may_fail(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = f"import sys; print('{book.NOISE}', file=sys.stderr); sys.exit('trouble')"
    assert book.run(Path(sys.executable).name, "-c", script, cwd=project) == 1
    assert capfd.readouterr() == ("", "trouble\n")
    first = book.environment()["PATH"].split(book.os.pathsep)[0]
    assert Path(first) == Path(sys.executable).parent
