"""Sizes are those of the tensors; time is measured."""

from __future__ import annotations

import time

import torch
from torch import Tensor, nn

from tidu.compress import (
    count_parameters,
    count_parameters_left,
    count_weights_left,
    latency,
    speed_up,
    stored_bytes,
)


def test_counts_are_those_of_the_tensors() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 3))
    with torch.no_grad():
        net[2].weight[:2] = 0
    assert count_parameters(net) == 18 + 2 + 24 + 3
    assert count_weights_left(net) == (18 + 8, 18 + 24)
    assert count_parameters_left(net) == 18 + 2 + 8 + 3


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


class Sleeping(nn.Module):
    """Takes ``seconds``, and says that it ran."""

    def __init__(self, seconds: float, said: list[float]) -> None:
        super().__init__()
        self.seconds, self.said = seconds, said

    def forward(self, x: Tensor) -> Tensor:
        assert not self.training
        self.said.append(self.seconds)
        time.sleep(self.seconds)
        return x


def test_both_take_turns_and_the_quotient_is_that_of_their_seconds() -> None:
    said: list[float] = []
    slow, fast = Sleeping(0.03, said), Sleeping(0.01, said)
    quotient = speed_up(slow, fast, torch.zeros(1), repeats=9, warmup=1)
    assert 1.5 < quotient < 4
    assert said == [0.03, 0.01] * 10
    assert slow.training
    assert fast.training
