"""The report page of a claim, of the whole ledger, and the words that the documentation shares.

What stands on a page is made from a claim and its result file; a verdict is never typed in.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from tidu.claims import CHAPTERS, WORDS, Arm, Settled
from tidu.claims.settled import Told
from tidu.laboratory import results
from tidu.views.claim_effects import claim_effects
from tidu.views.report import Report, Table, write_report
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
VERDICT = Text("结论：", "Verdict: ")
CORRECT = Text("正确的说法", "What is true")
BESIDE = Text("一并测了、不参与裁定的", "Measured beside, without a say in the verdict")
READ = (Text("测了什么", "What"), Text("臂", "Arm"), Text("均值", "Mean"))


def write(path: Path, found: Settled) -> None:
    """Write the report of a claim that was tested to ``path``."""
    write_report(path, report(found))


def write_ledger(path: Path, every: Sequence[Settled]) -> None:
    """Write all of ``every`` as one page to ``path``, by chapter."""
    chapters = {
        title: [report(found) for found in every if found.claim.chapter == chapter]
        for chapter, title in CHAPTERS.items()
    }
    parts = {title: inside for title, inside in chapters.items() if inside}
    write_report(path, Report(TITLE, INTRO, facts={}, measures=(), parts=parts))


def report(found: Settled) -> Report:
    """What is known of a claim; of one not yet tested, how it is to be tested."""
    claim, result = found.claim, found.result
    made = result.get("environment", {})
    tables: list[Table] = []
    if found.conditions:
        tables.append(Table(Text("逐个条件", "Each condition"), heads(found), effects(found)))
    if result.get("arms"):
        titles = (Text("条件", "Condition"), Text("各臂", "Arm"), Text("均值", "Mean"))
        tables.append(Table(Text("比较了什么", "What was compared"), titles, list(_arms(found))))
    if result.get("readings"):
        tables.append(Table(BESIDE, READ, readings(found)))
    wrong = claim.correct is not None and found.verdict not in {"holds", "not yet tested"}
    picture = dataclasses.replace(claim_effects(found), name=claim.id) if found.conditions else None
    return Report(
        title=claim.says,
        about=Text(*(VERDICT[language] + found.said(language) for language in ("zh", "en"))),
        facts={
            Text("名字", "claim"): claim.id,
            **({Text("测量于", "measured"): result["created"]} if result else {}),
            **({Text("用时", "duration"): f"{result['seconds']:.1f} s"} if result else {}),
            **({Text("命令", "command"): result["command"]} if result else {}),
        },
        measures=(),
        remarks={CORRECT: [claim.correct]} if wrong and claim.correct is not None else {},
        pictures=[picture] if picture else [],
        tables=[*tables, Table(Text("怎样检验的", "How it was tested"), (), facts(found))],
        environment=results.environment_rows(made) if made else {},
    )


def heads(found: Settled) -> tuple[Text, Text, Text]:
    """What stands above the columns of ``effects``."""
    seen = Text("效应 [95 % 区间]", "Effect [95 % interval]")
    if found.claim.kind == "exact":
        seen = Text("算出来的例子", "A case that was computed")
    elif found.claim.check is not None:
        seen = Text(
            "效应 [95 % 区间]，或算出来的例子",
            "Effect [95 % interval], or a case that was computed",
        )
    return Text("条件", "Condition"), Text("结论", "Verdict"), seen


def effects(found: Settled) -> list[tuple[Text, Text, Text]]:
    """One row for each condition: the effect, of an exact check the case that shows it."""
    return [
        (told.when, WORDS[told.outcome], told.example or _both(shown(found, told)))
        for told in found.conditions
    ]


def readings(found: Settled) -> list[tuple[Text, Text, Text]]:
    """One row for each reading: what, of which arm, and its mean ± half of its 95 % interval."""
    from tidu.runs.summary import summarise

    rows: list[tuple[Text, Text, Text]] = []
    for reading, told in zip(found.claim.readings, found.result.get("readings", ()), strict=False):
        mean = results.shown(dataclasses.asdict(summarise(told["values"])))
        arm = f"{_named(reading.arm, found.result['quick'])}: {reading.arm.metric}"
        rows.append((reading.what, _both(arm), _both(mean)))
    return rows


def shown(found: Settled, told: Told) -> str:
    """The effect with its interval as a person reads it: of a ratio the factor, not its logarithm.

    >>> from tidu.claims import Claim
    >>> told = Told("all", Text("总是", "always"), "holds", math.log(2), 0.0, math.log(4))
    >>> says = Text("", "")
    >>> shown(Settled(Claim("a", "own", says, "", says, scale="ratio"), "holds"), told)
    '2 × [1, 4]'
    """
    ratio = found.claim.scale == "ratio"
    effect, low, high = (
        math.exp(min(value, 700.0)) if ratio else value
        for value in (told.effect, told.low, told.high)
    )
    return f"{effect:.4g}{' ×' if ratio else ''} [{low:.4g}, {high:.4g}]"


def facts(found: Settled) -> list[tuple[Text, Text]]:
    """How a claim is tested, in which setting, what is published, and what it was measured with."""
    claim, result = found.claim, found.result
    rows = [(Text("怎样检验", "How"), claim.test)]
    if claim.scope is not None:
        rows.append((Text("范围", "Setting"), claim.scope))
    if claim.kind == "measured":
        smallest = f"{claim.smallest:g}" + (" ×" if claim.scale == "ratio" else "")
        why = claim.because or Text("", "")
        least = Text(f"{smallest}。{why.zh}", f"{smallest}. {why.en}".strip())
        rows.append((Text("有意义的最小效应", "Smallest effect that matters"), least))
    if result.get("seeds"):
        count = str(len(result["seeds"]))
        few = Text(f"{count}（快速：种子少、训练短）", f"{count} (quick: few seeds, short runs)")
        rows.append((Text("种子数", "Seeds"), few if result["quick"] else _both(count)))
    if claim.evidence:
        known = "; ".join(f"{figure.value}, {figure.source}" for figure in claim.evidence)
        rows.append((Text("文献", "Published"), _both(known)))
    if claim.note:
        rows.append((Text("笔记", "Notes"), _both(claim.note)))
    if result:
        made = result["environment"]
        with_what = f"{result['command']}, {made['commit']}, {made['processor']}"
        rows.append((Text("测量用", "Measured with"), _both(with_what)))
    return rows


def _arms(found: Settled) -> Iterable[tuple[Text, Text, Text]]:
    sides = {"treatment": Text("主张的一方", "for the claim"), "control": Text("对照", "control")}
    measured = [raw for raw in found.result["conditions"] if "effects" in raw]
    for condition, raw in zip(found.claim.conditions, measured, strict=True):
        for side, word in sides.items():
            arm: Arm = getattr(condition, side)
            which = _named(arm, found.result["quick"])
            mean = sum(raw[side]) / len(raw[side])
            yield (
                condition.when,
                Text(f"{word.zh}：{which}", f"{word.en}: {which}"),
                _both(f"{arm.metric} {mean:.4g}"),
            )


def _named(arm: Arm, quick: bool) -> str:
    fields = {**arm.fields, **(arm.quick if quick else {})}
    return ", ".join([arm.experiment, arm.preset, *(f"{k}={v}" for k, v in fields.items())])


def _both(words: str) -> Text:
    return Text(words, words)
