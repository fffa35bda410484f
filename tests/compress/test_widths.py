"""A small dense network is as large as asked for, and one neuron fewer would not do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tidu.compress import widths_of_size
from tidu.nn import LeNet5, LeNet300100


def dense(widths: list[int], inputs: int = 784, classes: int = 10) -> int:
    """The weights and biases of linear layers in a row, counted by hand."""
    sizes = [inputs, *widths, classes]
    return sum((a + 1) * b for a, b in pairwise(sizes))


@given(st.integers(1, 266_610), st.integers(1, 30))
def test_it_is_the_narrowest_with_as_many_parameters(parameters: int, least: int) -> None:
    def build(hidden: Sequence[int]) -> torch.nn.Module:
        return LeNet300100(hidden=hidden)

    first, second = widths_of_size(build, (300, 100), parameters, least)
    assert dense([first, second]) >= parameters
    assert second == max(least, 1, round(first / 3))
    if first > 1:
        assert dense([first - 1, max(least, 1, round((first - 1) / 3))]) < parameters


def test_channels_and_neurons_keep_their_proportions() -> None:
    widths = widths_of_size(
        lambda w: LeNet5(channels=(w[0], w[1]), hidden=w[2:]), (20, 50, 500), 431_080 // 4
    )
    scale = widths[2] / 500
    assert widths[:2] == [round(20 * scale), round(50 * scale)]


def test_more_than_there_were_is_refused() -> None:
    with pytest.raises(ValueError, match="266610"):
        widths_of_size(lambda h: LeNet300100(hidden=h), (300, 100), 266_611)
