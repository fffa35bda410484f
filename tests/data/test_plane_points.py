"""Rings, exclusive or, and points of one's own from a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_circles

from tidu.data import exclusive_or, read_points, rings, write_points
from tidu.errors import TiduError


def test_two_rings_without_noise_are_scikit_learns_circles() -> None:
    points, ring = rings(50, torch.Generator().manual_seed(0), count=2, noise=0.0)
    theirs, labels = make_circles(100, shuffle=False, factor=0.5)
    order = torch.from_numpy(labels) == 0  # scikit-learn's first circle is the outer one
    theirs = torch.from_numpy(theirs).float()
    torch.testing.assert_close(points[ring == 1], theirs[order], atol=1e-6, rtol=0)
    torch.testing.assert_close(points[ring == 0], theirs[~order], atol=1e-6, rtol=0)


@given(st.integers(1, 5), st.floats(0.0, 0.1), st.integers(0, 1000))
@settings(max_examples=20)
def test_quiet_rings_never_touch(count: int, noise: float, seed: int) -> None:
    points, ring = rings(40, torch.Generator().manual_seed(seed), count, noise)
    nearest = (points.norm(dim=1) * count).round().long() - 1
    assert ring.bincount().tolist() == [40] * count
    assert bool((nearest == ring).all())  # 0.1 is 5 deviations from the middle of a gap


def test_noise_of_a_ring_counts_in_gaps() -> None:
    points, ring = rings(4000, torch.Generator().manual_seed(0), count=4, noise=0.2)
    for one in range(4):
        radius = points[ring == one].norm(dim=1)
        assert radius.mean().item() == pytest.approx((one + 1) / 4, abs=0.005)
        assert radius.std().item() == pytest.approx(0.2 / 4, rel=0.05)


def test_exclusive_or_is_the_truth_table() -> None:
    points, classes = exclusive_or(100, torch.Generator().manual_seed(0), noise=0.0)
    assert points.abs().unique().tolist() == [0.5]
    assert torch.equal((points[:, 0] > 0) ^ (points[:, 1] > 0), classes.bool())
    corners, counts = points.unique(dim=0, return_counts=True)
    assert corners.shape == (4, 2)
    assert counts.tolist() == [50] * 4


def test_noise_moves_exclusive_or_by_its_deviation() -> None:
    quiet, _ = exclusive_or(5000, torch.Generator().manual_seed(0), noise=0.0)
    noisy, _ = exclusive_or(5000, torch.Generator().manual_seed(0), noise=0.3)
    assert (noisy - quiet).std(0).tolist() == pytest.approx([0.3, 0.3], rel=0.03)


def test_points_are_read_as_they_were_written(tmp_path: Path) -> None:
    told = [(0.125, -0.5, "red"), (0.0, 1.0, "blue"), (-0.25, 0.75, "red")]
    write_points(tmp_path / "points.csv", told)
    points, labels, names = read_points(tmp_path / "points.csv")
    assert points.tolist() == [[x, y] for x, y, _ in told]
    assert [names[i] for i in labels.tolist()] == ["red", "blue", "red"]
    assert names == ("blue", "red")


def test_classes_that_are_numbers_stand_in_the_order_of_numbers(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("class;y;x\n10;1,5;0\n9;0;2\n")
    points, labels, names = read_points(file)
    assert names == ("9", "10")
    assert labels.tolist() == [1, 0]
    assert points.tolist() == [[0.0, 1.5], [2.0, 0.0]]


WRONG = {
    "x,y\n1,2\n": "no column class",
    "a,b\n1,2\n": "no column x and no y and no class",
    "x,y,class\n1,2,a\n3,4,a\n": "has 1 class;",
    "x,y,class\n1,2,a\n3,,b\n": "line 3: a point needs",
    "x,y,class\n1,2,a\n3,4,\n": "line 3: a point needs",
    "x,y,class\n1,2,a\n3,four,b\n": "line 3",
    "x,y,class\n" + "".join(f"1,2,{i}\n" for i in range(9)): "has 9 classes",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_file_of_points_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(TiduError, match=WRONG[text]):
        read_points(tmp_path / "points.csv")
