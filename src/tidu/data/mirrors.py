"""Obtaining a source that is not embedded: an installed package, a mirror, official addresses.

Each place is tried in turn until one gives data with the right content hash. A mirror holds one
folder a source (``mnist/mnist.npz``, ``chinese_poetry/tang.jsonl.gz``, or the official files
under their own names); it stands in for the official addresses.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlparse
from urllib.request import url2pathname
from zipfile import BadZipFile

from tidu.data.disk import disk_problem, is_full
from tidu.data.downloads import UnreachableError, download
from tidu.data.source import Arrays, Form, Source
from tidu.errors import TiduError

# what a reader raises when a file is not what its name says
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error, struct.error)


@dataclass(frozen=True)
class _Place:
    """Where the files of one form may be: a folder, or the start of a URL."""

    form: Form
    where: str
    official: bool = False  # files as published, whose own hashes must hold


def obtain(
    source: Source, mirror: str | None, scratch: Path, verified: Callable[[Arrays], Arrays]
) -> Arrays:
    """The arrays of ``source`` from the first place that has them whole.

    ``verified`` raises ValueError for arrays with the wrong content hash. Downloads go to a
    folder in ``scratch`` that is gone afterwards; what a killed process left there is removed.
    """
    partial = scratch / f"{source.id}.partial"
    failures: list[str] = []
    fetching = False
    for place in _places(source, mirror or os.environ.get("TIDU_DATA_MIRROR")):
        try:
            if _is_url(place.where) and not fetching:
                fetching = True
                _announce(source, urlparse(place.where).netloc)
            return verified(place.form.read(_folder(source, place, partial)))
        except UnreachableError as problem:
            failures.append(str(problem))
        except (*_UNREADABLE, BadZipFile) as problem:
            if is_full(problem):
                raise disk_problem(problem, scratch) from problem
            failures.append(f"{place.where}: broken, or another version ({problem})")
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    raise _nowhere(source, failures)


def _places(source: Source, mirror: str | None) -> Iterator[_Place]:
    for form in source.forms:
        for folder in form.installed:
            if Path(folder).is_dir():
                yield _Place(form, folder)
    if mirror:
        base = _mirror_base(mirror)
        for form in source.forms:
            yield _Place(form, f"{base}/{source.folder}")
        return
    for form in source.forms:
        for address in form.addresses:
            yield _Place(form, quote(address, safe=":/@").rstrip("/"), official=True)


def _mirror_base(mirror: str) -> str:
    if _is_url(mirror):
        return mirror.rstrip("/")
    folder = Path(
        url2pathname(urlparse(mirror).path) if mirror.startswith("file://") else mirror
    ).expanduser()
    if not folder.is_dir():
        raise TiduError(
            f"A mirror is a folder or an address that starts with http:// or https://; "
            f"{mirror!r} is neither.",
            "Correct --mirror or TIDU_DATA_MIRROR, or leave them out for the official addresses.",
        )
    return str(folder)


def _folder(source: Source, place: _Place, partial: Path) -> Path:
    """The folder that holds the files of ``place``, downloaded first where it is a URL."""
    files = place.form.files
    if not _is_url(place.where):
        for file in files:
            if not Path(place.where, file.name).is_file():
                raise UnreachableError(f"{place.where}: has no {file.name}")
        return Path(place.where)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for number, file in enumerate(files, 1):
        label = f"{source.id} {number}/{len(files)}" if len(files) > 1 else source.id
        known = file.sha256 if place.official else None
        download(f"{place.where}/{quote(file.name)}", partial / file.name, known, label)
    return partial


def _is_url(where: str) -> bool:
    return where.startswith(("http://", "https://"))


def _announce(source: Source, host: str) -> None:
    print(
        f"Fetching {source.id} ({source.title.en}) from {host}. Licence: {source.licence}.",
        file=sys.stderr,
        flush=True,
    )


def _nowhere(source: Source, failures: list[str]) -> TiduError:
    tried = "".join(f"\n  - {failure}" for failure in failures)
    wanted = f"{source.folder}/{source.forms[0].files[0].name}"
    return TiduError(
        f"{source.id} is not on this machine, and no place gave it:{tried}",
        "Three ways out: connect to the network and run "
        f"`tidu data get {source.id}`; or set TIDU_DATA_MIRROR (or --mirror) to a folder or URL "
        f"that holds {wanted}; or use the source {source.instead}, which is embedded and needs no "
        "network.",
        exit_code=1,
    )
