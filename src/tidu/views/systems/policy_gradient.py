"""The pictures of ``policy-gradient``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

from tidu import views
from tidu.views.picture import Picture

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The return over training, what the policy does where, and one episode."""
    totals, episode = run.recorded("returns"), run.recorded("episode")
    angle = torch.linspace(-0.21, 0.21, 61)  # the pole counts as fallen at 0.2095
    speed = torch.linspace(-2.0, 2.0, 61)
    speeds, angles = torch.meshgrid(speed.flip(0), angle, indexing="ij")
    still = torch.zeros_like(angles)
    with torch.no_grad():
        logits = experiment.model(config, run)(torch.stack([still, still, angles, speeds], dim=-1))
    return [
        views.returns.return_over_training(totals["totals"].numpy(), experiment.SOLVED),
        views.returns.policy_map(logits.softmax(-1)[..., 1].numpy(), angle.numpy(), speed.numpy()),
        views.returns.cartpole_episode(episode["observations"].numpy(), episode["actions"].numpy()),
    ]
