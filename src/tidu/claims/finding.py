"""What an exact check finds: in how many generated cases the statement is true."""

from __future__ import annotations

from dataclasses import dataclass

from tidu.claims.verdict import Outcome
from tidu.words import Text


@dataclass(frozen=True)
class Finding:
    """One condition of an exact check.

    A statement about all cases fails with the first counterexample, so only ``agreeing == cases``
    holds. ``worst`` is how far the worst case is from what the statement says, as a share of it.
    """

    id: str
    when: Text  # completes "holds only when ..."
    cases: int
    agreeing: int
    worst: float
    example: Text  # the worst case, or the one the notes give

    @property
    def outcome(self) -> Outcome:
        """Whether the statement is true in every case."""
        if self.cases < 1:
            raise ValueError("an exact check needs at least one case; got none")
        return "holds" if self.agreeing == self.cases else "does not hold"
