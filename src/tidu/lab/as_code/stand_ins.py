"""What a script has in place of tidu's run folder, errors and cache: as little as it needs.

This file is a quarry: :mod:`tidu.lab.as_code.program` takes from it the functions and
methods that a script reaches, as text.
"""

from __future__ import annotations

import importlib.util
import os
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import torch
from torch import nn

from tidu.data.cache import hash_of
from tidu.data.source import Arrays
from tidu.train.knobs import Knobs

SCRIPT = "script"
TURNED: tuple[dict[str, Any], ...] = ()


class TiduError(Exception):
    """What was expected, what arrived, and what to do."""


def unknown(what: str, word: str, known: Iterable[str], listing: str = "") -> TiduError:
    """An error for a name that does not exist."""
    return TiduError(f"There is no {what} called {word!r}; known: {', '.join(known)}.")


class Run:
    """Seeds, steps and the log of one training."""

    data = None
    origin = None
    options = SimpleNamespace(data=None, target=None)

    def __init__(self, *seeds: int) -> None:
        self.seeds = seeds
        self.seed = seeds[0]
        self.device = torch.device("cpu")
        self.lines: list[dict[str, Any]] = []
        self.kept: dict[str, Any] = {}

    def generator(self, offset: int = 0) -> torch.Generator:
        """A generator of its own for every ``offset``."""
        return self.generators(offset)[0]

    def generators(self, offset: int = 0) -> list[torch.Generator]:
        """One generator for every seed."""
        return [
            torch.Generator().manual_seed((seed * 1_000_003 + offset * 7919) % 2**63)
            for seed in self.seeds
        ]

    def log(self, step: int, **metrics: Any) -> None:
        """Print the metrics of a step."""
        values = {name: _plain(value) for name, value in metrics.items()}
        self.lines.append({"step": step, **values})
        print(step, *(f"{name}={value}" for name, value in values.items()))

    def history(self) -> list[dict[str, Any]]:
        """All that was logged."""
        return self.lines

    def steps(self, total: int, keep: Mapping[str, Any], name: str = "train") -> Loop:
        """The steps of a loop."""
        return Loop(total)

    def save_weights(self, network: nn.Module) -> None:
        """Write the trained weights beside the script."""
        torch.save(network.state_dict(), f"{SCRIPT}.pt")

    def record(self, name: str, step: int | None = None, **tensors: Any) -> None:
        """Nothing: what the pictures were drawn from."""

    def write_json(self, name: str, value: Any) -> None:
        """Keep a value for later."""
        self.kept[name] = value

    def read_json(self, name: str) -> Any:
        """What ``write_json`` kept."""
        return self.kept[name]

    def remark(self, *said: Any) -> None:
        """Nothing: what was found, in words."""


class TurnedRun(Run):
    """A run in whose loops knobs were turned by hand."""

    def __init__(self, config: Any, live: Sequence[str], *seeds: int) -> None:
        super().__init__(*seeds)
        self.knobs = Knobs(config, tuple(live), TURNED)

    def steps(self, total: int, keep: Mapping[str, Any], name: str = "train") -> Any:
        """The steps of a loop; knobs are turned where they were."""
        return TurnedLoop(total, keep, name, self.knobs)


class Loop:
    """Steps that can end early."""

    def __init__(self, total: int) -> None:
        self.total, self.ended = total, False

    def stop(self) -> None:
        """End after the present step."""
        self.ended = True

    def __iter__(self) -> Iterator[int]:
        for step in range(self.total):
            yield step
            if self.ended:
                break


class TurnedLoop(Loop):
    """Steps before which knobs are turned as ``TURNED`` says."""

    def __init__(self, total: int, keep: Mapping[str, Any], name: str, knobs: Knobs) -> None:
        super().__init__(total)
        self.keep, self.name, self.knobs = keep, name, knobs

    def __iter__(self) -> Iterator[int]:
        self.knobs.take(self.keep, self.name)
        for step in super().__iter__():
            self.knobs.at(self.name, step)
            yield step
        self.knobs.let_go()


def package_file(package: str, *parts: str) -> Path:
    """A file inside an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    assert spec, f"install it first: pip install {package}"
    return Path((spec.submodule_search_locations or [""])[0], *parts)


def mirrored(folder: str, *names: str) -> Path | None:
    """The folder below ``TIDU_DATA_MIRROR``, where that is set and has the files."""
    mirror = os.environ.get("TIDU_DATA_MIRROR")
    found = Path(mirror or ".", folder)
    return found if mirror and all((found / name).is_file() for name in names) else None


def downloaded(folder: str, names: Sequence[str], addresses: Sequence[str]) -> Path:
    """The folder with the files, downloaded first where they are not there yet."""
    there = Path("data", folder)
    there.mkdir(parents=True, exist_ok=True)
    for name in names:
        if not (there / name).exists():
            content = _first_answer([f"{address}/{quote(name)}" for address in addresses])
            (there / name).write_bytes(content)
    return there


def verified(arrays: Arrays, sha256: str) -> Arrays:
    """``arrays``, if they are what they should be."""
    found = hash_of(arrays)
    if found != sha256:
        raise ValueError(f"the data are broken, or another version: {found} is not {sha256}")
    return arrays


def _first_answer(addresses: Iterable[str]) -> bytes:
    problem: OSError | None = None
    for address in addresses:
        try:
            with urllib.request.urlopen(quote(address, safe=":/@%"), timeout=30) as answer:
                return answer.read()
        except OSError as failed:
            problem = failed
    raise OSError(f"no address gave the data: {problem}")


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value
