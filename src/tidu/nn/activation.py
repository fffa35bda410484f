"""An activation by name, as a module: what stands between two linear layers.

    hidden = activation(W · input + b)

Without it, layers in a row would be one linear map. Each activation is a function in a file of its
own: :func:`~tidu.nn.step`, :func:`~tidu.nn.sigmoid`, :func:`~tidu.nn.tanh`, :func:`~tidu.nn.relu`,
:func:`~tidu.nn.leaky_relu`, :func:`~tidu.nn.gelu`, :func:`~tidu.nn.softplus`.
"""

from __future__ import annotations

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from tidu.nn.gelu import gelu
from tidu.nn.leaky_relu import leaky_relu
from tidu.nn.relu import relu
from tidu.nn.sigmoid import sigmoid
from tidu.nn.softplus import softplus
from tidu.nn.step import step
from tidu.nn.tanh import tanh

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "step": step,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky-relu": leaky_relu,
    "gelu": gelu,
    "softplus": softplus,
}
"""The activations by name."""


class Activation(nn.Module):
    """The activation called ``name``.

    >>> import torch
    >>> Activation("relu")(torch.tensor([[-1.0, 2.0]]))  # (batch, dim)
    tensor([[0., 2.]])
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        if name not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(f"an activation is one of {known}; got {name!r}; choose one of them")
        self.name = name

    def forward(self, input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Each number by itself."""
        return ACTIVATIONS[self.name](input)

    def extra_repr(self) -> str:
        """What ``print`` shows between the brackets."""
        return self.name
