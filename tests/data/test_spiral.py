"""The drawn points against their formulas, computed one by one."""

from __future__ import annotations

import math

import pytest
import torch

from tidu.data import noisy_arms, two_spirals


def test_arms_without_noise_are_the_formula_of_cs231n() -> None:
    points, arms = noisy_arms(11, torch.Generator().manual_seed(0), arms=3, noise=0.0)
    for arm in range(3):
        for i in range(11):
            radius, angle = i / 10, arm * 4 + 4 * i / 10
            x, y = points[arm * 11 + i].tolist()
            assert x == pytest.approx(radius * math.sin(angle), abs=1e-5)
            assert y == pytest.approx(radius * math.cos(angle), abs=1e-5)
            assert arms[arm * 11 + i] == arm


def test_noise_turns_points_but_keeps_their_radius() -> None:
    generator = torch.Generator().manual_seed(0)
    points, _ = noisy_arms(500, generator)
    torch.testing.assert_close(points.norm(dim=1), torch.linspace(0, 1, 500).repeat(3))
    other, _ = noisy_arms(500, generator)
    assert not torch.equal(points, other)


def test_two_spirals_have_the_points_of_lang_and_witbrock() -> None:
    points, spirals = two_spirals()
    assert points.shape == (194, 2)
    assert points[0].tolist() == pytest.approx([0.0, 6.5])
    assert points[8].tolist() == pytest.approx([6.0, 0.0], abs=1e-5)  # a quarter turn, 96 / 104
    assert points[96].norm().item() == pytest.approx(0.5)  # three whole turns
    torch.testing.assert_close(points[97:], -points[:97])
    assert spirals.tolist() == [0] * 97 + [1] * 97


def test_points_between_lie_on_the_same_curves() -> None:
    points, _ = two_spirals()
    between, spirals = two_spirals(between=True)
    assert between.shape == (192, 2)
    radii = points[:97].norm(dim=1)
    torch.testing.assert_close(between[:96].norm(dim=1), (radii[1:] + radii[:-1]) / 2)
    assert spirals.bincount().tolist() == [96, 96]
