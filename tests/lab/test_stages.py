"""The maps are the network's own, and every cell's arithmetic ends in the cell's value."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tidu.lab.stages import Stage, arithmetic, readable, stages_of
from tidu.nn import ConvPoolNet, Dropout, LeNet5, LeNet300100
from tidu.views.reference import source_of

EPSILON = torch.finfo(torch.float32).eps


def networks() -> dict[str, nn.Module]:
    torch.manual_seed(3)
    return {
        "lenet-5": LeNet5(channels=(4, 6), hidden=(20,)),
        "two hidden": LeNet5(channels=(2, 3), hidden=(12, 7)),
        "padding": LeNet5(channels=(2, 3), hidden=(12,), padding=2),
        "strides": LeNet5(channels=(2, 3), hidden=(12,), pooling=False, padding=1),
        "halved": nn.Sequential(nn.AvgPool2d(2), LeNet5(size=14, channels=(2, 3), padding=2)),
        "300-100": LeNet300100(hidden=(30, 10)),
        "ladder": ConvPoolNet((3, 4), (10, 8), torch.sigmoid, 0.5),
        "ladder without convolutions": ConvPoolNet((), (10,), torch.sigmoid),
    }


@pytest.fixture(params=list(networks()))
def network(request: pytest.FixtureRequest) -> nn.Module:
    return networks()[request.param]


@pytest.fixture
def image() -> Tensor:
    return torch.rand(28, 28, generator=torch.Generator().manual_seed(1))


def cells(stage: Stage) -> Iterator[tuple[int, int, int]]:
    """The corners and some cells between."""
    maps, rows, columns = stage.value.shape
    generator = torch.Generator().manual_seed(5)
    yield 0, 0, 0
    yield maps - 1, rows - 1, columns - 1
    for _ in range(6):
        k, i, j = (int(torch.randint(n, (), generator=generator)) for n in stage.value.shape)
        yield k, i, j


def test_the_last_stage_is_what_the_network_says(network: nn.Module, image: Tensor) -> None:
    logits = stages_of(network, image)[-1].value.flatten()
    assert torch.equal(logits, network.eval()(image[None, None])[0].detach())


def test_each_layer_was_given_what_the_stage_before_it_shows(
    network: nn.Module, image: Tensor
) -> None:
    stages, given = stages_of(network, image), dict[nn.Module, Tensor]()

    def look(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        given[layer] = inputs[0][0].detach()

    for stage in stages:
        if stage.layer is not None:
            stage.layer.register_forward_pre_hook(look)
    network.eval()(image[None, None])
    for before, stage in pairwise(stages):
        if stage.layer is not None:
            assert torch.equal(before.value.reshape(given[stage.layer].shape), given[stage.layer])


def test_the_sum_of_a_cell_is_its_value(network: nn.Module, image: Tensor) -> None:
    stages = stages_of(network, image)
    for place, stage in enumerate(stages[1:], 1):
        for cell in cells(stage):
            told = arithmetic(stages, place, cell)
            total = torch.tensor(told["sum"])
            if stage.activation is not None:
                total = stage.activation(total)
            assert abs(float(total) - float(stage.value[cell])) <= rounding(told, stages[place - 1])
            assert told["value"] == float(stage.value[cell])


def rounding(told: dict[str, Any], before: Stage) -> float:
    """What a sum in float32 may be off: its terms times their size times the unit of rounding."""
    terms = before.value.numel() + 1
    products: Any = told.get("products")
    if products is None:
        return EPSILON * terms * max(1.0, float(before.value.abs().max()), abs(told["sum"]))
    return EPSILON * (products.numel() + 1) * (float(products.abs().sum()) + abs(told["bias"]))


def test_the_window_and_the_strongest_products_are_the_layer_s(image: Tensor) -> None:
    stages = stages_of(networks()["lenet-5"], image)
    second, hidden = stages[3], stages[5]
    told: Any = arithmetic(stages, 3, (5, 2, 3))
    assert told["region"] == [2, 3, 5, 5]
    assert torch.equal(told["pixels"], stages[2].value[:, 2:7, 3:8])
    assert torch.equal(told["weights"], second.layer.weight[5])  # type: ignore[union-attr]
    torch.testing.assert_close(
        told["sums"].sum() + told["bias"], torch.tensor(told["sum"]).double()
    )
    rows: Any = arithmetic(stages, 5, (7, 0, 0))
    products = stages[4].value.flatten() * hidden.layer.weight[7]  # type: ignore[union-attr]
    expected = products.abs().sort(descending=True).values[:10]
    found = torch.tensor([abs(row["product"]) for row in rows["strongest"]])
    torch.testing.assert_close(found, expected.detach())
    for row in rows["strongest"]:
        assert row["input"] == float(stages[4].value[tuple(row["from"])])


def test_pooling_tells_its_four_numbers(image: Tensor) -> None:
    stages = stages_of(networks()["lenet-5"], image)
    told = arithmetic(stages, 2, (1, 4, 5))
    assert torch.equal(told["numbers"], stages[1].value[1, 8:10, 10:12])
    assert told["sum"] == float(told["numbers"].max())
    assert told["activation"] == "ReLU"


def test_every_stage_points_at_a_line_that_is_there(network: nn.Module, image: Tensor) -> None:
    for stage in stages_of(network, image):
        line = source_of(stage.code["module"]).split("\n")[stage.code["line"] - 1]
        assert line.strip()
        assert stage.code["tensor"] == stage.name


def test_the_network_is_left_as_it_was(image: Tensor) -> None:
    network = networks()["ladder"].train()
    inner = next(layer for layer in network.modules() if isinstance(layer, Dropout))
    inner.eval()  # one layer in another mode than the rest
    before, draws = [m.training for m in network.modules()], torch.get_rng_state()
    stages_of(network, image)
    assert [m.training for m in network.modules()] == before
    assert torch.equal(torch.get_rng_state(), draws)
    assert all(p.grad is None for p in network.parameters())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in network.modules())


def test_other_networks_are_not_readable() -> None:
    assert not readable(nn.Linear(2, 3))
    assert not readable(torch.optim.SGD)
