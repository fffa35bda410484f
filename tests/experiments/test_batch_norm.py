"""The race of batch normalisation: every rate is plain SGD at it, steps are counted right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tidu import data, nn, train
from tidu.errors import TiduError
from tidu.experiments.optimisation import batch_norm
from tidu.runs import Run

CONFIG = batch_norm.Config(
    source="mnist-5k", depth=2, width=8, rates=(0.3, 2.0), reach=0.99, budget=13, validation=50
)


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("arm", ["with", "without"])
def test_a_copy_walks_as_sgd_at_its_own_rate(arm: str, tmp_path: Path) -> None:
    images = data.images_or("mnist-5k", None)
    run = Run(tmp_path, config=CONFIG, seeds=(3, 5), quiet=True)
    learned, kept = batch_norm.split_rows(CONFIG, run, len(images.train_labels))
    together, reached = batch_norm.train_arm(CONFIG, run, images, arm, learned, kept)
    assert (reached == CONFIG.budget + 1).all()
    for copy, (seed, rate) in enumerate([(3, 0.3), (3, 2.0), (5, 0.3), (5, 2.0)]):
        alone = batch_norm.new_network(CONFIG, arm, seed, 10)
        optimizer = torch.optim.SGD(alone.parameters(), lr=rate)
        order = train.Shuffled(learned.shape[1], CONFIG.batch, seed)
        for step in range(CONFIG.budget):
            rows = learned[copy // 2][order(step)]
            logits = alone(images.train_images[rows].flatten(1).float() / 255)
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(logits, images.train_labels[rows]).backward()
            optimizer.step()
        found = nn.unstack(together, copy).state_dict()
        for name, value in alone.state_dict().items():
            torch.testing.assert_close(found[name], value, rtol=1e-3, atol=1e-5)


def test_accuracy_is_looked_at_up_to_the_last_step() -> None:
    for budget in (5, 10, 13, 5000):
        looks = batch_norm.look_steps(budget)
        assert list(looks.values()) == list(range(len(looks)))
        assert list(looks) == sorted(set(looks))
        assert max(looks) == budget


@pytest.mark.usefixtures("embedded")
def test_too_little_to_learn_from_is_told(tmp_path: Path) -> None:
    run = Run(tmp_path, config=CONFIG, quiet=True)
    with pytest.raises(TiduError, match="--validation 50 leaves 30"):
        batch_norm.split_rows(CONFIG, run, 80)


def test_a_rate_that_is_too_large_ends_nothing(tmp_path: Path) -> None:
    """It comes last in its sweep; the others go on."""
    config = replace(CONFIG, activation="relu", rates=(0.1, 1e12), budget=40)
    run = Run(tmp_path, seeds=(0, 1), quiet=True, checkpoint_every=0)
    found = batch_norm.run(config, run)
    assert found["rate_without"] == [0.1, 0.1]
