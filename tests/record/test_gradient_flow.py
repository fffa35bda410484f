"""Watching gradients: the figures are those of the definition, and training does not notice."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable

import pytest
import torch
from torch import Tensor, nn

import tidu
from tidu import nn as components
from tidu import optim
from tidu.record import GradientFlow
from tidu.record.gradient_flow import DEAD_AFTER

OPTIMIZERS: dict[str, Callable[[Iterable[Tensor]], torch.optim.Optimizer]] = {
    "SGD": lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9),
    "fused AdamW": lambda parameters: torch.optim.AdamW(parameters, lr=0.01, fused=True),
    "our Adam": lambda parameters: optim.Adam(parameters, lr=0.01),
}


def network() -> nn.Sequential:
    """A small network with a normalisation and dropout."""
    return nn.Sequential(
        nn.Linear(6, 9), nn.BatchNorm1d(9), nn.ReLU(), nn.Dropout(0.2), nn.Linear(9, 3)
    )


def train(
    module: nn.Module, optimizer: torch.optim.Optimizer, steps: int, features: int = 6
) -> None:
    """Steps on random rows."""
    for _ in range(steps):
        loss = module(torch.randn(16, features)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_training_is_the_same_bit_for_bit(kind: str) -> None:
    alone = network()
    seen = copy.deepcopy(alone)
    for module in (alone, seen):
        optimizer = OPTIMIZERS[kind](module.parameters())
        torch.manual_seed(1)
        if module is seen:
            with tidu.record.gradients(module, optimizer) as flow:
                train(module, optimizer, 12)
            assert len(flow.rows) == 12
        else:
            train(module, optimizer, 12)
    assert all(map(torch.equal, alone.state_dict().values(), seen.state_dict().values()))


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_figures_are_those_of_the_definition(kind: str) -> None:
    module = network()
    optimizer = OPTIMIZERS[kind](module.parameters())
    with GradientFlow(module, optimizer) as flow:
        for step in range(5):
            before = {name: p.detach().clone() for name, p in module.named_parameters()}
            train(module, optimizer, 1)
            row = flow.rows[step]
            assert row["step"] == step
            for layer in ("0", "4"):
                weight = module.get_parameter(f"{layer}.weight")
                assert weight.grad is not None
                change = weight.detach() - before[f"{layer}.weight"]
                assert row["gradient"][layer] == pytest.approx(float(weight.grad.norm()))
                assert row["weight"][layer] == pytest.approx(
                    float(before[f"{layer}.weight"].norm())
                )
                assert row["update"][layer] == pytest.approx(float(change.norm()), rel=1e-4)
                silent = (weight.grad == 0).all(1).double().mean()
                assert row["silent"][layer] == pytest.approx(float(silent))


def test_only_every_so_many_steps_and_only_inside_the_block() -> None:
    module = network()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    with GradientFlow(module, optimizer, every=4) as flow:
        train(module, optimizer, 10)
    train(module, optimizer, 10)
    assert [row["step"] for row in flow.rows] == [0, 4, 8]
    with pytest.raises(ValueError, match="every must be at least 1"):
        GradientFlow(module, optimizer, every=0)


def test_networks_stacked_in_one_are_each_seen_as_if_alone() -> None:
    alone = [components.MLP((6, 5, 2), nn.ReLU) for _ in range(3)]
    together = components.stack(alone)
    inputs = torch.randn(3, 16, 6)
    found: list[list[dict[str, object]]] = []
    for module, batch in [(together, inputs), *zip(alone, inputs, strict=True)]:
        optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
        with GradientFlow(module, optimizer) as flow:
            for _ in range(4):
                optimizer.zero_grad()
                module(batch).square().mean((-2, -1)).sum().backward()
                optimizer.step()
        found.append(flow.rows)
    for step in range(4):
        for part in ("gradient", "weight", "update", "silent", "dead"):
            for layer, copies in found[0][step][part].items():
                each = [rows[step][part][layer] for rows in found[1:]]
                assert copies == pytest.approx(each, rel=1e-4)


def test_layers_are_matrices_and_kernels_that_are_trained() -> None:
    embedding = nn.Embedding(10, 4, sparse=True)
    tied = nn.Linear(4, 10, bias=False)
    block = nn.ModuleDict({"words": embedding, "out": tied, "norm": nn.LayerNorm(4)})
    frozen = nn.Linear(3, 3)
    bundle = nn.ModuleDict({"one": nn.Sequential(nn.Conv2d(1, 2, 3)), "two": nn.Linear(2, 2)})
    modules = {"net": nn.Sequential(block), "frozen": frozen, "bundle": bundle}
    trained = [p for name in ("net", "bundle") for p in modules[name].parameters()]
    flow = GradientFlow(modules, torch.optim.SGD(trained, lr=0.1))
    assert flow.layers == ["net/0.words", "net/0.out", "bundle.one/0", "bundle.two/weight"]
    tied.weight = embedding.weight
    flow = GradientFlow(modules, torch.optim.SGD(block.parameters(), lr=0.1))
    assert flow.layers == ["net/0.words"]


def test_sparse_gradients_are_seen() -> None:
    words = nn.Embedding(10, 4, sparse=True)
    optimizer = torch.optim.SGD(words.parameters(), lr=0.1)
    with GradientFlow(words, optimizer) as flow:
        words(torch.tensor([1, 1, 2])).sum().backward()
        optimizer.step()
    # two words: one met twice, with slope 2 in four places, one met once
    assert flow.rows[0]["gradient"]["weight"] == pytest.approx((4 * 4 + 4 * 1) ** 0.5)
    assert flow.rows[0]["silent"] == {}  # words that did not come up are not dead


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("transposed", [False, True])
def test_dead_units_are_those_that_no_input_wakes(groups: int, transposed: bool) -> None:
    kind = nn.ConvTranspose2d if transposed else nn.Conv2d
    layer = kind(4, 6, 3, groups=groups)
    assert layer.bias is not None
    with torch.no_grad():
        layer.bias[[0, 3, 4]] = -100.0
    network = nn.Sequential(layer, nn.ReLU(), nn.Conv2d(6, 1, 2))
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-3)
    with GradientFlow(network, optimizer) as flow:
        for _ in range(DEAD_AFTER):
            optimizer.zero_grad()
            network(torch.randn(8, 4, 5, 5)).sum().backward()
            optimizer.step()
    assert [row["silent"]["0"] for row in flow.rows] == [0.5] * DEAD_AFTER
    assert [row["dead"]["0"] for row in flow.rows] == [0.0] * (DEAD_AFTER - 1) + [0.5]
    assert flow.rows[-1]["dead"]["2"] == 0


def test_a_unit_that_wakes_again_is_not_dead() -> None:
    layer = nn.Linear(1, 1, bias=False)
    network = nn.Sequential(layer, nn.ReLU())
    nn.init.ones_(layer.weight)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.0)
    with GradientFlow(network, optimizer) as flow:
        for step in range(2 * DEAD_AFTER + 1):
            optimizer.zero_grad()
            network(torch.ones(1, 1) * (1.0 if step == DEAD_AFTER else -1.0)).sum().backward()
            optimizer.step()
    dead = [row["dead"]["0"] for row in flow.rows]
    assert [step for step, share in enumerate(dead) if share] == [DEAD_AFTER - 1, 2 * DEAD_AFTER]


def test_matrices_whose_rows_are_no_units_have_no_dead_ones() -> None:
    class LowRank(nn.Linear):
        def __init__(self) -> None:
            super().__init__(6, 6, bias=False)
            self.down = nn.Parameter(torch.zeros(2, 6))
            self.up = nn.Parameter(torch.zeros(6, 2))

        def forward(self, input: Tensor) -> Tensor:
            return super().forward(input) + input @ self.down.T @ self.up.T

    module = LowRank()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    with GradientFlow(module, optimizer) as flow:
        train(module, optimizer, 2)
    assert set(flow.rows[0]["gradient"]) == {"weight", "down", "up"}
    assert set(flow.rows[0]["silent"]) == {"weight", "up"}


def test_two_optimizers_of_one_loop_share_its_rows() -> None:
    one, two = nn.Linear(6, 1), nn.Linear(6, 1)
    optimizers = [torch.optim.SGD(part.parameters(), lr=0.1) for part in (one, two)]
    with GradientFlow({"one": one, "two": two}, optimizers) as flow:
        for step in range(6):
            flow.at(step if step % 2 == 0 else None)
            for _ in range(3):  # as a critic does
                train(one, optimizers[0], 1)
            train(two, optimizers[1], 1)
    assert [row["step"] for row in flow.rows] == [0, 2, 4]
    assert all(set(row["gradient"]) == {"one/weight", "two/weight"} for row in flow.rows)


def test_it_goes_on_where_its_state_was_taken() -> None:
    layer = nn.Linear(6, 3)
    with torch.no_grad():
        layer.bias.fill_(-100.0)
    network = nn.Sequential(layer, nn.ReLU())
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    with GradientFlow(network, optimizer) as first:
        train(network, optimizer, 6)
    second = GradientFlow(network, optimizer)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    with second:
        train(network, optimizer, 5)
    assert [row["step"] for row in second.rows] == [6, 7, 8, 9, 10]
    assert [row["dead"]["0"] for row in second.rows] == [0.0, 0.0, 0.0, 1.0, 1.0]
