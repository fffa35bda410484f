"""The surface against a loop that sets a module's parameters point by point; directions by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from oracles import Case
from tidu.optim import filter_normalised_directions, loss_surface, losses_on_plane, path_plane

NOT_DIFFERENTIABLE = True  # a surface is measured, not trained through


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    line = torch.linspace(-1, 1, 4, dtype=dtype)
    path = torch.randn(5, 7, dtype=dtype)
    return [
        (lambda x, y: _bowl(x, y), (line, line)),
        (lambda points, center: path_plane(points, center), (path, path[-1].clone())),
    ]


def _bowl(x: Tensor, y: Tensor) -> Tensor:
    zero, one = torch.zeros((), dtype=x.dtype), torch.ones((), dtype=x.dtype)
    return loss_surface(
        lambda p: p["w"] ** 2 + 3 * p["b"] ** 2,
        {"w": zero, "b": zero},
        {"w": one},
        {"b": one},
        x,
        y,
    )


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    width = 2 + seed % 4
    net = nn.Sequential(nn.Linear(3, width), nn.Tanh(), nn.Linear(width, 2)).to(dtype)
    image_net = nn.Sequential(nn.Conv2d(1, width, 2), nn.ReLU(), nn.Flatten()).to(dtype)
    data = torch.randn(7, 3, dtype=dtype), torch.randn(5, 1, 4, 4, dtype=dtype)
    x, y = torch.linspace(-1, 1, 3 + seed % 3), torch.linspace(-0.5, 1, 4)
    x, y = x.to(dtype), y.to(dtype)
    for name, module, inputs in (("mlp", net, data[0]), ("conv", image_net, data[1])):
        center = {k: p.detach() for k, p in module.named_parameters()}
        first, second = filter_normalised_directions(center, torch.Generator().manual_seed(seed))

        def ours(x: Tensor, y: Tensor, m=module, i=inputs, c=center, d=(first, second)) -> Tensor:
            def loss(parameters: dict[str, Tensor]) -> Tensor:
                return torch.func.functional_call(m, parameters, (i,)).square().mean()

            return loss_surface(loss, c, *d, x, y, batch=5)

        def theirs(x: Tensor, y: Tensor, m=module, i=inputs, d=(first, second)) -> Tensor:
            return _point_by_point(m, i, *d, x, y)

        yield Case(f"surface of a {name}", ours, theirs, (x, y), gradients=False)

        def single(x: Tensor, y: Tensor, m=module, i=inputs, c=center, d=(first, second)) -> Tensor:
            def loss(parameters: dict[str, Tensor]) -> Tensor:
                return torch.func.functional_call(m, parameters, (i,)).square().mean()

            return losses_on_plane(loss, c, *d, x, y)

        def diagonal(x: Tensor, y: Tensor, m=module, i=inputs, d=(first, second)) -> Tensor:
            return _point_by_point(m, i, *d, x, y).diagonal()

        yield Case(f"points of a {name}", single, diagonal, (x[:3], y[:3]), gradients=False)

        def by_us(weight: Tensor) -> Tensor:
            generator = torch.Generator().manual_seed(seed)
            return filter_normalised_directions({"w": weight}, generator, 1)[0]["w"]

        def by_hand(weight: Tensor) -> Tensor:
            generator = torch.Generator().manual_seed(seed)
            direction = torch.randn(weight.shape, generator=generator, dtype=weight.dtype)
            for one, filter in zip(direction, weight, strict=True):
                length, own = one.square().sum() ** 0.5, filter.square().sum() ** 0.5
                one.mul_(own / length)
            return direction

        weight = next(module.parameters()).detach().clone()
        yield Case(f"direction of a {name}", by_us, by_hand, (weight,), gradients=False)

    steps = torch.randn(4 + seed, 30, dtype=torch.float64)
    path = steps.cumsum(0)
    yield Case(
        "plane of a path", _lengths_and_products, _by_numpy, (path, path[-1]), gradients=False
    )


def _lengths_and_products(path: Tensor, center: Tensor) -> tuple[Tensor, ...]:
    """What does not depend on the signs: coordinates without them, projectors, shares."""
    plane = path_plane(path, center)
    return plane.coordinates.abs(), *_projectors(plane.directions), plane.explained


def _by_numpy(path: Tensor, center: Tensor) -> tuple[Tensor, ...]:
    away = (path - center).numpy()
    left, values, right = np.linalg.svd(away, full_matrices=False)
    coordinates = torch.from_numpy(left[:, :2] * values[:2]).abs()
    shares = torch.from_numpy(values[:2] ** 2 / (values**2).sum())
    return coordinates, *_projectors(torch.from_numpy(right[:2])), shares


def _projectors(directions: Tensor) -> list[Tensor]:
    return [torch.outer(direction, direction) for direction in directions]


@torch.no_grad()
def _point_by_point(
    module: nn.Module,
    inputs: Tensor,
    first: dict[str, Tensor],
    second: dict[str, Tensor],
    x: Tensor,
    y: Tensor,
) -> Tensor:
    kept = {k: p.clone() for k, p in module.named_parameters()}
    rows: list[Tensor] = []
    for j in y:
        for i in x:
            for k, p in module.named_parameters():
                if k in first:
                    p.copy_(kept[k] + i * first[k] + j * second[k])
            rows.append(module(inputs).square().mean())
    for k, p in module.named_parameters():
        p.copy_(kept[k])
    return torch.stack(rows).view(len(y), len(x))
