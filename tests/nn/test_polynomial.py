"""Polynomials keep their digits where powers of x have lost them; indicator terms stay apart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.polynomial import Chebyshev
from sklearn.datasets import load_diabetes

from tidu.nn import IndicatorLinear, Polynomial, gate, indicator_columns
from tidu.optim import least_squares, with_ones


@pytest.mark.parametrize("degree", [0, 1, 3, 12, 25])
def test_fits_equal_numpy_on_diabetes(degree: int) -> None:
    features, target = load_diabetes(return_X_y=True, scaled=False)
    x, y = torch.from_numpy(features[:, 2]), torch.from_numpy(target)
    ours = Polynomial.fit(x, y, degree)
    theirs = Chebyshev.fit(x.numpy(), y.numpy(), degree)
    scale = float(np.abs(theirs.coef).max())
    np.testing.assert_allclose(
        ours.coefficients.detach().numpy(), theirs.coef, rtol=1e-6, atol=1e-9 * scale
    )
    with torch.no_grad():
        np.testing.assert_allclose(ours(x).numpy(), theirs(x.numpy()), rtol=1e-7)


def test_a_polynomial_is_found_again_at_a_degree_where_powers_fail() -> None:
    x = torch.linspace(1000, 1010, 200, dtype=torch.float64)
    truth = Polynomial(20, 1000.0, 1010.0, dtype=torch.float64)
    torch.manual_seed(0)
    torch.nn.init.normal_(truth.coefficients)
    with torch.no_grad():
        found = Polynomial.fit(x, truth(x), 20)
        torch.testing.assert_close(found.coefficients, truth.coefficients, rtol=1e-9, atol=1e-9)
    powers = x.unsqueeze(1) ** torch.arange(21)
    assert np.linalg.matrix_rank(powers.numpy()) < 21


def test_a_higher_degree_never_fits_worse() -> None:
    torch.manual_seed(1)
    x, y = torch.randn(40).double(), torch.randn(40).double()
    with torch.no_grad():
        errors = [float((Polynomial.fit(x, y, d)(x) - y).square().sum()) for d in range(20)]
    assert all(after <= before * (1 + 1e-12) for before, after in pairwise(errors))


@pytest.mark.parametrize("wrong", [{"low": 1.0, "high": 1.0}, {"low": 2.0, "high": 1.0}])
def test_an_empty_interval_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="below"):
        Polynomial(2, **wrong)


def test_a_species_is_not_moved_by_the_others() -> None:
    torch.manual_seed(0)
    codes = torch.arange(3).repeat_interleave(6)
    x, y = torch.randn(18, 1).double(), torch.randn(18).double()
    before = least_squares(indicator_columns(x, codes, 3), y).view(3, 2)
    y[codes == 2] += 100
    after = least_squares(indicator_columns(x, codes, 3), y).view(3, 2)
    torch.testing.assert_close(after[:2], before[:2])
    torch.testing.assert_close(after[2, 1], before[2, 1] + 100)
    model = IndicatorLinear.of(after.flatten(), 3)
    separate = least_squares(with_ones(x[codes == 1]), y[codes == 1])
    with torch.no_grad():
        torch.testing.assert_close(
            model(x[codes == 1], codes[codes == 1]), with_ones(x[codes == 1]) @ separate
        )


def test_a_gate_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="nand"):
        gate("nor")
