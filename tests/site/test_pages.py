"""Every page of the site, as a browser shows it."""

import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import yaml
from crawl import Visit
from playwright.sync_api import Browser

PATH_LIKE = re.compile(r"/|\.(png|jpe?g|svg|gif|webp)$")
# What is left of a formula that nobody set. A lone dollar sign may be money.
RAW_TEX = re.compile(r"\$[^$\n]+\$|\\\(|\\\[|\\begin\{|\\frac|\\mu\b")
# MyST that was not understood.
RAW_MYST = re.compile(r"\{(ref|numref|cite:\w|prf:\w+|eq|doc)\}|^:::|```", re.MULTILINE)
TALLEST_FIGURE = 800


def chapters(visits: list[Visit]) -> list[Visit]:
    return [visit for visit in visits if visit.page.startswith("chapters/")]


def found(trouble: dict[str, object]) -> dict[str, object]:
    """Only the pages that have any, so that a failure names them."""
    return {page: what for page, what in trouble.items() if what}


def test_every_page_of_the_contents_is_there(root: Path, pages: list[str]) -> None:
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    files = re.findall(r"'(?:file|root)': '([^']+)'", repr(toc))
    assert len(files) >= 4
    assert {f"{name}.html" for name in files} <= set(pages)


def test_the_address_of_the_site_leads_to_the_first_page(root: Path, chromium: Browser, address: str) -> None:
    first = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))["root"]
    page = chromium.new_page()
    page.goto(address)
    page.wait_for_url(f"{address}{first}.html")
    page.close()


def test_every_page_answers(visits: list[Visit]) -> None:
    assert found({visit.page: visit.status != 200 for visit in visits}) == {}


def test_no_page_complains(visits: list[Visit]) -> None:
    assert found({visit.page: visit.complaints for visit in visits}) == {}


def test_no_page_asks_another_host(visits: list[Visit], plain_visits: list[Visit]) -> None:
    for way in (visits, plain_visits):
        assert found({visit.page: visit.strangers for visit in way}) == {}


def test_every_internal_link_leads_somewhere(visits: list[Visit], address: str, site: Path) -> None:
    ids = {visit.page: set(visit["ids"]) for visit in visits}
    broken: dict[str, list[str]] = {}
    checked = 0
    for visit in visits:
        for link in visit["links"]:
            url, anchor = urldefrag(link)
            if not url.startswith(address):
                continue
            checked += 1
            name = unquote(url.removeprefix(address)).split("?")[0] or "index.html"
            anchors = ids.get(name, set())
            there = (site / name).is_file()
            if not there or (anchor and unquote(anchor) not in anchors):
                broken.setdefault(visit.page, []).append(link)
    assert checked > 0
    assert broken == {}


def test_ids_are_unique(visits: list[Visit]) -> None:
    repeated = {
        visit.page: sorted({name for name in visit["ids"] if visit["ids"].count(name) > 1})
        for visit in visits
    }
    assert found(repeated) == {}


def test_links_to_other_sites_are_encrypted(visits: list[Visit], address: str) -> None:
    plain = {
        visit.page: [
            link for link in visit["links"] if link.startswith("http:") and not link.startswith(address)
        ]
        for visit in visits
    }
    assert found(plain) == {}


def test_every_picture_loads_and_says_what_it_shows(visits: list[Visit]) -> None:
    bad = {
        visit.page: [
            image
            for image in visit["images"]
            if not image["loaded"] or not image["alt"] or PATH_LIKE.search(image["alt"])
        ]
        for visit in visits
    }
    assert found(bad) == {}


def test_every_figure_keeps_its_room_and_fits_a_screen(visits: list[Visit]) -> None:
    bad = {
        visit.page: [
            image
            for image in visit["images"]
            if "/_images/" in image["source"]
            and not (image["sized"] and 0 < image["height"] <= TALLEST_FIGURE)
        ]
        for visit in visits
    }
    assert found(bad) == {}


def test_formulas_are_set_before_the_page_is_sent(visits: list[Visit], plain_visits: list[Visit]) -> None:
    for visit in [*chapters(visits), *chapters(plain_visits)]:
        assert visit["formulas"] == visit["rendered"], visit.page
        assert visit["refused"] == 0, visit.page
        assert RAW_TEX.findall(str(visit["prose"])) == [], visit.page
    assert sum(int(str(visit["formulas"])) for visit in chapters(visits)) > 0


def test_no_markup_is_left_over(visits: list[Visit]) -> None:
    left = {visit.page: RAW_MYST.findall(str(visit["prose"])) for visit in chapters(visits)}
    assert found(left) == {}


def test_the_mathematical_typeface_comes_with_the_page(visits: list[Visit]) -> None:
    for visit in chapters(visits):
        # Formulas in folded cards need no typeface yet.
        if visit["visible_formulas"]:
            assert visit["mathfont"], visit.page


def test_a_page_reads_the_same_without_scripts(visits: list[Visit], plain_visits: list[Visit]) -> None:
    for full, plain in zip(chapters(visits), chapters(plain_visits), strict=True):
        assert plain.status == 200
        assert plain["heading"] == full["heading"] != ""
        assert plain["visible_formulas"] == full["visible_formulas"]
        assert squeezed(plain["prose"]) == squeezed(full["prose"])


def squeezed(prose: object) -> str:
    # The theme's script moves a few blanks about, and labels what folds.
    return re.sub(r"\s|Click to (show|hide)", "", str(prose))


def test_no_page_scrolls_sideways(visits: list[Visit], plain_visits: list[Visit]) -> None:
    widths = [(visit.page, key, visit[key]) for visit in visits for key in ("widths", "on_a_phone")]
    widths += [(visit.page, "plain", visit["widths"]) for visit in plain_visits]
    assert {(page, key): pair for page, key, pair in widths if pair[0] > pair[1]} == {}


def test_every_page_has_a_title_of_its_own(visits: list[Visit]) -> None:
    titles = [visit["title"] for visit in visits]
    assert all(titles)
    assert len(set(titles)) == len(titles)
