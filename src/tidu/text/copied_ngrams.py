"""How much of a generated text was copied: its n-grams that stand in the training text.

    copied_share = |{n-grams of the text that occur in the training text}| / |{its n-grams}|

A short n says only that the spelling is right; at n = 20 characters or more a high share means
that the model recites. Source: the share of novel n-grams of McCoy et al. 2023, "How Much Do
Language Models Copy From Their Training Data?", section 4, turned round.
"""

from __future__ import annotations


def copied_share(text: str, training: str, n: int) -> float:
    """The share of distinct character ``n``-grams of ``text`` found in ``training``, 0 to 1.

    >>> copied_share("abcx", training="zabcz", n=2)     # ab, bc; not cx
    0.6666666666666666
    """
    if n < 1:
        raise ValueError(f"an n-gram has at least 1 character; got n = {n}")
    grams = {text[i : i + n] for i in range(len(text) - n + 1)}
    # Sorted, so that the same share is summed up in the same way every time.
    return sum(gram in training for gram in sorted(grams)) / len(grams) if grams else 0.0


def longest_copied_span(text: str, training: str) -> str:
    """The longest stretch of ``text`` that stands in ``training``; the first of equals.

    >>> longest_copied_span("xxhello wxx", training="say hello world")
    'hello w'
    """
    best = ""
    for start in range(len(text)):
        # Whatever begins here is only of interest if it is longer than the best so far.
        while start + len(best) < len(text) and text[start : start + len(best) + 1] in training:
            best = text[start : start + len(best) + 1]
    return best
