"""The path of a loop through the space of its parameters, kept on disk (``--watch path``).

One file for each point, with the parameters of every module in ``keep``, before the step it is
named after or behind the last. Points lie close at the beginning, where most happens. There are at
most ``POINTS``, and so few that they fill at most ``BYTES``; in memory there is never more than
one. Where they lie depends on the number of steps alone, so a run that was killed leaves the path
of one that never was.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from tidu.train import checkpoint

POINTS = 64
FEWEST = 8
BYTES = 256 * 2**20


class PathLog:
    """Writes the points of one loop into ``folder``; ``looking`` is false where nothing may be."""

    def __init__(self, folder: Path, total: int, keep: Mapping[str, Any], looking: bool) -> None:
        self._folder, self._looking = folder, looking
        self._networks = {k: kept for k, kept in keep.items() if isinstance(kept, torch.nn.Module)}
        size = sum(p.nbytes for net in self._networks.values() for p in net.parameters())
        self._steps = point_steps(total, max(FEWEST, min(POINTS, BYTES // max(1, size))))
        self._looking = looking and size > 0

    def at(self, step: int, over: bool = False) -> None:
        """``step`` begins; or the loop is over and would have begun it."""
        if self._looking and (step in self._steps or over):
            tensors = {
                f"{key}:{name}": parameter.detach().cpu().contiguous()
                for key, network in self._networks.items()
                for name, parameter in network.named_parameters()
            }
            checkpoint.write_tensors(self._folder / f"{step:09d}.safetensors", tensors)


def point_steps(total: int, points: int) -> frozenset[int]:
    """The steps at which ``points`` points lie: their gaps grow steadily.

    >>> sorted(point_steps(100, 5))
    [0, 4, 16, 36, 64]
    """
    return frozenset(round(total * (k / points) ** 2) for k in range(points))


def read(folder: Path, like: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
    """The points that a network with the parameters ``like`` walked through, first to last.

    They are found by names and shapes among all loops and modules of the run. Of several copies in
    one network (as seeds train together), the one that ends nearest to ``like`` is meant. Empty
    where no module of the run fits.
    """
    for loop in sorted(folder.iterdir()) if folder.is_dir() else []:
        files = sorted(loop.glob("*.safetensors"))
        last = load_file(files[-1]) if files else {}
        shortest = min(like, key=len)
        for prefix in (n.removesuffix(shortest) for n in last if n.endswith(shortest)):
            copy = _copy_of(like, last, prefix)
            if copy is not None:
                points = (load_file(file) for file in files)
                return [
                    {n: p[prefix + n] if copy < 0 else p[prefix + n][copy] for n in like}
                    for p in points
                ]
    return []


def _copy_of(like: Mapping[str, Tensor], found: Mapping[str, Tensor], prefix: str) -> int | None:
    """Which copy below ``prefix`` is meant: -1 for a single network, None where it does not fit."""
    if prefix[-1:] not in {":", "."} or any(prefix + name not in found for name in like):
        return None
    pairs = [(found[prefix + name], tensor.detach().cpu()) for name, tensor in like.items()]
    if all(one.shape == tensor.shape for one, tensor in pairs):
        return -1
    if any(one.shape[1:] != tensor.shape for one, tensor in pairs):
        return None
    away = [(one - tensor).flatten(1).square().sum(1) for one, tensor in pairs]
    return int(torch.stack(away).sum(0).argmin())
