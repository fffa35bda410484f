"""Vanishing and exploding: what one network does touches no other, and the watcher sees it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

import tidu
from tidu import nn
from tidu.errors import TiduError
from tidu.experiments.optimisation import gradient_flow
from tidu.laboratory import gradients
from tidu.optim import clip_norm
from tidu.runs import store

TINY = {"preset": "quick", "depths": (2, 6), "steps": 12, "quiet": True, "report": False}


@pytest.mark.usefixtures("embedded")
def test_seeds_trained_together_end_as_seeds_trained_alone() -> None:
    together = tidu.run("gradient-flow", seeds=2, seed=3, **TINY)
    alone = tidu.run("gradient-flow", seed=4, **TINY)
    both = store.result(together.path)["per_seed"]
    one = store.result(alone.path)["per_seed"]
    for metric, values in one.items():
        assert both[metric][1] == pytest.approx(values[0], rel=1e-3, abs=0.005), metric


@pytest.mark.usefixtures("embedded")
def test_the_watcher_says_what_each_network_has() -> None:
    run = tidu.run("gradient-flow", watch="gradients", **{**TINY, "depths": (2, 8)})
    kinds = {loop: {f.kind for f in found} for loop, found in gradients.findings(run).items()}
    assert "vanishing" in kinds["sigmoid"]
    assert "exploding" in kinds["exploding"]
    for cured in ("relu", "residual", "normalised", "clipped"):
        assert not kinds[cured] & {"vanishing", "exploding", "dead"}


def test_a_gradient_that_is_no_number_stops_one_network_and_no_other() -> None:
    layers = [torch.nn.Linear(3, 2) for _ in range(3)]
    networks = nn.stack(layers)
    for parameter in networks.parameters():
        parameter.grad = torch.randn_like(parameter) * 10
    networks.weight.grad[1, 0, 0] = math.nan
    given = [parameter.grad.clone() for parameter in networks.parameters()]
    fell_at = torch.full((3,), 100)
    gradient_flow.clip(networks, 2.0, fell_at, step=7)
    assert fell_at.tolist() == [100, 7, 100]
    for copy in (0, 2):
        expected, _ = clip_norm([gradient[copy] for gradient in given], 2.0)
        for parameter, wanted in zip(networks.parameters(), expected, strict=True):
            torch.testing.assert_close(parameter.grad[copy], wanted)
    assert not any(parameter.grad[1].any() for parameter in networks.parameters())
    gradient_flow.clip(networks, math.inf, fell_at, step=9)
    assert fell_at.tolist() == [100, 7, 100]


def test_clipping_keeps_the_direction_and_leaves_what_it_is_given() -> None:
    gradients = [torch.randn(4, 3), torch.randn(5)]
    before = [gradient.clone() for gradient in gradients]
    clipped, norm = clip_norm(gradients, 0.5)
    assert all(map(torch.equal, gradients, before))
    flat, short = (torch.cat([g.flatten() for g in some]) for some in (gradients, clipped))
    torch.testing.assert_close(short.norm(), torch.tensor(0.5), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(short / short.norm(), flat / norm)
    same, _ = clip_norm(gradients, 1000.0)
    assert all(map(torch.equal, same, gradients))
    with pytest.raises(ValueError, match="max_norm must be above 0"):
        clip_norm(gradients, 0.0)


def test_one_depth_is_none(tmp_path: Path) -> None:
    with pytest.raises(TiduError, match="--depths must give two depths"):
        tidu.run("gradient-flow", preset="quick", depths=(5, 5), quiet=True)
