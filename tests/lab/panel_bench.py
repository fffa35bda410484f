"""Benches for the tests of panels: ready, and asked by Python."""

from __future__ import annotations

from typing import Any

import torch

from tidu.lab.bench import Bench
from tidu.views.pack import Pack

KINDS = {"f4": torch.float32, "u1": torch.uint8, "i4": torch.int32}


def ready(system: str, told: dict[str, str], steps: int = 0) -> Bench:
    """A bench whose data are there, so many steps on; a busy machine takes its time."""
    made = Bench(system, told)
    for lane in made.lanes:
        lane.settle(120)
    if steps:
        made.handle({"kind": "next", "steps": steps, "seconds": 60})
    return made


def frame_of(bench: Bench, panel: str) -> tuple[dict[str, Any], Any]:
    """A panel's frame, and what turns a tensor's place in it into the tensor."""
    pack = Pack()
    frame = bench.panels[panel].frame(bench.lanes, pack)

    def tensor(place: dict[str, Any]) -> torch.Tensor:
        raw = bytearray(pack.buffers[place["$tensor"]])
        return torch.frombuffer(raw, dtype=KINDS[place["kind"]]).reshape(place["shape"])

    return frame, tensor
