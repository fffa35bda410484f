"""GPT: a stack of causal transformer blocks that predicts the next token.

    x = token embedding + position        x = block_L(... block_1(x))        logits = norm(x) W

Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners" (GPT-2):
pre-norm, a last layer norm, learned positions, weights drawn with standard deviation 0.02, the
projections into the residual path scaled by 1/sqrt(2 x layers), W tied to the token embedding.

Where ours differs: positions may also be rotary, sinusoidal or absent; tying, biases and the form
of GELU are a choice. With the defaults it equals GPT-2 on the same weights.
"""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from tidu.nn.key_value_cache import KeyValueCache, LayerCache
from tidu.nn.positions import LearnedPositions, RotaryPositions, SinusoidalPositions
from tidu.nn.transformer_block import Gelu, TransformerBlock

Positions = Literal["learned", "rotary", "sinusoidal", "none"]


class GPT(nn.Module):
    """A decoder-only transformer; ``context`` is the longest sequence it can read.

    >>> model = GPT(vocabulary=65, context=16, dim=32, layers=2, num_heads=4)
    >>> tokens = torch.randint(65, (3, 10))
    >>> model(tokens).shape
    torch.Size([3, 10, 65])
    >>> model.attention_maps(tokens).shape      # layer, batch, head, query, key
    torch.Size([2, 3, 4, 10, 10])
    """

    def __init__(
        self,
        vocabulary: int,
        context: int,
        dim: int,
        layers: int,
        num_heads: int,
        *,
        dropout: float = 0.0,
        positions: Positions = "learned",
        tied: bool = True,
        bias: bool = True,
        gelu: Gelu = "tanh",
    ) -> None:
        super().__init__()
        self.context = context
        self.embedding = nn.Embedding(vocabulary, dim)
        self.positions = _added_positions(positions, context, dim)
        rotary = RotaryPositions(context, dim // num_heads) if positions == "rotary" else None
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            TransformerBlock(dim, num_heads, dropout=dropout, bias=bias, rotary=rotary, gelu=gelu)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(dim, bias=bias)
        self.head = None if tied else nn.Linear(dim, vocabulary, bias=False)
        self._initialise(layers)

    def forward(
        self, tokens: Int[Tensor, "batch time"], cache: KeyValueCache | None = None
    ) -> Float[Tensor, "batch time vocabulary"]:
        """Logits of the token after each of ``tokens``.

        With a ``cache`` (from :meth:`new_cache`) the tokens continue those already in it.
        """
        x = self._embed(tokens, 0 if cache is None else cache.length)
        layers: list[LayerCache | None] = (
            [None] * len(self.blocks) if cache is None else list(cache.layers)
        )
        for block, layer in zip(self.blocks, layers, strict=True):
            x = block(x, causal=True, cache=layer)
        head = self.embedding.weight if self.head is None else self.head.weight
        return functional.linear(self.norm(x), head)

    def attention_maps(
        self, tokens: Int[Tensor, "batch time"]
    ) -> Float[Tensor, "layer batch head time time"]:
        """The attention weights of every layer and head, computed by the readable form."""
        x = self._embed(tokens, 0)
        maps: list[Tensor] = []
        for block in self.blocks:
            x, weights = block(x, causal=True, need_weights=True)
            maps.append(weights)
        return torch.stack(maps)

    def new_cache(self) -> KeyValueCache:
        """An empty key/value cache for writing on token by token."""
        return KeyValueCache(len(self.blocks))

    def _embed(self, tokens: Tensor, start: int) -> Tensor:
        if start + tokens.shape[1] > self.context:
            raise ValueError(
                f"this GPT reads at most {self.context} tokens; got {start + tokens.shape[1]}; "
                "give it the last ones only, or build it with a larger context"
            )
        x = self.embedding(tokens)
        return self.dropout(x if self.positions is None else self.positions(x, start))

    def _initialise(self, layers: int) -> None:
        residual = 0.02 / (2 * layers) ** 0.5
        into_residual = ("attention.output.weight", "feed_forward.contract.weight")
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            elif parameter.ndim == 2:
                nn.init.normal_(parameter, std=residual if name.endswith(into_residual) else 0.02)


def _added_positions(kind: Positions, context: int, dim: int) -> nn.Module | None:
    if kind == "learned":
        return LearnedPositions(context, dim)
    if kind == "sinusoidal":
        return SinusoidalPositions(context, dim)
    if kind in ("rotary", "none"):
        return None
    raise ValueError(
        "positions must be 'learned', 'rotary', 'sinusoidal' or 'none'; "
        f"got {kind!r}; choose one of the four"
    )
