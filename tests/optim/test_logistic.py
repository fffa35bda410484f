"""Logistic regression: its minimum, columns that say the same, and classes that a plane parts."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidu import optim
from tidu.data import two_sides

SEEDS = st.integers(0, 10_000)


def overlapping(seed: int, columns: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Answers by chance at features that go far to both sides: no plane parts them."""
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(40 * columns, columns, generator=generator, dtype=torch.float64)
    chance = torch.sigmoid(2 * features.sum(1))
    answers = torch.rand(len(chance), generator=generator, dtype=torch.float64) < chance
    both = torch.cat([features, features[:2], features[:2]])
    return both, torch.cat([answers.double(), torch.tensor([0.0, 1.0, 1.0, 0.0]).double()])


@settings(max_examples=20)
@given(seed=SEEDS, columns=st.integers(1, 5))
def test_at_the_minimum_nothing_is_steep_and_every_step_went_down(seed: int, columns: int) -> None:
    features, answers = overlapping(seed, columns)
    path = optim.newton_path(features, answers)
    inputs = optim.with_ones(features)
    assert optim.logistic_gradient(inputs, answers, path[-1]).abs().max() < 1e-12
    cost = torch.nn.functional.binary_cross_entropy_with_logits
    heights = torch.stack([cost(inputs @ weights, answers) for weights in path])
    assert bool((heights.diff() <= 1e-15).all())


@settings(max_examples=20)
@given(seed=SEEDS)
def test_a_column_twice_counts_once(seed: int) -> None:
    features, answers = overlapping(seed, 3)
    once = optim.logistic_regression(features, answers)
    twice = optim.logistic_regression(torch.cat([features, features[:, :1]], dim=1), answers)
    assert twice[3] == 0
    torch.testing.assert_close(twice[[0, 1, 2, 4]], once)


@settings(max_examples=20)
@given(seed=SEEDS, gap=st.sampled_from([0.02, 0.2]))
def test_classes_that_a_plane_parts_have_no_minimum(seed: int, gap: float) -> None:
    points, sides = two_sides(60, torch.Generator().manual_seed(seed), gap)
    assert optim.separation(optim.with_ones(points), sides.double()) == "completely"
    with pytest.raises(optim.NoMinimum, match="a plane parts"):
        optim.logistic_regression(points, sides.double())
    finite = optim.logistic_regression(points, sides.double(), l2=1e-3)
    assert bool(finite.isfinite().all())


@settings(max_examples=20)
@given(seed=SEEDS)
def test_a_category_that_always_answers_yes_parts_nearly(seed: int) -> None:
    """As the column of 0 and 1 of a rare category does in many a real table."""
    features, answers = overlapping(seed, 2)
    always = torch.zeros(len(features), 1, dtype=torch.float64)
    always[answers.nonzero()[:5, 0]] = 1.0
    whole = torch.cat([features, always], dim=1)
    assert optim.separation(optim.with_ones(whole), answers) == "nearly"
    assert optim.separation(optim.with_ones(features), answers) == "overlap"
    with pytest.raises(optim.NoMinimum):
        optim.logistic_regression(whole, answers)


def test_far_outliers_on_the_right_side_are_no_separation() -> None:
    """Scores may be huge although the classes overlap; the minimum is found all the same."""
    features, answers = overlapping(0, 1)
    features[0], answers[0] = 400.0, 1.0
    weights = optim.logistic_regression(features, answers)
    assert float(optim.with_ones(features)[0] @ weights) > 100
