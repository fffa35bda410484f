"""The spiral on other points: rings, exclusive or, and points of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import tidu
from tidu.errors import TiduError
from tidu.experiments.foundations import spiral
from tidu.runs import Run


@pytest.mark.parametrize(("points", "classes"), [("rings", 3), ("xor", 2)])
def test_an_mlp_parts_what_no_line_does(points: str, classes: int) -> None:
    run = tidu.run("spiral", preset="quick", points=points, steps=300, quiet=True, report=False)
    found = run.read_json("result")["metrics"]
    assert found["mlp_accuracy"] > 0.95
    assert found["linear_accuracy"] < 0.65
    assert run.read_json("classes") == [str(i + 1) for i in range(classes)]


def in_thousands(folder: Path, count: int = 120) -> Path:
    """A disc inside a frame, in coordinates of which one is in thousands."""
    torch.manual_seed(5)
    places = torch.rand(count, 2) * torch.tensor([100.0, 0.01]) + torch.tensor([1000.0, -3.0])
    inside = ((places - torch.tensor([1050.0, -2.995])) / torch.tensor([50.0, 0.005])).norm(dim=1)
    rows = [
        f"{x},{y},{'in' if r < 0.7 else 'out'}" for (x, y), r in zip(places, inside, strict=True)
    ]
    (folder / "mine.csv").write_text("\n".join(["x,y,class", *rows]) + "\n")
    return folder / "mine.csv"


def learn(file: Path, **fields: Any) -> Run:
    return tidu.run("spiral", preset="quick", data=str(file), quiet=True, report=False, **fields)


def test_points_of_ones_own_are_learned_in_their_own_units(tmp_path: Path) -> None:
    file = in_thousands(tmp_path)
    run = learn(file, steps=300)
    found = run.read_json("result")["metrics"]
    assert set(found) == {"mlp_train_accuracy", "linear_train_accuracy"}
    assert found["mlp_train_accuracy"] > 0.95
    points, labels, names = tidu.data.read_points(file)
    right = spiral.model(run.config, run)(points).argmax(1) == labels
    assert float(right.double().mean()) == pytest.approx(found["mlp_train_accuracy"])
    assert names == ("in", "out")
    assert "1050" in run.remarks()[0].en or "1049" in run.remarks()[0].en


def test_a_share_of_ones_own_points_is_kept_for_the_test(tmp_path: Path) -> None:
    file = in_thousands(tmp_path)
    run = learn(file, steps=20, test_share=0.25)
    assert set(run.read_json("result")["metrics"]) >= {"mlp_accuracy", "linear_accuracy"}
    assert len(run.recorded("points")["labels"]) == 90
    with pytest.raises(TiduError, match="no point left"):
        learn(file, steps=20, test_share=0.99)


def test_points_inside_the_square_stay_where_they_are() -> None:
    points = torch.tensor([[-1.0, 0.5], [0.25, 1.0]])
    assert torch.equal(spiral.frame_of(points).apply(points), points)
