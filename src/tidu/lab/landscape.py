"""A height over two numbers, and the ways that optimisers take down it.

Every way is walked by the optimiser's own code of ``tidu.optim``, all side by side: one pass gives
the gradient at every walker's place, then each takes its step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from tidu.errors import TiduError
from tidu.experiments.optimisation import optimizers
from tidu.expression import parse

POINTS = 61  # of the grid along each axis
SHARE = 0.95  # of the grid lies below the height where the colours end
STEEP = 20.0  # so many times higher than the middle height: the logarithm shows more

Height = Callable[[Tensor, Tensor], Tensor]
View = tuple[float, float, float, float]  # left, right, bottom, top


@dataclass(frozen=True)
class Landscape:
    """A height, from where to begin, and the part that is drawn."""

    height: Height
    text: str
    start: tuple[float, float]
    view: View
    axes: tuple[str, str] = ("x", "y")


def of_name(name: str) -> Landscape:
    """One of the surfaces that ``optimizers`` races on."""
    text, start, view = optimizers.SURFACES[name]
    return Landscape(height_of(text), text, start, view)


def of_text(text: str, start: tuple[float, float] = (1.0, 1.0)) -> Landscape:
    """A formula in x and y."""
    reach = 1.5 * max(2.0, *(abs(v) for v in start))
    found = Landscape(height_of(text), text, start, (-reach, reach, -reach, reach))
    slope_at(found, start)
    return found


def height_of(text: str) -> Height:
    """The height that a formula in x and y says; one without y is a surface too."""
    expression = parse(text, ("x", "y"))
    return lambda x, y: expression(x, y) + 0 * (x + y)


def slope_at(land: Landscape, place: tuple[float, float]) -> tuple[float, tuple[float, float]]:
    """Height and gradient at a place; both must be finite."""
    point = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    here = land.height(*point)
    slope = torch.autograd.grad(here, point)[0].tolist()
    height = float(here.detach())
    if not all(map(math.isfinite, (height, *slope))):
        where = ", ".join(f"{n} = {v:.4g}" for n, v in zip(land.axes, place, strict=True))
        raise TiduError(
            f"{land.text} has no finite value and gradient at {where}.", "Choose another place."
        )
    return height, (slope[0], slope[1])


class Relief(NamedTuple):
    """The drawn part: ``shade`` is each height's share of what is shown, from 0 to 1."""

    x: Tensor
    y: Tensor
    heights: Tensor  # (y, x)
    shade: Tensor  # (y, x)
    levels: list[tuple[float, float]]  # share and height of every contour line


def relief(land: Landscape, view: View, logarithmic: bool | None = None) -> tuple[Relief, bool]:
    """The grid over ``view``, and whether its heights are shown by their logarithm.

    Where nobody says so, they are if the highest tower above the middle ones.
    """
    left, right, bottom, top = view
    x = torch.linspace(left, right, POINTS, dtype=torch.float64)
    y = torch.linspace(bottom, top, POINTS, dtype=torch.float64)
    heights = land.height(*torch.meshgrid(x, y, indexing="xy"))
    known = heights[heights.isfinite()]
    if known.numel() == 0:
        raise TiduError(f"{land.text} is finite nowhere in this part.", "Look at another part.")
    low, middle = float(known.min()), float(known.median())
    high = max(float(known.quantile(SHARE)), low + 1e-12 * max(1.0, abs(low)))
    unit = max((middle - low) / 10, (high - low) * 1e-6)
    if logarithmic is None:
        logarithmic = high - low > STEEP * (middle - low)

    def share(height: Tensor) -> Tensor:
        up = (height - low).clamp(0, high - low)
        if logarithmic:
            return torch.log1p(up / unit) / math.log1p((high - low) / unit)
        return up / (high - low)

    shares = [k / 20 for k in range(1, 20)]
    there = [
        low + unit * math.expm1(s * math.log1p((high - low) / unit))
        if logarithmic
        else low + s * (high - low)
        for s in shares
    ]
    shade = share(heights.nan_to_num(high, high, low))
    return Relief(x, y, heights, shade, list(zip(shares, there, strict=True))), logarithmic


def walk(
    land: Landscape, start: tuple[float, float], rates: Mapping[str, float], steps: int
) -> Tensor:
    """The ways of all optimisers named, each at its rate: (optimisers, steps + 1, 3).

    The last three are the place and its height.
    """
    places = [torch.tensor(start, dtype=torch.float64, requires_grad=True) for _ in rates]
    walkers = [made(n, [p], lr) for (n, lr), p in zip(rates.items(), places, strict=True)]
    way: list[Tensor] = []
    for step in range(steps + 1):
        here = torch.stack(places)
        heights = land.height(*here.unbind(-1))
        way.append(torch.cat([here, heights[:, None]], 1).detach())
        if step < steps:
            slopes = torch.autograd.grad(heights.sum(), places)
            for place, slope, walker in zip(places, slopes, walkers, strict=True):
                place.grad = slope
                walker.step()
    return torch.stack(way, 1)


def made(name: str, parameters: list[Tensor], lr: float) -> torch.optim.Optimizer:
    """The optimiser of this name."""
    return optimizers.made(name, parameters, lr)  # type: ignore[arg-type]


def best_rate(land: Landscape, start: tuple[float, float], name: str, steps: int) -> float:
    """Of the grid of rates that ``optimizers`` tries, the one that ends lowest."""
    ways = optimizers.ways(land.height, torch.tensor(start).double(), name, steps)  # type: ignore[arg-type]
    ends = land.height(*ways[-1].unbind(-1)).nan_to_num(math.inf, math.inf)
    return float(optimizers.surface_rates()[ends.argmin()])


def diverged_at(way: Tensor) -> int | None:
    """From which step on a way stays above its start and still climbs; None where it does not.

    >>> up = torch.tensor([[0.0, 0.0, h] for h in (4.0, 1.0, 9.0, 16.0)])
    >>> diverged_at(up), diverged_at(up.flip(0))
    (2, None)
    """
    heights = way[:, 2]
    lost = ~way.isfinite().all(1)
    if bool(lost.any()):
        return int(lost.int().argmax())
    if not (heights[-1] > heights[0] and heights[-1] == heights.max()):
        return None
    below = (heights <= heights[0]).nonzero()[-1]
    return int(below) + 1
