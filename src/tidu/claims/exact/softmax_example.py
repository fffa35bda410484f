"""Is softmax([1, 2, 3]) = [0.0900, 0.6652, 0.2447]?

    softmax(z)_i = exp(z_i) / Σ_j exp(z_j)

Computed with 50 digits and compared to the four that are given. The second condition asks what
could ever mend the statement: softmax keeps the order of its inputs, in every generated case, so
no increasing inputs have the probabilities in the order of the notes.
"""

from __future__ import annotations

import random
from decimal import Decimal, localcontext

from tidu.claims.finding import Finding
from tidu.words import Text

SAID = ("0.0900", "0.6652", "0.2447")
CASES = 2_000


def softmax(logits: list[Decimal]) -> list[Decimal]:
    """Softmax with 50 digits."""
    with localcontext() as digits:
        digits.prec = 50
        powers = [z.exp() for z in logits]
        return [p / sum(powers) for p in powers]


def check() -> list[Finding]:
    """The statement as it stands, and any order like that of the notes for increasing inputs."""
    true = softmax([Decimal(1), Decimal(2), Decimal(3)])
    given = [Decimal(number) for number in SAID]
    right = [abs(t - g) <= Decimal("0.00005") for t, g in zip(true, given, strict=True)]
    shown = ", ".join(f"{t:.4f}" for t in true)
    chance = random.Random(0)
    kept = 0
    for _ in range(CASES):
        z = sorted(Decimal(chance.uniform(-20, 20)) for _ in range(3))
        p = softmax(z)
        kept += not p[1] > p[2]  # the order of the notes: the middle input has the most
    return [
        Finding(
            "as-written",
            Text("输入是 [1, 2, 3]", "the inputs are [1, 2, 3]"),
            cases=1,
            agreeing=int(all(right)),
            worst=float(max(abs(t / g - 1) for t, g in zip(true, given, strict=True))),
            example=Text(*[f"softmax([1, 2, 3]) = [{shown}]"] * 2),
        ),
        Finding(
            "increasing",
            Text(
                "输入从小到大时中间那个概率最大",
                "of increasing inputs the middle one has the largest probability",
            ),
            cases=CASES,
            agreeing=CASES - kept,
            worst=kept / CASES,
            example=Text(
                f"{CASES} 组从小到大的输入，有 {kept} 组次序不变",
                f"{kept} of {CASES} increasing inputs keep their order",
            ),
        ),
    ]
