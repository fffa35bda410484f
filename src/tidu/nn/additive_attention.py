"""Additive attention: a small network judges how well a key answers a query.

    score(q, k) = u . tanh(W q + U k)        weights = softmax(scores)        output = weights V

Source: Bahdanau, Cho, Bengio 2015, "Neural Machine Translation by Jointly Learning to Align and
Translate", section 3.1 and appendix A.1.2. Query and key may differ in width.

Where ours differs: the annotations' own projection is computed once for all queries, as the
paper advises; nothing else.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from tidu.nn.attention import masked_softmax


class AdditiveAttention(nn.Module):
    """Attention with additive scores; memory grows with queries x keys x hidden.

    >>> attend = AdditiveAttention(query_dim=4, key_dim=6, hidden=8)
    >>> output, weights = attend(torch.randn(2, 3, 4), torch.randn(2, 5, 6), need_weights=True)
    >>> output.shape, weights.shape
    (torch.Size([2, 3, 6]), torch.Size([2, 3, 5]))
    """

    def __init__(self, query_dim: int, key_dim: int, hidden: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_dim, hidden, bias=False)
        self.key = nn.Linear(key_dim, hidden, bias=False)
        self.direction = nn.Parameter(torch.empty(hidden).uniform_(-(hidden**-0.5), hidden**-0.5))

    def scores(
        self,
        query: Float[Tensor, "*batch queries query_dim"],
        key: Float[Tensor, "*batch keys key_dim"],
    ) -> Float[Tensor, "*batch queries keys"]:
        """The score of every query with every key."""
        pairs = self.query(query)[..., :, None, :] + self.key(key)[..., None, :, :]
        return torch.tanh(pairs) @ self.direction

    def forward(
        self,
        query: Float[Tensor, "*batch queries query_dim"],
        key: Float[Tensor, "*batch keys key_dim"],
        value: Float[Tensor, "*batch keys features"] | None = None,
        mask: Bool[Tensor, ...] | Float[Tensor, ...] | None = None,
        *,
        causal: bool = False,
        need_weights: bool = False,
    ) -> (
        Float[Tensor, "*batch queries _"]
        | tuple[Float[Tensor, "*batch queries _"], Float[Tensor, "*batch queries keys"]]
    ):
        """The mean of ``value`` (the keys, where none is given) by the weights of the scores."""
        weights = masked_softmax(self.scores(query, key), mask, causal=causal)
        output = weights @ (key if value is None else value)
        return (output, weights) if need_weights else output
