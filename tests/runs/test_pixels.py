"""Small perceptrons on pixels: one network or a stack, read as one by one."""

from __future__ import annotations

import torch

from tidu import data, nn, runs


def test_a_stack_reads_as_its_copies_do_alone() -> None:
    images = data.images_or("digits", None)
    singles = [runs.pixel_mlp((7,), images, seed) for seed in (3, 4, 3)]
    together = runs.share_right(nn.stack(singles), images.train_images, images.train_labels)
    alone: list[float] = []
    for network in singles:
        with torch.no_grad():
            said = network(images.train_images.flatten(1).float() / 255).argmax(1)
        alone.append(float((said == images.train_labels).double().mean()))
        one = runs.share_right(network, images.train_images, images.train_labels)
        assert one.shape == ()
        assert float(one) == alone[-1]
    assert together.tolist() == alone
    assert alone[0] == alone[2] != alone[1]


def test_its_weights_depend_on_the_seed_alone() -> None:
    images = data.images_or("digits", None)
    first = runs.pixel_mlp((5,), images, 1)
    torch.rand(10)
    again = runs.pixel_mlp((5,), images, 1)
    for one, other in zip(first.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
    assert first(torch.zeros(2, 64)).shape == (2, 10)
