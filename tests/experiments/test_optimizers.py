"""The race of optimisers: its surfaces, its fairness, and formulas it cannot walk on."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import tidu
from oracles.optimizers import PAIRS
from tidu import optim
from tidu.errors import TiduError
from tidu.experiments.optimisation import optimizers
from tidu.experiments.optimisation.optimizers import OPTIMIZERS, Config

# Lowest places as the literature has them (Jamil & Yang 2013).
MINIMA = {
    "beale": [(3.0, 0.5)],
    "rosenbrock": [(1.0, 1.0)],
    "himmelblau": [
        (3.0, 2.0),
        (-2.805118, 3.131312),
        (-3.779310, -3.283186),
        (3.584428, -1.848126),
    ],
    "ravine": [(0.0, 0.0)],
}
FAST: dict[str, Any] = {"preset": "quick", "epochs": 3, "rates": 2, "quiet": True, "report": False}


@pytest.mark.parametrize("name", MINIMA)
def test_a_surface_is_lowest_where_the_literature_says(name: Any) -> None:
    height, _, view = optimizers.terrain(Config(surface=name))
    for x, y in MINIMA[name]:
        place = torch.tensor([x, y], dtype=torch.float64, requires_grad=True)
        value = height(*place)
        assert float(value.detach()) == pytest.approx(0, abs=1e-8)
        assert torch.autograd.grad(value, place)[0].abs().max() < 1e-3
        assert view[0] < x < view[1]
        assert view[2] < y < view[3]


def test_the_saddle_leads_down_on_both_sides_to_a_floor() -> None:
    height, start, _ = optimizers.terrain(Config(surface="saddle"))
    flat, floor = torch.tensor([[0.0, 0.0], [0.0, 2**0.5]], dtype=torch.float64)
    assert float(height(*flat)) == 0
    assert float(height(*floor)) == pytest.approx(-1)
    assert start[1] != 0  # exactly on the ridge nothing would ever leave it


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_rate_walks_as_it_would_alone_with_pytorch(name: Any) -> None:
    height, start, _ = optimizers.terrain(Config(surface="ravine"))
    ways = optimizers.ways(height, start, name, 30)
    theirs = next(pair[1] for pair in PAIRS.values() if pair[0] is getattr(optim, OPTIMIZERS[name]))
    settings = {"momentum": 0.9} if name in {"momentum", "nesterov"} else {}
    for number in (0, 20, 40):
        place = start.clone().requires_grad_()
        optimizer = theirs([place], lr=float(optimizers.surface_rates()[number]), **settings)
        for step in range(30):
            torch.testing.assert_close(ways[step, number], place.detach(), rtol=1e-9, atol=1e-9)
            optimizer.zero_grad()
            height(*place).backward()
            optimizer.step()


def test_a_formula_of_ones_own_is_raced_on() -> None:
    fields: dict[str, Any] = {"expression": "x^2 + 3*y^2", "start": (2.0, 1.0)}
    run = tidu.run("optimizers", **FAST, optimizers=("sgd", "adam"), **fields)
    seen = run.recorded("surface")
    assert seen["paths"].shape == (2, 301, 3)
    assert torch.equal(seen["paths"][:, 0], torch.tensor([[2.0, 1.0, 7.0]] * 2).double())
    assert float(seen["paths"][0, -1, 2]) < 1e-9
    x, y, height = seen["paths"].unbind(-1)
    torch.testing.assert_close(height, x**2 + 3 * y**2)


def test_a_formula_in_one_variable_is_a_surface_too() -> None:
    height, start, _ = optimizers.terrain(Config(expression="(x - 3)^2"))
    ways = optimizers.ways(height, start, "adam", 200)
    best = height(*ways[-1].unbind(-1)).argmin()
    assert float(ways[-1, best, 0]) == pytest.approx(3, abs=1e-3)
    assert float(ways[-1, best, 1]) == 1.0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expression": "x^2 +"}, "is not a formula"),
        ({"expression": "x*z"}, "z"),
        ({"expression": "__import__('os')"}, "__import__"),
        (
            {"expression": "log(x) + y", "start": (-1.0, 0.0)},
            "no finite value and gradient at -1 0",
        ),
        ({"optimizers": ()}, "at least one"),
        ({"epochs": 1}, "too few"),
        ({"lowest": 1.0, "highest": 0.1}, "must be below --highest; got 1 and 0.1"),
    ],
)
def test_what_cannot_be_raced_is_told(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(TiduError, match=words):
        tidu.run("optimizers", **(FAST | {"optimizers": ("sgd",)} | fields))


def test_the_band_counts_the_decades_near_the_best() -> None:
    rates = torch.logspace(-4, 0, 9)
    right = torch.tensor(
        [
            [0.1, 0.5, 0.9, 0.97, 0.975, 0.98, 0.972, 0.4, 0.1],
            [0.9] * 9,
            [0.5, 0.989, 0.5, 0.5, 1.0, 0.5, 0.5, 0.5, 0.5],
        ]
    )
    # Of nine rates in four decades three lie near the best; then all; then the best alone.
    assert optimizers.band(right, rates).tolist() == pytest.approx([4 / 9 * 3, 4.0, 4 / 9])


def test_the_rates_are_spread_between_the_ends_asked_for() -> None:
    rates = optimizers.rates_of(Config(lowest=1e-3, highest=10.0, rates=5))
    torch.testing.assert_close(rates, torch.tensor([1e-3, 1e-2, 1e-1, 1.0, 10.0]))
