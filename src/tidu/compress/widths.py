"""A small dense network as large as what pruning leaves of a large one.

    widths(s) = (round(s w_1), max(least, round(s w_2)), max(least, round(s w_3)), ...)

with the smallest s for which the network has at least as many parameters: where a neuron more or
less is a large step, the small network is given the neuron. ``least`` keeps the later layers from
strangling what the first one found; with fewer neurons than classes they would.

Source: the comparison of large, sparse with small, dense networks of one shape in Zhu & Gupta
(2017), "To prune, or not to prune", section 4. Where ours differs: they scale by a few given
factors (the width multiplier of MobileNets); here the factor is found from the parameters.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import torch
from torch import nn

from tidu.compress.size import count_parameters


def widths_of_size(
    build: Callable[[Sequence[int]], nn.Module],
    widths: Sequence[int],
    parameters: int,
    least: int = 1,
) -> list[int]:
    """``widths`` scaled down to the fewest neurons that give ``build`` at least ``parameters``.

    >>> from tidu.nn import LeNet300100
    >>> widths_of_size(lambda hidden: LeNet300100(hidden=hidden), (300, 100), 12_830, least=10)
    [16, 10]
    """
    widest = max(widths)

    def scaled(neurons: int) -> list[int]:
        each = [max(1, round(neurons * width / widest)) for width in widths]
        return [each[0], *(max(least, width) for width in each[1:])]

    def size(neurons: int) -> int:
        with torch.device("meta"):  # counting needs no memory and no random draws
            return count_parameters(build(scaled(neurons)))

    sizes = range(1, widest + 1)
    place = bisect_left(sizes, parameters, key=size)
    if place == len(sizes):
        raise ValueError(
            f"parameters must be at most the {size(widest)} of the widths {list(widths)}; "
            f"got {parameters}; give wider ones"
        )
    return scaled(sizes[place])
