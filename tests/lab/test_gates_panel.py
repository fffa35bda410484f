"""The panel of gates: gates by hand from the weights, gradients as autograd has them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tidu import nn, text
from tidu.lab.bench import Bench
from tidu.lab.unrolled import Unrolled
from tidu.views.pack import Pack

SMALL = {"preset": "quick", "lags": "6", "hidden": "5", "steps": "8", "batch_size": "4"}
SMALL |= {"test_sequences": "10"}


def opened(**fields: str) -> Bench:
    bench = Bench("memory-tasks", {**SMALL, **fields})
    bench.lanes[0].settle(60)
    return bench


def writing(**fields: str) -> Bench:
    tiny = {"preset": "quick", "layers": "1", "dim": "8", "heads": "2", "context": "16"}
    bench = Bench("gpt", {**tiny, "batch": "2", **fields})
    bench.lanes[0].settle(60)
    return bench


def forward(bench: Bench, steps: int) -> None:
    bench.handle({"kind": "next", "steps": steps, "seconds": 60})


def act(bench: Bench, **message: Any) -> dict[str, Any]:
    return bench.handle({"kind": "panel", "panel": "gates", **message})[0]


def seen(bench: Bench) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The panel's frame, and its heat maps by name."""
    pack = Pack()
    frame = bench.panels["gates"].frame(bench.lanes, pack)
    maps = {
        part["name"]: np.frombuffer(
            pack.buffers[part["values"]["$tensor"]], dtype=np.float32
        ).reshape(part["values"]["shape"])
        for part in frame.get("parts", [])
    }
    return frame, maps


def present(bench: Bench) -> nn.Readout:
    net = nn.unstack(bench.lanes[0].kept["nets"], 0).double()
    assert isinstance(net, nn.Readout)
    return net


def pairs(frame: dict[str, Any]) -> Tensor:
    """The sequence that the panel tells, exactly as it was typed."""
    rows = [[float(n) for n in word.split(",")] for word in frame["text"].split()]
    return torch.tensor(rows, dtype=torch.float64)


TYPED = "0.25,0 0.5,1 0.125,0 0.75,0 0.375,1"


@pytest.fixture(params=["lstm", "lstm-peephole"])
def lstm(request: Any) -> Iterator[Bench]:
    bench = opened(cells=request.param)
    forward(bench, 4)
    act(bench, do="sequence", task="adding", text=TYPED)
    yield bench
    bench.close()


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_gates_by_hand_from_the_weights(lstm: Bench) -> None:
    frame, maps = seen(lstm)
    own = {k: v.detach().numpy() for k, v in present(lstm).cell.named_parameters()}
    peep = own.get("peephole_l0", np.zeros((3, 5)))
    hidden = cell = np.zeros(5)
    for step, row in enumerate(pairs(frame).numpy()):
        sums = own["weight_ih_l0"] @ row + own["bias_ih_l0"]
        sums = sums + own["weight_hh_l0"] @ hidden + own["bias_hh_l0"]
        i = sigmoid(sums[:5] + peep[0] * cell)
        f = sigmoid(sums[5:10] + peep[1] * cell)
        g = np.tanh(sums[10:15])
        cell = f * cell + i * g
        o = sigmoid(sums[15:] + peep[2] * cell)
        hidden = o * np.tanh(cell)
        by_hand = {"input": i, "forget": f, "output": o, "candidate": g}
        for name, values in (by_hand | {"cell": cell, "hidden": hidden}).items():
            np.testing.assert_allclose(maps[name][:, step], values, rtol=1e-5, atol=1e-7)
    assert frame["events"] == [1, 4]


def test_the_gradient_against_lag_of_an_lstm() -> None:
    bench = opened(cells="lstm")
    forward(bench, 4)
    act(bench, do="sequence", task="adding", text=TYPED)
    frame, _ = seen(bench)
    net, inputs = present(bench), pairs(frame)
    bench.close()
    theirs = torch.nn.LSTM(2, 5, batch_first=True).double()
    theirs.load_state_dict(net.cell.state_dict())
    reach = frame["nets"][0]["reach"]

    def loss(output: Tensor) -> Tensor:
        return (net.head(output[0, -1])[0] - 0.875).square()

    leaf = inputs.clone().requires_grad_()
    found = loss(theirs(leaf[None])[0])
    assert frame["nets"][0]["loss"] == pytest.approx(float(found.detach()))
    (gradient,) = torch.autograd.grad(found, leaf)
    assert reach["input"] == pytest.approx(gradient.norm(dim=1).flip(0).tolist())
    # Cut the sequence behind each step: the state handed over is a leaf then.
    for lag in range(1, len(inputs)):
        _, (h, c) = theirs(inputs[None, :-lag])
        h, c = (state.detach().requires_grad_() for state in (h, c))
        by_state = torch.autograd.grad(loss(theirs(inputs[None, -lag:], (h, c))[0]), (h, c))
        assert reach["hidden"][lag] == pytest.approx(float(by_state[0].norm()))
        assert reach["cell"][lag] == pytest.approx(float(by_state[1].norm()))
    assert reach["cell"][0] == 0.0  # the last cell answers only through the output


@pytest.mark.parametrize("layers", [1, 2])
def test_the_gradient_of_rnns_one_above_the_other(layers: int) -> None:
    widths = [3, 4, 4]
    ours = [nn.RNN(widths[i], 4).double() for i in range(layers)]
    theirs = torch.nn.RNN(3, 4, layers, batch_first=True).double()
    weights = {
        name.replace("_l0", f"_l{i}"): value
        for i, layer in enumerate(ours)
        for name, value in layer.state_dict().items()
    }
    theirs.load_state_dict(weights)
    inputs = torch.randn(7, 3, dtype=torch.float64)
    net = Unrolled(ours, inputs)
    reach = net.reach(net.output[-1].square().sum())
    leaf = inputs.clone().requires_grad_()
    output = theirs(leaf[None])[0][0]
    torch.testing.assert_close(net.output, output)
    gradient, upper = torch.autograd.grad(output[-1].square().sum(), (leaf, output))
    torch.testing.assert_close(reach["input"], gradient.norm(dim=1))
    assert reach["hidden"].shape == (layers, 7)
    assert float(reach["hidden"][-1, -1]) == pytest.approx(float(upper[-1].norm()))


def test_nets_that_are_done_stand_beside_the_one_that_trains() -> None:
    bench = opened(cells="rnn jordan lstm")
    forward(bench, 20)
    frame, maps = seen(bench)
    assert [(net["key"], net["present"]) for net in frame["nets"]] == [
        ("0/rnn-lag-6", False),
        ("0/jordan-lag-6", False),
        ("0/lstm-lag-6", True),
    ]
    assert set(maps) == {"input", "forget", "output", "candidate", "cell", "hidden"}
    act(bench, do="show", key="0/jordan-lag-6")
    assert seen(bench)[1].keys() == {"hidden"}
    forward(bench, 100)
    lane = bench.lanes[0]
    assert lane.phase == "over"
    nets = lane.experiment.module.model(lane.config, lane.run).double()
    inputs, target = (
        each[0] for each in lane.experiment.module.draw(lane.config, lane.run, 6, 1, 3)
    )
    leaf = inputs.double().requires_grad_()
    for net, told in zip(nets.nets.values(), seen(bench)[0]["nets"], strict=True):
        loss = (net(leaf)[0, 0, 0] - target[0, 0].double()).square()
        assert told["loss"] == pytest.approx(float(loss.detach()))
        (gradient,) = torch.autograd.grad(loss, leaf)
        assert told["reach"]["input"] == pytest.approx(gradient[0].norm(dim=1).flip(0).tolist())
    bench.close()


def test_symbols_are_copied_and_the_loss_is_that_of_the_last() -> None:
    bench = opened(cells="lstm", task="copy", symbols="3", lags="4")
    forward(bench, 3)
    act(bench, do="sequence", task="copy", text="7 0 5")
    frame, _ = seen(bench)
    assert frame["labels"] == ["7", "0", "5", "·", "·", "·", "→", "·", "·", "·"]
    net = present(bench).requires_grad_(False)
    signs = torch.tensor([7, 0, 5, 8, 8, 8, 9, 8, 8, 8])
    answers = net(torch.nn.functional.one_hot(signs, 10).double()[None])[0]
    told = frame["nets"][0]
    assert told["loss"] == pytest.approx(-float(answers[-1].log_softmax(-1)[5]))
    assert told["says"] == " ".join(map(str, answers.argmax(1).tolist()))
    assert told["right"] == "7 0 5"
    bench.close()


def test_looking_changes_nothing_of_the_training() -> None:
    looked, alone = opened(cells="rnn lstm"), opened(cells="rnn lstm")
    alone.panels.clear()
    for _ in range(4):
        forward(looked, 3)
        act(looked, do="sequence", task="adding", text=TYPED)
        forward(alone, 3)
    ours, theirs = (bench.lanes[0] for bench in (looked, alone))
    assert (ours.loop.name, ours.step) == (theirs.loop.name, theirs.step) == ("lstm-lag-6", 3)
    weights = [lane.kept["nets"].state_dict().values() for lane in (ours, theirs)]
    assert all(map(torch.equal, *weights))
    looked.close()
    alone.close()


@pytest.mark.parametrize(
    "typed", ["0.1,1 0.5,0", "0.1,1 0.2,1 3,0", "hello", "", "0.1 0.2", "/etc/hosts", "0,1 " * 300]
)
def test_a_wrong_sequence_is_told_and_changes_nothing(typed: str) -> None:
    bench = opened(cells="lstm")
    before = seen(bench)[0]["text"]
    reply = act(bench, do="sequence", task="adding", text=typed)
    assert reply["kind"] == "error"
    assert "value,marker" in reply["hint"]
    assert seen(bench)[0]["text"] == before
    bench.close()


def test_a_sequence_typed_for_another_setting_gives_way_to_the_example() -> None:
    bench = opened(cells="lstm", task="copy", symbols="3")
    act(bench, do="sequence", task="copy", text="7 0 5")
    bench.handle({"kind": "set", "setting": {**SMALL, "cells": "lstm", "task": "copy"}})
    bench.lanes[0].settle(60)
    assert len(seen(bench)[0]["text"].split()) == 5
    bench.close()


def test_the_lstm_that_writes_shows_its_gates_over_a_text(embedded: None) -> None:
    bench = writing(network="lstm")
    act(bench, do="sequence", task="text", text="the list 梯")
    act(bench, do="layer", layer=1)
    frame, maps = seen(bench)
    lane = bench.lanes[0]
    network = copy.deepcopy(lane.kept["model"]).double().requires_grad_(False)
    tokens = text.tokenizer_from_json(lane.run.read_json("tokenizer")).encode("the list ")
    output, _ = network.lstm(network.embedding(tokens[None, :-1]))
    np.testing.assert_allclose(maps["hidden"].T, output[0].detach(), rtol=1e-4, atol=1e-7)
    log_probs = network(tokens[None, :-1])[0, -1].log_softmax(-1)
    assert frame["nets"][0]["loss"] == pytest.approx(-float(log_probs[tokens[-1]]))
    assert frame["labels"] == list("the list")
    assert (frame["layers"], frame["unknown"]) == (2, ["梯"])
    assert act(bench, do="sequence", task="text", text="梯度")["kind"] == "error"
    bench.close()


def test_a_gpt_has_no_gates(embedded: None) -> None:
    bench = writing()
    assert seen(bench)[0] == {"nets": []}
    bench.close()
