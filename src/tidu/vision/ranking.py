"""An image classifier's answer in words: the classes from the likeliest on."""

from __future__ import annotations

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor


def ranking(logits: Float[Tensor, " classes"], classes: Sequence[str]) -> dict[str, object]:
    """The likeliest class, every class's probability, and the first three as a line of text.

    >>> import torch
    >>> ranking(torch.tensor([0.0, 2.0]), ["cat", "dog"])["text"]
    'dog 88.1%, cat 11.9%'
    """
    chances = logits.softmax(0)
    likely = chances.argsort(descending=True).tolist()
    named = {classes[i]: round(float(chances[i]), 4) for i in likely}
    words = ", ".join(f"{name} {chance:.1%}" for name, chance in list(named.items())[:3])
    return {"class": classes[likely[0]], "probabilities": named, "text": words}
