"""Self-attention with one head: every output looks at the whole input sequence.

    q, k, v = W^q a, W^k a, W^v a        weights = softmax(score(q, k))        b = weights v

``score`` is the scaled dot product ``q . k / sqrt(d)`` (Vaswani et al. 2017, section 3.2.1) or
additive, ``u . tanh(q + k)`` (Bahdanau, Cho, Bengio 2015, appendix A.1.2).

Where ours differs: nothing but the three matrices is learned (and ``u`` where it is additive),
so there are no biases.
"""

from __future__ import annotations

from typing import Literal

from jaxtyping import Bool, Float
from torch import Tensor, nn

from tidu.nn.additive_attention import AdditiveAttention
from tidu.nn.attention import attention_with_weights, dot_product_attention


class SelfAttention(nn.Module):
    """One head of self-attention, from width ``dim`` to width ``head_dim``.

    ``need_weights=True`` computes by the definition and returns ``(output, weights)``; without
    it the dot product takes the fused kernel.

    >>> import torch
    >>> layer = SelfAttention(8, 4)
    >>> layer(torch.randn(2, 5, 8)).shape
    torch.Size([2, 5, 4])
    >>> output, weights = layer(torch.randn(2, 5, 8), causal=True, need_weights=True)
    >>> weights.shape
    torch.Size([2, 5, 5])
    """

    def __init__(
        self, dim: int, head_dim: int, score: Literal["dot-product", "additive"] = "dot-product"
    ) -> None:
        super().__init__()
        if score not in ("dot-product", "additive"):
            raise ValueError(
                f"score must be 'dot-product' or 'additive'; got {score!r}; choose one of the two"
            )
        self.value = nn.Linear(dim, head_dim, bias=False)
        self.additive = AdditiveAttention(dim, dim, head_dim) if score == "additive" else None
        if self.additive is None:
            self.query = nn.Linear(dim, head_dim, bias=False)
            self.key = nn.Linear(dim, head_dim, bias=False)

    def forward(
        self,
        x: Float[Tensor, "batch time dim"],
        mask: Bool[Tensor, ...] | Float[Tensor, ...] | None = None,
        *,
        causal: bool = False,
        need_weights: bool = False,
    ) -> (
        Float[Tensor, "batch time head"]
        | tuple[Float[Tensor, "batch time head"], Float[Tensor, "batch time time"]]
    ):
        """Attend from ``x`` to ``x``; ``mask`` broadcasts to ``(batch, time, time)``."""
        value = self.value(x)
        if self.additive is not None:
            return self.additive(x, x, value, mask, causal=causal, need_weights=need_weights)
        attend = attention_with_weights if need_weights else dot_product_attention
        return attend(self.query(x), self.key(x), value, mask, causal=causal)
