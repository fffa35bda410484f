"""Initial weights: their spread, and that only the right size survives depth."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tidu.nn import (
    Activation,
    all_zeros,
    he_normal,
    he_uniform,
    unit_normal,
    xavier_normal,
    xavier_uniform,
)

VARIANCES = {
    unit_normal: lambda into, out: 1.0,
    xavier_normal: lambda into, out: 2 / (into + out),
    xavier_uniform: lambda into, out: 2 / (into + out),
    he_normal: lambda into, out: 2 / into,
    he_uniform: lambda into, out: 2 / into,
}


@pytest.mark.parametrize("draw", VARIANCES, ids=lambda draw: draw.__name__)
@pytest.mark.parametrize("shape", [(300, 200), (60, 40, 5, 5)])
def test_mean_and_variance_are_those_of_the_formula(draw, shape: tuple[int, ...]) -> None:
    weight = draw(torch.empty(shape, dtype=torch.float64))
    into, out = weight[0].numel(), weight[:, 0].numel()
    wanted = VARIANCES[draw](into, out)
    # four standard errors of a mean, and of a variance of normal draws
    assert abs(float(weight.mean())) < 4 * (wanted / weight.numel()) ** 0.5
    assert float(weight.var()) == pytest.approx(wanted, rel=4 * (2 / weight.numel()) ** 0.5)


def test_what_is_given_stays_and_generators_decide() -> None:
    given = torch.ones(4, 3)
    draws = [he_normal(given, generator=torch.Generator().manual_seed(s)) for s in (1, 1, 2)]
    assert torch.equal(given, torch.ones(4, 3))
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])
    assert not he_normal(nn.Linear(3, 4).weight).requires_grad


@pytest.mark.parametrize(
    ("activation", "draw"), [("relu", he_normal), ("relu", he_uniform), ("tanh", xavier_normal)]
)
def test_the_right_size_goes_through_twenty_layers(activation: str, draw) -> None:
    hidden = torch.randn(500, 200, dtype=torch.float64)
    sizes = []
    for _ in range(20):
        weight = draw(torch.empty(200, 200, dtype=torch.float64))
        hidden = Activation(activation)(hidden @ weight.T)
        sizes.append(float(hidden.square().mean()))
    assert 0.1 < sizes[-1] / sizes[2] < 10


def test_from_zeros_all_units_of_a_layer_stay_the_same() -> None:
    network = nn.Sequential(nn.Linear(5, 8), nn.Sigmoid(), nn.Linear(8, 1))
    for layer in (network[0], network[2]):
        layer.weight = nn.Parameter(all_zeros(layer.weight))
        nn.init.zeros_(layer.bias)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.1)
    for _ in range(20):
        inputs = torch.randn(32, 5)
        optimizer.zero_grad()
        (network(inputs) - inputs.sum(1, keepdim=True)).square().mean().backward()
        optimizer.step()
    rows = network[0].weight.detach()
    assert float(rows.abs().max()) > 0.01  # it learns something
    torch.testing.assert_close(rows, rows[:1].expand_as(rows))
