"""Columns in their own units made comparable, as the first layer of a network.

    output = (input - mean) / deviation            column by column

Source: LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.3. Mean and
deviation are given, by :class:`tidu.data.Standardiser` for example, and are not learned.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ColumnScale(nn.Module):
    """Takes rows as they were measured; until told otherwise it leaves them as they are.

    >>> ColumnScale(3)(torch.ones(2, 3)).shape
    torch.Size([2, 3])
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, columns: int, dtype: torch.dtype | None = None) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(columns, dtype=dtype))
        self.register_buffer("deviation", torch.ones(columns, dtype=dtype))

    def forward(self, input: Float[Tensor, "*batch columns"]) -> Float[Tensor, "*batch columns"]:
        """Subtract and divide."""
        return (input - self.mean) / self.deviation
