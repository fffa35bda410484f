"""The verdict rule on simulated experiments of which the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu.claims import LEDGER, SEEDS, outcome, verdict
from tidu.claims.power import least_gap
from tidu.claims.statistics import statistics

TRIALS = 300
SMALLEST = 0.5
NOISE = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "skewed": lambda rng, shape: rng.exponential(size=shape) - 1,
    "skewed down": lambda rng, shape: 1 - rng.exponential(size=shape),
    "heavy tails": lambda rng, shape: rng.standard_t(3, size=shape) / math.sqrt(3),
    "two lumps": lambda rng, shape: rng.choice([-1.0, 1.0], size=shape),
}


def said(effect: float, noise: str, seeds: int, claims: int, trials: int = TRIALS) -> list[str]:
    """What the rule says of many experiments whose true effect is ``effect``, noise 1."""
    rng = np.random.default_rng(len(noise) + 100 * seeds)
    drawn = effect + NOISE[noise](rng, (trials, seeds))
    found = [statistics(row.tolist(), SMALLEST, resamples=199) for row in drawn]
    return [outcome(one, SMALLEST, claims, conditions=1) for one in found]


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("seeds", [5, SEEDS])
def test_no_effect_that_matters_is_said_to_hold_in_at_most_5_percent(
    noise: str, seeds: int
) -> None:
    """The hardest case: the effect is exactly the smallest that matters."""
    words = said(SMALLEST, noise, seeds, len(LEDGER))
    assert words.count("holds") <= 0.05 * TRIALS
    assert words.count("does not hold") <= 0.05 * TRIALS


def test_uncorrected_the_rule_errs_about_as_often_as_it_says() -> None:
    """So that the test above is not passed by a rule that never decides."""
    words = said(SMALLEST, "normal", SEEDS, claims=1, trials=1000)
    assert 0.01 <= words.count("holds") / 1000 <= 0.07


@pytest.mark.parametrize(("gap", "least"), [(2.5, 0.8), (3.5, 0.99)])
def test_its_power_at_the_default_seeds(gap: float, least: float) -> None:
    """An effect this many standard deviations beyond is found; one below is refuted."""
    assert said(SMALLEST + gap, "normal", SEEDS, len(LEDGER)).count("holds") >= least * TRIALS
    words = said(SMALLEST - gap, "normal", SEEDS, len(LEDGER))
    assert words.count("does not hold") >= least * TRIALS


def test_the_least_gap_is_found_half_of_the_time() -> None:
    gap = least_gap(SEEDS, len(LEDGER))
    words = said(SMALLEST + gap, "normal", SEEDS, len(LEDGER), trials=1000)
    assert 0.4 <= words.count("holds") / 1000 <= 0.65


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=12), st.floats(-10, 10))
def test_the_mirror_image_has_the_mirror_verdict(effects: list[float], smallest: float) -> None:
    one = statistics(effects, smallest, resamples=99)
    other = statistics([-e for e in effects], -smallest, resamples=99)
    assert other.effect == -one.effect
    assert other.p_above == pytest.approx(one.p_below, abs=1e-12)
    assert one.low <= one.effect <= one.high


def test_runs_that_failed_or_a_single_seed_settle_nothing() -> None:
    for effects in ([1.0, math.nan, 1.0], [1.0, math.inf], [3.0]):
        assert outcome(statistics(effects, 0.1), 0.1, claims=1, conditions=1) == "undecided"


def test_equal_effects_settle_it() -> None:
    assert outcome(statistics([0.2, 0.2, 0.2], 0.1), 0.1, 60, 3) == "holds"
    assert outcome(statistics([0.1, 0.1, 0.1], 0.1), 0.1, 60, 3) == "undecided"
    assert outcome(statistics([0.0, 0.0, 0.0], 0.1), 0.1, 60, 3) == "does not hold"


@pytest.mark.parametrize(
    ("outcomes", "word"),
    [
        ([], "not yet tested"),
        (["holds"], "holds"),
        (["holds", "holds"], "holds"),
        (["does not hold", "does not hold"], "does not hold"),
        (["holds", "does not hold"], "holds only when"),
        (["holds", "undecided", "does not hold"], "holds only when"),
        (["holds", "undecided"], "undecided"),
        (["does not hold", "undecided"], "undecided"),
        (["undecided"], "undecided"),
    ],
)
def test_the_verdict_over_conditions(outcomes: list, word: str) -> None:
    assert verdict(outcomes) == word
