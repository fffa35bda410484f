"""Prepared data on this machine: obtained once, kept under ``TIDU_HOME``, checked at every open.

The prepared arrays of a source are one safetensors file whose name carries the start of their
content hash. A file that is broken or half-written fails that hash and is replaced. Files are
written to a temporary name and renamed, under a lock, so two processes can prepare at once.
"""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tidu.data.disk import disk_problem
from tidu.data.registry import find
from tidu.data.source import Arrays, Source
from tidu.errors import TiduError
from tidu.files import write_atomically

if TYPE_CHECKING:
    from tidu.data.kinds import Corpus, Images, Table


@dataclass(frozen=True)
class Status:
    """What :func:`check` found: ``state``, and ``why`` in words."""

    state: Literal["ok", "missing", "broken"]
    why: str = ""


def home() -> Path:
    """The folder of prepared data: ``TIDU_HOME/data``, else the user's cache folder."""
    chosen = os.environ.get("TIDU_HOME")
    if chosen:
        return Path(chosen).expanduser() / "data"
    import platformdirs

    return Path(platformdirs.user_cache_dir("tidu", appauthor=False)) / "data"


def load(name: str, mirror: str | None = None) -> Images | Table | Corpus:
    """The data of source ``name``, fetched and prepared first if they are not here yet.

    ``mirror`` is a folder or URL that stands in for the official addresses; without it the
    environment variable ``TIDU_DATA_MIRROR`` is used. Labels come as int64, images as uint8.
    """
    source = find(name)
    return source.assemble(_arrays(source, mirror))


def get(name: str, mirror: str | None = None, force: bool = False) -> Path:
    """Make sure that source ``name`` is here and whole; where it lies. ``force``: fetch anew."""
    source = find(name)
    _arrays(source, mirror, force)
    return _origin(source)


def path(name: str) -> Path:
    """Where source ``name`` lies, or will lie once it is fetched."""
    return _origin(find(name))


def check(name: str) -> Status:
    """Whether source ``name`` is on this machine and whole. Nothing is fetched or repaired."""
    source = find(name)
    kept = kept_file(source)
    if kept is not None and kept.exists():
        try:
            _verified(source, _open(kept))
        except ValueError as problem:
            return Status("broken", f"{kept.name}: {problem}")
        return Status("ok", f"content hash {source.content_hash}")
    if source.embedded is None:
        return Status("missing", f"fetch it with `tidu data get {name}`")
    try:
        arrays = _from_package(source)
    except TiduError as problem:
        return Status("broken", problem.message)
    pinned = "" if source.content_hash else ", that of this Python; not fixed"
    return Status("ok", f"content hash {hash_of(arrays)}{pinned}")


def content_hash(name: str) -> str:
    """The content hash of source ``name``: the fixed one, or that of this Python's own text."""
    source = find(name)
    return source.content_hash or hash_of(_arrays(source))


def hash_of(arrays: Arrays) -> str:
    """SHA-256 over the names (sorted), types, shapes and bytes of the arrays."""
    import numpy as np

    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        digest.update(f"{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(array.data)
    return digest.hexdigest()


def kept_file(source: Source) -> Path | None:
    """The file of the prepared arrays; None for what is read from its package every time."""
    if source.embedded is not None and not source.embedded.keep:
        return None
    return home() / f"{source.id}-{(source.content_hash or '')[:12]}.safetensors"


def _origin(source: Source) -> Path:
    kept = kept_file(source)
    if kept is None:
        assert source.embedded is not None
        return source.embedded.file()
    return kept


def _arrays(source: Source, mirror: str | None = None, force: bool = False) -> Arrays:
    kept = kept_file(source)
    if kept is None:
        return _from_package(source)
    if not force:
        found = _usable(source, kept)
        if found is not None:
            return found
    try:
        return _prepare(source, kept, mirror, force)
    except TiduError:
        if source.embedded is None:
            raise
        return _from_package(source)  # nowhere to keep it: slower, but it works


def _prepare(source: Source, kept: Path, mirror: str | None, force: bool) -> Arrays:
    """Obtain, verify and keep the arrays, while no other process does."""
    from filelock import FileLock

    from tidu.data.mirrors import obtain

    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(kept.with_suffix(".lock")):
            found = None if force else _usable(source, kept)  # another process may have been here
            if found is not None:
                return found
            if source.embedded is not None:
                arrays = _from_package(source)
            else:
                arrays = obtain(source, mirror, kept.parent, lambda found: _verified(source, found))
            _keep(source, arrays, kept)
    except OSError as problem:
        raise disk_problem(problem, kept.parent) from problem
    return arrays


def _usable(source: Source, kept: Path) -> Arrays | None:
    if not kept.exists():
        return None
    try:
        return _verified(source, _open(kept))
    except ValueError as problem:
        print(f"tidu: {kept.name} is broken ({problem}); replacing it.", file=sys.stderr)
        return None


def _open(kept: Path) -> Arrays:
    from safetensors import SafetensorError
    from safetensors.numpy import load as read

    try:
        return read(kept.read_bytes())
    except (SafetensorError, OSError, KeyError, ValueError) as problem:
        raise ValueError(f"it cannot be read: {problem}") from problem


def _verified(source: Source, arrays: Arrays) -> Arrays:
    found = hash_of(arrays)
    if source.content_hash is not None and found != source.content_hash:
        raise ValueError(
            f"its content hash should start with {source.content_hash[:12]}, "
            f"but starts with {found[:12]}"
        )
    return arrays


def _from_package(source: Source) -> Arrays:
    assert source.embedded is not None
    file = source.embedded.file()
    try:
        return _verified(source, source.embedded.read(file))
    except (OSError, EOFError, ValueError) as problem:
        raise TiduError(
            f"{source.id} comes with {source.embedded.package}, but {file.name} there is not "
            f"what tidu knows: {problem}.",
            f"Install the package anew: pip install --force-reinstall {source.embedded.package}.",
        ) from problem


def _keep(source: Source, arrays: Arrays, kept: Path) -> None:
    import numpy as np
    from safetensors.numpy import save

    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    blob = save(plain, {"source": source.id})
    try:
        write_atomically(kept, lambda part: part.write_bytes(blob))
    except TiduError as problem:
        raise disk_problem(problem, kept.parent) from problem
