"""Every weight of the networks at work: shape, size, spread, gradient, and where it is used."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from tidu.lab.lane import Lane
from tidu.views.pack import Pack
from tidu.views.reference import of_layer

BINS = 31
MOST = 40  # weights shown of one lane


class Layers:
    """The table of layers."""

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """One row for every weight of the first seed's networks, for each variant."""
        return {"lanes": [self._rows(lane, pack) for lane in lanes]}

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> None:
        """Nothing to change by hand."""

    def _rows(self, lane: Lane, pack: Pack) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for name, kept in lane.kept.items():
            if not isinstance(kept, nn.Module):
                continue
            for path, layer in kept.named_modules():
                for weight, value in layer.named_parameters(recurse=False):
                    place = ".".join(part for part in (name, path, weight) if part)
                    found.append(_row(place, layer, value, pack))
        return found[:MOST]


def panel() -> Layers:
    """A new panel."""
    return Layers()


def _row(place: str, layer: nn.Module, value: Tensor, pack: Pack) -> dict[str, Any]:
    weights = value.detach().float()
    reach = float(weights.abs().max()) or 1.0
    gradient = value.grad
    return {
        "name": place,
        "numbers": value.numel(),
        "norm": float(weights.norm()),
        "reach": reach,
        "gradient": None if gradient is None else float(gradient.detach().float().norm()),
        "histogram": pack.add(torch.histc(weights, BINS, -reach, reach)),
        "code": of_layer(layer, place, value.shape),
    }
