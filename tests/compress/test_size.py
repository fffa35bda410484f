"""Sizes are those of the tensors; time is measured."""

from __future__ import annotations

import torch
from torch import nn

from tidu.compress import count_parameters, count_weights_left, latency, stored_bytes


def test_counts_are_those_of_the_tensors() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 3))
    with torch.no_grad():
        net[2].weight[:2] = 0
    assert count_parameters(net) == 18 + 2 + 24 + 3
    assert count_weights_left(net) == (18 + 8, 18 + 24)


def test_sparse_storage_counts_as_rows_do() -> None:
    layer = nn.Linear(1000, 10)
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[0, :5] = 1
    assert stored_bytes(layer) == {"dense": 40_040, "sparse": 5 * 6 + 11 * 4 + 40}


def test_latency_is_measured_in_eval_mode_and_the_mode_given_back() -> None:
    seen: list[bool] = []
    net = nn.Sequential(nn.Linear(2, 2), nn.Dropout())
    net.register_forward_pre_hook(lambda m, _: seen.append(m.training))
    assert latency(net, torch.zeros(1, 2), repeats=3) > 0
    assert not any(seen)
    assert net.training
