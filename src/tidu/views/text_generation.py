"""What a language model holds for likely next, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.fonts import chinese_font
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIRST_CHINESE = 0x2E80
"""From here on Unicode holds East Asian writing, which not every machine can draw."""
_SIGNS = {"\n": "⏎", "\t": "⇥", " ": "␣", "\r": "␍"}


def visible(token: str) -> str:
    """A token with its spaces shown as signs, and Chinese as code points where no font has it.

    >>> visible(" the\\n")
    '␣the⏎'
    """
    return "".join(_SIGNS.get(c, c if _has_glyph(c) else f"{ord(c):04X}") for c in token)


def _has_glyph(character: str) -> bool:
    return ord(character) < FIRST_CHINESE or chinese_font() is not None


def next_token_bars(
    tokens: Sequence[str], candidates: Sequence[str], probs: np.ndarray | Sequence[float]
) -> Picture:
    """The likeliest ``candidates`` to follow ``tokens`` and their probabilities, likeliest first.

    >>> next_token_bars(["a", "b"], ["c", " "], np.array([0.7, 0.2])).data["token"].tolist()
    ['c', '␣']
    """
    probs = np.asarray(probs, dtype=float)
    shown = [visible(token) for token in candidates]
    context = "".join(tokens).replace("\n", "⏎")
    seen = "".join(visible(token) if token != " " else token for token in tokens)

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        places = np.arange(len(shown))
        axes.barh(places, probs, color=palette.BLUE)
        axes.set_yticks(places, shown)
        axes.invert_yaxis()
        for place, prob in enumerate(probs.tolist()):
            axes.text(prob, place, f" {prob:.1%}", va="center", fontsize=9)
        axes.set_xlim(0, min(1.0, float(probs.max(initial=0.0)) * 1.15 + 0.01))
        axes.set_xlabel("概率" if language == "zh" else "probability")
        axes.set_title(f"{seen} …", fontsize=9)

    best = f"{shown[0]}" if shown else "-"
    share = float(probs[0]) if len(probs) else 0.0
    return Picture(
        "next-token",
        Text("下一个会是什么", "What comes next"),
        Text(
            f"条形图：「{context}」之后最可能的 {len(shown)} 个符号；"
            f"最可能的是 {best}，概率 {share:.1%}。",
            f"Bars: the {len(shown)} likeliest tokens after “{context}”; the likeliest is {best} "
            f"with probability {share:.1%}.",
        ),
        draw,
        {"token": np.array(shown), "probability": probs},
    )
