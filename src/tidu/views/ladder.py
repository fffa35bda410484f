"""A ladder of accuracies: what was published for each rung, and how far up one came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def ladder(
    rungs: Mapping[Text, float],
    reached: Mapping[Text, tuple[float, Sequence[float]]],
    where: Text,
    title: Text,
) -> Picture:
    """Error rates on a logarithmic scale: ``rungs`` published, ``reached`` with each member's.

    >>> one = Text("全连接", "dense")
    >>> ladder({one: 0.98}, {one: (0.985, [0.985])}, one, one).data["reached"].tolist()
    [0.985]
    """
    places = {rung: place for place, rung in enumerate(rungs)}
    errors = 1 - np.array(list(rungs.values()))

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        axes.step(range(len(rungs)), errors, where="mid", color=palette.GREY, linewidth=1)
        label = Text("Nielsen 2015", "Nielsen 2015")[language]
        axes.plot(range(len(rungs)), errors, "s", color=palette.GREY, label=label)
        for rung, error in zip(rungs, errors, strict=True):
            note = f"{1 - error:.2%}"
            axes.annotate(note, (places[rung], error), (0, -14), textcoords="offset points",
                          ha="center", color=palette.GREY, fontsize=9)  # fmt: skip
        floor = 1e-4  # a net without a mistake has to stand somewhere on this scale
        at = [places[rung] for rung in reached]
        own = np.maximum([1 - accuracy for accuracy, _ in reached.values()], floor)
        for rung, (_, members) in reached.items():
            if len(members) > 1:
                dots = np.maximum(1 - np.array(members), floor)
                axes.plot([places[rung] + 0.16] * len(dots), dots, "_", color=palette.BLUE,
                          markersize=9)  # fmt: skip
        axes.plot(at, own, "o", color=palette.BLUE, markersize=8, label=where[language])
        for place, error in zip(at, own, strict=True):
            axes.annotate(f"{1 - error:.2%}", (place, error), (0, 9), textcoords="offset points",
                          ha="center", color=palette.BLUE, fontsize=10)  # fmt: skip
        axes.set_yscale("log")
        low, high = min(errors.min(), own.min()), max(errors.max(), own.max())
        axes.set_ylim(low / 1.6, high * 1.6)
        axes.set_xlim(-0.5, len(rungs) - 0.5)
        axes.set_xticks(range(len(rungs)), [rung[language] for rung in rungs])
        ticks = [t for t in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if low / 1.6 < t]
        axes.set_yticks(ticks, [f"{tick:.1%}" for tick in ticks])
        axes.set_yticks([], minor=True)
        axes.set_ylabel(Text("测试错误率（对数刻度）", "test error (log scale)")[language])
        axes.grid(visible=True, axis="y")
        axes.legend(loc="lower left")

    told = {
        language: ("；" if language == "zh" else "; ").join(
            f"{rung[language]} {accuracy:.2%} ({rungs[rung]:.2%})"
            for rung, (accuracy, _) in reached.items()
        )
        for language in ("zh", "en")
    }
    found = {rung: reached[rung][0] if rung in reached else np.nan for rung in rungs}
    return Picture(
        "ladder",
        title,
        Text(
            f"阶梯图：灰色方块是发表的正确率，蓝点是这里达到的。{told['zh']}，括号内为发表值。",
            "Stairs: grey squares are the published accuracies, blue dots those reached here. "
            f"{told['en']}, published in brackets.",
        ),
        draw,
        {
            "rung": np.array([rung.en.replace("\n", " ") for rung in rungs]),
            "published": np.array(list(rungs.values())),
            "reached": np.array(list(found.values())),
        },
        (9.6, 5.2),
    )
