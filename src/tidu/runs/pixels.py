"""What experiments have in common that train a small perceptron on the pixels of grey images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tidu import compress, nn, vision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Int64, UInt8
    from torch import Tensor

    from tidu import data
    from tidu.runs.run import Run

AT_ONCE = 1000  # images read in one product


def side_of(source: str) -> int:
    """Height and width of the images of a source.

    >>> side_of("digits"), side_of("mnist")
    (8, 28)
    """
    return 8 if source == "digits" else 28


def pixel_mlp(hidden: Sequence[int], images: data.Images, seed: int) -> nn.MLP:
    """An untrained perceptron of pixels (batch, pixels); its weights depend on the seed alone."""
    torch.manual_seed(seed)
    return nn.MLP((images.train_images[0].numel(), *hidden, len(images.classes)), torch.nn.ReLU)


def trained_pixel_mlp(hidden: Sequence[int], source: str, run: Run) -> torch.nn.Module:
    """What a run has saved of one: images (batch, 1, height, width) from 0 to 1 in, logits out."""
    sizes = (side_of(source) ** 2, *hidden, len(run.read_json("classes")))
    layers = nn.MLP(sizes, torch.nn.ReLU)
    return run.load_weights(torch.nn.Sequential(torch.nn.Flatten(), layers))


def share_right(
    network: torch.nn.Module,
    images: UInt8[Tensor, "images ..."],
    labels: Int64[Tensor, " images"],
) -> Tensor:
    """The share of the images that a network of pixels reads right, in float64.

    Of a stack of networks the share of each copy (copies,), otherwise a number ().
    """
    copies = compress.copies_in(network)
    said: list[Tensor] = []
    with torch.inference_mode():
        for part in images.split(AT_ONCE):
            pixels = vision.grey_pixels(part)
            each = pixels if copies is None else pixels.expand(copies, -1, -1)
            said.append(network(each).argmax(-1))
    return (torch.cat(said, dim=-1) == labels).double().mean(-1)
