"""Figures and their intervals: against scikit-learn, and against what the intervals promise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn import metrics as theirs
from sklearn.linear_model import LinearRegression

from tidu import metrics


def test_the_figures_are_scikit_learns() -> None:
    torch.manual_seed(0)
    truth = torch.randn(40, dtype=torch.float64)
    said = truth + 0.5 * torch.randn(40)
    found = metrics.scores_of_numbers(said, truth, baseline=0.3, resamples=50)
    assert found["rmse"][0] == pytest.approx(theirs.root_mean_squared_error(truth, said))
    assert found["mae"][0] == pytest.approx(theirs.mean_absolute_error(truth, said))
    assert found["r2"][0] == pytest.approx(theirs.r2_score(truth, said))
    flat = torch.full_like(truth, 0.3)
    ratio = theirs.mean_squared_error(truth, said) / theirs.mean_squared_error(truth, flat)
    assert found["gain"][0] == pytest.approx(1 - ratio)

    chances, labels = torch.randn(40, 3).double().softmax(1), torch.arange(40) % 3
    shares = torch.tensor([0.5, 0.3, 0.2])
    found = metrics.scores_of_classes(chances, labels, shares, resamples=50)
    most = chances.argmax(1)
    assert found["accuracy"][0] == pytest.approx(theirs.accuracy_score(labels, most))
    wanted = theirs.balanced_accuracy_score(labels, most)
    assert found["balanced_accuracy"][0] == pytest.approx(wanted)
    assert found["log_loss"][0] == pytest.approx(theirs.log_loss(labels, chances))
    for value, low, high in found.values():
        assert low <= value <= high


def test_an_interval_holds_the_mean_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        low, high = metrics.bootstrap_interval(np.mean, generator.normal(size=40), resamples=400)
        held += bool(low <= 0 <= high)
    assert 0.88 <= held / 200 <= 0.99  # 95 %, less a little for few rows and few draws


def test_rows_that_are_all_alike_have_an_interval_without_width() -> None:
    low, high = metrics.bootstrap_interval(np.mean, np.ones(12))
    assert low == high == 1


def test_many_figures_at_once_are_those_of_each() -> None:
    values = np.random.default_rng(1).normal(size=(3, 50))
    low, high = metrics.bootstrap_interval(np.mean, values, resamples=3000)
    spread = values.std(1) / 50**0.5
    np.testing.assert_allclose(low, values.mean(1) - 1.96 * spread, atol=0.05)
    np.testing.assert_allclose(high, values.mean(1) + 1.96 * spread, atol=0.05)


def test_a_line_needs_what_its_weights_say() -> None:
    """Shuffling costs a least-squares line 2 w² var(x) of squared error; its effect is the line."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4000, 3, generator=generator, dtype=torch.float64)
    y = 2 * x[:, 0] - x[:, 1]
    line = LinearRegression().fit(x.numpy(), y.numpy())
    weights = torch.tensor(line.coef_)
    rises = metrics.permutation_importance(
        lambda rows: (rows @ weights - y).square(), x, [[0], [1], [2]], 3, generator
    ).mean(1)
    torch.testing.assert_close(rises, torch.tensor([8.0, 2.0, 0.0]).double(), rtol=0.1, atol=1e-9)
    settings = torch.tensor([[0.0], [1.0], [2.0]], dtype=torch.float64)
    effect = metrics.partial_dependence(lambda r: (r @ weights)[:, None], x, [0], settings)
    torch.testing.assert_close(effect.mean.diff(dim=0), torch.full((2, 1), 2.0).double())
    assert bool((effect.low <= effect.mean).all())
    assert bool((effect.mean <= effect.high).all())
