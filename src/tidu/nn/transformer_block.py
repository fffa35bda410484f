"""One block of a GPT: attention, then a two-layer network, each on a normalised copy.

    x = x + attention(norm(x))        x = x + W2 gelu(W1 norm(x) + b1) + b2

Source: Radford et al. 2019 (GPT-2), section 2.3: layer normalisation moved to the input of each
sub-block ("pre-norm"); GELU with the tanh approximation (Hendrycks and Gimpel 2016, section 2),

    gelu(x) = x P(N(0, 1) <= x), about x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))

Where ours differs: the exact GELU is offered too. The two differ by less than 0.0005, and on a CPU
the exact one is about twice as fast.
"""

from __future__ import annotations

from typing import Literal

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from tidu.nn.key_value_cache import LayerCache
from tidu.nn.multi_head import MultiHeadAttention
from tidu.nn.positions import RotaryPositions

Gelu = Literal["tanh", "exact"]


class FeedForward(nn.Module):
    """Two layers applied to every position by itself; four times as wide in the middle.

    >>> import torch
    >>> FeedForward(8)(torch.randn(2, 5, 8)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(
        self, dim: int, hidden: int | None = None, *, bias: bool = True, gelu: Gelu = "tanh"
    ) -> None:
        super().__init__()
        if gelu not in ("tanh", "exact"):
            raise ValueError(f"gelu must be 'tanh' or 'exact'; got {gelu!r}; choose one of the two")
        self.approximate = "tanh" if gelu == "tanh" else "none"  # as PyTorch calls them
        self.expand = nn.Linear(dim, hidden or 4 * dim, bias=bias)
        self.contract = nn.Linear(hidden or 4 * dim, dim, bias=bias)

    def forward(self, x: Float[Tensor, "*batch dim"]) -> Float[Tensor, "*batch dim"]:
        """Widen, bend, narrow."""
        return self.contract(functional.gelu(self.expand(x), approximate=self.approximate))


class TransformerBlock(nn.Module):
    """Attention and feed-forward with pre-norm and residual paths.

    >>> import torch
    >>> TransformerBlock(8, num_heads=2)(torch.randn(2, 5, 8), causal=True).shape
    torch.Size([2, 5, 8])
    """

    def __init__(
        self,
        dim: int,
        num_heads: int,
        *,
        dropout: float = 0.0,
        bias: bool = True,
        rotary: RotaryPositions | None = None,
        gelu: Gelu = "tanh",
    ) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(dim, bias=bias)
        self.attention = MultiHeadAttention(
            dim, num_heads, dropout=dropout, bias=bias, rotary=rotary
        )
        self.feed_forward_norm = nn.LayerNorm(dim, bias=bias)
        self.feed_forward = FeedForward(dim, bias=bias, gelu=gelu)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Float[Tensor, "batch time dim"],
        mask: Bool[Tensor, ...] | Float[Tensor, ...] | None = None,
        *,
        causal: bool = False,
        cache: LayerCache | None = None,
        need_weights: bool = False,
    ) -> (
        Float[Tensor, "batch time dim"]
        | tuple[Float[Tensor, "batch time dim"], Float[Tensor, "batch heads time all"]]
    ):
        """``need_weights=True`` returns the attention weights of the block too."""
        attended = self.attention(
            self.attention_norm(x),
            mask=mask,
            causal=causal,
            cache=cache,
            need_weights=need_weights,
        )
        weights = None
        if need_weights:
            attended, weights = attended
        x = x + self.dropout(attended)
        x = x + self.dropout(self.feed_forward(self.feed_forward_norm(x)))
        return x if weights is None else (x, weights)
