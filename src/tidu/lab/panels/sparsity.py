"""How far can the present network be cut? Accuracy and size at any sparsity, at once.

Every answer comes from a copy: the smallest weights of it are set to zero, it reads test images,
its bytes are counted. The curve over all sparsities is filled in a few points a frame; a point
that was computed for an earlier state of the network is told as such until its turn comes.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from tidu import compress, data, vision
from tidu.compress import magnitude
from tidu.errors import TiduError
from tidu.lab.lane import Lane
from tidu.views.pack import Pack
from tidu.views.reference import reference

LEVELS = (
    *(round(0.05 * i, 2) for i in range(19)),
    *(round(0.9 + 0.01 * i, 2) for i in range(1, 10)),
    *(0.993, 0.995, 0.997, 0.998, 0.999),
)  # sparsities of the curve
SECONDS = 0.05  # of a frame for the curve while the network stands still
MOVING = 0.01  # and while it trains
IMAGES = 1000  # test images that are read, at most
BINS = 61
MOST = {"maps": 60, "rows": 120}  # of a layer's picture

Scope = Literal["global", "layer"]


@dataclass
class Point:
    """A sparsity's answer, and the state of the training it was computed at."""

    accuracy: float
    sparse: int
    version: int


class Sparsity:
    """The hand's sparsity and scope, and the curve of every lane."""

    def __init__(self) -> None:
        self._sparsity, self._scope, self._variant = 0.9, "global", 0
        self._curves: dict[tuple[Lane, str], dict[float, Point]] = {}
        self._now: dict[Lane, tuple[int, nn.Module]] = {}  # a copy of the present network
        self._tests: tuple[object, data.Images] | None = None
        self._seen: tuple[object, dict[str, Any]] | None = None  # the detail shown last

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """Curves of all lanes; the cut network of the one looked at."""
        variant = min(self._variant, len(lanes) - 1)
        self._now = {lane: kept for lane, kept in self._now.items() if lane in lanes}
        self._curves = {key: curve for key, curve in self._curves.items() if key[0] in lanes}
        moved = [self._take(lane) for lane in lanes]
        if any(lane not in self._now for lane in lanes):
            return {"ready": False}
        images = self._images(lanes[0])
        for lane in lanes:
            self._fill(lane, images, (MOVING if any(moved) else SECONDS) / len(lanes))
        detail = self._detail(lanes[variant], images)
        packed = [
            {k: pack.add(v) if isinstance(v, Tensor) else v for k, v in layer.items()}
            for layer in detail["layers"]
        ]
        return {
            "ready": True,
            "variant": variant,
            "scope": self._scope,
            "sparsity": self._sparsity,
            "levels": list(LEVELS),
            "images": min(IMAGES, len(images.test_labels)),
            "curves": [self._told(lane) for lane in lanes],
            "filled": all(self._is_filled(lane) for lane in lanes),
            "may_cut": [lane.phase == "waiting" and "masks" in lane.kept for lane in lanes],
            **detail,
            "layers": packed,
        }

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> None:
        """Slide, choose, or let the curve go on."""
        match message.get("do"):
            case "more":
                pass  # the frame that follows computes some more points
            case "sparsity":
                value = float(message["value"])
                if not 0 <= value <= 1:
                    raise ValueError(f"a sparsity lies from 0 to 1; got {value}")
                self._sparsity = value
            case "scope":
                if message["scope"] not in ("global", "layer"):
                    raise ValueError(f"the scope is global or layer; got {message['scope']!r}")
                self._scope = str(message["scope"])
            case "variant":
                self._variant = max(0, int(message["variant"]))
            case "cut":
                self._cut_lane(lanes[min(self._variant, len(lanes) - 1)])
            case other:
                raise ValueError(f"nothing can be done here by {other!r}")

    def _cut_lane(self, lane: Lane) -> None:
        """Cut the network that trains: from here on it goes another way."""
        masks, network = lane.kept.get("masks"), lane.kept.get("network")
        if lane.phase != "waiting" or lane.loop is None or masks is None or network is None:
            raise TiduError(
                "The network can be cut while it trains; now it does not.",
                "Reset, or go back to a step before the end.",
            )
        compress.cut_weights(network, masks, 1 - self._sparsity, _scope(self._scope))
        lane.differs()
        lane.states[lane.loop.name].keep(lane.step, lane.loop.snapshot())

    def _take(self, lane: Lane) -> bool:
        """Copy the lane's network, unless it is at work or stands where it stood; whether so."""
        before = self._now.get(lane)
        network = lane.kept.get("network")
        if lane.phase == "busy" or not isinstance(network, nn.Module):
            return False
        if before is not None and before[0] == lane.version:
            return False
        one = copy.deepcopy(compress.single(network)).cpu().float().eval()
        self._now[lane] = (lane.version, one)
        return True

    def _images(self, lane: Lane) -> data.Images:
        folder = lane.run.data or (lane.run.origin.data if lane.run.origin else None)
        key = (lane.config.source, folder)
        if self._tests is None or self._tests[0] != key:
            self._tests = (key, data.images_or(lane.config.source, folder))
        return self._tests[1]

    # ── the curve ────────────────────────────────────────────────────────────────────────────────

    def _fill(self, lane: Lane, images: data.Images, seconds: float) -> None:
        """Compute the points that are missing or oldest, at least one, until the time is up."""
        version, network = self._now[lane]
        curve = self._curves.setdefault((lane, self._scope), {})
        end = time.monotonic() + seconds
        stale = [level for level in LEVELS if not _is_new(curve, level, version)]
        for level in sorted(stale, key=lambda one: self._urgency(curve, one)):
            pruned, _ = cut(network, level, _scope(self._scope))
            size = compress.stored_bytes(pruned)["sparse"]
            curve[level] = Point(accuracy(pruned, images), size, version)
            if time.monotonic() > end:
                break

    def _urgency(self, curve: dict[float, Point], level: float) -> tuple[float, float]:
        """The missing first, then the oldest; of these the nearest to the hand."""
        return curve[level].version if level in curve else -1, abs(level - self._sparsity)

    def _is_filled(self, lane: Lane) -> bool:
        curve, (version, _) = self._curves[lane, self._scope], self._now[lane]
        return all(_is_new(curve, level, version) for level in LEVELS)

    def _told(self, lane: Lane) -> list[dict[str, Any]]:
        curve, (version, _) = self._curves[lane, self._scope], self._now[lane]
        return [
            {
                "sparsity": level,
                "accuracy": curve[level].accuracy,
                "sparse": curve[level].sparse,
                "new": curve[level].version == version,
            }
            for level in LEVELS
            if level in curve
        ]

    # ── one sparsity ─────────────────────────────────────────────────────────────────────────────

    def _detail(self, lane: Lane, images: data.Images) -> dict[str, Any]:
        version, network = self._now[lane]
        key = (lane, version, self._sparsity, self._scope)
        if self._seen is None or self._seen[0] != key:
            self._seen = (key, self._computed(network, images))
        return self._seen[1]

    def _computed(self, network: nn.Module, images: data.Images) -> dict[str, Any]:
        pruned, kept = cut(network, self._sparsity, _scope(self._scope))
        nonzero, weights = compress.count_weights_left(pruned)
        size = compress.stored_bytes(pruned)
        borders = {
            name: network.get_parameter(name).detach()[~mask].abs() for name, mask in kept.items()
        }
        whole = torch.cat(list(borders.values()))
        return {
            "accuracy": accuracy(pruned, images),
            "dense_accuracy": accuracy(network, images),
            "zeros": 1 - nonzero / weights,
            "left": nonzero,
            "weights": weights,
            "bytes": {"dense": size["dense"], "sparse": size["sparse"]},
            "smaller": size["dense"] / size["sparse"],
            "layers": [
                _layer(
                    name,
                    network.get_parameter(name).detach(),
                    mask,
                    whole if self._scope == "global" else borders[name],
                )
                for name, mask in kept.items()
            ],
            "code": {
                "accuracy": reference(
                    accuracy, "argmax", tensor="accuracy", formula="mean(argmax(logits) == label)"
                ),
                "size": reference(
                    compress.stored_bytes,
                    "rows = int",
                    tensor="bytes",
                    formula="sparse = nonzero · (4 + 2) + (rows + 1) · 4, or dense if that is less",
                ),
            },
        }


def panel() -> Sparsity:
    """A new panel."""
    return Sparsity()


def cut(network: nn.Module, sparsity: float, scope: Scope) -> tuple[nn.Module, dict[str, Tensor]]:
    """A copy whose smallest weights are zero, and which are kept; what was zero stays zero."""
    pruned = copy.deepcopy(network)
    masks = compress.Masks(pruned)
    masks.update({name: pruned.get_parameter(name) != 0 for name in masks.kept})
    compress.cut_weights(pruned, masks, 1 - sparsity, scope)
    return pruned, masks.kept


def accuracy(network: nn.Module, images: data.Images) -> float:
    """The share of the first test images that the network reads right."""
    inputs, labels = images.test_images[:IMAGES], images.test_labels[:IMAGES]
    with torch.inference_mode():
        logits = network(vision.grey_images(inputs))
    return float((logits.argmax(-1) == labels).double().mean())


def _is_new(curve: dict[float, Point], level: float, version: int) -> bool:
    return level in curve and curve[level].version == version


def _scope(name: str) -> Scope:
    return "layer" if name == "layer" else "global"


def _layer(name: str, weight: Tensor, kept: Tensor, cut_sizes: Tensor) -> dict[str, Any]:
    """A layer's histogram with the threshold, and pictures of what is left of it."""
    reach = float(weight.abs().max()) or 1.0
    gone = weight[~kept & (weight != 0)]
    code = reference(
        magnitude,
        "border = magnitude.kthvalue",
        tensor=f"{name} mask",
        shape=weight.shape,
        formula="keep w_i where |w_i| is among the n - round(sparsity · n) largest of n weights",
    )
    told: dict[str, Any] = {
        "name": name,
        "shape": list(weight.shape),
        "left": int(kept.sum()),
        "weights": kept.numel(),
        "threshold": float(cut_sizes.max()) if len(cut_sizes) else 0.0,
        "reach": reach,
        "kept": torch.histc(weight[kept], BINS, -reach, reach),
        "cut": torch.histc(gone, BINS, -reach, reach),
        "code": code,
    }
    maps = _as_maps(weight)
    codes = (128 + (127 * maps / reach).round()).clamp(1, 255)
    codes[~_as_maps(kept)] = 0
    told["maps"] = codes.to(torch.uint8)
    if weight.shape[1:] == (784,):  # it looks at the image: which pixels are still looked at?
        told["inputs"] = kept.float().mean(0).view(1, 28, 28)
    return told


def _as_maps(weight: Tensor) -> Tensor:
    """The first neurons' weights as small images where they are such, else some rows at once."""
    if weight.dim() == 4:
        return weight.flatten(0, 1)[: 5 * MOST["maps"]]
    if weight.shape[1:] == (784,):
        return weight[: MOST["maps"]].unflatten(1, (28, 28))
    return weight[None, : MOST["rows"]]
