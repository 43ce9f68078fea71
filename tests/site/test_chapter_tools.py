"""What stands below a chapter, the archive of notebooks, the edition and the citation."""

import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from playwright.sync_api import Browser, Page
from sphinx.errors import ConfigError

import book_home
import chapter_tools
import edition

Build = Callable[..., tuple[str, str]]
HOME = {"repository": "https://github.com/owner/name", "branch": "trunk", "site": ""}
UNSAID = re.compile("<!--.*?-->", re.DOTALL)
SETTINGS = {"archive": "all.zip", "files": ["*.txt"], "readme": "Run.\n", "form": "e.yml", "field": "where"}


@pytest.fixture
def build_chapter(root: Path, build: Build, tmp_path: Path) -> Callable[..., str]:
    """A function that builds a notebook of one cell in the theme of the book and returns its page."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "needs.txt").write_text("numpy\n", "utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A & B")])

    def run(**settings: object) -> str:
        html, warnings = build(
            nbformat.writes(notebook),
            ("chapter_tools",),
            ".ipynb",
            html_theme="sphinx_book_theme",
            templates_path=[str(root / "assets" / "templates")],
            html_static_path=[str(root / "assets" / "static")],
            html_theme_options={"article_footer_items": ["chapter-tools.html"]},
            chapter_tools=SETTINGS,
            **settings,
        )
        assert warnings == ""
        (box,) = re.findall(r'<section class="chapter-tools.*?</section>', html, re.DOTALL)
        return str(box)

    return run


def test_a_chapter_offers_its_notebook_and_the_archive(
    build_chapter: Callable[..., str], tmp_path: Path
) -> None:
    box = build_chapter()
    # What a site has only when it was printed is in a comment.
    assert re.findall(r'<a href="([^"]*)" download', UNSAID.sub("", box)) == [
        "_sources/page.ipynb",
        "all.zip",
    ]
    assert "http" not in box
    with zipfile.ZipFile(tmp_path / "html" / "all.zip") as archive:
        assert archive.namelist() == ["all/RUN.md", "all/needs.txt", "all/page.ipynb"]
        assert archive.read("all/RUN.md") == b"Run.\n"
        assert archive.read("all/page.ipynb") == (tmp_path / "source" / "page.ipynb").read_bytes()


def test_the_course_on_paper_is_offered_where_it_is(site: Path) -> None:
    is_there = (site / "momentum.pdf").is_file()
    assert (site / "cheat_sheet.pdf").is_file() is is_there
    for path in sorted(site.glob("chapters/*.html")):
        text = UNSAID.sub("", path.read_text("utf-8"))
        assert ('<a href="../momentum.pdf" download' in text) is is_there, path.name
        is_sheet = path.stem == "cheat_sheet"
        assert ('<a href="../cheat_sheet.pdf" download' in text) is (is_there and is_sheet), path.name


def test_a_repository_brings_the_links_that_need_one(build_chapter: Callable[..., str]) -> None:
    box = build_chapter(book_home=HOME)
    assert "https://mybinder.org/v2/gh/owner/name/trunk?urlpath=lab%2Ftree%2Fpage.ipynb" in box
    assert "https://colab.research.google.com/github/owner/name/blob/trunk/page.ipynb" in box
    assert "https://github.com/owner/name/edit/trunk/page.ipynb" in box
    assert "%pip install git+https://github.com/owner/name@trunk" in box
    assert "A+%26+B" in box


def test_the_form_of_an_erratum_names_the_page() -> None:
    found = chapter_tools.links(book_home.check(HOME), "chapters/noise.ipynb", "Noise?", SETTINGS)
    asked = parse_qs(urlsplit(found["erratum"]).query)
    assert asked == {
        "template": ["e.yml"],
        "title": ["Erratum: Noise?"],
        "where": ["Noise? (chapters/noise.ipynb)"],
    }


def test_another_host_gets_binder_alone() -> None:
    home = book_home.check(HOME | {"repository": "https://gitlab.com/owner/name"})
    assert set(chapter_tools.links(home, "a.ipynb", "A", SETTINGS)) == {"binder"}


def test_the_book_names_a_form_and_a_field_that_are_there(root: Path) -> None:
    settings = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["sphinx"]["config"]["chapter_tools"]
    form = yaml.safe_load((root / ".github" / "ISSUE_TEMPLATE" / settings["form"]).read_text("utf-8"))
    assert settings["field"] in {part.get("id") for part in form["body"]}


def test_an_archive_depends_on_its_contents_alone(tmp_path: Path) -> None:
    contents = {"b": b"2" * 500, "a/c": b"1"}
    for folder, order in (("x", sorted(contents)), ("y", sorted(contents, reverse=True))):
        (tmp_path / folder).mkdir()
        chapter_tools.write_archive(tmp_path / folder / "n.zip", {name: contents[name] for name in order})
    assert (tmp_path / "x" / "n.zip").read_bytes() == (tmp_path / "y" / "n.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "x" / "n.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {chapter_tools.MOMENT}


@pytest.mark.parametrize(
    "change", [{"files": ["*.gone"]}, {"more": 1}], ids=["a pattern without files", "an unknown key"]
)
def test_settings_that_cannot_be_are_refused(change: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="chapter_tools"):
        chapter_tools.chosen(tmp_path, chapter_tools.check(SETTINGS | change)["files"])


# The edition


def test_the_day_is_that_of_the_commit(tmp_path: Path) -> None:
    assert edition.commit_day(tmp_path) == ""

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        moment = {
            "GIT_COMMITTER_DATE": "2020-02-29T23:30:00-0800",
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
        }
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, env=moment, check=True, capture_output=True)

    git("init")
    assert edition.commit_day(tmp_path) == ""
    git("commit", "--allow-empty", "-m", "a")
    assert edition.commit_day(tmp_path) == "2020-02-29"
    (tmp_path / "inside").mkdir()
    assert edition.commit_day(tmp_path / "inside") == ""


CFF = 'title: "T: a"\nauthors:\n  - name: Some people\nversion: 1.2.3\n'


@pytest.mark.parametrize(("day", "said"), [("2020-02-29", True), ("", False)])
def test_a_page_tells_its_edition_and_how_to_cite(
    root: Path, build: Build, tmp_path: Path, day: str, said: bool
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "CITATION.cff").write_text(CFF, "utf-8")
    html, warnings = build(
        "# Page\n\n```{citation} some-people\n```\n",
        ("edition", "book_home"),
        html_theme="sphinx_book_theme",
        templates_path=[str(root / "assets" / "templates")],
        html_theme_options={"footer_content_items": ["edition.html"]},
        edition_day=day,
        book_home=HOME | {"site": "https://owner.example/name"},
    )
    assert warnings == ""
    (line,) = re.findall(r'<p class="edition">(.*?)</p>', re.sub("<!--.*?-->", "", html))
    assert line == (
        'Version 1.2.3, <time datetime="2020-02-29">2020-02-29</time>' if said else "Version 1.2.3"
    )
    entry = re.sub(r"<[^>]*>", "", re.findall(r"<pre>(.*?)</pre>", html, re.DOTALL)[0])
    assert entry.startswith("@misc{some-people,")
    assert "{{Some people}}" in entry
    assert "https://owner.example/name" in entry
    assert ("2020" in entry) is said


# On the site


@pytest.fixture
def reader(chromium: Browser, address: str) -> Iterator[Page]:
    """A page of a reader who has been nowhere yet."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}chapters/rolling_ball.html")
    yield page
    context.close()


def marked(page: Page) -> list[str]:
    links = page.locator(".bd-sidenav a:has(.chapter-read)")
    return sorted({link.get_attribute("href") or "" for link in links.all()})


def test_every_notebook_page_has_its_box_and_every_page_its_edition(site: Path, root: Path) -> None:
    with zipfile.ZipFile(site / "momentum-notebooks.zip") as archive:
        names = set(archive.namelist())
    version = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))["version"]
    for path in (site / "chapters").glob("*.html"):
        text = path.read_text("utf-8")
        notebook = f"chapters/{path.stem}.ipynb"
        there = (root / notebook).is_file()
        assert (f'data-chapter="chapters/{path.stem}"' in text) is there, path.name
        assert (f"momentum-notebooks/{notebook}" in names) is there, path.name
        assert f'<p class="edition">Version {version}' in text, path.name
    assert not [name for name in names if "__pycache__" in name or "_template" in name]


def test_the_archive_holds_what_its_instructions_name(site: Path) -> None:
    with zipfile.ZipFile(site / "momentum-notebooks.zip") as archive:
        names = set(archive.namelist())
        for needed in ("RUN.md", "requirements.txt", "pyproject.toml", "src/momentum/__init__.py"):
            assert f"momentum-notebooks/{needed}" in names
        for name in names:
            if name.endswith(".ipynb"):
                nbformat.validate(json.loads(archive.read(name)))


def test_a_chapter_is_read_when_its_end_has_been_seen(reader: Page, address: str) -> None:
    assert marked(reader) == []
    reader.mouse.wheel(0, 200)
    reader.wait_for_timeout(200)
    assert marked(reader) == []
    reader.locator(".chapter-tools").scroll_into_view_if_needed()
    reader.wait_for_selector(".bd-sidenav .chapter-read", state="attached")
    assert reader.evaluate("localStorage['chapters-read']") == '["chapters/rolling_ball"]'
    assert "You have read this chapter" in reader.locator(".chapter-tools").inner_text()
    # A page that is no chapter shows it too.
    reader.goto(f"{address}chapters/glossary.html")
    assert marked(reader) == ["rolling_ball.html"]


def test_a_reader_may_mark_and_forget(reader: Page) -> None:
    reader.locator(".chapter-tools").scroll_into_view_if_needed()
    # To reach the button is to reach the end.
    reader.get_by_role("button", name="Mark as not read").click()
    assert marked(reader) == []
    reader.get_by_role("button", name="Mark as read").click()
    assert len(marked(reader)) == 1
    reader.get_by_role("button", name="Forget what I have read").click()
    assert marked(reader) == []
    assert reader.evaluate("localStorage.getItem('chapters-read')") is None


def test_a_list_that_somebody_spoilt_does_no_harm(reader: Page) -> None:
    reader.evaluate("localStorage['chapters-read'] = '{'")
    reader.reload()
    assert marked(reader) == []
    reader.locator(".chapter-tools").scroll_into_view_if_needed()
    reader.wait_for_selector(".bd-sidenav .chapter-read", state="attached")
