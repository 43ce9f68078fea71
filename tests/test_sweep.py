"""The sweep: the same numbers for any company, any number of workers and a cluster, in a bounded memory."""

import tracemalloc

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_info, threadpool_limits

from momentum import accumulator_step, heavy_ball_step, sgd_step, velocity_step
from momentum.sweep import Classifier, SweepResult, sweep, sweep_bytes
from momentum.sweep.run import _unit, one_thread

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((90, 5)), np.arange(90) % 3
NETWORK = Classifier((5, 4, 3))
LR, MU = np.array([0.01, 0.3]), np.array([0.0, 0.5, 0.9])
PLAN = {"batch_size": 7, "checkpoints": [0, 3, 20], "folds": 3, "seeds": 2}


def same(one: SweepResult, other: SweepResult) -> bool:
    """Say whether two results agree in every bit."""
    return all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes()
        for name in ("accuracy", "loss", "lr", "mu", "checkpoints")
    )


@pytest.fixture(scope="module")
def alone() -> SweepResult:
    return sweep(NETWORK, (X, Y), LR, MU, n_jobs=1, **PLAN)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 4])
def test_the_number_of_workers_changes_no_bit(alone, workers):
    assert same(sweep(NETWORK, (X, Y), LR, MU, n_jobs=workers, **PLAN), alone)


@pytest.mark.slow
def test_a_cluster_changes_no_bit(alone):
    from distributed import Client, LocalCluster

    machines = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    cluster = LocalCluster(processes=False, **machines)
    with cluster, Client(cluster), joblib.parallel_config("dask"):
        found = sweep(NETWORK, (X, Y), LR, MU, **PLAN)
    assert same(found, alone)


def test_a_pair_does_not_notice_the_others(alone):
    single = sweep(NETWORK, (X, Y), [0.3], [0.9], **PLAN)
    assert np.array_equal(single.loss[:, :, 0, 0], alone.loss[:, :, 1, 2])
    assert np.array_equal(single.accuracy[:, :, 0, 0], alone.accuracy[:, :, 1, 2])


def by_hand(step, lr, mu):
    """Train softmax regression on all examples of a fold at once, in the plainest way."""
    model, train, test = Classifier((5, 3)), np.arange(60), np.arange(60, 90)
    w, b = np.zeros((5, 3)), np.zeros(3)
    states = [w * 0, b * 0]
    for _ in range(4):
        p = np.exp(log_softmax(X[train] @ w + b, axis=1)) - np.eye(3)[Y[train]]
        w, states[0] = step(w, states[0], X[train].T @ p / 60, lr, mu)
        b, states[1] = step(b, states[1], p.mean(axis=0), lr, mu)
    scores = log_softmax(X @ w + b, axis=1)
    unit = _unit(
        model, (X, Y), (train, test), (0, 0), np.array([[lr]]), np.array([[mu]]), 60, np.array([0, 4]), step
    )
    return unit, -scores[train, Y[train]].mean(), (scores.argmax(axis=1) == Y)[test].mean()


def unknown_step(w, state, g, lr, mu):
    return velocity_step(w, state, g, lr, mu)


@pytest.mark.parametrize("step", [velocity_step, sgd_step, accumulator_step, unknown_step])
def test_a_run_is_what_the_rule_says(step):
    (accuracy, loss), expected_loss, expected_accuracy = by_hand(step, 0.5, 0.75)
    assert loss[0, 0] == pytest.approx(np.log(3), rel=1e-12)
    assert loss[0, 1] == pytest.approx(expected_loss, rel=1e-12)
    assert accuracy[0, 1] == pytest.approx(expected_accuracy, rel=1e-12)


def threads() -> set[int]:
    """Return how many threads the libraries of linear algebra may use."""
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_one_thread_until_the_last_unit_is_done():
    with threadpool_limits(2, user_api="blas"):
        first, second = one_thread(), one_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert threads() == {1}
        second.__exit__(None, None, None)
        assert threads() == {2}


def test_without_momentum_it_is_plain_sgd():
    plain = sweep(NETWORK, (X, Y), LR, [0.0], step=sgd_step, **PLAN)
    assert same(sweep(NETWORK, (X, Y), LR, [0.0], **PLAN), plain)


def test_heavy_ball_is_the_same_run(alone):
    # Its memory is the point before, which at the start is the start.
    found = sweep(NETWORK, (X, Y), LR, MU, step=heavy_ball_step, **PLAN)
    assert found.loss == pytest.approx(alone.loss, rel=1e-9)


def test_every_example_is_seen_once_an_epoch(monkeypatch):
    seen = []

    def note(_self, w, x, y, out):
        assert len(y) == 5
        seen.extend(x[:, 0].tolist())
        out.fill(len(w) * 0)

    monkeypatch.setattr(Classifier, "gradient", note)
    data = np.arange(20.0)[:, None], np.arange(20) % 2
    parts = np.arange(16), np.arange(16, 20)
    lr = mu = np.zeros((1, 1))
    _unit(Classifier((1, 2)), data, parts, (0, 0), lr, mu, 5, np.array([6]), velocity_step)
    assert len(seen) == 30
    assert all(len(set(epoch)) == 15 and set(epoch) <= set(range(16)) for epoch in (seen[:15], seen[15:]))
    assert seen[:15] != seen[15:]


def test_folds_and_seeds_differ_and_pairs_start_alike(alone):
    starts = alone.loss[..., 0]
    assert np.ptp(starts, axis=(2, 3)).max() == 0
    assert len(np.unique(starts[:, :, 0, 0])) == 6


def test_the_folds_are_those_of_scikit_learn_and_names_make_the_runs(monkeypatch):
    asked = []

    def note(model, data, parts, name, *rest):
        asked.append((parts, name))
        return _unit(model, data, parts, name, *rest)

    monkeypatch.setattr("momentum.sweep.run._unit", note)
    plan = {"batch_size": 5, "checkpoints": [0, 1], "n_jobs": 1}
    found = sweep(NETWORK, (X.tolist(), Y.tolist()), [0.1], 0.5, **plan)
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, Y))
    assert found.loss.shape == (5, 1, 1, 1, 2)
    assert [name for _, name in asked] == [(0, fold) for fold in range(5)]
    for (parts, _), fold in zip(asked, folds, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(parts, fold, strict=True))


def test_columns_of_learning_rates():
    lr = np.outer([0.1, 1.0], 1 - MU)
    found, one = (sweep(NETWORK, (X, Y), rates, MU, **PLAN) for rates in (lr, lr[:, 2]))
    assert np.array_equal(found.loss[..., 2, :], one.loss[..., 2, :])
    assert np.array_equal(found.lr, lr)
    assert np.array_equal(one.lr, np.repeat(lr[:, 2:], 3, axis=1))


def test_what_overflows_has_an_infinite_loss():
    x = np.where(np.arange(90) % 2, 1e200, -1e200)[:, None] * (1 + Y[:, None])
    found = sweep(Classifier((1, 2, 3)), (x, Y), [1e200], [0.9], **PLAN)
    assert np.isfinite(found.loss[..., 0]).all()
    assert not np.isnan(found.loss).any()
    # Softmax regression overflows at once, and no warning is given.
    found = sweep(Classifier((1, 3)), (x, Y), [1e200], [0.9], **PLAN)
    assert found.loss[..., 0] == pytest.approx(np.log(3))
    assert np.isposinf(found.loss[..., 1:]).all()


def test_updates_to_a_target():
    loss = np.array([[3.0, 2.0, 1.0, 2.0], [3.0, 3.0, 3.0, 3.0], [1.0, 9.0, 9.0, 9.0]])
    found = SweepResult(loss, loss, np.ones((1, 1)), np.zeros(1), np.array([0, 4, 8, 16]))
    assert found.updates_to(2.0).tolist() == [4, -1, 0]
    assert found.updates_to(1.5).tolist() == [8, -1, 0]
    full = loss.reshape(1, 3, 1, 1, 4)
    found = SweepResult(full, full, np.ones((1, 1)), np.zeros(1), np.array([0, 4, 8, 16]))
    assert found.updates_to(2.0).tolist() == [[[[4]], [[-1]], [[0]]]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sizes", "pairs", "batch"), [((64, 10), 30, 32), ((64, 16, 10), 30, 32), ((64, 16, 10), 4, 256)]
)
def test_memory_is_bounded(sizes, pairs, batch):
    model, n = Classifier(sizes), 600
    data = RNG.standard_normal((n, 64)), np.arange(n) % 10
    parts = np.arange(480), np.arange(480, n)
    lr, mu = np.full((pairs, 1), 0.1), np.full((pairs, 1), 0.9)
    peaks = []
    for updates in (3, 12):
        tracemalloc.start()
        points = np.arange(updates - 2, updates)
        _unit(model, data, parts, (0, 0), lr, mu, batch, points, velocity_step)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    bound = sweep_bytes(model, n, pairs, batch, 2)
    assert max(peaks) <= bound <= 2.5 * min(peaks)
    assert abs(peaks[1] - peaks[0]) < 0.02 * peaks[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lr": [-0.1]}, "lr must be finite and not negative, got array([-0.1])"),
        ({"lr": np.ones((2, 2))}, "lr must be of shape (lr,) or (lr, 3), got (2, 2)"),
        ({"lr": np.ones((2, 1, 3))}, "lr must be of shape (lr,) or (lr, 3), got (2, 1, 3)"),
        ({"lr": 0.1}, "lr must be of shape (lr,) or (lr, 3), got ()"),
        ({"mu": [1.0]}, "mu must be in [0, 1), got array([1.])"),
        ({"mu": [[0.5]]}, "mu must be of shape (mu,), got (1, 1)"),
        ({"batch_size": 0}, "batch_size must be a positive whole number, got 0"),
        ({"batch_size": 61}, "batch_size must be at most 60, the training set, got 61"),
        ({"batch_size": 2.0}, "batch_size must be a positive whole number, got 2.0"),
        ({"folds": 0}, "folds must be a positive whole number, got 0"),
        ({"seeds": 0}, "seeds must be a positive whole number, got 0"),
        (
            {"checkpoints": [3, 3]},
            "checkpoints must be whole numbers that increase, none negative, got [3, 3]",
        ),
        (
            {"checkpoints": [-1, 3]},
            "checkpoints must be whole numbers that increase, none negative, got [-1, 3]",
        ),
        ({"checkpoints": [0.5]}, "checkpoints must be whole numbers that increase, none negative, got [0.5]"),
        ({"checkpoints": [[1]]}, "checkpoints must be whole numbers that increase, none negative, got [[1]]"),
    ],
)
def test_what_is_refused(change, message):
    arguments = {"lr": LR, "mu": MU} | PLAN | change
    with pytest.raises(ValueError, match="must be") as caught:
        sweep(NETWORK, (X, Y), **arguments)
    assert str(caught.value) == message


def test_the_largest_minibatch_is_the_training_set():
    assert sweep(NETWORK, (X, Y), [0.1], [0.5], **PLAN | {"batch_size": 60}).loss.shape == (3, 2, 1, 1, 3)


def test_the_bound_by_hand():
    # Weights 4 * 60 * 650, signals 3 * 60 * 10 * 128, copies 1797 * 68 + 32 * 64, measurements 2 * 60 * 30.
    assert sweep_bytes(Classifier((64, 10)), 1797, 60, 32, 30) == 8 * (156000 + 230400 + 124244 + 3600)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(2, 4))
def test_the_bound_grows_with_what_it_counts(pairs, batch, checkpoints):
    base = sweep_bytes(NETWORK, 90, pairs, 128 * batch, checkpoints)
    assert sweep_bytes(NETWORK, 90, pairs + 1, 128 * batch, checkpoints) - base == 8 * (
        4 * NETWORK.dim + 3 * 7 * 128 * batch + 2 * checkpoints
    )
    assert sweep_bytes(NETWORK, 91, pairs, 128 * batch, checkpoints) - base == 8 * 9
    assert sweep_bytes(NETWORK, 90, pairs, 128 * batch, checkpoints + 1) - base == 16 * pairs
    assert sweep_bytes(NETWORK, 90, pairs, 128 * batch + 128, checkpoints) - base == 8 * 128 * (
        21 * pairs + 5
    )
