"""Spherical interpolation: from one noise vector to another without leaving their shell.

    slerp(a, b; t) = sin((1 - t) θ) / sin θ · a + sin(t θ) / sin θ · b,    cos θ = a·b / (‖a‖ ‖b‖)

Gaussian noise of many dimensions lies near a sphere; the middle of a straight line between two
draws lies far inside it, where a generator was never trained.

Source: Shoemake (1985), "Animating rotation with quaternion curves", section 3.3; White (2016),
"Sampling generative networks", section 2.1 (for latent vectors). Where ours differs: the quotients
are written with sinc(x) = sin(πx) / (πx), which is 1 at 0, so that equal directions need no case
of their own. Opposite directions have no shortest arc; what comes out for them is unspecified.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor


def spherical_interpolation(
    start: Float[Tensor, "*batch dim"], end: Float[Tensor, "*batch dim"], share: float
) -> Float[Tensor, "*batch dim"]:
    """The vectors a ``share`` (0 to 1) of the way along the arc from ``start`` to ``end``.

    >>> x, y = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    >>> spherical_interpolation(x, y, 0.5)
    tensor([0.7071, 0.7071])
    """
    one, other = (vector / vector.norm(dim=-1, keepdim=True) for vector in (start, end))
    # The arc cosine loses half of the digits of a small angle; this keeps them (Kahan 2006).
    apart, along = ((one - other).norm(dim=-1), (one + other).norm(dim=-1))
    turn = (2 * torch.atan2(apart, along) / math.pi).unsqueeze(-1)
    whole = torch.sinc(turn)
    first = (1 - share) * torch.sinc((1 - share) * turn) / whole
    second = share * torch.sinc(share * turn) / whole
    return first * start + second * end
