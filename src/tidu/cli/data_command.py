"""``tidu data list|get|check|path``: the real data, their origin, whether they are whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import tyro

from tidu import data
from tidu.cli.parse import parse
from tidu.errors import TiduError, unknown
from tidu.words import Text, language


@dataclass(frozen=True)
class ListArguments:
    """The sources there are, with their licence."""

    json: bool = False  # print an array of objects for programs


@dataclass(frozen=True)
class GetArguments:
    """Fetch and prepare sources, so that they open without a network."""

    names: tyro.conf.Positional[tuple[str, ...]]  # as `tidu data list` names them
    mirror: str | None = None  # folder or URL that stands in for the official addresses
    force: bool = False  # fetch again what is there


@dataclass(frozen=True)
class CheckArguments:
    """Whether cached data are whole; all sources where none is named."""

    names: tyro.conf.Positional[tuple[str, ...]] = ()  # as `tidu data list` names them


@dataclass(frozen=True)
class PathArguments:
    """Where the prepared data of a source are."""

    name: tyro.conf.Positional[str]  # as `tidu data list` names it


def main(words: Sequence[str]) -> int:
    """Carry the command out."""
    if not words or words[0] in {"-h", "--help"}:
        print("usage: tidu data list|get|check|path [OPTIONS]")
        return 0
    if words[0] not in _COMMANDS:
        raise unknown("data command", words[0], _COMMANDS)
    return _COMMANDS[words[0]](words[1:])


def _list(words: Sequence[str]) -> int:
    wanted = parse(ListArguments, "data list", words)
    found = list(data.sources())
    if wanted.json:
        print(json.dumps([s.describe() for s in found], ensure_ascii=False, indent=1))
        return 0
    spoken = language()
    for source in found:
        print(
            f"{source.id:<18} {source.title[spoken]}  [{source.licence}; {source.obtained[spoken]}]"
        )
    return 0


def _get(words: Sequence[str]) -> int:
    wanted = parse(GetArguments, "data get", words)
    if not wanted.names:
        raise TiduError("tidu data get needs the name of a source.", "See them: tidu data list")
    for name in wanted.names:
        data.get(name, mirror=wanted.mirror, force=wanted.force)
        ready = Text("已就绪", "ready")
        print(f"{name}: {ready[language()]}, {data.path(name)}  [{data.find(name).licence}]")
    return 0


def _check(words: Sequence[str]) -> int:
    wanted = parse(CheckArguments, "data check", words)
    names = wanted.names or tuple(source.id for source in data.sources())
    broken = False
    for name in names:
        status = data.check(name)
        broken |= status.state == "broken"
        print(f"{name:<18} {status.state}  {status.why}")
    return 1 if broken else 0


def _path(words: Sequence[str]) -> int:
    print(data.path(parse(PathArguments, "data path", words).name))
    return 0


ARGUMENTS: dict[str, type[Any]] = {
    "list": ListArguments,
    "get": GetArguments,
    "check": CheckArguments,
    "path": PathArguments,
}
_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "list": _list,
    "get": _get,
    "check": _check,
    "path": _path,
}
