"""The effect of each seed, its mean, its interval and the tests of the verdict.

    effect:    the mean of the paired effects d_1 ... d_n (see tidu.claims.claim)
    interval:  95 %, bias-corrected and accelerated bootstrap (BCa)
    tests:     t = (mean d - smallest) / (s / sqrt(n)) with n - 1 degrees of freedom, to both sides

Source: Efron (1987), "Better bootstrap confidence intervals", JASA 82; SciPy computes both.
Where ours differs: seeds that all have one effect have an interval of no width, where SciPy has
none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from tidu.claims.claim import Claim
from tidu.claims.verdict import Statistics
from tidu.errors import TiduError

RESAMPLES = 9999


def paired_effects(
    claim: Claim, treatment: Sequence[float], control: Sequence[float]
) -> list[float]:
    """The effect of every seed; above 0 it speaks for the claim."""
    if len(treatment) != len(control):
        raise TiduError(
            f"{claim.id}: {len(treatment)} seeds of one arm and {len(control)} of the other.",
            "Both need the same seeds: run it again.",
        )
    sign = 1.0 if claim.direction == "higher" else -1.0
    if claim.scale == "difference":
        return [sign * (t - c) for t, c in zip(treatment, control, strict=True)]
    if not all(v > 0 for v in (*treatment, *control)):
        raise TiduError(
            f"{claim.id} compares a ratio, so its metrics must be above 0; got "
            f"{min(*treatment, *control)}.",
            "Choose scale: difference, or another metric.",
        )
    return [sign * math.log(t / c) for t, c in zip(treatment, control, strict=True)]


def statistics(effects: Sequence[float], smallest: float, resamples: int = RESAMPLES) -> Statistics:
    """Mean, interval and both tests.

    >>> statistics([1.0, 1.0, 1.0], smallest=0.5)
    Statistics(effect=1.0, low=1.0, high=1.0, p_above=0.0, p_below=1.0, seeds=3)
    """
    d = np.asarray(effects, dtype=np.float64)
    mean = float(d.mean())
    if not np.isfinite(d).all():
        return Statistics(mean, -math.inf, math.inf, 1.0, 1.0, len(d))
    if len(d) < 2:
        return Statistics(mean, -math.inf, math.inf, 1.0, 1.0, len(d))
    rounding = 1e-12 * max(1.0, abs(mean))
    if np.ptp(d) <= rounding:
        above, below = float(mean - smallest <= rounding), float(smallest - mean <= rounding)
        return Statistics(mean, mean, mean, above, below, len(d))
    found = stats.bootstrap(
        (d,), np.mean, method="BCa", n_resamples=resamples, rng=np.random.default_rng(0)
    ).confidence_interval
    tests: list[Any] = [
        stats.ttest_1samp(d, smallest, alternative=side) for side in ("greater", "less")
    ]
    return Statistics(
        mean,
        float(found.low),
        float(found.high),
        float(tests[0].pvalue),
        float(tests[1].pvalue),
        len(d),
    )
