"""Do a depthwise and a pointwise convolution need about 1/k² of the parameters?

    standard        k² · C_in · C_out
    separable       k² · C_in + C_in · C_out
    their ratio     1 / C_out + 1 / k²

"About" is taken as within a quarter: the ratio is at most 1.25 / k². That is so exactly when
C_out >= 4 k². Counted on PyTorch's own layers, over kernels and numbers of maps.
"""

from __future__ import annotations

from fractions import Fraction

from torch import nn

from tidu.claims.finding import Finding
from tidu.words import Text

KERNELS = (2, 3, 5, 7)
INPUTS = (1, 3, 16, 64)
OUTPUTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
ABOUT = Fraction(5, 4)


def ratio(kernel: int, inputs: int, outputs: int) -> Fraction:
    """Parameters of the separable convolution as a share of the standard one's, counted."""
    standard = nn.Conv2d(inputs, outputs, kernel, bias=False, device="meta")
    depthwise = nn.Conv2d(inputs, inputs, kernel, groups=inputs, bias=False, device="meta")
    pointwise = nn.Conv2d(inputs, outputs, 1, bias=False, device="meta")
    size = [
        sum(p.numel() for p in layer.parameters()) for layer in (standard, depthwise, pointwise)
    ]
    return Fraction(size[1] + size[2], size[0])


def check() -> list[Finding]:
    """With many output maps for the kernel, and with few."""
    cases = [(k, i, o) for k in KERNELS for i in INPUTS for o in OUTPUTS]
    for k, i, o in cases:
        if ratio(k, i, o) != Fraction(1, o) + Fraction(1, k * k):
            raise AssertionError(f"the count contradicts 1/C_out + 1/k² at k={k}, {i} -> {o}")
    many = [case for case in cases if case[2] >= 4 * case[0] ** 2]
    few = [case for case in cases if case[2] < 4 * case[0] ** 2]
    return [
        _finding("many-maps", Text("输出通道数至少是 4k²", "C_out is at least 4 k²"), many),
        _finding("few-maps", Text("输出通道数少于 4k²", "C_out is below 4 k²"), few),
    ]


def _finding(id: str, when: Text, cases: list[tuple[int, int, int]]) -> Finding:
    beyond = {case: ratio(*case) * case[0] ** 2 for case in cases}
    k, inputs, outputs = worst = max(cases, key=lambda case: beyond[case])
    which, share = f"k={k}, {inputs} -> {outputs}", f"{float(ratio(*worst)):.4f}"
    return Finding(
        id,
        when,
        cases=len(cases),
        agreeing=sum(share <= ABOUT for share in beyond.values()),
        worst=float(beyond[worst] - 1),
        example=Text(
            f"{which}：是 {share}，不是 {1 / k**2:.4f}",
            f"{which}: {share} instead of {1 / k**2:.4f}",
        ),
    )
