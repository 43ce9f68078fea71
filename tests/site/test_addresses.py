"""Descriptions, the map of the site and the page for wrong addresses, on a small book and on the site."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from docutils.core import publish_doctree
from playwright.sync_api import Browser

import addresses

Build = Callable[..., tuple[str, str]]

HOME = {"repository": "", "branch": "main", "site": "https://ann.github.io/course"}
PAGE = """# A "good" page

```{note}
An aside that says a lot of things about nothing at all.
```

Too short.

The ball rolls with $\\mu$ & friction, and "stops" at the end of it.

Another paragraph that nobody needs for a description.
"""
SAID = "The ball rolls with μ & friction, and “stops” at the end of it."


def meta(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:name|property)="((?:description|og:)[^"]*)" content="([^"]*)"', html))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;")


def test_a_page_is_described_by_its_first_long_paragraph(build: Build, tmp_path: Path) -> None:
    html, warnings = build(PAGE, ("book_home", "addresses"), html_theme="sphinx_book_theme")
    assert warnings == ""
    assert meta(html) == {"description": escaped(SAID)}
    assert (tmp_path / "html/robots.txt").read_text("utf-8") == "User-agent: *\nAllow: /\n"
    assert not (tmp_path / "html/sitemap.xml").exists()
    assert 'rel="canonical"' not in html


def test_the_owner_s_address_stands_wherever_others_look(build: Build, tmp_path: Path) -> None:
    html, warnings = build(PAGE, ("book_home", "addresses"), html_theme="sphinx_book_theme", book_home=HOME)
    assert warnings == ""
    here = "https://ann.github.io/course/page.html"
    assert meta(html) == {
        "description": escaped(SAID),
        "og:title": escaped("A “good” page"),
        "og:type": "article",
        "og:description": escaped(SAID),
        "og:url": here,
    }
    assert f'<link rel="canonical" href="{here}"' in html
    assert f"<loc>{here}</loc>" in (tmp_path / "html/sitemap.xml").read_text("utf-8")
    assert "Sitemap: https://ann.github.io/course/sitemap.xml" in (tmp_path / "html/robots.txt").read_text(
        "utf-8"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Formulas such as :math:`\\frac{a}{b}` say nothing here, so we pass over them.",
        "- In a list, with enough words to count as text, I think.",
    ],
)
def test_what_letters_cannot_say_is_no_description(text: str) -> None:
    after = "This one is long enough to be a description."
    assert addresses.description(publish_doctree(f"{text}\n\n{after}")) == after


def test_every_chapter_has_a_description_of_its_own(site: Path) -> None:
    said = [
        meta(path.read_text("utf-8")).get("description", "") for path in sorted(site.glob("chapters/*.html"))
    ]
    assert len(said) > 10
    assert all(addresses.SHORTEST <= len(one) <= addresses.LONGEST for one in said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("wrong", ["nowhere", "chapters/nowhere.html", "a/b/c/d.html"])
def test_a_wrong_address_leads_on(chromium: Browser, address: str, wrong: str) -> None:
    page = chromium.new_page(service_workers="block")
    missing: list[str] = []
    page.on("response", lambda one: missing.append(one.url) if one.status >= 400 else None)
    answer = page.goto(address + wrong)
    assert answer is not None
    assert answer.status == 404
    # All that it loads is there, at this depth too.
    assert missing == [address + wrong]
    assert page.locator("article h1").inner_text().startswith("Page not found")
    page.locator("article li a", has_text="noise").first.click()
    page.wait_for_url(f"{address}chapters/noise.html")
    page.go_back()
    page.get_by_label("What are you looking for?").fill("friction")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}search.html?q=friction")
    page.close()
