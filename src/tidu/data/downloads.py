"""One file from one address: checked against its hash, with a bar on a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

from tidu.data.disk import is_full

TIMEOUT = (10, 30)  # seconds to connect, seconds without a byte


class UnreachableError(Exception):
    """An address that did not give the file."""


def download(url: str, target: Path, sha256: str | None, label: str) -> None:
    """Fetch ``url`` into ``target``; with ``sha256``, only a file with that hash is accepted.

    Raises :class:`UnreachableError` when the address fails, breaks off, or sends another file.
    """
    import pooch  # pyright: ignore[reportMissingTypeStubs]

    pooch.get_logger().setLevel("WARNING")
    try:
        with _Bar(label) as bar:
            pooch.retrieve(
                url,
                known_hash=f"sha256:{sha256}" if sha256 else None,
                fname=target.name,
                path=target.parent,
                downloader=pooch.HTTPDownloader(progressbar=bar, timeout=TIMEOUT),  # type: ignore[arg-type]
            )
    except (OSError, ValueError) as problem:  # requests' errors are OSErrors
        if is_full(problem):
            raise
        raise UnreachableError(f"{url}: {_reason(problem)}") from problem


def _reason(problem: Exception) -> str:
    response = getattr(problem, "response", None)
    if response is not None:
        return f"the server answered {response.status_code} {response.reason}"
    if isinstance(problem, ValueError):
        return "what arrived is broken or another version (wrong hash)"
    names = [kind.__name__ for kind in type(problem).mro()]
    if any("Timeout" in name for name in names):
        return "no answer in time"
    if "ConnectionError" in names:
        return "no connection" + (" to the proxy" if names[0] == "ProxyError" else "")
    return f"the download broke off ({names[0]})"


class _Bar:
    """The progress bar that pooch asks for, drawn by rich; silent where nobody looks."""

    def __init__(self, label: str) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TransferSpeedColumn,
        )

        self.total = 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._progress.add_task(label, total=None)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def update(self, count: int) -> None:
        """``count`` more bytes have arrived."""
        self._progress.update(self._task, advance=count, total=self.total or None)

    def reset(self) -> None:
        """Start again from nothing."""
        self._progress.reset(self._task)

    def close(self) -> None:
        """Everything has arrived."""
