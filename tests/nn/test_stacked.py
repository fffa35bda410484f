"""Stacked networks against the same networks one by one: values, gradients, training."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from tidu.nn.stacked import StackedLinear, clip_grad_norm_per_copy_, stack, unstack

COPIES = 5


def networks(dtype: torch.dtype = torch.float64) -> list[nn.Module]:
    torch.manual_seed(3)
    return [
        nn.Sequential(
            nn.Linear(2, 7), nn.Tanh(), nn.Sequential(nn.Linear(7, 6), nn.ReLU()), nn.Linear(6, 3)
        ).to(dtype)
        for _ in range(COPIES)
    ]


def batches(dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(4)
    inputs = torch.randn(COPIES, 11, 2, dtype=dtype, generator=generator)
    return inputs, torch.randint(3, (COPIES, 11), generator=generator)


def loss_of(logits: Tensor, targets: Tensor) -> Tensor:
    return nn.functional.cross_entropy(logits.flatten(0, -2), targets.flatten())


def test_forward_and_gradient_are_those_of_the_separate_networks() -> None:
    separate, (inputs, targets) = networks(), batches()
    stacked = stack(separate)
    (loss_of(stacked(inputs), targets) * COPIES).backward()
    for i, net in enumerate(separate):
        loss_of(net(inputs[i]), targets[i]).backward()
        torch.testing.assert_close(stacked(inputs)[i], net(inputs[i]), rtol=1e-12, atol=1e-12)
        for together, alone in zip(stacked.parameters(), net.parameters(), strict=True):
            torch.testing.assert_close(together.grad[i], alone.grad, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("clip", [None, 0.05])
def test_twenty_steps_of_adam_end_in_the_same_weights(clip: float | None) -> None:
    separate, (inputs, targets) = networks(), batches()
    stacked = stack(separate)
    train(stacked, inputs, targets, COPIES, lambda p: clip and clip_grad_norm_per_copy_(p, clip))
    for i, net in enumerate(separate):
        train(net, inputs[i], targets[i], 1, lambda p: clip and nn.utils.clip_grad_norm_(p, clip))
        for together, alone in zip(unstack(stacked, i).parameters(), net.parameters(), strict=True):
            torch.testing.assert_close(together, alone, rtol=1e-8, atol=1e-10)


def train(net: nn.Module, inputs: Tensor, targets: Tensor, scale: int, clip) -> None:
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(20):
        optimizer.zero_grad()
        (loss_of(net(inputs), targets) * scale).backward()
        clip(list(net.parameters()))
        optimizer.step()


def test_clipping_leaves_small_gradients_and_bounds_large_ones() -> None:
    layer = StackedLinear(3, 4, 2)
    scales = torch.tensor([1e-3, 1.0, 1e3])
    (layer(torch.ones(3, 5, 4)).sum((1, 2)) * scales).sum().backward()
    before = layer.weight.grad.clone()
    norms = clip_grad_norm_per_copy_(layer.parameters(), 1.0)
    after = torch.cat([p.grad.flatten(1) for p in layer.parameters()], 1).norm(dim=1)
    assert norms[0] < 1 < norms[1]
    torch.testing.assert_close(layer.weight.grad[0], before[0])
    torch.testing.assert_close(after, norms.clamp(max=1.0), rtol=1e-4, atol=1e-6)


def test_unstack_gives_back_the_networks_that_went_in() -> None:
    separate = networks(torch.float32)
    stacked = stack(separate)
    for i, net in enumerate(separate):
        back = unstack(stacked, i)
        assert repr(back) == repr(net)
        for name, value in net.state_dict().items():
            assert torch.equal(back.state_dict()[name], value)


def test_stack_copies_the_weights() -> None:
    separate = networks()
    before = copy.deepcopy(separate[0].state_dict())
    with torch.no_grad():
        for parameter in stack(separate).parameters():
            parameter.zero_()
    assert all(torch.equal(before[k], v) for k, v in separate[0].state_dict().items())


def test_layers_without_bias_and_a_bare_layer() -> None:
    layers = [nn.Linear(4, 3, bias=False) for _ in range(2)]
    inputs = torch.randn(2, 6, 4)
    expected = torch.stack([layer(x) for layer, x in zip(layers, inputs, strict=True)])
    torch.testing.assert_close(stack(layers)(inputs), expected)
    assert unstack(stack(layers), 0).bias is None


def test_fresh_copies_differ_and_start_in_the_range_of_linear() -> None:
    layer = StackedLinear(6, 9, 4)
    assert layer.weight.abs().max() <= 1 / 3
    assert len({float(w[0, 0]) for w in layer.weight.detach()}) == 6


def test_what_cannot_be_stacked_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        stack([])
    with pytest.raises(ValueError, match="same layers"):
        stack([nn.Linear(2, 3), nn.Linear(2, 4)])
    with pytest.raises(TypeError, match="BatchNorm1d"):
        stack([nn.Sequential(nn.BatchNorm1d(3))])
    with pytest.raises(ValueError, match="backward"):
        clip_grad_norm_per_copy_(nn.Linear(2, 2).parameters(), 1.0)
