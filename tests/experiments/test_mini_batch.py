"""Full, small and single batches: each walks as plain descent with PyTorch would, alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal, cast

import pytest
import torch

from tidu import data, runs, train, vision
from tidu.experiments.optimisation import mini_batch
from tidu.experiments.optimisation.mini_batch import WAYS, Config, Way
from tidu.runs import Run

CONFIG = Config(
    source="digits", hidden=(8,), batch=16, full_epochs=6, mini_epochs=1, single_epochs=1, probe=50
)


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_walks_as_one_network_with_pytorch(way: Way, tmp_path: Path) -> None:
    images = cast("data.Images", data.load("digits"))
    inputs, labels = vision.grey_pixels(images.train_images[:60]), images.train_labels[:60]
    run = Run(tmp_path, seeds=(3, 4), quiet=True)
    _, seen, losses = mini_batch.descend(CONFIG, run, images, inputs, labels, way)
    rates = mini_batch.rates_of(CONFIG, way)
    assert losses.shape == (len(seen), 2, len(rates))
    assert not losses.isnan().any()

    size = {"full": 60, "mini": 16, "single": 1}[way]
    order = train.Shuffled(60, size, 4)
    network = runs.pixel_mlp(CONFIG.hidden, images, 4)
    optimizer = torch.optim.SGD(network.parameters(), lr=rates[1])
    loss = torch.nn.functional.cross_entropy
    for step in range(mini_batch.epochs_of(CONFIG, way) * order.per_epoch):
        rows = order(step)
        optimizer.zero_grad()
        loss(network(inputs[rows]), labels[rows]).backward()
        optimizer.step()
        look = (seen == (step + 1) * size).nonzero().flatten()
        if len(look):
            own = loss(network(inputs[:50]), labels[:50]).detach()
            torch.testing.assert_close(losses[look[0], 1, 1], own, rtol=1e-4, atol=1e-5)


def test_looks_are_dense_at_first_and_take_in_the_first_pass() -> None:
    looks = list(mini_batch.look_steps(5000, 937))
    assert looks == sorted(set(looks))
    assert {1, 937, 5000} <= set(looks)
    assert looks[:3] == [1, 2, 3]
    assert list(mini_batch.look_steps(1, 1)) == [1]


def test_images_seen_is_the_first_look_below_or_all() -> None:
    curves = torch.tensor([[2.0, 2.0], [0.4, 2.0], [0.6, 2.0], [0.3, 0.9]])
    seen = torch.tensor([10, 20, 30, 40])
    assert mini_batch.images_seen(curves, seen, 0.5) == [20.0, 40.0]


@pytest.mark.parametrize("order", [None, "once", "sorted"])
def test_the_order_is_as_asked(order: Literal["once", "sorted"] | None) -> None:
    labels = torch.randint(4, (50,), generator=torch.Generator().manual_seed(0))
    rows = mini_batch.order_of(Config(order=order), labels, 10, seed=3)
    passes = [torch.cat([rows(5 * turn + place) for place in range(5)]) for turn in range(2)]
    for one in passes:
        assert sorted(one.tolist()) == list(range(50))
    assert torch.equal(*passes) == (order is not None)
    said = labels[passes[0]].tolist()
    assert (said == sorted(said)) == (order == "sorted")


def test_the_noise_of_small_batches_carries_some_over_the_barrier(tmp_path: Path) -> None:
    config = replace(CONFIG, well=True, full_epochs=1, full_rates=(0.1,))
    run = Run(tmp_path / "well", seeds=(0, 1, 2, 3, 4), quiet=True)
    found = mini_batch.run(config, run)
    assert len(set(found["well_full"])) == 1  # without noise no seed differs
    for full, mini in zip(found["well_full"], found["well_mini"], strict=True):
        assert mini < full
    assert len(set(found["well_mini"])) == 5
    plain = mini_batch.run(CONFIG, Run(tmp_path / "plain", quiet=True))
    assert not [name for name in plain if name.startswith("well")]
