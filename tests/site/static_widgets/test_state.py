"""The reduction of a notebook's widget state, without a page."""

import json
import random
import uuid

import pytest

from static_widgets.state import PageState

CONTROLS = "@jupyter-widgets/controls"


def any_widget(identity, **state):
    """Return a model as anywidget stores it."""
    base = {"_model_name": "AnyModel", "_view_count": None, "layout": "IPY_MODEL_layout", "_dom_classes": []}
    base |= {"_esm": "export default {}", "_css": "", "_anywidget_id": "here.Widget"}
    return {identity: {"model_module": "anywidget", "model_name": "AnyModel", "state": base | state}}


def control(identity, name, **state):
    return {identity: {"model_module": CONTROLS, "model_name": name, "state": state}}


def link(identity, source, target, name="LinkModel"):
    ends = {"source": [f"IPY_MODEL_{source[0]}", source[1]], "target": [f"IPY_MODEL_{target[0]}", target[1]]}
    return control(identity, name, **ends)


def example():
    """Return a state with everything in it: links through hidden models, boxes, references, bytes."""
    deep = {"list": ["IPY_MODEL_a", "IPY_MODEL_nowhere", "a"]}
    state = any_widget("a", x=1) | any_widget("b", x=2) | any_widget("c", y=3, ref="anywidget:d")
    state |= any_widget("d", deep=deep) | any_widget("e") | any_widget("far")
    state |= control("h", "HBoxModel", children=["IPY_MODEL_b"])
    state |= control("s", "IntSliderModel", value=7, max=9)
    state |= link("l1", ("a", "x"), ("s", "value"))
    state |= link("l2", ("s", "value"), ("c", "y"), "DirectionalLinkModel")
    state |= link("l3", ("e", "x"), ("e", "y"))
    # Two that only differ in a value beyond a reference.
    state |= link("l4", ("a", "x"), ("h1", "x")) | link("l5", ("a", "x"), ("h2", "x"))
    state |= any_widget("h1", a="anywidget:far", x=5) | any_widget("h2", a="anywidget:far", x=4)
    state |= {"layout": {"model_module": "@jupyter-widgets/base", "model_name": "LayoutModel", "state": {}}}
    state["c"]["buffers"] = [{"path": ["z"], "data": "AA=="}, {"path": ["deep", 0], "data": "AQ=="}]
    return state


def shuffled(state, views, seed):
    """Return the same state with other random ids, in their order, as a notebook stores it."""
    source = random.Random(seed)
    text = json.dumps(state)
    new = {old: uuid.UUID(int=source.getrandbits(128)).hex for old in state}
    for old, name in new.items():
        for prefix in ("IPY_MODEL_", "anywidget:"):
            text = text.replace(f'"{prefix}{old}"', f'"{prefix}{name}"')
    renamed = {new[old]: model for old, model in json.loads(text).items()}
    return dict(sorted(renamed.items())), [new[view] for view in views]


@pytest.mark.parametrize("seed", range(20))
def test_random_ids_leave_no_trace(seed):
    views = ["h", "a", "c"]
    expected = PageState(example(), views)
    found = PageState(*shuffled(example(), views, seed))
    assert json.dumps(found.data, sort_keys=True) == json.dumps(expected.data, sort_keys=True)
    assert found.files == expected.files


def test_only_what_the_views_reach_is_kept():
    found = PageState(example(), ["h", "a", "c"])
    assert "e" not in found.names
    assert "layout" not in found.names
    assert list(found.names)[:5] == ["h", "b", "a", "c", "d"]
    assert set(found.names) == {"h", "b", "a", "c", "d", "s", "h1", "h2", "far"}
    assert len(found.data["links"]) == 4
    # The slider keeps the value that goes through it, and nothing else.
    assert found.data["models"][found.names["s"]] == {"state": {"value": 7}}


def test_only_whole_references_are_renamed():
    found = PageState(example(), ["c"])
    names = found.names
    deep = found.data["models"][names["d"]]["state"]["deep"]["list"]
    assert deep == [f"IPY_MODEL_{names['a']}", "IPY_MODEL_nowhere", "a"]


def test_bytes_are_kept_in_order_of_their_place():
    found = PageState(example(), ["c"])
    assert [one["path"] for one in found.data["models"]["w1"]["buffers"]] == [["deep", 0], ["z"]]


def test_a_link_to_what_is_not_stored_is_left_out():
    state = any_widget("a", x=1) | link("l", ("a", "x"), ("gone", "x"))
    assert PageState(state, ["a"]).data["links"] == []


def test_the_same_code_is_one_file_and_classes_that_were_added_stay():
    state = any_widget("a", _css="p {}", _dom_classes=["wide"]) | any_widget("b", _css="p {}")
    found = PageState(state, ["a", "b"])
    assert len(found.files) == 2
    assert len(found.styles) == 1
    assert found.data["models"]["w1"]["state"] == {"_dom_classes": ["wide"]}
    assert found.data["models"]["w2"]["state"] == {}
    assert found.class_of("a") == "here.Widget"


def test_a_view_without_a_state_is_no_error():
    found = PageState({}, ["a"])
    assert found.names == {}
    assert found.class_of("a") == ""


@pytest.mark.parametrize("scheme", ["https:", "http:", ""])
def test_code_from_another_address_is_a_fault(scheme):
    address = f"{scheme}//example.org/a.js"
    found = PageState(any_widget("a", _esm=address), ["a"])
    assert len(found.faults) == 1
    assert address in found.faults[0]
    assert found.data["models"]["w1"]["code"] == ""


def test_code_that_mentions_an_address_in_a_comment_is_code():
    assert PageState(any_widget("a", _esm="// https://example.org\nexport default {}"), ["a"]).faults == []
