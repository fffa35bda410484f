"""Convolution, pooling, losses, networks and descent equal PyTorch's in float64."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from torch import Tensor

from autograd.against_torch import close, generated, layouts, numbers, same, seeds
from tidu.autograd import (
    MLP,
    SGD,
    Value,
    conv2d,
    cross_entropy,
    grad,
    log_softmax,
    max_pool2d,
    softmax,
)

small = st.integers(1, 3)


@generated(st.integers(0, 3), small, small, small, small, small, st.integers(0, 2), seeds, layouts)
def test_conv2d(
    batch: int, channels: int, filters: int, height: int, width: int, stride: int, padding: int,
    seed: int, layout: str,
) -> None:  # fmt: skip
    image = (batch, channels, height + seed % 4, width + seed % 3)
    arrays = (
        numbers(image, seed, layout),
        numbers((filters, channels, height, width), seed + 1, layout),
        numbers((filters,), seed + 2),
    )

    def theirs(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return torch.nn.functional.conv2d(x, weight, bias, stride, padding)

    same(lambda x, w, b: conv2d(x, w, b, stride, padding), theirs, arrays)
    same(conv2d, torch.nn.functional.conv2d, arrays[:2], twice=False)


@generated(st.integers(0, 3), small, small, small, seeds, layouts, st.booleans())
def test_max_pool2d(
    batch: int, channels: int, size: int, stride: int, seed: int, layout: str, ties: bool
) -> None:
    array = numbers((batch, channels, size + seed % 5, size + seed % 4), seed, layout)
    if ties:
        array = np.round(array)
    same(
        lambda x: max_pool2d(x, size, stride),
        lambda x: torch.nn.functional.max_pool2d(x, size, stride),
        [array],
    )


@generated(st.integers(0, 4), st.integers(1, 5), seeds, layouts, st.sampled_from([1.0, 1e3]))
def test_softmax_and_cross_entropy(
    batch: int, classes: int, seed: int, layout: str, scale: float
) -> None:
    logits = numbers((batch, classes), seed, layout) * scale
    labels = np.random.default_rng(seed).integers(0, classes, batch)
    same(log_softmax, lambda z: z.log_softmax(-1), [logits])
    same(softmax, lambda z: z.softmax(-1), [logits])
    same(
        lambda z: cross_entropy(z, labels),
        lambda z: torch.nn.functional.cross_entropy(z, torch.from_numpy(labels)),
        [logits],
    )


def test_labels_outside_of_the_classes_are_told() -> None:
    with pytest.raises(ValueError, match="labels must be from 0 to 2; got 1 to 3"):
        cross_entropy(Value(np.zeros((2, 3))), np.array([1, 3]))


@generated(st.lists(st.integers(1, 5), min_size=2, max_size=4), seeds)
def test_a_whole_convolutional_network(widths: list[int], seed: int) -> None:
    filters = widths[0]
    arrays = (
        numbers((2, 1, 6, 6), seed),
        numbers((filters, 1, 3, 3), seed + 1),
        numbers((filters * 4, 3), seed + 2),
    )
    labels = np.array([0, 2])

    def ours(x: Value, kernel: Value, weight: Value) -> Value:
        hidden = max_pool2d(conv2d(x, kernel).relu(), 2)
        return cross_entropy(hidden.reshape((2, filters * 4)) @ weight, labels)

    def theirs(x: Tensor, kernel: Tensor, weight: Tensor) -> Tensor:
        hidden = torch.nn.functional.max_pool2d(torch.conv2d(x, kernel).relu(), 2)
        logits = hidden.flatten(1) @ weight
        return torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels))

    same(ours, theirs, arrays)


@generated(
    st.lists(st.integers(1, 6), min_size=2, max_size=4),
    st.sampled_from(["relu", "tanh"]),
    st.sampled_from([0.0, 0.9]),
    seeds,
)
def test_training_goes_where_pytorchs_goes(
    widths: list[int], activation: str, momentum: float, seed: int
) -> None:
    """Ten steps of descent from the same start leave the same weights."""
    net = MLP(widths, np.random.default_rng(seed), activation)  # type: ignore[arg-type]
    theirs = [torch.from_numpy(p.data.copy()).requires_grad_() for p in net.parameters()]
    x = numbers((8, widths[0]), seed)
    labels = np.random.default_rng(seed).integers(0, widths[-1], 8)
    ours_sgd = SGD(net.parameters(), lr=0.1, momentum=momentum)
    theirs_sgd = torch.optim.SGD(theirs, lr=0.1, momentum=momentum)
    for _ in range(10):
        loss = cross_entropy(net(Value(x, requires_grad=False)), labels)
        ours_sgd.step(grad(loss, net.parameters()))
        hidden = torch.from_numpy(x)
        for i, (weight, bias) in enumerate(zip(theirs[::2], theirs[1::2], strict=True)):
            hidden = getattr(hidden, activation)() if i else hidden
            hidden = hidden @ weight + bias
        theirs_sgd.zero_grad()
        torch.nn.functional.cross_entropy(hidden, torch.from_numpy(labels)).backward()
        theirs_sgd.step()
    for p, t in zip(net.parameters(), theirs, strict=True):
        close(p.data, t)


def test_a_state_comes_back() -> None:
    net = MLP((2, 3, 2), np.random.default_rng(0))
    sgd = SGD(net.parameters(), lr=0.1, momentum=0.9)
    states = copy.deepcopy((net.state_dict(), sgd.state_dict()))
    loss = cross_entropy(net(Value(np.ones((1, 2)))), np.array([1]))
    sgd.step(grad(loss, net.parameters()))
    assert not np.array_equal(net.state_dict()["b2"], states[0]["b2"])
    net.load_state_dict(states[0])
    sgd.load_state_dict(states[1])
    for name, array in net.state_dict().items():
        assert np.array_equal(array, states[0][name])
    assert not any(speed.any() for speed in sgd.speeds)
