"""Whether a larger linear model fits better than chance would make it.

    F = ((S_small - S_large) / (p_large - p_small))  /  (S_large / (n - p_large))

S is the sum of squared errors on the n rows both models were fitted to, p the number of free
coefficients; every small model is also a large one. If the small one is true and errors are normal,
F follows Fisher's distribution with (p_large - p_small, n - p_large) degrees of freedom, and
p_value is the chance of an F at least as large.

Source: Fisher (1922), "The goodness of fit of regression formulae", J. R. Stat. Soc. 85, 597-612;
comparing regressions of groups: Chow (1960), Econometrica 28, 591-605. The distribution is SciPy's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FTest:
    """The statistic, its degrees of freedom above and below the line, and the chance."""

    f: float
    above: int
    below: int
    p_value: float


def f_test(
    small_error: float, large_error: float, small_terms: int, large_terms: int, rows: int
) -> FTest:
    """Compare nested least-squares models by their sums of squared errors.

    >>> f_test(small_error=8.0, large_error=4.0, small_terms=2, large_terms=4, rows=12).f
    4.0
    """
    from scipy import stats

    above, below = large_terms - small_terms, rows - large_terms
    if above < 1 or below < 1:
        raise ValueError(
            "an F-test needs a larger model with more terms, and more rows than its terms; got "
            f"{small_terms} and {large_terms} terms and {rows} rows"
        )
    if large_error <= 0:
        return FTest(float("inf"), above, below, 0.0)
    f = (small_error - large_error) / above / (large_error / below)
    return FTest(f, above, below, float(stats.f.sf(f, above, below)))
