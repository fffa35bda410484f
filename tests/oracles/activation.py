"""Against PyTorch, from tiny numbers to those where an exponential overflows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn import functional

from oracles import Case
from tidu.nn import gelu, leaky_relu, relu, sigmoid, softplus, step, tanh

NOT_DIFFERENTIABLE = True  # the step has no slope to differentiate


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    inputs = (torch.randn(4, 5, dtype=dtype),)
    every = (gelu, leaky_relu, relu, sigmoid, softplus, step, tanh)
    return [(function, inputs) for function in every]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    corners = torch.tensor([0.0, -0.0, 1e-30, -1e-30, 1e30, -1e30], dtype=dtype)
    slope = (0.01, 0.2, 0.0)[seed]
    for size in (1e-6, 1.0, 30.0, 1e4):
        inputs = torch.cat([torch.randn(40, dtype=dtype) * size, corners])
        pairs: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
            "sigmoid": (sigmoid, torch.sigmoid),
            "tanh": (tanh, torch.tanh),
            "relu": (relu, functional.relu),
            "leaky_relu": (
                lambda x: leaky_relu(x, slope),
                lambda x: functional.leaky_relu(x, slope),
            ),
            "gelu": (gelu, functional.gelu),
            "softplus": (softplus, lambda x: torch.logaddexp(x, torch.zeros_like(x))),
        }
        for name, (ours, theirs) in pairs.items():
            yield Case(f"{name} up to {size:g}", ours, theirs, (inputs,))
        yield Case(
            f"step up to {size:g}",
            step,
            lambda x: torch.heaviside(x, torch.zeros_like(x)),
            (inputs,),
            gradients=False,
        )
