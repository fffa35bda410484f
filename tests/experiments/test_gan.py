"""The GAN experiment: its targets, its players, and every loss it offers."""

from __future__ import annotations

import math

import pytest
import torch

import tidu
from tidu.experiments.generative import gan
from tidu.metrics import good_share, modes_covered


@pytest.mark.parametrize(("shape", "modes", "deviation"), [("ring", 8, 0.01), ("grid", 25, 0.05)])
def test_the_real_points_are_those_of_the_papers(shape: str, modes: int, deviation: float) -> None:
    target = gan.mixture(gan.Config(shape=shape))
    points = target.sample(50_000, torch.Generator().manual_seed(0))
    assert modes_covered(points, target.centres, target.radius) == modes
    assert abs(float(good_share(points, target.centres, target.radius)) - 0.98889) < 0.002
    nearest = target.centres[torch.cdist(points, target.centres).argmin(1)]
    assert math.isclose(float((points - nearest).std()), deviation, rel_tol=0.02)
    assert math.isclose(float((points / target.scale).square().mean()), 1.0, rel_tol=0.02)


def test_he_et_al_keep_the_spread_of_a_relu_network() -> None:
    """PyTorch's own start nearly forgets the noise within four layers."""
    noise = torch.randn(5000, 2, generator=torch.Generator().manual_seed(0))
    spread: dict[bool, float] = {}
    for he in (False, True):
        players = [gan.new_players(gan.Config(he_start=he), seed)[0] for seed in range(5)]
        with torch.no_grad():
            spread[he] = sum(float(net(noise).std(0).mean()) for net in players) / 5
    assert spread[False] < 0.05
    assert 0.4 < spread[True] < 2.5


@pytest.mark.parametrize("loss", ["non-saturating", "least-squares", "wgan-gp"])
def test_every_loss_takes_its_turns(loss: str) -> None:
    run = tidu.run(
        "gan", preset="quick", loss=loss, steps=20, hidden=16, discriminator_steps=2, quiet=True
    )
    lines = run.history()
    assert len(lines) == 20
    for line in lines:
        assert all(map(math.isfinite, line["generator_loss"] + line["discriminator_loss"]))


def test_the_learning_rate_falls_only_behind_the_hold() -> None:
    for hold in (0.0, 0.5):
        config = gan.Config(steps=1000, lr=0.01, hold=hold)
        rates = [gan.learning_rate(config, step) for step in range(1000)]
        held = int(1000 * hold)
        assert rates[: held + 1] == [0.01] * (held + 1)
        assert all(one > two for one, two in zip(rates[held:], rates[held + 1 :], strict=False))
        assert math.isclose(rates[(1000 + held) // 2], 0.005, rel_tol=1e-9)
        assert 0 < rates[-1] < 1e-6
