"""The rate that a range test proposes, on curves and on functions whose best rate is known."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidu.optim import proposed_rate, schedule

RATES = torch.logspace(-5, 1, 200, dtype=torch.float64)


def curve(best: float, noise: float = 0.0, seed: int = 0) -> torch.Tensor:
    """A loss that stands, falls around a tenth of ``best``, and blows up behind ``best``."""
    fall = 1 / (1 + (10 * RATES / best) ** 2)
    rise = torch.where(RATES.gt(best), (RATES / best) ** 2 - 1, 0.0)
    wobble = torch.randn(200, generator=torch.Generator().manual_seed(seed)).double()
    return 0.1 + fall + rise + noise * wobble


@settings(max_examples=30)
@given(best=st.floats(1e-3, 1.0), noise=st.sampled_from([0.0, 0.01, 0.03]), seed=st.integers(0, 99))
def test_it_is_below_the_rate_that_blows_up_and_not_far(
    best: float, noise: float, seed: int
) -> None:
    found = proposed_rate(RATES, curve(best, noise, seed))
    assert found is not None
    assert best / 10 < found < best


@settings(max_examples=20)
@given(scale=st.floats(1e-3, 1e3), factor=st.floats(0.1, 10.0))
def test_units_of_loss_and_rate_do_not_matter(scale: float, factor: float) -> None:
    found = proposed_rate(RATES, curve(0.1))
    assert found is not None
    assert proposed_rate(RATES, scale * curve(0.1)) == found
    assert proposed_rate(factor * RATES, curve(0.1)) == pytest.approx(factor * found)


def test_a_loss_that_never_falls_proposes_nothing() -> None:
    noise = torch.randn(200, generator=torch.Generator().manual_seed(1)).double()
    assert proposed_rate(RATES, torch.ones(200).double()) is None
    assert proposed_rate(RATES, 1 + RATES) is None
    assert proposed_rate(RATES, 2.3 + 0.02 * noise) is None


def test_a_blow_up_to_infinity_is_no_obstacle() -> None:
    losses = curve(0.1)
    losses[RATES > 0.3] = torch.inf
    losses[-1] = torch.nan
    found = proposed_rate(RATES, losses)
    assert found is not None
    assert 0.01 < found < 0.1


@pytest.mark.parametrize("curvature", [0.2, 1.0, 30.0])
@pytest.mark.parametrize("condition", [1.0, 10.0, 100.0])
def test_on_a_bowl_it_converges_and_quickly(curvature: float, condition: float) -> None:
    """Descent on a bowl diverges from 2 / L on; the proposal is below, and comes down."""
    scales = torch.logspace(0, 1, 20, base=1 / condition, dtype=torch.float64) * curvature

    def loss(place: torch.Tensor) -> torch.Tensor:
        return 0.5 * (scales * place.square()).sum()

    place, rate = torch.ones(20, dtype=torch.float64), schedule.exponential(1e-5, 10.0, 199)
    losses: list[float] = []
    for step in range(200):
        losses.append(float(loss(place)))
        place = place - rate(step) * scales * place
    found = proposed_rate(RATES, torch.tensor(losses, dtype=torch.float64))
    assert found is not None
    assert 0.02 / curvature < found < 2 / curvature
    place = torch.ones(20, dtype=torch.float64)
    for _ in range(400):
        place = place - found * scales * place
    assert float(loss(place)) < 0.1 * losses[0]


def test_an_empty_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="a loss for every rate; got 0 and 0"):
        proposed_rate(RATES[:0], RATES[:0])


@settings(max_examples=30)
@given(height=st.floats(0.05, 1.0), best=st.floats(1e-3, 1.0))
def test_a_falling_schedule_gets_a_higher_peak_that_stays_away_from_the_burst(
    height: float, best: float
) -> None:
    constant = proposed_rate(RATES, curve(best))
    falling = proposed_rate(RATES, curve(best), height)
    assert constant is not None
    assert falling is not None
    assert constant <= falling <= constant / height * (1 + 1e-9)
    assert falling <= best / 2 * 1.1


@pytest.mark.parametrize("height", [0.0, -0.5, 1.5])
def test_a_height_that_is_no_share_is_refused(height: float) -> None:
    with pytest.raises(ValueError, match="a share above 0"):
        proposed_rate(RATES, curve(0.1), height)
