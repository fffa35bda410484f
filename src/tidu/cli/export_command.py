"""``tidu export RUN --to onnx``: leave with a standard file, checked by running it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import tyro

from tidu.cli.parse import parse


@dataclass(frozen=True)
class Arguments:
    """Write the trained network as a standard file, and check it by running it."""

    run: tyro.conf.Positional[str]  # a run's name, its folder, or "last"
    to: Literal["onnx", "safetensors"] = "onnx"  # the format
    out: str | None = None  # the file; by default RUN.onnx or RUN.safetensors here
    json: bool = False  # end with one line of JSON for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "export", words)
    from tidu.laboratory.export import export

    done = export(wanted.run, wanted.to, wanted.out)
    if wanted.json:
        print(json.dumps(done))
    else:
        print(f"{done['file']}  {done['bytes']} bytes; {done['checked']}")
