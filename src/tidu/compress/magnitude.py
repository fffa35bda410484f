"""Which weights to keep: those of the largest magnitude.

    keep w_i   where   |w_i| is among the n - round((1 - left) n) largest of the n weights,

n counted over all tensors together (``scope="global"``) or over each by itself (``"layer"``).

Source: Han, Pool, Tran, Dally (2015), "Learning both weights and connections for efficient neural
networks", section 3; the global scope as in Frankle, Carbin (2019), "The lottery ticket
hypothesis", section 4.
Where ours differs: Han cuts below a threshold (a factor times the layer's standard deviation), so
that how many weights go is found out afterwards; here how many stay is given and met exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from jaxtyping import Bool
from torch import Tensor


@torch.no_grad()
def magnitude_masks(
    weights: Mapping[str, Tensor],
    left: float | Mapping[str, float],
    within: Mapping[str, Tensor] | None = None,
    scope: Literal["global", "layer"] = "global",
) -> dict[str, Tensor]:
    """A mask for every tensor, True where a weight is kept; a fraction ``left`` of them all.

    ``within`` are masks of an earlier round: what they cut stays cut, so rounds are nested. With
    ``scope="layer"``, ``left`` may give a fraction for every name. Of equal magnitudes the
    earlier ones are cut first. Takes time in proportion to n: nothing is sorted.

    >>> masks = magnitude_masks({"weight": torch.tensor([[0.3, -2.0], [0.1, 1.0]])}, left=0.5)
    >>> masks["weight"].tolist()
    [[False, True], [False, True]]
    """
    if within is not None and set(within) != set(weights):
        raise ValueError(
            f"within must have a mask for each of {sorted(weights)}; got {sorted(within)}; "
            "give the masks of the round before"
        )
    if scope == "layer":
        fractions = left if isinstance(left, Mapping) else dict.fromkeys(weights, left)
        masks: dict[str, Tensor] = {}
        for name, weight in weights.items():
            inside = None if within is None else within[name].flatten()
            masks[name] = _largest(weight.flatten(), fractions[name], inside).view_as(weight)
        return masks
    if isinstance(left, Mapping):
        raise ValueError(
            'left is one number where scope is "global"; use scope="layer" for several'
        )
    flat = torch.cat([weight.flatten() for weight in weights.values()])
    inside = None if within is None else torch.cat([within[name].flatten() for name in weights])
    parts = _largest(flat, left, inside).split([weight.numel() for weight in weights.values()])
    return {
        name: part.view_as(weight)
        for (name, weight), part in zip(weights.items(), parts, strict=True)
    }


def _largest(flat: Tensor, left: float, inside: Tensor | None) -> Bool[Tensor, " weights"]:
    if not 0 <= left <= 1:
        raise ValueError(f"left must be a fraction from 0 to 1; got {left}; 0.1 keeps a tenth")
    magnitude = flat.abs()
    if inside is not None:
        magnitude = magnitude.masked_fill(~inside, -1.0)
    cut = round((1 - left) * len(flat))
    if cut == 0:
        mask = torch.ones_like(flat, dtype=torch.bool)
    else:
        border = magnitude.kthvalue(cut).values  # the largest that goes
        below, equal = magnitude < border, magnitude == border
        mask = ~(below | (equal & (equal.cumsum(0) <= cut - below.sum())))
    return mask if inside is None else mask & inside
