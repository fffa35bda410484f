"""Live progress of a loop: how far, how fast, how long still, and the latest figures."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class LoopProgress:
    """A bar on a terminal; elsewhere one line every ten seconds. Silent when ``quiet``."""

    def __init__(self, name: str, total: int, start: int, quiet: bool = False) -> None:
        self._name, self._total, self._quiet = name, total, quiet
        self._began, self._start = time.monotonic(), start
        self._said, self._figures = self._began, ""
        self._bar: Progress | None = None
        if not quiet and sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[figures]}", style="dim"),
                console=Console(stderr=True),
                refresh_per_second=8,
                transient=False,
            )
            self._task = self._bar.add_task(name, total=total, completed=start, rate="", figures="")
            self._bar.start()

    def show(self, figures: Mapping[str, Any]) -> None:
        """Remember the latest figures to show beside the bar."""
        parts: list[str] = []
        for key, value in figures.items():
            number = sum(value) / len(value) if isinstance(value, list) and value else value
            if isinstance(number, (int, float)):
                parts.append(f"{key} {number:.4g}")
        self._figures = "  ".join(parts[:3])

    def advance(self, done: int) -> None:
        """``done`` steps of the loop are behind us."""
        if self._quiet:
            return
        now = time.monotonic()
        rate = (done - self._start) / max(now - self._began, 1e-9)
        if self._bar is not None:
            self._bar.update(
                self._task, completed=done, rate=f"{rate:.4g} steps/s", figures=self._figures
            )
        elif now - self._said >= 10 or done == self._total:
            self._said = now
            left = (self._total - done) / max(rate, 1e-9)
            print(
                f"{self._name}: {done}/{self._total}, {rate:.4g} steps/s, {left:.0f} s left"
                f"  {self._figures}",
                file=sys.stderr,
                flush=True,
            )

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.stop()
