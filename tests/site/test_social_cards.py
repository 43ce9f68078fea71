"""The pictures that others show with a link: what the head says of them, and how they are drawn."""

import base64
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image
from sphinx.errors import ConfigError

import social_cards
from finish.offline import kept

Build = Callable[..., tuple[str, str]]
HOME = {"repository": "", "branch": "main", "site": "https://ann.github.io/course"}
ADDRESS = "https://ann.github.io/course/social/page.png"
LARGEST = 60_000
FILES = "node_modules/@fontsource/source-serif-4/files/source-serif-4-latin"


@pytest.fixture(scope="module")
def settings(root: Path) -> dict[str, str]:
    """With whole paths, so that a small book elsewhere finds them."""
    return {
        "heavy": str(root / f"{FILES}-600-normal.woff2"),
        "plain": str(root / f"{FILES}-400-normal.woff2"),
        "cover": str(root / "assets/cover.svg"),
    }


@pytest.fixture(scope="module")
def card(settings: dict[str, str]) -> Callable[..., Image.Image]:
    faces = {key: social_cards.Face(Path(settings[key])) for key in ("heavy", "plain")}
    cover = Path(settings["cover"]).read_text("utf-8")

    def draw(title: str, figure: Image.Image | None = None) -> Image.Image:
        return social_cards.draw_card(title, "Momentum", faces, figure, cover)

    return draw


def build_page(build: Build, settings: dict[str, str], text: str, **more: Any) -> tuple[str, str]:
    extensions = ("book_home", "social_cards")
    return build(text, extensions, html_theme="sphinx_book_theme", social_cards=settings, **more)


def test_a_page_names_its_card_and_draws_it(build: Build, settings: dict[str, str], tmp_path: Path) -> None:
    drawn = []
    for _ in range(2):
        html, warnings = build_page(build, settings, "# A “good” page\n", book_home=HOME)
        assert warnings == ""
        drawn.append((tmp_path / "html/social/page.png").read_bytes())
    said = dict(re.findall(r'<meta (?:name|property)="((?:og|twitter):[^"]*)" content="([^"]*)"', html))
    assert said["og:image"] == ADDRESS
    assert said["twitter:card"] == "summary_large_image"
    assert "A “good” page" in said["og:image:alt"]
    with Image.open(io.BytesIO(drawn[0])) as picture:
        assert picture.size == (int(said["og:image:width"]), int(said["og:image:height"])) == (1200, 630)
    # Two builds, one card; and the page itself does not load it.
    assert drawn[0] == drawn[1]
    assert html.count("social/") == 1


def test_without_an_address_there_is_no_card(build: Build, settings: dict[str, str], tmp_path: Path) -> None:
    html, _ = build_page(build, settings, "# Page\n")
    assert "og:image" not in html
    assert "twitter:" not in html
    assert not (tmp_path / "html/social").exists()


def test_a_title_that_the_face_cannot_set_is_an_error(build: Build, settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="lacks 'д'"):
        build_page(build, settings, "# Pagд\n", book_home=HOME)


@pytest.mark.parametrize("wrong", [{}, {"heavy": "a", "plain": "b", "cover": "c", "other": "d"}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="takes all of"):
        social_cards.check(wrong)


def test_the_first_large_picture_of_a_page_is_on_its_card(
    build: Build, settings: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "source").mkdir()
    for name, width, colour in (("icon", 40, "blue"), ("one", 500, "red"), ("two", 600, "lime")):
        Image.new("RGB", (width, 300), colour).save(tmp_path / "source" / f"{name}.png")
    text = "# Page\n\n![a](icon.png)\n\n![b](one.png)\n\n![c](two.png)\n"
    (tmp_path / "source/index.md").write_text("# Home\n\n```{toctree}\npage\n```\n", "utf-8")
    seen = []
    for first in ("index", "page"):
        build_page(build, settings, text, book_home=HOME, root_doc=first)
        with Image.open(tmp_path / "html/social/page.png") as card:
            seen.append({colour for _, colour in card.convert("RGB").getcolors(1 << 20)})
    assert (255, 0, 0) in seen[0]
    # The first page of the book has the cover all the same.
    assert (255, 0, 0) not in seen[1]
    assert not {(0, 0, 255), (0, 255, 0)} & (seen[0] | seen[1])


def test_a_figure_stands_beside_the_title_and_the_cover_below_it(card: Callable[..., Image.Image]) -> None:
    title = "Which numbers do I start from, and how do I see that they are wrong?"
    red = card(title, Image.new("RGBA", (1344, 768), "#ff0000"))
    bands = {pixel: box for pixel in ((255, 0, 0),) if (box := box_of(red, pixel))}
    left, top, right, bottom = bands[255, 0, 0]
    assert social_cards.MARGIN + social_cards.COLUMN < left < right <= social_cards.WIDTH
    assert 0 < top < bottom < social_cards.HEIGHT
    plain = card(title)
    ink = box_of(plain, (36, 41, 46))
    ball = box_of(plain.crop((600, 300, 1200, 630)), (217, 98, 43))
    assert ink is not None
    assert ball is not None
    # The strongest ball is near the lowest point, below all letters.
    assert 300 + ball[1] > ink[3]


def box_of(picture: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int, int] | None:
    mask = Image.new("1", picture.size)
    mask.putdata([pixel == colour for pixel in picture.get_flattened_data()])
    return mask.getbbox()


@pytest.mark.parametrize("width", [200, 350, 470, 1056])
def test_lines_are_few_even_and_whole(settings: dict[str, str], width: int) -> None:
    font = social_cards.Face(Path(settings["heavy"])).at(54)
    title = "What happens to momentum when the learning rate changes?"
    lines, greedy = (
        social_cards.balanced(title, font, width),
        social_cards.wrap(title.split(), font, width),
    )
    assert " ".join(lines) == title
    assert len(lines) == len(greedy)
    longest = max(map(font.getlength, lines))
    assert longest <= max(map(font.getlength, greedy))
    assert longest <= max(width, max(map(font.getlength, title.split())))


def test_each_chapter_s_card_is_small(root: Path, card: Callable[..., Image.Image]) -> None:
    for path in sorted(root.glob("chapters/*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        (title, *_) = re.findall(r"^# (.+)$", text, re.MULTILINE)
        pictures = (
            output["data"]["image/png"]
            for cell in cells
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})
        )
        first = next(pictures, None)
        figure = Image.open(io.BytesIO(base64.b64decode("".join(first)))) if first else None
        assert len(social_cards.packed(card(title, figure))) < LARGEST, path.stem


def test_nobody_keeps_a_card_for_reading_without_a_network() -> None:
    assert kept(["social/chapters/a.png", "_images/a.png"]) == ["_images/a.png"]


def test_the_site_has_a_card_a_page_if_it_has_an_address(root: Path, site: Path) -> None:
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    has_address = bool(config["book_home"]["site"])
    for page in sorted(site.glob("chapters/*.html")):
        assert (site / "social/chapters" / f"{page.stem}.png").is_file() is has_address, page.name
        assert ("og:image" in page.read_text("utf-8")) is has_address, page.name
