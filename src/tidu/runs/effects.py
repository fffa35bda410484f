"""What the columns of a table do in a trained model: how much each is needed, and its effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from tidu import metrics

if TYPE_CHECKING:
    from tidu.data import Table
    from tidu.runs.run import Run

DRAWN = 6  # features whose effect is drawn
SHOWN_ROWS = 500  # rows their effect is averaged over
POINTS = 25  # values of a feature
MOST_BARS = 20  # features whose importance is kept, the most needed first


def record_effects(
    run: Run, answers: Callable[[Tensor], Tensor], test: Table, shuffles: int, resamples: int
) -> None:
    """Keep how much each feature is needed, and the effect of those that are needed most.

    ``answers`` gives numbers (rows, 1), or the probabilities of all classes (rows, classes).
    """

    def losses(features: Tensor) -> Tensor:
        said = answers(features)
        if not test.classes:
            return (said[:, 0] - test.target).square()
        return -said.gather(1, test.target.unsqueeze(1)).squeeze(1).clamp(min=1e-300).log()

    groups = test.groups()
    rises = metrics.permutation_importance(
        losses, test.features, list(groups.values()), shuffles, run.generator(1)
    )
    mean = rises.mean(1)
    order = mean.argsort(descending=True)[:MOST_BARS]
    low, high = metrics.bootstrap_interval(np.mean, rises[order].numpy(), resamples=resamples)
    run.record("importance", mean=mean[order], low=torch.tensor(low), high=torch.tensor(high))
    names = [list(groups)[k] for k in order.tolist()]
    rows = test.features[:SHOWN_ROWS]
    drawn: list[dict[str, Any]] = []
    for k, name in enumerate(names[:DRAWN]):
        settings, levels = test.settings(name, POINTS)
        effect = metrics.partial_dependence(answers, rows, groups[name], settings)
        run.record(f"effect-{k}", **vars(effect))
        drawn.append({"name": name, "levels": levels})
    run.write_json("effects", {"features": names, "drawn": drawn})
