"""The ledger as it stands: every claim with the verdict on its committed result."""

from __future__ import annotations

from typing import Any

from tidu.claims import LEDGER, Claim, Settled, settled
from tidu.files import read_json
from tidu.laboratory import results


def ledger() -> list[Settled]:
    """All claims, in the order of the ledger. Nothing is computed but the verdicts."""
    return [settled(claim, committed(claim), len(LEDGER)) for claim in LEDGER.values()]


def committed(claim: Claim) -> dict[str, Any] | None:
    """The committed result of a claim, where there is one."""
    place = results.folder()
    file = place / "claims" / f"{claim.id}.json" if place else None
    return read_json(file) if file is not None and file.is_file() else None
