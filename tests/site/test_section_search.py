"""The search: its index on a small book, and what readers find with it on the site."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from crawl import served
from playwright.sync_api import Browser, BrowserContext, Page
from sphinx.errors import ConfigError

import section_search
from finish.folder import Folder
from finish.offline import write_worker
from section_search import index, words

Build = Callable[..., tuple[str, str]]
SEARCHES = yaml.safe_load((Path(__file__).parent / "searches.yml").read_text("utf-8"))
FIRST, FEWEST = 3, 40
RESULT = "#search-results ul.search > li"
LINKS = "(all) => all.map((one) => one.pathname.slice(1).replace(/\\.html$/, ''))"

PAGE = """# How fast?

It rolls, at first.

## The best *pair*

The rate is $\\frac{\\sqrt\\kappa - 1}{2}$, in code `2 * (1 + mu) / L`. <!-- a secret -->

```{glossary}
drag
  Half of the story. See {doc}`other`.
```
"""


def pages_of(right: str | list[str]) -> list[str]:
    return [right] if isinstance(right, str) else right


# The index


@pytest.fixture
def built(build: Build, tmp_path: Path) -> Callable[..., dict]:
    """A function that builds two pages and returns their index."""

    def run(**settings: object) -> dict:
        (tmp_path / "source").mkdir()
        other = "---\norphan: true\n---\n# The drag\n\nAll of it.\n"
        (tmp_path / "source" / "other.md").write_text(other, "utf-8")
        _, warnings = build(
            PAGE, ("section_search",), html_theme="sphinx_book_theme", section_search=settings
        )
        assert warnings == ""
        return json.loads((tmp_path / "html/_static/section-search.json").read_text("utf-8"))

    return run


def test_a_section_and_a_word_of_a_glossary_can_be_found(built: Callable[..., dict], tmp_path: Path) -> None:
    found = built(weights={"#the-best-pair": 0.5}, also={"friction": "drag"}, help=["page"])
    assert found["pages"] == [["page", "How fast?"], ["other", "The drag"]]
    assert [(row[0], row[1], row[2], row[5], row[6]) for row in found["sections"]] == [
        (0, "", "How fast?", 1, []),
        (0, "the-best-pair", "The best pair", 0.5, []),
        (0, "term-drag", "drag", 1, [1]),
        (1, "", "The drag", 1, []),
    ]
    assert found["sections"][1][3] == "The rate is (√(κ)-1)/2, in code 2 * (1 + mu) / L."
    # Two have it in their title: the third, and the one after it.
    assert [(number >> 3, number & index.TITLE) for number in found["words"]["drag"]] == [(2, 4), (1, 4)]
    assert "secret" not in found["words"]
    assert found["formulas"] == {"(sqrt(kappa)-1)/2": [1], "2(1+mu)/l": [1]}
    assert found["also"] == {"friction": ["drag"]}
    text = (tmp_path / "html/search.html").read_text("utf-8")
    assert '<a href="page.html">How fast?</a>' in text
    assert "searchtools" not in text


def test_a_page_that_is_not_there_is_told(build: Build) -> None:
    _, warnings = build("# Page\n", ("section_search",), section_search={"help": ["gone"]})
    assert "section_search names pages that the book does not have: gone" in warnings


@pytest.mark.parametrize("settings", [{"weight": {}}, {"also": ["a"]}])
def test_settings_that_cannot_be_are_refused(settings: dict) -> None:
    with pytest.raises(ConfigError, match="section_search"):
        section_search.check(settings)


def test_numbers_are_packed_as_steps() -> None:
    assert index.packed([(0, 1), (3, 7), (4, 2)]) == [1, 31, 10]


# What readers find


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(service_workers="block", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def search(page: Page, query: str) -> None:
    page.locator("article form.bd-search input").fill(query)
    page.keyboard.press("Enter")
    page.locator(".search-summary", has_text=query).wait_for(timeout=20000)


def test_the_searches_name_pages_of_the_site(site: Path) -> None:
    assert all(isinstance(theme, dict) and theme for theme in SEARCHES.values())
    assert sum(len(theme) for theme in SEARCHES.values()) >= FEWEST
    for theme in SEARCHES.values():
        for query, right in theme.items():
            assert isinstance(query, str), query
            assert pages_of(right), query
            assert [one for one in pages_of(right) if not (site / f"{one}.html").is_file()] == [], query


def test_readers_find_the_right_page_among_the_first_three(page: Page, address: str) -> None:
    missed = {}
    page.goto(f"{address}search.html")
    for query, right in ((query, right) for theme in SEARCHES.values() for query, right in theme.items()):
        search(page, query)
        found = page.eval_on_selector_all(f"{RESULT} > a", LINKS)
        if not set(pages_of(right)) & set(found[:FIRST]):
            missed[query] = found[: 2 * FIRST]
    assert missed == {}


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("nestrov", "chapters/nesterov"),
        ("momentun", "chapters/"),
        ("oscill", "chapters/"),
        ("lookahead", "chapters/"),
        ("Momentum's friction", "chapters/"),
        ("<b>noise</b>", "chapters/noise"),
        (r"\frac", None),
        ("constructor __proto__", None),
        ("the of and", None),
        ("quantum chromodynamics", None),
        ("((((", None),
        ("µ", "chapters/"),
    ],
)
def test_slips_beginnings_and_nonsense(page: Page, address: str, query: str, right: str | None) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}search.html?q={quote(query, safe='')}")
    page.locator(".search-summary", has_text=query).wait_for()
    found = page.eval_on_selector_all(f"{RESULT} > a", LINKS)
    assert complaints == []
    assert page.locator(".search-help").is_visible() is (not found)
    if right is not None:
        assert found[0].startswith(right)


def test_the_page_reads_a_question_as_the_program_has_read_the_book(
    page: Page, address: str, site: Path
) -> None:
    data = json.loads((site / "_static/section-search.json").read_text("utf-8"))
    page.goto(f"{address}search.html")
    page.evaluate(
        "fetch('_static/section-search.json').then(async (one) => (window.index = await one.json()))"
    )
    unknown = page.evaluate(
        """index.sections.flatMap((one) => SectionSearch.words(one[2], index))
          .filter((one) => !index.stop.includes(one) && !(SectionSearch.stem(one) in index.words))"""
    )
    assert unknown == []
    assert len(data["formulas"]) > 500
    normal = "(all) => all.map((one) => SectionSearch.normal(one, index))"
    assert page.evaluate(f"({normal})(Object.keys(index.formulas))") == list(data["formulas"])
    spelt = ["\u03b7 / (1 \u2212 \u03bc)", "lr/(1-mu)", "eta / (1 - mu)", "lr / (1 - \u00b5)"]
    assert page.evaluate(normal, spelt) == [words.normal(one) for one in spelt] == ["lr/(1-mu)"] * len(spelt)


def test_a_result_tells_where_it_leads_and_the_keyboard_reaches_it(page: Page, address: str) -> None:
    page.goto(f"{address}chapters/noise.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("critical damping")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}search.html?q=critical+damping")
    first = page.locator(RESULT).first
    first.wait_for()
    assert page.locator(".search-summary").get_attribute("role") == "status"
    assert "critical damping" in page.inner_text(".search-summary")
    for result in page.locator(RESULT).all():
        assert result.locator(".context").count() == 1 or result.locator(".search-page").count() == 1
    assert first.locator(".context").inner_text()
    assert "damp" in [one[:4].lower() for one in page.locator(f"{RESULT} mark").all_inner_texts()]
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Tab")
    assert first.locator("a").first.evaluate("(one) => one === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}chapters/glossary.html#term-critical-damping")


def test_every_result_leads_to_a_place_that_is_there(site: Path) -> None:
    data = json.loads((site / "_static/section-search.json").read_text("utf-8"))
    texts = {name: (site / f"{name}.html").read_text("utf-8") for name, _ in data["pages"]}
    names = list(texts)
    lost = [row[:3] for row in data["sections"] if row[1] and f'id="{row[1]}"' not in texts[names[row[0]]]]
    assert lost == []
    assert len(data["sections"]) > 300


def test_no_index_is_fetched_before_somebody_asks(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}search.html", wait_until="networkidle")
    assert not [url for url in asked if url.endswith(".json")]


def test_without_scripts_the_page_lists_all_pages(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}search.html?q=noise")
    assert "needs JavaScript" in page.inner_text("article")
    page.locator("article").get_by_role("link", name="Does momentum average out the noise?").click()
    page.wait_for_url(f"{address}chapters/noise.html")
    context.close()


@pytest.fixture
def reader(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    yield context
    context.close()


def test_below_a_path_and_without_a_network_the_search_works(
    root: Path, site: Path, tmp_path: Path, reader: BrowserContext
) -> None:
    shutil.copytree(site / "_static", tmp_path / "course" / "_static")
    for name in ("search.html", "404.html"):
        shutil.copy(site / name, tmp_path / "course" / name)
    write_worker(Folder(tmp_path / "course"))
    (tmp_path / "index.html").write_text("<!DOCTYPE html><title>Host</title>", "utf-8")
    page = reader.new_page()
    with served(root / "tools" / "serve.py", tmp_path) as address:
        page.goto(f"{address}course/search.html?q=saddle")
        page.locator(RESULT).first.wait_for()
        page.evaluate("navigator.serviceWorker.register('sw.js').then(() => navigator.serviceWorker.ready)")
        page.wait_for_function("navigator.serviceWorker.controller?.state === 'activated'")
    search(page, "noise")
    link = page.locator(f"{RESULT} > a").first
    assert str(link.evaluate("(one) => one.href")).startswith(f"{address}course/chapters/noise.html")
