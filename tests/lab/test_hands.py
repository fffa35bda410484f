"""Weights that a hand sets and holds, and what going back and forth makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tidu.errors import TiduError
from tidu.lab.hands import Keep, Place
from tidu.lab.lane import Lane
from tidu.laboratory.experiment import load_experiment

WEIGHT = Place("models", "mlp.layers.0.weight", (0, 1, 0))


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    import dataclasses

    experiment = load_experiment("spiral")
    config = dataclasses.replace(experiment.preset("quick"), hidden=(4,), steps=30)
    found = Lane(experiment, config, (0, 1), tmp_path / "lane")
    found.settle(60)
    yield found
    found.close()


def parameters(lane: Lane) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in lane.kept["models"].parameters()]).clone()


def weight(lane: Lane) -> float:
    return lane.kept["models"].get_parameter(WEIGHT.parameter)[WEIGHT.index].item()


def test_a_weight_that_is_set_is_trained_on(lane: Lane) -> None:
    lane.advance(5)
    lane.set_weight(WEIGHT, 2.0, held=False)
    assert weight(lane) == 2.0
    lane.advance(1)
    assert weight(lane) != 2.0
    assert weight(lane) == pytest.approx(2.0, abs=0.05)  # a step of AdamW moves it by its rate


def test_a_weight_that_is_held_stays_and_the_others_go_on(lane: Lane) -> None:
    lane.advance(5)
    lane.set_weight(WEIGHT, -1.5, held=True)
    before = parameters(lane)
    lane.advance(10)
    assert weight(lane) == -1.5
    assert int((parameters(lane) == before).sum()) == 1
    lane.set_weight(WEIGHT, -1.5, held=False)
    lane.advance(1)
    assert weight(lane) != -1.5


def test_going_back_undoes_a_hand_and_going_on_repeats_it(lane: Lane) -> None:
    ways: dict[int, torch.Tensor] = {}
    for step in range(30):
        if step == 10:
            lane.set_weight(WEIGHT, 1.25, held=True)
        if step == 20:
            lane.set_weight(WEIGHT, 0.5, held=False)
        ways[step] = parameters(lane)
        lane.advance(1)
    over = parameters(lane)
    lane.advance(1)  # what comes after the loop
    assert lane.phase == "over"
    for step in (25, 10, 3, 20, 11, 29):
        lane.go_to(step)
        assert torch.equal(parameters(lane), ways[step]), step
    lane.go_to(3)
    assert lane.hands.held("train", lane.step) == {}
    lane.advance(100)
    assert torch.equal(parameters(lane), over)


def test_an_act_happens_again_on_the_way_and_only_once(lane: Lane) -> None:
    def double(keep: Keep) -> None:
        with torch.no_grad():
            keep["models"].get_parameter(WEIGHT.parameter)[WEIGHT.index] *= 2

    ways: dict[int, torch.Tensor] = {}
    for step in range(30):
        if step in (0, 7, 16):
            before = weight(lane)
            lane.act("double", double)
            assert weight(lane) == pytest.approx(2 * before)
        if step == 16:
            lane.act("double", double)
            assert lane.hands.acts("train", 16) == ["double", "double"]
        ways[step] = parameters(lane)
        lane.advance(1)
    over = parameters(lane)
    lane.advance(1)
    for step in (16, 16, 7, 29, 0, 5, 17):
        lane.go_to(step)
        assert torch.equal(parameters(lane), ways[step]), step
    lane.advance(100)
    assert torch.equal(parameters(lane), over)


def test_another_hand_further_back_makes_the_later_ones_undone(lane: Lane) -> None:
    lane.advance(10)
    lane.set_weight(WEIGHT, 1.25, held=True)
    lane.go_to(4)
    other = Place("models", "mlp.layers.0.bias", (0, 2))
    lane.set_weight(other, 0.0, held=True)
    lane.advance(10)
    assert lane.hands.held("train", lane.step) == {other: 0.0}
    assert weight(lane) != 1.25


def test_a_hand_on_one_seed_leaves_the_other_alone(lane: Lane, tmp_path: Path) -> None:
    lane.set_weight(WEIGHT, 3.0, held=True)
    lane.advance(20)
    alone = Lane(lane.experiment, lane.config, (1,), tmp_path / "alone")
    alone.settle(60)
    alone.advance(20)
    for mine, theirs in zip(
        lane.kept["models"].parameters(), alone.kept["models"].parameters(), strict=True
    ):
        torch.testing.assert_close(mine[1], theirs[0])
    alone.close()


def test_a_weight_that_is_not_there_or_no_step_left_is_told(lane: Lane) -> None:
    for wrong in (
        Place("models", "mlp.layers.0.weight", (0, 4, 0)),
        Place("models", "mlp.layers.0.weight", (0, -1, 0)),
        Place("models", "mlp.layers.0.weight", (0, 1)),
    ):
        with pytest.raises(LookupError, match=r"mlp\.layers\.0\.weight"):
            lane.set_weight(wrong, 1.0, held=True)
    assert lane.hands.done == []
    lane.advance(100)
    with pytest.raises(TiduError, match="no step is left"):
        lane.set_weight(WEIGHT, 1.0, held=True)
