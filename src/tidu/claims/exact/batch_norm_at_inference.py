"""Does batch normalisation, at inference, combine the mean of the present batch with earlier means?

    training:    y = (x - mean of the batch) / sqrt(variance of the batch + ε) · γ + β,
                 running mean <- (1 - m) · running mean + m · mean of the batch
    inference:   y = (x - running mean) / sqrt(running variance + ε) · γ + β

If the statement were true, the answer for one example would change with the others in its batch,
and each batch would move the running mean. Both are looked for on generated batches, on PyTorch's
layers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tidu.claims.finding import Finding
from tidu.words import Text

CASES = 100


def check() -> list[Finding]:
    """In evaluation mode, and, to see that the comparison is not blind, in training mode."""
    chance = torch.Generator().manual_seed(0)
    used = {"eval": 0, "train": 0}
    largest = 0.0
    for case in range(CASES):
        layer = (nn.BatchNorm1d(5) if case % 2 else nn.BatchNorm2d(5)).double()
        shape = (8, 5) if case % 2 else (8, 5, 4, 4)
        for _ in range(3):  # earlier means
            layer(3 + 2 * torch.randn(shape, generator=chance, dtype=torch.float64))
        one, others = (torch.randn(shape, generator=chance, dtype=torch.float64) for _ in range(2))
        for mode in ("eval", "train"):
            layer.train(mode == "train")
            change = _influence(layer, one, 100 * others)
            used[mode] += change > 0
            largest = max(largest, change) if mode == "eval" else largest
    if used["train"] < CASES:
        raise AssertionError("in training the batch seems to have no influence either")
    return [
        Finding(
            "inference",
            Text("推断时（eval 模式）", "at inference (evaluation mode)"),
            CASES,
            used["eval"],
            largest,
            Text(
                f"{CASES} 例中有 {used['eval']} 例，当前批改变了答案或滑动均值；"
                f"训练模式下有 {used['train']} 例",
                f"the present batch changed the answer or the running mean in {used['eval']} of "
                f"{CASES} cases; in training mode in {used['train']}",
            ),
        )
    ]


@torch.no_grad()
def _influence(layer: nn.Module, one: Tensor, others: Tensor) -> float:
    """How much the answer for the first example, and the running mean, depend on its company."""
    before = layer.get_buffer("running_mean").clone()
    first = layer(one)[0]
    company = torch.cat([one[:1], others[1:]])
    second = layer(company)[0]
    moved = (layer.get_buffer("running_mean") - before).abs().max()
    return float(torch.maximum((first - second).abs().max(), moved))
