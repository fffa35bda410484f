"""What holds for every MLP."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tidu.nn.mlp import MLP


def test_two_sizes_are_a_linear_model() -> None:
    net = MLP((3, 2)).double()
    x, y = torch.randn(2, 5, 3, dtype=torch.float64)
    zero = net(torch.zeros(1, 3).double())
    torch.testing.assert_close(net(x + 2 * y) - zero, net(x) + 2 * net(y) - 3 * zero)


def test_a_relu_net_without_biases_scales_with_its_input() -> None:
    net = MLP((3, 8, 8, 2)).double()
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.dim() == 1:
                parameter.zero_()
    x = torch.randn(5, 3, dtype=torch.float64)
    torch.testing.assert_close(net(3 * x), 3 * net(x))


def test_hidden_units_may_change_places() -> None:
    net = MLP((3, 6, 2), nn.Tanh)
    x = torch.randn(5, 3)
    before = net(x)
    order = torch.randperm(6)
    first, second = net.layers[0], net.layers[2]
    with torch.no_grad():
        first.weight.copy_(first.weight[order])
        first.bias.copy_(first.bias[order])
        second.weight.copy_(second.weight[:, order])
    torch.testing.assert_close(net(x), before)


def test_the_last_stage_is_the_output_and_dimensions_in_front_are_kept() -> None:
    net = MLP((3, 4, 4, 2))
    x = torch.randn(2, 7, 3)
    stages = net.stages(x)
    assert [s.shape[-1] for s in stages] == [3, 4, 4, 4, 4, 2]
    torch.testing.assert_close(stages[-1], net(x))
    torch.testing.assert_close(net(x)[1], net(x[1]))


@pytest.mark.parametrize("sizes", [(3,), (), (3, 0, 2)])
def test_impossible_sizes_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="MLP expects"):
        MLP(sizes)
