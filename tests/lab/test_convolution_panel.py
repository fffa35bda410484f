"""The convolution panel: what it shows is the present network's, and the training is unaware."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from panel_bench import frame_of, ready

from tidu import data, vision
from tidu.lab.bench import Bench

TINY = {"preset": "quick", "net": "lenet-5-1998", "hidden": "20", "batch": "16", "epochs": "1"}


@pytest.fixture
def bench(embedded: None) -> Iterator[Bench]:
    made = ready("lenet", TINY, 2)
    yield made
    made.close()


def told(bench: Bench) -> tuple[dict[str, Any], Any]:
    return frame_of(bench, "convolution")


def act(bench: Bench, **message: Any) -> dict[str, Any]:
    return bench.handle({"kind": "panel", "panel": "convolution", **message})[0]


def says(bench: Bench, image: torch.Tensor) -> torch.Tensor:
    network = bench.lanes[0].kept["model"]
    training = network.training
    with torch.inference_mode():
        logits = network.eval()(image[None, None])[0]
    network.train(training)
    return logits


def test_a_drawn_digit_is_read_by_the_present_network(bench: Bench) -> None:
    pixels = torch.zeros(28, 28)
    pixels[4:24, 13:16] = 255
    act(bench, do="draw", pixels=pixels.flatten().tolist())
    frame, tensor = told(bench)
    logits = says(bench, pixels / 255)
    assert torch.equal(tensor(frame["readings"][0]["logits"]), logits)
    assert frame["readings"][0]["said"] == int(logits.argmax())
    torch.testing.assert_close(tensor(frame["readings"][0]["chance"]), logits.softmax(0))
    assert frame["picked"] is None
    bench.handle({"kind": "next", "steps": 1, "seconds": 60})
    frame, tensor = told(bench)
    assert torch.equal(tensor(frame["readings"][0]["logits"]), says(bench, pixels / 255))
    assert not torch.equal(says(bench, pixels / 255), logits)


def test_a_test_image_is_picked_by_its_number(bench: Bench) -> None:
    images = data.load("mnist-5k")
    for index, there in ((7, 7), (-1, len(images.test_labels) - 1)):
        act(bench, do="pick", index=index)
        frame, tensor = told(bench)
        expected = vision.grey_images(images.test_images[there])
        assert torch.equal(tensor(frame["stages"][0]["value"]), expected)
        assert (frame["picked"], frame["label"]) == (there, int(images.test_labels[there]))


def test_centring_moves_the_drawing_to_the_middle(bench: Bench) -> None:
    pixels = torch.zeros(28, 28)
    pixels[0:8, 0:2] = 255
    act(bench, do="draw", pixels=pixels.flatten().tolist())
    act(bench, do="centre")
    frame, tensor = told(bench)
    image = tensor(frame["stages"][0]["value"])[0]
    places = torch.arange(28.0)
    mass = image / image.sum()
    for axis in (0, 1):
        assert abs(float((mass.sum(axis) * places).sum()) - 13.5) <= 0.75
    assert int((image.sum(1) > 0).sum()) >= 18  # scaled to the box of 20
    act(bench, do="clear")
    act(bench, do="centre")  # nothing to centre
    frame, tensor = told(bench)
    assert not tensor(frame["stages"][0]["value"]).any()


def test_a_cell_s_arithmetic_follows_the_network(bench: Bench) -> None:
    act(bench, do="cell", stage="conv2", cell=[3, 2, 4])
    values: list[float] = []
    for _ in range(2):
        frame, tensor = told(bench)
        cell = frame["cell"]
        maps = tensor(frame["stages"][cell["stage"]]["value"])
        total = float(tensor(cell["products"]).double().sum()) + cell["bias"]
        assert cell["value"] == float(maps[3, 2, 4])
        assert cell["sum"] == pytest.approx(cell["value"], abs=1e-5)
        assert cell["sum"] == pytest.approx(total, abs=1e-5)
        values.append(cell["value"])
        bench.handle({"kind": "next", "steps": 1, "seconds": 60})
    assert values[0] != values[1]
    act(bench, do="cell", stage="conv2", cell=[3, 2, 99])
    assert told(bench)[0]["cell"] is None


def test_wrong_messages_are_told(bench: Bench) -> None:
    for wrong in (
        {"do": "draw", "pixels": [0.0] * 783},
        {"do": "draw", "pixels": [256.0] * 784},
        {"do": "fly"},
    ):
        assert act(bench, **wrong)["kind"] == "error"


def test_two_runs_are_read_side_by_side(embedded: None) -> None:
    bench = ready("lenet", {**TINY, "compare": "lr:0.5"})
    try:
        bench.handle({"kind": "next", "steps": 2, "seconds": 60})
        frame, tensor = told(bench)
        one, two = (tensor(reading["logits"]) for reading in frame["readings"])
        assert not torch.equal(one, two)
        act(bench, do="variant", variant=1)
        frame, tensor = told(bench)
        assert torch.equal(tensor(frame["stages"][-1]["value"]).flatten(), two)
    finally:
        bench.close()


def test_looking_does_not_disturb_the_training(embedded: None) -> None:
    ends: list[list[torch.Tensor]] = []
    for looks in (False, True):
        bench = ready("mnist-ladder", {"rungs": "dropout", "preset": "quick", "width": "20"})
        try:
            for step in range(3):
                bench.lanes[0].advance(1)
                if looks:
                    act(bench, do="pick", index=step)
                    told(bench)
            network = bench.lanes[0].kept["model"]
            assert network.training
            ends.append([p.detach().clone() for p in network.parameters()])
        finally:
            bench.close()
    assert all(torch.equal(a, b) for a, b in zip(*ends, strict=True))
