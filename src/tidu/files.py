"""Files that are either wholly there or not there at all."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tidu.errors import TiduError


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a temporary file, flush it to the disk, then rename it to ``path``.

    A reader sees the old content or the new, never a part of it, whenever the process is killed.
    When the disk is full the temporary file is removed, ``path`` keeps its old content, and a
    :class:`~tidu.errors.TiduError` says so.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as problem:
        raise disk_error(problem, path) from problem
    os.close(handle)
    part = Path(name)
    try:
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as problem:
        raise disk_error(problem, path) from problem
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content``, atomically."""
    write_atomically(path, lambda part: part.write_bytes(content))


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, atomically."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON, atomically."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """The JSON value in ``path``."""
    return json.loads(path.read_text(encoding="utf-8"))


def disk_error(problem: OSError, path: Path) -> TiduError:
    """What an operating-system error while writing ``path`` means to the person at the keyboard."""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return TiduError(
            f"The disk is full: {path.name} could not be written in {path.parent}.",
            "What was saved before is untouched. Free some space, then go on with `tidu resume`.",
            exit_code=1,
        )
    return TiduError(
        f"{path} could not be written: {problem.strerror or problem}.",
        "Check that the folder exists and that you may write there.",
        exit_code=1,
    )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every platform can open a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
