"""The mean over seeds and its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Summary:
    """Mean of ``count`` seeds with the 95 % Student-t interval; no interval for one seed."""

    mean: float
    low: float | None
    high: float | None
    count: int

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.mean:.4g}"
        return f"{self.mean:.4g} [{self.low:.4g}, {self.high:.4g}]"


def summarise(values: Sequence[float]) -> Summary:
    """Mean and interval ``mean ± t(0.975, n-1) s / sqrt(n)`` of one metric over seeds.

    >>> summarise([1.0, 2.0, 3.0])
    Summary(mean=2.0, low=-0.484..., high=4.484..., count=3)
    """
    array = np.asarray(values, dtype=np.float64)
    mean = float(array.mean())
    if len(array) < 2:
        return Summary(mean, None, None, len(array))
    from scipy.stats import t

    half = float(t.ppf(0.975, len(array) - 1) * array.std(ddof=1) / np.sqrt(len(array)))
    return Summary(mean, mean - half, mean + half, len(array))
