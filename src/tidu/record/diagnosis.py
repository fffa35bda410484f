"""What the gradients of a training say, in plain words: vanishing, exploding, dead units, steps.

The relative gradient of a layer is ||g|| / ||W||, its step ||W' - W|| / ||W||. Of each network:

    vanishing     the first layer's relative gradient is over 100 times smaller than some later
                  layer's (median over training)
    exploding     a gradient is not finite; or the first layer's relative gradient is over 100
                  times that of one of the last two (median); or a layer's step is larger than the
                  layer (median); or the norm over all layers leaps above 10 times its mean before
                  and its median afterwards, in a large step
    dead          at least 40 % of a layer's units end without any gradient
    large steps   a layer's step is above 1e-2 (median)
    small steps   every layer's step is below 1e-4 (median)

Sources. Steps: Hinton (2010), "A practical guide to training restricted Boltzmann machines",
section 7.1, has updates of about 1e-3 of the weights, within an order of magnitude. 100: those two
orders of magnitude; where layers differ by more, no single learning rate keeps both inside. That
the gradient of a deep net decays from layer to layer: Glorot & Bengio (2010), "Understanding the
difficulty of training deep feedforward neural networks", section 4. Leaps: Pascanu, Mikolov &
Bengio (2013), "On the difficulty of training recurrent neural networks", section 3.2, clip at half
to ten times the average norm. Dead units: Stanford CS231n notes (2015), "Neural networks part 1",
where 40 % of a network die of a learning rate that is too high; Lu et al. (2019), "Dying ReLU and
initialization".
Where ours differs: the papers look at histograms; medians, and relative gradients, which make
layers of different sizes comparable, are ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tidu.record import diagnosis_words as words
from tidu.record.gradient_flow import Row, figures
from tidu.words import Text

LEAST_STEP, MOST_STEP = 1e-4, 1e-2  # of a layer's weights
CONTRAST = MOST_STEP / LEAST_STEP  # between layers
LEAP = 10.0  # a norm over its usual size
USUAL = 5  # looks that make a usual size
DEAD = 0.4  # share of a layer's units


@dataclass(frozen=True)
class Finding:
    """One statement about one network: what was found, where, the figure and its threshold."""

    kind: str  # exploding, vanishing, dead, large steps, small steps, healthy
    network: str
    layer: str
    value: float
    threshold: float
    copies: tuple[int, int]  # how many of the networks trained together have it, of how many
    words: Text


def diagnose(rows: Sequence[Row]) -> list[Finding]:
    """What the rows of one loop say of every network, the gravest first; ``healthy`` if nothing.

    A figure of a row is a number, or a list of shape (copies) for networks trained together.

    >>> def row(first):
    ...     norms = {"gradient": {"0": first, "1": 1.0, "2": 1.0}}
    ...     ones, small = dict.fromkeys("012", 1.0), dict.fromkeys("012", 1e-3)
    ...     return {"step": 0, "weight": ones, "update": small, "dead": {}} | norms
    >>> [finding.kind for finding in diagnose([row(1e-3)])]
    ['vanishing']
    >>> [finding.kind for finding in diagnose([row(0.5)])]
    ['healthy']
    """
    layers = list(dict.fromkeys(name for row in rows for name in row["gradient"]))
    found: list[Finding] = []
    for network in dict.fromkeys(name.rpartition("/")[0] for name in layers):
        own = [name for name in layers if name.rpartition("/")[0] == network]
        found += _of_network(_Seen(network, own, rows))
    return found


class _Seen:
    """The figures of one network as tensors (looks, layers, copies), NaN where there is none."""

    def __init__(self, network: str, layers: list[str], rows: Sequence[Row]) -> None:
        self.network, self.layers = network, [name.rpartition("/")[2] for name in layers]
        rows = [row for row in rows if any(name in row["gradient"] for name in layers)]
        self.looks = [row["step"] for row in rows]
        self.there = torch.tensor([[name in row["gradient"] for name in layers] for row in rows])
        self.gradient, weight, update, self.dead = (
            figures(rows, part, layers) for part in ("gradient", "weight", "update", "dead")
        )
        weight = weight.where(weight > 0, torch.nan)  # nothing is relative to weights of 0
        self.relative, self.steps = self.gradient / weight, update / weight
        self.copies = self.gradient.shape[2]

    def finding(
        self, kind: str, layer: int, values: Tensor, hit: Tensor, threshold: float, said: Text
    ) -> Finding:
        """``values`` and ``hit`` are by copy: the figures, and which of them are too bad."""
        share = (int(hit.sum()), self.copies)
        worst = float(values[hit].max())
        said = words.of_copies(words.of_network(said, self.network), share)
        return Finding(kind, self.network, self.layers[layer], worst, threshold, share, said)


def _of_network(seen: _Seen) -> list[Finding]:
    checks: tuple[Callable[[_Seen], Finding | None], ...] = (
        _exploding, _vanishing, _dead, _large_steps, _small_steps,
    )  # fmt: skip
    found = {f.kind: f for check in checks if (f := check(seen)) is not None}
    if "exploding" in found and math.isinf(found["exploding"].value):
        return [found["exploding"]]  # no other figure means anything any more
    if "exploding" in found:  # what the steps are is part of the same
        found.pop("large steps", None)
        found.pop("small steps", None)
    if "dead" in found:
        found.pop("small steps", None)  # a higher rate would not wake them
        if "vanishing" in found and math.isinf(found["vanishing"].value):
            found.pop("vanishing")  # where no unit gets any, it says nothing more
    return list(found.values()) or [_healthy(seen)]


def _exploding(seen: _Seen) -> Finding | None:
    for check in (_not_finite, _exploding_by_depth, _exploding_step, _leap):
        if (finding := check(seen)) is not None:
            return finding
    return None


def _not_finite(seen: _Seen) -> Finding | None:
    wrong = ~torch.isfinite(seen.gradient) & seen.there.unsqueeze(2)
    if not bool(wrong.any()):
        return None
    look, layer, _ = wrong.nonzero()[0].tolist()
    said = words.not_finite(seen.layers[layer], seen.looks[look])
    infinite = torch.full((seen.copies,), math.inf)
    return seen.finding("exploding", layer, infinite, wrong.any(0).any(0), LEAP, said)


def _exploding_by_depth(seen: _Seen) -> Finding | None:
    if len(seen.layers) < 3:
        return None
    last = seen.relative[:, -2:].where(seen.relative[:, -2:] > 0, torch.nan)
    each = _median(seen.relative[:, :1] / last).nan_to_num(0.0)  # (2, copies)
    contrast = each.amax(0)
    hit = contrast > CONTRAST
    if not bool(hit.any()):
        return None
    weakest = seen.layers[int(each[:, int(contrast.argmax())].argmax()) - 2]
    said = words.exploding_by_depth(seen.layers[0], weakest, float(contrast[hit].max()))
    return seen.finding("exploding", 0, contrast, hit, CONTRAST, said)


def _exploding_step(seen: _Seen) -> Finding | None:
    step, layer = _median(seen.steps).nan_to_num(0.0, math.inf).max(0)
    hit = step > 1
    if not bool(hit.any()):
        return None
    place = int(layer[step.argmax()])
    said = words.exploding_step(seen.layers[place], float(step.max()))
    return seen.finding("exploding", place, step, hit, 1.0, said)


def _leap(seen: _Seen) -> Finding | None:
    norms = seen.gradient.nan_to_num(0.0).square().sum(1).sqrt()  # (looks, copies)
    large = (seen.steps.nan_to_num(0.0) > MOST_STEP).any(1)
    ratios = torch.zeros_like(norms)
    for look in range(USUAL, len(norms)):
        usual = norms[:look].mean(0)
        if look + USUAL < len(norms):
            usual = torch.maximum(usual, norms[look + 1 :].quantile(0.5, 0))
        ratios[look] = torch.where(large[look], norms[look] / usual, 0.0)
    leap, look = ratios.nan_to_num(0.0).max(0) if len(ratios) else (norms.sum(0), norms.sum(0))
    hit = leap > LEAP
    if not bool(hit.any()):
        return None
    worst = int(look[leap.argmax()])
    layer = int(seen.gradient[worst, :, int(leap.argmax())].nan_to_num(0.0).argmax())
    said = words.leap(seen.layers[layer], seen.looks[worst], float(leap.max()))
    return seen.finding("exploding", layer, leap, hit, LEAP, said)


def _vanishing(seen: _Seen) -> Finding | None:
    if len(seen.layers) < 3:
        return None
    later = seen.relative[:, 1:].nan_to_num(0.0)
    contrast = _median(later.amax(1) / seen.relative[:, 0])
    hit = contrast > CONTRAST
    if not bool(hit.any()):
        return None
    strongest = 1 + int(_median(later)[:, int(contrast.argmax())].argmax())
    step = float(_median(seen.steps[:, 0])[hit].nan_to_num(0.0).min())
    worst = float(contrast[hit].max())
    said = words.vanishing(seen.layers[0], seen.layers[strongest], worst, step, step > LEAST_STEP)
    return seen.finding("vanishing", 0, contrast, hit, CONTRAST, said)


def _dead(seen: _Seen) -> Finding | None:
    dead, layer = seen.dead[-1].nan_to_num(0.0).max(0)
    hit = dead >= DEAD
    if not bool(hit.any()):
        return None
    place = int(layer[dead.argmax()])
    said = words.dead(seen.layers[place], float(dead.max()))
    return seen.finding("dead", place, dead, hit, DEAD, said)


def _large_steps(seen: _Seen) -> Finding | None:
    step, layer = _median(seen.steps).nan_to_num(0.0).max(0)
    hit = step > MOST_STEP
    if not bool(hit.any()):
        return None
    place = int(layer[step.argmax()])
    said = words.large_steps(seen.layers[place], float(step.max()))
    return seen.finding("large steps", place, step, hit, MOST_STEP, said)


def _small_steps(seen: _Seen) -> Finding | None:
    step, layer = _median(seen.steps).nan_to_num(0.0).max(0)
    hit = step < LEAST_STEP
    if not bool(hit.any()):
        return None
    place = int(layer[step.argmin()])
    said = words.small_steps(seen.layers[place], float(step[hit].max()))
    return seen.finding("small steps", place, step, hit, LEAST_STEP, said)


def _healthy(seen: _Seen) -> Finding:
    relative = _median(seen.relative)
    contrast = (relative.amax(0) / relative.amin(0)).nan_to_num(1.0)
    steps = _median(seen.steps)[~_median(seen.steps).isnan()]
    by_layer = seen.dead[-1].nan_to_num(0.0).amax(1)
    dead, layer = float(by_layer.max()), seen.layers[int(by_layer.argmax())]
    between = float(contrast.max()) if len(seen.layers) > 1 else None
    said = words.healthy(between, float(steps.min()), float(steps.max()), layer, dead)
    everyone = torch.ones(seen.copies, dtype=torch.bool)
    return seen.finding("healthy", 0, contrast, everyone, CONTRAST, said)


def _median(values: Tensor) -> Tensor:
    """The median over the looks (the first dimension), without those where there is no figure."""
    return values.nanquantile(0.5, 0, interpolation="lower")  # between infinities is none
