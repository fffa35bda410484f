"""What a sweep tells beside its best: that the best may lie beyond what was tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tidu.words import Text


def edge_remarks(name: Text, tried: Sequence[float], best: Iterable[float]) -> list[Text]:
    """A remark where a ``best`` of some seed is the first or last of the values tried in order.

    >>> edge_remarks(Text("学习率", "rate"), (0.1, 0.3, 1.0), [0.3, 1.0])[0].en
    'rate: the best lies at the end of what was tried (1); a wider sweep may find a better one'
    >>> edge_remarks(Text("学习率", "rate"), (0.1, 0.3, 1.0), [0.3, 0.3])
    []
    """
    ends = sorted({tried[0], tried[-1]} & set(best)) if len(tried) > 1 else []
    if not ends:
        return []
    told = ", ".join(f"{end:g}" for end in ends)
    return [
        Text(
            f"{name.zh}：最好的在试过的范围的边上（{told}），范围再宽些也许更好",
            f"{name.en}: the best lies at the end of what was tried ({told}); a wider sweep may "
            "find a better one",
        )
    ]
