"""Networks on their way through the rounds of pruning: cut, looked at, trained, cut again.

One network, or one for every seed stacked in one (:func:`tidu.nn.stack`); each is cut by its own
weights and judged by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tidu import vision
from tidu.compress.copies import copies_in, cut_weights, single, without_weakest_neurons
from tidu.compress.masks import Masks
from tidu.compress.size import count_weights_left
from tidu.data import Images


@dataclass
class Course:
    """What is known of a network, or of several in one, on its way through the rounds."""

    network: nn.Module
    masks: Masks
    seeds: tuple[int, ...]  # one for each copy
    steps: int = 0  # taken so far, over all loops
    before: list[list[float]] = field(default_factory=list[list[float]])
    accuracy: list[list[float]] = field(default_factory=list[list[float]])
    left: list[float] = field(default_factory=list[float])

    def cut_weights(self, left: float, scope: Literal["global", "layer"]) -> None:
        """Keep the largest weights of each copy, ``left`` of them all, and zero the others."""
        cut_weights(self.network, self.masks, left, scope)

    def remove_neurons(self, share: float, size: int) -> None:
        """Take ``share`` of every hidden layer's neurons away; images are ``size`` wide."""
        example = torch.rand(2, 1, size, size, generator=torch.Generator().manual_seed(0))
        example = example.to(next(self.network.parameters()).device)
        self.network = without_weakest_neurons(self.network, share, example)
        self.masks = Masks(self.network, self.masks.kept)

    def rewind(self, initial: dict[str, Tensor]) -> None:
        """Put the weights that are kept back to what they were."""
        self.network.load_state_dict(initial)
        self.masks.apply(self.network)

    def weights_left(self) -> int:
        """How many weights the first copy has that are not zero; every copy has as many."""
        return count_weights_left(single(self.network))[0]

    def logits(
        self, images: Float[Tensor, "copies batch 1 height width"]
    ) -> Float[Tensor, "copies batch classes"]:
        """What each copy says of its own batch."""
        if copies_in(self.network) is not None:
            return self.network(images)
        return self.network(images[0]).unsqueeze(0)

    def test_accuracy(self, images: Images) -> list[float]:
        """The share of the test images that each copy reads right, in float32."""
        device, copies = next(self.network.parameters()).device, len(self.seeds)
        right = torch.zeros(copies, dtype=torch.long)
        with torch.inference_mode():
            parts = zip(images.test_images.split(1000), images.test_labels.split(1000), strict=True)
            for part, labels in parts:
                inputs = vision.grey_images(part).to(device).expand(copies, -1, -1, -1, -1)
                right += (self.logits(inputs).argmax(-1).cpu() == labels).sum(1)
        return (right.double() / len(images.test_labels)).tolist()
