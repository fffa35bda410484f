"""Does self-attention, without positions, not know the order?

    attention(P X) = P attention(X)    for every permutation P

If tokens are put into another order, each must get the answer it had. That is tried on generated
inputs with layers as a Transformer stacks them, two on top of each other: where every token sees
all others, and where a causal mask lets it see only those before.
"""

from __future__ import annotations

import torch

from tidu.claims.finding import Finding
from tidu.nn.transformer_block import TransformerBlock
from tidu.words import Text

CASES = 60
CLOSE = 1e-10


def check() -> list[Finding]:
    """Without a mask, and with a causal one."""
    return [
        _finding(
            "all-see-all",
            Text("每个符号看得见所有符号（无掩码）", "every token sees all (no mask)"),
            causal=False,
        ),
        _finding(
            "causal",
            Text(
                "每个符号只看得见前面的（因果掩码）", "a token sees only those before (causal mask)"
            ),
            causal=True,
        ),
    ]


def _finding(id: str, when: Text, causal: bool) -> Finding:
    torch.manual_seed(0)
    gaps: list[float] = []
    for _ in range(CASES):
        heads, width, length = torch.randint(1, 4, (3,)).tolist()
        dim, length = 4 * heads * width, length + 3
        layers = [TransformerBlock(dim, heads).double() for _ in range(2)]
        tokens = torch.randn(2, length, dim, dtype=torch.float64)
        order = torch.arange(length).roll(1)  # never the order it was
        with torch.no_grad():
            answers, moved = tokens, tokens[:, order]
            for layer in layers:
                answers, moved = layer(answers, causal=causal), layer(moved, causal=causal)
        gap = (answers[:, order] - moved).abs().max() / answers.abs().max()
        gaps.append(float(gap))
    blind = sum(gap <= CLOSE for gap in gaps)
    return Finding(
        id,
        when,
        CASES,
        blind,
        max(gaps),
        Text(
            f"{CASES} 例中有 {blind} 例不知道次序；相对变化最大 {max(gaps):.1e}",
            f"the order is unknown in {blind} of {CASES} cases; largest relative change "
            f"{max(gaps):.1e}",
        ),
    )
