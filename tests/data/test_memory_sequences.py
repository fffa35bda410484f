"""The memory tasks' sequences: where the marks lie, what the answers are, how they are spread."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator

from tidu.data import SYMBOLS, adding_sequences, copy_sequences, one_hot_signs


@settings(max_examples=40, deadline=None)
@given(lag=st.integers(2, 60), count=st.integers(1, 20), seed=st.integers(0, 99))
def test_one_mark_lies_in_each_half_and_the_answer_is_their_sum(
    lag: int, count: int, seed: int
) -> None:
    inputs, sums = adding_sequences(lag, count, Generator().manual_seed(seed))
    for sequence, answer in zip(inputs.tolist(), sums.tolist(), strict=True):
        marked = [step for step, (_, marker) in enumerate(sequence) if marker == 1]
        assert len(marked) == 2
        assert marked[0] < lag // 2 <= marked[1]
        assert sum(marker for _, marker in sequence) == 2
        assert all(0 <= value < 1 for value, _ in sequence)
        assert answer[0] == pytest.approx(sum(sequence[step][0] for step in marked))


def test_saying_one_has_an_error_of_a_sixth_and_marks_are_even() -> None:
    lag, count = 10, 40_000
    inputs, sums = adding_sequences(lag, count, Generator().manual_seed(1))
    error = (sums - 1).square().mean().item()
    assert error == pytest.approx(1 / 6, abs=5 * 0.197 / count**0.5)  # deviation of the square
    share = inputs[..., 1].mean(0)
    torch.testing.assert_close(share, torch.full((lag,), 0.2), atol=5 * 0.4 / count**0.5, rtol=0)


@settings(max_examples=40, deadline=None)
@given(lag=st.integers(1, 40), symbols=st.integers(1, 12), seed=st.integers(0, 99))
def test_symbols_stand_lag_and_symbols_steps_before_their_repetition(
    lag: int, symbols: int, seed: int
) -> None:
    inputs, targets = copy_sequences(lag, symbols, 3, Generator().manual_seed(seed))
    assert inputs.shape == (3, lag + 2 * symbols, SYMBOLS + 2)
    assert torch.equal(inputs.sum(2), torch.ones(3, lag + 2 * symbols))
    signs = inputs.argmax(2)
    repeated_at = range(lag + symbols, lag + 2 * symbols)
    for sequence, answer in zip(signs.tolist(), targets.tolist(), strict=True):
        assert [sequence[step - lag - symbols] for step in repeated_at] == answer
        assert max(answer) < SYMBOLS
        assert sequence.count(SYMBOLS + 1) == 1  # the sign to begin, just before the repetition
        assert sequence[lag + symbols - 1] == SYMBOLS + 1
        assert sequence.count(SYMBOLS) == lag - 1 + symbols


def test_the_same_generator_state_gives_the_same_sequences() -> None:
    for draw in (
        lambda: adding_sequences(9, 4, Generator().manual_seed(7)),
        lambda: copy_sequences(9, 4, 3, Generator().manual_seed(7)),
    ):
        assert all(map(torch.equal, draw(), draw()))


def test_a_lag_too_short_says_what_was_expected() -> None:
    with pytest.raises(ValueError, match="at least 2 steps"):
        adding_sequences(1, 1, Generator())
    with pytest.raises(ValueError, match="at least 1 step"):
        one_hot_signs(torch.tensor([[1]]), 0)
