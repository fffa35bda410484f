"""What a source is: one real data set, by name, and every way in which it can be obtained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from tidu.words import Text

if TYPE_CHECKING:
    import numpy as np

    from tidu.data.kinds import Corpus, Images, Table

Kind: TypeAlias = Literal["images", "table", "text"]
Arrays: TypeAlias = "dict[str, np.ndarray]"
"""Prepared data: named arrays, text as UTF-8 bytes. This is what is hashed and kept."""


@dataclass(frozen=True)
class File:
    """A published file. ``sha256`` is that of the file as published, where it is known."""

    name: str
    sha256: str | None = None


@dataclass(frozen=True)
class Form:
    """One shape in which a source is published: these files, and how they become arrays.

    ``addresses`` are the web folders that hold the files, tried in this order; ``installed`` the
    folders in which a system package puts them. A form without either is only found on mirrors.
    """

    files: tuple[File, ...]
    read: Callable[[Path], Arrays]
    addresses: tuple[str, ...] = ()
    installed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Embedded:
    """Data that an installed package carries: no network is needed.

    ``file`` finds the package's file and ``read`` prepares it. With ``keep`` the result is kept
    in the cache, for data that are slow to read.
    """

    package: str
    file: Callable[[], Path]
    read: Callable[[Path], Arrays]
    keep: bool = False


@dataclass(frozen=True)
class Source:
    """A data set with its origin, licence and content hash.

    ``content_hash`` is the SHA-256 over the names, types, shapes and bytes of the prepared
    arrays: the same whether they came from the official files or a mirror. It is None only where
    the content belongs to the user's Python installation and differs between versions.
    ``folder`` is the source's folder on a mirror, ``instead`` an embedded source of the same
    kind, ``size`` the bytes to fetch.
    """

    id: str
    title: Text
    about: Text
    kind: Kind
    licence: str
    homepage: str
    content_hash: str | None
    assemble: Callable[[Arrays], Images | Table | Corpus]
    embedded: Embedded | None = None
    folder: str = ""
    forms: tuple[Form, ...] = ()
    instead: str = ""
    size: int = 0

    @property
    def obtained(self) -> Text:
        """How the source reaches this machine, in a few words."""
        if self.embedded is not None:
            package = self.embedded.package
            return Text(f"随 {package} 自带", f"embedded in {package}")
        size = f"{self.size / 1e6:.1f} MB"
        return Text(f"下载，{size}", f"download, {size}")

    def describe(self) -> dict[str, object]:
        """The facts of this source, for a listing or as JSON."""
        return {
            "id": self.id,
            "title": {"zh": self.title.zh, "en": self.title.en},
            "about": {"zh": self.about.zh, "en": self.about.en},
            "kind": self.kind,
            "licence": self.licence,
            "homepage": self.homepage,
            "obtained": {"zh": self.obtained.zh, "en": self.obtained.en},
            "embedded": self.embedded is not None,
            "content_hash": self.content_hash,
        }
