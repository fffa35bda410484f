"""Clipping against ``torch.nn.utils``; watched gradients against autograd, findings by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.nn import Residual
from tidu.optim import clip_norm, clip_value
from tidu.record import GradientFlow, diagnose


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    gradients = (3 * torch.randn(4, 3, dtype=dtype), torch.randn(5, dtype=dtype))
    return [
        (Residual(nn.Linear(3, 3)).to(dtype), gradients[:1]),
        (lambda *g: clip_norm(g, 1.0), gradients),
        (lambda *g: clip_value(g, 0.5), gradients),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    gradients = (torch.randn(4, 3, dtype=dtype), torch.randn(5, dtype=dtype))
    for size in (1e-3, 1.0, 1e6):
        given = tuple(gradient * size for gradient in gradients)
        for bound in (0.5, 5.0):
            yield Case(
                f"norm {bound} of {size:g}, as PyTorch does in place",
                lambda *g, c=bound: clip_norm(g, c),
                lambda *g, c=bound: _in_place(g, lambda p: nn.utils.clip_grad_norm_(p, c)),
                given,
                gradients=False,
            )
            yield Case(
                f"norm {bound} of {size:g}, by algebra",
                lambda *g, c=bound: clip_norm(g, c)[0],
                lambda *g, c=bound: _by_algebra(g, c),
                given,
            )
            yield Case(
                f"value {bound} of {size:g}",
                lambda *g, c=bound: clip_value(g, c),
                lambda *g, c=bound: _in_place(g, lambda p: nn.utils.clip_grad_value_(p, c))[0],
                given,
                gradients=False,
            )
    layer = nn.Linear(3, 3).to(dtype)
    around = Residual(nn.Sequential(layer, nn.Tanh()))
    yield Case(
        "around a layer, in one product",
        around,
        lambda x: (
            torch.cat([x, (x @ layer.weight.T + layer.bias).tanh()], 1)
            @ torch.cat([torch.eye(3, dtype=dtype)] * 2)
        ),
        gradients[:1],
        [(p, p) for p in layer.parameters()],
    )
    network = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    network.to(dtype)
    inputs = torch.randn(6, 3, dtype=dtype)
    yield Case(
        "gradient, weights, update",
        lambda x: _watched(network, x),
        lambda x: _differentiated(network, x),
        (inputs,),
        gradients=False,
    )
    norms = torch.rand(3, dtype=torch.float64) + torch.tensor([1e-4, 1.0, 1.0])
    norms[0] *= 1e-3
    yield Case(
        "the contrast of a vanishing gradient",
        lambda n: torch.tensor([f.value for f in diagnose(_rows(n)) if f.kind == "vanishing"]),
        lambda n: (n[1:].max() / n[:1]).float(),
        (norms,),
        gradients=False,
    )


def _in_place(gradients: tuple[Tensor, ...], clip: Callable[[list[Tensor]], object]) -> object:
    parameters = [nn.Parameter(torch.zeros_like(gradient)) for gradient in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient.detach().clone()
    norm = clip(parameters)
    return [parameter.grad for parameter in parameters], norm


def _by_algebra(gradients: tuple[Tensor, ...], bound: float) -> list[Tensor]:
    length = sum(gradient.square().sum() for gradient in gradients) ** 0.5 + 1e-6
    return [g * bound / length if float(length.detach()) > bound else g for g in gradients]


def _watched(network: nn.Module, inputs: Tensor) -> list[Tensor]:
    optimizer = torch.optim.SGD(network.parameters(), lr=0.0, weight_decay=0.0)
    with GradientFlow(network, optimizer) as flow:
        optimizer.zero_grad()
        network(inputs).square().sum().backward()
        optimizer.param_groups[0]["lr"] = 0.1
        before = {name: p.detach().clone() for name, p in network.named_parameters()}
        optimizer.step()
    network.load_state_dict(before)
    row = flow.rows[0]
    return [torch.tensor(list(row[part].values())) for part in ("gradient", "weight", "update")]


def _differentiated(network: nn.Module, inputs: Tensor) -> list[Tensor]:
    weights = [p for p in network.parameters() if p.dim() == 2]
    gradients = torch.autograd.grad(network(inputs).square().sum(), weights)
    norms = torch.stack([gradient.square().sum().sqrt() for gradient in gradients])
    sizes = torch.stack([weight.detach().square().sum().sqrt() for weight in weights])
    return [norms.float(), sizes.float(), 0.1 * norms.float()]


def _rows(norms: Tensor) -> list[dict[str, object]]:
    names = ("a", "b", "c")
    same = dict.fromkeys(names, 1.0)
    row = {"weight": same, "update": dict.fromkeys(names, 1e-3), "dead": {}}
    return [
        {"step": look, "gradient": dict(zip(names, norms.tolist(), strict=True)), **row}
        for look in range(12)
    ]
