"""The loss surface against algebra, and the properties of its directions."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tidu.optim import filter_normalised_directions, least_squares, loss_surface


def test_equals_the_closed_quadratic_form_of_a_line() -> None:
    x, y = torch.randn(50).double(), torch.randn(50).double()
    inputs = torch.stack([x, torch.ones_like(x)], dim=1)
    at = {"w": torch.zeros(()).double(), "b": torch.zeros(()).double()}
    one = torch.ones(()).double()
    w, b = torch.linspace(-2, 2, 9).double(), torch.linspace(-3, 1, 6).double()
    surface = loss_surface(
        lambda p: (p["w"] * x + p["b"] - y).square().mean(), at, {"w": one}, {"b": one}, w, b, 7
    )
    best = least_squares(inputs, y)
    lowest = (inputs @ best - y).square().mean()
    for j in range(6):
        for i in range(9):
            off = torch.stack([w[i], b[j]]) - best
            exact = lowest + off @ (inputs.mT @ inputs / 50) @ off
            torch.testing.assert_close(surface[j, i], exact)


def test_the_size_of_a_batch_changes_nothing() -> None:
    net = nn.Linear(3, 2)
    center = {k: p.detach() for k, p in net.named_parameters()}
    first, second = filter_normalised_directions(center, torch.Generator().manual_seed(0))
    data, line = torch.randn(8, 3), torch.linspace(-1, 1, 5)

    def loss(p: dict[str, torch.Tensor]) -> torch.Tensor:
        return torch.func.functional_call(net, p, (data,)).exp().mean()

    by_one, at_once = (
        loss_surface(loss, center, first, second, line, line, batch) for batch in (1, 100)
    )
    torch.testing.assert_close(by_one, at_once)
    torch.testing.assert_close(at_once[2, 2], loss(center))


def test_every_filter_moves_by_its_own_length_and_biases_stay() -> None:
    net = nn.Sequential(nn.Conv2d(3, 5, 2), nn.Flatten(), nn.Linear(20, 4), nn.LayerNorm(4))
    center = {k: p.detach() for k, p in net.named_parameters()}
    for direction in filter_normalised_directions(center, torch.Generator().manual_seed(1), 3):
        assert set(direction) == {"0.weight", "2.weight"}
        for name, moved in direction.items():
            torch.testing.assert_close(
                moved.flatten(1).norm(dim=1), center[name].flatten(1).norm(dim=1)
            )


def test_a_direction_to_nowhere_is_refused() -> None:
    one = torch.ones(())
    with pytest.raises(ValueError, match="besides"):
        loss_surface(lambda p: p["w"], {"w": one}, {"v": one}, {}, one.view(1), one.view(1))
