"""LeNet's varied nets, and images that stand elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import tidu
from tidu import data
from tidu.errors import TiduError
from tidu.experiments.vision import lenet
from tidu.runs import store

FAST: dict[str, Any] = {"preset": "quick", "epochs": 1, "quiet": True, "report": False}


def test_moved_images_are_read_as_if_they_had_come_so() -> None:
    images = data.images_or("mnist-5k", None, 28, 64)
    torch.manual_seed(0)
    network = lenet.nn.LeNet5(channels=(2, 3), hidden=(8,))
    for down, across in ((3, 0), (-2, 0), (0, 8), (0, -1)):
        places = torch.zeros_like(images.test_images)
        for row in range(28):
            for column in range(28):
                if 0 <= row - down < 28 and 0 <= column - across < 28:
                    places[:, row, column] = images.test_images[:, row - down, column - across]
        with torch.no_grad():
            own = network(places[:, None].float() / 255)
        torch.testing.assert_close(lenet._answers(network, images, (down, across)), own)


def test_what_is_moved_far_is_read_worse() -> None:
    run = tidu.run("lenet", **FAST, moved=True, rotate=0.0, scale=0.0, shift=0.0)
    found = store.result(run.path)["metrics"]
    assert found["accuracy"] > found["accuracy_moved_4"] > found["accuracy_moved_8"]
    assert found["agreement_moved_1"] > found["agreement_moved_8"]
    curves = run.recorded("moved")["curves"]
    assert curves.shape == (9, 2)
    assert found["accuracy_moved_0"] == found["accuracy"]
    assert found["agreement_moved_0"] == 1
    assert float(curves[4, 1]) == pytest.approx(found["agreement_moved_4"])


@pytest.mark.parametrize(
    "fields",
    [
        {"padding": 2, "halve": True},
        {"strides": True},
        {"net": "lenet-300-100", "hidden": (56,), "halve": True},
        {"net": "lenet-5-1998", "hidden": (30,), "padding": 1},
    ],
)
def test_a_varied_net_is_trained_and_read_back(fields: dict[str, Any], tmp_path: Path) -> None:
    run = tidu.run("lenet", **FAST, **fields)
    found = store.result(run.path)["metrics"]
    assert found["accuracy"] > 0.5
    assert "accuracy_moved_1" not in found
    images = data.images_or("mnist-5k", None, 28, 64)
    again = lenet._answers(lenet.model(run.config, run), images)
    assert lenet._measure(again, images.test_labels)["accuracy"] == found["accuracy"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"net": "lenet-300-100", "padding": 2}, "are for convolutions"),
        ({"net": "lenet-300-100", "strides": True}, "are for convolutions"),
        ({"halve": True}, "Add --padding 2"),
    ],
)
def test_what_does_not_go_together_is_told(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(TiduError, match=words):
        tidu.run("lenet", **FAST, **fields)
