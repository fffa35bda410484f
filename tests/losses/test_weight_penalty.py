"""What the penalty on weights counts and what it leaves alone."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tidu.losses import penalised_weights, weight_penalty
from tidu.nn import LSTM, MLP, StackedLinear, TransformerBlock


@pytest.mark.parametrize(
    "norm",
    [
        nn.BatchNorm1d(4),
        nn.BatchNorm2d(4),
        nn.LayerNorm(4),
        nn.GroupNorm(2, 4),
        nn.InstanceNorm1d(4, affine=True),
        nn.RMSNorm(4),
    ],
)
def test_normalisations_cost_nothing(norm: nn.Module) -> None:
    net = nn.Sequential(nn.Linear(3, 4), norm)
    assert list(penalised_weights(net)) == ["0.weight"]


@pytest.mark.parametrize(
    ("module", "weights"),
    [
        (nn.Linear(3, 4), {"weight"}),
        (nn.Conv2d(1, 2, 3), {"weight"}),
        (nn.Embedding(5, 3), {"weight"}),
        (nn.LSTM(2, 3), {"weight_ih_l0", "weight_hh_l0"}),
        (StackedLinear(5, 2, 3), {"weight"}),  # its bias has two dimensions
        (MLP((2, 8, 3)), None),
        (LSTM(2, 3), None),
        (TransformerBlock(8, 2), None),
    ],
)
def test_biases_cost_nothing(module: nn.Module, weights: set[str] | None) -> None:
    counted = penalised_weights(module)
    assert counted
    if weights is not None:
        assert set(counted) == weights
    assert not any("bias" in name or "norm" in name for name in counted)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name not in counted:
                parameter.fill_(1e6)
            else:
                parameter.zero_()
    assert weight_penalty(module, l1=1.0, l2=1.0).item() == 0.0


def test_shared_weights_are_counted_once() -> None:
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    net[1].weight = net[0].weight
    assert weight_penalty(net, l2=1.0) == net[0].weight.square().sum()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_it_keeps_type_and_device(dtype: torch.dtype) -> None:
    net = nn.Linear(3, 2, dtype=dtype)
    assert weight_penalty(net, l1=0.1).dtype == dtype
    assert weight_penalty(net.to("meta"), l1=0.1, l2=0.1).device.type == "meta"


def test_its_gradient_is_weight_decay_of_sgd() -> None:
    net = nn.Linear(3, 2, dtype=torch.float64)
    twin = nn.Linear(3, 2, dtype=torch.float64)
    twin.load_state_dict(net.state_dict())
    optimizer = torch.optim.SGD([twin.weight], lr=0.1, weight_decay=2 * 0.3)
    twin.weight.grad = torch.zeros_like(twin.weight)
    optimizer.step()
    weight_penalty(net, l2=0.3).backward()
    assert net.bias.grad is None
    with torch.no_grad():
        torch.testing.assert_close(net.weight - 0.1 * net.weight.grad, twin.weight)


def test_a_module_without_weights_is_refused() -> None:
    with pytest.raises(ValueError, match="needs weights"):
        weight_penalty(nn.LayerNorm(4), l2=1.0)
