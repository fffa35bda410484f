"""Several optimisers as one step as they would one after another, and come back from a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tidu import optim
from tidu.train import checkpoint


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8, bias=False), nn.LayerNorm(8), nn.Linear(8, 3))


def parts(network: nn.Module) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
    matrices = [p for p in network.parameters() if p.dim() == 2]
    others = [p for p in network.parameters() if p.dim() != 2]
    return torch.optim.Muon(matrices, lr=0.01), torch.optim.AdamW(others, lr=0.02, fused=True)


def differentiate(network: nn.Module, seed: int) -> None:
    inputs = torch.randn(16, 4, generator=torch.Generator().manual_seed(seed))
    network.zero_grad()
    network(inputs).square().sum().backward()


def weights(network: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in network.parameters()])


def test_it_steps_as_each_alone() -> None:
    one, two = network(), network()
    together, alone = optim.Together(*parts(one)), parts(two)
    for seed in range(5):
        for group in [*together.param_groups, *(g for each in alone for g in each.param_groups)]:
            group["lr"] = 0.01 * (seed + 1)
        differentiate(one, seed)
        differentiate(two, seed)
        together.step()
        for each in alone:
            each.step()
    assert torch.equal(weights(one), weights(two))


def test_a_checkpoint_brings_it_back(tmp_path: Path) -> None:
    first, second = network(), network()
    ours = optim.Together(*parts(first))
    for seed in range(3):
        differentiate(first, seed)
        ours.step()
    checkpoint.save(tmp_path / "kept", {"network": first, "optimizer": ours})
    theirs = optim.Together(*parts(second))
    checkpoint.load(tmp_path / "kept", {"network": second, "optimizer": theirs})
    for seed in range(3, 6):
        for each, optimizer in ((first, ours), (second, theirs)):
            for group in optimizer.param_groups:
                group["lr"] = 0.003 * seed
            differentiate(each, seed)
            optimizer.step()
    assert torch.equal(weights(first), weights(second))


def test_what_does_not_fit_is_refused() -> None:
    one = network()
    muon, adam = parts(one)
    with pytest.raises(ValueError, match="more than one"):
        optim.Together(muon, muon)
    with pytest.raises(ValueError, match="at least one"):
        optim.Together()
    with pytest.raises(ValueError, match="of 2 optimisers"):
        optim.Together(adam).load_state_dict(optim.Together(muon, adam).state_dict())
