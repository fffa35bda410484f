"""LeNet: the published numbers of parameters, any size of image, stacked copies."""

from __future__ import annotations

import pytest
import torch

from tidu.nn import LeNet5, LeNet300100, stack


def parameters(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_they_have_the_parameters_of_the_papers() -> None:
    assert parameters(LeNet5()) == 431_080  # Han et al. 2015, table 1: 431K
    assert parameters(LeNet300100()) == 266_610  # 267K
    # LeCun et al. 1998 count 60,000: theirs pads to 32 pixels and leaves out connections.
    assert parameters(LeNet5(channels=(6, 16), hidden=(120, 84))) == 44_426


@pytest.mark.parametrize("size", [16, 17, 28, 32])
def test_images_of_any_size_from_16_on(size: int) -> None:
    assert LeNet5(3, in_channels=3, size=size)(torch.rand(2, 3, size, size)).shape == (2, 3)
    with pytest.raises(ValueError, match="at least 16"):
        LeNet5(size=15)


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize("padding", [0, 1, 2, 3])
def test_the_smallest_size_is_told(padding: int, pooling: bool) -> None:
    for size in range(1, 20):
        try:
            net = LeNet5(2, size=size, channels=(1, 1), padding=padding, pooling=pooling)
        except ValueError as problem:
            least = int(str(problem).split("at least ")[1].split(",")[0])
            assert size < least
            assert LeNet5(2, size=least, padding=padding, pooling=pooling)
        else:
            assert net(torch.rand(1, 1, size, size)).shape == (1, 2)


def test_a_moved_image_moves_the_maps() -> None:
    conv = LeNet5().conv1
    image = torch.zeros(1, 1, 28, 28)
    image[..., 8:16, 8:16] = torch.rand(8, 8)
    moved = image.roll((3, 2), (2, 3))
    torch.testing.assert_close(conv(moved)[..., 3:, 2:], conv(image)[..., :-3, :-2])


def test_stacked_copies_answer_as_each_alone() -> None:
    networks = [LeNet300100() for _ in range(3)]
    images = torch.rand(3, 5, 1, 28, 28)
    alone = torch.stack([net(x) for net, x in zip(networks, images, strict=True)])
    torch.testing.assert_close(stack(networks)(images), alone, rtol=1e-4, atol=1e-5)


def test_channels_last_and_contiguous_answer_alike() -> None:
    net, images = LeNet5(), torch.rand(4, 1, 28, 28)
    before = net(images)
    after = net.to(memory_format=torch.channels_last)(images)
    torch.testing.assert_close(before, after, rtol=1e-4, atol=1e-5)
