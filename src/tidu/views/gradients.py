"""Gradients to look at: a field of arrows, the error over the step, and the errors of a check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXACT = 1e-17  # an error of zero is drawn here, below every error that is not


def gradient_field_picture(
    field: Mapping[str, np.ndarray], formula: str, variables: Sequence[str]
) -> Picture:
    """Arrows on lines of equal height: where the function grows fastest, and how fast.

    ``field`` holds ``fine`` (n,), ``height`` (n, n), ``coarse`` (m,), and the slopes ``along_x``
    and ``along_y`` (m, m), rows going up.
    """
    xs, ys = (grid.ravel() for grid in np.meshgrid(field["coarse"], field["coarse"]))
    slopes = field["along_x"].ravel(), field["along_y"].ravel()
    steep = np.hypot(*slopes)
    seen = np.isfinite(steep)
    across, up = variables

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot(aspect="equal")
        height = np.ma.masked_invalid(field["height"])
        fine = field["fine"]
        if height.count() and height.min() < height.max():
            filled = axes.contourf(fine, fine, height, 24, cmap=palette.SEQUENTIAL, alpha=0.55)
            axes.contour(fine, fine, height, 24, colors="white", linewidths=0.5, linestyles="solid")
            figure.colorbar(filled, ax=axes, label=formula, format="%.3g")
        # long arrows shortened by the root, so that the short ones still show their direction
        scale = np.sqrt(np.where(steep[seen] > 0, steep[seen], 1.0))
        arrows = [slope[seen] / scale for slope in slopes]
        axes.quiver(xs[seen], ys[seen], *arrows, color=palette.BLACK, width=0.003, pivot="mid")
        axes.set_xlabel(across)
        axes.set_ylabel(up)

    most = int(np.argmax(np.where(seen, steep, -1)))
    return Picture(
        "field",
        Text(f"{formula} 的梯度场", f"The gradient field of {formula}"),
        Text(
            f"颜色为函数值，箭头指向增长最快的方向，长度按梯度大小的平方根；梯度最大 "
            f"{steep[most]:.3g}，在 ({xs[most]:.3g}, {ys[most]:.3g})。",
            "Colours are values; arrows point where the function grows fastest, as long as the "
            f"root of the slope; the steepest, {steep[most]:.3g}, at "
            f"({xs[most]:.3g}, {ys[most]:.3g}).",
        ),
        draw,
        {across: xs, up: ys, "along_" + across: slopes[0], "along_" + up: slopes[1]},
        (6.8, 5.6),
    )


def step_sweep_picture(width: np.ndarray, central: np.ndarray, forward: np.ndarray) -> Picture:
    """The error of a numerical slope over the step: truncation on the right, rounding left."""
    best = int(np.nanargmin(central))

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        names = Text("中心差分", "central differences"), Text("前向差分", "forward differences")
        for values, name, colour, marker in (
            (central, names[0], palette.BLUE, "o"),
            (forward, names[1], palette.VERMILION, "s"),
        ):
            shown = np.maximum(values, EXACT)
            axes.loglog(width, shown, marker, color=colour, ms=3.5, label=name[language])
        guides = (
            (central, 2, palette.BLUE, "h²"),
            (forward, 1, palette.VERMILION, "h"),
        )
        big = width >= 1e-3
        for values, power, colour, words in guides:
            start = int(np.argmin(abs(np.log10(width) + 1)))
            line = values[start] * (width / width[start]) ** power
            axes.loglog(width[big], line[big], "--", color=colour, lw=1, label=f"∝ {words}")
        small = width <= 1e-5
        rounding = np.finfo(float).eps / width
        words = Text("舍入误差 ε/h", "rounding ε/h")[language]
        axes.loglog(width[small], rounding[small], ":", color=palette.GREY, label=words)
        axes.set_ylim(bottom=EXACT / 2, top=10)
        axes.set_xlabel(Text("步长 h", "step h")[language])
        axes.set_ylabel(Text("相对误差", "relative error")[language])
        axes.grid(visible=True)
        axes.legend(loc="lower left", ncols=2)

    return Picture(
        "sweep",
        Text(
            "步长太大有截断误差，太小有舍入误差", "Too large a step truncates, too small one rounds"
        ),
        Text(
            f"双对数图：误差随步长先降后升。中心差分在 h = {width[best]:.1e} 处最准，"
            f"误差 {central[best]:.1e}；前向差分最好 {np.nanmin(forward):.1e}。",
            f"Both axes logarithmic: the error falls with the step and rises again. Central "
            f"differences are best at h = {width[best]:.1e} with an error of {central[best]:.1e}; "
            f"forward differences reach {np.nanmin(forward):.1e}.",
        ),
        draw,
        {"step": width, "central": central, "forward": forward},
    )


def check_picture(
    right: Sequence[tuple[str, str, float]],
    spoiled: Mapping[Text, float],
    threshold: float,
) -> Picture:
    """The error of every checked tensor, and of gradients spoiled on purpose, on one scale.

    ``right`` holds network, tensor and error.
    """
    nets = list(dict.fromkeys(net for net, _, _ in right))
    errors = {net: [max(e, EXACT) for n, _, e in right if n == net] for net in nets}
    worst = max(error for _, _, error in right)

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        rows = [*nets, *(name[language] for name in spoiled)]
        for row, net in enumerate(nets):
            axes.semilogx(errors[net], [row] * len(errors[net]), "o", color=palette.BLUE, ms=5)
        for row, error in enumerate(spoiled.values(), start=len(nets)):
            axes.semilogx([max(error, EXACT)], [row], "X", color=palette.VERMILION, ms=8)
        axes.axvline(threshold, color=palette.GREY, linestyle="--")
        words = Text("右边算错", "wrong from here on")[language]
        axes.text(threshold * 1.5, -0.65, words, color=palette.GREY, size=9, va="center")
        axes.set_yticks(range(len(rows)), rows)
        axes.set_ylim(len(rows) - 0.5, -1)
        axes.set_xlim(1e-14, 10)
        axes.set_xlabel(Text("最大相对误差", "largest relative error")[language])
        axes.grid(visible=True, axis="x")

    every = [*right, *(("spoiled", name.en, error) for name, error in spoiled.items())]
    return Picture(
        "check",
        Text("对的梯度与故意弄错的梯度", "Right gradients, and some spoiled on purpose"),
        Text(
            f"圆点：{len(right)} 个张量的最大相对误差，最大 {worst:.1e}；叉：{len(spoiled)} 种故意"
            f"弄错的梯度，最小 {min(spoiled.values()):.1e}。虚线是界 {threshold:.0e}。",
            f"Dots: the largest relative error of {len(right)} tensors, {worst:.1e} at most. "
            f"Crosses: {len(spoiled)} gradients spoiled on purpose, {min(spoiled.values()):.1e} at "
            f"least. The dashed line is the threshold {threshold:.0e}.",
        ),
        draw,
        {
            "net": np.array([net for net, _, _ in every]),
            "tensor": np.array([tensor for _, tensor, _ in every]),
            "error": np.array([error for _, _, error in every]),
        },
        (7.0, 1.2 + 0.36 * (len(nets) + len(spoiled))),
    )
