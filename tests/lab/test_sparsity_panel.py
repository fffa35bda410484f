"""The sparsity panel: accuracy and size of a cut copy, as counted by hand; training unaware."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from panel_bench import frame_of, ready

from tidu import compress, data, nn
from tidu.lab.bench import Bench
from tidu.lab.panels import sparsity as room
from tidu.lab.panels.sparsity import LEVELS

TINY = {"preset": "quick", "epochs": "1", "round_epochs": "1", "rounds": "1"}


@pytest.fixture
def bench(embedded: None) -> Iterator[Bench]:
    made = ready("pruning", TINY, 12)
    yield made
    made.close()


def told(bench: Bench) -> tuple[dict[str, Any], Any]:
    return frame_of(bench, "sparsity")


def act(bench: Bench, **message: Any) -> dict[str, Any]:
    return bench.handle({"kind": "panel", "panel": "sparsity", **message})[0]


def by_hand(bench: Bench, sparsity: float, scope: str) -> nn.LeNet300100:
    """A copy of the first seed's network, cut by sorting."""
    found = copy.deepcopy(compress.single(bench.lanes[0].kept["network"])).eval()
    assert isinstance(found, nn.LeNet300100)
    weights = [p.data for p in found.parameters() if p.dim() > 1]
    whole = torch.cat([w.flatten().abs() for w in weights]).sort().values
    for weight in weights:
        sizes = whole if scope == "global" else weight.flatten().abs().sort().values
        border = sizes[round(sparsity * len(sizes)) - 1]
        weight[weight.abs() <= border] = 0
    return found


def read_right(network: nn.LeNet300100) -> float:
    images = data.load("mnist-5k")
    with torch.no_grad():
        said = network(images.test_images[:, None].float() / 255).argmax(1)
    return float((said == images.test_labels).double().mean())


@pytest.mark.parametrize("scope", ["global", "layer"])
@pytest.mark.parametrize("sparsity", [0.5, 0.934])
def test_accuracy_and_size_of_a_cut_network(bench: Bench, sparsity: float, scope: str) -> None:
    act(bench, do="sparsity", value=sparsity)
    act(bench, do="scope", scope=scope)
    frame, tensor = told(bench)
    expected = by_hand(bench, sparsity, scope)
    assert frame["accuracy"] == read_right(expected)
    dense = compress.single(bench.lanes[0].kept["network"])
    assert isinstance(dense, nn.LeNet300100)
    assert frame["dense_accuracy"] == read_right(dense)
    nonzero = 0
    for layer in frame["layers"]:
        weight = expected.get_parameter(layer["name"])
        nonzero += int(weight.count_nonzero())
        assert layer["left"] == int(weight.count_nonzero())
        codes = tensor(layer["maps"])
        assert torch.equal(codes != 0, room._as_maps(weight != 0))
        assert int(tensor(layer["kept"]).sum()) == layer["left"]
        assert int(tensor(layer["cut"]).sum()) == weight.numel() - layer["left"]
        before = dense.get_parameter(layer["name"]).detach().abs()
        assert float(before[weight == 0].max()) <= layer["threshold"]
        assert layer["threshold"] < float(before[weight != 0].min())
    assert frame["left"] == nonzero
    assert frame["bytes"] == compress.stored_bytes(expected)
    assert frame["smaller"] == frame["bytes"]["dense"] / frame["bytes"]["sparse"]


def test_the_curve_fills_up_and_knows_what_is_old(bench: Bench) -> None:
    frames = [told(bench)[0]]
    while not frames[-1]["filled"]:
        act(bench, do="more")
        frames.append(told(bench)[0])
    counts = [len(frame["curves"][0]) for frame in frames]
    assert counts == sorted(counts)
    assert counts[-1] == len(LEVELS)
    points = frames[-1]["curves"][0]
    assert all(point["new"] for point in points)
    for point in (points[0], points[16], points[-3]):
        expected = compress.single(bench.lanes[0].kept["network"])
        if point["sparsity"]:
            expected = by_hand(bench, point["sparsity"], "global")
        assert point["accuracy"] == read_right(expected)  # type: ignore[arg-type]
    sizes = [point["sparse"] for point in points]
    assert sizes == sorted(sizes, reverse=True)
    bench.handle({"kind": "next", "steps": 1, "seconds": 60})
    later = told(bench)[0]["curves"][0]
    assert len(later) == len(LEVELS)  # all still there, most of them of the step before
    assert any(not point["new"] for point in later)


def test_a_cut_for_real_stays_cut_in_training(bench: Bench) -> None:
    lane = bench.lanes[0]
    act(bench, do="sparsity", value=0.8)
    act(bench, do="cut")
    network, step = lane.kept["network"], lane.step
    zero = {n: network.get_parameter(n) == 0 for n in lane.kept["masks"].kept}
    whole = sum(z.numel() for z in zero.values())
    assert sum(int(z.sum()) for z in zero.values()) == round(0.8 * whole)
    bench.handle({"kind": "next", "steps": 3, "seconds": 60})
    assert all(bool((network.get_parameter(n)[z] == 0).all()) for n, z in zero.items())
    after = [p.detach().clone() for p in network.parameters()]
    bench.handle({"kind": "goto", "step": step})  # back to the cut, not to before it
    assert all(bool((network.get_parameter(n)[z] == 0).all()) for n, z in zero.items())
    bench.handle({"kind": "goto", "step": step + 3})
    assert all(torch.equal(a, p) for a, p in zip(after, network.parameters(), strict=True))


def test_it_cannot_be_cut_when_the_training_is_over(embedded: None) -> None:
    bench = ready("pruning", {**TINY, "batch": "2000", "scope": "layer"})
    try:
        bench.handle({"kind": "next", "steps": 1000, "seconds": 60})
        assert bench.lanes[0].phase == "over"
        assert told(bench)[0]["may_cut"] == [False]
        assert act(bench, do="cut")["kind"] == "error"
        for wrong in ({"do": "sparsity", "value": 1.2}, {"do": "scope", "scope": "x"}, {}):
            assert act(bench, **wrong)["kind"] == "error"
    finally:
        bench.close()


def test_convolutions_are_cut_too(embedded: None) -> None:
    bench = ready("pruning", {**TINY, "net": "lenet-5", "batch": "16"})
    try:
        frame, tensor = told(bench)
        shapes = [tuple(tensor(layer["maps"]).shape) for layer in frame["layers"]]
        assert shapes == [(20, 5, 5), (300, 5, 5), (1, 120, 800), (1, 10, 500)]
        assert frame["zeros"] == pytest.approx(0.9, abs=1e-5)
    finally:
        bench.close()


def test_looking_does_not_disturb_the_training(embedded: None) -> None:
    ends: list[list[torch.Tensor]] = []
    for looks in (False, True):
        bench = ready("pruning", TINY)
        try:
            for step in range(3):
                bench.lanes[0].advance(1)
                if looks:
                    act(bench, do="sparsity", value=0.3 * step)
                    told(bench)
            network = bench.lanes[0].kept["network"]
            assert network.training
            ends.append([p.detach().clone() for p in network.parameters()])
        finally:
            bench.close()
    assert all(torch.equal(a, b) for a, b in zip(*ends, strict=True))
