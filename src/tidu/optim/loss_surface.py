"""The loss over a plane through the space of all parameters, for any module.

    surface[j, i] = loss( center + x[i] · first + y[j] · second )

For two parameters the plane is the whole space. A deep network has a plane chosen for it: two
random directions, *filter-normalised* so that surfaces of different networks compare. For every
filter (the weights into one output unit or channel) with weights θ_f and random direction d_f,

    d_f  <-  d_f / ||d_f|| · ||θ_f||.

Source: Li, Xu, Taylor, Studer & Goldstein (2018), "Visualizing the Loss Landscape of Neural
Nets", NeurIPS, equation 1 and section 4. As there, parameters with one dimension (biases,
normalisation scales) do not move.
Where ours differs: points are evaluated in batches with ``torch.func.vmap`` instead of one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

FEWEST, MOST = 8, 32  # points evaluated together
NUMBERS = 2**17  # parameters of all of them

Parameters: TypeAlias = Mapping[str, Tensor]
"""Parameters by name, as ``dict(module.named_parameters())`` gives them."""


@torch.no_grad()
def loss_surface(
    loss: Callable[[dict[str, Tensor]], Tensor],
    center: Parameters,
    first: Parameters,
    second: Parameters,
    x: Float[Tensor, " across"],
    y: Float[Tensor, " down"],
    batch: int | None = None,
) -> Float[Tensor, "down across"]:
    """``loss`` at ``center + x[i] * first + y[j] * second``, ``batch`` points at a time.

    Without ``batch``, networks that leave most of a processor idle are evaluated many at a time,
    larger ones one by one: there is nothing to gain (``benchmarks/loss_surface.py``).
    ``loss`` takes parameters by name and returns one number; for a module, write it with
    ``torch.func.functional_call``. A parameter missing from a direction does not move.

    >>> at = {"w": torch.zeros(()), "b": torch.zeros(())}
    >>> one = torch.ones(())
    >>> bowl = lambda p: p["w"] ** 2 + p["b"] ** 2
    >>> loss_surface(bowl, at, {"w": one}, {"b": one}, torch.arange(3.0), torch.arange(2.0))
    tensor([[0., 1., 4.],
            [1., 2., 5.]])
    """
    ys, xs = torch.meshgrid(y, x, indexing="ij")
    losses = losses_on_plane(loss, center, first, second, xs.flatten(), ys.flatten(), batch)
    return losses.view(len(y), len(x))


@torch.no_grad()
def losses_on_plane(
    loss: Callable[[dict[str, Tensor]], Tensor],
    center: Parameters,
    first: Parameters,
    second: Parameters,
    x: Float[Tensor, " points"],
    y: Float[Tensor, " points"],
    batch: int | None = None,
) -> Float[Tensor, " points"]:
    """``loss`` at ``center + x[i] * first + y[i] * second``: single points of the plane.

    >>> at = {"w": torch.zeros(())}
    >>> losses_on_plane(lambda p: p["w"] ** 2, at, {"w": torch.ones(())}, {}, *torch.eye(2))
    tensor([1., 0.])
    """
    unknown = {*first, *second} - {*center}
    if unknown:
        raise ValueError(
            f"directions must name parameters of center; got {sorted(unknown)} besides; "
            f"known are {sorted(center)}"
        )

    def at(x: Tensor, y: Tensor) -> Tensor:
        moved = dict(center)
        for direction, distance in ((first, x), (second, y)):
            for name, step in direction.items():
                moved[name] = moved[name] + distance * step
        return loss(moved)

    size = sum(parameter.numel() for parameter in center.values())
    if batch is None:
        batch = min(MOST, NUMBERS // max(1, size)) if size * FEWEST <= NUMBERS else 1
    points = zip(x.split(batch), y.split(batch), strict=True)
    if batch == 1:
        return torch.cat([at(one_x[0], one_y[0])[None] for one_x, one_y in points])
    return torch.cat([torch.func.vmap(at)(some_x, some_y) for some_x, some_y in points])


def filter_normalised_directions(
    parameters: Parameters, generator: torch.Generator, count: int = 2
) -> list[dict[str, Tensor]]:
    """``count`` random directions whose every filter is as long as the filter it moves.

    Parameters with fewer than two dimensions are left out of the directions.

    >>> layer = torch.nn.Linear(4, 3)
    >>> first, second = filter_normalised_directions(
    ...     dict(layer.named_parameters()), torch.Generator().manual_seed(0))
    >>> {name: tuple(direction.shape) for name, direction in first.items()}
    {'weight': (3, 4)}
    """
    return [
        {
            name: _as_long_as(parameter.detach(), generator)
            for name, parameter in parameters.items()
            if parameter.dim() >= 2
        }
        for _ in range(count)
    ]


def _as_long_as(parameter: Tensor, generator: torch.Generator) -> Tensor:
    random = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
    random = random.to(parameter.device)
    other = tuple(range(1, parameter.dim()))
    norms = torch.linalg.vector_norm(parameter, dim=other, keepdim=True)
    return random / torch.linalg.vector_norm(random, dim=other, keepdim=True) * norms
