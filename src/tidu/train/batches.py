"""Which rows a step trains on, as a pure function of the seed and the step."""

from __future__ import annotations

import torch
from jaxtyping import Int64
from torch import Tensor


class Shuffled:
    """Rows ``0 .. rows - 1`` in a new order every epoch, ``batch`` at a time.

    The order of epoch ``e`` depends on ``(seed, e)`` only, so there is nothing to save when a run
    is interrupted. Rows that do not fill the last batch of an epoch are left to the next epoch's
    shuffle, as with ``DataLoader(drop_last=True)``.

    >>> order = Shuffled(rows=10, batch=4, seed=0)
    >>> order.per_epoch, order(0).shape, order.epoch(5)
    (2, torch.Size([4]), 2)
    """

    def __init__(self, rows: int, batch: int, seed: int) -> None:
        if not 1 <= batch <= rows:
            raise ValueError(f"batch must be from 1 to the {rows} rows there are; got {batch}")
        self.rows, self.batch, self.seed = rows, batch, seed
        self.per_epoch = rows // batch
        self._order: Tensor = torch.empty(0, dtype=torch.long)
        self._of_epoch = -1

    def epoch(self, step: int) -> int:
        """The epoch that ``step`` belongs to."""
        return step // self.per_epoch

    def __call__(self, step: int) -> Tensor:
        """The row numbers of ``step``, of shape ``(batch,)``."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._of_epoch:
            generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
            self._order = torch.randperm(self.rows, generator=generator)
            self._of_epoch = epoch
        return self._order[place * self.batch : (place + 1) * self.batch]


class Repeated:
    """Rows in one given order, the same in every epoch, ``batch`` at a time.

    Has what :class:`Shuffled` has. Rows that do not fill the last batch of an epoch are left out.

    >>> order = Repeated(torch.tensor([4, 3, 2, 1, 0]), batch=2)
    >>> order.per_epoch, order(0).tolist(), order(3).tolist(), order.epoch(3)
    (2, [4, 3], [2, 1], 1)
    """

    def __init__(self, order: Int64[Tensor, " rows"], batch: int) -> None:
        if not 1 <= batch <= len(order):
            raise ValueError(
                f"batch must be from 1 to the {len(order)} rows there are; got {batch}"
            )
        self.order, self.batch = order, batch
        self.per_epoch = len(order) // batch

    def epoch(self, step: int) -> int:
        """The epoch that ``step`` belongs to."""
        return step // self.per_epoch

    def __call__(self, step: int) -> Tensor:
        """The row numbers of ``step``, of shape ``(batch,)``."""
        place = step % self.per_epoch
        return self.order[place * self.batch : (place + 1) * self.batch]
