"""Without an activation, does depth add anything?

    W_n (... W_2 (W_1 x + b_1) + b_2 ...) + b_n = W x + b,    W = W_n ... W_1

Any stack of linear layers is collapsed into one matrix and compared with the stack on generated
inputs, in float64. The same comparison with a ReLU between must find a difference every time, or
it would prove nothing.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

from tidu.claims.finding import Finding
from tidu.words import Text

CASES = 100
CLOSE = 1e-10


def collapse(layers: list[nn.Linear]) -> tuple[Tensor, Tensor]:
    """The one matrix and the one bias that do what the layers do, one after another."""
    weight = torch.eye(layers[0].in_features, dtype=torch.float64)
    bias = torch.zeros(layers[0].in_features, dtype=torch.float64)
    for layer in layers:
        weight, bias = layer.weight @ weight, layer.weight @ bias + layer.bias
    return weight, bias


def check() -> list[Finding]:
    """Stacks of 2 to 7 linear layers, 2 to 39 wide."""
    gaps, bent = _gaps(bent=False), _gaps(bent=True)
    if min(bent) <= CLOSE:
        raise AssertionError("a stack with ReLU seems to be linear: the comparison is blind")
    return [
        Finding(
            "linear",
            Text("层与层之间没有激活函数", "there is no activation between the layers"),
            CASES,
            sum(gap <= CLOSE for gap in gaps),
            max(gaps),
            Text(
                f"与合并成的一个矩阵，相对差别最大 {max(gaps):.1e}；中间加上 ReLU 就至少差 "
                f"{min(bent):.1e}",
                f"largest relative difference from one matrix {max(gaps):.1e}; with ReLU between "
                f"at least {min(bent):.1e}",
            ),
        )
    ]


def _gaps(bent: bool) -> list[float]:
    """Of every stack, how far it is from its collapse, as a share of its largest output."""
    chance = torch.Generator().manual_seed(0)
    gaps: list[float] = []
    with torch.no_grad():
        for _ in range(CASES):
            depth = int(torch.randint(2, 8, (), generator=chance))
            widths = torch.randint(2, 40, (depth + 1,), generator=chance).tolist()
            layers = [_layer(a, b, chance) for a, b in itertools.pairwise(widths)]
            inputs = torch.randn(64, widths[0], generator=chance, dtype=torch.float64)
            outputs = inputs
            for i, layer in enumerate(layers):
                outputs = layer(outputs.relu() if bent and i else outputs)
            weight, bias = collapse(layers)
            one = inputs @ weight.mT + bias
            gaps.append(float((outputs - one).abs().max() / outputs.abs().max()))
    return gaps


def _layer(inputs: int, outputs: int, chance: torch.Generator) -> nn.Linear:
    layer = nn.Linear(inputs, outputs, dtype=torch.float64)
    for parameter in layer.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=chance, dtype=torch.float64))
    return layer
