"""The convolutional players: sizes, values, what a batch shares and what it does not."""

from __future__ import annotations

import pytest
import torch

from tidu.nn import ConvDiscriminator, ConvGenerator, spherical_interpolation


@pytest.mark.parametrize(("size", "colours"), [(4, 1), (28, 1), (32, 3)])
def test_images_of_any_multiple_of_four(size: int, colours: int) -> None:
    images = ConvGenerator(5, 2, 6, size, colours)(torch.randn(3, 5))
    assert images.shape == (3, colours, size, size)
    assert bool(((images > 0) & (images < 1)).all())
    assert ConvDiscriminator(2, 6, size, colours)(images).shape == (3,)


@pytest.mark.parametrize("player", [ConvGenerator, ConvDiscriminator])
def test_other_sizes_are_refused(player: type[torch.nn.Module]) -> None:
    with pytest.raises(ValueError, match=r"multiple of 4.*got 30"):
        player(size=30)


def test_the_discriminator_judges_each_image_by_itself() -> None:
    judge, images = ConvDiscriminator(3, size=8), torch.rand(4, 1, 8, 8)
    alone = torch.cat([judge(image[None]) for image in images])
    torch.testing.assert_close(judge(images), alone)


def test_a_trained_generator_makes_each_image_by_itself() -> None:
    """In training the batch is normalised together; in use it is not."""
    generator, noise = ConvGenerator(5, 3, size=8), torch.randn(4, 5)
    generator(noise)
    generator.eval()
    alone = torch.cat([generator(row[None]) for row in noise])
    torch.testing.assert_close(generator(noise), alone)


def test_noise_is_not_forgotten_at_the_start() -> None:
    generator = ConvGenerator(noise=16, channels=8)
    images = generator(torch.randn(200, 16))
    assert images.std(0).mean() > 0.05


def test_an_arc_keeps_the_length_and_begins_and_ends_where_it_should() -> None:
    start, end = torch.nn.functional.normalize(torch.randn(2, 9, 64), dim=-1).double() * 8
    for share in (0.0, 0.2, 0.5, 1.0):
        point = spherical_interpolation(start, end, share)
        torch.testing.assert_close(point.norm(dim=-1), torch.full((9,), 8.0).double())
    torch.testing.assert_close(spherical_interpolation(start, end, 0.0), start)
    torch.testing.assert_close(spherical_interpolation(start, end, 1.0), end)


def test_an_arc_between_equal_directions_is_a_straight_line() -> None:
    start = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    middle = spherical_interpolation(start, 3 * start, 0.5)
    torch.testing.assert_close(middle, 2 * start)
    (slope,) = torch.autograd.grad(middle.sum(), start)
    assert torch.isfinite(slope).all()


def test_the_discriminator_sees_the_image_as_a_whole() -> None:
    """Its logit is no sum over places: halves that never touch count together."""
    judge, empty = ConvDiscriminator(3, size=28).double(), torch.zeros(1, 1, 28, 28).double()
    top, bottom = empty.clone(), empty.clone()
    top[..., :6, :], bottom[..., 22:, :] = torch.rand(2, 6, 28).double()
    apart = judge(top) + judge(bottom) - judge(empty)
    assert (judge(top + bottom) - apart).abs() > 1e-6
