"""Neurons and channels that are really removed: the network becomes smaller and faster.

A zero weight is still multiplied. A neuron (an output of a linear layer) or a channel (an output
of a convolution) that is gone takes with it its row of weights, its bias, its place in the norm
behind it and its columns in the next layer:

    y = W2 f(W1 x + b1) + b2     ->     y = W2[:, kept] f(W1[kept] x + b1[kept]) + b2,

which equals the network in which those neurons are silent (their outgoing weights zero).
Behind a flattened convolution one channel owns height x width columns.

Source: Li, Kadav, Durdanovic, Samet, Graf (2017), "Pruning filters for efficient ConvNets",
section 3.1 (the score: the sum of a filter's absolute weights).
Where ours differs: linear layers as well, scored by the norm of what goes in times the norm of
what goes out, because a neuron nobody listens to is worth nothing; Li's score with ``p=1`` and
``outgoing=False``.

The layers with weights must form a chain, each fed by the one before (activations, pooling,
flattening and batch norms may stand between). Shortcuts and groups are refused.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

Layer = nn.Linear | nn.Conv2d


def weight_layers(module: nn.Module, example: Tensor) -> list[str]:
    """The names of the linear and convolutional layers in the order in which they run.

    ``example`` is an input to run the module on; the order is seen, not guessed.

    >>> weight_layers(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)), torch.zeros(1, 4))
    ['0', '2']
    """
    order: list[str] = []
    handles = [
        layer.register_forward_hook(lambda *_, name=name: order.append(name))
        for name, layer in module.named_modules()
        if isinstance(layer, (nn.Linear, nn.Conv2d))
    ]
    try:
        with torch.no_grad():
            module(example)
    finally:
        for handle in handles:
            handle.remove()
    if len(set(order)) < len(order):
        raise ValueError(f"each layer may run once; got {order}; shared layers cannot be thinned")
    return order


@torch.no_grad()
def neuron_scores(
    layer: Layer, following: Layer | None = None, p: float = 2.0, outgoing: bool = True
) -> Float[Tensor, " neurons"]:
    """How much each output of ``layer`` matters: the p-norm of its weights in, times that out.

    >>> neuron_scores(nn.Linear(4, 3), nn.Linear(3, 2)).shape
    torch.Size([3])
    """
    score = layer.weight.flatten(1).norm(p, 1)
    if outgoing and following is not None:
        by_neuron = _columns(following.weight, len(score))
        score = score * by_neuron.norm(p, (0, 2))
    return score


@torch.no_grad()
def strongest_neurons(
    module: nn.Module, example: Tensor, left: float, p: float = 2.0, outgoing: bool = True
) -> dict[str, Tensor]:
    """For every layer but the last, which neurons to keep: a fraction ``left``, at least one.

    >>> net = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 2))
    >>> {k: int(v.sum()) for k, v in strongest_neurons(net, torch.zeros(1, 4), left=0.3).items()}
    {'0': 3}
    """
    if not 0 < left <= 1:
        raise ValueError(f"left must be above 0 and at most 1; got {left}; 0.5 keeps half")
    names = weight_layers(module, example)
    kept: dict[str, Tensor] = {}
    for name, following in pairwise(names):
        score = neuron_scores(_layer(module, name), _layer(module, following), p, outgoing)
        count = max(1, round(left * len(score)))
        mask = torch.zeros(len(score), dtype=torch.bool)
        mask[score.argsort(descending=True, stable=True)[:count].cpu()] = True
        kept[name] = mask
    return kept


@torch.no_grad()
def silence_neurons(
    module: nn.Module, kept: Mapping[str, Bool[Tensor, " neurons"]], example: Tensor
) -> nn.Module:
    """A copy of ``module`` of the same size in which the other neurons are all zero.

    Their weights in and out and their biases are zero: what :func:`remove_neurons` takes away.
    """
    silent = copy.deepcopy(module)
    for name, following in _pairs(silent, kept, example):
        layer, gone = _layer(silent, name), ~kept[name]
        layer.weight[gone] = 0
        if layer.bias is not None:
            layer.bias[gone] = 0
        after = _layer(silent, following).weight
        _columns(after, len(gone))[:, gone] = 0
    return silent


@torch.no_grad()
def remove_neurons(
    module: nn.Module, kept: Mapping[str, Bool[Tensor, " neurons"]], example: Tensor
) -> nn.Module:
    """A smaller copy of ``module``: of each layer named in ``kept`` only those neurons.

    The copy's answer to ``example`` is compared with that of :func:`silence_neurons`; a network
    that is not a chain is found out there, with a ``ValueError``.

    >>> net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> remove_neurons(net, {"0": torch.tensor([True, False, True])}, torch.zeros(1, 4))
    Sequential(
      (0): Linear(in_features=4, out_features=2, bias=True)
      (1): ReLU()
      (2): Linear(in_features=2, out_features=2, bias=True)
    )
    """
    small = copy.deepcopy(module)
    for name, following in _pairs(small, kept, example):
        keep = kept[name]
        layer, after = _layer(small, name), _layer(small, following)
        layer.weight = nn.Parameter(layer.weight[keep])
        if layer.bias is not None:
            layer.bias = nn.Parameter(layer.bias[keep])
        remaining = _columns(after.weight, len(keep))[:, keep]
        after.weight = nn.Parameter(
            remaining.reshape(len(after.weight), -1, *after.weight.shape[2:])
        )
        for norm in _norms_between(small, name, following):
            _thin_norm(norm, keep)
        _tell_sizes(layer, after)
    _check_equal(small, silence_neurons(module, kept, example), example)
    return small


def _pairs(module: nn.Module, kept: Mapping[str, Tensor], example: Tensor) -> list[tuple[str, str]]:
    """Each layer to be thinned with the one behind it."""
    names = weight_layers(module, example)
    following = dict(pairwise(names))
    for name, mask in kept.items():
        if name not in following:
            raise ValueError(
                f"kept must name layers that another follows, {list(following)}; got {name!r}; "
                "the last layer's outputs are the answer"
            )
        neurons = len(_layer(module, name).weight)
        if mask.shape != (neurons,) or not mask.any():
            raise ValueError(
                f"kept[{name!r}] must be a mask of {neurons} neurons that keeps at least one; "
                f"got shape {tuple(mask.shape)} with {int(mask.sum())} kept"
            )
    return [(name, following[name]) for name in names if name in kept]


def _layer(module: nn.Module, name: str) -> Layer:
    layer = module.get_submodule(name)
    if not isinstance(layer, (nn.Linear, nn.Conv2d)):
        raise ValueError(f"{name!r} must be a Linear or Conv2d; got {type(layer).__name__}")
    if isinstance(layer, nn.Conv2d) and layer.groups != 1:
        raise ValueError(
            f"{name!r} has {layer.groups} groups; only convolutions without can shrink"
        )
    return layer


def _columns(weight: Tensor, neurons: int) -> Tensor:
    """A view (outputs, neurons, rest) of a weight: the part that listens to each neuron."""
    if weight.shape[1] % neurons:
        raise ValueError(
            f"a layer with {weight.shape[1]} inputs cannot follow one with {neurons} outputs; "
            "the layers must form a chain"
        )
    return weight.view(len(weight), neurons, -1)


def _norms_between(module: nn.Module, name: str, following: str) -> list[nn.Module]:
    """Batch norms registered between two layers."""
    names = [n for n, _ in module.named_modules()]
    inside = names[names.index(name) + 1 : names.index(following)]
    norms = (nn.BatchNorm1d, nn.BatchNorm2d)
    return [m for n in inside if isinstance(m := module.get_submodule(n), norms)]


def _thin_norm(norm: Any, keep: Tensor) -> None:
    norm.num_features = int(keep.sum())
    for name in ("weight", "bias"):
        if getattr(norm, name) is not None:
            setattr(norm, name, nn.Parameter(getattr(norm, name)[keep]))
    for name in ("running_mean", "running_var"):
        if getattr(norm, name) is not None:
            setattr(norm, name, getattr(norm, name)[keep])


def _tell_sizes(*layers: Layer) -> None:
    for layer in layers:
        if isinstance(layer, nn.Linear):
            layer.out_features, layer.in_features = layer.weight.shape
        else:
            layer.out_channels, layer.in_channels = layer.weight.shape[:2]


def _check_equal(small: nn.Module, silent: nn.Module, example: Tensor) -> None:
    was_training = small.training
    ours, theirs = small.eval()(example), silent.eval()(example)
    small.train(was_training)
    if ours.shape != theirs.shape or not torch.allclose(ours, theirs, rtol=1e-3, atol=1e-4):
        raise ValueError(
            "the smaller network must answer as the silenced one; it does not; the layers between "
            f"{list(dict(small.named_modules()))[1:]} are no chain (shortcuts cannot be thinned)"
        )
