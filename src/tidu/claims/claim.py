"""A claim: one statement of the notes, and how it is put to the test.

A claim is tested by arms, by an exact check, or by both. Arms are configurations of registered
experiments; a condition sets two of them against each other, seed by seed: the one for which the
claim speaks (``treatment``) and what it is compared with (``control``). The effect of a seed is

    difference:  d = s · (metric of treatment - metric of control)
    ratio:       d = s · ln(metric of treatment / metric of control)

with s = 1 where the claim expects ``higher`` and s = -1 where it expects ``lower``, so that a
positive effect always speaks for the claim. ``smallest`` is the smallest effect that matters, a
difference or a factor, fixed and explained before anything is measured. A reading is measured and
told beside the conditions, and has no say in the verdict.

Nothing here imports PyTorch or NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tidu.catalogue import Figure
from tidu.words import Text

Direction = Literal["higher", "lower"]
Scale = Literal["difference", "ratio"]

SEEDS = 10  # of a claim that says nothing else; enough for the rule of tidu.claims.verdict
QUICK_SEEDS = 5


@dataclass(frozen=True)
class Arm:
    """One configuration of one experiment, and the metric of it that is looked at."""

    experiment: str
    metric: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    preset: str = "standard"
    quick: Mapping[str, Any] = field(default_factory=dict[str, Any])  # further, with --quick


@dataclass(frozen=True)
class Condition:
    """One setting in which the claim is tested."""

    id: str
    when: Text  # completes "holds only when ..."
    treatment: Arm
    control: Arm


@dataclass(frozen=True)
class Reading:
    """A metric of an arm that is told beside the conditions and not judged."""

    what: Text
    arm: Arm


@dataclass(frozen=True)
class Claim:
    """One statement, the arms or the check that test it, and what the literature says of it."""

    id: str
    chapter: str
    says: Text
    note: str  # where the notes say it, as file#heading
    test: Text  # how it is put to the test
    conditions: tuple[Condition, ...] = ()
    check: str | None = None  # module:function of an exact check; its findings come first
    readings: tuple[Reading, ...] = ()
    direction: Direction = "higher"
    scale: Scale = "difference"
    smallest: float = 0.0
    because: Text | None = None  # why a smaller effect would not matter
    scope: Text | None = None  # which data, which sizes
    seeds: int = SEEDS
    evidence: tuple[Figure, ...] = ()  # nearest published
    correct: Text | None = None  # what is true instead, where the notes are wrong

    @property
    def kind(self) -> Literal["exact", "measured", "waiting"]:
        """``waiting`` where the system it needs is not built yet."""
        if self.conditions:
            return "measured"
        return "exact" if self.check is not None else "waiting"

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Every arm once, in the order of the conditions; those of the readings behind."""
        both = [arm for c in self.conditions for arm in (c.control, c.treatment)]
        every = [*both, *(reading.arm for reading in self.readings)]
        return tuple(arm for i, arm in enumerate(every) if arm not in every[:i])
