"""The one-standard-error rule: the simplest model that is about as good as the best.

    mean(c) = 1/n · Σ_i loss(c, i)            of every candidate c, from simple to rich
    error   = deviation of the best one's losses / √n
    chosen  = the first c with  mean(c) <= mean(best) + error

The best of many candidates on few rows is partly the luckiest: rows that happen to be easy let the
richest one look certain of everything. Differences below a standard error say nothing, so there
simplicity decides.

Source: Breiman, Friedman, Olshen & Stone (1984), "Classification and Regression Trees", section
3.4.3; Hastie, Tibshirani & Friedman (2009), "The Elements of Statistical Learning", section 7.10.1.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor


def simplest_of_best(losses: Float[Tensor, "candidates rows"]) -> tuple[int, float]:
    """The number of the chosen candidate, and the mean loss up to which one counts as good.

    >>> import torch
    >>> losses = torch.tensor([[9.0, 9.0, 9.0], [1.0, 2.0, 3.0], [1.0, 2.0, 2.7]])
    >>> chosen, limit = simplest_of_best(losses)
    >>> chosen, round(limit, 2)
    (1, 2.39)
    """
    rows = losses.shape[1]
    if rows < 2:
        raise ValueError(f"a standard error needs the losses of 2 rows or more; got {rows}")
    means = losses.mean(1)
    best = int(means.argmin())
    limit = means[best] + losses[best].std() / rows**0.5
    return int((means <= limit).nonzero()[0]), float(limit)
