"""What a trained model makes of each feature: how much it needs it, and which way it pulls.

    importance(j)        = mean loss with column j shuffled among the rows  -  mean loss
    dependence(j, value) = mean prediction over the rows with column j set to ``value``

Both ask the model, not the world: of two features that say the same, the model may need only one;
and setting one feature alone makes rows that nobody has met. Source: Breiman (2001), "Random
forests", Machine Learning 45, section 10 (shuffling); Friedman (2001), "Greedy function
approximation: a gradient boosting machine", Annals of Statistics 29, section 8.2 (dependence).
Where ours differs: the columns of one category are shuffled and set together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


def permutation_importance(
    losses: Callable[[Tensor], Tensor],
    features: Float[Tensor, "rows columns"],
    groups: Sequence[Sequence[int]],
    times: int,
    generator: torch.Generator,
) -> Float[Tensor, "groups rows"]:
    """How much every row's loss rises when a group of columns is shuffled, mean of ``times``.

    ``losses`` gives the loss of every row.

    >>> x = torch.tensor([[0.0, 5.0], [1.0, 6.0], [2.0, 7.0]])
    >>> said = permutation_importance(lambda x: x[:, 0], x, [[1]], 3, torch.Generator())
    >>> said
    tensor([[0., 0., 0.]])
    """
    whole = losses(features)
    found: list[Tensor] = []
    for group in groups:
        rise = torch.zeros_like(whole)
        for _ in range(times):
            order = torch.randperm(len(features), generator=generator)
            shuffled = features.clone()
            shuffled[:, list(group)] = features[order][:, list(group)]
            rise += losses(shuffled) - whole
        found.append(rise / times)
    return torch.stack(found)


@dataclass(frozen=True)
class Effect:
    """A feature at each of its ``values``: the mean prediction, and where 80 % of the rows lie."""

    values: Float[Tensor, " points"]
    mean: Float[Tensor, "points outputs"]
    low: Float[Tensor, "points outputs"]
    high: Float[Tensor, "points outputs"]


def partial_dependence(
    predict: Callable[[Tensor], Tensor],
    features: Float[Tensor, "rows columns"],
    group: Sequence[int],
    settings: Float[Tensor, "points width"],
) -> Effect:
    """Predictions with the columns of ``group`` set to each row of ``settings`` in turn.

    ``predict`` gives (rows, outputs). ``values`` are the settings of a single column, or for
    several their numbers.

    >>> x = torch.tensor([[0.0, 5.0], [1.0, 6.0]])
    >>> partial_dependence(lambda x: x.sum(1, keepdim=True), x, [1], torch.tensor([[0.0]])).mean
    tensor([[0.5000]])
    """
    said: list[Tensor] = []
    for setting in settings:
        rows = features.clone()
        rows[:, list(group)] = setting
        said.append(predict(rows))
    stacked = torch.stack(said)
    ends = torch.tensor([0.1, 0.9], dtype=stacked.dtype)
    low, high = stacked.quantile(ends, dim=1)
    single = len(group) == 1
    values = settings[:, 0] if single else torch.arange(len(settings)).to(features.dtype)
    return Effect(values, stacked.mean(1), low, high)
