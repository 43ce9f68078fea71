"""`Lab`: what every lab has on the Python side."""

from __future__ import annotations

import io
import sys
from base64 import b64encode
from typing import Any, ClassVar

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from momentum.lab.widget import Assembled
from momentum.landscapes import Landscape


def landscape_data(landscape: Landscape) -> dict[str, Any]:
    """Return a landscape as the browser wants it: its tables of coefficients, and nothing to interpret.

    Parameters
    ----------
    landscape : Landscape

    Returns
    -------
    dict
        ``name``, ``dim``, ``domain``, ``breaks``, ``value`` (a table a piece) and ``gradient`` (for each
        variable, a table a piece), all in plain lists of floats.
    """

    def floats(table: Any) -> list[list[float]]:
        return [[float(c) for c in row] for row in table]

    return {
        "name": landscape.name,
        "dim": landscape.dim,
        "domain": [list(pair) for pair in landscape.domain],
        "breaks": [float(bound) for bound in landscape.breaks],
        "value": [floats(table) for table in landscape.pieces],
        "gradient": [
            [floats(table) for table in landscape.derivative_tables(axis)] for axis in range(landscape.dim)
        ],
    }


def allowed_values(trait: traitlets.TraitType[Any, Any]) -> dict[str, Any]:
    """Return what a trait of the state may be, as the browser wants it.

    Parameters
    ----------
    trait : Bool, Enum, Int, Float or List of such

    Returns
    -------
    dict
        ``options``; or ``whole``, ``min`` and ``max`` of a number; or ``each``, ``least`` and ``most`` of a
        list. What has no limit is left out.

    Raises
    ------
    TypeError
        If the trait is of another type.

    Examples
    --------
    >>> allowed_values(traitlets.List(traitlets.Float(min=0.0), minlen=2, maxlen=2))
    {'each': {'whole': False, 'min': 0.0}, 'least': 2, 'most': 2}
    """
    if isinstance(trait, traitlets.Bool):
        return {"options": [False, True]}
    if isinstance(trait, traitlets.Enum):
        return {"options": list(trait.values or [])}
    if isinstance(trait, traitlets.Int | traitlets.Float):
        limits = {"min": trait.min, "max": trait.max}
        found = {"whole": isinstance(trait, traitlets.Int), **limits}
    elif isinstance(trait, traitlets.List) and trait._trait is not None:
        most = trait._maxlen if trait._maxlen < sys.maxsize else None
        found = {"each": allowed_values(trait._trait), "least": trait._minlen, "most": most}
    else:
        raise TypeError(f"trait must be a Bool, Enum, Int, Float or List of such, got {type(trait).__name__}")
    return {key: each for key, each in found.items() if each not in (None, -np.inf, np.inf)}


class Lab(Assembled):
    """A figure that moves: a widget in Jupyter, the same code on a page without a kernel.

    A subclass names its module in `entry`, declares its state as synchronised traits, and says in
    `describe` and `still` what its state looks like without a browser.

    Parameters
    ----------
    **traits
        Initial values of the traits.

    Attributes
    ----------
    name : str
        What the lab is called in the address of the page, unique on it.
    """

    style: ClassVar[str] = "lab.css"
    name = traitlets.Unicode().tag(sync=True)
    allowed = traitlets.Dict(read_only=True).tag(sync=True)

    @traitlets.default("allowed")
    def _allowed(self) -> dict[str, Any]:
        # What the page may take from its address, where no Python checks it.
        return {name: allowed_values(self.traits()[name]) for name in self.state_traits()}

    def __repr__(self) -> str:
        # Only what a reader can set: no address of an object, so that a stored output stays the same.
        state = {name: getattr(self, name) for name in self.free_traits()}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in state.items())})"

    @classmethod
    def state_traits(cls) -> list[str]:
        """Return the names of the traits that make up the state, in the order they are declared."""
        ours = [base for base in reversed(cls.__mro__) if issubclass(base, Lab) and base is not Lab]
        return [
            name
            for base in ours
            for name, trait in vars(base).items()
            if isinstance(trait, traitlets.TraitType) and trait.metadata.get("state")
        ]

    def free_traits(self) -> list[str]:
        """Return those of `state_traits` that do not follow from the others: what `repr` shows."""
        return self.state_traits()

    def describe(self) -> str:
        """Return what the figure shows, in a sentence or two: the alt text of the still picture."""
        raise NotImplementedError

    def still(self) -> Figure:
        """Return a picture of the same state, for print, for a page without JavaScript, for GitHub."""
        raise NotImplementedError

    def stand_in(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the still picture, and its alt text as metadata."""
        with plt.style.context("momentum.book"):
            figure = self.still()
            picture = io.BytesIO()
            figure.savefig(picture, format="png", metadata={"Software": None})
            plt.close(figure)
        image = b64encode(picture.getvalue()).decode()
        return {"image/png": image}, {"image/png": {"alt": self.describe()}}


class Number(traitlets.Float[Any, Any]):
    """A float within its bounds, and never NaN, which lies within any as far as traitlets can tell."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the value as a float, or raise a `traitlets.TraitError` that names the trait."""
        number = super().validate(obj, value)
        if number is not None and not np.isfinite(number):
            self.error(obj, value, info="a finite number")
        return number


def state(trait: traitlets.TraitType[Any, Any]) -> Any:
    """Mark a trait as part of a lab's state: synchronised, shown in its repr, and kept in a link."""
    return trait.tag(sync=True, state=True)
