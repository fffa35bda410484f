"""Modes covered and good samples, against counting one by one and against the known share."""

from __future__ import annotations

import math

import torch
from scipy.spatial import cKDTree

from tidu.metrics import good_share, mode_counts, modes_covered, nearest_mode


def test_it_agrees_with_a_nearest_neighbour_tree() -> None:
    torch.manual_seed(0)
    samples, modes = 2 * torch.randn(4, 500, 3), torch.randn(7, 3)
    distance, index = nearest_mode(samples, modes)
    tree = cKDTree(modes.numpy())
    for game in range(4):
        theirs, nearest = tree.query(samples[game].numpy())
        torch.testing.assert_close(distance[game].double(), torch.from_numpy(theirs))
        assert (index[game].numpy() == nearest).all()
        good = theirs <= 1.0
        assert math.isclose(good_share(samples, modes, 1.0)[game], good.mean(), rel_tol=1e-6)
        counts = [(nearest[good] == k).sum() for k in range(7)]
        assert mode_counts(samples, modes, 1.0)[game].tolist() == counts
        assert modes_covered(samples, modes, 1.0)[game] == sum(c > 0 for c in counts)


def test_three_deviations_hold_the_known_share_of_true_samples() -> None:
    torch.manual_seed(0)
    count = 200_000
    share = float(good_share(0.01 * torch.randn(count, 2), torch.zeros(1, 2), 0.03))
    expected = 1 - math.exp(-4.5)
    deviation = math.sqrt(expected * (1 - expected) / count)
    assert abs(share - expected) < 4 * deviation


def test_a_collapsed_generator_covers_one_mode_with_all_its_samples() -> None:
    modes = torch.tensor([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]])
    samples = torch.full((100, 2), 0.01)
    assert modes_covered(samples, modes, 0.1) == 1
    assert good_share(samples, modes, 0.1) == 1.0


def test_samples_between_the_modes_are_neither_good_nor_counted() -> None:
    modes = torch.tensor([[-1.0, 0.0], [1.0, 0.0]])
    samples = torch.zeros(10, 2)
    assert modes_covered(samples, modes, 0.5) == 0
    assert mode_counts(samples, modes, 0.5).tolist() == [0, 0]
    assert good_share(samples, modes, 0.5) == 0.0


def test_far_from_the_origin_it_is_as_exact() -> None:
    """The expanded square |a|² - 2ab + |b|² would lose every digit here."""
    modes = torch.tensor([[4000.0, 4000.0]])
    distance, _ = nearest_mode(modes + torch.tensor([0.0, 0.25]), modes)
    torch.testing.assert_close(distance, torch.tensor([0.25]))
