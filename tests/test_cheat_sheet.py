"""All that the cheat sheet says is computed: its code is run, its formulas and numbers are compared."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from momentum import frameworks, physics, theory, updates
from momentum.frameworks import recordings

ROOT = Path(__file__).parents[1]
SHEET = yaml.safe_load((ROOT / "practice" / "cheat_sheet.yml").read_text("utf-8"))
LEDGER = yaml.safe_load((ROOT / "practice" / "claims.yml").read_text("utf-8"))
VERDICTS = {entry["id"]: entry.get("verdict") for theme in LEDGER.values() for entry in theme}
ROWS = [(table, row) for table in SHEET for row in table.get("rows", [])]
CODE, FORMULA = re.compile(r"`([^`]*)`"), re.compile(r"\$[^$]*\$")
NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")  # noqa: RUF001
NAMES = ("TensorFlow 1", "CS231n", "d2l")
WITNESS = "the two-step witness"
FRAMEWORKS = ("pytorch", "keras", "optax")


def name(item: tuple[Any, Any]) -> str:
    return f"{item[0]['title']}, {item[1]['cells'][0]}"


def run(step: str, lrs: list[float], mus: list[float], w: float = 0.0, state: float = 0.0) -> float:
    """Return where a run on the gradient 1 ends."""
    rule, at, memory = getattr(updates, step), np.array([w]), np.array([state])
    for lr, mu in zip(lrs, mus, strict=True):
        at, memory = rule(at, memory, np.ones(1), lr, mu)
    return float(np.round(at[0], 12))


def settles(step: str, a: float, mu: float) -> bool:
    """Say whether a run on a bowl of curvature 1 comes to rest."""
    rule = getattr(updates, step)
    w, state = np.ones(1), np.ones(1) if step == "heavy_ball_step" else np.zeros(1)
    for _ in range(5000):
        w, state = rule(w, state, w, a, mu)
        if abs(w[0]) > 1e6:
            return False
    return bool(abs(w[0]) < 1e-3)


def scopes() -> Iterator[dict[str, Any]]:
    """Yield what the expressions may use, with other random numbers each time."""
    rng = np.random.default_rng(0)
    package = {"theory": theory, "physics": physics, "updates": updates, "frameworks": frameworks}
    for _ in range(3):
        free = {key: rng.uniform(0.1, 1.0) for key in ("w", "v", "b", "g", "lr", "lr_old", "lr_new", "l")}
        free |= {"mu": rng.uniform(0.3, 0.95), "mu_old": rng.uniform(0.3, 0.95), "L": rng.uniform(10, 100)}
        yield {"np": np, "run": run, "settles": settles, **package, **free}


def value(expression: str, scope: dict[str, Any]) -> Any:
    return eval(expression, {"__builtins__": {"abs": abs}}, scope)


def printed(number: str) -> tuple[float, int]:
    """Return a number as the sheet prints it, and how many decimals it has."""
    return float(number.replace("−", "-")), len(number.partition(".")[2])  # noqa: RUF001


def agrees(number: str, found: Any) -> bool:
    expected, decimals = printed(number)
    return round(float(found), decimals) == expected


@pytest.mark.parametrize("item", ROWS, ids=name)
def test_what_a_row_claims_is_so(item: tuple[Any, Any]) -> None:
    for expression in item[1].get("holds", []):
        for scope in scopes():
            assert value(expression, scope), expression


@pytest.mark.parametrize("item", ROWS, ids=name)
def test_every_number_is_computed(item: tuple[Any, Any]) -> None:
    table, row = item
    computed = row.get("numbers", {})
    for number, expression in computed.items():
        assert agrees(number, value(expression, next(scopes()))), number
    for column, cell in zip(table["columns"], row["cells"], strict=True):
        words = FORMULA.sub(" ", CODE.sub(" ", cell))
        for known in NAMES:
            words = words.replace(known, "")
        if "each" in row and NUMBER.fullmatch(column):
            assert agrees(cell, value(row["each"], {**next(scopes()), "mu": float(column)})), column
        else:
            assert [n for n in NUMBER.findall(words) if n not in computed] == []


@pytest.mark.parametrize("item", ROWS, ids=name)
def test_every_formula_is_checked(item: tuple[Any, Any]) -> None:
    row = item[1]
    text = " ".join(row["cells"])
    updated = [
        part for part in CODE.findall(text) + FORMULA.findall(text) if re.search(r"[=<>/*]|frac", part)
    ]
    assert not updated or {"holds", "step", "each"} & set(row)


@pytest.mark.parametrize("item", [item for item in ROWS if "step" in item[1]], ids=name)
def test_the_code_of_a_form_is_the_packages(item: tuple[Any, Any]) -> None:
    row = item[1]
    code = [part for cell in row["cells"][1:3] for part in CODE.findall(cell)]
    memory = next((key for key in "vbe" if f"{key} =" in code[0]), "w_prev")
    if memory == "w_prev":
        code = [f"w, w_prev = {code[0]}, w"]
    rule = getattr(updates, row["step"])
    for scope in scopes():
        free = {key: scope[key] for key in ("w", "v", "b", "g", "lr", "mu")}
        free |= {"e": free["b"], "w_prev": free["b"]}
        ends = rule(*(np.array([free[key]]) for key in ("w", memory, "g")), free["lr"], free["mu"])
        exec("\n".join(code), {}, free)
        assert np.allclose([free["w"], free[memory]], np.ravel(ends), rtol=1e-12)


def test_the_frameworks_run_the_forms_that_the_sheet_says() -> None:
    rows = [row for row in SHEET[0]["rows"] if "run_by" in row]
    plain = [row for row in rows if row["step"] != "nesterov_step"]
    assert sorted(framework for row in plain for framework in row["run_by"]) == sorted(FRAMEWORKS)
    for row in rows:
        kind = "both schedules, Nesterov" if row["step"] == "nesterov_step" else WITNESS
        for framework in row["run_by"]:
            assert {"pytorch": "PyTorch", "keras": "Keras", "optax": "optax"}[framework] in row["cells"][3]
            recording = recordings(framework)[kind]
            rule = getattr(updates, row["step"])
            w, state = recording.w[0], np.zeros_like(recording.w[0])
            for k, (lr, mu) in enumerate(zip(recording.lr, recording.mu, strict=True)):
                w, state = rule(w, state, recording.gradient(k, w), lr, mu)
            assert np.allclose(w, recording.w[-1], rtol=1e-9), framework


def test_every_rule_of_thumb_has_a_verdict() -> None:
    ids = [claim for table in SHEET for claim in table.get("claims", [])]
    assert len(ids) == len(set(ids)) >= 12
    assert [claim for claim in ids if not VERDICTS.get(claim)] == []
