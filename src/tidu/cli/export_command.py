"""``tidu export RUN --to onnx``: leave with a standard file, or with a script of plain PyTorch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import tyro

from tidu.cli.parse import parse
from tidu.errors import TiduError


@dataclass(frozen=True)
class Arguments:
    """Write the trained network as a standard file, and check it by running it.

    ``--to python`` writes the training itself instead: a script of plain PyTorch that runs without
    tidu and reaches the same numbers. It takes a run, or an experiment and its preset.
    """

    run: tyro.conf.Positional[str]  # a run's name, its folder, or "last"
    to: Literal["onnx", "safetensors", "python"] = "onnx"  # the format
    out: str | None = None  # the file; by default RUN.onnx, RUN.safetensors or EXPERIMENT.py here
    preset: str | None = None  # of an experiment, for --to python
    json: bool = False  # end with one line of JSON for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "export", words)
    if wanted.preset is not None and wanted.to != "python":
        raise TiduError("--preset goes with --to python.", "A run has its own setting.")
    done = _written(wanted)
    if wanted.json:
        print(json.dumps(done))
    else:
        print(f"{done['file']}  {done['bytes']} bytes; {done['checked']}")


def _written(wanted: Arguments) -> dict[str, Any]:
    if wanted.to == "python":
        from tidu.lab.as_code.export import export_script

        return export_script(wanted.run, wanted.preset, wanted.out)
    from tidu.laboratory.export import export

    return export(wanted.run, wanted.to, wanted.out)
