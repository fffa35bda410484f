"""Networks stacked in one are pruned as each would be alone."""

from __future__ import annotations

import copy

import pytest
import torch

from tidu import compress, nn


def networks(count: int) -> list[torch.nn.Module]:
    """Networks of one form, each with its own weights."""
    return [nn.LeNet300100(classes=3, size=4, hidden=(12, 6)) for _ in range(count)]


@pytest.mark.parametrize("scope", ["global", "layer"])
def test_cutting_stacked_networks_cuts_each_as_alone(scope: str) -> None:
    alone = networks(3)
    stacked = nn.stack(alone)
    masks = compress.Masks(stacked, compress.prunable(alone[0]))
    for left in (0.6, 0.3):
        compress.cut_weights(stacked, masks, left, scope)  # type: ignore[arg-type]
    for index, network in enumerate(alone):
        own = compress.Masks(network)
        for left in (0.6, 0.3):
            compress.cut_weights(network, own, left, scope)  # type: ignore[arg-type]
        one = compress.single(stacked, index).state_dict()
        for name, weight in network.state_dict().items():
            assert torch.equal(weight, one[name]), name


def test_neurons_leave_stacked_networks_as_they_leave_each() -> None:
    alone = networks(2)
    example = torch.rand(5, 1, 4, 4)
    small = compress.without_weakest_neurons(nn.stack(alone), 0.5, example)
    for index, network in enumerate(alone):
        own = compress.without_weakest_neurons(network, 0.5, example)
        assert own.get_parameter("hidden.0.weight").shape == (6, 16)
        torch.testing.assert_close(compress.single(small, index)(example), own(example))


def test_an_ordinary_network_is_its_own_single() -> None:
    network = networks(1)[0]
    assert compress.copies_in(network) is None
    assert compress.single(network) is network
    before = copy.deepcopy(network)
    compress.without_weakest_neurons(network, 0.5, torch.rand(2, 1, 4, 4))
    for one, two in zip(network.parameters(), before.parameters(), strict=True):
        assert torch.equal(one, two)
