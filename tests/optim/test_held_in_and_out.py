"""Ridge for many penalties at once, and linear classifiers, against independent solutions."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from tidu import optim


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), rows=st.integers(3, 30), columns=st.integers(1, 8))
def test_the_path_is_ridge_penalty_by_penalty(seed: int, rows: int, columns: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(rows, columns, generator=generator, dtype=torch.float64) + 2
    targets = torch.randn(rows, generator=generator, dtype=torch.float64)
    penalties = torch.tensor([10.0, 0.1, 1e-3], dtype=torch.float64)
    path = optim.ridge_path(features, targets, penalties)
    for found, l2 in zip(path, penalties.tolist(), strict=True):
        torch.testing.assert_close(found, optim.ridge(features, targets, l2))


def test_without_a_penalty_equal_columns_share() -> None:
    features = torch.tensor([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]], dtype=torch.float64)
    found = optim.ridge_path(features, 6 * features[:, 0] + 1, torch.zeros(1).double())
    torch.testing.assert_close(found[0], torch.tensor([3.0, 3.0, 1.0], dtype=torch.float64))


@pytest.mark.parametrize(("classes", "outputs"), [(2, 1), (2, 2), (3, 3), (5, 5)])
@pytest.mark.parametrize("l2", [0.3, 0.003])
def test_a_linear_classifier_is_scikit_learns(classes: int, outputs: int, l2: float) -> None:
    torch.manual_seed(classes)
    features = torch.randn(200, 3, dtype=torch.float64)
    centres = torch.randn(classes, 3, dtype=torch.float64)
    labels = (features @ centres.mT + torch.randn(200, classes)).argmax(1)
    found = optim.linear_classifier(features, labels, outputs, l2)
    if outputs == 2:  # scikit-learn has one logit there: the same as two of half the size
        found, l2 = (found[1] - found[0]).unsqueeze(0), l2 / 2
    price = 1 / (2 * len(labels) * l2)
    theirs = LogisticRegression(C=price, tol=1e-12, max_iter=10_000, solver="newton-cg")
    theirs.fit(features.numpy(), labels.numpy())
    torch.testing.assert_close(found[:, :-1], torch.tensor(theirs.coef_), rtol=1e-4, atol=1e-5)
