"""Against SciPy's root of a matrix, and layers built anew from torch.nn and plain products."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from scipy.linalg import sqrtm
from scipy.spatial.transform import Rotation, Slerp
from torch import Tensor
from torch.nn.functional import fold, unfold

from oracles import Case
from tidu.losses import between
from tidu.metrics import frechet_distance
from tidu.nn import ConvDiscriminator, ConvGenerator, spherical_interpolation

NOT_DIFFERENTIABLE = "the Fréchet distance is a figure to report; a root has no gradient at zero"


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    one, other = torch.randn(20, 5, dtype=dtype), torch.randn(30, 5, dtype=dtype)
    start, end = torch.randn(2, 4, 6, dtype=dtype)
    images, weight = torch.rand(3, 1, 28, 28, dtype=dtype), torch.rand(20, 1, dtype=dtype)
    return [
        (frechet_distance, (one, other)),
        (lambda a, b: spherical_interpolation(a, b, 0.3), (start, end)),
        (between, (one, other[:20], weight)),
        (ConvGenerator(noise=6, channels=3, hidden=8).to(dtype), (start,)),
        (ConvDiscriminator(channels=3, hidden=8).to(dtype), (images,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    yield from _distances(seed, dtype)
    yield from _players(dtype)
    yield from _paths(seed, dtype)


def _distances(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    dim = int(torch.randint(2, 12, ()))
    one, other = (
        torch.randn(5 * dim, dim, dtype=dtype) @ torch.randn(dim, dim, dtype=dtype)
        + torch.randn(dim, dtype=dtype)
        for _ in range(2)
    )
    yield Case("spread in every direction", frechet_distance, _by_sqrtm, (one, other),
               gradients=False)  # fmt: skip
    # Along the axes the covariances commute: the distance is that of the deviations.
    places = torch.randn(2, dim, dtype=dtype)
    scales = torch.rand(2, dim, dtype=dtype) + 0.1
    corners = torch.cat([torch.eye(dim), -torch.eye(dim)]).to(dtype) * (dim - 0.5) ** 0.5
    yield Case(
        "covariances that commute",
        lambda m, s: frechet_distance(corners * s[0] + m[0], corners * s[1] + m[1]),
        lambda m, s: (m[0] - m[1]).square().sum() + (s[0] - s[1]).square().sum(),
        (places, scales),
        gradients=False,
    )


def _by_sqrtm(one: Tensor, other: Tensor) -> Tensor:
    sets = [features.double().numpy() for features in (one, other)]
    (m, s), (n, t) = [(x.mean(0), np.cov(x, rowvar=False)) for x in sets]
    distance = np.sum((m - n) ** 2) + np.trace(s + t - 2 * sqrtm(s @ t).real)
    return torch.tensor(distance, dtype=one.dtype)


def _players(dtype: torch.dtype) -> Iterator[Case]:
    noise, channels, hidden, colours = (torch.randint(1, 5, (4,)) + 1).tolist()
    size, batch = 4 * int(torch.randint(2, 5, ())), int(torch.randint(4, 9, ()))
    z, images = torch.randn(batch, noise, dtype=dtype), torch.rand(batch, colours, size, size)
    ours = ConvGenerator(noise, channels, hidden, size, colours).to(dtype)
    weights = [p.detach().clone().requires_grad_() for p in ours.parameters()]
    yield Case(
        f"generator of {colours} x {size} x {size}",
        ours,
        lambda z: _generated(z, weights, ours.shape),
        (z,),
        list(zip(ours.parameters(), weights, strict=True)),
    )
    judge = ConvDiscriminator(channels, hidden, size, colours).to(dtype)
    own = [p.detach().clone().requires_grad_() for p in judge.parameters()]
    yield Case(
        f"discriminator of {colours} x {size} x {size}",
        judge,
        lambda x: _judged(x, own),
        (images.to(dtype),),
        list(zip(judge.parameters(), own, strict=True)),
    )


def _generated(z: Tensor, weights: list[Tensor], shape: tuple[int, ...]) -> Tensor:
    first, scale0, shift0, spread, scale1, shift1, grow1, scale2, shift2, grow2, bias = weights
    whole = _normalised((z @ first.T)[..., None, None], scale0, shift0).clamp(min=0)
    maps = (whole[..., 0, 0] @ spread.T).view(-1, *shape)
    maps = _normalised(maps, scale1, shift1).clamp(min=0)
    maps = _normalised(_grown(maps, grow1), scale2, shift2).clamp(min=0)
    return 1 / (1 + torch.exp(-(_grown(maps, grow2) + bias[:, None, None])))


def _grown(maps: Tensor, weight: Tensor) -> Tensor:
    """Every value stamps its 4 x 4 patch onto an image of twice the side."""
    stamps = torch.einsum("bip,if->bfp", maps.flatten(2), weight.flatten(1))
    side = 2 * maps.shape[-1]
    return fold(stamps, (side, side), 4, stride=2, padding=1)


def _normalised(maps: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    variance, mean = torch.var_mean(maps, (0, 2, 3), correction=0, keepdim=True)
    return (maps - mean) / (variance + 1e-5).sqrt() * scale[:, None, None] + shift[:, None, None]


def _judged(images: Tensor, weights: list[Tensor]) -> Tensor:
    shrink1, bias1, shrink2, bias2, gather, offset, last, bias = weights
    maps = images
    for weight, shift in ((shrink1, bias1), (shrink2, bias2)):
        patches = unfold(maps, 4, stride=2, padding=1)
        side = maps.shape[-1] // 2
        maps = (weight.flatten(1) @ patches + shift[:, None]).view(len(images), -1, side, side)
        maps = _leaky(maps)
    return _leaky(maps.flatten(1) @ gather.T + offset) @ last[0] + bias


def _leaky(values: Tensor) -> Tensor:
    return torch.where(values > 0, values, 0.2 * values)


def _paths(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    """SciPy turns rotations; unit quaternions are points of a sphere in four dimensions."""
    share = (0.0, 0.25, 0.9)[seed]
    start, end = torch.nn.functional.normalize(torch.randn(2, 4, dtype=dtype), dim=-1)
    end = end if start @ end > 0 else -end  # a rotation has two quaternions; SciPy's way is short

    def turned(a: Tensor, b: Tensor) -> Tensor:
        ends = Rotation.from_quat(torch.stack([a, b]).double().numpy())
        found = torch.from_numpy(Slerp([0, 1], ends)(share).as_quat()).to(dtype)
        return found if found @ a > 0 else -found

    yield Case(f"arc at {share}", lambda a, b: spherical_interpolation(a, b, share), turned,
               (start, end), gradients=False)  # fmt: skip

    def by_formula(a: Tensor, b: Tensor) -> Tensor:
        angle = torch.acos((a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1))).unsqueeze(-1)
        return (torch.sin((1 - share) * angle) * a + torch.sin(share * angle) * b) / angle.sin()

    yield Case(
        "arcs of many pairs, with gradient",
        lambda a, b: spherical_interpolation(a, b, share),
        by_formula,
        (torch.randn(3, 5, 7, dtype=dtype), torch.randn(3, 5, 7, dtype=dtype)),
    )
    real, fake, weight = torch.randn(3, 6, 4, dtype=dtype)
    yield Case(
        "points between",
        lambda a, b: between(a, b, weight[:, :1]),
        lambda a, b: weight[:, :1] * a + (1 - weight[:, :1]) * b,
        (real, fake),
    )
