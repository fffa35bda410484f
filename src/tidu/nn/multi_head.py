"""Multi-head attention: several attentions side by side, each with its own projections.

    head_i = attention(Q W_i^Q, K W_i^K, V W_i^V)        output = [head_1 ... head_h] W^O

Source: Vaswani et al. 2017, section 3.2.2.

Where ours differs: the three projections are stored as one matrix (one product for
self-attention), and ``True`` in a boolean mask means "may look", as in
``scaled_dot_product_attention`` and unlike ``torch.nn.MultiheadAttention``, whose weights are
otherwise laid out the same. The averaged map that torch returns is not offered: heads differ, and
seeing how is the point.
"""

from __future__ import annotations

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from tidu.nn.attention import attention_with_weights, dot_product_attention
from tidu.nn.key_value_cache import LayerCache
from tidu.nn.positions import RotaryPositions


class MultiHeadAttention(nn.Module):
    """Attention with ``num_heads`` heads of width ``dim / num_heads``.

    >>> import torch
    >>> layer = MultiHeadAttention(16, num_heads=4)
    >>> x, memory = torch.randn(2, 5, 16), torch.randn(2, 7, 16)
    >>> layer(x, causal=True).shape                       # self-attention
    torch.Size([2, 5, 16])
    >>> output, weights = layer(x, memory, need_weights=True)     # cross-attention
    >>> weights.shape
    torch.Size([2, 4, 5, 7])
    """

    def __init__(
        self,
        dim: int,
        num_heads: int,
        *,
        dropout: float = 0.0,
        bias: bool = True,
        rotary: RotaryPositions | None = None,
    ) -> None:
        super().__init__()
        if dim % num_heads:
            raise ValueError(
                f"dim must be a multiple of num_heads; got dim {dim} and {num_heads} heads; "
                "change one of the two"
            )
        self.num_heads = num_heads
        self.dropout = dropout
        self.bias = bias
        self.projections = nn.Linear(dim, 3 * dim, bias=bias)
        self.output = nn.Linear(dim, dim, bias=bias)
        self.rotary = rotary
        nn.init.xavier_uniform_(self.projections.weight)
        if bias:
            nn.init.zeros_(self.projections.bias)
            nn.init.zeros_(self.output.bias)

    def forward(
        self,
        query: Float[Tensor, "batch queries dim"],
        key: Float[Tensor, "batch keys dim"] | None = None,
        value: Float[Tensor, "batch keys dim"] | None = None,
        mask: Bool[Tensor, ...] | Float[Tensor, ...] | None = None,
        *,
        causal: bool = False,
        cache: LayerCache | None = None,
        need_weights: bool = False,
    ) -> (
        Float[Tensor, "batch queries dim"]
        | tuple[Float[Tensor, "batch queries dim"], Float[Tensor, "batch heads queries all"]]
    ):
        """Attend from ``query`` to ``key``.

        Without ``key`` the sequence attends to itself; without ``value`` the keys serve as
        values. ``mask`` broadcasts to ``(batch, heads, queries, keys)``. With ``cache`` the
        sequence is the newest part of one whose past is in the cache. ``need_weights=True``
        computes by the definition and returns the weights too.
        """
        q, k, v = self._project(query, key, value)
        if self.rotary is not None:
            past = 0 if cache is None or cache.keys is None else cache.keys.shape[2]
            q, k = self.rotary(q, past), self.rotary(k, past)
        if cache is not None:
            k, v = cache.append(k, v)
        dropout = self.dropout if self.training else 0.0
        if need_weights:
            heads, weights = attention_with_weights(q, k, v, mask, causal=causal, dropout=dropout)
            return self.output(heads.transpose(1, 2).flatten(2)), weights
        heads = dot_product_attention(q, k, v, mask, causal=causal, dropout=dropout)
        return self.output(heads.transpose(1, 2).flatten(2))

    def _project(
        self, query: Tensor, key: Tensor | None, value: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        if key is None and value is None:
            q, k, v = self.projections(query).chunk(3, dim=-1)
        else:
            key = query if key is None else key
            value = key if value is None else value
            weights = self.projections.weight.chunk(3)
            biases = self.projections.bias.chunk(3) if self.bias else (None, None, None)
            q, k, v = (
                functional.linear(x, w, b)
                for x, w, b in zip((query, key, value), weights, biases, strict=True)
            )
        return self._split(q), self._split(k), self._split(v)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
