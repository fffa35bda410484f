"""Attention as heat maps: which token looked at which, one map for every layer and head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views.heatmap import draw_matrix
from tidu.views.picture import Picture
from tidu.views.text_generation import visible
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def attention_maps(maps: np.ndarray, tokens: Sequence[str]) -> Picture:
    """Weights ``(layer, head, query, key)`` over the ``tokens``; each row of a map adds up to 1.

    >>> attention_maps(np.full((1, 2, 3, 3), 1 / 3), ["a", "b", "c"]).data["weight"].shape
    (18,)
    """
    maps = np.asarray(maps, dtype=float)
    if maps.ndim != 4 or maps.shape[2:] != (len(tokens), len(tokens)):
        raise ValueError(
            f"maps must have the shape (layer, head, {len(tokens)}, {len(tokens)}) for "
            f"{len(tokens)} tokens; got {maps.shape}; give one map per layer and head"
        )
    layers, heads = maps.shape[:2]
    shown = [visible(token) for token in tokens]
    said = "".join(tokens).replace("\n", "⏎")

    def draw(figure: Figure, language: str) -> None:
        grid = figure.subplots(layers, heads, squeeze=False, sharex=True, sharey=True)
        for layer in range(layers):
            for head in range(heads):
                axes = grid[layer, head]
                draw_matrix(axes, maps[layer, head], shown, shown, numbers=False)
                axes.tick_params(labelsize=5, length=0, rotation=0)
                axes.set_aspect("equal")
                if layer == 0:
                    axes.set_title(f"第 {head + 1} 头" if language == "zh" else f"head {head + 1}")
                if head == 0:
                    first = f"第 {layer + 1} 层" if language == "zh" else f"layer {layer + 1}"
                    axes.set_ylabel(first)
        figure.supxlabel("被看的字" if language == "zh" else "token looked at", fontsize=9)

    layer, head, query, key = np.indices(maps.shape).reshape(4, -1)
    return Picture(
        "attention",
        Text("每个头在看哪里", "Where each head looks"),
        Text(
            f"{layers} 层、每层 {heads} 个头在「{said}」上的注意力热图："
            "每行是一个字，颜色越亮看得越多；"
            f"{_habits(maps, 'zh')}",
            f"Heat maps of attention for {layers} layers of {heads} heads over “{said}”: each row "
            f"is one token, brighter means more attention; {_habits(maps, 'en')}",
        ),
        draw,
        {
            "layer": layer + 1,
            "head": head + 1,
            "query": np.array(shown)[query],
            "key": np.array(shown)[key],
            "weight": maps.ravel(),
        },
        size=(2.3 * heads + 0.6, 2.3 * layers + 0.8),
    )


def _habits(maps: np.ndarray, language: str) -> str:
    """How much attention goes to the token itself and to the one before it, over all heads."""
    time = maps.shape[-1]
    itself = float(np.trace(maps, axis1=-2, axis2=-1).mean() / time)
    before = float(np.trace(maps, -1, axis1=-2, axis2=-1).mean() / max(1, time - 1))
    if language == "zh":
        return f"平均 {itself:.0%} 看自己，{before:.0%} 看前一个。"
    return f"on average {itself:.0%} goes to the token itself, {before:.0%} to the one before it."
