"""The one error a user's mistake ends in: what was expected, what arrived, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TiduError(Exception):
    """A mistake that the person at the keyboard can mend.

    ``message`` says what was expected and what arrived; ``hint`` says what to do next.
    The command line prints both and ends with ``exit_code``, never with a traceback.
    """

    def __init__(self, message: str, hint: str = "", exit_code: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Up to three of ``known`` that look like ``word``, the likeliest first.

    >>> nearest("lenett", ["lenet", "gan", "gpt"])
    ['lenet']
    """
    by_lower = {k.lower(): k for k in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=3, cutoff=0.5)
    inside = [k for k in by_lower if word and word.lower() in k and k not in close]
    return [by_lower[k] for k in (*close, *inside)][:3]


def unknown(what: str, word: str, known: Iterable[str], listing: str = "") -> TiduError:
    """The error for an id that does not exist: it names the nearest ones that do."""
    known = list(known)
    close = nearest(word, known)
    every = f"Known: {', '.join(known)}." if known else "There is none yet."
    hint = f"Did you mean {' or '.join(close)}?" if close else every
    return TiduError(f"There is no {what} called {word!r}.", f"{hint} {listing}".strip())
