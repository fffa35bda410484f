"""Text in the two languages of tidu, Chinese and English, and the choice between them."""

from __future__ import annotations

import locale
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One statement written twice: by someone who thinks in Chinese, and in English."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


def language() -> str:
    """``"zh"`` or ``"en"``: ``TIDU_LANG`` when set, else the language of the locale."""
    wanted = os.environ.get("TIDU_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    if not wanted:
        wanted = locale.getlocale()[0] or "en"
    return "zh" if wanted.lower().startswith(("zh", "chinese")) else "en"
