"""The terrain panel: its ways are those of torch.optim, its heights those of the formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from tidu import data
from tidu.lab.bench import Bench

LINE = {"preset": "quick", "steps": "12"}
THEIRS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9),
    "nesterov": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9, nesterov=True),
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


class Seen:
    """A bench with the terrain's last frame."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.ask({"kind": "open"})

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        reply, self.buffers = self.bench.handle(message)
        assert reply["kind"] == "frame", reply
        self.frame = reply["panels"]["terrain"]
        return reply

    def hand(self, **did: Any) -> dict[str, Any]:
        return self.ask({"kind": "panel", "panel": "terrain", **did})

    def array(self, told: dict[str, Any]) -> np.ndarray:
        kind = {"f4": np.float32, "u1": np.uint8}[told["kind"]]
        return np.frombuffer(self.buffers[told["$tensor"]], kind).reshape(told["shape"])

    def walker(self, name: str) -> dict[str, Any]:
        return next(w for w in self.frame["walkers"] if w["name"] == name)


@pytest.fixture
def seen(embedded: None) -> Iterator[Seen]:
    bench = Bench("cost-surface", LINE)
    yield Seen(bench)
    bench.close()


def test_every_way_is_that_of_pytorch(seen: Seen) -> None:
    seen.hand(surface="himmelblau", steps=25)
    seen.hand(walk=dict.fromkeys(THEIRS, True))
    seen.hand(start=[-1.0, 0.5])
    seen.hand(rate=dict.fromkeys(THEIRS, 0.01))
    for name, made in THEIRS.items():
        point = torch.tensor([-1.0, 0.5], dtype=torch.float64, requires_grad=True)
        theirs = made([point], lr=0.01)
        way = []
        for _ in range(26):
            x, y = point
            height = (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2
            way.append([*point.tolist(), float(height.detach())])
            theirs.zero_grad()
            height.backward()
            theirs.step()
        ours = seen.array(seen.walker(name)["way"])
        np.testing.assert_allclose(ours, way, rtol=1e-5, atol=1e-6, err_msg=name)


def test_the_map_is_the_formula(seen: Seen) -> None:
    seen.hand(text="x^2 + 3*y^2")
    left, right, bottom, top = seen.frame["view"]
    shade = seen.array(seen.frame["shade"])
    x, y = np.meshgrid(np.linspace(left, right, len(shade)), np.linspace(bottom, top, len(shade)))
    height = x**2 + 3 * y**2
    assert seen.frame["lowest"] == pytest.approx(height.min())
    for share, level in seen.frame["levels"]:  # every line parts the lower from the higher places
        assert height[shade < share - 1e-6].max() <= level <= height[shade > share + 1e-6].min()
    told = seen.hand(probe=[1.5, -0.5])["told"]
    assert (told["height"], told["gradient"]) == (3.0, pytest.approx((3.0, -3.0)))
    seen.hand(log=not seen.frame["logarithmic"])
    again = seen.array(seen.frame["shade"])
    assert np.abs(again - shade).max() > 0.05
    order = np.argsort(height, axis=None)
    assert (np.diff(again.ravel()[order]) >= -1e-6).all()
    for share, level in seen.frame["levels"]:
        assert height[again < share - 1e-6].max() <= level <= height[again > share + 1e-6].min()


def test_too_large_a_rate_is_said_to_diverge(seen: Seen) -> None:
    seen.hand(text="x^2 + y^2", steps=40)
    assert seen.walker("sgd")["diverged"] is None
    seen.hand(rate={"sgd": 1.1})  # every step is multiplied by 1 - 2.2
    assert seen.walker("sgd")["diverged"] == 1
    seen.hand(rate={"sgd": 0.9})
    assert seen.walker("sgd")["diverged"] is None
    seen.hand(rate={"sgd": 1e5}, steps=200)  # beyond all numbers
    assert not np.isfinite(seen.array(seen.walker("sgd")["way"])[-1]).any()
    assert seen.walker("sgd")["diverged"] is not None


def test_a_mistake_is_told_and_changes_nothing(seen: Seen) -> None:
    seen.hand(surface="saddle")
    for wrong in (
        {"text": "x + z"},
        {"text": "log(x - 9) + y"},
        {"surface": "alps"},
        {"rate": {"sgd": -1}},
        {"steps": 0},
        {"start": [math.inf, 0]},
    ):
        seen.hand(**wrong)
        assert seen.frame["problem"]["message"], wrong
        assert seen.frame["text"] == "x^2 - y^2 + y^4/4"
    seen.hand(zoom=0.5)
    assert seen.frame["problem"] is None
    assert seen.frame["view"] == [-1.0, 1.0, -1.0, 1.0]


def test_the_best_rate_ends_lowest_of_the_grid(seen: Seen) -> None:
    seen.hand(surface="ravine", steps=60)

    def end(rate: float) -> float:
        seen.hand(rate={"momentum": rate})
        return float(seen.array(seen.walker("momentum")["way"])[-1, 2])

    lowest = min(end(rate) for rate in np.logspace(-4, 0.5, 64)[20::3])
    seen.hand(best="momentum")
    best = seen.walker("momentum")["rate"]
    assert end(best) <= lowest * (1 + 1e-2)  # it stands there in three digits


def test_a_runs_own_loss_and_way(seen: Seen) -> None:
    assert seen.frame["surface"] == "run"
    table = data.load("diabetes")
    feature = table.features[:, table.column("bmi")]
    feature = (feature - feature.min()) / (feature.max() - feature.min())
    place = [10.0, 100.0]
    told = seen.hand(probe=place)["told"]
    expected = (place[0] * feature + place[1] - table.target).square().mean()
    assert told["height"] == pytest.approx(float(expected))
    seen.ask({"kind": "next", "steps": 5, "seconds": 60})
    [run] = seen.frame["runs"]
    kept = seen.bench.lanes[0].kept
    np.testing.assert_allclose(seen.array(run["way"])[:, :2], kept["path"][:6], rtol=1e-6)
    np.testing.assert_allclose(seen.array(run["way"])[-1, :2], kept["weights"], rtol=1e-6)


def test_the_training_is_left_alone(embedded: None) -> None:
    found = []
    for hands in ([], [{"surface": "beale"}, {"start": [0.0, 0.0]}, {"walk": {"adamw": True}}]):
        bench = Bench("cost-surface", LINE)
        seen = Seen(bench)
        for hand in hands:
            seen.ask({"kind": "next", "steps": 2, "seconds": 60})
            seen.hand(**hand)
        seen.ask({"kind": "next", "steps": 100, "seconds": 60})
        found.append(bench.lanes[0].metrics)
        bench.close()
    assert found[0] is not None
    assert found[0] == found[1]


def test_a_race_begins_where_the_run_does(embedded: None) -> None:
    told = {"preset": "quick", "expression": "x^2 + 4*y^2", "start": "2 1"}
    bench = Bench("optimizers", told)
    seen = Seen(bench)
    assert (seen.frame["text"], seen.frame["start"]["place"]) == ("x^2 + 4*y^2", [2.0, 1.0])
    assert seen.frame["start"]["height"] == 8.0
    bench.close()
