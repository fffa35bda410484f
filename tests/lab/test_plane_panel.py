"""The plane panel: its numbers against PyTorch's own, drawn points, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tidu import nn
from tidu.errors import TiduError
from tidu.lab import own_points
from tidu.lab.bench import Bench
from tidu.laboratory.experiment import load_experiment
from tidu.views.pack import KINDS

SMALL = {"hidden": "5 4", "steps": "60"}
TYPES = {short: np.dtype(name) for name, short in KINDS.items()}


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench("spiral", {**SMALL, "compare": "lr:0.1"})
    yield made
    made.close()


def seen(bench: Bench, **message: Any) -> tuple[dict[str, Any], Any]:
    """The panel's frame, and how to read its tensors."""
    message = {"kind": "panel", "panel": "plane", **message} if message else {"kind": "look"}
    for lane in bench.lanes:
        lane.settle(60)
    reply, buffers = bench.handle(message)
    assert reply["kind"] == "frame", reply

    def read(told: dict[str, Any]) -> torch.Tensor:
        numbers = np.frombuffer(buffers[told["$tensor"]], TYPES[told["kind"]])
        return torch.from_numpy(numbers.reshape(told["shape"]).copy())

    return reply["panels"]["plane"], read


def test_the_maps_are_the_networks_softmax(bench: Bench) -> None:
    bench.handle({"kind": "next", "steps": 7, "seconds": 60})
    frame, read = seen(bench)
    assert [len(lane["maps"]) for lane in frame["lanes"]] == [2, 2]
    for lane, told in zip(bench.lanes, frame["lanes"], strict=True):
        points, labels = read(told["points"]), read(told["labels"])
        for one in told["maps"]:
            net = nn.unstack(lane.kept["models"][one["name"]], 0)
            map = read(one["map"])
            side = len(map)
            for row, column in ((0, 0), (5, 60), (side - 1, 3)):
                x = -told["reach"] + 2 * told["reach"] * column / (side - 1)
                y = told["reach"] - 2 * told["reach"] * row / (side - 1)
                chance = net(torch.tensor([[x, y]])).softmax(-1)[0]
                torch.testing.assert_close(map[row, column] / 255, chance, atol=0.004, rtol=0)
            right = net(points).argmax(-1) == labels
            assert one["right"] == pytest.approx(float(right.float().mean()))


def test_the_inside_is_the_network_chosen(bench: Bench) -> None:
    bench.handle({"kind": "next", "steps": 7, "seconds": 60})
    frame, read = seen(bench, do="look", variant=1, net="mlp", unit=[1, 2])
    inside = frame["inside"]
    net = nn.unstack(bench.lanes[1].kept["models"]["mlp"], 0)
    assert isinstance(net, nn.MLP)
    assert inside["sizes"] == [2, 5, 4, 3]
    for i, told in enumerate(inside["layers"]):
        layer = net.layers[2 * i]
        assert isinstance(layer, torch.nn.Linear)
        assert torch.equal(read(told["weight"]), layer.weight.detach())
        assert torch.equal(read(told["bias"]), layer.bias.detach())
    values = read(inside["unit"]["values"])
    reach = frame["lanes"][1]["reach"]
    corner = net.stages(torch.tensor([[-reach, reach]]))
    torch.testing.assert_close(values[0, 0], corner[4][0, 2].detach())
    assert inside["unit"]["low"] == float(values.min())
    small = read(inside["hidden"][1]["maps"])
    assert small.shape == (4, 32, 32)
    told = (small[2].float() - 128) / 127 * inside["hidden"][1]["reach"]
    torch.testing.assert_close(told, values[1::2, 1::2], atol=0.01, rtol=0)
    stages = inside["grid"]["stages"]
    assert len(stages) == 6
    first, points = read(stages[0]["points"]), read(frame["lanes"][1]["points"])
    moved = points - points.mean(0)  # the plane itself, only moved and scaled to fill the frame
    torch.testing.assert_close(first / first.norm(), moved / moved.norm(), atol=1e-5, rtol=0)
    frame, _ = seen(bench, do="look", variant=0, net="linear", unit=[1, 2])
    assert frame["inside"]["sizes"] == [2, 3]
    assert frame["inside"]["unit"] is None


def test_a_held_weight_is_told_and_released(bench: Bench) -> None:
    seen(bench, do="look", variant=1, net="mlp")
    where = {"layer": 1, "to": 3, "from": -1}
    frame, read = seen(bench, do="weight", **where, value=0.75, held=True)
    assert frame["inside"]["held"] == [{**where, "value": 0.75}]
    bench.handle({"kind": "next", "steps": 5, "seconds": 60})
    frame, read = seen(bench)
    assert float(read(frame["inside"]["layers"][1]["bias"])[3]) == 0.75
    frame, _ = seen(bench, do="release")
    assert frame["inside"]["held"] == []
    bench.handle({"kind": "next", "steps": 1, "seconds": 60})
    frame, read = seen(bench)
    assert float(read(frame["inside"]["layers"][1]["bias"])[3]) != 0.75
    assert bench.lanes[0].hands.done == []  # the other run was left alone


def test_looking_does_not_disturb_the_training(bench: Bench) -> None:
    for _ in range(7):  # the last for what comes after the loop
        bench.handle({"kind": "next", "steps": 10, "seconds": 60})
        seen(bench, do="look", variant=0, net="mlp", unit=[0, 1])
    import tidu

    run = tidu.run("spiral", preset="quick", hidden=(5, 4), steps=60, quiet=True, report=False)
    bench.lanes[0].settle(60)
    found = {name: values[0] for name, values in (bench.lanes[0].metrics or {}).items()}
    assert found == run.read_json("result")["metrics"]


def test_drawn_points_are_learned_and_stand_in_the_address() -> None:
    drawn = [[0.5, 0.25, 0], [-0.5, 0.75, 2], [0.125, -1.0, 0]]
    bench = Bench("spiral", SMALL)
    reply, _ = bench.handle({"kind": "panel", "panel": "plane", "do": "own", "points": drawn})
    own = reply["told"]["own"]
    reply, _ = bench.handle({"kind": "set", "setting": {**SMALL, "own": own}})
    assert reply["form"]["setting"]["own"] == own
    assert "--data own-points.csv" in reply["form"]["commands"][0]
    frame, read = seen(bench)
    lane = frame["lanes"][0]
    assert read(lane["points"]).tolist() == [[x, y] for x, y, _ in drawn]
    assert read(lane["labels"]).tolist() == [0, 1, 0]
    assert (lane["classes"], lane["colours"]) == (["1", "3"], [0, 2])
    assert lane["own"]
    assert frame["inside"]["sizes"][-1] == 2
    bench.close()


def test_autograds_network_is_shown_and_held_too() -> None:
    bench = Bench("autograd", {"hidden": "4", "steps": "40"})
    frame, read = seen(bench, do="weight", layer=0, to=2, **{"from": 1}, value=1.5, held=True)
    bench.handle({"kind": "next", "steps": 3, "seconds": 60})
    frame, read = seen(bench)
    assert float(read(frame["inside"]["layers"][0]["weight"])[2, 1]) == 1.5
    network = bench.lanes[0].kept["network"]
    assert network.weights[0].data[1, 2] == 1.5
    bench.handle({"kind": "set", "setting": {"learn": "digits", "steps": "3"}})
    assert seen(bench)[0] == {"lanes": []}
    bench.close()


NUMBER = st.integers(-2048, 2047).map(lambda n: n / 1000)


@given(st.lists(st.tuples(NUMBER, NUMBER, st.integers(0, 7)), max_size=30))
def test_an_address_holds_points_to_a_thousandth(points: list[tuple[float, float, int]]) -> None:
    assert own_points.decode(own_points.encode(points)) == points


@pytest.mark.parametrize("own", ["AAAA", "AAAA*", "AAAAI", "A" * 5005])
def test_an_address_that_is_no_list_of_points_is_told(own: str) -> None:
    from tidu.lab.setting import Setting

    with pytest.raises(TiduError, match="own="):
        Setting.of({"own": own}, load_experiment("spiral"))


def test_points_are_only_for_those_who_take_them() -> None:
    from tidu.lab.setting import Setting

    with pytest.raises(TiduError, match="takes no points"):
        Setting.of({"own": "gAYMA"}, load_experiment("lenet"))
