"""Draw the still on the first page, ``assets/cover.svg``: a ball that rolls down a hill.

``python tools/cover.py`` writes it anew. It is a real run of form A, the one with which the lab of the
rolling ball opens, photographed after every few updates: where the pictures of the ball lie far apart,
it is fast. The hill is made of parabolas, and a curve of SVG with one handle is a parabola, so the line
is the landscape itself. A spot on the ball turns as it does if the ball rolls and does not slip.

The colours here are those of the favicon, for whoever shows the file alone; on the site the classes
take the page's own, light or dark (``assets/static/figures.css``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from momentum import bumps, descend
from momentum.landscapes import Landscape

ROOT = Path(__file__).resolve().parents[1]
COVER = ROOT / "assets" / "cover.svg"
START, RATE, MU = -5.0, 0.03, 0.9
EVERY, SHOTS = 3, 13
FAINTEST, STRONGEST = 0.12, 0.55


@dataclass(frozen=True)
class Stage:
    """Where a hill stands in the picture: its left and right end, and the size of all in pixels."""

    hill: Landscape
    low: float
    high: float
    width: float = 720
    height: float = 212
    top: float = 46
    radius: float = 13
    steepness: float = 29

    @property
    def scale(self) -> float:
        """Pixels for a unit of the position."""
        return self.width / (self.high - self.low)

    def point(self, w: float) -> tuple[float, float]:
        """Return where a point of the hill is drawn."""
        loss = float(self.hill.value(np.array([w])))
        return (w - self.low) * self.scale, self.top - self.steepness * loss

    def slope(self, w: float) -> float:
        """Return how far the drawn line goes down for a pixel to the right."""
        return -float(self.hill.gradient(np.array([w]))[0]) * self.steepness / self.scale

    def centre(self, w: float) -> tuple[float, float]:
        """Return the centre of a ball that touches the hill at a point."""
        (x, y), slope = self.point(w), self.slope(w)
        reach = self.radius / float(np.hypot(slope, 1))
        return x + slope * reach, y - reach


def outline(stage: Stage) -> str:
    """Return the line of the hill: a parabola between each two of its breaks."""
    inside = [float(one) for one in stage.hill.breaks if stage.low < one < stage.high]
    x, y = stage.point(stage.low)
    parts = [f"M{x:.1f} {y:.1f}"]
    for one, other in pairwise([stage.low, *inside, stage.high]):
        (x, y), (end, y_end) = stage.point(one), stage.point(other)
        middle = (x + end) / 2
        handle = y + stage.slope(one) * (middle - x)
        parts.append(f"Q{middle:.1f} {handle:.1f} {end:.1f} {y_end:.1f}")
    return "".join(parts)


def turns(stage: Stage, positions: list[float]) -> list[float]:
    """Return the angle by which the ball has turned at each position, from the way it has rolled.

    The way is measured along the track of its centre, which is what a ball that does not slip turns by.
    """
    angles, angle = [], 0.0
    for one, other in pairwise([positions[0], *positions]):
        track = np.array([stage.centre(w) for w in np.linspace(one, other, 60)])
        way = float(np.sum(np.hypot(*np.diff(track, axis=0).T)))
        angle += np.sign(other - one) * way / stage.radius
        angles.append(angle)
    return angles


def shot(stage: Stage, w: float, angle: float, strength: float) -> str:
    """Return one picture of the ball."""
    x, y = stage.centre(w)
    spot_x, spot_y = x + 0.55 * stage.radius * np.sin(angle), y - 0.55 * stage.radius * np.cos(angle)
    return (
        f'<g opacity="{strength:.2f}">'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{stage.radius:g}" fill="#d9622b"/>'
        f'<circle class="cover-spot" cx="{spot_x:.1f}" cy="{spot_y:.1f}" r="{stage.radius / 5:g}"'
        ' fill="#fffefb"/></g>'
    )


def draw() -> str:
    """Return the picture."""
    stage = Stage(bumps(), low=-5.45, high=2.7)
    run = descend(stage.hill, [START], lr=RATE, mu=MU, steps=EVERY * (SHOTS - 1))
    positions = [float(w) for w in run.w[::EVERY, 0]]
    strengths = [*np.linspace(FAINTEST, STRONGEST, SHOTS - 1), 1.0]
    line, angles = outline(stage), turns(stage, positions)
    balls = "\n".join(shot(stage, *each) for each in zip(positions, angles, strengths, strict=True))
    width, height = f"{stage.width:g}", f"{stage.height:g}"
    return (
        f'<svg class="cover" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}">\n'
        f'<path class="cover-ground" d="{line}V{height}H0Z" fill="#e4f0f0"/>\n'
        f'<path class="cover-line" d="{line}" fill="none" stroke="#2f7f86" stroke-width="2.5"/>\n'
        f"{balls}\n</svg>\n"
    )


if __name__ == "__main__":
    COVER.write_text(draw(), "utf-8")
