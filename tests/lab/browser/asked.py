"""What the tests ask a lab's page, and the values that its traits may take."""

from itertools import product
from typing import Any

import traitlets

from momentum.lab import Lab

PAGE_HELPERS = r"""
  // A task after a frame comes after all that was drawn in it, and after what was put off before it.
  window.frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  /** What is asked for is drawn before the next frame, so after two it stands there. */
  window.settled = async () => {
    let changed = false;
    const watched = new MutationObserver(() => { changed = true; });
    for (const lab of labs())
      watched.observe(lab, { attributes: true, characterData: true, childList: true, subtree: true });
    await frame();
    // What takes long is drawn bit by bit.
    for (let [still, i] = [0, 0]; still < 2 && i < 60; i++) {
      changed = false;
      await frame();
      still = changed ? 0 : still + 1;
    }
    watched.disconnect();
  };
  window.put = async (values) => {
    for (const [trait, value] of Object.entries(values)) model.set(trait, value);
    await settled();
  };
  window.labs = () => [...document.querySelectorAll(".lab")];
  /** What can be seen of the drawing, without ids, which differ from view to view. */
  window.drawing = (view = 0) => {
    const shown = labs()[view].querySelector(".lab-drawing").cloneNode(true);
    for (const each of shown.querySelectorAll("[visibility=hidden]")) each.remove();
    return shown.outerHTML.replace(/(id="|#)lab-[a-z]+-\d+/g, "$1");
  };
  window.controls = (view = 0) =>
    [...labs()[view].querySelectorAll("input, select, button, [tabindex]")]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }));
  /** The names of the controls that can be seen. */
  window.shown = () => controls().map((each) => each.labels?.[0]?.textContent ?? each.textContent).join("|");
  /** All that a reader sees, but for the state of the controls. */
  window.seen = () => `${drawing()}\n${shown()}`;
  window.words = (view = 0) => labs()[view].querySelector(".lab-words").textContent;
"""


def state_traits(lab: type[Lab]) -> dict[str, traitlets.TraitType[Any, Any]]:
    """The traits that make up a lab's state."""
    return {name: getattr(lab, name) for name in lab.state_traits()}


def numbers(trait: Any, initial: float) -> list[float]:
    """Other values of a number: the ends of its range and two between."""
    low, high = trait.min, trait.max
    between = [low + (high - low) * part for part in (0.3, 0.7)]
    if isinstance(trait, traitlets.Int):
        return [each for each in (low, *map(round, between), high) if each != initial]
    near = initial + (0.05 if initial + 0.05 <= high else -0.05)
    return [each for each in (*between, near, low, high) if each != initial]


def others(trait: Any, initial: Any) -> list[Any]:
    """Some values that a trait may take besides the one that it has."""
    if isinstance(trait, traitlets.Bool):
        return [not initial]
    if isinstance(trait, traitlets.Enum):
        return [each for each in trait.values if each != initial]
    if isinstance(trait, traitlets.Int | traitlets.Float):
        return numbers(trait, initial)
    if isinstance(trait, traitlets.List) and isinstance(trait._trait, traitlets.Enum):
        return [initial[:-1], initial[1:]]
    if isinstance(trait, traitlets.List):
        return [
            [*initial[:i], other, *initial[i + 1 :]]
            for i, each in enumerate(initial)
            for other in numbers(trait._trait, each)[:2]
        ]
    raise NotImplementedError(f"what else could a {type(trait).__name__} be?")


def contexts(lab: type[Lab]) -> list[dict[str, Any]]:
    """Every choice of the traits that choose: some traits only matter under one of them."""
    choices = {
        name: trait.values if isinstance(trait, traitlets.Enum) else [False, True]
        for name, trait in state_traits(lab).items()
        if isinstance(trait, traitlets.Enum | traitlets.Bool)
    }
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]
