"""What the sweep is made of: the classifier, the fair comparison, and the bar that leaves no trace."""

import asyncio
import sys
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient
from scipy import stats
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from momentum.sweep import Classifier, holm, largest_curvature, paired, tuned, watched
from momentum.sweep.progress import bar, somebody_waits

RNG = np.random.default_rng(1)
X, Y = RNG.standard_normal((40, 5)), np.arange(40) % 3
SIZES = [(5, 3), (5, 4, 3), (5, 4, 2, 3)]


def loss_of(model, w):
    """Return the mean cross-entropy, written out."""
    signal = X
    layers = model.layers(w)
    for matrix, bias in layers[:-1]:
        signal = np.tanh(signal @ matrix + bias)
    matrix, bias = layers[-1]
    scores = log_softmax(signal @ matrix + bias, axis=-1)
    return -scores[:, np.arange(40), Y].mean(axis=-1), (scores.argmax(axis=-1) == Y).mean(axis=-1)


@pytest.mark.parametrize("sizes", SIZES)
def test_the_gradient_is_the_slope_of_the_loss(sizes):
    model = Classifier(sizes)
    w, u = RNG.standard_normal((2, 4, model.dim))
    ahead, behind = (loss_of(model, w + sign * 1e-6 * u)[0] for sign in (1, -1))
    slope = (model.gradient(w, X, Y) * u).sum(axis=1)
    assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-6, abs=1e-8)
    out = np.empty_like(w)
    assert model.gradient(w, X, Y, out) is out


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("chunk", [7, 40, 128])
def test_loss_and_accuracy(sizes, chunk):
    model = Classifier(sizes)
    w = 2 * RNG.standard_normal((4, model.dim))
    loss, accuracy = model.evaluate(w, X, Y, chunk)
    assert loss == pytest.approx(loss_of(model, w)[0], rel=1e-12)
    assert accuracy == pytest.approx(loss_of(model, w)[1], rel=1e-12)


def test_large_scores_do_not_overflow():
    w = 1e3 * RNG.standard_normal((2, Classifier((5, 3)).dim))
    loss, _ = Classifier((5, 3)).evaluate(w, X, Y)
    assert loss == pytest.approx(loss_of(Classifier((5, 3)), w)[0], rel=1e-12)
    assert np.isfinite(Classifier((5, 3)).gradient(w, X, Y)).all()


def test_where_it_starts():
    assert not Classifier((5, 3)).start(np.random.default_rng(0)).any()
    model = Classifier((400, 100, 25))
    (first, bias), (second, _) = model.layers(model.start(np.random.default_rng(0))[None])
    assert first.std() == pytest.approx(1 / 20, rel=0.02)
    assert second.std() == pytest.approx(1 / 10, rel=0.05)
    assert abs(first.mean()) < 1e-3
    assert not bias.any()


def test_a_start_takes_one_draw_for_each_weight_that_is_no_bias():
    drawn, other = np.random.default_rng(0), np.random.default_rng(0)
    Classifier((5, 4, 3)).start(drawn)
    other.normal(size=5 * 4 + 4 * 3)
    assert drawn.random() == other.random()


def test_the_gradient_vanishes_where_scikit_learn_stops():
    fit = LogisticRegression(C=np.inf, tol=1e-10, max_iter=5000).fit(X, Y)
    w = np.concatenate([fit.coef_.T.ravel(), fit.intercept_])[None]
    assert np.abs(Classifier((5, 3)).gradient(w, X, Y)).max() < 1e-5


@pytest.mark.parametrize("sizes", [(5,), (5, 0), (5, 2.0), ()])
def test_sizes_that_are_refused(sizes):
    with pytest.raises(ValueError, match="must be") as caught:
        Classifier(sizes)
    assert str(caught.value) == f"sizes must be two positive whole numbers or more, got {sizes!r}"


def test_the_largest_curvature_of_softmax_regression_at_zero():
    # There the Hessian is the product of two matrices: of the classes, 1/3 but for a zero, and of the inputs.
    ones = np.column_stack([X, np.ones(40)])
    expected = np.linalg.eigvalsh(ones.T @ ones / 40)[-1] / 3
    model = Classifier((5, 3))
    found = largest_curvature(model, np.zeros((2, model.dim)), X, Y, 200)
    assert found == pytest.approx([expected] * 2, rel=1e-5)


def test_the_largest_curvature_of_a_network_against_the_whole_hessian():
    model = Classifier((5, 2, 3))
    w = model.start(RNG)
    steps = 1e-5 * np.eye(model.dim)
    hessian = (model.gradient(w + steps, X, Y) - model.gradient(w - steps, X, Y)) / 2e-5
    values = np.linalg.eigvalsh((hessian + hessian.T) / 2)
    largest = values[np.abs(values).argmax()]
    assert largest_curvature(model, w[None], X, Y, 500)[0] == pytest.approx(largest, rel=1e-4)
    # One product is a Rayleigh quotient already, and no such quotient is larger in size.
    assert abs(largest_curvature(model, w[None], X, Y, 1)[0]) < abs(largest)
    # Sixty products unless told, from the same direction every time.
    assert largest_curvature(model, w[None], X, Y) == largest_curvature(model, w[None], X, Y, 60)


@pytest.mark.parametrize("iterations", [0, 1.0])
def test_iterations_that_are_refused(iterations):
    with pytest.raises(
        ValueError, match=f"^iterations must be a whole number, at least 1, got {iterations}$"
    ):
        largest_curvature(Classifier((5, 3)), np.zeros((1, 18)), X, Y, iterations)


def test_a_fold_does_not_choose_for_itself():
    # Learning rate 1 is best in fold 0 alone: the others never choose it for it, and it chooses it for them.
    score = np.zeros((3, 2, 3, 1))
    score[:, :, 0] = 0.5
    score[0, :, 1] = 5.0
    score[1:, :, 2] = 0.6
    assert tuned(score)[:, 0, 0].tolist() == [0.0, 0.0, 0.0]
    assert tuned(score, by=-score)[:, 0, 0].tolist() == [5.0, 0.6, 0.6]
    # Two folds choose for each other.
    assert tuned([[[[0.5], [0.9], [0.1]]], [[[0.7], [0.2], [0.3]]]]).ravel().tolist() == [0.5, 0.2]


@given(st.integers(0, 1000))
def test_tuning_by_the_plain_definition(seed):
    score, by = np.random.default_rng(seed).integers(0, 9, (2, 4, 2, 3, 2)).astype(float)
    for fold in range(4):
        others = [other for other in range(4) if other != fold]
        for method in range(2):
            means = [by[others, :, i, method].sum() for i in range(3)]
            expected = score[fold, :, means.index(max(means)), method]
            assert tuned(score, by)[fold, :, method].tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("score", "by"), [(np.ones((1, 1, 1, 1)), None), (np.ones((2, 1, 1)), None), (np.ones((2, 1, 1, 1)), [1])]
)
def test_scores_that_are_refused(score, by):
    with pytest.raises(ValueError, match="must be") as caught:
        tuned(score, by)
    shapes = score.shape, score.shape if by is None else (1,)
    expected = f"score must be of shape (fold, seed, lr, method), two folds or more, got {shapes}"
    assert str(caught.value) == expected


def test_the_corrected_test_is_the_ordinary_one_with_a_wider_error():
    d = RNG.standard_normal((6, 3)) + 1
    ordinary = stats.ttest_1samp(d.mean(axis=1), 0)
    wider = np.sqrt((1 / 6 + 1 / 5) * 6)
    found = paired(d, confidence=0.9)
    assert found.mean == pytest.approx(d.mean(), rel=1e-12)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(ordinary.statistic) / wider, 5), rel=1e-9)
    low, high = ordinary.confidence_interval(0.9)
    assert found.low == pytest.approx(found.mean - (found.mean - low) * wider, rel=1e-9)
    assert found.high == pytest.approx(found.mean + (high - found.mean) * wider, rel=1e-9)
    assert paired(-d).p == paired(d).p
    assert paired(d.mean(axis=1)) == paired(d)
    assert paired(d) == paired(d, confidence=0.95)


def test_differences_without_spread():
    assert paired([2.0, 2.0]) == (2.0, 2.0, 2.0, 0.0)
    assert paired([0.0, 0.0]) == (0.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ([1.0],),
            r"difference must be of shape \(fold, seed\) or \(fold,\), two folds or more, got \(1,\)$",
        ),
        ((np.ones((2, 2, 2)),), r"difference must be .*, got \(2, 2, 2\)$"),
        (([1.0, 2.0], 1.0), r"confidence must be in \(0, 1\), got 1.0$"),
    ],
)
def test_differences_that_are_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        paired(*arguments)


def test_holm_by_hand():
    # The least times three; then 0.03 times two; then 0.04, raised to the one before.
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.75]) == pytest.approx([1.0, 1.0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_by_its_procedure(p):
    adjusted = holm(p)
    for level in (0.01, 0.05, 0.3):
        rejected = set()
        for k, i in enumerate(np.argsort(p, kind="stable")):
            if p[i] * (len(p) - k) > level:
                break
            rejected.add(int(i))
        assert {i for i, value in enumerate(adjusted) if value <= level} == rejected
    assert adjusted.max() <= 1


CELL = """
from momentum.sweep import watched
print(sum(watched(range(3), total=3)))
"""


class Watcher(NotebookClient):
    """A client that notes the kinds of messages, and can say that a person sits in front of it."""

    waits, kinds = False, ()

    async def async_execute_cell(self, *args, **options):
        call = self.kc.execute
        self.kc.execute = lambda *a, **k: call(*a, **{**k, "allow_stdin": self.waits})
        return await super().async_execute_cell(*args, **options)

    def process_message(self, msg, cell, cell_index):
        self.kinds = (*self.kinds, msg["msg_type"])
        return super().process_message(msg, cell, cell_index)


@pytest.mark.slow
@pytest.mark.parametrize("waits", [False, True])
def test_the_bar_leaves_no_trace(waits):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    client = Watcher(notebook, kernel_name="python3", timeout=60)
    client.waits = waits
    asyncio.run(client.async_execute())
    (output,) = notebook.cells[0].outputs
    assert (output.output_type, output.text) == ("stream", "3\n")
    assert ("display_data" in client.kinds) is waits
    assert client.kinds.count("update_display_data") == (3 if waits else 0)
    assert client.kinds.count("clear_output") == (1 if waits else 0)


def test_nobody_waits_outside_a_notebook(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert somebody_waits() is False
    assert list(watched(iter("ab"), total=2)) == ["a", "b"]


def ipython_with(shell):
    """Stand in for IPython, which knows this shell."""
    return SimpleNamespace(get_ipython=lambda: shell)


def notebook(content):
    """Stand in for the shell of a notebook whose cell came with this request."""
    return SimpleNamespace(kernel=SimpleNamespace(get_parent={"shell": content, "control": {}}.__getitem__))


@pytest.mark.parametrize(
    ("shell", "waits"),
    [
        (None, False),
        (SimpleNamespace(), False),
        (SimpleNamespace(kernel=None), False),
        (notebook({}), False),
        (notebook({"content": {}}), False),
        (notebook({"content": {"allow_stdin": False}}), False),
        (notebook({"content": {"allow_stdin": True}}), True),
    ],
)
def test_who_may_be_asked_for_input_waits(monkeypatch, shell, waits):
    monkeypatch.setitem(sys.modules, "IPython", ipython_with(shell))
    assert somebody_waits() is waits


def test_the_bar_fills_and_is_cleared_even_if_one_stops(monkeypatch):
    shown = []

    def display(data, raw, display_id):
        assert (raw, display_id) == (True, True)
        shown.append(data)
        return SimpleNamespace(update=lambda data, raw: shown.append((data, raw)))

    monkeypatch.setitem(sys.modules, "IPython", ipython_with(notebook({"content": {"allow_stdin": True}})))
    fake = SimpleNamespace(display=display, clear_output=lambda: shown.append("cleared"))
    monkeypatch.setitem(sys.modules, "IPython.display", fake)
    texts = [{"text/plain": bar(done, 2)} for done in range(3)]
    assert list(watched("ab", total=2)) == ["a", "b"]
    assert shown == [texts[0], (texts[1], True), (texts[2], True), "cleared"]
    shown.clear()
    stopped = watched("ab", total=2)
    next(stopped)
    stopped.close()
    assert shown == [texts[0], (texts[1], True), "cleared"]


def test_the_bar():
    assert bar(0, 3) == f"[{'.' * 30}] 0 of 3"
    assert bar(1, 3) == f"[{'#' * 10}{'.' * 20}] 1 of 3"
    assert bar(3, 3) == f"[{'#' * 30}] 3 of 3"
