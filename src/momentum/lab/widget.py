"""`Assembled`: a widget whose code lies in `js/`; what labs and quizzes have in common."""

from __future__ import annotations

from typing import Any, ClassVar

import anywidget

from momentum.lab.assemble import assemble, source


class Assembled(anywidget.AnyWidget):
    """A widget in Jupyter, and the same code on a page without a kernel.

    A subclass names its module in `entry` and its styles in `style`, and says in `stand_in` what stands
    in its place without a browser.
    """

    entry: ClassVar[str]
    style: ClassVar[str]

    def __init_subclass__(cls, **options: Any) -> None:
        # Not for the class that traitlets derives for each widget: there `_esm` is a trait already.
        if "entry" in vars(cls):
            cls._esm = assemble(cls.entry)
            cls._css = source(cls.style)
        super().__init_subclass__(**options)

    def stand_in(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the forms of the output beside the live one, by MIME type, and their metadata."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        forms, said = self.stand_in()
        return {**data, "text/plain": repr(self), **forms}, {**metadata, **said}
