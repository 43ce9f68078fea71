"""The figure of a verdict: two paths and the step at which they part. Imported only when one is drawn."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import matplotlib as mpl
import matplotlib.style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from momentum.check.verdict import Verdict
from momentum.plotting import GROUND, style

SIZE = (4.8, 2.2)
DPI = 160


def draw(verdict: Verdict) -> Figure:
    """Draw a verdict in the course's style, without touching pyplot or the settings of the session."""
    with matplotlib.style.context("momentum.book"), mpl.rc_context():
        figure = Figure(figsize=SIZE)
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
        steps = len(verdict.yours)
        ax.plot(range(steps), verdict.yours, **style("velocity", label="yours"))
        ax.plot(range(steps), verdict.expected[:steps], **style("theory", label="reference"))
        if verdict.parted_at is not None:
            ax.axvline(verdict.parted_at, color=GROUND, linewidth=0.8, linestyle=":")
            ax.annotate(
                f"step {verdict.parted_at}",
                (verdict.parted_at, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                color=GROUND,
                fontsize=9,
            )
        ax.set(xlabel="step $k$", ylabel=verdict.quantity)
        ax.legend(loc="best")
        figure.canvas.draw()  # lays it out while the style holds
    return figure


def data_uri(verdict: Verdict) -> str:
    """Return the figure as an address that holds the picture itself."""
    buffer = BytesIO()
    draw(verdict).savefig(buffer, format="png", dpi=DPI, transparent=True)
    return "data:image/png;base64," + b64encode(buffer.getvalue()).decode()
