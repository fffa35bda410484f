"""The game of a GAN on points: both clouds, what the expert believes, and where it pushes fakes."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from tidu import losses, metrics, nn
from tidu.experiments.generative import gan
from tidu.lab.hands import Keep
from tidu.lab.lane import Lane
from tidu.lab.live_run import LiveRun
from tidu.lab.panels.plane import SIDE, plane_of, shown_of
from tidu.views.pack import Pack
from tidu.views.reference import reference

SHOWN = 400  # points drawn of each kind
ARROWS = 120
MARGIN = 1.4
MOST_TURNS = 100


class Ring:
    """Which generator the page looks at: as it is, or the average of its weights."""

    def __init__(self) -> None:
        self.player = "generator"

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """The game of the first seed, for each variant."""
        return {"player": self.player, "lanes": [self._game(lane, pack) for lane in lanes]}

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> None:
        """Look at the other generator, or let one player take turns of its own."""
        do = message.get("do")
        if do == "look":
            if message["player"] not in ("generator", "average"):
                raise ValueError(f"no generator is called {message['player']!r}")
            self.player = str(message["player"])
        elif do in ("generator", "discriminator"):
            turns = max(1, min(int(message.get("turns", 1)), MOST_TURNS))
            variant = int(message.get("variant", -1))
            shown = shown_of(lanes)
            for lane in lanes:
                if variant < 0 or lane.config is shown[variant].config:
                    lane.act(f"{do} {turns}", partial(take_turns, lane.config, lane.run, do, turns))
        else:
            raise ValueError(f"the game knows no {do!r}")

    def _game(self, lane: Lane, pack: Pack) -> dict[str, Any]:
        config, kept = lane.config, lane.kept
        target = gan.mixture(config)
        every = gan.generate(config, lane.run, kept[self.player], target.scale, offset=1)
        fake = every[0]
        expert = nn.unstack(kept["discriminator"], 0)
        real = target.sample(SHOWN, torch.Generator().manual_seed(0))
        reach = float(target.centres.abs().max()) * MARGIN
        belief = believed(config, expert, plane_of(reach) / target.scale)
        pushed = pushes(config, expert, fake[:ARROWS] / target.scale)
        assert lane.loop is not None
        return {
            "reach": reach,
            "centres": target.centres.tolist(),
            "radius": target.radius,
            "real": pack.add(real),
            "fake": pack.add(fake[:SHOWN]),
            "belief": pack.add((belief.view(SIDE, SIDE) * 255).round().byte()),
            "relative": config.loss == "wgan-gp",
            "pushes": pack.add(pushed),
            "longest": float(pushed.norm(dim=-1).max()),
            "judged": len(fake),
            "outside": int((fake.abs() > reach).any(-1).sum()),
            "counts": metrics.mode_counts(fake, target.centres, target.radius).tolist(),
            "modes": int(metrics.modes_covered(fake, target.centres, target.radius)),
            "good_share": float(metrics.good_share(fake, target.centres, target.radius)),
            "turns": turns_of(lane.hands.acts(lane.loop.name, lane.step)),
            "can": lane.phase == "waiting" and not lane.loop.is_over,
            "code": codes(config),
        }


def panel() -> Ring:
    """A new panel."""
    return Ring()


def take_turns(config: Any, run: LiveRun, player: str, turns: int, keep: Keep) -> None:
    """One player's turns while the other stands still, as the experiment takes them."""
    draws = [keep[f"draws-{i}"] for i in range(len(run.seeds))]
    generator, discriminator = keep["generator"], keep["discriminator"]
    optimizer = keep["forger" if player == "generator" else "expert"]
    turn = gan.forger_turn if player == "generator" else gan.expert_turn
    for _ in range(turns):
        turn(config, run, generator, discriminator, optimizer, draws)
        if player == "generator":
            gan.follow(keep["average"], generator, config.average)


def turns_of(acts: list[str]) -> dict[str, int]:
    """How many turns were taken by hand before this step."""
    found = {"generator": 0, "discriminator": 0}
    for name in acts:
        player, turns = name.split()
        found[player] += int(turns)
    return found


@torch.no_grad()
def believed(config: Any, expert: torch.nn.Module, places: Tensor) -> Tensor:
    """How real the expert takes each place for, from 0 to 1.

    A Wasserstein critic knows no probability: there 0 and 1 are its lowest and highest value.
    """
    said = expert(places)
    if config.loss == "non-saturating":
        return said.sigmoid()
    if config.loss == "least-squares":
        return said.clamp(0, 1)
    low, high = said.min(), said.max()
    return (said - low) / (high - low).clamp_min(1e-12)


def pushes(config: Any, expert: torch.nn.Module, fake: Tensor) -> Tensor:
    """Where each generated point would have to go to be taken for real: minus its gradient.

    Of the point's own loss, in the units of training; the networks' gradients are left alone.
    """
    with torch.enable_grad():
        points = fake.detach().clone().requires_grad_()
        own = losses.generator_loss(expert(points).unsqueeze(-1), gan.adversary(config))
        (slope,) = torch.autograd.grad(own.sum(), points)
    return -slope


def codes(config: Any) -> dict[str, Any]:
    """The lines that made what is drawn."""
    return {
        "belief": reference(
            nn.Discriminator.forward,
            "self.layers(points)",
            tensor="discriminator(x, y)",
            shape=(SIDE, SIDE),
            formula="belief = sigmoid(D(x)); D(x) for least squares; D(x) scaled for Wasserstein",
        ),
        "fake": reference(
            nn.Generator.forward,
            "self.layers(noise)",
            tensor="generator(noise)",
            shape=(gan.SAMPLES, 2),
            formula="x = G(z),  z ~ N(0, I)",
        ),
        "pushes": reference(
            losses.generator_loss,
            f'if loss == "{gan.adversary(config)}"',
            tensor="-d loss / d x",
            shape=(ARROWS, 2),
            formula="arrow = - gradient of the generator's loss in the point",
        ),
        "modes": reference(
            metrics.modes_covered,
            "mode_counts(samples",
            tensor="modes",
            formula="a mode is covered when a good sample lies nearest to it",
        ),
    }
