"""The Fréchet distance: zero only for equal sets, whole where covariances are singular, biased."""

from __future__ import annotations

import pytest
import torch

from tidu.metrics import fit_gaussian, frechet_distance, gaussian_distance


def features(rows: int, dim: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.randn(dim, dim, generator=generator, dtype=torch.float64)
    return torch.randn(rows, dim, generator=generator, dtype=torch.float64) @ mixed


@pytest.mark.parametrize(("rows", "dim"), [(200, 10), (10, 200), (2, 3), (50, 1)])
def test_equal_sets_have_no_distance(rows: int, dim: int) -> None:
    """Also with fewer rows than dimensions, where the covariance has no inverse."""
    one = features(rows, dim)
    size = float(fit_gaussian(one)[1].trace())
    assert 0 <= frechet_distance(one, one.flip(0)) < 1e-10 * size


def test_it_is_the_same_both_ways_and_under_rotation() -> None:
    one, other = features(60, 8, seed=1), features(40, 8, seed=2)
    there = frechet_distance(one, other)
    torch.testing.assert_close(there, frechet_distance(other, one))
    turn, _ = torch.linalg.qr(features(8, 8, seed=3))
    torch.testing.assert_close(there, frechet_distance(one @ turn, other @ turn))
    torch.testing.assert_close(9 * there, frechet_distance(3 * one, 3 * other))


def test_a_move_costs_the_square_of_its_length() -> None:
    one, way = features(30, 5), torch.tensor([3.0, 0, 0, 4.0, 0]).double()
    torch.testing.assert_close(frechet_distance(one, one + way), torch.tensor(25.0).double())


def test_constant_features_and_flat_sets_give_numbers() -> None:
    still, moved = torch.zeros(9, 4), torch.full((7, 4), 2.0)
    assert frechet_distance(still, moved) == 16.0
    flat = features(50, 4)
    flat[:, 2:] = 0
    spread = fit_gaussian(flat)[1].trace()
    torch.testing.assert_close(frechet_distance(flat, torch.zeros(9, 4).double()),
                               spread + flat.mean(0).square().sum())  # fmt: skip


def test_gaussians_in_planes_that_meet_in_a_line() -> None:
    """diag(4, 1, 0) and diag(9, 0, 1): the deviations differ by 1, 1 and 1."""
    zero = torch.zeros(3).double()
    one, other = (torch.tensor(d).double().diag() for d in ([4.0, 1.0, 0.0], [9.0, 0.0, 1.0]))
    torch.testing.assert_close(
        gaussian_distance(zero, one, zero, other), torch.tensor(3.0).double()
    )


def test_few_samples_make_it_too_large_by_about_one_over_their_number() -> None:
    """Sets drawn from one distribution, whose true distance is zero."""
    found = [
        sum(float(frechet_distance(features_of(n, s), features_of(n, s + 50))) for s in range(20))
        for n in (200, 800)
    ]
    assert 3.5 < found[0] / found[1] < 4.5


def features_of(rows: int, seed: int) -> torch.Tensor:
    return torch.randn(rows, 10, generator=torch.Generator().manual_seed(seed))


def test_it_has_no_gradient_and_keeps_the_type() -> None:
    one = torch.randn(5, 2, requires_grad=True)
    distance = frechet_distance(one, torch.randn(6, 2))
    assert distance.dtype == torch.float32
    assert not distance.requires_grad


def test_one_row_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at least 2 rows.*got 1"):
        frechet_distance(torch.zeros(1, 3), torch.zeros(5, 3))
