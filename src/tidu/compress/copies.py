"""Pruning a network, or several that are stacked in one: each copy by its own weights.

    weight of a stacked layer: (copies, out, in);   masks and neurons are chosen for every copy

A network that is not stacked counts as one copy of itself, so a loop is written once for both.

Source: the same rules as :mod:`tidu.compress.magnitude` and :mod:`tidu.compress.neurons`; the
stacking is that of :func:`tidu.nn.stack`.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from tidu.compress.magnitude import magnitude_masks
from tidu.compress.masks import Masks
from tidu.compress.neurons import remove_neurons, strongest_neurons
from tidu.nn import copies_of, stack, unstack


def copies_in(network: nn.Module) -> int | None:
    """How many networks are stacked in this one; None for an ordinary one.

    >>> copies_in(nn.Sequential(stack([nn.Linear(3, 2)] * 4), nn.ReLU())), copies_in(nn.ReLU())
    (4, None)
    """
    return next((n for n in map(copies_of, network.modules()) if n is not None), None)


def single(network: nn.Module, index: int = 0) -> nn.Module:
    """One copy as a network of its own; a network that is not stacked as it is.

    >>> single(stack([nn.Linear(3, 2), nn.Linear(3, 2)]), 1).weight.shape
    torch.Size([2, 3])
    """
    return network if copies_in(network) is None else unstack(network, index)


def cut_weights(
    network: nn.Module, masks: Masks, left: float, scope: Literal["global", "layer"] = "global"
) -> None:
    """Keep a fraction ``left`` of each copy's weights, the largest, and set the others to zero.

    >>> layer = nn.Linear(4, 2)
    >>> masks = Masks(layer)
    >>> cut_weights(layer, masks, left=0.25)
    >>> int(layer.weight.count_nonzero()), masks.left()
    (2, 0.25)
    """
    weights = {name: network.get_parameter(name).detach() for name in masks.kept}
    copies = copies_in(network)
    if copies is None:
        masks.update(magnitude_masks(weights, left, masks.kept, scope))
    else:
        each = [
            magnitude_masks(_of(weights, i), left, _of(masks.kept, i), scope) for i in range(copies)
        ]
        masks.update({name: torch.stack([one[name] for one in each]) for name in weights})
    masks.apply(network)


def without_weakest_neurons(network: nn.Module, share: float, example: Tensor) -> nn.Module:
    """A smaller network: of every layer but the last, ``share`` of the neurons is removed.

    ``example`` is an input of a single copy.

    >>> small = without_weakest_neurons(
    ...     nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 2)), 0.5, torch.zeros(1, 4)
    ... )
    >>> small[0].weight.shape, small[2].weight.shape
    (torch.Size([5, 4]), torch.Size([2, 5]))
    """
    small: list[nn.Module] = []
    for index in range(copies_in(network) or 1):
        one = single(network, index)
        kept = strongest_neurons(one, example, 1 - share)
        small.append(remove_neurons(one, kept, example))
    return small[0] if copies_in(network) is None else stack(small)


def _of(tensors: dict[str, Tensor], index: int) -> dict[str, Tensor]:
    return {name: tensor[index] for name, tensor in tensors.items()}
