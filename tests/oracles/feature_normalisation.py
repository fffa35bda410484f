"""Standardisation against scikit-learn's scaler, and its gradient against batch normalisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from oracles import Case
from tidu.data import Standardiser


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    rows = torch.randn(6, 3, dtype=dtype)
    return [(lambda x: Standardiser.fit(x).apply(x), (rows,))]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    spread = 10.0 ** torch.randint(-2, 3, (4,))
    train, test = ((torch.randn(rows, 4) * spread + 3 * spread).to(dtype) for rows in (30, 8))

    def ours(train: Tensor, test: Tensor) -> Tensor:
        return Standardiser.fit(train).apply(test)

    def by_scikit_learn(train: Tensor, test: Tensor) -> Tensor:
        return torch.from_numpy(StandardScaler().fit(train.numpy()).transform(test.numpy()))

    yield Case("by scikit-learn", ours, by_scikit_learn, (train, test), gradients=False)
    yield Case(
        "as batch normalisation",
        lambda x: Standardiser.fit(x).apply(x),
        lambda x: torch.nn.functional.batch_norm(x, None, None, training=True, eps=1e-30),
        (train,),
    )
    scaler = Standardiser.fit(train)
    layer = torch.nn.Linear(4, 2, dtype=dtype)
    yield Case("folded into a layer", scaler.folded_into(layer),
               lambda x: layer(scaler.apply(x)), (test,))  # fmt: skip
