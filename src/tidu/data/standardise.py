"""Standardisation whose mean and deviation come from the training rows alone.

    x' = (x - mean) / deviation            column by column of a table (rows, columns)

Afterwards every column has mean 0 and deviation 1, so that no unit of measurement makes one weight
harder to learn than another. Test rows are moved by the same mean and deviation: measuring them
too would let something of the test into the training.

Source: LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.3. Where ours differs:
inputs are not decorrelated; missing numbers become the mean, and a constant column is only centred.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class Standardiser:
    """The mean and deviation of the training rows, and what is done with them.

    The deviation is that of the population (divided by n). A column that never changes is only
    centred; a missing number (NaN) counts as the mean, 0 after :meth:`apply`.

    >>> rows = torch.tensor([[1.0, 5.0], [3.0, 5.0]])
    >>> Standardiser.fit(rows).apply(rows)
    tensor([[-1.,  0.],
            [ 1.,  0.]])
    """

    mean: Float[Tensor, " columns"]
    deviation: Float[Tensor, " columns"]

    @classmethod
    def fit(cls, train: Float[Tensor, "rows columns"]) -> Standardiser:
        """Measure the training rows."""
        mean = train.nanmean(0).nan_to_num(0.0)
        deviation = (train - mean).square().nanmean(0).sqrt().nan_to_num(0.0)
        # rounding leaves a constant column a deviation of about 1e-16 times its size
        constant = deviation <= 8 * torch.finfo(train.dtype).eps * mean.abs()
        return cls(mean, torch.where(constant, torch.ones_like(deviation), deviation))

    def apply(self, rows: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns"]:
        """Standardised rows."""
        return ((rows - self.mean) / self.deviation).nan_to_num(0.0)

    def undo(self, rows: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns"]:
        """Rows in their own units again."""
        return rows * self.deviation + self.mean

    def folded_into(self, layer: nn.Linear) -> nn.Linear:
        """The layer that answers on rows in their own units as ``layer`` does on standardised ones.

            w · (x - mean) / deviation + b  =  (w / deviation) · x  +  b - (w / deviation) · mean

        >>> scaler = Standardiser(torch.tensor([3.0]), torch.tensor([2.0]))
        >>> scaler.folded_into(nn.Linear(1, 5))(torch.zeros(4, 1)).shape
        torch.Size([4, 5])
        """
        folded = copy.deepcopy(layer)
        with torch.no_grad():
            folded.weight.div_(self.deviation)
            folded.bias.sub_(folded.weight @ self.mean)
        return folded
