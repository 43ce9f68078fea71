"""What a page sends over the wire. It is counted exactly, so these are limits and no benchmark."""

import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks import site as bench

REQUESTS, BARE, WHOLE = 15, 130, 250
TABS = 4
# Kilobytes without pictures, where a page cannot keep to the limit. The typefaces of the text are 45 to 60 kB
# of these on each page. In a chapter three to six hundred formulas, each as boxes for the eye and as MathML
# for the ear, are 60 to 90 kB, and its quiz, which has its formulas twice, 20 kB; api has all docstrings.
LONGER = {
    "chapters/api.html": 220,
    "chapters/choosing_mu.html": 185,
    "chapters/claims.html": 160,
    "chapters/deep_networks.html": 190,
    "chapters/errata.html": 185,
    "chapters/flashcards.html": 140,
    "chapters/frameworks.html": 185,
    "chapters/gradient_descent.html": 235,
    "chapters/hills_and_saddles.html": 235,
    "chapters/how_fast.html": 260,
    "chapters/in_practice.html": 225,
    "chapters/intro.html": 195,
    "chapters/nesterov.html": 240,
    "chapters/noise.html": 235,
    "chapters/rolling_ball.html": 250,
    "chapters/schedules.html": 220,
    "chapters/two_forms.html": 240,
    "embed/fig-hills-lab.html": 145,
    "embed/fig-how-fast-lab.html": 145,
    "embed/fig-noise-lab.html": 145,
}
# Each typeface of formulas is a file, and how many a chapter fetches in three seconds depends on how far the
# browser has laid it out: 14 to 18 were seen.
CHAPTER = 19


@pytest.fixture(scope="module")
def costs(chromium: Browser, address: str, pages: list[str]) -> dict[str, bench.Cost]:
    """What each page fetches, with nothing in the cache."""
    found = {}
    for start in range(0, len(pages), TABS):
        opened = []
        for name in pages[start : start + TABS]:
            context = chromium.new_context(viewport={"width": bench.WIDTH, "height": bench.HEIGHT})
            opened.append((name, context, bench.open_page(context, address + name, slow=False)))
        for name, context, (page, wire) in opened:
            found[name] = bench.read(page, wire)
            context.close()
    return found


def test_no_page_asks_for_many_files(costs: dict[str, bench.Cost]) -> None:
    limits = {name: CHAPTER if name in LONGER else REQUESTS for name in costs}
    many = {name: cost.requests for name, cost in costs.items() if cost.requests > limits[name]}
    assert many == {}


def test_every_page_is_light(costs: dict[str, bench.Cost]) -> None:
    heavy = {n: (c.bare, c.kilobytes) for n, c in costs.items() if c.kilobytes > WHOLE}
    heavy |= {n: (c.bare, c.kilobytes) for n, c in costs.items() if c.bare > LONGER.get(n, BARE)}
    assert heavy == {}
    # A page that has become shorter leaves the list.
    assert {name: costs[name].bare for name in LONGER if costs[name].bare <= BARE} == {}


def test_what_is_named_by_its_content_is_what_its_name_says(site: Path) -> None:
    from finish.folder import digest

    named = [path for path in site.rglob("*") if re.search(r"\.[0-9a-f]{12}\.\w+$", path.name)]
    assert len(named) > 10
    for path in named:
        assert path.name.split(".")[-2] == digest(path.read_bytes()), path.name


def test_a_page_loads_nothing_twice_and_only_files_named_by_their_content(site: Path) -> None:
    for path in sorted(site.glob("chapters/*.html")):
        text = path.read_text("utf-8")
        loaded = re.findall(
            r'<(?:script|link rel="(?:stylesheet|preload)")[^>]*\s(?:src|href)="([^"]+)"', text
        )
        assert len(loaded) == len(set(loaded)), path.name
        assert [name for name in loaded if not re.search(r"\.[0-9a-f]{12}\.\w+$", name)] == [], path.name


def test_pictures_below_the_first_part_wait(site: Path) -> None:
    waiting = 0
    for path in sorted(site.glob("chapters/*.html")):
        text = path.read_text("utf-8")
        below = text[max(0, text.find("<h2", text.find("<article"))) :]
        for image in re.findall(r"<img\b[^>]*_images/[^>]*>", below):
            assert 'loading="lazy"' in image, (path.name, image)
            assert " width=" in image, (path.name, image)
            assert " height=" in image, (path.name, image)
            waiting += 1
    assert waiting > 20
