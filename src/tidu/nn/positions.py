"""Position encodings: attention alone cannot tell the order of its inputs.

Sinusoidal (Vaswani et al. 2017, section 3.5), added to the input:

    PE(i, 2j) = sin(i / 10000^(2j/d))        PE(i, 2j+1) = cos(i / 10000^(2j/d))

Learned (Gehring et al. 2017; GPT-2): one free vector for every position, added to the input.

Rotary (Su et al. 2021, "RoFormer", equation 34): queries and keys are turned, each pair of
features (a, b) = (x_2j, x_2j+1) by the angle t = i / 10000^(2j/d), so that a score depends only
on the distance of the two positions:

    (a, b)  ->  (a cos t - b sin t, b cos t + a sin t)        a + ib  ->  (a + ib) e^(it)

Where ours differs: the rotary pairs are neighbours, as in the paper; several libraries pair
feature j with j + d/2 instead, which is the same up to a fixed order of the features. The turn is
computed as the complex product on the right, one pass over memory where the left side takes five.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


def sinusoidal_positions(
    length: int, dim: int, dtype: torch.dtype = torch.float32
) -> Float[Tensor, "length dim"]:
    """The table of sinusoidal encodings, computed in double precision.

    >>> sinusoidal_positions(2, 4)
    tensor([[0.0000, 1.0000, 0.0000, 1.0000],
            [0.8415, 0.5403, 0.0100, 0.9999]])
    """
    position = torch.arange(length, dtype=torch.float64)[:, None]
    even = torch.arange(0, dim, 2, dtype=torch.float64)
    angle = position / 10000 ** (even / dim)
    table = torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
    return table[:, :dim].to(dtype)


class SinusoidalPositions(nn.Module):
    """Adds the sinusoidal encoding; ``start`` is the position of the first input.

    >>> SinusoidalPositions(context=10, dim=4)(torch.zeros(2, 3, 4), start=5).shape
    torch.Size([2, 3, 4])
    """

    table: Tensor

    def __init__(self, context: int, dim: int) -> None:
        super().__init__()
        self.register_buffer("table", sinusoidal_positions(context, dim), persistent=False)

    def forward(
        self, x: Float[Tensor, "batch time dim"], start: int = 0
    ) -> Float[Tensor, "batch time dim"]:
        """``x`` plus the encodings of positions ``start`` to ``start + time``."""
        return x + self.table[start : start + x.shape[1]].to(x.dtype)


class LearnedPositions(nn.Module):
    """Adds one learned vector for every position.

    >>> LearnedPositions(context=10, dim=4)(torch.zeros(2, 3, 4)).shape
    torch.Size([2, 3, 4])
    """

    def __init__(self, context: int, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(context, dim).normal_(std=0.02))

    def forward(
        self, x: Float[Tensor, "batch time dim"], start: int = 0
    ) -> Float[Tensor, "batch time dim"]:
        """``x`` plus the vectors of positions ``start`` to ``start + time``."""
        return x + self.weight[start : start + x.shape[1]]


class RotaryPositions(nn.Module):
    """Turns queries and keys by angles that grow with the position; it has no parameters.

    >>> RotaryPositions(context=10, head_dim=4)(torch.randn(2, 8, 3, 4), start=5).shape
    torch.Size([2, 8, 3, 4])
    """

    turns: Tensor

    def __init__(self, context: int, head_dim: int) -> None:
        super().__init__()
        if head_dim % 2:
            raise ValueError(
                f"rotary positions turn pairs of features; got an odd head width {head_dim}; "
                "choose an even one"
            )
        table = sinusoidal_positions(context, head_dim)
        # Kept as pairs of real numbers: moving a module to another type drops imaginary parts.
        self.register_buffer("turns", torch.stack([table[:, 1::2], table[:, 0::2]], -1), False)

    def forward(
        self, x: Float[Tensor, "*batch time head"], start: int = 0
    ) -> Float[Tensor, "*batch time head"]:
        """Each pair times e^(it); complex numbers have at least single precision."""
        if x.dtype in (torch.bfloat16, torch.float16):
            return self.forward(x.float(), start).to(x.dtype)
        turns = self.turns[start : start + x.shape[-2]]
        pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
        turned = pairs * torch.view_as_complex(turns.to(x.dtype))
        return torch.view_as_real(turned).flatten(-2)
