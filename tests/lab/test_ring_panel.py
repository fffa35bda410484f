"""The GAN's panel: its figures are the experiment's, and so are the turns taken by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from tidu import nn
from tidu.experiments.generative import gan
from tidu.lab.bench import Bench
from tidu.lab.panels.ring import pushes
from tidu.views.pack import KINDS

SMALL = {
    "hidden": "16",
    "depth": "2",
    "discriminator_depth": "2",
    "batch_size": "32",
    "steps": "30",
}
TYPES = {short: np.dtype(name) for name, short in KINDS.items()}


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench("gan", {**SMALL, "seeds": "2"})
    made.lanes[0].settle(60)
    yield made
    made.close()


def game(bench: Bench, **message: Any) -> tuple[dict[str, Any], Any]:
    asked = {"kind": "panel", "panel": "ring", **message} if message else {"kind": "look"}
    reply, buffers = bench.handle(asked)
    assert reply["kind"] == "frame", reply

    def read(told: dict[str, Any]) -> torch.Tensor:
        numbers = np.frombuffer(buffers[told["$tensor"]], TYPES[told["kind"]])
        return torch.from_numpy(numbers.reshape(told["shape"]).copy())

    return reply["panels"]["ring"]["lanes"][0], read


def weights(bench: Bench, name: str) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in bench.lanes[0].kept[name].parameters()])


def test_the_figures_are_those_the_experiment_judges_by(bench: Bench) -> None:
    bench.handle({"kind": "next", "steps": 12, "seconds": 60})
    lane = bench.lanes[0]
    told, _ = game(bench, do="look", player="average")
    target = gan.mixture(lane.config)
    judged = gan.judge(lane.config, lane.run, lane.kept["average"], target)
    assert [told["modes"], told["good_share"]] == [judged["modes"][0], judged["good_share"][0]]
    assert told["judged"] == gan.SAMPLES
    assert len(told["counts"]) == 8


@pytest.mark.parametrize("loss", ["non-saturating", "least-squares", "wgan-gp"])
def test_belief_and_arrows_are_the_experts(loss: str) -> None:
    bench = Bench("gan", {**SMALL, "loss": loss})
    bench.lanes[0].settle(60)
    bench.handle({"kind": "next", "steps": 3, "seconds": 60})
    told, read = game(bench)
    lane = bench.lanes[0]
    expert, scale = nn.unstack(lane.kept["discriminator"], 0), gan.mixture(lane.config).scale
    belief = read(told["belief"]) / 255
    corner = torch.tensor([[-told["reach"], told["reach"]]]) / scale
    said = expert(corner).item()
    if loss == "non-saturating":
        assert float(belief[0, 0]) == pytest.approx(torch.tensor(said).sigmoid().item(), abs=0.004)
    elif loss == "least-squares":
        assert float(belief[0, 0]) == pytest.approx(min(max(said, 0), 1), abs=0.004)
    else:
        assert float(belief.min()) == 0
        assert float(belief.max()) == 1
    point, nudge = (read(told["fake"])[4] / scale).double(), 1e-4
    expert = expert.double()
    for axis in range(2):
        aside = nudge * torch.eye(2).double()[axis]
        with torch.no_grad():
            up, down = (
                gan.losses.generator_loss(expert(p.view(1, 2)), gan.adversary(lane.config))
                for p in (point + aside, point - aside)
            )
        slope = float(up - down) / (2 * nudge)
        assert float(read(told["pushes"])[4, axis]) == pytest.approx(-slope, rel=1e-3, abs=1e-5)
    bench.close()


def test_one_player_moves_while_the_other_stands_still(bench: Bench) -> None:
    bench.handle({"kind": "next", "steps": 2, "seconds": 60})
    before = {name: weights(bench, name).clone() for name in ("generator", "discriminator")}
    told, _ = game(bench, do="generator", turns=3)
    assert told["turns"] == {"generator": 3, "discriminator": 0}
    assert torch.equal(weights(bench, "discriminator"), before["discriminator"])
    moved = weights(bench, "generator").clone()
    assert not torch.equal(moved, before["generator"])
    told, _ = game(bench, do="discriminator", turns=1)
    assert torch.equal(weights(bench, "generator"), moved)
    assert not torch.equal(weights(bench, "discriminator"), before["discriminator"])
    bench.handle({"kind": "next", "steps": 4, "seconds": 60})
    later = weights(bench, "generator").clone()
    bench.handle({"kind": "goto", "step": 1})
    assert game(bench)[0]["turns"] == {"generator": 0, "discriminator": 0}
    bench.handle({"kind": "goto", "step": 6})
    assert torch.equal(weights(bench, "generator"), later)


def test_both_players_by_hand_are_one_step_of_the_loop(bench: Bench) -> None:
    """At step 0 the loop sets the learning rate that the optimisers begin with."""
    game(bench, do="discriminator", turns=1)
    game(bench, do="generator", turns=1)
    by_hand = weights(bench, "generator").clone(), weights(bench, "average").clone()
    bench.handle({"kind": "reset"})
    bench.handle({"kind": "next", "steps": 1, "seconds": 60})
    assert torch.equal(weights(bench, "generator"), by_hand[0])
    assert torch.equal(weights(bench, "average"), by_hand[1])


def test_looking_leaves_the_game_alone(bench: Bench) -> None:
    for _ in range(5):
        bench.handle({"kind": "next", "steps": 2, "seconds": 60})
        game(bench)
    seen = weights(bench, "generator").clone()
    assert all(p.requires_grad for p in bench.lanes[0].kept["discriminator"].parameters())
    bench.handle({"kind": "reset"})
    bench.handle({"kind": "next", "steps": 10, "seconds": 60, "panels": []})
    assert torch.equal(weights(bench, "generator"), seen)


def test_a_far_away_point_is_pushed_as_its_own_loss_says() -> None:
    """For a critic that is a plane, every push is the plane's slope."""
    config = gan.Config(loss="wgan-gp")

    class Slope(torch.nn.Module):
        def forward(self, points: torch.Tensor) -> torch.Tensor:
            return points @ torch.tensor([3.0, -4.0])

    found = pushes(config, Slope(), torch.tensor([[0.0, 0.0], [100.0, 5.0]]))
    assert torch.equal(found, torch.tensor([[3.0, -4.0], [3.0, -4.0]]))
