"""Batches of several axes, large ones that are cut into blocks, and rules of one's own in `descend`."""

from __future__ import annotations

import numpy as np
import pytest

from momentum.descent import descend
from momentum.descent.loops import BLOCK
from momentum.landscapes import bowl
from momentum.updates import heavy_ball_step, velocity_step


@pytest.mark.parametrize("keep_path", [True, False])
def test_runs_on_several_axes_diverge_one_by_one(keep_path):
    # Of the two weights of a run one is enough; at lr = 3 it is (-2)^k.
    w0 = np.ones((2, 3, 2))
    w0[:, :, 1] = 0.0
    lr = np.full((2, 3, 2), 0.5)
    lr[0, 1, 0] = lr[1, 2, 0] = 3.0
    path = descend(lambda w: w, w0, lr, 0.0, steps=1030, keep_path=keep_path)
    assert path.diverged_at.tolist() == [[-1, 1024, -1], [-1, -1, 1024]]


@pytest.mark.parametrize("step", [heavy_ball_step, velocity_step])
def test_a_large_batch_knows_where_each_of_its_runs_diverged(step):
    few = np.append(0.5, np.linspace(4.0, 9.0, 63))[:, None]
    lr = np.concatenate([np.full((BLOCK, 1), 0.5), few])
    many = descend(bowl(), [1.0], lr, 0.5, steps=1030, step=step, keep_path=False)
    alone = descend(bowl(), [1.0], few, 0.5, steps=1030, step=step)
    assert alone.diverged_at[0] == -1
    assert (alone.diverged_at[1:] > 300).all()
    assert (many.diverged_at[:BLOCK] == -1).all()
    assert np.array_equal(many.diverged_at[BLOCK:], alone.diverged_at)


def test_a_schedule_of_the_learning_rate_leaves_mu_its_batch():
    mu = np.array([[0.0], [0.5], [0.9]])
    path = descend(bowl(), [1.0], lambda k: 0.1 + 0 * k, mu, steps=4)
    for i, each in enumerate(mu):
        assert np.array_equal(path.w[:, i], descend(bowl(), [1.0], 0.1, each, steps=4).w)


def test_noise_is_added_to_the_gradient():
    path = descend(bowl(), [1.0], 0.5, 0.0, steps=1, noise=2.0, rng=np.random.default_rng(4))
    draw = np.random.default_rng(4).standard_normal(1)
    assert path.w[1].tolist() == (1.0 - 0.5 * (1.0 + 2.0 * draw)).tolist()


@pytest.mark.parametrize("keep_path", [True, False])
def test_a_rule_of_ones_own_keeps_the_type_of_the_run(keep_path):
    def step(w, state, g, lr, mu):
        return (np.asarray(w, np.float64) - np.float64(lr + mu) * g).tolist(), state

    path = descend(lambda w: w, np.ones(1, np.float32), 0.1, 0.0, steps=3, step=step, keep_path=keep_path)
    assert path.w.dtype == np.float32
    w = np.ones(1, np.float32)
    for _ in range(3):
        w = (w - np.float64(0.1) * w).astype(np.float32)
    assert path.w[-1].tolist() == w.tolist()
