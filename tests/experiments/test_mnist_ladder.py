"""The ladder: what each rung's net is, and that the nets of a run differ and answer together."""

from __future__ import annotations

import pytest
import torch

import tidu
from tidu import nn, vision
from tidu.experiments.vision import mnist_ladder as experiment
from tidu.experiments.vision.mnist_ladder import RUNGS, Config

# Nielsen's layers: 784-100-10; 20 maps of 12 x 12; 40 maps of 4 x 4.
WEIGHTS = {
    "fully-connected": 784 * 100 + 100 + 1010,
    "convolution": 20 * 26 + 2880 * 100 + 100 + 1010,
    "two-convolutions": 20 * 26 + 40 * 501 + 640 * 100 + 100 + 1010,
    "dropout": 20 * 26 + 40 * 501 + 641 * 1000 + 1001 * 1000 + 10010,
}


@pytest.mark.parametrize("rung", WEIGHTS)
def test_a_rung_has_as_many_weights_as_its_layers_say(rung: str) -> None:
    net = experiment.new_network(Config(), RUNGS[rung], 0)
    assert sum(p.numel() for p in net.parameters()) == WEIGHTS[rung]


def test_every_rung_is_higher_than_the_one_before() -> None:
    published = [rung.published for rung in RUNGS.values()]
    assert published == sorted(published)
    assert {name: preset.rungs for name, preset in experiment.PRESETS.items()} == {
        "quick": ("fully-connected", "ensemble"),
        **{name: (name,) for name in RUNGS if name not in {"dropout"}},
        "standard": ("dropout",),
        "full": tuple(RUNGS),
    }


def test_images_are_varied_as_the_rung_says() -> None:
    images = torch.rand(6, 1, 28, 28)
    chance = torch.Generator().manual_seed(3)
    assert experiment.varied(RUNGS["relu"], images, chance) is images
    moved = experiment.varied(RUNGS["expanded"], images, torch.Generator().manual_seed(3))
    assert torch.equal(moved, vision.random_shift(images, 1, torch.Generator().manual_seed(3)))
    assert not torch.equal(experiment.varied(RUNGS["dropout"], images, chance), images)


@pytest.mark.usefixtures("embedded")
def test_the_members_differ_and_their_mean_is_kept() -> None:
    run = tidu.run(
        "mnist-ladder", preset="quick", rungs=("ensemble",), members=3, width=8, epochs=1,
        batch=256, quiet=True, report=False,
    )  # fmt: skip
    together = experiment.model(run.config, run)
    assert isinstance(together, nn.Ensemble)
    images = torch.rand(4, 1, 28, 28)
    each = torch.stack([member(images) for member in together.members])
    assert len({round(float(own.detach().sum()), 6) for own in each}) == 3
    torch.testing.assert_close(together(images).exp(), each.softmax(-1).mean(0))
    (top,) = run.read_json("ladder")
    assert len(top["members"]) == 3
