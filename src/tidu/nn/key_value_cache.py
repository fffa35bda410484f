"""Key/value cache: what attention has already computed about the past.

When a decoder writes token by token, the keys and values of earlier tokens stay the same; only
those of the newest token are computed and appended. A step then costs O(time) instead of
O(time^2). Source: Shazeer 2019, "Fast Transformer Decoding", section 2.4.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor


class LayerCache:
    """Keys and values of one attention layer.

    >>> cache = LayerCache()
    >>> step = torch.randn(2, 4, 1, 8)
    >>> _ = cache.append(step, step)
    >>> keys, values = cache.append(step, step)
    >>> keys.shape
    torch.Size([2, 4, 2, 8])
    """

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def append(
        self, key: Float[Tensor, "batch heads new head"], value: Float[Tensor, "batch heads new v"]
    ) -> tuple[Float[Tensor, "batch heads time head"], Float[Tensor, "batch heads time v"]]:
        """Add the newest keys and values; returns all of them."""
        if self.keys is not None and self.values is not None:
            key = torch.cat([self.keys, key], dim=2)
            value = torch.cat([self.values, value], dim=2)
        self.keys, self.values = key, value
        return key, value


class KeyValueCache:
    """One :class:`LayerCache` for every layer of a decoder; ``length`` tokens are in it."""

    def __init__(self, layers: int) -> None:
        self.layers = [LayerCache() for _ in range(layers)]

    @property
    def length(self) -> int:
        """How many tokens the cache holds."""
        keys = self.layers[0].keys if self.layers else None
        return 0 if keys is None else keys.shape[2]

    def reorder(self, rows: Int[Tensor, " batch"]) -> None:
        """Keep the given rows of the batch, in this order: a beam search drops and doubles."""
        for layer in self.layers:
            if layer.keys is not None and layer.values is not None:
                layer.keys, layer.values = layer.keys[rows], layer.values[rows]
