"""Run anywidgets on static pages: no kernel, no require.js, no other host, no code from strings.

README.md in this folder tells what it does and what a widget package may say in its output's metadata.
The order of things: when a notebook has been read, each output with a widget is marked and the state
is reduced (`state.py`); when a page is written, the mark becomes a place with the still picture in it, or
HTML (`fragments.py`), and the page gets the data and the loader, which is plain JavaScript in `loader/`.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import shutil
from collections.abc import Callable
from functools import wraps
from html import escape
from pathlib import Path
from typing import Any

import imagesize
from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from . import fragments
from .state import PageState

logger = logging.getLogger(__name__)

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
# The first that an output has is its picture.
PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif")
HTML = "text/html"
LOADER = Path(__file__).parent / "loader"
ENTRY, STYLE = "static-widgets.js", "static-widgets.css"
FOLDER = "widgets"
CSS_DOTS_PER_INCH = 96


class widget_place(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """Where a widget stands; its child, if it has one, is the picture or HTML that stands in for it."""


def keep_metadata(render: Callable[..., list[nodes.Element]]) -> Callable[..., list[nodes.Element]]:
    """Return myst-nb's method that renders one form of an output, which then keeps what it was told.

    myst-nb gives an output's metadata to its renderers only, and takes those from installed packages
    only. The notebook that it writes has no outputs when they come from its cache.
    """

    @wraps(render)
    def render_mime_type(self: NbElementRenderer, data: MimeData) -> list[nodes.Element]:
        found = render(self, data)
        for node in found:
            if isinstance(node, nodes.Element):
                node["output_metadata"] = dict(data.output_metadata.get(data.mime_type, {}))
                if data.mime_type == VIEW:
                    node["model_id"] = data.content["model_id"]
        return found

    return render_mime_type


def is_view(node: nodes.Node) -> bool:
    """Say whether a node is an output of which one form is a widget."""
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "mime_bundle"
        and any(form["mime_type"] == VIEW for form in node.children)
    )


def mark_stand_in(bundle: nodes.Element) -> None:
    """Mark what stands in for a widget: its picture, with alt text and size as stated, or its HTML."""
    forms = {form["mime_type"]: form for form in bundle.children}
    kind = next((kind for kind in PICTURES if kind in forms), None)
    image = next(iter(forms[kind].findall(nodes.image)), None) if kind else None
    if image is None:
        text = next(iter(forms[HTML].findall(nodes.raw)), None) if HTML in forms else None
        if text is not None:
            text["stand_in"] = True
        return
    image["stand_in"] = True
    said = image["output_metadata"]
    image["alt"] = image.get("alt") or said.get("alt", "")
    image["css_size"] = [said.get("width"), said.get("height")]
    if not image["alt"]:
        logger.warning(
            "A widget's picture has no alt text: the output's metadata wants %s",
            json.dumps({kind: {"alt": "what it shows"}}),
            location=bundle,
            type="static_widgets",
        )


def stored_state(app: Sphinx) -> dict[str, Any]:
    """Return the models that the notebook of the page being read stores, by id."""
    scripts = NbMetadataCollector.get_js_files(app.env, app.env.docname)
    _, attributes = scripts.get("ipywidgets_state", (None, {"body": "{}"}))
    models: dict[str, Any] = json.loads(attributes["body"]).get("state", {})
    return models


def mark_places(app: Sphinx, doctree: nodes.document) -> None:
    """Mark the widgets of a page that has just been read, and keep the state that they need."""
    found = {}
    for bundle in doctree.findall(is_view):
        for view in bundle.findall(lambda node: isinstance(node, nodes.raw) and "model_id" in node):
            found[bundle] = view["model_id"]
            bundle["widget_height"] = view["output_metadata"].get("height")
            mark_stand_in(bundle)
    if not found:
        return
    state = PageState(stored_state(app), list(found.values()))
    for fault in state.faults:
        logger.warning("%s.", fault, location=next(iter(found)), type="static_widgets")
    for bundle, identity in found.items():
        bundle["widget_model"] = state.names.get(identity, "")
        bundle["widget_class"] = state.class_of(identity)
    doctree["static_widgets"] = {"data": state.data, "files": state.files, "styles": state.styles}


class PlaceWidgets(SphinxPostTransform):
    """Put each widget in its place on an HTML page, before myst-nb chooses one form of the output."""

    default_priority = 3
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Replace the outputs that are marked."""
        for bundle in list(self.document.findall(is_view)):
            if "widget_model" in bundle:
                said = {key: bundle[key] for key in ("widget_model", "widget_class", "widget_height")}
                stand_in = [node for node in bundle.findall(nodes.Element) if "stand_in" in node]
                bundle.replace_self(widget_place("", *stand_in, **said))


def css_size(path: Path, stated: list[float | None]) -> tuple[int, int] | None:
    """Return width and height of a picture in CSS pixels: as stated, or by its dots an inch."""
    width, height = imagesize.get(path)
    dots, _ = imagesize.getDPI(path)
    if width <= 0 or height <= 0:
        return (round(stated[0]), round(stated[1])) if stated[0] and stated[1] else None
    scale = CSS_DOTS_PER_INCH / dots if dots > 0 else 1.0
    if stated[0] or stated[1]:
        scale = stated[0] / width if stated[0] else (stated[1] or 0) / height
    return round(stated[0] or width * scale), round(stated[1] or height * scale)


def tag(name: str, attributes: dict[str, object]) -> str:
    """Return an opening tag; an attribute that is None is left out.

    >>> tag("img", {"alt": 'a "b"', "width": None})
    '<img alt="a &quot;b&quot;">'
    """
    said = [f'{key}="{escape(str(value))}"' for key, value in attributes.items() if value is not None]
    return f"<{' '.join([name, *said])}>"


def visit_place(self: Any, node: widget_place) -> None:
    """Write the place: the picture or HTML, the room that the widget states, and a word if both lack."""
    attributes = {"class": "static-widget", "data-widget-model": node["widget_model"]}
    attributes |= {"data-widget-class": node["widget_class"], "data-widget-state": "waiting"}
    parts = [tag("div", attributes)]
    for image in node.findall(nodes.image):
        name = self.builder.images.get(image["uri"], image["uri"])
        size = css_size(Path(self.builder.srcdir, image["uri"]), image["css_size"])
        attributes = {"class": "static-widget-picture", "src": posixpath.join(self.builder.imgpath, name)}
        attributes |= {"alt": image["alt"], "loading": "lazy", "decoding": "async"}
        attributes |= {"width": size[0], "height": size[1]} if size else {}
        parts.append(tag("img", attributes))
    for text in node.findall(nodes.raw):
        page = self.builder.current_docname
        finished = fragments.finished(self.builder.app, page, text.astext())
        parts.append(f'<div class="static-widget-text">{finished}</div>')
    if node["widget_height"]:
        # An attribute where a style would do: a strict policy for content allows no inline styles.
        size = {"class": "static-widget-room", "width": 1, "height": node["widget_height"]}
        parts.append(tag("svg", size | {"aria-hidden": "true"}) + "</svg>")
    if not node.children:
        parts.append("<noscript><p>This widget needs JavaScript.</p></noscript>")
    self.body.append("".join([*parts, "</div>\n"]))
    raise nodes.SkipNode


def loader_folder() -> str:
    """Return the loader's folder on the site, named by what is in it: no two versions are mixed."""
    content = b"".join(path.read_bytes() for path in sorted(LOADER.iterdir()))
    return f"{FOLDER}/loader-{hashlib.sha256(content).hexdigest()[:12]}"


def write_once(path: Path, text: str) -> None:
    """Write a file whose name tells its content; several pages may do it at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(path)


def complete_page(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page with widgets their data, files and loader, and take away what myst-nb put there."""
    widgets = doctree.get("static_widgets") if doctree is not None else None
    if widgets:
        for name, text in widgets["files"].items():
            write_once(Path(app.outdir, "_static", FOLDER, name), text)
        loader = loader_folder()
        for name in (f"{loader}/{STYLE}", *(f"{FOLDER}/{style}" for style in widgets["styles"])):
            app.add_css_file(name)
        app.add_js_file(f"{loader}/{ENTRY}", type="module")
        for module in sorted(LOADER.glob("*.js")):
            if module.name != ENTRY:
                address = context["pathto"](f"_static/{loader}/{module.name}", 1)
                context["metatags"] += tag("link", {"rel": "modulepreload", "href": address})
        data = fragments.finished(app, page, widgets["data"])
        data = json.dumps(data, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")
        context["body"] += f'<script type="application/json" id="static-widgets">{data}</script>\n'
    context["script_files"] = [
        script for script in context["script_files"] if getattr(script, "attributes", {}).get("type") != STATE
    ]


def prepare(app: Sphinx, config: Config) -> None:
    """Make the folder that the site copies the loader from."""
    config.nb_ipywidgets_js = {}
    static = Path(app.doctreedir) / "static_widgets_static"
    shutil.rmtree(static, ignore_errors=True)
    shutil.copytree(LOADER, static / loader_folder())
    config.html_static_path.append(str(static))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension; it has no settings."""
    app.setup_extension("myst_nb")
    fragments.setup(app)
    NbElementRenderer.render_mime_type = keep_metadata(NbElementRenderer.render_mime_type)
    app.add_node(widget_place, html=(visit_place, None))
    app.add_post_transform(PlaceWidgets)
    app.connect("config-inited", prepare)
    app.connect("doctree-read", mark_places)
    # After myst-nb's own, which puts the whole state into the page's head.
    app.connect("html-page-context", complete_page, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
