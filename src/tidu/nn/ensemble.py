"""An ensemble: several networks are asked, and together they answer better than each alone.

    mean    p(class) = (1/k) sum over the members of softmax(logits of member)
    vote    the class that most members say; of equally many, the one with the larger mean

Members err in different places when they began with different weights or saw the data in another
order: where they differ, the mean is right more often than a member taken at random.

Source: Hansen & Salamon (1990), "Neural network ensembles", IEEE Transactions on Pattern Analysis
and Machine Intelligence 12, 993-1001 (vote); Perrone & Cooper (1993), "When networks disagree:
ensemble methods for hybrid neural networks" (mean). Where ours differs: the mean is given as its
logarithm, so that it stands where logits of one network would.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Ensemble(nn.Module):
    """``members`` as one network: the same inputs go to all, the mean answer comes out.

    >>> Ensemble([nn.Linear(4, 3), nn.Linear(4, 3)])(torch.zeros(8, 4)).shape
    torch.Size([8, 3])
    """

    def __init__(self, members: Iterable[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        if not self.members:
            raise ValueError("an ensemble needs at least one member; got none; give networks")

    def forward(self, input: Tensor) -> Float[Tensor, "batch classes"]:
        """The logarithm of the members' mean probabilities."""
        return mean_answer(torch.stack([member(input) for member in self.members]))


def mean_answer(
    logits: Float[Tensor, "members *batch classes"],
) -> Float[Tensor, "*batch classes"]:
    """The logarithm of the mean of the members' probabilities; its softmax is that mean.

    >>> mean_answer(torch.tensor([[[0.0, 0.0]], [[9.0, -9.0]]])).exp().round(decimals=2)
    tensor([[0.7500, 0.2500]])
    """
    return logits.log_softmax(-1).logsumexp(0) - math.log(len(logits))


def majority_vote(
    logits: Float[Tensor, "members *batch classes"],
) -> Int[Tensor, "*batch"]:
    """The class that most members hold likeliest, of shape ``batch``.

    >>> logits = torch.tensor([[[0.0, 1.0]], [[0.0, 1.0]], [[9.0, 0.0]]])
    >>> majority_vote(logits).tolist(), mean_answer(logits).argmax(-1).tolist()
    ([1], [0])
    """
    said = nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).sum(0)
    # probabilities lie between 0 and 1: they decide only where the votes are equal
    return (said + 0.5 * mean_answer(logits).exp()).argmax(-1)
