"""The frameworks, run again, against the recordings and against the package."""

from __future__ import annotations

import json

import numpy as np
import pytest
from cases import CASES
from record import DATA, as_text, packed
from runs import RUN, versions

from momentum.frameworks import recordings, replay
from momentum.frameworks import versions as recorded_versions

# Another processor may round a sum or a power in another way.
CLOSE = {"rtol": 0, "atol": 1e-12}


def case_named(item: object) -> str:
    return getattr(item, "name", str(item))


@pytest.mark.parametrize(
    ("framework", "case"),
    [(framework, case) for framework, cases in CASES.items() for case in cases],
    ids=case_named,
)
def test_a_run_is_the_recorded_one_and_the_packages(framework, case):
    ran, recording = RUN[framework](case), recordings(framework)[case.name]
    np.testing.assert_allclose(ran.lr, recording.lr, rtol=1e-15)
    np.testing.assert_allclose(ran.w, recording.w, **CLOSE)
    np.testing.assert_allclose(ran.state, recording.state, **CLOSE)
    w, state = replay(recording)
    np.testing.assert_allclose(w, ran.w, **CLOSE)
    np.testing.assert_allclose(state, ran.state, **CLOSE)


@pytest.mark.parametrize("framework", CASES)
def test_the_files_hold_these_cases_of_these_versions(framework):
    text = (DATA / f"{framework}.json").read_text(encoding="utf-8")
    content = json.loads(text)
    assert text == as_text(content)
    assert recorded_versions(framework) == versions(framework)
    assert [run["name"] for run in content["runs"]] == [case.name for case in CASES[framework]]
    assert [run["options"] for run in content["runs"]] == [case.options for case in CASES[framework]]


def test_a_schedule_is_packed():
    assert packed([0.1, 0.1, 0.01]) == [(0.1, 2), (0.01, 1)]


def test_the_recordings_stay_small():
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 200_000
