"""The sentences of a diagnosis, in both languages: what was seen, what it means, what helps."""

from __future__ import annotations

import math

from tidu.words import Text


def not_finite(layer: str, step: int) -> Text:
    """A gradient is infinite or not a number."""
    return Text(
        f"梯度爆炸：第 {step} 步，{layer} 的梯度已不是有限的数。"
        "先裁剪梯度，或调低学习率；再检查数据里有没有无穷或缺失的值。",
        f"Exploding: at step {step} the gradient of {layer} is no longer a finite number. Clip the "
        "gradient or lower the learning rate; then look for infinite or missing values in the "
        "data.",
    )


def exploding_by_depth(first: str, last: str, times: float) -> Text:
    """The gradient grows on its way back to the input."""
    return Text(
        f"梯度爆炸：越往输入走梯度越大，{first} 的相对梯度是 {last} 的 {number(times)} 倍"
        "（超过 100 倍就没有一个学习率能两头兼顾）。"
        "换成 Xavier 或 He 初始化，加归一化，或裁剪梯度。",
        f"Exploding: the gradient grows on its way back. Relative to its weights that of {first} "
        f"is {number(times)} times that of {last}; beyond 100 no learning rate suits both. Start "
        "with weights of Xavier or He size, normalise, or clip the gradient.",
    )


def exploding_step(layer: str, times: float) -> Text:
    """A step is larger than what it changes."""
    return Text(
        f"梯度爆炸：一步对 {layer} 的改动是权重本身的 {number(times)} 倍，学到的东西一步就被冲掉。"
        "调低学习率，裁剪梯度，或缩小初始权重。",
        f"Exploding: a step changes {layer} by {number(times)} times its own size, which wipes out "
        "what it had learned. Lower the learning rate, clip the gradient, or start with smaller "
        "weights.",
    )


def leap(layer: str, step: int, times: float) -> Text:
    """The norm of the gradient leaps once."""
    return Text(
        f"梯度爆炸：第 {step} 步梯度突然变成平时的 {number(times)} 倍，其中 {layer} 最大，"
        "这一步也随之迈得很大。裁剪梯度（阈值取平时范数的几倍以内）就能挡住。",
        f"Exploding: at step {step} the gradient leapt to {number(times)} times its usual norm, "
        f"most of it in {layer}, and the step was large with it. Clip it at no more than a few "
        "times the usual norm.",
    )


def vanishing(first: str, strongest: str, times: float, step: float, made_up: bool) -> Text:
    """The gradient fades on its way back to the input."""
    if math.isinf(times):
        zh = f"梯度消失：{first} 完全收不到梯度，而 {strongest} 还有。"
        en = f"Vanishing: no gradient at all reaches {first}, while {strongest} still gets some."
    else:
        zh = (
            f"梯度消失：{first} 的相对梯度只有 {strongest} 的 1/{number(times)}"
            "（差到 100 倍以上就没有一个学习率能两头兼顾）。"
        )
        en = (
            f"Vanishing: relative to its weights the gradient of {first} is {number(times)} times "
            f"smaller than that of {strongest}; beyond 100 no learning rate suits both."
        )
    if made_up:
        zh += f"不过优化器放大了它，这一层每步仍改动自身的 {number(step)}。"
        en += f" The optimiser makes up for it: a step still changes the layer by {number(step)}."
    elif step > 0:
        zh += f"这一层每步只改动自身的 {number(step)}，几乎学不动。"
        en += f" A step changes the layer by {number(step)} of itself, so it hardly learns."
    else:
        zh += "这一层一步也没有动过。"
        en += " The layer does not move at all."
    return Text(
        zh + "可以换 ReLU，加残差连接或归一化，用 Xavier 或 He 初始化。",
        en
        + " What helps: ReLU, residual connections, normalisation, weights of Xavier or He size.",
    )


def dead(layer: str, share: float) -> Text:
    """Units that nothing reaches."""
    return Text(
        f"死单元：{layer} 有 {100 * share:.0f}% 的单元到最后一直收不到任何梯度，再也学不动。"
        "调低学习率，换 leaky ReLU，或检查初始权重和偏置。",
        f"Dead units: {100 * share:.0f} % of the units of {layer} end without any gradient and "
        "can no longer learn. Lower the learning rate, try leaky ReLU, or look at the initial "
        "weights and biases.",
    )


def large_steps(layer: str, step: float) -> Text:
    """Steps above what is usual."""
    return Text(
        f"步子偏大：{layer} 每步改动自身的 {number(step)}，一般在千分之一上下。"
        "损失若不稳，就调低学习率。",
        f"Large steps: each changes {layer} by {number(step)} of itself, where about 0.001 is "
        "usual. If the loss is unsteady, lower the learning rate.",
    )


def small_steps(layer: str, step: float) -> Text:
    """Steps below what is usual."""
    return Text(
        f"步子偏小：动得最多的 {layer} 每步也只改动自身的 {number(step)}，一般在千分之一上下。"
        "损失若降得慢，就调高学习率；若初始权重太小，换成 Xavier 或 He 初始化。",
        f"Small steps: even {layer}, which moves most, changes by {number(step)} of itself each "
        "time, where about 0.001 is usual. If the loss falls slowly, raise the learning rate, or "
        "start with weights of Xavier or He size where they are smaller.",
    )


def healthy(contrast: float | None, least: float, most: float, layer: str, dead: float) -> Text:
    """Nothing grave; ``contrast`` is that between layers, ``layer`` the one with most dead units.

    >>> healthy(None, 1e-3, 1e-3, "0", 0.0).en
    'Healthy: steps are 0.001 of the weights.'
    """
    zh, en = ["梯度健康："], ["Healthy: "]
    if contrast is not None:
        even = Text("", "") if contrast <= 100 else Text("（但不随深度消长）", " (not by depth)")
        zh.append(f"各层的相对梯度相差不超过 {number(contrast)} 倍{even.zh}，")
        en.append(f"relative gradients differ by up to {number(contrast)} times between layers")
        en.append(f"{even.en}, ")
    steps = "–".join(dict.fromkeys(map(number, (least, most))))
    zh.append(f"每步改动权重的 {steps}。")
    en.append(f"steps are {steps} of the weights.")
    if dead > 0:
        share = f"{100 * dead:.0f}" if dead >= 0.01 else f"{100 * dead:.1f}"
        zh.append(f"{layer} 有 {share}% 的单元最近几次都没有收到梯度；到 40% 才算病。")
        en.append(
            f" Of the units of {layer}, {share} % got no gradient in the last looks; from 40 % on "
            "that would be a disease."
        )
    return Text("".join(zh), "".join(en))


def of_network(said: Text, network: str) -> Text:
    """``said``, with the name of the network in front where there are several."""
    return Text(f"{network}：{said.zh}", f"{network}: {said.en}") if network else said


def of_copies(said: Text, share: tuple[int, int]) -> Text:
    """``said``, with how many of the networks trained together it holds for."""
    some, of_all = share
    if of_all == 1 or some == of_all:
        return said
    return Text(
        f"{said.zh}（同时训练的 {of_all} 个网络中有 {some} 个如此，数字取最重的一个）",
        f"{said.en} (So in {some} of the {of_all} networks trained together; the figure is the "
        "worst one's.)",
    )


def number(value: float) -> str:
    """A figure of two digits, as a person writes it: 0.0012, 3.4, 1,700, 3e+09."""
    if 100 <= value < 1e6:
        return f"{float(f'{value:.2g}'):,.0f}"
    return f"{value:.2g}"
