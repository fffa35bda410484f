"""Chinese labels in Matplotlib figures: find a font that has the characters, or speak English.

Matplotlib looks for a glyph in the families of ``font.family`` in turn, but only reliably when
the font that has the Chinese characters comes first. Without such a font it draws empty boxes;
tidu falls back to English labels instead and says so once.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "HarmonyOS Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Sarasa Gothic SC",
    "LXGW WenKai",
    "SimHei",
    "DengXian",
    "Heiti SC",
    "Heiti TC",
    "STHeiti",
    "Arial Unicode MS",
    # Debian and Fedora ship one collection file whose first face is the Japanese one; it holds
    # the Chinese characters too, and Matplotlib knows a collection by its first face only.
    "Noto Sans CJK TC",
    "Noto Sans CJK JP",
    "Source Han Sans",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
    "Droid Sans Fallback",
    "AR PL UMing CN",
)
"""Families that hold simplified Chinese, the ones made for it first."""

PROBE = "梯度数据训练"
"""Characters a family must really have before it is trusted."""


@cache
def chinese_font() -> str | None:
    """The installed family that draws Chinese, or None."""
    from matplotlib import font_manager

    files = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    for family in CHINESE_FONTS:
        if family in files and _draws(files[family]):
            return family
    return None


@contextmanager
def use_language(language: str) -> Generator[str]:
    """Set up Matplotlib for labels in ``language``; yields the language it can really speak.

    >>> with use_language("en") as spoken:
    ...     print(spoken)
    en
    """
    import matplotlib as mpl

    family = chinese_font() if language == "zh" else None
    if language == "zh" and family is None:
        _say_once()
    spoken = "zh" if family else "en"
    if family:
        families = [family, "DejaVu Sans"]
    else:  # English labels, but what they name may be Chinese: the tokens of a poem
        families = ["DejaVu Sans", *filter(None, [chinese_font()])]
    # The Unicode minus sign is missing from some Chinese fonts; a hyphen is in all of them.
    settings: dict[Any, Any] = {"font.family": families, "axes.unicode_minus": family is None}
    with mpl.rc_context(settings):
        yield spoken


def _draws(path: str) -> bool:
    from matplotlib import ft2font

    try:
        characters = ft2font.FT2Font(path).get_charmap()
    except (OSError, RuntimeError):  # a font list may name files that are gone
        return False
    return all(ord(c) in characters for c in PROBE)


@cache
def _say_once() -> None:
    print(
        "tidu: no font with Chinese characters was found, so pictures are labelled in English. "
        "Install one (Debian: apt install fonts-noto-cjk) to have Chinese labels.\n"
        "tidu：没有找到中文字体，图中文字改用英文。"
        "安装一种中文字体即可（Debian：apt install fonts-noto-cjk）。",
        file=sys.stderr,
    )
