"""A claim seen: in every condition the effect of each seed, their mean and its interval."""

from __future__ import annotations

import math
import re
import textwrap
from typing import TYPE_CHECKING

import numpy as np

from tidu.claims import WORDS, Settled
from tidu.claims.settled import limit
from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tidu.claims.settled import Told

    Rows = Sequence[tuple[Told, Mapping[str, Any]]]  # a condition, and what was measured in it

COLOURS = {
    "holds": palette.BLUE,
    "does not hold": palette.VERMILION,
    "undecided": palette.GREY,
}
MARKS = {"holds": "o", "does not hold": "X", "undecided": "D"}


def claim_effects(found: Settled) -> Picture:
    """The picture of a settled claim; of an exact one, the share of cases in which it is true."""
    every = list(zip(found.conditions, found.result["conditions"], strict=True))
    checked = [(told, raw) for told, raw in every if "cases" in raw]
    measured = [(told, raw) for told, raw in every if "cases" not in raw]
    parts = [(rows, how) for rows, how in ((checked, _exact), (measured, _measured)) if rows]

    def draw(figure: Figure, language: str) -> None:
        heights = [len(rows) for rows, _ in parts]
        panels = figure.subplots(len(parts), height_ratios=heights, squeeze=False)[:, 0]
        for axes, (rows, how) in zip(panels, parts, strict=True):
            how(axes, found, rows, language)
            axes.set_yticks(range(len(rows)), [_wrapped(told.when[language]) for told, _ in rows])
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.spines["left"].set_visible(False)
            axes.tick_params(axis="y", length=0)

    said = [f"{told.when.en}: {told.outcome}" for told in found.conditions]
    told_zh = [f"{told.when.zh}：{WORDS[told.outcome].zh}" for told in found.conditions]
    rows_show = Text("效应与 95 % 区间", "effect and 95 % interval")
    share = Text("说法成立的例子所占的比例", "share of cases in which it is true")
    if checked:
        rows_show = (
            Text(f"{share.zh}，或{rows_show.zh}", f"{share.en}, or {rows_show.en}")
            if measured
            else share
        )
    alt = Text(
        f"每一行是一种条件下的{rows_show.zh}。{'；'.join(told_zh)}。",
        f"One row a condition, with its {rows_show.en}. {'; '.join(said)}.",
    )
    height = 1.7 + 0.75 * len(every) + (0.9 if len(parts) > 1 else 0.0)
    title = Text(
        f"{found.claim.id}：{WORDS[found.verdict].zh}",
        f"{found.claim.id}: {WORDS[found.verdict].en.removesuffix(' when')}",
    )
    return Picture("effects", title, alt, draw, _data(found), (8.0, height))


def _measured(axes: Axes, found: Settled, rows: Rows, language: str) -> None:
    ratio = found.claim.scale == "ratio"

    def on_axis(values: object) -> np.ndarray:
        array = np.asarray(values, dtype=float)
        return np.asarray(np.exp(array)) if ratio else array

    smallest = float(on_axis(limit(found.claim)))
    axes.axvline(1.0 if ratio else 0.0, color=palette.GREY, linewidth=0.8)
    label = Text("有意义的最小效应", "smallest effect that matters")[language]
    axes.axvline(smallest, color=palette.BLACK, linestyle="--", linewidth=1.0, label=label)
    for row, (told, raw) in enumerate(rows):
        colour = COLOURS[told.outcome]
        seeds = on_axis(raw["effects"])
        place = row + np.linspace(-0.18, 0.18, len(seeds))
        axes.plot(seeds, place, ".", color=colour, alpha=0.45, markersize=5)
        low, mean, high = on_axis([told.low, told.effect, told.high])
        axes.plot([low, high], [row, row], color=colour, linewidth=2.4)
        axes.plot(mean, row, MARKS[told.outcome], color=colour, markersize=8)
        axes.annotate(
            WORDS[told.outcome][language],
            (1.01, row),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=9,
            color=colour,
        )
    if ratio:
        _factors(axes)
    else:
        axes.locator_params(axis="x", nbins=7)
    axes.set_xlabel(_axis(found)[language])
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=8)
    axes.grid(visible=True, axis="x")


def _factors(axes: Axes) -> None:
    """A logarithmic scale with its factors in plain figures, not as powers of ten."""

    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    low, high = axes.get_xlim()
    axes.xaxis.set_minor_formatter("{x:g}" if high < 10 * low else "")


def _exact(axes: Axes, found: Settled, rows: Rows, language: str) -> None:
    for row, (told, raw) in enumerate(rows):
        colour = COLOURS[told.outcome]
        axes.barh(row, 1.0, height=0.35, color="#EDEDED")
        axes.barh(row, told.effect, height=0.35, color=colour)
        axes.annotate(
            f"{raw['agreeing']} / {raw['cases']}  {WORDS[told.outcome][language]}",
            (1.02, row),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=9,
            color=colour,
        )
    axes.set_xlim(0, 1)
    share = Text("说法成立的例子所占的比例", "share of the cases in which the statement is true")
    axes.set_xlabel(share[language])


def _axis(found: Settled) -> Text:
    """What the effects are; the metrics stand on a line of their own where they are many."""
    more = found.claim.direction == "higher"
    metrics = dict.fromkeys(_family(c.treatment.metric) for c in found.claim.conditions)
    several, metric = "、".join(metrics), ", ".join(metrics)
    space, comma = ("\n", "\n") if len(metric) > 30 else (" ", ", ")
    if found.claim.scale == "ratio":
        zh, en = (
            ("处理 / 对照", "treatment / control")
            if more
            else ("对照 / 处理", "control / treatment")
        )
        zh = f"的倍数（{zh}）"
    else:
        zh, en = (
            ("处理 - 对照", "treatment - control")
            if more
            else ("对照 - 处理", "control - treatment")
        )
        zh = f"之差（{zh}）"
    return Text(
        f"{several}{space}{zh}，越往右越支持", f"{metric}{comma}{en} (right: for the claim)"
    )


def _family(metric: str) -> str:
    """Metrics that differ in a number at the end only are told as one.

    >>> _family("accuracy_moved_2"), _family("accuracy")
    ('accuracy_moved_*', 'accuracy')
    """
    return re.sub(r"_[\d_]+$", "_*", metric)


def _wrapped(words: str, width: int = 30) -> str:
    """Several lines; Chinese in even ones, broken anywhere but within a number or before a mark.

    >>> print(_wrapped("小网是稠密的，参数是大网的 4.7 %"))
    小网是稠密的，参数是大
    网的 4.7 %
    """
    if words.isascii():
        return "\n".join(textwrap.wrap(words, width))
    most = math.ceil(len(words) / math.ceil(2 * len(words) / width)) + 1
    lines = [""]
    for part in re.findall(r"[!-~]+(?: %)?[，。；：）]*|.[，。；：）]*", words):
        if lines[-1] and len(lines[-1] + part) > most:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.strip() for line in lines)


def _data(found: Settled) -> dict[str, np.ndarray]:
    rows: list[tuple[str, int, float]] = []
    for told, raw in zip(found.conditions, found.result["conditions"], strict=True):
        effects = raw.get("effects", [told.effect])
        rows += [(told.id, seed, effect) for seed, effect in enumerate(effects)]
    condition, seed, effect = zip(*rows, strict=True)
    return {"condition": np.array(condition), "seed": np.array(seed), "effect": np.array(effect)}
