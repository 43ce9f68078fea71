"""What all labs share: traits that reach the browser, an output and its stand-in, modules in their order."""

import re
from base64 import b64decode

import pytest
import traitlets

from momentum import lab as labs
from momentum.lab import Lab, Quiz
from momentum.lab.assemble import assemble, order, source
from momentum.lab.base import Number, allowed_values, landscape_data, state
from momentum.landscapes import bumps, ravine

LABS = [each for name in labs.__all__ if issubclass(each := getattr(labs, name), Lab) and each is not Lab]
IMPORTED = re.compile(r'from "\./([\w-]+\.js)"')


@pytest.mark.parametrize("kind", LABS)
def test_the_browser_is_told_of_each_trait_of_the_state_and_what_it_may_be(keep, kind):
    lab = keep(kind())
    assert set(lab.state_traits()) <= set(lab.keys)
    assert list(lab.allowed) == lab.state_traits()
    assert set(lab.free_traits()) <= set(lab.state_traits())


def test_what_belongs_to_the_state_is_marked_and_synchronised():
    assert state(traitlets.Int()).metadata == {"state": True, "sync": True}


@pytest.mark.parametrize(
    ("trait", "allowed"),
    [
        (traitlets.Bool(), {"options": [False, True]}),
        (traitlets.Enum(["a", "b"]), {"options": ["a", "b"]}),
        (traitlets.Int(min=-3), {"whole": True, "min": -3}),
        (Number(max=2.5), {"whole": False, "max": 2.5}),
        (traitlets.Float(), {"whole": False}),
        (
            traitlets.List(traitlets.Int(min=0, max=9)),
            {"each": {"whole": True, "min": 0, "max": 9}, "least": 0},
        ),
        (traitlets.List(Number(), minlen=1, maxlen=4), {"each": {"whole": False}, "least": 1, "most": 4}),
    ],
)
def test_what_a_trait_may_be(trait, allowed):
    assert allowed_values(trait) == allowed


@pytest.mark.parametrize(("trait", "named"), [(traitlets.Unicode(), "Unicode"), (traitlets.List(), "List")])
def test_a_state_that_no_page_could_check_is_refused(trait, named):
    with pytest.raises(
        TypeError, match=f"^trait must be a Bool, Enum, Int, Float or List of such, got {named}$"
    ):
        allowed_values(trait)


def test_a_number_that_is_none_is_refused_by_name_and_value(keep):
    lab = keep(labs.BallLab())
    with pytest.raises(
        traitlets.TraitError, match=r"'lr' trait .* expected a finite number, not the float nan"
    ):
        lab.lr = float("nan")


@pytest.mark.parametrize("landscape", [ravine(7.0), bumps()])
def test_a_landscape_goes_to_the_browser_as_plain_numbers(landscape):
    data = landscape_data(landscape)
    assert data["name"] == landscape.name
    assert data["dim"] == landscape.dim == len(data["gradient"])
    assert data["domain"] == [list(pair) for pair in landscape.domain]
    assert data["breaks"] == list(map(float, landscape.breaks))
    tables = [data["value"], *data["gradient"]]
    assert {type(number) for pieces in tables for piece in pieces for row in piece for number in row} == {
        float
    }


@pytest.mark.parametrize("kind", LABS)
def test_an_output_is_live_and_has_its_stand_in(keep, kind, monkeypatch):
    lab = keep(kind())
    monkeypatch.setattr(kind, "stand_in", lambda _: ({"image/png": "a"}, {"image/png": {"alt": "b"}}))
    data, metadata = lab._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == lab.model_id
    assert (data["text/plain"], data["image/png"]) == (repr(lab), "a")
    assert metadata["image/png"] == {"alt": "b"}


def test_a_picture_does_not_say_what_drew_it(keep):
    """A newer Matplotlib would change every stored output."""
    (forms, _), (again, _) = (keep(labs.BallLab()).stand_in() for _ in range(2))
    assert forms == again
    assert b"Software" not in b64decode(forms["image/png"])
    assert b"software" not in b64decode(forms["image/png"])


@pytest.mark.parametrize("entry", [each.entry for each in (*LABS, Quiz)])
def test_every_module_stands_once_and_below_those_it_needs(entry):
    names = order(entry)
    assert names[-1] == entry
    assert len(set(names)) == len(names) > 1
    for i, name in enumerate(names):
        assert set(IMPORTED.findall(source(name))) <= set(names[:i])
    text = assemble(entry)
    assert not re.search(r'^import .* from "\./', text, re.MULTILINE)
    assert re.findall(r"^export \w+", text, re.MULTILINE) == ["export default"]
    assert re.findall(r"^// ([\w-]+\.js)$", text, re.MULTILINE) == names
