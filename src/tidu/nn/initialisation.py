"""Where weights begin: at zero, at random, or at random and of the size that suits the layer.

    zeros      w = 0                                  every unit the same, for ever
    N(0, 1)    w ~ N(0, 1)                            too large for any layer that is wide
    Xavier     Var w = gain² · 2 / (fan_in + fan_out)
    He         Var w = 2 / fan_in

Each layer multiplies the variance of what goes through it by about fan_in · Var w · (the share its
activation lets through), so only one size of Var w keeps it from fading or exploding with depth.
Xavier's keeps the mean of what goes forward and what comes back where the activation is straight
near 0; He's makes up for the half that a ReLU cuts off.

Source: Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward neural
networks", equations 12 and 16; He, Zhang, Ren & Sun (2015), "Delving deep into rectifiers",
equation 10. Where ours differs: a function returns new weights of the shape of those it is given
instead of changing them; the draws are those of ``torch.nn.init``, number for number.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor


def all_zeros(weight: Float[Tensor, "out fan *kernel"]) -> Float[Tensor, "out fan *kernel"]:
    """Zeros in the shape of ``weight``.

    >>> all_zeros(torch.ones(2, 3))
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    return torch.zeros_like(weight)


def unit_normal(
    weight: Float[Tensor, "out fan *kernel"], generator: torch.Generator | None = None
) -> Float[Tensor, "out fan *kernel"]:
    """Draws from N(0, 1), whatever the shape.

    >>> unit_normal(torch.zeros(200, 300)).std().round(decimals=1)
    tensor(1.)
    """
    return _normal(weight, 1.0, generator)


def xavier_normal(
    weight: Float[Tensor, "out fan *kernel"],
    gain: float = 1.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "out fan *kernel"]:
    """Normal draws of Xavier's variance.

    >>> (xavier_normal(torch.zeros(200, 300)).std() / (2 / 500) ** 0.5).round(decimals=1)
    tensor(1.)
    """
    return _normal(weight, gain * math.sqrt(2 / sum(fans(weight))), generator)


def xavier_uniform(
    weight: Float[Tensor, "out fan *kernel"],
    gain: float = 1.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "out fan *kernel"]:
    """Even draws of Xavier's variance: from ±gain · sqrt(6 / (fan_in + fan_out)).

    >>> bool(xavier_uniform(torch.zeros(200, 300)).abs().max() <= (6 / 500) ** 0.5)
    True
    """
    return _uniform(weight, gain * math.sqrt(2 / sum(fans(weight))), generator)


def he_normal(
    weight: Float[Tensor, "out fan *kernel"], generator: torch.Generator | None = None
) -> Float[Tensor, "out fan *kernel"]:
    """Normal draws of He's variance.

    >>> (he_normal(torch.zeros(200, 300)).std() / (2 / 300) ** 0.5).round(decimals=1)
    tensor(1.)
    """
    return _normal(weight, math.sqrt(2 / fans(weight)[0]), generator)


def he_uniform(
    weight: Float[Tensor, "out fan *kernel"], generator: torch.Generator | None = None
) -> Float[Tensor, "out fan *kernel"]:
    """Even draws of He's variance: from ±sqrt(6 / fan_in).

    >>> bool(he_uniform(torch.zeros(200, 300)).abs().max() <= (6 / 300) ** 0.5)
    True
    """
    return _uniform(weight, math.sqrt(2 / fans(weight)[0]), generator)


def fans(weight: Float[Tensor, "out fan *kernel"]) -> tuple[int, int]:
    """How many numbers come into a unit, and how many units each number goes to.

    >>> fans(torch.zeros(20, 3, 5, 5))
    (75, 500)
    """
    places = weight[0, 0].numel()
    return weight.shape[1] * places, weight.shape[0] * places


def _normal(weight: Tensor, deviation: float, generator: torch.Generator | None) -> Tensor:
    return torch.empty_like(weight).detach().normal_(0, deviation, generator=generator)


def _uniform(weight: Tensor, deviation: float, generator: torch.Generator | None) -> Tensor:
    bound = math.sqrt(3) * deviation
    return torch.empty_like(weight).detach().uniform_(-bound, bound, generator=generator)
