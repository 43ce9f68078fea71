"""Run every case in every framework, and write the recordings that the package ships.

`make frameworks RECORD=1`, when a framework's version changes or a case is added.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from cases import CASES
from runs import RUN, versions

DATA = Path(__file__).parents[2] / "src/momentum/frameworks/data"


def packed(values: list[float]) -> list[tuple[float, int]]:
    """Return a schedule as runs of equal values."""
    return [(value, len(list(equal))) for value, equal in itertools.groupby(values)]


def recorded(framework: str) -> dict[str, Any]:
    """Return what the file of a framework holds; `json` writes floats so that they are read back exactly."""
    runs = []
    for case in CASES[framework]:
        ran = RUN[framework](case)
        runs.append(
            {
                "name": case.name,
                "problem": case.problem,
                "options": dict(case.options),
                "lr": packed(ran.lr),
                "mu": packed([case.mu_at(k) for k in range(case.steps)]),
                "tape": [[g] for g in case.tape] or None,
                "w": ran.w,
                "state": ran.state,
            }
        )
    return {"framework": framework, "versions": versions(framework), "dtype": "float64", "runs": runs}


def as_text(content: dict[str, Any]) -> str:
    """Return JSON with a line for each entry of each run."""
    runs = []
    for run in content["runs"]:
        lines = [f"   {json.dumps(key)}: {json.dumps(value)}" for key, value in run.items()]
        runs.append("  {\n" + ",\n".join(lines) + "\n  }")
    head = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in content.items() if key != "runs"]
    return "{\n" + ",\n".join(head) + ',\n "runs": [\n' + ",\n".join(runs) + "\n ]\n}\n"


if __name__ == "__main__":
    for framework in CASES:
        path = DATA / f"{framework}.json"
        path.write_text(as_text(recorded(framework)), encoding="utf-8")
        print(f"{path.name}: {len(CASES[framework])} runs, {path.stat().st_size / 1000:.0f} kB")
