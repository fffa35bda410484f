"""Generated parts of Markdown files: what stands between ``<!-- NAME:begin -->`` and its end."""

from __future__ import annotations

import re


def names(text: str) -> list[str]:
    """The generated parts that ``text`` has.

    >>> names("a <!-- results:begin --> b <!-- results:end -->")
    ['results']
    """
    return re.findall(r"<!-- ([a-z-]+):begin -->", text)


def replaced(text: str, name: str, content: str) -> str:
    """``text`` with ``content`` between the markers of ``name``; both markers must be there."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"expected one {begin} followed by one {end}; put them into the file")
    head, rest = text.split(begin)
    return f"{head}{begin}\n\n{content.strip()}\n\n{end}{rest.split(end)[1]}"
