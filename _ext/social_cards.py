"""Draw a picture for each page, which others show with a link to it, where the site's address is set.

Settings in ``_config.yml``::

    social_cards:
      heavy: node_modules/@fontsource/face/files/face-latin-600-normal.woff2
      plain: node_modules/@fontsource/face/files/face-latin-400-normal.woff2
      cover: assets/cover.svg

All cards have one grammar: the page's title in the heavy face, the book's name below it in the plain one,
and the first figure of the page beside it. The first page of the book, and each without a figure, has the
cover along its foot, an SVG file such as ``svg_pictures`` can draw.

The cards lie in ``social/`` under the pages' own names, since who has shown a link keeps the address of
its picture. No page loads them. They have no date, so two builds give the same bytes.
"""

from __future__ import annotations

import io
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

import svg_pictures

KEYS = {"heavy", "plain", "cover"}
WIDTH, HEIGHT, MARGIN = 1200, 630, 72
INK, QUIET, BALL, LINE = "#24292e", "#5a6067", "#d9622b", "#2f7f86"
COLUMN, FIGURE = 470, 580
TITLE_SIZES, LEADING, NAME_SIZE = (66, 60, 54, 48, 42), 1.14, 34
MOST_LINES = {True: 5, False: 2}
# A figure that is not a mere icon; and how few colours keep the letters of one smooth.
SMALLEST, COLOURS = 300, 64
FOLDER = "social"


def check(settings: dict[str, str]) -> dict[str, str]:
    """Return the settings.

    Raises
    ------
    ConfigError
        If there is an unknown key, or one is missing.
    """
    if set(settings) != KEYS:
        raise ConfigError(f"social_cards has keys {sorted(settings)}; it takes all of {sorted(KEYS)}.")
    return settings


class Face:
    """A typeface from a web font.

    Parameters
    ----------
    path
        Its file.
    """

    def __init__(self, path: Path) -> None:
        font = TTFont(path)
        font.flavor = None
        out = io.BytesIO()
        font.save(out, reorderTables=None)
        self.content, self.letters = out.getvalue(), set(font.getBestCmap())

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the face in a size, set by the layout that each machine has."""
        return ImageFont.truetype(io.BytesIO(self.content), size, layout_engine=ImageFont.Layout.BASIC)

    def lacks(self, text: str) -> str:
        """Return the letters of a text that are not in the face."""
        return "".join(sorted({each for each in text if ord(each) not in self.letters}))


@lru_cache(maxsize=2)
def face_of(path: Path) -> Face:
    """Return the face in a file, read once."""
    return Face(path)


def wrap(words: list[str], font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Return words in lines that are no wider than a width, unless a word alone is."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def balanced(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Return a text in as few lines as fit, and these as even as can be."""
    best = wrap(text.split(), font, width)
    for narrower in range(int(width), 0, -8):
        lines = wrap(text.split(), font, narrower)
        if len(lines) > len(best) or max(map(font.getlength, lines)) > narrower:
            break
        best = lines
    return best


def fit(text: str, face: Face, width: float, most: int) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Return a title in lines, in the largest size in which they are few."""
    for size in TITLE_SIZES:
        font = face.at(size)
        lines = balanced(text, font, width)
        if len(lines) <= most and max(map(font.getlength, lines)) <= width:
            break
    return lines, font


@lru_cache(maxsize=1)
def draw_cover(svg: str) -> Image.Image:
    """Return the cover as wide as a card, drawn once."""
    return svg_pictures.draw(svg, WIDTH)


def draw_card(
    title: str, name: str, faces: dict[str, Face], figure: Image.Image | None, cover: str
) -> Image.Image:
    """Return the card of a page.

    Parameters
    ----------
    title
        The page's title.
    name
        The book's name.
    faces
        The typefaces ``heavy`` and ``plain``.
    figure
        The page's figure, or None for the cover.
    cover
        The text of the cover's file.
    """
    card = Image.new("RGB", (WIDTH, HEIGHT), svg_pictures.PAPER)
    pen = ImageDraw.Draw(card)
    width = COLUMN if figure else WIDTH - 2 * MARGIN
    lines, font = fit(title, faces["heavy"], width, MOST_LINES[bool(figure)])
    high = round(font.size * LEADING)
    if figure:
        scale = min(FIGURE / figure.width, (HEIGHT - 2 * MARGIN) / figure.height)
        size = (round(figure.width * scale), round(figure.height * scale))
        small = figure.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
        place = (WIDTH - MARGIN // 2 - FIGURE + (FIGURE - size[0]) // 2, (HEIGHT - size[1]) // 2)
        card.paste(small, place, small)
        top = (HEIGHT - high * len(lines) - 2 * NAME_SIZE) // 2
        pen.rectangle((0, HEIGHT - 12, WIDTH, HEIGHT), fill=LINE)
    else:
        strip = draw_cover(cover)
        card.paste(strip, (0, HEIGHT - strip.height))
        top = MARGIN
    for row, line in enumerate(lines):
        pen.text((MARGIN, top + row * high), line, font=font, fill=INK)
    below = top + high * len(lines) + round(1.2 * NAME_SIZE)
    pen.ellipse((MARGIN, below - 12, MARGIN + 24, below + 12), fill=BALL)
    small_font = faces["plain"].at(NAME_SIZE)
    pen.text((MARGIN + 38, below), name, font=small_font, fill=QUIET, anchor="lm")
    return card


def packed(card: Image.Image) -> bytes:
    """Return a card as a PNG of few colours."""
    out = io.BytesIO()
    few = card.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def first_figure(doctree: nodes.document, files: dict[str, Path]) -> Image.Image | None:
    """Return the first picture of a page that is large enough to be a figure.

    ``files`` are those of the pictures by the last part of their address on the site, which is all that a
    page that is written says of them.
    """
    for image in doctree.findall(nodes.image):
        path = files.get(image["uri"].rsplit("/", 1)[-1])
        if path is not None and path.suffix == ".png":
            with Image.open(path) as picture:
                if picture.width >= SMALLEST:
                    return picture.copy()
    return None


def tags(address: str, title: str) -> str:
    """Return what a page says of its card.

    >>> print(tags("https://a.org/b.png", "Noise").splitlines()[0])
    <meta property="og:image" content="https://a.org/b.png" />
    """
    values = {
        "og:image": address,
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": f"The title of the page, “{title}”, and a figure from it or the ball on its hill.",
    }
    said = [f'<meta property="{key}" content="{escape(value)}" />' for key, value in values.items()]
    return "\n".join([*said, '<meta name="twitter:card" content="summary_large_image" />'])


def add_card(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Draw the card of a page, and name it in its head."""
    base = app.config.html_baseurl
    if doctree is None or not base:
        return
    root, settings = Path(app.srcdir), check(app.config.social_cards)
    faces = {key: face_of(root / settings[key]) for key in ("heavy", "plain")}
    title = app.env.titles[page].astext()
    if missing := faces["heavy"].lacks(title):
        raise ConfigError(f"social_cards: {settings['heavy']} lacks {missing!r} of the title {title!r}.")
    files = {name: root / path for path, name in app.builder.images.items()}
    figure = None if page == app.config.root_doc else first_figure(doctree, files)
    name = app.config.html_title or app.config.project
    card = draw_card(title, name, faces, figure, (root / settings["cover"]).read_text("utf-8"))
    path = f"{FOLDER}/{page}.png"
    target = Path(app.outdir, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(packed(card))
    context["metatags"] = f"{context.get('metatags', '')}\n{tags(urljoin(base, path), title)}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the settings; ``book_home`` has to be loaded too, for the site's address."""
    app.setup_extension("book_home")
    app.add_config_value("social_cards", {}, "html", types=(dict,))
    app.connect("html-page-context", add_card)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
