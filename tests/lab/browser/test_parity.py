"""Python and the browser make the same numbers: runs bit for bit, closed forms to the last digits."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from momentum import landscapes, theory, updates
from momentum.descent import descend
from momentum.lab import EigenLab
from momentum.lab.base import landscape_data
from momentum.lab.random import unit_noise
from momentum.lab.schedules import SCHEDULES, cosine_shape, learning_rates
from momentum.landscapes import Landscape
from momentum.physics import to_ball

Array = np.ndarray[Any, Any]
STEPS = 60
REPEATS = 4
RULES = {
    "sgd": updates.sgd_step,
    "velocity": updates.velocity_step,
    "accumulator": updates.accumulator_step,
    "averaged": updates.averaged_step,
    "heavy_ball": updates.heavy_ball_step,
    "nesterov": updates.nesterov_step,
}
HELPERS = r"""() => {
  window.numerics = import("/js/numerics.js");
  /** The eight bytes of each number: JSON has no word for infinity. */
  window.bits = (values) => {
    const bytes = new Uint8Array(Float64Array.from(values.flat(9)).buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192)
      text += String.fromCharCode(...bytes.slice(at, at + 8192));
    return btoa(text);
  };
}"""
RUNS = """async (cases) => {
  const { RULES, descend, value } = await numerics;
  return cases.map(({ data, rule, w0, lr, mu, steps, rescale }) => {
    const path = descend(data, RULES[rule], w0, lr, mu, steps, { rescale });
    return {
      w: bits(path.w), state: bits(path.state), loss: bits(path.w.map((point) => value(data, point))),
      divergedAt: path.divergedAt,
    };
  });
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str) -> Iterator[Page]:
    opened = chromium.new_page()
    opened.goto(address)
    opened.evaluate(HELPERS)
    yield opened
    opened.close()


def floats(text: str) -> Array:
    return np.frombuffer(base64.b64decode(text), dtype="<f8")


def same_bits(theirs: str, ours: Any) -> bool:
    """Compare by bits, so that the sign of zero counts. There are many ways to write "not a number"."""
    ours = np.ascontiguousarray(ours, dtype=float).ravel()
    found = floats(theirs)
    if found.shape != ours.shape or not np.array_equal(np.isnan(found), np.isnan(ours)):
        return False
    numbers = ~np.isnan(ours)
    return found[numbers].tobytes() == ours[numbers].tobytes()


def drawn_landscapes(rng: np.random.Generator) -> list[Landscape]:
    """Each landscape of the package, with coefficients that no one has rounded."""
    return [
        landscapes.slope(rng.uniform(-2, 2)),
        landscapes.bowl(rng.uniform(0.1, 3)),
        landscapes.ravine(rng.uniform(1, 100)),
        landscapes.double_well(rng.uniform(-0.3, 0.3)),
        landscapes.bumps(),
        landscapes.saddle(rng.uniform(0.1, 3)),
        landscapes.rosenbrock(),
        landscapes.himmelblau(),
        landscapes.lessard(),
    ]


def run_cases() -> list[dict[str, Any]]:
    """Every rule on every landscape, with constants and with schedules, gentle and far too fast."""
    rng = np.random.default_rng(3)
    cases = []
    for kind in ("constant", "lr", "lr and mu", "rescaled"):
        for _ in range(REPEATS):
            for landscape in drawn_landscapes(rng):
                for rule in RULES:
                    # Only form A's velocity is rescaled when the learning rate changes.
                    if kind == "rescaled" and rule != "velocity":
                        continue
                    bounds = np.array(landscape.domain)
                    lr = 10 ** rng.uniform(-3.5, 0.7, size=STEPS)
                    lr = np.repeat(lr[::10], 10) if rng.random() < 0.5 else lr * 10 ** rng.uniform(-2, 0)
                    mu = rng.uniform(0, 0.999, size=STEPS)
                    cases.append({
                        "landscape": landscape, "rule": rule, "rescale": kind == "rescaled", "steps": STEPS,
                        "w0": rng.uniform(bounds[:, 0], bounds[:, 1]).tolist(),
                        "lr": float(lr[0]) if kind == "constant" else lr.tolist(),
                        "mu": mu.tolist() if kind == "lr and mu" else float(mu[0]),
                    })  # fmt: skip
    return cases


def schedule(values: float | list[float]) -> float | Callable[[int], float]:
    return values if isinstance(values, float) else values.__getitem__


def python_run(case: dict[str, Any]) -> Any:
    step = RULES[case["rule"]]
    if case["rescale"]:
        step = rescaled(case["lr"])
    lr, mu = schedule(case["lr"]), schedule(case["mu"])
    return descend(case["landscape"], case["w0"], lr, mu, case["steps"], step=step)


def rescaled(rates: list[float]) -> updates.Step:
    """Form A with momentum correction, which has to know the step number."""
    steps = iter(range(len(rates)))

    def corrected(w: Any, v: Any, g: Any, lr: Any, mu: Any) -> tuple[Any, Any]:
        k = next(steps)
        if k and rates[k] != rates[k - 1]:
            v = updates.rescale_velocity(v, rates[k - 1], rates[k])
        return updates.velocity_step(w, v, g, lr, mu)

    return corrected


def test_runs_agree_bit_for_bit(page: Page) -> None:
    cases = run_cases()
    sent = [
        {key: each for key, each in case.items() if key != "landscape"}
        | {"data": landscape_data(case["landscape"])}
        for case in cases
    ]
    theirs = page.evaluate(RUNS, sent)
    wrong = []
    diverged = 0
    for case, found in zip(cases, theirs, strict=True):
        ours = python_run(case)
        diverged += ours.diverged_at >= 0
        agree = {name: same_bits(found[name], getattr(ours, name)) for name in ("w", "state", "loss")} | {
            "diverged_at": found["divergedAt"] == ours.diverged_at
        }
        if not all(agree.values()):
            wrong.append((case["rule"], case["landscape"].name, agree))
    assert wrong == []
    assert len(cases) > 600
    # Both kinds are there, or half of the claim is not tested.
    assert 100 < diverged < len(cases) - 100


def test_the_comparison_sees_one_bit(page: Page) -> None:
    sent = page.evaluate("bits([0.1, -0, Infinity, NaN])")
    assert same_bits(sent, [0.1, -0.0, np.inf, -np.nan])
    assert not same_bits(sent, [np.nextafter(0.1, 1), -0.0, np.inf, np.nan])
    assert not same_bits(sent, [0.1, 0.0, np.inf, np.nan])
    assert not same_bits(sent, [0.1, -0.0, np.nan, np.nan])
    assert not same_bits(sent, [0.1, -0.0, np.inf])


def test_the_browser_knows_every_rule(page: Page) -> None:
    assert page.evaluate("numerics.then(({ RULES }) => Object.keys(RULES))") == list(RULES)


def test_schedules_agree_bit_for_bit(page: Page) -> None:
    rng = np.random.default_rng(4)
    steps = 120
    for kind in SCHEDULES:
        for _ in range(20):
            lr, lr_end = 10 ** rng.uniform(-4, 0, size=2)
            when = int(rng.integers(1, steps))
            knots = (10 ** rng.uniform(-4, 0, size=5)).tolist()
            theirs = page.evaluate(
                """async ([kind, lr, lrEnd, when, knots, cosine]) =>
                  bits((await import("/js/forms.js")).learningRates(kind, lr, lrEnd, when, knots, cosine))""",
                [kind, float(lr), float(lr_end), when, knots, cosine_shape(steps).tolist()],
            )
            assert same_bits(theirs, learning_rates(kind, steps, lr, lr_end, when, knots)), kind


def test_the_ravine_with_another_condition_number_is_the_same_landscape(page: Page) -> None:
    for condition in (1.0, 30.0, 123.456):
        ravine = json.loads(json.dumps(landscape_data(landscapes.ravine(condition))))
        theirs = page.evaluate(
            "async ([data, condition]) => (await import('/js/path.js')).withCondition(data, condition)",
            [landscape_data(landscapes.ravine(7)), condition],
        )
        assert {**theirs, "name": "ravine"} == ravine


def mulberry32(seed: int, count: int) -> list[float]:
    """The generator once more, in whole numbers of Python, cut to 32 bits."""
    mask = 2**32 - 1
    found = []
    for _ in range(count):
        seed = (seed + 0x6D2B79F5) & mask
        t = ((seed ^ (seed >> 15)) * (seed | 1)) & mask
        t ^= (t + ((t ^ (t >> 7)) * (t | 61) & mask)) & mask
        found.append((t ^ (t >> 14)) / 2**32)
    return found


@pytest.mark.parametrize("seed", [0, 1, 7, 2**31, 2**32 - 1])
def test_the_random_generator_agrees_bit_for_bit(page: Page, seed: int) -> None:
    theirs = page.evaluate(
        """async (seed) => {
          const { mulberry32, unitNoise } = await numerics;
          const [uniform, noise] = [mulberry32(seed), unitNoise(mulberry32(seed))];
          return [500, 100].map((n, i) => bits(Array.from({ length: n }, [uniform, noise][i])));
        }""",
        seed,
    )
    assert same_bits(theirs[0], mulberry32(seed, 500))
    assert same_bits(theirs[1], unit_noise(seed, 100))


@pytest.mark.parametrize("seed", [0, 7, 999, 2**32 - 1])
def test_the_noise_of_the_cloud_is_that_of_python(page: Page, seed: int) -> None:
    """NoiseLab makes its noise in a loop of its own."""
    theirs = page.evaluate(
        """async (seed) => {
          const { cloudDraws } = await import("/js/noise.js");
          const draws = new Float64Array(5000);
          cloudDraws(seed, draws);
          return bits([...draws]);
        }""",
        seed,
    )
    assert same_bits(theirs, unit_noise(seed, 5000))


def test_noise_has_mean_zero_and_variance_one(page: Page) -> None:
    theirs = page.evaluate(
        """async () => {
          const { mulberry32, unitNoise } = await numerics;
          return bits(Array.from({ length: 20000 }, unitNoise(mulberry32(5))));
        }"""
    )
    noise = floats(theirs)
    assert abs(noise.mean()) < 4 / np.sqrt(len(noise))
    assert abs(noise.var() - 1) < 0.04
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.03


def closed_form_cases() -> list[tuple[str, list[list[float]], Any]]:
    """Name in the browser, arguments, and what Python says."""
    rng = np.random.default_rng(5)
    count = 400
    a, mu = rng.uniform(-0.5, 4.5, count), rng.uniform(0, 0.999, count)
    curvature, s2 = 10 ** rng.uniform(-1, 1, count), 10 ** rng.uniform(-3, 1, count)
    lr = rng.uniform(0.01, 0.99, count) * 2 * (1 + mu) / curvature
    b = rng.uniform(-5, 5, count)
    ball = to_ball(lr, mu)

    def sent(*arguments: Array) -> list[list[float]]:
        return np.stack(arguments, axis=-1).tolist()

    return [
        ("spectralRadius", sent(a, mu), theory.spectral_radius(a, mu)),
        (
            "stationaryVariance",
            sent(lr, mu, curvature, s2),
            theory.stationary_variance(lr, mu, curvature, s2),
        ),
        ("stepVariance", sent(lr, mu, curvature, s2), theory.step_variance(lr, mu, curvature, s2)),
        ("gapAfterLrChange", sent(lr, lr * b**2, b, mu), theory.gap_after_lr_change(lr, lr * b**2, b, mu)),
        ("toBall", sent(lr, mu), np.stack(ball, axis=-1)),
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "expected"), [pytest.param(*case, id=case[0]) for case in closed_form_cases()]
)
def test_closed_forms_agree(page: Page, name: str, arguments: list[list[float]], expected: Array) -> None:
    theirs = page.evaluate(
        """async ([name, rows]) => {
          const form = (await numerics)[name];
          const plain = (each) => (typeof each === "number" ? each : [each.drag, each.timeStep]);
          return bits(rows.map((row) => plain(form(...row))));
        }""",
        [name, arguments],
    )
    np.testing.assert_allclose(floats(theirs), expected.ravel(), rtol=1e-12, atol=1e-300)


def test_the_regime_has_the_same_word_on_the_borders_too(page: Page) -> None:
    rng = np.random.default_rng(6)
    rows = np.stack([rng.uniform(-0.5, 4.5, 500), rng.uniform(0, 0.999, 500)], axis=-1).tolist()
    for mu in (0.0, 0.25, 0.81, 0.9):
        root = float(np.sqrt(mu))
        rows += [[a, mu] for a in (0.0, (1 - root) ** 2, (1 + root) ** 2, 2 * (1 + mu))]
    theirs = page.evaluate(
        "(rows) => numerics.then(({ regime }) => rows.map(([a, mu]) => regime(a, mu)))", rows
    )
    a, mu = np.array(rows).T
    ours = [str(each) for each in theory.regime(a, mu)]
    assert theirs == ours
    assert set(ours) == {"marginal", "divergent", "monotone", "oscillating", "alternating"}


EIGEN = """async (cases) => {
  const {
    bestPair, bestRate, eigenErrors, eigenLosses, sampledRates, shownRange, stepsByRate, stepsCounted,
    summedLoss,
  } = await import("/js/directions.js");
  const { spectralRadius } = await numerics;
  return cases.map(({ curvatures, start, lr, mu, steps, most, ends }) => {
    const errors = eigenErrors(curvatures, start, lr, mu, steps);
    const losses = eigenLosses(curvatures, errors);
    const radii = curvatures.map((each) => spectralRadius(lr * each, mu));
    const range = shownRange(curvatures, lr, ends);
    const plain = (arrays) => bits(arrays.map((each) => [...each]));
    const best = [bestRate(curvatures, mu), ...bestPair(curvatures)];
    return {
      errors: plain(errors), losses: plain(losses), loss: bits([...summedLoss(losses)]),
      counted: stepsCounted(curvatures, start, lr, mu, most),
      by_rate: stepsByRate(Math.max(...radii)) ?? null, range,
      closed: bits([radii, best, sampledRates(curvatures, mu, range)]),
    };
  });
}"""


def eigen_labs(keep: Callable[[Any], Any]) -> Iterator[EigenLab]:
    """Labs with any curvatures, gentle, close to the best, on the limit and beyond it."""
    rng = np.random.default_rng(8)
    for i in range(240):
        curvatures = 10 ** rng.uniform(-2, 1, rng.integers(2, 7))
        start = 10 ** rng.uniform(-4, 1, len(curvatures))
        mu = float(rng.choice([0.0, rng.uniform(0, 0.999)]))
        lab = keep(EigenLab(curvatures=curvatures.tolist(), start=start.tolist(), mu=mu))
        chosen = [10 ** rng.uniform(-3, 3), lab.best_lr, lab.limit * rng.uniform(0.3, 1), lab.limit]
        lab.lr = min(1000.0, float(chosen[i % 4]))
        if i % 8 == 1:
            lab.lr, lab.mu = lab.tuned
        yield lab


def test_the_directions_of_the_loss_agree_bit_for_bit(page: Page, keep: Callable[[Any], Any]) -> None:
    labs = list(eigen_labs(keep))
    names = ("curvatures", "start", "lr", "mu", "steps", "most", "ends")
    sent = [{name: getattr(lab, name) for name in names} for lab in labs]
    diverged = counted = 0
    for lab, found in zip(labs, page.evaluate(EIGEN, sent), strict=True):
        path = lab.path
        assert same_bits(found["errors"], path.w.T), lab
        assert same_bits(found["losses"], lab.losses.T), lab
        assert same_bits(found["loss"], lab.loss), lab
        assert found["counted"] == lab.steps_counted, lab
        # Close to a rate of one its last digit counts.
        exact = lab.rate < 0.999 or lab.steps_by_rate is None
        assert found["by_rate"] == (
            lab.steps_by_rate if exact else pytest.approx(lab.steps_by_rate, rel=1e-3)
        ), lab
        assert tuple(found["range"]) == lab.shown_range, lab
        forms = [*lab.rates, lab.best_lr, *lab.tuned, *lab.shown_rates[0]]
        np.testing.assert_allclose(floats(found["closed"]), forms, rtol=1e-12, atol=1e-300)
        diverged += path.diverged_at >= 0
        counted += found["counted"] >= 0
    assert 10 < diverged < 120
    assert counted > 100
