"""The ROC curve: how many are found, over how many are taken by mistake, for every threshold.

    hit rate(t) = #{score >= t, class 1} / #{class 1}
    false alarms(t) = #{score >= t, class 0} / #{class 0}
    area under the curve = P(score of a 1 > score of a 0) + P(equal) / 2

The area is the chance that a random 1 scores higher than a random 0: 1/2 for scores that know
nothing, 1 for scores that put every 1 above every 0. It does not depend on any threshold.

Source: Hanley & McNeil (1982), "The meaning and use of the area under a receiver operating
characteristic (ROC) curve", Radiology 143, 29-36.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Shaped
from torch import Tensor


def roc_curve(
    scores: Float[Tensor, " rows"], labels: Shaped[Tensor, " rows"]
) -> tuple[Float[Tensor, " points"], Float[Tensor, " points"]]:
    """False alarms and hit rate for every threshold, from the strictest (0, 0) to (1, 1).

    >>> alarms, hits = roc_curve(torch.tensor([0.1, 0.4, 0.4, 0.9]), torch.tensor([0, 0, 1, 1]))
    >>> alarms.tolist(), hits.tolist()
    ([0.0, 0.0, 0.5, 1.0], [0.0, 0.5, 1.0, 1.0])
    """
    positive = labels > 0
    if bool(positive.all()) or not bool(positive.any()):
        raise ValueError("a ROC curve needs rows of both classes; got one class only")
    order = scores.argsort(descending=True, stable=True)
    ranked, right = scores[order], positive[order]
    # equal scores pass a threshold together: only the last of them is a point of the curve
    last = torch.cat([ranked[1:] != ranked[:-1], torch.ones_like(right[:1])])
    hits, alarms = (part.cumsum(0)[last].to(scores.dtype) for part in (right, ~right))
    start = torch.zeros_like(hits[:1])
    return torch.cat([start, alarms / alarms[-1]]), torch.cat([start, hits / hits[-1]])


def area_under_curve(
    scores: Float[Tensor, " rows"], labels: Shaped[Tensor, " rows"]
) -> Float[Tensor, ""]:
    """The area under the ROC curve.

    >>> area_under_curve(torch.tensor([0.1, 0.4, 0.4, 0.9]), torch.tensor([0, 0, 1, 1]))
    tensor(0.8750)
    """
    alarms, hits = roc_curve(scores, labels)
    return torch.trapezoid(hits, alarms)
