"""Numerical differentiation: the slope from two values of the function, without any calculus.

    central:  f'(x) ≈ (f(x + h) - f(x - h)) / 2h      error ≈ h²/6 · |f'''| + ε |f| / h
    forward:  f'(x) ≈ (f(x + h) - f(x)) / h           error ≈ h/2 · |f''|  + ε |f| / h

The first part of the error is the truncated Taylor series and grows with the step h; the second
is rounding (ε is the precision of the numbers) and grows as h shrinks. The sum is smallest near
h = ε^(1/3) for central and h = ε^(1/2) for forward differences.

Source: Press, Teukolsky, Vetterling & Flannery (2007), "Numerical Recipes", third edition, section
5.7. Where ours differs: h grows with |x|, and the step is measured as it was rounded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

Difference = Literal["central", "forward"]


@torch.no_grad()
def numerical_gradient(
    function: Callable[[Tensor], Tensor],
    point: Float[Tensor, "*shape"],
    step: float | None = None,
    difference: Difference = "central",
    entries: Int[Tensor, " some"] | None = None,
) -> Float[Tensor, ...]:
    """The gradient at ``point`` of ``function``, which returns one number; in the point's shape.

    Without ``step`` the one that balances both errors is taken, relative where ``|x|`` exceeds 1.
    ``entries`` (counted in the flattened point) restricts the work to a few; their slopes come in
    a row. It takes two values of the function for every entry.

    >>> numerical_gradient(lambda x: (x**3).sum(), torch.tensor([1.0, 2.0]).double()).round()
    tensor([ 3., 12.], dtype=torch.float64)
    """
    if difference not in ("central", "forward"):
        raise ValueError(f"difference must be 'central' or 'forward'; got {difference!r}")
    if step is not None and not step > 0:
        raise ValueError(f"step must be above 0; got {step}; leave it out for the best one")
    best = torch.finfo(point.dtype).eps ** (1 / 3 if difference == "central" else 1 / 2)
    start = point.detach().flatten()
    chosen = range(len(start)) if entries is None else entries.tolist()
    at_start = _number(function(point.detach())) if difference == "forward" else None
    slopes: list[Tensor] = []
    for i in chosen:
        ahead, behind = start.clone(), start.clone()
        width = (step or best) * start[i].abs().clamp(min=1.0)
        ahead[i] += width
        above = _number(function(ahead.view_as(point)))
        if at_start is None:
            behind[i] -= width
            below = _number(function(behind.view_as(point)))
        else:
            below = at_start
        slopes.append((above - below) / (ahead[i] - behind[i]))
    found = torch.stack(slopes) if slopes else start.new_zeros(0)
    return found.view_as(point) if entries is None else found


def _number(value: Tensor) -> Tensor:
    if value.numel() != 1:
        raise ValueError(
            f"the function must return one number; got the shape {tuple(value.shape)}; "
            "take the sum or the mean of what it returns"
        )
    return value.detach().reshape(())
