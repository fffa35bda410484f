"""One command's flags, made from a dataclass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import tyro

from tidu.deferred import unseen

T = TypeVar("T")

CONFIG = (tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff)


def parse(what: Callable[..., T], prog: str, words: Sequence[str], **options: Any) -> T:
    """``what`` (a dataclass, or a function of dataclasses) filled from ``words``.

    Wrong flags end the process with code 2 and say what is allowed.
    """
    with unseen("torch"):
        return tyro.cli(what, prog=f"tidu {prog}", args=list(words), config=CONFIG, **options)
