"""The NumPy engine against PyTorch, both called from PyTorch.

``from_torch`` makes an operation of PyTorch out of one of ours: it hands over the numbers, keeps
our graph, and answers a request for gradients by walking back through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from oracles import Case
from tidu.autograd import MLP, SGD, Value, conv2d, cross_entropy, grad, matmul, max_pool2d

NO_META_DEVICE = "NumPy computes on the processor"


class _Bridge(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, call: Callable[..., Value], *inputs: Tensor) -> Tensor:
        ctx.values = [Value(x.detach().cpu().numpy()) for x in inputs]
        ctx.output = call(*ctx.values)
        return torch.from_numpy(ctx.output.data.copy())

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> Any:
        seed = Value(given[0].numpy(), requires_grad=False)
        slopes = grad(ctx.output, ctx.values, seed)
        return (None, *(torch.from_numpy(slope.data.copy()) for slope in slopes))


def from_torch(call: Callable[..., Value]) -> Callable[..., Tensor]:
    """``call`` for tensors."""
    return lambda *inputs: _Bridge.apply(call, *inputs)


def _labels(count: int, classes: int) -> np.ndarray:
    return np.arange(count) % classes


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    def random(*shape: int) -> Tensor:
        return torch.randn(shape, dtype=dtype)

    return [
        (from_torch(matmul), (random(5, 2, 3), random(3, 4))),
        (from_torch(conv2d), (random(2, 3, 5, 4), random(4, 3, 2, 2), random(4))),
        (from_torch(lambda x: max_pool2d(x, 2)), (random(2, 3, 5, 4),)),
        (from_torch(lambda z: cross_entropy(z, _labels(6, 4))), (random(6, 4),)),
        (from_torch(lambda x: (x * x + x.sin()).sum()), (random(3, 2),)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, channels, filters, size = torch.randint(1, 4, (4,)).tolist()

    def random(*shape: int) -> Tensor:
        return torch.randn(shape, dtype=dtype)

    yield Case("product", from_torch(matmul), torch.matmul, (random(batch, 2, 3), random(3, size)))
    image = random(batch, channels, size + 3, size + 2)
    weight, bias = random(filters, channels, size, 2), random(filters)
    for stride, padding in ((1, 0), (2, 1)):
        yield Case(
            f"convolution, stride {stride}, padding {padding}",
            from_torch(lambda x, w, b, s=stride, p=padding: conv2d(x, w, b, s, p)),
            lambda x, w, b, s=stride, p=padding: functional.conv2d(x, w, b, s, p),
            (image, weight, bias),
        )
    yield Case(
        "pooling",
        from_torch(lambda x: max_pool2d(x, 2)),
        lambda x: functional.max_pool2d(x, 2),
        (image.round(),),  # with ties
    )
    classes = filters + 1
    labels = _labels(batch, classes)
    yield Case(
        "cross-entropy",
        from_torch(lambda z: cross_entropy(z, labels)),
        lambda z: functional.cross_entropy(z, torch.from_numpy(labels)),
        (random(batch, classes) * 50,),
    )
    yield _trained(seed, dtype)


def _trained(seed: int, dtype: torch.dtype) -> Case:
    """The inputs' slopes in a network that both have trained for five steps."""
    precision = torch.zeros((), dtype=dtype).numpy().dtype
    net = MLP((3, 5, 4), np.random.default_rng(seed), "tanh", precision)
    first, second = (
        [torch.from_numpy(p.data.copy()).requires_grad_() for p in net.parameters()] for _ in "12"
    )
    shown, labels = torch.randn(8, 3, dtype=dtype), _labels(8, 4)
    descent = SGD(net.parameters(), lr=0.1, momentum=0.9)
    theirs = torch.optim.SGD(first, lr=0.1, momentum=0.9)

    def forward(x: Tensor) -> Tensor:
        return (x @ first[0] + first[1]).tanh() @ first[2] + first[3]

    for _ in range(5):
        loss = cross_entropy(net(Value(shown.numpy(), requires_grad=False)), labels)
        descent.step(grad(loss, net.parameters()))
        theirs.zero_grad()
        functional.cross_entropy(forward(shown), torch.from_numpy(labels)).backward()
        theirs.step()
    assert all((a != b).any() for a, b in zip(first, second, strict=True))
    for parameter in first:
        parameter.requires_grad_(False)
    return Case("trained network", from_torch(net), forward, (torch.randn(6, 3, dtype=dtype),))
