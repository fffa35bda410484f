"""What the losses of a GAN must be at known points, and that the penalty can be differentiated."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from tidu.losses import discriminator_loss, generator_loss, gradient_penalty


def test_an_undecided_discriminator_costs_what_the_papers_say() -> None:
    undecided = torch.zeros(4, 9)
    for kind, judge, forge in (
        ("non-saturating", 2 * math.log(2), math.log(2)),
        ("least-squares", 0.5, 0.5),
        ("wasserstein", 0.0, 0.0),
    ):
        torch.testing.assert_close(
            discriminator_loss(undecided, undecided, kind), torch.full((4,), judge)
        )
        torch.testing.assert_close(generator_loss(undecided, kind), torch.full((4,), forge))


@pytest.mark.parametrize("kind", ["non-saturating", "least-squares", "wasserstein"])
def test_both_players_pull_in_opposite_directions(kind: str) -> None:
    fake = torch.randn(9).requires_grad_()
    (judge,) = torch.autograd.grad(discriminator_loss(torch.zeros(9), fake, kind), fake)
    (forge,) = torch.autograd.grad(generator_loss(fake, kind), fake)
    if kind == "least-squares":  # aims at the label 1 from both sides, so only between the labels
        between = (fake > 0) & (fake < 1)
        judge, forge = judge[between], forge[between]
    assert (judge * forge <= 0).all()


def test_the_generator_still_learns_when_the_discriminator_is_sure() -> None:
    """log(1 - sigmoid(d)) is flat there; the non-saturating loss is not."""
    sure = torch.full((3,), -20.0, requires_grad=True)
    (gradient,) = torch.autograd.grad(generator_loss(sure, "non-saturating"), sure)
    torch.testing.assert_close(gradient, torch.full((3,), -1 / 3))


def test_logits_of_any_size_stay_finite() -> None:
    huge = torch.tensor([-1e4, 1e4])
    for kind in ("non-saturating", "least-squares", "wasserstein"):
        assert torch.isfinite(discriminator_loss(huge, huge.flip(0), kind))
        assert torch.isfinite(generator_loss(huge, kind))


@pytest.mark.parametrize("centre", [0.0, 1.0])
def test_the_penalty_has_the_second_derivative_of_finite_differences(centre: float) -> None:
    net = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1)).double()
    points = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    names = [name for name, _ in net.named_parameters()]

    def penalty(points: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        given = dict(zip(names, weights, strict=True))
        logits = torch.func.functional_call(net, given, points).squeeze(-1)
        return gradient_penalty(logits, points, centre)

    weights = [p.detach().clone().requires_grad_() for p in net.parameters()]
    assert torch.autograd.gradcheck(penalty, (points, *weights))


@pytest.mark.parametrize("centre", [0.0, 1.0])
def test_a_flat_discriminator_has_a_finite_gradient(centre: float) -> None:
    points = torch.randn(5, 2, requires_grad=True)
    weight = torch.zeros(2, requires_grad=True)
    penalty = gradient_penalty(points @ weight, points, centre)
    (gradient,) = torch.autograd.grad(penalty, weight)
    assert torch.isfinite(gradient).all()
    assert penalty == centre**2


def test_games_side_by_side_do_not_mix() -> None:
    points = torch.randn(3, 6, 2, requires_grad=True)
    together = gradient_penalty(points.pow(3).sum(-1), points, 1.0)
    for game in range(3):
        alone = points[game].detach().requires_grad_()
        torch.testing.assert_close(
            together[game], gradient_penalty(alone.pow(3).sum(-1), alone, 1.0)
        )


def test_mistakes_are_named() -> None:
    # where shapes are checked, the types are too, and say it first
    with pytest.raises((ValueError, TypeError), match=r"(?s)non-saturating.*hinge|hinge.*non-sat"):
        generator_loss(torch.zeros(3), "hinge")
    with pytest.raises((ValueError, TypeError), match="hinge"):
        discriminator_loss(torch.zeros(3), torch.zeros(3), "hinge")
    with pytest.raises(ValueError, match="requires_grad_"):
        gradient_penalty(torch.zeros(3), torch.zeros(3, 2))
