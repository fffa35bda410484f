"""Removed neurons: the smaller network answers as the silenced one, and is really smaller."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from tidu.compress import (
    count_parameters,
    neuron_scores,
    remove_neurons,
    silence_neurons,
    strongest_neurons,
    weight_layers,
)
from tidu.nn import LeNet5, LeNet300100

CHAINS = {
    "linear": (nn.Sequential(nn.Linear(6, 9), nn.Sigmoid(), nn.Linear(9, 7), nn.GELU(),
                             nn.Linear(7, 3)), (4, 6)),
    "batch norm": (nn.Sequential(nn.Conv2d(2, 6, 3), nn.BatchNorm2d(6), nn.ReLU(),
                                 nn.AvgPool2d(2), nn.Conv2d(6, 5, 3, bias=False),
                                 nn.BatchNorm2d(5), nn.ReLU(), nn.Flatten(),
                                 nn.Linear(5 * 5 * 5, 4)), (3, 2, 16, 16)),
    "lenet-5": (LeNet5(channels=(4, 6), hidden=(8,)), (2, 1, 28, 28)),
    "lenet-300-100": (LeNet300100(), (2, 1, 28, 28)),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHAINS)
@pytest.mark.parametrize("left", [0.25, 0.5, 1.0])
def test_removal_equals_silence(kind: str, left: float) -> None:
    module, shape = CHAINS[kind]
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.running_mean)
            nn.init.uniform_(layer.bias)
    module.eval()
    example = torch.randn(shape)
    kept = strongest_neurons(module, example, left)
    small, silent = remove_neurons(module, kept, example), silence_neurons(module, kept, example)
    fresh = torch.randn(shape)
    torch.testing.assert_close(small(fresh), silent(fresh), rtol=1e-4, atol=1e-5)
    assert count_parameters(silent) == count_parameters(module)
    assert (count_parameters(small) < count_parameters(module)) == (left < 1)
    if left == 1.0:
        assert torch.equal(small(fresh), module(fresh))


def test_the_original_is_left_alone() -> None:
    module, example = LeNet300100(), torch.rand(2, 1, 28, 28)
    before = {name: p.clone() for name, p in module.named_parameters()}
    remove_neurons(module, strongest_neurons(module, example, 0.5), example)
    assert all(torch.equal(before[name], p) for name, p in module.named_parameters())


def test_a_smaller_network_fits_its_own_class() -> None:
    module, example = LeNet300100(), torch.rand(2, 1, 28, 28)
    small = remove_neurons(module, strongest_neurons(module, example, 0.5), example)
    again = LeNet300100(hidden=(150, 50))
    again.load_state_dict(small.state_dict())
    assert torch.equal(again(example), small(example))


@pytest.mark.parametrize("p", [1, 2])
def test_scores_choose_as_torch_does(p: int) -> None:
    layer = nn.Conv2d(3, 10, 3)
    scores = neuron_scores(layer, p=p, outgoing=False)
    prune.ln_structured(layer, "weight", amount=4, n=p, dim=0)
    theirs = layer.weight_mask.flatten(1).any(1)
    assert sorted(scores.argsort(descending=True)[:6].tolist()) == theirs.nonzero()[:, 0].tolist()


def test_a_neuron_nobody_listens_to_goes_first() -> None:
    net = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2))
    with torch.no_grad():
        net[0].weight[3] = 10.0
        net[2].weight[:, 3] = 0.0
    kept = strongest_neurons(net, torch.zeros(1, 4), 0.8)["0"]
    assert kept.tolist() == [True, True, True, False, True]


class Shortcut(nn.Module):
    """Two layers of which the second's input is also its output's companion."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.Linear(4, 6)
        self.beside = nn.Linear(4, 6)
        self.after = nn.Linear(6, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.after(self.before(x) + self.beside(x))


def test_what_is_no_chain_is_refused() -> None:
    module, example = Shortcut(), torch.randn(3, 4)
    with pytest.raises(ValueError, match="chain"):
        remove_neurons(
            module, {"beside": torch.arange(6) < 3, "before": torch.arange(6) < 2}, example
        )


def test_wrong_masks_shared_layers_and_groups_are_refused() -> None:
    net, example = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)), torch.zeros(1, 4)
    with pytest.raises(ValueError, match="keeps at least one"):
        remove_neurons(net, {"0": torch.zeros(3, dtype=torch.bool)}, example)
    with pytest.raises(ValueError, match="last layer"):
        remove_neurons(net, {"1": torch.ones(2, dtype=torch.bool)}, example)
    shared = nn.Linear(4, 4)
    with pytest.raises(ValueError, match="may run once"):
        weight_layers(nn.Sequential(shared, shared), example)
    grouped = nn.Sequential(nn.Conv2d(4, 4, 1, groups=2), nn.Conv2d(4, 2, 1))
    with pytest.raises(ValueError, match="groups"):
        strongest_neurons(grouped, torch.zeros(1, 4, 3, 3), 0.5)
