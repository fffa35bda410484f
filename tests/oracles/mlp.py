"""The MLP against scikit-learn's, and its gradients against backpropagation written by hand."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from torch import Tensor, nn

from oracles import Case
from tidu.nn import MLP

ACTIVATIONS: dict[str, tuple[Callable[[], nn.Module], Callable[[Tensor], Tensor]]] = {
    "logistic": (nn.Sigmoid, lambda a: a * (1 - a)),
    "relu": (nn.ReLU, lambda a: (a > 0).to(a)),
    "tanh": (nn.Tanh, lambda a: 1 - a**2),
}
"""scikit-learn's name, ours, and the slope as a function of the activation."""


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    return [
        (MLP((7, 5, 4, 3), nn.Sigmoid).to(dtype), (torch.rand(6, 7, dtype=dtype),)),
        (
            MLP((7, 9, 3), dropout=0.2, input_dropout=0.1).to(dtype),
            (torch.rand(6, 7, dtype=dtype),),
        ),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    first, second, third, last = torch.randint(2, 9, (4,)).tolist()
    for name, (activation, slope) in ACTIVATIONS.items():
        for sizes in ((first, second, last), (first, second, third, last)):
            ours = MLP(sizes, activation).to(dtype)
            inputs = torch.randn(7, first, dtype=dtype)
            yield Case(
                f"{name} {sizes} by scikit-learn",
                ours,
                _by_sklearn(ours, name),
                (inputs,),
                gradients=False,
            )
            own = [p.detach().clone().requires_grad_() for p in ours.parameters()]
            yield Case(
                f"{name} {sizes} by hand",
                ours,
                lambda x, own=own, a=activation, s=slope: _ByHand.apply(a(), s, x, *own),
                (inputs,),
                list(zip(ours.parameters(), own, strict=True)),
            )
        kept = MLP(sizes, activation, dropout=0.5, input_dropout=0.2).to(dtype).eval()
        yield Case(
            f"{name} with dropout, in use",
            kept,
            _by_sklearn(kept, name),
            (torch.randn(7, first, dtype=dtype),),
            gradients=False,
        )


def _by_sklearn(ours: MLP, activation: str) -> Callable[[Tensor], Tensor]:
    """scikit-learn's network with our weights in it."""
    sizes, parameters = ours.sizes, [p.detach().numpy() for p in ours.parameters()]
    theirs = MLPRegressor(hidden_layer_sizes=sizes[1:-1], activation=activation, max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs.fit(np.zeros((3, sizes[0])), np.zeros((3, sizes[-1])))
    theirs.coefs_ = [weight.T for weight in parameters[::2]]
    theirs.intercepts_ = parameters[1::2]
    return lambda x: torch.from_numpy(theirs.predict(x.numpy()))


class _ByHand(torch.autograd.Function):
    """The four equations of backpropagation (Nielsen 2015, chapter 2, BP1 to BP4)."""

    @staticmethod
    def forward(ctx: Any, activation: nn.Module, slope: Any, x: Tensor, *own: Tensor) -> Tensor:
        activations = [x]
        for i in range(0, len(own), 2):
            z = activations[-1] @ own[i].T + own[i + 1]
            activations.append(z if i == len(own) - 2 else activation(z))
        ctx.slope, ctx.weights, ctx.activations = slope, own[::2], activations
        return activations[-1]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        delta, found = grads[0], []
        for i in reversed(range(len(ctx.weights))):
            found = [delta.T @ ctx.activations[i], delta.sum(0), *found]
            delta = delta @ ctx.weights[i]
            if i > 0:
                delta = delta * ctx.slope(ctx.activations[i])
        return None, None, delta, *found
