"""How often two members of an ensemble give different answers.

    disagreement = mean over pairs (i, j) and rows n of [ answer_i(n) != answer_j(n) ]

Zero: all members are one, and asking several is no gain. Source: Skalak (1996), "The sources of
increased accuracy for two proposed boosting algorithms" (a pair); the mean over all pairs as in
Kuncheva & Whitaker (2003), "Measures of diversity in classifier ensembles and their relationship
with the ensemble accuracy", Machine Learning 51, section 2.2.
Where ours differs: they count right against wrong; two different wrong answers differ here.
"""

from __future__ import annotations

from jaxtyping import Float64, Int
from torch import Tensor


def disagreement(answers: Int[Tensor, "members rows"]) -> Float64[Tensor, ""]:
    """The share of different answers over all pairs of members.

    >>> import torch
    >>> disagreement(torch.tensor([[0, 1, 2, 3], [0, 1, 2, 2], [0, 1, 2, 3]])).item()
    0.16666666666666666
    """
    members, rows = answers.shape
    if members < 2 or rows < 1:
        raise ValueError(
            f"disagreement is of at least 2 members about at least 1 row; got {members} and {rows}"
        )
    different = (answers.unsqueeze(0) != answers.unsqueeze(1)).double().sum()
    return different / (members * (members - 1) * rows)
