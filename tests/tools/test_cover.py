"""The still on the first page: a real run, on the hill's own line, of a ball that touches it."""

import ast
import json
import re

import numpy as np
import pytest

import cover
from momentum import bumps, descend

STAGE = cover.Stage(bumps(), low=-5.4, high=2.6)


def test_the_file_is_what_the_tool_draws() -> None:
    assert cover.COVER.read_text("utf-8") == cover.draw(), "run: python tools/cover.py"


@pytest.mark.parametrize("w", np.linspace(-5, 2.2, 25))
def test_the_ball_touches_the_hill_from_above(w: float) -> None:
    x, y = STAGE.centre(w)
    line = np.array([STAGE.point(each) for each in np.linspace(STAGE.low, STAGE.high, 4001)])
    assert np.min(np.hypot(line[:, 0] - x, line[:, 1] - y)) == pytest.approx(STAGE.radius, abs=0.02)
    assert y < np.interp(x, *line.T)


def test_the_line_is_the_hill() -> None:
    """A curve with one handle is at half its parameter half way between its handle and its ends' middle."""
    numbers = [float(each) for each in re.findall(r"-?\d+\.\d", cover.outline(STAGE))]
    points = np.array(numbers).reshape(-1, 2)
    starts, handles, ends = points[:-2:2], points[1::2], points[2::2]
    assert len(handles) == 1 + len(STAGE.hill.breaks)
    for x, y in (starts + 2 * handles + ends) / 4:
        assert y == pytest.approx(STAGE.point(STAGE.low + x / STAGE.scale)[1], abs=0.15)


def test_on_a_straight_way_the_ball_turns_by_what_it_has_rolled() -> None:
    whole = 2 * np.pi * STAGE.radius / np.hypot(1, STAGE.slope(-4.5)) / STAGE.scale
    there_and_back = cover.turns(STAGE, [-4.5, -4.5 + 1e-4 * whole, -4.5])
    assert there_and_back == pytest.approx([0, 2e-4 * np.pi, 0], rel=0.15)


def test_it_is_the_run_that_the_lab_opens_with() -> None:
    book = json.loads((cover.ROOT / "chapters/rolling_ball.ipynb").read_text("utf-8"))
    (cell,) = (cell for cell in book["cells"] if cell["id"] == "rolling-ball-lab-2")
    call = ast.parse("".join(cell["source"])).body[-1].value
    said = {each.arg: ast.unparse(each.value) for each in call.keywords}
    assert (call.func.id, said["hill"], said["start"]) == ("BallLab", "'bumps'", str(cover.START))
    assert (said["lr"], said["mu"]) == (str(cover.RATE), "mu")
    centres = [STAGE.centre(w)[0] for w in descend(bumps(), [cover.START], lr=0.03, mu=0.9, steps=36).w[:, 0]]
    assert np.all(np.diff(centres) > 0)


def test_the_balls_are_in_the_picture() -> None:
    drawn = cover.draw()
    circles = re.findall(r'cx="([\d.-]+)" cy="([\d.-]+)" r="13"', drawn)
    assert len(circles) == cover.SHOTS
    _, _, width, height = map(float, re.search(r'viewBox="([\d. ]+)"', drawn)[1].split())
    for x, y in circles:
        assert 13 < float(x) < width - 13
        assert 13 < float(y) < height - 13
