"""Give each widget that is a named figure a page of its own, which other sites show in an iframe.

The page ``embed/NAME.html`` has the figure and nothing else: the widget, the picture that stands in for
it, and the caption, which leads to the chapter. It follows the reader's system in light and dark, or
says ``?theme=light`` or ``?theme=dark`` in its address. Search engines are asked to leave it out.
Below the figure in the chapter is a drop-down with the lines to copy. Where ``book_home`` has the
site's address they are complete; elsewhere a sentence tells what to put in. They give the frame the height
that its figure needs, since a frame cannot grow by itself, as the setting ``widget_embeds_heights`` has it::

    widget_embeds_heights:
      fig-name: [840, 1150]  # pixels: on a wide screen, and on a phone

A figure that is not named there has one height, and its frame scrolls where that is too little.

It needs ``static_widgets``, whose widgets they are, and works on what that has written into a page.
"""

from __future__ import annotations

import json
import posixpath
import re
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.transforms.post_transforms import SphinxPostTransform

import book_home
import static_widgets
from static_widgets import fragments, state

HERE = Path(__file__).parent
FOLDER = "embed"
FILES = HERE / "static"
STYLE = "widget-embed.css"
PAGE = Template((HERE / "embed.html").read_text("utf-8"))
# What a page's own style sheets have that a lone figure needs too.
STYLES = re.compile(r"(katex(\.min)?|static-widgets)\.css$|^_static/widgets/[0-9a-f]{16}\.css$")
DATA = re.compile(r'<script type="application/json" id="static-widgets">(.*?)</script>', re.DOTALL)
ADDRESS = re.compile(r'(?<=\s)(?P<name>href|src)="(?P<path>[^":?#]*)(?P<rest>[?#][^":]*)?"')
HEADERLINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
# Enough for most figures with their controls on a column of text; on a phone the frame scrolls.
HEIGHTS = (900, 900)
# The width of a screen, in pixels, below which a figure's parts stand one below the other.
PHONE = 680
SAY_WHERE = "Put the address of this site before the path in src."


def name_of(figure: nodes.figure) -> str:
    """Return the name of a figure, which is its page's too."""
    return str(figure["ids"][0])


def is_widget_figure(node: nodes.Node) -> bool:
    """Say whether a node is a named figure that shows one widget."""
    if not isinstance(node, nodes.figure) or not node["names"]:
        return False
    return len(list(node.findall(static_widgets.widget_place))) == 1


def check(heights: dict[str, list[int]]) -> dict[str, tuple[int, int]]:
    """Return the heights of the figures.

    Raises
    ------
    ConfigError
        If one is not two whole numbers above 0, the second not below the first.
    """
    for name, pair in heights.items():
        numbers = isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, int) for one in pair)
        if not numbers or not 0 < pair[0] <= pair[1]:
            raise ConfigError(
                f"widget_embeds_heights: {name} is {pair!r}; expected two whole numbers of pixels above 0, "
                "on a wide screen and on a phone, where it is not lower."
            )
    return {name: (wide, narrow) for name, (wide, narrow) in heights.items()}


def snippet(site: str, name: str, title: str, heights: tuple[int, int] = HEIGHTS) -> str:
    """Return what another site puts into its page.

    The height is that of a wide screen, and on a narrow one the larger of the two, by a style alone: many
    sites let no script in.

    >>> print(snippet("https://a.example/b/", "fig-x", "A & B", (840, 1150)))
    <iframe src="https://a.example/b/embed/fig-x.html"
            title="A &amp; B" width="100%" height="840" loading="lazy"
            style="height: clamp(840px, (680px - 100vw) * 999, 1150px)"></iframe>
    """
    address = f"{site.rstrip('/')}/{FOLDER}/{name}.html"
    wide, narrow = heights
    style = f"height: clamp({wide}px, ({PHONE}px - 100vw) * 999, {narrow}px)"
    return (
        f'<iframe src="{escape(address)}"\n'
        f'        title="{escape(title)}" width="100%" height="{wide}" loading="lazy"\n'
        f'        style="{style}"></iframe>'
    )


class OfferEmbeds(SphinxPostTransform):
    """Put the drop-down below each figure that has a page of its own."""

    # After the widgets have their places.
    default_priority = static_widgets.PlaceWidgets.default_priority + 1
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Change the page."""
        site = book_home.check(self.config.book_home)["site"]
        heights = check(self.config.widget_embeds_heights)
        page = self.env.docname
        title = self.env.titles[page].astext()
        for figure in list(self.document.findall(is_widget_figure)):
            name = name_of(figure)
            text = snippet(site, name, title, heights.get(name, HEIGHTS))
            block = nodes.literal_block(text, text, language="html")
            address = self.app.builder.get_relative_uri(page, f"{FOLDER}/{name}")
            start = (
                '<details class="widget-embed d-print-none"><summary>Embed this figure</summary>\n'
                f'<p>These lines show <a href="{escape(address)}">the figure alone</a> on another site.'
                f"{'' if site else f' {SAY_WHERE}'} "
                "Add <code>?theme=light</code> or <code>?theme=dark</code> to the address for one look.</p>\n"
            )
            place = figure.parent.index(figure) + 1
            figure.parent.insert(
                place,
                [nodes.raw("", start, format="html"), block, nodes.raw("", "</details>\n", format="html")],
            )


def moved(page: str, text: str) -> str:
    """Return HTML of a page with its relative addresses as the folder of the embeds has them.

    >>> moved("chapters/noise", '<a href="ball.html#x">y</a><img src="../_images/a.png"><a href="#z">')
    '<a href="../chapters/ball.html#x">y</a><img src="../_images/a.png"><a href="../chapters/noise.html#z">'
    """

    def change(match: re.Match[str]) -> str:
        path, rest = match["path"], match["rest"] or ""
        if path.startswith("/"):
            return match[0]
        target = posixpath.join(posixpath.dirname(page), path) if path else f"{page}.html"
        return f'{match["name"]}="{posixpath.relpath(target, FOLDER)}{rest}"'

    return ADDRESS.sub(change, text)


def needed(data: dict[str, Any], model: str) -> dict[str, Any]:
    """Return the part of a page's data that one widget needs: it, what it refers to, and what is linked.

    >>> links = [{"source": ["w1", "a"], "target": ["w3", "a"], "both": False}]
    >>> models = {"w1": {"state": {}}, "w2": {"state": {}}, "w3": {"state": {}}}
    >>> sorted(needed({"models": models, "links": links}, "w1")["models"])
    ['w1', 'w3']
    """
    found: set[str] = set()
    waiting = [model]
    while waiting:
        name = waiting.pop()
        if name in found or name not in data["models"]:
            continue
        found.add(name)
        definition = data["models"][name]
        waiting += [*state.references(definition["state"]), *definition.get("children", [])]
        ends = [(link["source"][0], link["target"][0]) for link in data["links"]]
        waiting += [other for pair in ends if name in pair for other in pair]
    return {
        "models": {name: data["models"][name] for name in data["models"] if name in found},
        "links": [link for link in data["links"] if link["source"][0] in found],
    }


def style_links(context: dict[str, Any]) -> str:
    """Return the links to the style sheets of the page that the figure needs."""
    found = [str(getattr(one, "filename", one)).split("?")[0] for one in context["css_files"]]
    found = [name for name in found if STYLES.search(name)]
    # Below the folder of the embeds all is one step up, wherever the chapter lies.
    names = [name if name.startswith("_static/") else f"_static/{name}" for name in found]
    return "\n".join(f'<link rel="stylesheet" href="../{escape(name)}">' for name in names)


def write_embeds(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write the pages of the figures of one page, from the HTML that stands there."""
    figures = list(doctree.findall(is_widget_figure)) if doctree is not None else []
    if not figures:
        return
    app.add_css_file(STYLE)
    data = json.loads(DATA.findall(context["body"])[-1])
    site = book_home.check(app.config.book_home)["site"]
    for figure in figures:
        name = name_of(figure)
        (body,) = re.findall(rf'<figure[^>]*\sid="{re.escape(name)}".*?</figure>', context["body"], re.DOTALL)
        (place,) = figure.findall(static_widgets.widget_place)
        part = fragments.replaced(needed(data, place["widget_model"]), lambda text: moved(page, text))
        part = json.dumps(part, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")
        chapter = f"../{page}.html#{name}"
        title = app.env.titles[page].astext()
        text = PAGE.substitute(
            canonical=f'<link rel="canonical" href="{escape(f"{site}/{page}.html")}">\n' if site else "",
            title=escape(f"{title} ({name})"),
            book=escape(app.config.html_title or app.config.project),
            chapter=escape(chapter),
            chapter_title=escape(title),
            styles=style_links(context),
            figure=moved(page, HEADERLINK.sub("", body)),
            data=part,
            loader=f"../_static/{static_widgets.loader_folder()}/{static_widgets.ENTRY}",
            language=escape(app.config.language or "en"),
        )
        path = Path(app.outdir, FOLDER, f"{name}.html")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def prepare(_app: Sphinx, config: Config) -> None:
    """Let the site have the script and the style of the embeds."""
    config.html_static_path.append(str(FILES))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension and its setting."""
    app.setup_extension("static_widgets")
    app.setup_extension("book_home")
    app.add_config_value("widget_embeds_heights", {}, "env", types=(dict,))
    app.add_post_transform(OfferEmbeds)
    app.connect("config-inited", prepare)
    # After static_widgets has put its data into the page.
    app.connect("html-page-context", write_embeds, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
