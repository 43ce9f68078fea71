"""Turn the widget state that a notebook stores into the little that a page needs.

The state is that of ``application/vnd.jupyter.widget-state+json``: a dictionary of models by random
id. What comes out has the models that the page's views reach, named ``w1``, ``w2``, ... in order of
appearance, so that the same notebook always gives the same page.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

ANYWIDGET = "anywidget"
CONTROLS = "@jupyter-widgets/controls"
BOXES = {"BoxModel": "row", "HBoxModel": "row", "VBoxModel": "column"}
LINKS = {"LinkModel": True, "DirectionalLinkModel": False}
REFERENCE = re.compile(r"(IPY_MODEL_|anywidget:)(.+)", re.DOTALL)
# Of no use without a kernel, or kept elsewhere. A reference in `layout` would bring its model in.
DROPPED = re.compile(r"_(model|view)_.*|_esm|_css|_anywidget_id|layout|style|tabbable|tooltip")
ADDRESS = re.compile(r"(https?:)?//\S+")

Model = dict[str, Any]


def references(value: object) -> Iterator[str]:
    """Yield the ids that a value refers to, at any depth and in order.

    >>> list(references({"a": ["IPY_MODEL_x", 1], "b": {"c": "anywidget:y"}}))
    ['x', 'y']
    """
    if isinstance(value, str):
        if match := REFERENCE.fullmatch(value):
            yield match[2]
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from references(value[key])
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def renamed(value: Any, names: dict[str, str]) -> Any:
    """Return a copy of ``value`` whose references bear the new names.

    >>> renamed(["IPY_MODEL_x", "x"], {"x": "w1"})
    ['IPY_MODEL_w1', 'x']
    """
    if isinstance(value, str):
        match = REFERENCE.fullmatch(value)
        return match[1] + names[match[2]] if match and match[2] in names else value
    if isinstance(value, dict):
        return {key: renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return value


def is_link(model: Model) -> bool:
    """Say whether a model is one that ``jslink`` or ``jsdlink`` makes."""
    return model["model_module"] == CONTROLS and model["model_name"] in LINKS


def is_box(model: Model) -> bool:
    """Say whether a model is a box of widgets."""
    return model["model_module"] == CONTROLS and model["model_name"] in BOXES


def useful(model: Model) -> dict[str, Any]:
    """Return the part of a model's state that its code may ask for."""
    if is_box(model):
        return {"children": model["state"].get("children", [])}
    if model["model_module"] != ANYWIDGET:
        return {}
    state = {key: value for key, value in model["state"].items() if not DROPPED.fullmatch(key)}
    if not state.get("_dom_classes"):
        state.pop("_dom_classes", None)
    return state


def reached(state: dict[str, Model], views: list[str]) -> tuple[list[str], list[Model]]:
    """Return the ids of the models that the views need, in order of appearance, and their links.

    A link brings in the model at its other end: it may hold the value, or pass one on. A notebook
    stores its models in the order of their random ids, so links are sorted by what they join.
    """
    found: dict[str, None] = {}

    def visit(identity: str) -> None:
        if identity in found or identity not in state:
            return
        found[identity] = None
        for other in references(useful(state[identity])):
            visit(other)

    def place(link: Model) -> str:
        order = {identity: f"{i:06}" for i, identity in enumerate(found)}
        names = dict.fromkeys(state, "new") | order
        known = [(names[one], trait, renamed(useful(state[one]), names)) for one, trait in link_ends(link)]
        return json.dumps([link["model_name"], *known], sort_keys=True)

    for view in views:
        visit(view)
    waiting = [model for model in state.values() if is_link(model)]
    waiting = [link for link in waiting if all(identity in state for identity, _ in link_ends(link))]
    links: list[Model] = []
    while True:
        near = [link for link in waiting if any(identity in found for identity, _ in link_ends(link))]
        if not near:
            return list(found), sorted(links, key=place)
        waiting = [link for link in waiting if link not in near]
        links += near
        for link in sorted(near, key=place):
            for identity, _ in link_ends(link):
                visit(identity)


def link_ends(link: Model) -> list[tuple[str, str]]:
    """Return source and target of a link, each a pair of id and trait."""
    pairs = (link["state"]["source"], link["state"]["target"])
    return [(identity, pair[1]) for pair in pairs for identity in references(pair[0])]


def file_name(text: str, suffix: str) -> str:
    """Return a file's name, which depends on what is in it: the same text is never stored twice."""
    return f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.{suffix}"


class PageState:
    """What the page of a notebook needs to run its widgets.

    Parameters
    ----------
    state
        The models of the notebook, by id.
    views
        The ids of the models that the page shows, in order.

    Attributes
    ----------
    names
        The new name of each model that is kept, by id.
    data
        What the page tells the loader: ``models`` by name, and ``links``.
    files
        The text of each file of widget code or style, by name.
    styles
        Those of the files that are styles, in order of appearance.
    faults
        What is wrong with the state, a sentence each.
    """

    def __init__(self, state: dict[str, Model], views: list[str]) -> None:
        kept, links = reached(state, views)
        self.state = state
        self.names = {identity: f"w{i}" for i, identity in enumerate(kept, start=1)}
        self.files: dict[str, str] = {}
        self.styles: list[str] = []
        self.faults: list[str] = []
        linked = [end for link in links for end in link_ends(link)]
        models = {
            self.names[one]: self.model(state[one], {trait for end, trait in linked if end == one})
            for one in kept
        }
        self.data = {"models": models, "links": [self.link(link) for link in links]}

    def class_of(self, identity: str) -> str:
        """Return the class of the widget, as in ``package.module.Class``."""
        model = self.state.get(identity, {"state": {}, "model_name": ""})
        return str(model["state"].get("_anywidget_id") or model["model_name"])

    def link(self, link: Model) -> dict[str, Any]:
        """Return a link as the loader takes it."""
        source, target = ([self.names[identity], trait] for identity, trait in link_ends(link))
        return {"source": source, "target": target, "both": LINKS[link["model_name"]]}

    def model(self, model: Model, linked: set[str]) -> dict[str, Any]:
        """Return a model as the loader takes it; ``linked`` are the traits that links name."""
        if is_box(model):
            children = [self.names[one] for one in references(useful(model)) if one in self.names]
            return {"box": BOXES[model["model_name"]], "children": children, "state": {}}
        if model["model_module"] != ANYWIDGET:
            # It has no code that could run, but a link may take a value through it.
            return {"state": {key: value for key, value in model["state"].items() if key in linked}}
        kept: dict[str, Any] = {"state": renamed(useful(model), self.names)}
        kept["code"] = self.keep(model["state"], "_esm", "js")
        if style := self.keep(model["state"], "_css", "css"):
            self.styles += [style] if style not in self.styles else []
        if model.get("buffers"):
            kept["buffers"] = sorted(model["buffers"], key=lambda buffer: str(buffer["path"]))
        return kept

    def keep(self, state: dict[str, Any], key: str, suffix: str) -> str:
        """Keep code or style as a file, and return its name, or nothing if there is none."""
        text = str(state.get(key) or "")
        if not text:
            return ""
        if ADDRESS.fullmatch(text.strip()):
            widget = state.get("_anywidget_id", "a widget")
            self.faults.append(f"{widget} takes its {key} from {text.strip()}; expected the text itself")
            return ""
        name = file_name(text, suffix)
        self.files[name] = text
        return name
