"""Against SciPy's ndimage, NumPy's mirror and noise, and the definitions place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from oracles import Case
from tidu.vision import (
    Warp,
    elastic_displacement,
    random_affine,
    random_elastic,
    random_flip,
    random_noise,
    rotate,
    rotate_one,
    shift,
    shift_one,
)


def drawn(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    images = torch.rand(4, 2, 12, 10, dtype=dtype)
    angles = torch.tensor([-20.0, 0.0, 7.0, 90.0])
    offset = torch.tensor([[0, 1], [2, -3], [0, 0], [-1, -1]])
    everything = Warp(rotate=10, scale=0.1, shift=1, elastic=5, flip=True, noise=0.1)
    return [
        (lambda x: rotate(x, angles.to(x.device)), (images,)),
        (lambda x: shift(x, offset.to(x.device)), (images,)),
        (lambda x: random_affine(x, 10, 0.1, 0.1, 1, drawn()), (images,)),
        (lambda x: random_elastic(x, 5, generator=drawn()), (images,)),
        (lambda x: random_flip(x, generator=drawn()), (images,)),
        (lambda x: random_noise(x, 0.1, drawn()), (images,)),
        (lambda x: everything(x, drawn()), (images,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, colours = (int(n) for n in torch.randint(1, 4, (2,)))
    height, width = (int(n) for n in torch.randint(5, 12, (2,)))
    images = torch.rand(batch, colours, height, width, dtype=dtype)
    angles = torch.rand(batch) * 180 - 90
    yield Case("rotation by SciPy", rotate, _rotated, (images, angles.double()), gradients=False)
    turns = angles.tolist()
    yield Case(
        "rotation by its definition",
        lambda x: rotate(x, angles.double()),
        lambda x: torch.stack([rotate_one(i, d) for i, d in zip(x, turns, strict=True)]),
        (images,),
    )
    offset = torch.randint(-height, height + 1, (batch, 2))
    yield Case(
        "shift by SciPy",
        shift,
        lambda x, o: _each(lambda i, d: ndimage.shift(i, (0, *d), order=0), x, o),
        (images, offset),
        gradients=False,
    )
    steps = offset.tolist()
    yield Case(
        "shift by its definition",
        lambda x: shift(x, offset),
        lambda x: torch.stack([shift_one(i, *d) for i, d in zip(x, steps, strict=True)]),
        (images,),
    )
    yield Case("affine by SciPy", lambda x: random_affine(x, 30, 0.2, 0.2, 2, drawn(seed)),
               lambda x: _affine(x, seed), (images,), gradients=False, atol=1e-5)  # fmt: skip
    yield Case("elastic by SciPy", lambda x: random_elastic(x, 9, 2.0, drawn(seed)),
               lambda x: _bent(x, seed), (images,), gradients=False, atol=1e-5)  # fmt: skip
    yield Case("mirror", lambda x: random_flip(x, 0.6, drawn(seed)),
               lambda x: _mirrored(x, seed), (images,))  # fmt: skip
    yield Case("noise", lambda x: random_noise(x, 0.3, drawn(seed)),
               lambda x: _noisy(x, seed), (images,))  # fmt: skip
    yield Case(
        "one after another from one generator",
        lambda x: Warp(rotate=20, shift=1, flip=True, noise=0.1)(x, drawn(seed)),
        lambda x: _in_turn(x, drawn(seed)),
        (images,),
    )


def _each(call: Callable[..., np.ndarray], images: Tensor, *each: Tensor) -> Tensor:
    """``call`` on every image by itself."""
    rows = zip(images.numpy(), *(part.tolist() for part in each), strict=True)
    return torch.from_numpy(np.stack([call(*row) for row in rows])).to(images.dtype)


def _rotated(images: Tensor, degrees: Tensor) -> Tensor:
    return _each(
        lambda image, angle: ndimage.rotate(
            image, angle, axes=(2, 1), reshape=False, order=1, mode="grid-constant"
        ),
        images,
        degrees,
    )


def _affine(images: Tensor, seed: int) -> Tensor:
    draw = torch.rand(len(images), 5, generator=drawn(seed)) * 2 - 1

    def one(image: np.ndarray, numbers: list[float]) -> np.ndarray:
        turn, size, slant, right, down = numbers
        angle, size = np.deg2rad(30 * turn), 1 + 0.2 * size
        cos, sin = np.cos(angle), np.sin(angle)
        matrix = np.array([[cos, -sin], [sin, cos]]) @ [[1, 0.2 * slant], [0, 1]] / size
        matrix = matrix[::-1, ::-1]  # rows before columns
        middle = (np.array(image.shape[1:]) - 1) / 2
        start = middle - matrix @ middle + 2 * np.array([down, right])
        return np.stack(
            [ndimage.affine_transform(c, matrix, start, order=1, mode="grid-constant")
             for c in image]
        )  # fmt: skip

    return _each(one, images, draw)


def _bent(images: Tensor, seed: int) -> Tensor:
    height, width = images.shape[-2:]
    field = elastic_displacement(len(images), height, width, 9, 2.0, drawn(seed))
    row, column = np.indices((height, width))

    def one(image: np.ndarray, moved: list[list[list[float]]]) -> np.ndarray:
        places = [row + np.array(moved[1]), column + np.array(moved[0])]
        return np.stack(
            [ndimage.map_coordinates(c, places, order=1, mode="grid-constant") for c in image]
        )

    return _each(one, images, field)


def _mirrored(images: Tensor, seed: int) -> Tensor:
    tossed = torch.rand(len(images), generator=drawn(seed)).tolist()
    back = torch.arange(images.shape[-1] - 1, -1, -1)
    return torch.stack(
        [i[..., back] if t < 0.6 else i for i, t in zip(images, tossed, strict=True)]
    )


def _noisy(images: Tensor, seed: int) -> Tensor:
    own = drawn(seed)
    strengths = (0.3 * torch.rand(len(images), 1, 1, 1, generator=own)).flatten().tolist()
    grain = torch.randn(images.shape, generator=own)
    noisy = torch.stack([i + s * n for i, s, n in zip(images, strengths, grain, strict=True)])
    return torch.minimum(torch.maximum(noisy, torch.zeros(())), torch.ones(())).to(images.dtype)


def _in_turn(images: Tensor, generator: torch.Generator) -> Tensor:
    images = random_affine(images, 20, 0, 0, 1, generator)
    images = random_flip(images, generator=generator)
    return random_noise(images, 0.1, generator)
