"""Warps: equal to SciPy's, equal to rolling, and random only by their own generator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import Tensor

from tidu import vision

Draw = Callable[[Tensor, torch.Generator], Tensor]
RANDOM: dict[str, Draw] = {
    "shift": lambda x, g: vision.random_shift(x, 3, g),
    "affine": lambda x, g: vision.random_affine(x, 15, 0.2, 0.1, 2, g),
    "elastic": lambda x, g: vision.random_elastic(x, generator=g),
    "flip": lambda x, g: vision.random_flip(x, generator=g),
    "noise": lambda x, g: vision.random_noise(x, 0.2, g),
    "warp": vision.Warp(rotate=10, scale=0.1, shift=2, elastic=20, flip=True, noise=0.1),
}


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("kind", RANDOM)
def test_the_generator_alone_decides(kind: str) -> None:
    images = torch.rand(8, 2, 20, 24)
    before = torch.get_rng_state()
    once, again = (RANDOM[kind](images, generator()) for _ in range(2))
    assert torch.equal(once, again)
    assert not torch.equal(once, RANDOM[kind](images, generator(1)))
    assert torch.equal(before, torch.get_rng_state())
    assert once.shape == images.shape


@pytest.mark.parametrize("kind", RANDOM)
def test_every_image_has_its_own_draw(kind: str) -> None:
    images = torch.rand(1, 1, 20, 20).expand(32, -1, -1, -1)
    warped = RANDOM[kind](images, generator())
    assert len(torch.unique(warped.flatten(1), dim=0)) > 1


@pytest.mark.parametrize("kind", ["shift", "affine", "elastic", "noise", "warp"])
def test_nothing_appears_that_was_not_there(kind: str) -> None:
    warped = RANDOM[kind](torch.rand(16, 1, 28, 28), generator())
    assert warped.min() >= 0
    assert warped.max() <= 1


def test_shift_moves_and_fills_with_zeros() -> None:
    images = torch.rand(2, 3, 9, 8)
    offset = torch.tensor([[2, -1], [-3, 4]])
    moved = vision.shift(images, offset)
    for image, (down, right), ours in zip(images, offset.tolist(), moved, strict=True):
        theirs = ndimage.shift(image.numpy(), (0, down, right), order=0)
        assert np.array_equal(ours.numpy(), theirs)


def test_offsets_are_drawn_evenly() -> None:
    dot = torch.zeros(5000, 1, 7, 7)
    dot[..., 3, 3] = 1
    places = vision.random_shift(dot, 1, generator()).sum((0, 1))[2:5, 2:5]
    assert places.sum() == 5000
    assert ((places - 5000 / 9).abs() < 5 * (5000 / 9) ** 0.5).all()


@pytest.mark.parametrize("seed", range(4))
def test_affine_equals_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.random((21, 16)).astype(np.float32)
    angle, scale, shear = rng.uniform(-40, 40), rng.uniform(0.7, 1.3), rng.uniform(-0.3, 0.3)
    move = rng.uniform(-3, 3, 2)  # x, y
    one = torch.tensor
    matrices = vision.affine_matrices(
        one([angle]), one([scale]), one([shear]), one(move[None])
    ).float()
    ours = vision.warp_affine(torch.from_numpy(image)[None, None], matrices)[0, 0].numpy()
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    turn = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, shear], [0, 1]]) / scale
    rows_first = turn[::-1, ::-1]
    centre = (np.array(image.shape) - 1) / 2
    theirs = ndimage.affine_transform(
        image, rows_first, centre - rows_first @ centre + move[::-1], order=1, mode="grid-constant"
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_quarter_turns_move_pixels_onto_pixels() -> None:
    images = torch.rand(5, 2, 9, 9)
    turned = vision.rotate(images, torch.tensor([0.0, 90.0, 180.0, 270.0, -90.0]))
    for image, ours, quarters in zip(images, turned, (0, 1, 2, 3, -1), strict=True):
        torch.testing.assert_close(ours, torch.rot90(image, quarters, (1, 2)), atol=1e-5, rtol=0)


def test_noise_is_of_every_strength_up_to_the_largest() -> None:
    grey = torch.full((400, 1, 24, 24), 0.5)
    noise = vision.random_noise(grey, 0.1, generator()) - grey
    deviations = noise.flatten(1).std(1)
    assert deviations.max() <= 0.1 * 1.15  # 576 pixels tell a deviation to some 3 %
    counts = torch.histc(deviations, 4, 0, 0.1)
    assert ((counts - 100).abs() < 5 * 75**0.5).all()
    assert abs(float(noise.mean())) < 5 * float(noise.std()) / noise.numel() ** 0.5


def test_scale_above_one_enlarges() -> None:
    image = torch.zeros(1, 1, 28, 28)
    image[..., 10:18, 10:18] = 1
    one = torch.ones(1)
    larger = vision.affine_matrices(0 * one, 1.5 * one, 0 * one, torch.zeros(1, 2))
    assert vision.warp_affine(image, larger).sum() == pytest.approx(64 * 1.5**2, rel=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_elastic_equals_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.random((18, 22)).astype(np.float32)
    field = vision.elastic_displacement(1, 18, 22, alpha=8, sigma=2.5, generator=generator(seed))
    ours = vision.warp_displacement(torch.from_numpy(image)[None, None], field)[0, 0].numpy()
    row, column = np.indices(image.shape)
    x, y = field[0].numpy()
    theirs = ndimage.map_coordinates(image, [row + y, column + x], order=1, mode="grid-constant")
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_displacements_are_smooth_noise_times_alpha() -> None:
    given = generator()
    rough = (torch.rand(3, 2, 40, 40, generator=given) * 2 - 1).numpy()
    theirs = 34 * ndimage.gaussian_filter(rough, (0, 0, 4, 4), mode="constant", truncate=8)
    ours = vision.elastic_displacement(3, 40, 40, generator=generator())
    np.testing.assert_allclose(ours.numpy(), theirs, atol=2e-3)


def test_flip_mirrors_about_half() -> None:
    images = torch.rand(1000, 1, 2, 3)
    flipped = vision.random_flip(images, generator=generator())
    turned = (flipped == images.flip(-1)).all(3).all(2).squeeze(1)
    assert 430 < int(turned.sum()) < 570
    assert torch.equal(flipped[~turned], images[~turned])


def test_no_warp_gives_the_images_back() -> None:
    images = torch.rand(4, 1, 8, 8)
    assert vision.Warp()(images, generator()) is images


def test_impossible_amounts_are_refused() -> None:
    images = torch.rand(2, 1, 8, 8)
    with pytest.raises(ValueError, match="pixels"):
        vision.random_shift(images, -1)
    with pytest.raises(ValueError, match="deviation"):
        vision.random_noise(images, -0.1)
    with pytest.raises(ValueError, match="scale"):
        vision.random_affine(images, scale=1.0)
    with pytest.raises(ValueError, match="sigma"):
        vision.random_elastic(images, sigma=0)
