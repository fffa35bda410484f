"""The ledger as a page: every statement of the notes with its verdict, made from the results."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from tidu.claims import CHAPTERS, Settled
from tidu.laboratory import claim_report
from tidu.laboratory.ledger import ledger
from tidu.words import Text

COLUMNS = Text("| 说法 | 结论 |\n| --- | --- |", "| Claim | Verdict |\n| --- | --- |")


def write(folder: Path, language: str) -> None:
    """Write ``claims.md`` and the pictures it shows."""
    place = folder / "claims"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    parts = [f"# {claim_report.TITLE[language]}", claim_report.INTRO[language]]
    every = ledger()
    for chapter, title in CHAPTERS.items():
        inside = [found for found in every if found.claim.chapter == chapter]
        if not inside:
            continue
        rows = [f"| {_linked(found, language)} | {found.said(language)} |" for found in inside]
        parts += [f"## {title[language]}", "\n".join([COLUMNS[language], *rows])]
        for found in inside:
            if found.conditions:
                parts += _section(found, place, language)
    (folder / "claims.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _linked(found: Settled, language: str) -> str:
    says = found.claim.says[language]
    return f"[{says}](#{found.claim.id})" if found.conditions else says


def _section(found: Settled, place: Path, language: str) -> Iterator[str]:
    from tidu.views.claim_effects import claim_effects

    claim = found.claim
    picture = claim_effects(found)
    picture.save(place / f"{claim.id}.png", language)
    yield f"({claim.id})=\n\n### {claim.id}"
    yield f"> {claim.says[language]}"
    yield f"{claim_report.VERDICT[language]}**{found.said(language)}**"
    if claim.correct is not None and found.verdict != "holds":
        colon = Text("：", ": ")[language]
        yield claim_report.CORRECT[language] + colon + claim.correct[language]
    yield f"![{picture.alt[language]}](claims/{claim.id}.png)"
    yield "\n".join(_table(claim_report.heads(found), claim_report.effects(found), language))
    if found.result.get("readings"):
        yield f"{claim_report.BESIDE[language]}{Text('：', ':')[language]}"
        yield "\n".join(_table(claim_report.READ, claim_report.readings(found), language))
    yield "\n".join(_facts(found, language))


def _table(heads: Iterable[Text], rows: Iterable[Iterable[Text]], language: str) -> Iterator[str]:
    yield "| " + " | ".join(head[language] for head in heads) + " |"
    yield "| --- | --- | --- |"
    for row in rows:
        yield "| " + " | ".join(cell[language] for cell in row) + " |"


def _facts(found: Settled, language: str) -> Iterator[str]:
    colon = Text("：", ": ")[language]
    for name, words in claim_report.facts(found):
        yield f"- {name[language]}{colon}{words[language]}"
