"""Zeros stay zero, through momentum and decay, on any module."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from tidu.compress import Masks, magnitude_masks, prunable
from tidu.nn import LeNet5, LeNet300100, stack

OPTIMIZERS: dict[str, Callable[[nn.Module], torch.optim.Optimizer]] = {
    "momentum": lambda m: torch.optim.SGD(m.parameters(), 0.1, momentum=0.9, weight_decay=0.01),
    "adam": lambda m: torch.optim.AdamW(m.parameters(), 0.01),
}
MODULES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "linear": (lambda: LeNet300100(hidden=(8, 6), size=4), (3, 1, 4, 4)),
    "convolutions": (lambda: LeNet5(size=16, channels=(2, 3), hidden=(5,)), (3, 1, 16, 16)),
    "recurrent": (lambda: Last(nn.LSTM(4, 5, batch_first=True)), (2, 3, 4)),
    "attention": (lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (2, 3, 8)),
}


class Last(nn.Module):
    """The first of what a module returns."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.module(x)[0]


def steps(module: nn.Module, optimizer: torch.optim.Optimizer, shape: tuple[int, ...]) -> None:
    optimizer.zero_grad()
    module(torch.randn(shape)).square().sum().backward()
    optimizer.step()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("by_hook", [True, False])
def test_zeros_stay_zero(kind: str, optimizer: str, by_hook: bool) -> None:
    make, shape = MODULES[kind]
    module = make()
    optim = OPTIMIZERS[optimizer](module)
    for _ in range(3):  # momentum gathers before the cut
        steps(module, optim, shape)
    masks = Masks(module)
    masks.update(magnitude_masks(prunable(module), 0.3))
    masks.apply(module)
    handle = masks.hold(optim, module) if by_hook else None
    kept = {n: p.detach().clone() for n, p in prunable(module).items()}
    for _ in range(3):
        steps(module, optim, shape)
        if not by_hook:
            masks.apply(module)
        for name, weight in prunable(module).items():
            assert not weight[~masks.kept[name]].any()
    assert any(not torch.equal(kept[n], p) for n, p in prunable(module).items())
    if handle is not None:
        handle.remove()
        steps(module, optim, shape)
        cut = [p[~masks.kept[n]] for n, p in prunable(module).items()]
        assert torch.cat(cut).any()


def test_masks_of_a_stacked_network_have_one_copy_each() -> None:
    networks = [LeNet300100(size=4, hidden=(6, 5)) for _ in range(3)]
    stacked = stack(networks)
    masks = Masks(stacked, prunable(networks[0]))
    assert {n: m.shape for n, m in masks.kept.items()} == {
        "hidden.0.weight": (3, 6, 16),
        "hidden.1.weight": (3, 5, 6),
        "output.weight": (3, 10, 5),
    }


def test_masks_go_to_a_state_and_back() -> None:
    layer = nn.Linear(6, 4)
    masks = Masks(layer)
    masks.update(magnitude_masks(prunable(layer), 0.25))
    other = Masks(layer)
    other.load_state_dict(masks.state_dict())
    other.apply(layer)
    assert other.left() == 0.25
    assert int(layer.weight.count_nonzero()) == 6


def test_masks_of_another_module_are_refused() -> None:
    with pytest.raises(ValueError, match="masks must fit"):
        Masks(nn.Linear(3, 2)).update({"weight": torch.ones(2, 4)})
