"""The graph of a computation in the browser: backpropagation one step at a time.

At first every box shows its value alone. Each step, one box passes its gradient on to its inputs:
what it sends stands at the arrows, what an input has got so far stands in its box. One HTML
fragment with its own SVG and a few lines of script, reachable by keyboard, asking nothing of the
network.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

from tidu.autograd import Node
from tidu.views import palette
from tidu.views.graph_drawing import BOX, Drawing, colours, label, told
from tidu.words import Text

SCALE = 72  # pixels of an inch

RULES = {
    "+": Text("加法把梯度原样交给两边", "a sum hands the gradient to both sides as it is"),
    "-": Text("左边照得，右边反号", "the left gets it as it is, the right with its sign turned"),
    "*": Text("各得梯度乘以另一个因数", "each factor gets it times the other factor"),
    "/": Text(
        "分子得梯度除以分母，分母得它乘以 −商/分母",
        "the top gets it over the bottom, the bottom gets it times −quotient/bottom",
    ),
    "^": Text(
        "底得 b·aᵇ⁻¹ 倍，指数得 aᵇ·ln a 倍", "the base gets b·aᵇ⁻¹ times it, the exponent aᵇ·ln a"
    ),
    "neg": Text("反号", "its sign is turned"),
    "exp": Text("乘以结果自己", "times the result itself"),
    "log": Text("除以输入", "divided by the input"),
    "sqrt": Text("除以结果的两倍", "divided by twice the result"),
    "sin": Text("乘以输入的余弦", "times the cosine of the input"),
    "cos": Text("乘以输入的负正弦", "times minus the sine of the input"),
    "tanh": Text("乘以 1 − 结果²", "times 1 − result²"),
    "sigmoid": Text("乘以 结果·(1 − 结果)", "times result·(1 − result)"),
    "relu": Text(
        "输入为正则放行，否则截断", "let through where the input is positive, else stopped"
    ),
    "abs": Text("乘以输入的正负号", "times the sign of the input"),
    "sum": Text("每个加数都得整份梯度", "every summand gets the whole of it"),
    "expand": Text("各份复制品的梯度加在一起", "the gradients of the copies are added up"),
    "reshape": Text("换回原来的形状", "put back into the old shape"),
    "transpose": Text("轴换回原来的次序", "axes put back into the old order"),
    "@": Text("左边得 G·Bᵀ，右边得 Aᵀ·G", "the left gets G·Bᵀ, the right Aᵀ·G"),
    "index": Text("放回取出的位置，别处为零", "put back where it was taken, zero elsewhere"),
    "scatter": Text("从放入的位置取回", "taken back from where it was put"),
    "windows": Text("每个窗口放回原处，重叠处相加", "every window put back, overlaps added up"),
    "fold": Text("取回每个窗口", "every window taken back"),
}


def graph_player(nodes: Sequence[Node], placed: Drawing, title: Text, language: str) -> str:
    """The fragment; ``placed`` says where boxes and arrows lie."""
    moves = steps(nodes, language)
    words = {
        "step": Text("后退一步", "One step back"),
        "again": Text("从头再来", "From the start"),
        "slider": Text("已反传的步数", "steps of backpropagation"),
    }
    start = Text("前向算完了：每个框里是数值。", "Computed forwards: values alone.")[language]
    page = {
        "start": start,
        "steps": moves,
        "step": words["step"][language],
        "again": words["again"][language],
    }
    data = json.dumps(page, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    script = resources.files("tidu.views").joinpath("graph_player.js").read_text("utf-8")
    name = html.escape(title[language])
    return (
        f'<div class="graph" role="group" aria-label="{name}">'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">'
        f"{svg(nodes, placed, name)}</div>"
        f'<p class="graph-says" aria-live="polite">{html.escape(start)}</p>'
        f'<div class="player-bar"><button type="button">{words["step"][language]}</button>'
        f'<input type="range" min="0" max="{len(moves)}" step="1" value="0" '
        f'aria-label="{words["slider"][language]}"><output>0 / {len(moves)}</output></div>'
        f'<script type="application/json">{data}</script></div><script>{script}</script>'
    )


def steps(nodes: Sequence[Node], language: str) -> list[dict[str, Any]]:
    """What every step shows: the box that sends, the parts at its arrows, gradients so far."""
    uses = [0] * len(nodes)
    for node in nodes:
        for source in node.inputs:
            uses[source] += 1
    so_far: dict[int, list[float]] = {}
    last = len(nodes) - 1
    seed = Text("从结果开始：它对自己的梯度是 1。", "From the result: its gradient by itself is 1.")
    moves: list[dict[str, Any]] = [
        {
            "node": last,
            "parts": [],
            "got": [[last, told(nodes[last].gradient)]],
            "says": seed[language],
        }
    ]
    for i in range(last, -1, -1):
        node = nodes[i]
        sent = [
            (p, s, part) for p, (s, part) in enumerate(zip(node.inputs, node.parts, strict=True))
        ]
        sent = [(p, s, part) for p, s, part in sent if part is not None]
        if node.gradient is None or not sent:
            continue
        got: dict[int, str] = {}
        for _, source, part in sent:
            uses[source] -= 1
            whole = len(part) == _size(nodes[source])
            before = so_far.get(source, [0.0] * len(part))
            so_far[source] = [a + b for a, b in zip(before, part, strict=True)]
            # the range of a sum is not the sum of the ranges: of large arrays only the end is told
            complete = told(nodes[source].gradient)
            got[source] = complete if not uses[source] else told(so_far[source]) if whole else "…"
        parts = "，".join if language == "zh" else ", ".join
        listed = parts(f"{label(nodes[s])} ← {told(part)}" for _, s, part in sent)
        rule = RULES.get(node.op)
        why = f"{'：' if language == 'zh' else ': '}{rule[language]}" if rule else ""
        stop = "。" if language == "zh" else ". "
        moves.append(
            {
                "node": i,
                "parts": [[f"{i}-{p}", told(part)] for p, _, part in sent],
                "got": [[s, words] for s, words in got.items()],
                "says": f"{label(node)}{why}{stop}{listed}",
            }
        )
    return moves


def _size(node: Node) -> int:
    size = 1
    for length in node.shape:
        size *= length
    return size


def svg(nodes: Sequence[Node], placed: Drawing, name: str) -> str:
    """The picture, with empty places for gradients and for what arrows carry."""
    width, height = (round(v * SCALE) for v in placed.size)
    parts = [
        f'<svg role="img" aria-label="{name}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-size="11" text-anchor="middle" fill="#333333">'
    ]
    for (node, place), curves in placed.arrows.items():
        way = f"M{_xy(curves[0][0])}" + "".join(
            f"C{_xy(b)} {_xy(c)} {_xy(d)}" for _, b, c, d in curves
        )
        parts.append(
            f'<path data-arrow="{node}-{place}" d="{way}" fill="none" stroke="{palette.GREY}"/>'
        )
        parts.append(_head(curves[-1][-1], placed.down))
    for i, (node, (x, y)) in enumerate(zip(nodes, placed.boxes, strict=True)):
        fill, edge = colours(node, i == len(nodes) - 1)
        left, top = (x - BOX[0] / 2) * SCALE, (y - BOX[1] / 2) * SCALE
        middle, first = x * SCALE, y * SCALE - 10
        parts.append(
            f'<g data-node="{i}"><rect x="{left:.1f}" y="{top:.1f}" width="{BOX[0] * SCALE:.1f}" '
            f'height="{BOX[1] * SCALE:.1f}" rx="6" fill="{fill}" stroke="{edge}"/>'
            f'<text x="{middle:.1f}" y="{first:.1f}" font-weight="600">{html.escape(label(node))}'
            f'</text><text x="{middle:.1f}" y="{first + 14:.1f}" data-number="">'
            f"{html.escape(told(node.number))}"
            f"</text>"
            f'<text x="{middle:.1f}" y="{first + 28:.1f}" fill="{palette.VERMILION}" '
            f'data-gradient=""></text></g>'
        )
    if placed.down:  # no room beside arrows that come from above; the sentence tells the parts
        return "".join([*parts, "</svg>"])
    for (node, place), curves in placed.arrows.items():
        x, y = (v * SCALE for v in curves[-1][-1])
        parts.append(
            f'<text data-part="{node}-{place}" x="{x - 8:.1f}" y="{y - 4:.1f}" text-anchor="end" '
            f'fill="{palette.VERMILION}" stroke="#ffffff" stroke-width="3" paint-order="stroke">'
            "</text>"
        )
    return "".join([*parts, "</svg>"])


def _xy(point: tuple[float, float]) -> str:
    return f"{point[0] * SCALE:.1f},{point[1] * SCALE:.1f}"


def _head(tip: tuple[float, float], down: bool) -> str:
    """A small triangle at the end of an arrow."""
    x, y = tip[0] * SCALE, tip[1] * SCALE
    back = [(x - 3.5, y - 7), (x + 3.5, y - 7)] if down else [(x - 7, y - 3.5), (x - 7, y + 3.5)]
    corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in [(x, y), *back])
    return f'<polygon points="{corners}" fill="{palette.GREY}"/>'
