"""The verdict of a claim, from what was measured; never from a person.

Each condition is put to two one-sided paired t-tests against ``smallest``, the smallest effect that
matters (Lakens 2017, "Equivalence tests", Social Psychological and Personality Science 8(4)):

    holds           the effect is above ``smallest``: p < α' and the whole BCa interval above it
    does not hold   the effect is below ``smallest``: p < α' and the whole BCa interval below it
    undecided       neither

α' = 0.05 / (claims in the ledger x conditions of the claim), Bonferroni's correction: the chance
that any claim of the ledger is wrongly said to hold is at most 5 %. It is counted over all claims,
tested or not, so that no verdict changes when another claim is settled.

A claim holds when it does in all its conditions, does not hold when it does in none, and holds only
when ... where some conditions hold and others do not. One undecided condition leaves the claim
undecided, unless others contradict each other already: those settle that it depends.

Where ours differs from a plain significance test: that an effect is not zero settles nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tidu.words import Text

Outcome = Literal["holds", "does not hold", "undecided"]
Word = Literal["holds", "holds only when", "does not hold", "undecided", "not yet tested"]

ALPHA = 0.05

WORDS: dict[str, Text] = {
    "holds": Text("成立", "holds"),
    "holds only when": Text("只在某些条件下成立", "holds only when"),
    "does not hold": Text("不成立", "does not hold"),
    "undecided": Text("未定", "undecided"),
    "not yet tested": Text("尚未检验", "not yet tested"),
}


@dataclass(frozen=True)
class Statistics:
    """What is known of the effect in one condition."""

    effect: float  # the mean over the seeds
    low: float  # ends of the 95 % BCa interval
    high: float
    p_above: float  # of the one-sided test that the effect is above the smallest that matters
    p_below: float
    seeds: int


def outcome(found: Statistics, smallest: float, claims: int, conditions: int) -> Outcome:
    """What one condition says of the claim.

    >>> outcome(Statistics(0.5, 0.4, 0.6, 1e-6, 1.0, 10), smallest=0.1, claims=60, conditions=1)
    'holds'
    """
    level = ALPHA / (claims * conditions)
    if found.p_above < level and found.low > smallest:
        return "holds"
    if found.p_below < level and found.high < smallest:
        return "does not hold"
    return "undecided"


def verdict(outcomes: Sequence[Outcome]) -> Word:
    """The verdict over all conditions.

    >>> verdict(["holds", "does not hold", "undecided"])
    'holds only when'
    >>> verdict(["holds", "undecided"])
    'undecided'
    """
    if not outcomes:
        return "not yet tested"
    if {"holds", "does not hold"} <= set(outcomes):
        return "holds only when"
    if "undecided" in outcomes:
        return "undecided"
    return outcomes[0]
