"""How much of a generated text was copied: its n-grams that stand in the training text.

    copied_share = |{n-grams of the text that occur in the training text}| / |{its n-grams}|

A short n says only that the spelling is right; at n = 20 characters or more a high share means
that the model recites; :func:`without_runs` first, where ruled lines and rows of blanks shall not
count. Source: the share of novel n-grams of McCoy et al. 2023, "How Much Do
Language Models Copy From Their Training Data?", section 4, turned round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence


def copied_share(text: str, training: str, n: int) -> float:
    """The share of distinct character ``n``-grams of ``text`` found in ``training``, 0 to 1.

    A text shorter than ``n`` has none, and the share is 0.

    >>> copied_share("abcx", training="zabcz", n=2)     # ab, bc; not cx
    0.6666666666666666
    """
    return copied_shares([text], training, n)[0]


def copied_shares(texts: Sequence[str], training: str, n: int) -> list[float]:
    """:func:`copied_share` of every text, with a single walk through ``training``.

    >>> copied_shares(["abcx", "zab"], training="zabcz", n=2)
    [0.6666666666666666, 1.0]
    """
    if n < 1:
        raise ValueError(f"an n-gram has at least 1 character; got n = {n}")
    each = [{text[i : i + n] for i in range(len(text) - n + 1)} for text in texts]
    found = (
        set[str]()
        .union(*each)
        .intersection(training[i : i + n] for i in range(len(training) - n + 1))
    )
    return [len(grams & found) / len(grams) if grams else 0.0 for grams in each]


def without_runs(text: str) -> str:
    """``text`` with every run of three or more of one character shortened to one of it.

    >>> without_runs("a  b     |-----|")
    'a  b |-|'
    """
    return re.sub(r"(.)\1{2,}", r"\1", text, flags=re.DOTALL)


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
