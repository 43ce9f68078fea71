"""What no state and no address may do to a lab: more of what `test_state.py` looks at."""

import json
from typing import Any
from urllib.parse import quote

import pytest
import traitlets
from asked import others, state_traits

# What somebody may have mistyped, or cut off while copying.
MALFORMED = [
    "%zz=1&mu=%e2%82",
    "mu",
    "=&&==",
    "mu=0.5abc&lr=[&step={",
    "lr=null&mu=null&step=null",
    'mu="0.5"&lr=[0.1]&step=true',
    "lr=-1&mu=7&step=-5",
    "lr=1e999&mu=-1e999&step=1e9",
    "step=1.5",
    "toString=1&__proto__=1&steps=5",
]


def test_the_drawing_depends_on_the_state_alone(open_lab, lab):
    """There and back again gives the same picture: nothing stale is left over from other values."""
    page = open_lab()
    initial = {key: each for key, each in page.evaluate("state").items() if key in state_traits(lab)}
    before = page.evaluate("seen()")
    for name, trait in state_traits(lab).items():
        for value in others(trait, initial[name]):
            page.evaluate("put", {name: value})
            page.evaluate("put", initial)
            assert page.evaluate("seen()") == before, (name, value)


def nonsense(lab: Any) -> list[str]:
    """Values that Python would refuse, one of each trait in an address, each trait first and last in some."""
    refused = []
    widget = lab()
    for value in ("nowhere", 1e6, -1, 1.5, ["nowhere"], [1e6, 1e6], [0.5], [], {}):
        said = []
        for name in state_traits(lab):
            try:
                setattr(widget, name, value)
            except traitlets.TraitError:
                said.append(f"{name}={quote(json.dumps(value))}")
        refused += ["&".join(said), "&".join(reversed(said))]
    widget.close()
    return refused


@pytest.mark.parametrize("kind", ["malformed", "impossible"])
def test_an_address_that_makes_no_sense_is_ignored(open_lab, lab, kind):
    page = open_lab()
    initial, before = page.evaluate("state"), page.evaluate("seen()")
    queries = MALFORMED if kind == "malformed" else nonsense(lab)
    assert len(queries) > 9
    taken = []
    for query in queries:
        page.evaluate("(query) => history.replaceState(null, '', `#lab-${state.name}?${query}`)", query)
        if (
            page.evaluate("mount().then(() => state)") != initial
            or page.evaluate("settled().then(seen)") != before
        ):
            taken.append(query)
    assert taken == []
