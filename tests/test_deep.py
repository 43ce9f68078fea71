"""Deep networks: derivatives against differences and dense Hessians, training against a loop by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from momentum.deep import (
    Training,
    gradients,
    hessian_times,
    init_networks,
    reconstruct,
    reconstruction_loss,
    sharpness,
    train,
)
from momentum.deep.networks import TANH_SCALE
from momentum.deep.training import GIVEN_UP, minibatches
from momentum.updates import nesterov_step, velocity_step

SIZES = [4, 3, 2, 4]
IMAGES = np.random.default_rng(5).normal(size=(12, 4))


def flat(params, network=0):
    return np.concatenate([array[network].ravel() for array in params])


def unflat(vector, params):
    shapes = [array.shape[1:] for array in params]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    return [part.reshape(1, *shape) for part, shape in zip(np.split(vector, ends), shapes, strict=True)]


def alone(params, network):
    return [array[network : network + 1] for array in params]


def moved(params):
    """Return params whose biases are not zero."""
    rng = np.random.default_rng(8)
    return [array + 0.3 * rng.normal(size=array.shape) for array in params]


def test_a_network_by_hand():
    params = [np.array([[[2.0]]]), np.array([[[1.0]]]), np.array([[[3.0]]]), np.array([[[-1.0]]])]
    images = np.array([[0.5], [0.0]])
    expected = 3 * np.tanh([2.0, 1.0]) - 1
    assert np.allclose(reconstruct(params, images)[0, :, 0], expected)
    miss = expected - [0.5, 0.0]
    assert np.allclose(reconstruction_loss(params, images), (miss**2).sum() / 4)


def test_the_last_layer_is_linear_and_the_others_are_not():
    params = init_networks([2, 2, 2, 2], [0])
    params[-2] = 100 * params[-2]
    once = reconstruct(params, np.array([[5.0, -5.0]]))
    assert np.abs(once).max() > 1
    assert np.abs(reconstruct(params, 1e6 * np.array([[5.0, -5.0]]))).max() < 1e3


def test_the_gradient_is_that_of_differences():
    params = moved(init_networks(SIZES, [1]))
    found, point, h = flat(gradients(params, IMAGES)), flat(params), 1e-6
    for i in range(len(point)):
        ahead, behind = point.copy(), point.copy()
        ahead[i] += h
        behind[i] -= h
        rise = reconstruction_loss(unflat(ahead, params), IMAGES) - reconstruction_loss(
            unflat(behind, params), IMAGES
        )
        assert np.isclose(rise[0] / (2 * h), found[i], atol=1e-8)


def test_networks_do_not_mix():
    params = moved(init_networks(SIZES, [1, 2]))
    own = np.random.default_rng(3).normal(size=(2, 6, 4))
    for k in range(2):
        one = alone(params, k)
        assert np.allclose(reconstruction_loss(params, own)[k], reconstruction_loss(one, own[k])[0])
        assert np.allclose(flat(gradients(params, own), k), flat(gradients(one, own[k])))
        assert np.allclose(
            flat(hessian_times(params, IMAGES, params), k), flat(hessian_times(one, IMAGES, one))
        )
        assert np.allclose(sharpness(params, IMAGES)[0][k], sharpness(one, IMAGES)[0][0])


def dense_hessian(params):
    size = len(flat(params))
    columns = [flat(hessian_times(params, IMAGES, unflat(e, params))) for e in np.eye(size)]
    return np.array(columns)


def test_the_hessian_is_that_of_differences_of_the_gradient():
    params = moved(init_networks(SIZES, [1]))
    hessian, point, h = dense_hessian(params), flat(params), 1e-6
    assert np.allclose(hessian, hessian.T)
    for i, row in enumerate(hessian):
        step = h * np.eye(len(point))[i]
        ahead, behind = (flat(gradients(unflat(point + s, params), IMAGES)) for s in (step, -step))
        assert np.allclose((ahead - behind) / (2 * h), row, atol=1e-7)


def test_the_sharpness_is_the_largest_eigenvalue_of_the_dense_hessian():
    params = moved(init_networks(SIZES, [1]))
    values = np.linalg.eigvalsh(dense_hessian(params))
    assert values[-1] > 1.2 * np.abs(values[:-1]).max()
    value, vector = sharpness(params, IMAGES)
    assert np.isclose(value[0], values[-1])
    unit = flat(vector) / np.linalg.norm(flat(vector))
    assert np.allclose(dense_hessian(params) @ unit, value[0] * unit, atol=1e-6)


def test_power_iteration_goes_on_from_where_it_stopped():
    params = moved(init_networks(SIZES, [1]))
    _, vector = sharpness(params, IMAGES, iterations=3)
    there = sharpness(params, IMAGES, iterations=4, start=vector)[0]
    assert np.array_equal(there, sharpness(params, IMAGES, iterations=7)[0])
    assert sharpness(params, IMAGES, iterations=1)[0] < there
    with pytest.raises(ValueError, match="iterations must be at least 1, got 0"):
        sharpness(params, IMAGES, iterations=0)


def test_the_sharpness_is_read_after_fifty_products_unless_told():
    params = moved(init_networks(SIZES, [1]))
    told, vector = sharpness(params, IMAGES, iterations=50)
    found, again = sharpness(params, IMAGES)
    assert np.array_equal(found, told)
    assert all(np.array_equal(a, b) for a, b in zip(vector, again, strict=True))


@pytest.mark.parametrize("init", ["glorot", "sparse"])
def test_a_start_depends_on_its_own_seed_only(init):
    both, one = init_networks(SIZES, [3, 7], init), init_networks(SIZES, [7], init)
    assert all(np.array_equal(a[1:], b) for a, b in zip(both, one, strict=True))
    assert not np.array_equal(both[0][0], both[0][1])
    assert not any(bias.any() for bias in both[1::2])


def test_glorots_start():
    weights = init_networks([200, 100], [0])[0][0]
    bound = np.sqrt(6 / 300)
    assert 0.99 * bound < np.abs(weights).max() <= bound
    assert np.isclose(weights.var(), 2 / 300, rtol=0.02)
    assert abs(weights.mean()) < 0.002


def test_the_sparse_start():
    weights = init_networks([100, 400], [0], "sparse")[0][0]
    assert np.all((weights != 0).sum(axis=0) == 15)
    assert (weights != 0).any(axis=1).all()
    assert len(np.unique(weights[weights != 0])) == 400 * 15
    assert np.isclose(weights[weights != 0].std(), TANH_SCALE, rtol=0.05)
    assert TANH_SCALE == 0.25
    assert np.all(init_networks([8, 5], [0], "sparse")[0] != 0)


@pytest.mark.parametrize("nesterov", [False, True])
def test_training_is_the_rule_of_the_package(nesterov):
    run = train(SIZES, IMAGES, 0.05, 0.8, nesterov, seeds=[4], batch=4, updates=10, every=5)
    params = init_networks(SIZES, [4])
    velocity = [np.zeros_like(array) for array in params]
    data, step = minibatches(IMAGES, [4], 4), nesterov_step if nesterov else velocity_step
    for _ in range(10):
        slopes = gradients(params, next(data))
        pairs = [step(*each, 0.05, 0.8) for each in zip(params, velocity, slopes, strict=True)]
        params, velocity = ([pair[i] for pair in pairs] for i in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(run.params, params, strict=True))
    assert np.array_equal(run.loss[-1], reconstruction_loss(params, IMAGES))
    assert np.array_equal(run.loss[0], reconstruction_loss(init_networks(SIZES, [4]), IMAGES))
    assert run.epochs.tolist() == pytest.approx([0, 5 / 3, 10 / 3])


def test_each_update_can_have_its_momentum():
    momenta = np.array([0.0, 0.3, 0.6, 0.9])
    run = train(SIZES, IMAGES, 0.05, momenta, seeds=[4], batch=4, updates=4, every=2)
    params, data = init_networks(SIZES, [4]), minibatches(IMAGES, [4], 4)
    velocity = [np.zeros_like(array) for array in params]
    for mu in momenta:
        slopes = gradients(params, next(data))
        pairs = [velocity_step(*each, 0.05, mu) for each in zip(params, velocity, slopes, strict=True)]
        params, velocity = ([pair[i] for pair in pairs] for i in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(run.params, params, strict=True))


def test_training_is_plain_sgd_unless_told():
    run = train(SIZES, IMAGES, 0.05, batch=12, updates=1, every=1)
    params = init_networks(SIZES, [0])
    pairs = zip(params, gradients(params, IMAGES), strict=True)
    expected = [w - 0.05 * g for w, g in pairs]
    assert all(np.allclose(a, b, atol=1e-15) for a, b in zip(run.params, expected, strict=True))


def test_three_hundred_updates_of_a_hundred_images_unless_told():
    images = np.random.default_rng(0).normal(size=(200, 2))
    run = train([2, 1, 2], images, 0.01)
    # A record every ten updates, each of half an epoch.
    assert run.epochs.tolist() == [5.0 * k for k in range(31)]
    assert run.loss.shape == (31, 1)
    assert run.sharpness is None


def test_training_is_reproducible_bit_for_bit():
    settings = {"seeds": [0, 1], "batch": 6, "updates": 8, "every": 2, "power_iterations": 2}
    first, second = (train(SIZES, IMAGES, 0.1, 0.9, **settings) for _ in range(2))
    for name in ("epochs", "loss", "sharpness"):
        assert np.array_equal(getattr(first, name), getattr(second, name))
    single = train(SIZES, IMAGES, 0.1, 0.9, **settings | {"seeds": [1]})
    assert np.allclose(single.loss[:, 0], first.loss[:, 1], rtol=1e-12)
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.loss = None


def test_the_start_can_be_chosen():
    run = train(SIZES, IMAGES, 0.0, batch=12, updates=1, every=1, init="sparse")
    assert all(
        np.array_equal(a, b) for a, b in zip(run.params, init_networks(SIZES, [0], "sparse"), strict=True)
    )
    assert run.sharpness is None


def test_the_recorded_sharpness():
    run = train(SIZES, IMAGES, 0.0, batch=1, updates=2, every=1, power_iterations=1)
    params = init_networks(SIZES, [0])
    expected = [sharpness(params, IMAGES, iterations=n)[0] for n in (10, 11, 12)]
    assert np.array_equal(run.sharpness, expected)
    assert len(np.unique(run.sharpness)) == 3


def test_every_image_is_used_once_in_an_epoch():
    data = minibatches(np.arange(12.0)[:, None], [0, 1], 4)
    epochs = [np.concatenate([next(data) for _ in range(3)], axis=1)[..., 0] for _ in range(2)]
    for epoch in epochs:
        assert np.array_equal(np.sort(epoch, axis=1), [np.arange(12), np.arange(12)])
        assert not np.array_equal(epoch[0], epoch[1])
    assert not np.array_equal(epochs[0], epochs[1])
    lone = next(minibatches(np.arange(12.0)[:, None], [1], 4))[0, :, 0]
    assert np.array_equal(lone, epochs[0][1, :4])


def test_a_run_that_blows_up_is_given_up():
    run = train(SIZES, IMAGES, 50.0, batch=12, updates=6, every=1, power_iterations=1)
    gone = np.flatnonzero(np.isinf(run.loss[:, 0]))
    assert gone[0] > 0
    assert np.array_equal(gone, np.arange(gone[0], 7))
    assert np.all(run.loss[: gone[0]] < GIVEN_UP * run.loss[0])
    assert np.all(np.isnan(run.sharpness[gone]))
    assert np.all(np.isfinite(run.sharpness[: gone[0]]))
    assert GIVEN_UP == 10
    # What overflows between two records warns about nothing; the loss counts next to that of the start.
    assert np.isinf(train(SIZES, IMAGES, 1e200, batch=12, updates=6, every=3).loss[1:]).all()
    assert np.isfinite(train(SIZES, 10 * IMAGES, 0.0, batch=12, updates=1, every=1).loss).all()


def test_a_run_that_was_given_up_does_not_count_when_it_comes_back():
    # Without momentum one direction is beyond its stability limit, lr * curvature = 2.5; with 0.9 it is not.
    images, momenta = 2 * np.array([[1, 0], [-1, 0], [0, 0.5], [0, -0.5]]), np.repeat([0.0, 0.9], [4, 116])
    run = train([2, 2], images, 1.25, momenta, seeds=[0, 1], batch=4, updates=120, every=4)
    assert np.isfinite(run.loss[:, 0]).all()
    assert np.isinf(run.loss[1:, 1]).all()
    assert reconstruction_loss(run.params, images)[1] < 1e-3 * run.loss[0, 1]


def test_one_run_that_blows_up_leaves_the_others_alone():
    settings = {"batch": 12, "updates": 30, "every": 1}
    rates = np.geomspace(0.1, 10, 15)
    runs = [train(SIZES, IMAGES, lr, seeds=[0, 1, 2], **settings) for lr in rates]
    mixed = [run for run in runs if 0 < np.isinf(run.loss[-1]).sum() < 3]
    assert mixed
    for run in mixed:
        survivors = np.isfinite(run.loss[-1])
        assert np.all(np.isfinite(run.loss[:, survivors]))


def test_when_a_target_is_reached():
    curve = np.array([[4.0, 4.0, 1.0], [2.0, np.inf, 3.0], [1.0, np.inf, 1.0], [1.5, np.inf, 0.5]])
    run = Training(np.array([0.0, 2.0, 4.0, 6.0]), curve, None, [])
    assert run.epochs_to(1.5).tolist() == [3.0, np.inf, 0.0]
    assert run.epochs_to(2.0).tolist() == [2.0, np.inf, 0.0]
    assert run.epochs_to(2.5)[0] == 1.5
    assert run.epochs_to(1.0).tolist() == [4.0, np.inf, 0.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch": 5}, r"batch must be a divisor of the number of images, 12, got 5"),
        ({"batch": 0}, r"batch must be a divisor"),
        ({"every": 3}, r"every must be a divisor of the number of updates, 4, got 3"),
        ({"every": 0}, r"every must be a divisor"),
        ({"sizes": [4, 3]}, r"sizes must be 4 at both ends, .* got \[4, 3\]"),
        ({"sizes": [3, 3]}, r"sizes must be 4 at both ends"),
        ({"lr": -1.0}, r"lr must be finite and not negative, got -1.0"),
        ({"mu": [0.5, 0.9]}, r"mu must be a number, or an array of shape \(4,\), got \[0.5, 0.9\]"),
        ({"mu": 1.0}, r"mu must be in \[0, 1\), got 1.0"),
        ({"seeds": []}, r"seeds must be at least one seed, got \[\]"),
        ({"init": "zero"}, r"init must be one of glorot, sparse, got 'zero'"),
    ],
)
def test_what_training_refuses(change, message):
    settings = {"sizes": SIZES, "images": IMAGES, "lr": 0.1, "batch": 4, "updates": 4, "every": 2}
    with pytest.raises(ValueError, match=message):
        train(**settings | change)


@pytest.mark.parametrize("sizes", [[4], [4, 0, 4]])
def test_what_a_network_refuses(sizes):
    with pytest.raises(ValueError, match="must be") as caught:
        init_networks(sizes, [0])
    assert str(caught.value) == f"sizes must be at least two numbers of units, each at least 1, got {sizes}"
