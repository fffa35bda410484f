"""``tidu claims``: what the notes say, and the verdict on each statement."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tidu import claims
from tidu.cli.parse import parse
from tidu.errors import TiduError, unknown
from tidu.laboratory.ledger import ledger
from tidu.words import Text, language


@dataclass(frozen=True)
class Arguments:
    """What the notes say, and the verdict on each statement."""

    chapter: str | None = None  # only this chapter
    verdict: str | None = None  # only with this verdict, such as "holds" or "not yet tested"
    report: str | None = None  # write them as one HTML page that stands alone into this file
    json: bool = False  # print an array of objects for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "claims", words)
    if wanted.chapter is not None and wanted.chapter not in claims.CHAPTERS:
        raise unknown("chapter", wanted.chapter, claims.CHAPTERS)
    if wanted.verdict is not None and wanted.verdict not in claims.WORDS:
        raise unknown("verdict", wanted.verdict, claims.WORDS)
    chosen = [
        found
        for found in ledger()
        if wanted.chapter in (None, found.claim.chapter) and wanted.verdict in (None, found.verdict)
    ]
    if wanted.report is not None:
        _write_report(wanted.report, chosen)
    if wanted.json:
        print(json.dumps([as_json(found) for found in chosen], ensure_ascii=False, indent=1))
        return
    spoken = language()
    for chapter, title in claims.CHAPTERS.items():
        inside = [found for found in chosen if found.claim.chapter == chapter]
        if inside:
            print(f"\n{title[spoken]}")
        for found in inside:
            print(f"  {found.claim.id:<36} {found.said(spoken)}")
    print(Text("\n检验一条：tidu verify <名字>", "\nTest one: tidu verify <id>")[spoken])


def _write_report(name: str, chosen: list[claims.Settled]) -> None:
    from tidu.laboratory import claim_report

    if Path(name).suffix.lower() not in {".html", ".htm"}:
        raise TiduError(f"--report must be a file that ends in .html; got {name}.", "Rename it.")
    if not chosen:
        raise TiduError("No claim is left to report on.", "See all of them: tidu claims")
    claim_report.write_ledger(Path(name), chosen)
    print(Text(f"写好了：{name}", f"Written: {name}")[language()], file=sys.stderr)


def as_json(found: claims.Settled) -> dict[str, object]:
    """The object that programs read; its keys are kept stable."""
    main = found.main
    return {
        "id": found.claim.id,
        "chapter": found.claim.chapter,
        "kind": found.claim.kind,
        "verdict": found.verdict,
        "effect": main.effect if main else None,
        "low": main.low if main else None,
        "high": main.high if main else None,
        "conditions": [
            {
                "id": told.id,
                "outcome": told.outcome,
                "effect": told.effect,
                "low": told.low,
                "high": told.high,
            }
            for told in found.conditions
        ],
        "says": {"zh": found.claim.says.zh, "en": found.claim.says.en},
    }
