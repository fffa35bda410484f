"""The one-standard-error rule, against NumPy and by what it promises."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tidu import metrics


@pytest.mark.parametrize("seed", range(20))
def test_it_takes_the_first_within_one_error_of_the_best(seed: int) -> None:
    chance = np.random.default_rng(seed)
    losses = chance.gamma(1.0, 1.0, (8, 30)) * np.linspace(1.5, 1.0, 8)[:, None]
    chosen, limit = metrics.simplest_of_best(torch.from_numpy(losses))
    means = losses.mean(axis=1)
    best = means.argmin()
    wanted = means[best] + losses[best].std(ddof=1) / np.sqrt(30)
    assert limit == pytest.approx(wanted)
    assert [mean <= limit for mean in means[: chosen + 1]] == [False] * chosen + [True]
    assert chosen <= best


def test_where_no_row_differs_the_best_is_taken() -> None:
    losses = torch.tensor([[3.0], [2.0], [1.0]]).expand(3, 5)
    assert metrics.simplest_of_best(losses) == (2, 1.0)


def test_one_row_has_no_error() -> None:
    with pytest.raises(ValueError, match="2 rows"):
        metrics.simplest_of_best(torch.ones(3, 1))
