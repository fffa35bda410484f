"""What was measured of a claim, as it stands in a result file, and the verdict on it.

A file holds the raw metrics of every arm and seed and the statistics made from them, never a
verdict: that is found anew whenever the file is read, by :mod:`tidu.claims.verdict`. Nothing here
imports NumPy, so that the whole ledger is told at once.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidu.claims.claim import Claim
from tidu.claims.finding import Finding
from tidu.claims.verdict import WORDS, Outcome, Statistics, Word, outcome, verdict
from tidu.words import Text


@dataclass(frozen=True)
class Told:
    """What one condition says."""

    id: str
    when: Text
    outcome: Outcome
    effect: float  # of an exact check: the share of the cases in which the statement is true
    low: float
    high: float
    example: Text | None = None  # of an exact check: a case that was computed


@dataclass(frozen=True)
class Settled:
    """A claim with what is known of it."""

    claim: Claim
    verdict: Word
    conditions: tuple[Told, ...] = ()
    result: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])

    @property
    def main(self) -> Told | None:
        """The condition told where there is room for one only: the first."""
        return self.conditions[0] if self.conditions else None

    def when(self, language: str) -> str:
        """The conditions under which it holds, in words; empty where there is nothing to name."""
        if self.verdict != "holds only when":
            return ""
        held = [told.when[language] for told in self.conditions if told.outcome == "holds"]
        return Text("；", "; ")[language].join(held)

    def said(self, language: str) -> str:
        """The verdict in words, with its condition where it depends on one."""
        word, when = WORDS[self.verdict][language], self.when(language)
        if not when:
            return word
        return f"只在此时成立：{when}" if language == "zh" else f"{word} {when}"


def settled(claim: Claim, result: Mapping[str, Any] | None, claims: int) -> Settled:
    """The verdict on ``claim`` from its result file; ``claims`` is the size of the ledger."""
    if result is None:
        return Settled(claim, "not yet tested")
    told = tuple(
        _exact(claim, found) if "cases" in found else _measured(claim, found, claims)
        for found in result["conditions"]
    )
    return Settled(claim, verdict([one.outcome for one in told]), told, result)


def limit(claim: Claim) -> float:
    """The smallest effect that matters, on the scale of the effects."""
    return claim.smallest if claim.scale == "difference" else math.log(claim.smallest)


def _measured(claim: Claim, found: Mapping[str, Any], claims: int) -> Told:
    condition = next(c for c in claim.conditions if c.id == found["id"])
    stats = Statistics(**{k: _number(v) for k, v in found["statistics"].items()})
    said = outcome(stats, limit(claim), claims, len(claim.conditions))
    return Told(condition.id, condition.when, said, stats.effect, stats.low, stats.high)


def _exact(claim: Claim, found: Mapping[str, Any]) -> Told:
    words: dict[str, Any] = {part: Text(**found[part]) for part in ("when", "example")}
    finding = Finding(**{**found, **words})
    share = finding.agreeing / finding.cases
    return Told(finding.id, finding.when, finding.outcome, share, share, share, finding.example)


def _number(value: Any) -> Any:
    """Numbers that are not finite stand in JSON as text."""
    return float(value) if isinstance(value, str) else value
