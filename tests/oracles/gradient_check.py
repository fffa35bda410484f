"""Numerical gradients against SciPy's differentiation; checks and fields against derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from scipy.differentiate import derivative
from scipy.optimize import approx_fprime
from torch import Tensor, nn

from oracles import Case
from tidu.optim import gradient_check, gradient_field, largest_error, numerical_gradient

NOT_DIFFERENTIABLE = True  # slopes are measured, not trained through


def _wave(x: Tensor) -> Tensor:
    return (x.sin() * x.exp()).sum() + x.prod()


def _wave_of_arrays(x: np.ndarray) -> np.ndarray:
    return (np.sin(x) * np.exp(x)).sum() + x.prod()


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    layer = nn.Linear(3, 2).to(dtype)

    def checked_input(x: Tensor) -> Tensor:
        return gradient_check(layer.to(x.device), [x])["input"].backpropagated

    def worst(x: Tensor) -> float:
        return largest_error(gradient_check(_wave, [x]))[1]

    assert worst(torch.randn(2, 3, dtype=dtype)) < 1e-6
    line = torch.linspace(-1, 1, 4, dtype=dtype)
    return [
        (lambda x: numerical_gradient(_wave, x), (torch.randn(2, 3, dtype=dtype),)),
        (checked_input, (torch.randn(5, 3, dtype=dtype),)),
        (lambda x, y: gradient_field(lambda a, b: a * b.sin(), x, y), (line, line)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    shape = torch.randint(1, 4, (1 + seed % 2,)).tolist()
    point = torch.randn(shape, dtype=torch.float64)
    yield Case(
        "central differences",
        lambda x: numerical_gradient(_wave, x.double()),
        _by_scipy,
        (point,),
        rtol=1e-6,
        atol=1e-7,
        gradients=False,
    )
    yield Case(
        "forward differences",
        lambda x: numerical_gradient(_wave, x.double(), step=1e-6, difference="forward"),
        lambda x: torch.from_numpy(
            approx_fprime(
                x.numpy().ravel(), lambda v: _wave_of_arrays(v.reshape(shape)), 1e-6
            ).reshape(shape)
        ),
        (point,),
        rtol=1e-5,
        atol=1e-5,
        gradients=False,
    )
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).to(dtype)
    yield Case(
        "what a check compares",
        lambda x: [c[:2] for c in gradient_check(net, [x], seed=seed).values()],
        lambda x: _by_hand(net, x, seed),
        (torch.randn(5, 3, dtype=dtype),),
        rtol=1e-4 if dtype == torch.float32 else 1e-6,
        atol=1e-5 if dtype == torch.float32 else 1e-8,
        gradients=False,
    )
    line = torch.linspace(0.1, 2, 3 + seed, dtype=dtype)
    yield Case(
        "field",
        lambda x, y: gradient_field(lambda a, b: a**2 * b.sin() + a, x, y),
        lambda x, y: (
            torch.outer(y.sin(), x**2) + x,
            2 * torch.outer(y.sin(), x) + 1,
            torch.outer(y.cos(), x**2),
        ),
        (line, line * 1.5),
        gradients=False,
    )


def _by_scipy(x: Tensor) -> Tensor:
    """Each partial derivative by Richardson's extrapolation."""
    flat = x.numpy().ravel()

    def along(i: int) -> float:
        def moved(value: np.ndarray) -> np.ndarray:
            points = np.broadcast_to(flat, (*value.shape, flat.size)).copy()
            points[..., i] = value
            values = [_wave_of_arrays(p) for p in points.reshape(-1, flat.size)]
            return np.array(values).reshape(value.shape)

        return float(derivative(moved, flat[i]).df)

    return torch.tensor([along(i) for i in range(flat.size)], dtype=torch.float64).view_as(x)


def _by_hand(net: nn.Module, x: Tensor, seed: int) -> list[tuple[Tensor, Tensor]]:
    """The chain rule written out, twice: a right check has both ways equal to it."""
    (w1, b1), (w2, _) = ((net[i].weight.double(), net[i].bias.double()) for i in (0, 2))
    x = x.double()
    hidden = (x @ w1.T + b1).tanh()
    generator = torch.Generator().manual_seed(seed)
    given = torch.randn(len(x), len(w2), generator=generator, dtype=torch.float64)
    inner = (given @ w2) * (1 - hidden**2)
    slopes = [inner.T @ x, inner.sum(0), given.T @ hidden, given.sum(0), inner @ w1]
    return [(slope.flatten(), slope.flatten()) for slope in (s.detach() for s in slopes)]
