"""`Verdict`: what a check answers, as words for people and as true or false for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Verdict:
    """The answer to an exercise; true if it is right, so that ``assert verdict`` works.

    In a notebook it shows its words, and below them the figure if two paths part. `print` gives the
    words alone.

    Examples
    --------
    >>> verdict = Verdict(False, "The sign is wrong.", bug="sign", parted_at=1)
    >>> bool(verdict), verdict.bug, verdict.parted_at
    (False, 'sign', 1)
    >>> print(verdict)
    Not yet. The sign is wrong.
    """

    right: bool
    """Whether the answer is right."""
    words: str
    """What is wrong, in one or two sentences of Markdown."""
    bug: str | None = None
    """The short name of the mistake, if it was recognised."""
    parted_at: int | None = None
    """The first step, counted from 1, after which the learner's path is not the reference's."""
    yours: tuple[float, ...] = field(default=(), repr=False, compare=False)
    """One coordinate of the learner's path, from the start on, for the figure."""
    expected: tuple[float, ...] = field(default=(), repr=False, compare=False)
    """The same coordinate of the reference's path."""
    quantity: str = field(default="w", repr=False, compare=False)
    """Whose coordinate it is, "w" or the name of the state."""

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return f"{self._opening()} {self.words}".strip().replace("`", "")

    def _opening(self) -> str:
        return "Right." if self.right else "Not yet."

    @property
    def alt(self) -> str:
        """What the figure shows, for those who do not see it; empty if there is none."""
        if not self.yours:
            return ""
        ends = [path[len(self.yours) - 1] for path in (self.yours, self.expected)]
        return (
            f"Two lines over {len(self.yours) - 1} steps, your {self.quantity} and the reference's: "
            f"they part at step {self.parted_at}, and end at {ends[0]:.3g} and {ends[1]:.3g}."
        )

    def figure(self) -> Figure | None:
        """Draw the learner's path and the reference, with the step at which they part.

        Returns
        -------
        matplotlib.figure.Figure or None
            None if there are no two paths to compare.
        """
        if not self.yours:
            return None
        from momentum.check.drawing import draw

        return draw(self)

    def _repr_markdown_(self) -> str:
        return f"**{self._opening()}** {self.words}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Give a notebook words and, where there is one, the figure with its alt text."""
        del include, exclude  # a notebook picks what it can show
        words = escape(self.words, quote=False).split("`")
        spans = [f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(words)]
        page = f"<p><strong>{self._opening()}</strong> {''.join(spans)}</p>"
        if self.yours:
            from momentum.check.drawing import data_uri

            page += f'<img src="{data_uri(self)}" alt="{escape(self.alt)}" style="max-width: 100%">'
        return {"text/plain": str(self), "text/markdown": self._repr_markdown_(), "text/html": page}
