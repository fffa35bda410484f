"""What a number of seeds can settle.

The test of the verdict asks for t = sqrt(n) · (mean - smallest) / s beyond the quantile of
Student's t at the corrected level. So the mean must be at least quantile / sqrt(n) standard
deviations s away; an effect just that far is settled in about half of all tries.
"""

from __future__ import annotations

import math

from scipy import stats

from tidu.claims.verdict import ALPHA


def least_gap(seeds: int, tests: int) -> float:
    """How many standard deviations the mean must be from the smallest effect that matters.

    >>> least_gap(seeds=10, tests=1) < least_gap(seeds=10, tests=60) < least_gap(seeds=5, tests=60)
    True
    """
    return float(stats.t.isf(ALPHA / tests, seeds - 1)) / math.sqrt(seeds)
