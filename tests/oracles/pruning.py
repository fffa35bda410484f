"""magnitude_masks against torch.nn.utils.prune; remove_neurons against a silenced network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from oracles import Case
from tidu.compress import magnitude_masks, remove_neurons
from tidu.nn import LeNet5


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    x = torch.randn(3, 4, dtype=dtype)
    net = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2)).to(dtype)
    kept = {"0": torch.tensor([True, False, True, True, False, True])}
    return [
        (lambda w: w * magnitude_masks({"weight": w}, left=0.5)["weight"], (x,)),
        (remove_neurons(net, kept, x), (x,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    sizes = torch.randint(2, 9, (4,)).tolist()
    weights = [torch.randn(b, a, dtype=dtype) for a, b in pairwise(sizes)]
    left = 0.1 + 0.8 * torch.rand(()).item()
    yield Case("global", _ours("global", left), _globally(left), weights)
    yield Case("of each layer", _ours("layer", left), _by_layer(left), weights)
    yield Case("two rounds", _ours("global", left, 2), _globally(left, 2), weights)
    yield _neurons(seed, dtype)
    yield _channels(seed, dtype)


def _ours(scope: str, left: float, rounds: int = 1) -> Callable[..., list[Tensor]]:
    def cut(*weights: Tensor) -> list[Tensor]:
        named = {str(i): w for i, w in enumerate(weights)}
        masks = None
        for turn in range(1, rounds + 1):
            masks = magnitude_masks(named, left**turn, masks, scope)  # type: ignore[arg-type]
        return [w * masks[name] for name, w in named.items()]

    return cut


def _layers(weights: tuple[Tensor, ...]) -> list[nn.Linear]:
    made = []
    for weight in weights:
        layer = nn.Linear(weight.shape[1], weight.shape[0], bias=False, dtype=weight.dtype)
        layer.weight = nn.Parameter(weight.detach())
        made.append(layer)
    return made


def _globally(left: float, rounds: int = 1) -> Callable[..., list[Tensor]]:
    """Their rounds are told how many weights to cut, so that both round once in the same place."""

    def cut(*weights: Tensor) -> list[Tensor]:
        layers = _layers(weights)
        total, gone = sum(w.numel() for w in weights), 0
        for turn in range(1, rounds + 1):
            target = round((1 - left**turn) * total)
            prune.global_unstructured(
                [(layer, "weight") for layer in layers],
                pruning_method=prune.L1Unstructured,
                amount=target - gone,
            )
            gone = target
        return [w * layer.weight_mask for w, layer in zip(weights, layers, strict=True)]

    return cut


def _by_layer(left: float) -> Callable[..., list[Tensor]]:
    def cut(*weights: Tensor) -> list[Tensor]:
        layers = _layers(weights)
        for layer in layers:
            prune.l1_unstructured(layer, "weight", amount=1 - left)
        return [w * layer.weight_mask for w, layer in zip(weights, layers, strict=True)]

    return cut


def _neurons(seed: int, dtype: torch.dtype) -> Case:
    """Three linear layers of which the middle ones are thinned, against masks on the neurons."""
    inside, one, two, out = (torch.randint(2, 7, (4,)) + 1).tolist()
    net = nn.Sequential(
        nn.Linear(inside, one), nn.Sigmoid(), nn.Linear(one, two), nn.Tanh(), nn.Linear(two, out)
    ).to(dtype)
    kept = {"0": _some(one), "2": _some(two)}
    a, b, c = (net[i] for i in (0, 2, 4))

    def silenced(x: Tensor) -> Tensor:
        first = torch.sigmoid(x @ a.weight.T + a.bias) * kept["0"]
        second = torch.tanh(first @ b.weight.T + b.bias) * kept["2"]
        return second @ c.weight.T + c.bias

    x = torch.randn(5, inside, dtype=dtype)
    return Case(f"neurons, seed {seed}", remove_neurons(net, kept, x), silenced, (x,))


def _channels(seed: int, dtype: torch.dtype) -> Case:
    """Channels before a pooling and before the flattening, against LeNet with maps times masks."""
    net = LeNet5(4, size=18, channels=(4, 5), hidden=(6,)).to(dtype)
    kept = {"conv1": _some(4), "conv2": _some(5), "hidden.0": _some(6)}
    functional = nn.functional

    def silenced(x: Tensor) -> Tensor:
        for conv, name in ((net.conv1, "conv1"), (net.conv2, "conv2")):
            maps = functional.conv2d(x, conv.weight, conv.bias)
            x = functional.max_pool2d(maps, 2).clamp(min=0) * kept[name][:, None, None]
        features = functional.linear(x.flatten(1), net.hidden[0].weight, net.hidden[0].bias)
        features = features.clamp(min=0) * kept["hidden.0"]
        return functional.linear(features, net.output.weight, net.output.bias)

    x = torch.rand(2, 1, 18, 18, dtype=dtype)
    return Case(f"channels, seed {seed}", remove_neurons(net, kept, x), silenced, (x,))


def _some(count: int) -> Tensor:
    mask = torch.rand(count) > 0.4
    mask[torch.randint(count, ())] = True
    return mask
