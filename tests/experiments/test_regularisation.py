"""What penalties do: smoother answers, and a bias that is pulled to zero where it has a price."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

import tidu
from tidu.experiments.foundations import regularisation
from tidu.runs import store


@pytest.mark.parametrize("l2", [0.01, 1.0, 30.0])
def test_a_penalised_bias_is_a_column_of_ones_like_any_other(l2: float) -> None:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(40, 5, generator=generator, dtype=torch.float64)
    targets = 7 + inputs.sum(1) + torch.randn(40, generator=generator, dtype=torch.float64)
    wide = np.hstack([inputs.numpy(), np.ones((40, 1))])
    theirs = Ridge(alpha=40 * l2, fit_intercept=False).fit(wide, targets.numpy())
    ours = regularisation.bias_penalised(inputs, targets, l2)
    np.testing.assert_allclose(ours.numpy(), theirs.coef_, rtol=1e-8, atol=1e-10)


def test_a_penalty_makes_it_smoother() -> None:
    run = tidu.run("regularisation", preset="quick", quiet=True, report=False)
    found = store.result(run.path)["metrics"]
    assert found["slope_ridge"] < found["slope_plain"]
    # Without products the answer is linear: its slope is the length of the weights.
    plain = run.recorded("paths")["plain"][:-1]
    assert found["slope_plain"] == pytest.approx(float(plain.norm()))
