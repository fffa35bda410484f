"""Cutting a table into parts: sizes, classes, and nothing known of the other parts."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tidu.data import Table, parts
from tidu.errors import TiduError


def numbered(target: torch.Tensor, classes: tuple[str, ...] = ()) -> Table:
    """A table whose first feature is the number of its row."""
    features = torch.stack([torch.arange(len(target)).double(), torch.randn(len(target)).double()])
    task = "classification" if classes else "regression"
    return Table(features.T.contiguous(), target, ("row", "x"), "y", task, classes)


@given(st.integers(0, 1000), st.lists(st.integers(1, 30), min_size=2, max_size=6))
def test_every_row_once_and_every_class_in_training(seed: int, sizes: list[int]) -> None:
    labels = torch.cat([torch.full((n,), k) for k, n in enumerate(sizes)])
    names = tuple(map(str, range(len(sizes))))
    rows = len(labels)
    generator = torch.Generator().manual_seed(seed)
    if round(rows * 0.2) < 1 or rows - 2 * round(rows * 0.2) < len(sizes):
        with pytest.raises(TiduError, match="too few"):
            parts(numbered(labels, names), (0.2, 0.2), generator)
        return
    found = parts(numbered(labels, names), (0.2, 0.2), generator)
    together = torch.cat([part.features[:, 0] for part in found])
    assert together.sort().values.tolist() == list(range(rows))
    assert [len(part.target) for part in found[1:]] == [round(rows * 0.2)] * 2
    assert set(found[0].target.tolist()) == set(range(len(sizes)))
    for part in found[1:]:
        for k, size in enumerate(sizes):
            count = int((part.target == k).sum())
            fair = (size - 1) * round(rows * 0.2) / (rows - len(sizes))
            assert abs(count - fair) <= 2


def test_gaps_are_filled_from_the_rows_to_learn_from() -> None:
    table = numbered(torch.arange(20).double())
    table.features[::3, 1] = torch.nan
    train, test = parts(table, (0.25,), torch.Generator().manual_seed(1))
    known = table.features[train.features[:, 0].long(), 1].nanmean()
    for part in (train, test):
        gaps = part.features[:, 0] % 3 == 0
        assert bool(gaps.any())
        torch.testing.assert_close(part.features[gaps, 1], known.expand(int(gaps.sum())))


@given(st.integers(0, 1000), st.integers(8, 60))
def test_numbers_are_cut_at_random(seed: int, rows: int) -> None:
    table = numbered(torch.arange(rows).double())
    one, two = (
        [p.features[:, 0].tolist() for p in parts(table, (0.3,), torch.Generator().manual_seed(s))]
        for s in (seed, seed)
    )
    assert one == two
    assert sorted(one[0] + one[1]) == list(range(rows))
