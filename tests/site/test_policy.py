"""The policy for content that every page carries, and what would break under it.

What it forbids is a complaint in the console: `test_pages.py` uses every page and wants none.
"""

import re
from pathlib import Path

from playwright.sync_api import Browser

POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    'content="default-src &#x27;self&#x27;; img-src &#x27;self&#x27; data:">'
)


def pages_of(site: Path) -> dict[str, str]:
    return {
        path.relative_to(site).as_posix(): path.read_text("utf-8")
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts
    }


def test_every_page_carries_the_policy_before_anything_it_loads(site: Path) -> None:
    found = pages_of(site)
    assert len(found) > 4
    for name, text in found.items():
        assert text.count(POLICY) == 1, name
        assert not re.search(r"<(link|script|img)\b", text[: text.index(POLICY)]), name


def test_nothing_is_inline(site: Path) -> None:
    for name, text in pages_of(site).items():
        bare = re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.DOTALL)
        tags = re.findall(r"""<[a-zA-Z](?:"[^"]*"|'[^']*'|[^"'<>])*>""", bare)
        assert [tag for tag in tags if re.search(r"\s(style|on\w+)=", tag)] == [], name
        assert "<style" not in bare, name
        assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", bare) == [], name
        # MathML has an attribute `displaystyle`, which is no style.
        assert not re.search(r'\bstyle=\\"', text), name


def test_a_menu_opens_by_pointer_and_keys_and_closes(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.goto(f"{address}chapters/noise.html")
    button = page.locator(".dropdown-download-buttons > button")
    menu = page.locator(".dropdown-download-buttons > .dropdown-menu")
    button.focus()
    page.keyboard.press("Enter")
    assert menu.is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.classList.contains('dropdown-item')")
    page.keyboard.press("Escape")
    assert menu.is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('data-bs-toggle')") == "dropdown"
    button.click()
    page.mouse.click(600, 800)
    assert menu.is_hidden()
    page.close()


def test_the_colour_mode_changes_and_stays(chromium: Browser, address: str) -> None:
    context = chromium.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(f"{address}chapters/noise.html")
    button = page.locator(".theme-switch-button")
    while page.evaluate("document.documentElement.dataset.theme") != "dark":
        button.click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    context.close()


def test_a_search_finds_pages(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.goto(f"{address}search.html?q=noise")
    page.locator("#search-results .search li a").first.wait_for(timeout=20000)
    page.close()
