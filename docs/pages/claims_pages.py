"""The ledger as a page: every statement of the notes with its verdict, made from the results."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from tidu.claims import CHAPTERS, WORDS, Settled
from tidu.cli.claims_command import said
from tidu.laboratory.ledger import ledger
from tidu.words import Text

TITLE = Text("笔记里的说法，逐条检验", "What the notes say, measured")
INTRO = Text(
    "下面是学习笔记里的说法，一条一条检验。结论由程序根据结果文件算出，没有一个是人写上去的："
    "每个种子各得一个效应，取平均，给出 95 % 的 BCa 自助区间；只有当区间与校正过的检验都落在"
    "“有意义的最小效应”的同一侧，才判成立或不成立。最小效应在测量之前定好。"
    "α = 0.05 按全部说法的条数做 Bonferroni 校正。",
    "These are statements of study notes, each put to the test. A program finds the verdict from "
    "the result file; none is typed in. Every seed gives an effect; the page shows the mean and "
    "its 95 % BCa bootstrap interval. A claim is said to hold, or not to hold, only where the "
    "interval and a corrected test both lie on one side of the smallest effect that matters, which "
    "was fixed before measuring. α = 0.05 is corrected for the number of all claims (Bonferroni).",
)
COLUMNS = Text("| 说法 | 结论 |\n| --- | --- |", "| Claim | Verdict |\n| --- | --- |")


def write(folder: Path, language: str) -> None:
    """Write ``claims.md`` and the pictures it shows."""
    place = folder / "claims"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    parts = [f"# {TITLE[language]}", INTRO[language]]
    every = ledger()
    for chapter, title in CHAPTERS.items():
        inside = [found for found in every if found.claim.chapter == chapter]
        if not inside:
            continue
        rows = [f"| {_linked(found, language)} | {said(found, language)} |" for found in inside]
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
    verdict = Text("结论：", "Verdict: ")[language]
    yield f"{verdict}**{said(found, language)}**"
    if claim.correct is not None and found.verdict != "holds":
        yield Text("正确的说法：", "What is true: ")[language] + claim.correct[language]
    yield f"![{picture.alt[language]}](claims/{claim.id}.png)"
    yield "\n".join(_effects(found, language))
    yield "\n".join(_facts(found, language))


def _effects(found: Settled, language: str) -> Iterator[str]:
    heads = (
        Text("条件", "Condition"),
        Text("结论", "Verdict"),
        Text("效应 [95 % 区间]", "Effect [95 % interval]"),
    )
    yield "| " + " | ".join(head[language] for head in heads) + " |"
    yield "| --- | --- | --- |"
    for told in found.conditions:
        effect = told.example or f"{told.effect:.4g} [{told.low:.4g}, {told.high:.4g}]"
        yield f"| {told.when[language]} | {WORDS[told.outcome][language]} | {effect} |"


def _facts(found: Settled, language: str) -> Iterator[str]:
    claim, result = found.claim, found.result
    yield Text("- 怎样检验：", "- How: ")[language] + claim.test[language]
    if claim.scope is not None:
        yield Text("- 范围：", "- Setting: ")[language] + claim.scope[language]
    if claim.because is not None:
        smallest = f"{claim.smallest:g}" + (" ×" if claim.scale == "ratio" else "")
        least = Text("- 有意义的最小效应：", "- Smallest effect that matters: ")[language]
        stop = Text("。", ". ")[language]
        yield f"{least}{smallest}{stop}{claim.because[language]}"
    if result["seeds"]:
        yield Text("- 种子数：", "- Seeds: ")[language] + str(len(result["seeds"]))
    if claim.evidence:
        known = "; ".join(f"{figure.value}, {figure.source}" for figure in claim.evidence)
        yield Text("- 文献：", "- Published: ")[language] + known
    yield Text("- 笔记：", "- Notes: ")[language] + claim.note
    made = result["environment"]
    with_what = Text("- 测量于：", "- Measured with: ")[language]
    yield f"{with_what}`{result['command']}`, {made['commit']}, {made['processor']}"
